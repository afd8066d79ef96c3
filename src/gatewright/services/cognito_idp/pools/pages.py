"""`/{pool}/.well-known/jwks.json` and `/{pool}/.well-known/openid-configuration`: what verifies a pool's tokens.

In: a path. Out: the document, from memory. Law: only public halves of keys; a key that was rotated out stays until the
last token that it signed has expired. Endpoints of the hosted UI are not named, because they are not there yet.
Source: Cognito developer guide, "Verifying JSON web tokens"; OpenID Connect Discovery 1.0.
"""

from gatewright.control.service import Visit
from gatewright.storage.user_pools import POOLS_SHELF, UserPool, issuer_of
from gatewright.wire.http import Response

_WELL_KNOWN = "/.well-known/"
_SECONDS = 3_600  # how long others may keep the documents: shorter than a rotated key stays


def page(visit: Visit) -> Response | None:
    """Return a pool's public document; None where the path names none."""
    user_pool_id, found, name = visit.request.path[1:].partition(_WELL_KNOWN)
    pool: UserPool | None = visit.shelf(POOLS_SHELF).get(user_pool_id) if found else None
    if pool is None:
        return None
    if name == "jwks.json":
        return visit.document({"keys": [dict(key.jwk()) for key in pool.keys.values()]}, _SECONDS)
    if name == "openid-configuration":
        return visit.document(
            {
                "issuer": issuer_of(visit.settings, pool.id),
                "jwks_uri": f"{visit.settings.address}/{pool.id}/.well-known/jwks.json",
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "token"],
                "scopes_supported": ["openid", "email", "phone", "profile"],
                "subject_types_supported": ["public"],
            },
            _SECONDS,
        )
    return None
