"""`/.well-known/jwks_uri` and `/.well-known/openid-configuration`: what others verify identity tokens with.

In: a path. Out: the document, from memory. Law: only public halves of keys. The issuer is AWS's own name, which trust
policies and clients know; the key set is at our address.
Source: Cognito developer guide, "Identity pools authentication flow"; OpenID Connect Discovery 1.0.
"""

from gatewright.control.service import Visit
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity import signing_keys
from gatewright.wire.http import Response

_KEY_SET = "/.well-known/jwks_uri"
_DISCOVERY = "/.well-known/openid-configuration"
_SECONDS = 300  # how long others may keep the documents


def page(visit: Visit) -> Response | None:
    """Return the key set or the discovery document; None where the path names neither."""
    if visit.request.path == _KEY_SET:
        return visit.document(signing_keys.jwks(visit.shelf(signing_keys.SHELF)), _SECONDS)
    if visit.request.path == _DISCOVERY:
        return visit.document(
            {
                "issuer": f"https://{PROVIDER}",
                "jwks_uri": f"{visit.settings.address}{_KEY_SET}",
                "id_token_signing_alg_values_supported": [signing_keys.ALGORITHM],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
            },
            _SECONDS,
        )
    return None
