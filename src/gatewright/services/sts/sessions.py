"""What every kind of session has: how long it lives, how it is issued and answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gatewright.control.federation.session import SessionWanted
from gatewright.control.service import Call, Params
from gatewright.core.arn import assumed_role_arn
from gatewright.core.identity import Caller
from gatewright.services.sts.faults import packed_policy_too_large, validation_error
from gatewright.services.sts.session_policies import packed_percent
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


def issue(call: Call, params: Params, make_caller: Callable[[str], Caller]) -> dict[str, Any]:
    """Make temporary credentials, and return the members of an answer that tell them.

    Raises:
        Fault: `PackedPolicyTooLarge` where policies and tags do not fit into a session token.
    """
    try:
        issued = call.credentials.issue(make_caller, at_least=int(params.get("MinimumSessionTokenSize") or 0))
    except SessionTooLarge as refusal:
        raise packed_policy_too_large(refusal.percent) from None
    return {
        "Credentials": _shown(issued),
        "SessionTokenSize": len(issued.session_token),
        "SessionTokenUtilization": issued.token_utilization,
    }


def _shown(credentials: TemporaryCredentials) -> dict[str, Any]:
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": datetime.fromtimestamp(int(credentials.expiration), UTC),
    }


def show_role_session(role: Principal, wanted: SessionWanted) -> dict[str, Any]:
    """Return the members of an answer that tell a role's session."""
    account, name = role.arn.split(":", 5)[4], role.arn.rsplit("/", 1)[-1]
    shown: dict[str, Any] = {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role.unique_id}:{wanted.name}",
            "Arn": assumed_role_arn(account, name, wanted.name),
        }
    }
    if wanted.policies or wanted.tags:
        shown["PackedPolicySize"] = packed_percent(*wanted.policies, *wanted.tags, *wanted.tags.values())
    if wanted.source_identity is not None:
        shown["SourceIdentity"] = wanted.source_identity
    return shown
