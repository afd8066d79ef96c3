"""`GetUserAuthFactors`, `AdminGetUserAuthFactors`: with what a user can sign in. Source: Cognito API reference.

Law: a first factor is named where the pool allows it and the user has it. Assumed: passkeys of a relying party that the
pool had before are none; neither is listed what is only a second factor, which `UserMFASettingList` names.
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.factors.web_authn_sign_in import passkeys_of
from gatewright.services.cognito_idp.pools.find import find_pool
from gatewright.services.cognito_idp.pools.web_authn_configuration import FACTOR
from gatewright.services.cognito_idp.sign_in.candidates import candidate
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.services.cognito_idp.users.directory import user_of
from gatewright.services.cognito_idp.users.users import mfa_of
from gatewright.storage.user_pools import UserPool


async def get_user_auth_factors(call: Call, params: Params) -> Result:
    """Return which factors the user who shows an access token has.

    Raises:
        Fault: `NotAuthorizedException`, `UserNotFoundException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    return await _factors(call, me.pool, me.user)


async def admin_get_user_auth_factors(call: Call, params: Params) -> Result:
    """Return which factors a user has.

    Raises:
        Fault: `ResourceNotFoundException`, `UserNotFoundException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    return await _factors(call, pool, await user_of(call, pool, params["Username"]))


async def _factors(call: Call, pool: UserPool, user: UserRow) -> dict[str, Any]:
    allowed = pool.settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    attributes = user.attributes
    factors = ["PASSWORD"] if user.sealed_password is not None and "PASSWORD" in allowed else []
    for factor, contact in (("EMAIL_OTP", "email"), ("SMS_OTP", "phone_number")):
        if factor in allowed and attributes.get(contact) and attributes.get(f"{contact}_verified") == "true":
            factors.append(factor)
    if await passkeys_of(call, pool, candidate(call, pool, user, user.username)):
        factors.append(FACTOR)
    return {"Username": user.username, "ConfiguredUserAuthFactors": factors, **mfa_of(user)}
