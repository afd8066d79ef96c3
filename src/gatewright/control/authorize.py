"""May this caller perform this operation?

In: a caller and a `Permission`. Out: nothing, or AWS's access-denied error. Law: the policy engine decides; here it
is only asked, and its answer is put into AWS's words and into the trace.
"""

from collections.abc import Mapping
from functools import lru_cache

from gatewright.control.service import Call, Permission
from gatewright.core.identity import Caller
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision, PolicyKind
from gatewright.policy.document import Policy, parse_policy
from gatewright.policy.evaluate import Mode, PolicySet, decide
from gatewright.storage.credentials import Credentials
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request

STEP = "authorize"


def authorize(call: Call, permission: Permission) -> None:
    """Let an operation go on.

    Raises:
        Fault: no policy allows it, or one denies it.
    """
    decision = may(
        call.credentials,
        call.caller,
        permission.action,
        permission.resource,
        call.request,
        permission.keys,
        resource_policy=permission.resource_policy,
        region=call.region,
        now=call.now,
    )
    details = {"action": permission.action, "resource": permission.resource, "outcome": decision.outcome.value}
    if decision.allowed:
        call.trace.passed(STEP, decision.reason, **details)
        return
    call.trace.refused(STEP, decision.reason, **details)
    # Of a role that does not trust the caller no more is said than of one that does not exist; the trace has the rest.
    message = (
        f"User: {call.caller.arn} is not authorized to perform: {permission.action} on resource: {permission.resource} "
        f"{decision.aws_phrase(permission.action) if permission.resource_policy is None else ''}"
    )
    code = "AccessDenied" if call.service in _QUERY_SERVICES else "AccessDeniedException"
    raise Fault(code, message.rstrip(), 400 if call.service in _JSON_SERVICES else 403)


_QUERY_SERVICES = frozenset({"iam", "sts"})
_JSON_SERVICES = frozenset({"cognito-identity", "cognito-idp"})


def may(
    credentials: Credentials,
    caller: Caller,
    action: str,
    resource: str,
    request: Request,
    keys: Mapping[str, tuple[str, ...]],
    *,
    resource_policy: str | None = None,
    region: str = "",
    now: float = 0.0,
) -> Decision:
    """Ask the policy engine about one caller, action and resource."""
    principal = credentials.principal_of(caller)
    policies = PolicySet(
        identity=principal.policies if principal is not None else (),
        boundary=principal.boundary if principal is not None else None,
        session=credentials.session_policies_of(caller),
        resource=_trust(resource_policy) if resource_policy is not None else None,
        # The control plane knows no resource policies but roles' trust policies, and without their word nobody gets in.
        mode=Mode.TRUST if resource_policy is not None else Mode.IDENTITY_AND_RESOURCE,
    )
    question = AuthorizationRequest(
        caller=caller,
        action=action,
        resource=resource,
        keys=keys,
        http=request,
        region=region,
        now=now or request.received,
    )
    return decide(question, policies)


@lru_cache(maxsize=2_000)
def _trust(text: str) -> Policy:
    return parse_policy(text, kind=PolicyKind.TRUST, name="trust policy")
