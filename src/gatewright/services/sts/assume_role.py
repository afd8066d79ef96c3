"""`AssumeRole`: a caller with AWS credentials becomes a role for a while.

Law: the role's trust policy must allow the caller, directly or through its account (`actions.py` has it asked before
this runs); a session never outlasts what the role allows, nor an hour where a session takes the next role. Source: STS
API reference, `AssumeRole`.
"""

from gatewright.control.federation.session import SessionWanted, resource_tag_keys, session_of
from gatewright.control.service import Call, Params, Result
from gatewright.core.identity import PrincipalType
from gatewright.services.sts import mfa
from gatewright.services.sts.faults import not_yet, validation_error
from gatewright.services.sts.roles import find_role
from gatewright.services.sts.session_policies import session_policies
from gatewright.services.sts.sessions import issue, seconds_of, show_role_session
from gatewright.services.sts.source_identity import source_identity_of
from gatewright.services.sts.tags import session_tags
from gatewright.storage.principals import Principal

_CHAINED = 3_600  # seconds


async def assume_role(call: Call, params: Params) -> Result:
    """Give the caller temporary credentials of a role.

    Raises:
        Fault: `ValidationError`, `InvalidParameterValue`, `MalformedPolicyDocument`, `PackedPolicyTooLarge` …
    """
    role = find_role(call, params["RoleArn"])
    assert role is not None  # its trust policy has just allowed the caller
    wanted = _wanted(call, params, _seconds(call, params, role))
    await mfa.take(call, params)
    return {**issue(call, params, session_of(call, role, wanted)), **show_role_session(role, wanted)}


def _wanted(call: Call, params: Params, seconds: int) -> SessionWanted:
    tags = session_tags(params, call.caller)
    return SessionWanted(
        name=params["RoleSessionName"],
        seconds=seconds,
        policies=session_policies(call, params),
        tags=tags.tags,
        transitive_tags=tags.transitive,
        source_identity=source_identity_of(params.get("SourceIdentity"), call.caller),
    )


def _seconds(call: Call, params: Params, role: Principal) -> int:
    chained = call.caller.type is PrincipalType.ASSUMED_ROLE
    seconds = seconds_of(params, role)
    if chained and seconds > _CHAINED:
        raise validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    return seconds


def asked(call: Call, params: Params) -> SessionWanted:
    """Return the session that a request asks for, as far as it must be allowed; for `actions.py`.

    Raises:
        Fault: `NotImplemented`, and what is wrong with the tags or the source identity.
    """
    if params.get("ProvidedContexts"):
        raise not_yet("ProvidedContexts", "Leave it out.")
    tags = session_tags(params, call.caller)
    return SessionWanted(
        name=params["RoleSessionName"],
        seconds=0,
        tags=tags.tags,
        transitive_tags=tags.transitive,
        source_identity=source_identity_of(params.get("SourceIdentity"), call.caller),
    )


def condition_keys(params: Params, role: Principal, wanted: SessionWanted) -> dict[str, tuple[str, ...]]:
    """Return the condition keys that a request of `AssumeRole` brings.

    `sts:DurationSeconds` is not among them: AWS has it for bearer tokens only.
    """
    keys = {**wanted.keys(), **resource_tag_keys(role)}
    if params.get("ExternalId") is not None:
        keys["sts:externalid"] = (params["ExternalId"],)
    return keys
