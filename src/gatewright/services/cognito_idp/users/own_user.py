"""`GetUser`: users see themselves, as far as their client may read.

Source: Cognito API reference, `GetUser`.
"""

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.pools.client_settings import readable
from gatewright.services.cognito_idp.tokens.access_tokens import see_access_token
from gatewright.services.cognito_idp.users.users import attribute_list, mfa_of


async def get_user(call: Call, params: Params) -> Result:
    """Return the user who shows an access token.

    Raises:
        Fault: `NotAuthorizedException`, `UserNotFoundException`.
    """
    me = await see_access_token(call, params["AccessToken"])
    seen = readable(me.client)
    return {
        "Username": me.user.username,
        "UserAttributes": attribute_list(me.user, seen),
        **mfa_of(me.user),
    }
