"""May this caller perform this operation?

In: a caller and a `Permission`. Out: nothing, or AWS's access-denied error. Law: the policy engine decides; here it
is only asked, and its answer is put into AWS's words and into the trace. Only a refusal is explained: what decided, and
which statement missed by how little.
"""

from functools import lru_cache

from gatewright.control.authorization_message import HEADER, encode
from gatewright.control.service import Call, Permission
from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision, PolicyKind
from gatewright.policy.document import Policy, parse_policy
from gatewright.policy.evaluate import Mode, PolicySet, decide
from gatewright.policy.explain import explain
from gatewright.policy.findings import findings
from gatewright.storage.credentials import Credentials
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request

STEP = "authorize"


def authorize(call: Call, permission: Permission) -> None:
    """Let an operation go on.

    Raises:
        Fault: no policy allows it, or one denies it; a header tells why to those who may decode it.
    """
    question = AuthorizationRequest(
        caller=call.caller,
        action=permission.action,
        resource=permission.resource,
        keys=permission.keys,
        http=call.request,
        region=call.region,
        now=call.now,
    )
    policies = _policies(call.credentials, call.caller, permission.resource_policy)
    decision = decide(question, policies)
    call.decided(question, policies, decision)
    if decision.allowed:
        call.trace.passed(STEP, decision.reason, action=permission.action, resource=permission.resource)
        return
    explanation = explain(question, policies)
    call.trace.refused(STEP, decision.reason, **findings(explanation))
    message = (
        f"User: {call.caller.arn} is not authorized to perform: {permission.action} on resource: {permission.resource}"
    )
    code = "AccessDenied" if call.service in _QUERY_SERVICES else "AccessDeniedException"
    status = 400 if call.service in _JSON_SERVICES else 403
    if permission.resource_policy is not None:
        # Of a role that does not let the caller in no more is said than of one that does not exist: not in the message,
        # and not by a header that only one of the two has. The trace has the reason.
        raise Fault(code, message, status)
    encoded = encode(call.keys, call.account, question, explanation)
    headers = {HEADER: encoded} if encoded else {}
    raise Fault(code, f"{message} {decision.aws_phrase(permission.action)}".rstrip(), status, headers=headers)


_QUERY_SERVICES = frozenset({"iam", "sts"})
_JSON_SERVICES = frozenset({"cognito-identity", "cognito-idp"})


def may(credentials: Credentials, caller: Caller, action: str, request: Request, now: float, trace: Trace) -> Decision:
    """Ask whether a caller may do what has no resource."""
    question = AuthorizationRequest(caller=caller, action=action, resource="*", http=request, now=now)
    policies = _policies(credentials, caller, None)
    decision = decide(question, policies)
    if not decision.allowed:
        trace.refused(STEP, decision.reason, **findings(explain(question, policies)))
    return decision


def _policies(credentials: Credentials, caller: Caller, resource_policy: str | None) -> PolicySet:
    """Return what has a say about a caller, and about the resource where it has a policy."""
    principal = credentials.principal_of(caller)
    return PolicySet(
        identity=principal.policies if principal is not None else (),
        boundary=principal.boundary if principal is not None else None,
        session=credentials.session_policies_of(caller),
        resource=_trust(resource_policy) if resource_policy is not None else None,
        # The control plane knows no resource policies but roles' trust policies, and without their word nobody gets in.
        mode=Mode.TRUST if resource_policy is not None else Mode.IDENTITY_AND_RESOURCE,
    )


@lru_cache(maxsize=2_000)
def _trust(text: str) -> Policy:
    return parse_policy(text, kind=PolicyKind.TRUST, name="trust policy")
