"""Logins of Cognito user pools.

Law: a pool may name user pools already (`CognitoIdentityProviders`, with `ServerSideTokenCheck`), and their tokens are
refused, with the reason, until user pools can vouch for them.
"""

from gatewright.control.federation.login import Login
from gatewright.control.service import Call
from gatewright.services.cognito_identity.faults import not_authorized
from gatewright.services.cognito_identity.pools import Pool


async def prove_user_pool_token(call: Call, pool: Pool, name: str, token: str) -> Login:
    """Return whom a user pool vouches for.

    Raises:
        Fault: `NotAuthorizedException`, for now always.
    """
    raise not_authorized(
        f"Gatewright does not take logins of user pools yet, so that {name[:200]} cannot vouch for anybody."
    )
