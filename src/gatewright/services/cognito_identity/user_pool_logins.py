"""Logins of Cognito user pools.

In: the name of a user pool, and a token. Out: a `Login`. Law: an ID token of this very pool, signed by a key of its own
that still counts, for a client that the identity pool names and that still exists; read from what `cognito-idp`
publishes, so that a deleted pool, client or key is good for nothing from that moment on.
Source: Cognito developer guide, "Integrating Amazon Cognito user pools with identity pools".

`ServerSideTokenCheck` promises that the user is looked up, too. That is not built yet: a login by a provider that
has it on is refused, so that the promise is never broken.
"""

from typing import Any

from gatewright.control.federation.login import Login, LoginRefused, Problem
from gatewright.control.service import Call
from gatewright.core.jwt import BadToken, verify
from gatewright.services.cognito_identity.faults import not_authorized
from gatewright.services.cognito_identity.pools import Pool
from gatewright.storage.user_pools import POOLS_SHELF, UserPool, issuer_of

_SKEW = 300  # seconds that the clocks of two nodes may differ


def prove_user_pool_token(call: Call, pool: Pool, name: str, token: str) -> Login:
    """Return whom a user pool vouches for.

    Raises:
        LoginRefused: the token proves nothing.
        Fault: `NotAuthorizedException` where the provider wants a check that there is not.
    """
    user_pool: UserPool | None = call.shelf(POOLS_SHELF).get(name.partition("/")[2])
    if user_pool is None or user_pool.provider != name:
        raise LoginRefused(Problem.AUDIENCE, f"there is no user pool {name[:200]}")
    try:
        claims = verify(token, user_pool.keys.get)
    except BadToken as refusal:
        raise LoginRefused(Problem.SIGNATURE if "." in token else Problem.MALFORMED, str(refusal)) from None
    if claims.get("iss") != issuer_of(call.settings, user_pool.id):
        raise LoginRefused(Problem.ISSUER, "the token is of another issuer")
    if claims.get("token_use") != "id":  # an access token has no audience
        raise LoginRefused(Problem.MISSING, "aud")
    # The pool signed it, so that its claims are of the kinds that it writes.
    if claims["exp"] <= call.now:
        raise LoginRefused(Problem.EXPIRED, f"{claims['exp']}")
    if claims["iat"] > call.now + _SKEW:
        raise LoginRefused(Problem.TOO_EARLY, "iat is in the future")
    return _login(pool, user_pool, claims)


def _login(pool: Pool, user_pool: UserPool, claims: dict[str, Any]) -> Login:
    client: str = claims["aud"]
    entries = [one for one in pool.user_pools if (one.name, one.client_id) == (user_pool.provider, client)]
    if not entries or client not in user_pool.client_ids:
        raise LoginRefused(Problem.AUDIENCE, f"it is for the client {client}")
    if any(entry.server_side_check for entry in entries):
        raise not_authorized(
            "Gatewright does not support ServerSideTokenCheck yet, so that it takes no logins of "
            f"{user_pool.provider} while it is on. Turn it off with UpdateIdentityPool."
        )
    return Login(
        provider=user_pool.provider,
        subject=claims["sub"],
        audience=client,
        claims=claims,
        expires_at=float(claims["exp"]),
    )
