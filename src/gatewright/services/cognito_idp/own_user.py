"""`GetUser`, `GetUserAuthFactors`: users see themselves, as far as their client may read.

Source: Cognito API reference, `GetUser`.
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.access_tokens import read_access_token
from gatewright.services.cognito_idp.client_settings import readable
from gatewright.services.cognito_idp.users import attribute_list, mfa_of


async def get_user(call: Call, params: Params) -> Result:
    """Return the user who shows an access token.

    Raises:
        Fault: `NotAuthorizedException`, `UserNotFoundException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    seen = readable(me.client)
    return {
        "Username": me.user.username,
        "UserAttributes": attribute_list(me.user, seen),
        **mfa_of(me.user),
    }


async def get_user_auth_factors(call: Call, params: Params) -> Result:
    """Return which factors the user who shows an access token has.

    Raises:
        Fault: `NotAuthorizedException`, `UserNotFoundException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    policy: dict[str, Any] = me.pool.settings["Policies"].get("SignInPolicy") or {}
    allowed = policy.get("AllowedFirstAuthFactors") or ["PASSWORD"]
    attributes = me.user.attributes
    factors = ["PASSWORD"] if me.user.sealed_password is not None and "PASSWORD" in allowed else []
    for factor, contact in (("EMAIL_OTP", "email"), ("SMS_OTP", "phone_number")):
        if factor in allowed and attributes.get(contact) and attributes.get(f"{contact}_verified") == "true":
            factors.append(factor)
    return {"Username": me.user.username, "ConfiguredUserAuthFactors": factors, **mfa_of(me.user)}
