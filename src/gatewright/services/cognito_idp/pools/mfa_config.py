"""`SetUserPoolMfaConfig`, `GetUserPoolMfaConfig`: which second factors a pool offers, whether it demands
one, and for whom its passkeys are.

Law: a call replaces the whole configuration, so that what it does not name is off from then on; a pool never demands a
factor that it does not offer. Source: Cognito API reference, `SetUserPoolMfaConfig`.
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.messages.messages import must_have_channel
from gatewright.services.cognito_idp.pools import web_authn_configuration
from gatewright.services.cognito_idp.pools.find import pool_row_of
from gatewright.services.cognito_idp.pools.pool_settings import must_be_sns, not_in_tier
from gatewright.storage.user_pools import POOLS_SHELF

_CODE = "{####}"
_MEMBERS = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")


async def set_user_pool_mfa_config(call: Call, params: Params) -> Result:
    """Replace a pool's MFA configuration.

    Raises:
        Fault: `ResourceNotFoundException`, `InvalidParameterException`.
    """
    row = await pool_row_of(call, params["UserPoolId"])
    mode = params.get("MfaConfiguration") or "OFF"
    settings = dict(row.settings)
    configurations = {member: params.get(member) for member in _MEMBERS}
    passkeys = {web_authn_configuration.MEMBER: web_authn_configuration.configuration_of(params, settings)}
    sms: Mapping[str, Any] = configurations["SmsMfaConfiguration"] or {}
    must_be_sns(sms.get("SmsConfiguration"), "SmsMfaConfiguration.SmsConfiguration")
    if sms.get("SmsConfiguration"):
        settings["SmsConfiguration"] = sms["SmsConfiguration"]
    if configurations["SmsMfaConfiguration"] is not None:
        must_have_channel(call, settings)
    if configurations["SmsMfaConfiguration"] is not None and not settings.get("SmsConfiguration"):
        raise invalid_parameter("SmsConfiguration is required to send codes by text message.")
    _check_texts(configurations)
    if configurations["EmailMfaConfiguration"] is not None and settings["UserPoolTier"] == "LITE":
        raise not_in_tier("EmailMfaConfiguration")
    on = [member for member, value in configurations.items() if _is_on(member, value)]
    if mode == "OFF" and on:
        raise invalid_parameter("Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
    if mode != "OFF" and not on:
        raise invalid_parameter(
            "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration."
        )
    settings |= {"MfaConfiguration": mode}
    configurations |= passkeys
    web_authn_configuration.must_agree(settings, configurations)
    row.settings = settings
    row.mfa = configurations
    row.modified_at = call.now
    await call.session.flush()
    call.publish(POOLS_SHELF, row.id)
    return _show(mode, configurations, settings)


def _is_on(member: str, value: Mapping[str, Any] | None) -> bool:
    if member == "SoftwareTokenMfaConfiguration":
        return bool((value or {}).get("Enabled"))
    return value is not None


def _check_texts(configurations: Mapping[str, Any]) -> None:
    for member, text in (("SmsMfaConfiguration", "SmsAuthenticationMessage"), ("EmailMfaConfiguration", "Message")):
        said = (configurations[member] or {}).get(text)
        if said is not None and _CODE not in said:
            raise invalid_parameter(f"{member}.{text} needs the placeholder {_CODE}.")


async def get_user_pool_mfa_config(call: Call, params: Params) -> Result:
    """Return a pool's MFA configuration.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    row = await pool_row_of(call, params["UserPoolId"])
    return _show(row.settings.get("MfaConfiguration") or "OFF", row.mfa, row.settings)


def _show(mode: str, configurations: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"MfaConfiguration": mode}
    for member in (*_MEMBERS, web_authn_configuration.MEMBER):
        if configurations.get(member) is not None:
            shown[member] = configurations[member]
    if "SmsMfaConfiguration" not in configurations and settings.get("SmsConfiguration") and mode != "OFF":
        shown["SmsMfaConfiguration"] = {}  # as `CreateUserPool` was given it
    if "SmsMfaConfiguration" in shown and settings.get("SmsConfiguration"):
        shown["SmsMfaConfiguration"] = {
            **shown["SmsMfaConfiguration"],
            "SmsConfiguration": settings["SmsConfiguration"],
        }
    return shown
