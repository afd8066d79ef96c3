"""Which second factors a user has switched on, and which one is asked for first.

Law: a factor is on only where the pool offers it and the user can show it; one at most is preferred.
Where the pool demands a factor nobody switches one off, or a stolen access token would take the place of it.
Assumed: what a call does not name stays as it is; a factor that is switched off is preferred no more.
Source: Cognito API reference, `SetUserMFAPreference`, `AdminSetUserMFAPreference`, `SetUserSettings`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.factors.mfa_choice import ATTRIBUTES, EMAIL, SMS, TOTP, is_required, offered
from gatewright.services.cognito_idp.factors.web_authn_sign_in import AS_MFA
from gatewright.services.cognito_idp.faults import invalid_parameter, not_found
from gatewright.services.cognito_idp.pools.find import find_pool
from gatewright.services.cognito_idp.pools.web_authn_configuration import is_multi_factor
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.services.cognito_idp.users.directory import UNCONFIRMED, user_of
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

_MEMBERS = {"SMSMfaSettings": SMS, "SoftwareTokenMfaSettings": TOTP, "EmailMfaSettings": EMAIL}


async def set_user_mfa_preference(call: Call, params: Params) -> Result:
    """Change the factors of the user who shows an access token.

    Raises:
        Fault: `InvalidParameterException`, `NotAuthorizedException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    await _set(call, me.pool, me.user, params)
    return {}


async def admin_set_user_mfa_preference(call: Call, params: Params) -> Result:
    """Change the factors of a user.

    Raises:
        Fault: `InvalidParameterException`, `UserNotFoundException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    await _set(call, pool, await user_of(call, pool, params["Username"]), params)
    return {}


async def _set(call: Call, pool: UserPool, user: UserRow, params: Params) -> None:
    enabled = list(user.mfa.get("enabled") or [])
    preferred = user.mfa.get("preferred")
    chosen: list[str] = []
    for member, factor in _MEMBERS.items():
        settings: Mapping[str, Any] | None = params.get(member)
        if settings is None:
            continue
        if settings.get("PreferredMfa") and not settings.get("Enabled"):
            raise invalid_parameter(f"{member}: a factor that is not enabled cannot be preferred.")
        if settings.get("Enabled"):
            must_be_usable(pool, user, factor)
            enabled = [*(name for name in enabled if name != factor), factor]
        elif factor in enabled:
            _must_be_optional(pool, factor)
            enabled.remove(factor)
        if settings.get("PreferredMfa"):
            chosen.append(factor)
        elif preferred == factor:
            preferred = None
    if len(chosen) > 1:
        raise invalid_parameter("Only one factor can be preferred.")
    _set_passkeys(pool, user, params.get("WebAuthnMfaSettings"))
    await _keep(call, user, enabled, chosen[0] if chosen else preferred)


def _must_be_optional(pool: UserPool, factor: str) -> None:
    if is_required(pool):
        raise invalid_parameter(
            f"{factor} cannot be turned off, because the user pool requires MFA. Another factor can be preferred."
        )


def _set_passkeys(pool: UserPool, user: UserRow, settings: Mapping[str, Any] | None) -> None:
    """Say whether the user's passkey is as good as two factors. It is none of the list: it never follows a password."""
    if settings is None:
        return
    if settings.get("Enabled") and not is_multi_factor(pool):
        raise invalid_parameter(
            "WebAuthnMfaSettings needs a user pool whose WebAuthnConfiguration has the FactorConfiguration "
            "MULTI_FACTOR_WITH_USER_VERIFICATION. SetUserPoolMfaConfig sets it."
        )
    rest = {name: value for name, value in user.mfa.items() if name != AS_MFA}
    user.mfa = rest | ({AS_MFA: True} if settings.get("Enabled") else {})


async def _keep(call: Call, user: UserRow, enabled: Sequence[str], preferred: str | None) -> None:
    rest = {name: value for name, value in user.mfa.items() if name not in ("enabled", "preferred")}
    if rest.get(AS_MFA) and not enabled:
        raise invalid_parameter(
            "WebAuthnMfaSettings needs one more factor that is enabled, for when the passkey is lost: "
            "by text message, by e-mail, or of an authenticator app."
        )
    if enabled:
        rest["enabled"] = list(enabled)
    if preferred in enabled:
        rest["preferred"] = preferred
    user.mfa = rest
    user.modified_at = call.now
    await call.session.flush()


def must_be_usable(pool: UserPool, user: UserRow, factor: str) -> None:
    """Refuse a factor that the pool does not offer or the user cannot show.

    Raises:
        Fault: `InvalidParameterException`.
    """
    if factor not in offered(pool):
        raise invalid_parameter(f"The user pool does not offer {factor}. SetUserPoolMfaConfig switches it on.")
    if factor == TOTP:
        if user.sealed_totp is None:
            raise invalid_parameter("User has not verified software token mfa")
    elif not user.attributes.get(ATTRIBUTES[factor]):
        raise invalid_parameter(f"User does not have delivery config set to turn on {factor}")


async def admin_delete_software_token(call: Call, params: Params) -> Result:
    """Take a user's authenticator app away, for whoever has lost it; another one can be set up then.

    Assumed: where there is none, that is an error.

    Raises:
        Fault: `ResourceNotFoundException`, `UserNotConfirmedException`, `UserNotFoundException`.
    """
    user = await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"])
    if user.status == UNCONFIRMED:
        raise Fault("UserNotConfirmedException", "User is not confirmed.", 400)
    if user.sealed_totp is None:
        raise not_found("User has no software token.")
    user.sealed_totp = None
    await _keep(call, user, [name for name in user.mfa.get("enabled") or () if name != TOTP], user.mfa.get("preferred"))
    return {}


async def set_user_settings(call: Call, params: Params) -> Result:
    """Switch text messages on or off, by the older operation that knows no other factor.

    Raises:
        Fault: `InvalidParameterException`, `NotAuthorizedException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    await _set_options(call, me.pool, me.user, params["MFAOptions"])
    return {}


async def admin_set_user_settings(call: Call, params: Params) -> Result:
    """Switch a user's text messages on or off, by the older operation.

    Raises:
        Fault: `InvalidParameterException`, `UserNotFoundException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    await _set_options(call, pool, await user_of(call, pool, params["Username"]), params["MFAOptions"])
    return {}


async def _set_options(call: Call, pool: UserPool, user: UserRow, options: Sequence[Mapping[str, str]]) -> None:
    for option in options:
        if (option.get("DeliveryMedium"), option.get("AttributeName")) != ("SMS", "phone_number"):
            raise invalid_parameter("MFAOptions knows SMS to phone_number only. Use SetUserMFAPreference for others.")
    enabled = [name for name in user.mfa.get("enabled") or [] if name != SMS]
    if options:
        must_be_usable(pool, user, SMS)
        enabled.append(SMS)
    elif SMS in (user.mfa.get("enabled") or ()):
        _must_be_optional(pool, SMS)
    await _keep(call, user, enabled, user.mfa.get("preferred"))
