"""`AssumeRole`: a caller with AWS credentials becomes a role for a while.

Law: the role's trust policy must allow the caller, directly or through its account (`actions.py` has it asked before
this runs); a session never outlasts what the role allows, nor an hour where a session takes the next role. Source: STS
API reference, `AssumeRole`.
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.core.arn import assumed_role_arn
from gatewright.core.identity import Caller, PrincipalType
from gatewright.services.sts.faults import access_denied, not_yet, validation_error
from gatewright.services.sts.roles import find_role
from gatewright.services.sts.session_policies import packed_percent, session_policies
from gatewright.services.sts.sessions import issue, seconds_of, show_credentials
from gatewright.services.sts.tags import above, session_tags
from gatewright.storage.principals import Principal

_CHAINED = 3_600  # seconds


async def assume_role(call: Call, params: Params) -> Result:
    """Give the caller temporary credentials of a role.

    Raises:
        Fault: `ValidationError`, `MalformedPolicyDocument`, `PackedPolicyTooLarge`.
    """
    _refuse_what_is_not_enforced(params)
    role = find_role(call, params["RoleArn"])
    assert role is not None  # its trust policy has just allowed the caller
    seconds = _seconds(call, params, role)
    policies, tags = session_policies(call, params), session_tags(params)
    account, role_name = role.arn.split(":", 5)[4], role.arn.rsplit("/", 1)[-1]
    session_name = params["RoleSessionName"]
    arn = assumed_role_arn(account, role_name, session_name)
    source_identity = _source_identity(call, params)

    def caller(access_key_id: str) -> Caller:
        return Caller(
            account=account,
            arn=arn,
            user_id=f"{role.unique_id}:{session_name}",
            type=PrincipalType.ASSUMED_ROLE,
            access_key_id=access_key_id,
            role_arn=role.arn,
            role_id=role.unique_id,
            session_name=session_name,
            issued_at=call.now,
            expires_at=call.now + seconds,
            session_policies=policies,
            tags=above(role.tags, tags),
            source_identity=source_identity,
            mfa=False,
        )

    answer: dict[str, Any] = {
        "Credentials": show_credentials(issue(call, caller)),
        "AssumedRoleUser": {"AssumedRoleId": f"{role.unique_id}:{session_name}", "Arn": arn},
    }
    if policies or tags:
        answer["PackedPolicySize"] = packed_percent(*policies, *tags, *tags.values())
    if source_identity is not None:
        answer["SourceIdentity"] = source_identity
    return answer


def _seconds(call: Call, params: Params, role: Principal) -> int:
    chained = call.caller.type is PrincipalType.ASSUMED_ROLE
    seconds = seconds_of(params, role)
    if chained and seconds > _CHAINED:
        raise validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    return seconds


def _source_identity(call: Call, params: Params) -> str | None:
    """Return who stands behind the session; once it is set, no further role can change it."""
    given: str | None = params.get("SourceIdentity")
    held = call.caller.source_identity
    if held is not None and given not in (None, held):
        raise access_denied(f"The source identity of this session is {held} and cannot be changed.")
    return given or held


def _refuse_what_is_not_enforced(params: Params) -> None:
    if params.get("TransitiveTagKeys"):
        raise not_yet("TransitiveTagKeys", "Pass the tags again with each AssumeRole.")
    if params.get("SerialNumber") or params.get("TokenCode"):
        raise not_yet("MFA devices (SerialNumber, TokenCode)", "Leave them out.")
    if params.get("ProvidedContexts"):
        raise not_yet("ProvidedContexts", "Leave it out.")


def condition_keys(params: Params) -> dict[str, tuple[str, ...]]:
    """Return the condition keys that a request of `AssumeRole` brings to the trust policy."""
    keys: dict[str, tuple[str, ...]] = {"sts:rolesessionname": (params["RoleSessionName"],)}
    for key, member in (
        ("sts:externalid", "ExternalId"),
        ("sts:sourceidentity", "SourceIdentity"),
        ("sts:durationseconds", "DurationSeconds"),
    ):
        if params.get(member) is not None:
            keys[key] = (str(params[member]),)
    tags = params.get("Tags") or ()
    for tag in tags:
        keys[f"aws:requesttag/{tag['Key'].lower()}"] = (tag["Value"],)
    if tags:
        keys["aws:tagkeys"] = tuple(tag["Key"] for tag in tags)
    return keys
