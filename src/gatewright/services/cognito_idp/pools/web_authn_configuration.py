"""What a pool says about passkeys: who asks for them, and whether one of them is as good as two factors. Pure.

In: `WebAuthnConfiguration` as `SetUserPoolMfaConfig` has it. Out: the same with AWS's defaults, and answers about it.
Law: a relying party is a domain, never an address; whoever demands a second factor takes a passkey in place of both
only where it verifies its user. Assumed: a domain of one label is a public suffix, as almost all of them are, but for
`localhost`, which browsers take; browsers refuse the other public suffixes themselves.
Source: Cognito API reference, `WebAuthnConfigurationType`; Cognito developer guide, "Passwordless sign-in with WebAuthn
passkeys", "Adding MFA to a user pool".
"""

import re
from collections.abc import Mapping
from typing import Any

from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.pool_settings import not_in_tier
from gatewright.storage.user_pools import UserPool

MEMBER = "WebAuthnConfiguration"
FACTOR = "WEB_AUTHN"
REQUIRED, PREFERRED = "required", "preferred"
_MULTI_FACTOR = "MULTI_FACTOR_WITH_USER_VERIFICATION"
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL = "localhost"


def configuration_of(params: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the configuration that a call of `SetUserPoolMfaConfig` makes, None where it makes none.

    Raises:
        Fault: `InvalidParameterException`, `FeatureUnavailableInTierException`.
    """
    asked: Mapping[str, Any] | None = params.get(MEMBER)
    if asked is None:
        return None
    if settings.get("UserPoolTier") == "LITE":
        raise not_in_tier(MEMBER)
    domain = asked.get("RelyingPartyId")
    if domain is not None and domain != _LOCAL and not _DOMAIN.fullmatch(domain):
        raise invalid_parameter(
            f"{MEMBER}.RelyingPartyId must be a domain in lower case, such as auth.example.com, or localhost: "
            "neither an IP address nor a URL nor a public suffix."
        )
    multi = asked.get("FactorConfiguration") == _MULTI_FACTOR
    verification = asked.get("UserVerification") or (REQUIRED if multi else PREFERRED)
    return {**asked, "UserVerification": verification}


def must_agree(settings: Mapping[str, Any], mfa: Mapping[str, Any]) -> None:
    """Refuse first factors that nobody could use, because the pool demands a second one that cannot follow them.

    Raises:
        Fault: `InvalidParameterException`.
    """
    if settings.get("MfaConfiguration") != "ON":
        return
    factors = settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    codes = [name for name in ("EMAIL_OTP", "SMS_OTP") if name in factors]
    if codes:
        raise invalid_parameter(
            f"{', '.join(codes)} among AllowedFirstAuthFactors cannot be used where MFA is required. "
            "Make MfaConfiguration OPTIONAL, or leave it out of the AllowedFirstAuthFactors."
        )
    if FACTOR in factors and not _is_multi_factor(mfa):
        raise invalid_parameter(
            f"{FACTOR} among AllowedFirstAuthFactors can be used where MFA is required only if "
            f"{MEMBER}.FactorConfiguration is {_MULTI_FACTOR}. SetUserPoolMfaConfig sets it."
        )


def is_enabled(pool: UserPool) -> bool:
    """Say whether a pool's users may sign in with passkeys."""
    return FACTOR in pool.settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]


def relying_party_id(pool: UserPool) -> str | None:
    """Return the domain that passkeys of a pool are for; None where it was never said and the pool has no domain."""
    domain: str | None = (pool.mfa.get(MEMBER) or {}).get("RelyingPartyId")
    return domain


def user_verification(pool: UserPool) -> str:
    """Return whether an authenticator must, or only should, make sure who its user is."""
    if is_multi_factor(pool):
        return REQUIRED
    asked: str = (pool.mfa.get(MEMBER) or {}).get("UserVerification") or PREFERRED
    return asked


def is_multi_factor(pool: UserPool) -> bool:
    """Say whether a passkey that verified its user is as good as two factors."""
    return _is_multi_factor(pool.mfa)


def _is_multi_factor(mfa: Mapping[str, Any]) -> bool:
    return (mfa.get(MEMBER) or {}).get("FactorConfiguration") == _MULTI_FACTOR
