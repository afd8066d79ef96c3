"""Which second factor a user owes. Pure.

In: what the pool offers and demands, and what the user has set up. Out: one factor, a choice, a factor to set up, or
nothing. Law: where the pool demands one, nobody comes in without; a factor that the pool does not offer counts for
nothing, even where a user has set it up.
Where MFA is required and a user has set up none, a phone number or e-mail address that the pool can send codes to is
one: also one that is not verified, which the code then verifies. Assumed: verified ones come first.
Source: Cognito developer guide, "Adding MFA to a user pool", "SMS and email message MFA".
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.user_pools import UserPool

TOTP, SMS, EMAIL = "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP"
SELECT, SETUP = "SELECT_MFA_TYPE", "MFA_SETUP"
_CONFIGURATIONS = {
    TOTP: "SoftwareTokenMfaConfiguration",
    SMS: "SmsMfaConfiguration",
    EMAIL: "EmailMfaConfiguration",
}
ATTRIBUTES = {SMS: "phone_number", EMAIL: "email"}


class Asked(NamedTuple):
    """The challenge that comes next, and what may be answered to `SELECT` and `SETUP`."""

    name: str
    choices: tuple[str, ...] = ()


def is_required(pool: UserPool) -> bool:
    """Say whether every user of a pool needs a second factor."""
    return pool.settings.get("MfaConfiguration") == "ON"


def offered(pool: UserPool) -> tuple[str, ...]:
    """Return the second factors that a pool offers."""
    if pool.settings.get("MfaConfiguration") not in ("ON", "OPTIONAL"):
        return ()
    configured = dict(pool.mfa)
    if pool.settings.get("SmsConfiguration"):  # until SetUserPoolMfaConfig says otherwise
        configured.setdefault("SmsMfaConfiguration", {})
    return tuple(name for name in _CONFIGURATIONS if _is_on(name, configured.get(_CONFIGURATIONS[name])))


def _is_on(name: str, configuration: Mapping[str, Any] | None) -> bool:
    if configuration is None:
        return False
    return bool(configuration.get("Enabled")) if name == TOTP else True


def factors_of(pool: UserPool, user: UserRow) -> tuple[str, ...]:
    """Return the second factors that a user can show."""
    allowed = offered(pool)
    chosen = tuple(name for name in allowed if name in (user.mfa.get("enabled") or ()))
    usable = tuple(name for name in chosen if name != TOTP or user.sealed_totp is not None)
    usable = tuple(name for name in usable if name == TOTP or user.attributes.get(ATTRIBUTES[name]))
    if usable or not is_required(pool):
        return usable
    reachable = tuple(name for name in ATTRIBUTES if name in allowed and user.attributes.get(ATTRIBUTES[name]))
    verified = tuple(name for name in reachable if user.attributes.get(f"{ATTRIBUTES[name]}_verified") == "true")
    return verified or reachable


def second_factor(pool: UserPool, user: UserRow) -> Asked | None:
    """Return what is asked of a user, None where nothing more is."""
    factors = factors_of(pool, user)
    if not factors:
        return Asked(SETUP, offered(pool)) if is_required(pool) else None
    preferred = user.mfa.get("preferred")
    if preferred in factors:
        return Asked(str(preferred))
    return Asked(factors[0]) if len(factors) == 1 else Asked(SELECT, factors)
