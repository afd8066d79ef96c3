"""Logins of Cognito user pools: ID tokens, each for the very client that the pool names.

In: an ID token. Out: a `Login`. Law: it is proven in full (`storage/user_pool_tokens.py`); with `ServerSideTokenCheck`
the database is asked besides whether the user may still act, and a user who was signed out, disabled or deleted is
refused at once. A login is called by AWS's name of the pool or by the issuer's address without its scheme, which is
what Amplify makes of `iss`; whatever it was called, it is known by AWS's name.
Source: Cognito developer guide, "Accessing AWS services using an identity pool after sign-in"; API reference,
`CognitoIdentityProvider`. How AWS words the refusal of a signed-out user is not known.
"""

from gatewright.control.federation.login import Login, LoginRefused, Problem
from gatewright.control.service import Call
from gatewright.core.jwt import unverified_claims
from gatewright.services.cognito_identity.faults import invalid_login
from gatewright.services.cognito_identity.pools import Pool
from gatewright.storage.user_pool_sessions import why_ended
from gatewright.storage.user_pool_tokens import ID, PoolToken, PoolTokenRefused, PoolTokens
from gatewright.storage.user_pools import CLIENTS_SHELF, POOLS_SHELF, issuer_of

_PROBLEMS = {
    "malformed": Problem.MALFORMED,
    "issuer": Problem.ISSUER,
    "use": Problem.MISSING,
    "audience": Problem.AUDIENCE,
    "expired": Problem.EXPIRED,
    "time": Problem.TOO_EARLY,
}


def find_user_pool(call: Call, pool: Pool, name: str) -> str | None:
    """Return AWS's name of the user pool that a login names; None where the identity pool has no such user pool."""
    for one in pool.user_pools:
        if name in (one.name, _issuer_name(call, one.name)):
            return one.name
    return None


def _issuer_name(call: Call, name: str) -> str:
    return issuer_of(call.settings, name.partition("/")[2]).partition("://")[2]


async def prove_user_pool_token(call: Call, pool: Pool, name: str, token: str) -> Login:
    """Return whom a user pool vouches for.

    Raises:
        LoginRefused: the token proves nothing.
        Fault: `NotAuthorizedException`, where the user was signed out or disabled.
    """
    proven = _prove(call, name, token)
    named = [one for one in pool.user_pools if (one.name, one.client_id) == (name, proven.client.client_id)]
    if not named:
        raise LoginRefused(Problem.AUDIENCE, f"the identity pool does not name the client {proven.client.client_id}")
    if any(one.server_side_check for one in named):
        ended = await why_ended(call.look_up, proven)
        if ended:
            call.trace.refused("login", f"{name}: ServerSideTokenCheck: {ended}")
            raise invalid_login("The user is signed out, disabled or deleted.")
    return Login(
        provider=name,
        subject=str(proven.claims["sub"]),
        audience=proven.client.client_id,
        claims=proven.claims,
        expires_at=proven.expires_at,
    )


def _prove(call: Call, name: str, token: str) -> PoolToken:
    tokens = PoolTokens(call.shelf(POOLS_SHELF), call.shelf(CLIENTS_SHELF), call.settings)
    # The name is the pool's own, with its region: that of another region is no pool of ours.
    pool_id = name.partition("/")[2]
    if name != f"cognito-idp.{pool_id.partition('_')[0]}.amazonaws.com/{pool_id}":
        raise LoginRefused(Problem.ISSUER, "the provider's name is not a user pool's")
    try:
        return tokens.prove(token, (pool_id,), ID, call.now)
    except PoolTokenRefused as refusal:
        problem = _PROBLEMS.get(refusal.kind, Problem.SIGNATURE)
        raise LoginRefused(problem, _detail(problem, refusal, token)) from None


def _detail(problem: Problem, refusal: PoolTokenRefused, token: str) -> str:
    """Return what AWS's sentence about a problem names."""
    if problem is Problem.MISSING:
        return "aud"  # which an access token has not
    if problem is Problem.EXPIRED:
        return f"{int(unverified_claims(token)['exp'])}"  # it was verified before its times were judged
    return str(refusal)
