"""What every kind of session has: how long it lives, and how it is answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gatewright.control.service import Call, Params
from gatewright.core.identity import Caller
from gatewright.services.sts.faults import packed_policy_too_large, validation_error
from gatewright.storage.credentials import SessionTooLarge, TemporaryCredentials
from gatewright.storage.principals import Principal

_USUAL = 3_600  # seconds


def seconds_of(params: Params, role: Principal) -> int:
    """Return how long a session of a role shall live.

    Raises:
        Fault: `ValidationError` where the role does not allow it so long.
    """
    seconds = int(params.get("DurationSeconds") or _USUAL)
    if seconds > role.max_session_duration:
        raise validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    return seconds


def issue(call: Call, make_caller: Callable[[str], Caller]) -> TemporaryCredentials:
    """Make temporary credentials.

    Raises:
        Fault: `PackedPolicyTooLarge` where policies and tags do not fit into a session token.
    """
    try:
        return call.credentials.issue(make_caller)
    except SessionTooLarge as refusal:
        raise packed_policy_too_large(refusal.percent) from None


def show_credentials(credentials: TemporaryCredentials) -> dict[str, Any]:
    """Return temporary credentials as STS answers them."""
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": datetime.fromtimestamp(int(credentials.expiration), UTC),
    }
