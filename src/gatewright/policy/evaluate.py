"""May this caller do this? AWS's policy evaluation logic, in one pass over the statements that can match.

In: an `AuthorizationRequest` and the `PolicySet` that applies to it. Out: a `Decision`.
Law, in this order: an explicit deny in any policy decides; what nothing allows is denied; a boundary and every session
policy can only narrow. Only the root of the resource's own account needs no allow.
AWS: IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation logic"; API Gateway developer guide,
"How API Gateway resource policies affect authorization workflow".
"""

from enum import Enum

import msgspec

from gatewright.core.identity import PrincipalType
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision, Outcome, PolicyKind, quoted
from gatewright.policy.document import Policy
from gatewright.policy.principals import Via
from gatewright.policy.statement import Statement

__all__ = ["Decision", "Mode", "Outcome", "PolicyKind", "PolicySet", "decide"]


class Mode(Enum):
    """Which policies have a say."""

    IDENTITY_AND_RESOURCE = "identity and resource"  # a signed call
    RESOURCE_ONLY = "resource only"  # no signature: only the resource policy can allow
    TRUST = "trust"  # sts:AssumeRole*: the role's trust policy must allow; implied by a policy of that kind


class PolicySet(msgspec.Struct, frozen=True, kw_only=True):
    """The policies that apply to one request."""

    identity: tuple[Policy, ...] = ()  # the caller's own and its groups'
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()  # every one must allow; none: the session was not narrowed
    resource: Policy | None = None
    same_account: bool | None = None  # whether the caller's account owns the resource; None: as the resource's ARN says
    mode: Mode = Mode.IDENTITY_AND_RESOURCE


class _Refused(Exception):
    """An explicit deny was found: it ends the evaluation wherever it stands."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason)
        self.decision = decision


def decide(request: AuthorizationRequest, policies: PolicySet) -> Decision:
    """Decide one request."""
    evaluation = _Evaluation(request)
    try:
        granting = evaluation.identity(policies)
        narrowed = evaluation.narrowing(policies.boundary, PolicyKind.BOUNDARY)
        for policy in policies.session:
            silent = evaluation.narrowing(policy, PolicyKind.SESSION)
            narrowed = narrowed or silent
        via, resource = evaluation.resource(policies)
    except _Refused as refusal:
        return refusal.decision
    return evaluation.combine(policies, granting, narrowed, via, resource)


_ROOT = Decision(
    outcome=Outcome.ALLOWED,
    reason="The caller is the root of its account, which needs no policy there.",
    kind=PolicyKind.IDENTITY,
    cacheable=True,
)


class _Evaluation:
    """One pass over the policies of one request; remembers whether the answer may be kept."""

    __slots__ = ("action", "request", "varied")

    def __init__(self, request: AuthorizationRequest) -> None:
        self.request = request
        self.action = request.action.lower()
        self.varied = False

    def allowing(self, policy: Policy, kind: PolicyKind) -> Statement | None:
        """Return the first statement of a policy that allows the request.

        Raises:
            _Refused: a statement denies it.
        """
        request = self.request
        denies, allows = policy.index.sides(self.action, request)
        for statement in denies.candidates(request.resource):
            if statement.varies:
                self.varied = True
            if statement.blocker(request) is None:
                raise _Refused(self._denied(policy, kind, statement))
        for statement in allows.candidates(request.resource):
            if statement.varies:
                self.varied = True
            if statement.blocker(request) is None:
                return statement
        return None

    def identity(self, policies: PolicySet) -> Decision | None:
        """Return the allow of the caller's own policies."""
        found: Statement | None = None
        for policy in policies.identity:
            statement = self.allowing(policy, PolicyKind.IDENTITY)
            if found is None:
                found = statement
        kind = self.request.caller.type
        if kind is PrincipalType.ACCOUNT:
            return _ROOT
        if kind is PrincipalType.FEDERATED_USER and not policies.session:
            return None  # GetFederationToken without a policy grants nothing
        return None if found is None else self._allowed(found)

    def narrowing(self, policy: Policy | None, kind: PolicyKind) -> Decision | None:
        """Return the refusal of a policy that can only narrow; None where it allows, or is not there."""
        if policy is None or self.allowing(policy, kind) is not None:
            return None
        return self._silent(kind, f"but {quoted(policy.name, kind)} does not.", policy.name)

    def resource(self, policies: PolicySet) -> tuple[Via, Decision | None]:
        """Return the most direct name by which the resource's policy allows the caller, and by which statement."""
        policy = policies.resource
        if policy is None:
            return Via.NOBODY, None
        first = self.allowing(policy, policy.kind)
        if first is None:
            return Via.NOBODY, None
        best, chosen = self._via(first), first
        if best < Via.EVERYONE:
            for statement in policy.index.sides(self.action, self.request)[1].candidates(self.request.resource):
                via = self._via(statement)
                if via <= best:
                    continue
                if statement.varies:
                    self.varied = True
                if statement.blocker(self.request) is None:
                    best, chosen = via, statement
        return best, self._allowed(chosen)

    def combine(
        self,
        policies: PolicySet,
        identity: Decision | None,
        narrowed: Decision | None,
        via: Via,
        resource: Decision | None,
    ) -> Decision:
        """Put the answers together; no policy denied explicitly."""
        direct = via >= Via.EVERYONE
        # Implied, so that nobody can hand over a trust policy and forget to say that it must allow.
        trust = policies.mode is Mode.TRUST or (
            policies.resource is not None and policies.resource.kind is PolicyKind.TRUST
        )
        kind = PolicyKind.TRUST if trust else PolicyKind.RESOURCE
        by_resource_alone = policies.mode is Mode.RESOURCE_ONLY or self.request.caller.type in (
            PrincipalType.ANONYMOUS,
            PrincipalType.SERVICE,
        )
        if by_resource_alone:
            return resource if resource is not None and direct else self._silent(kind)
        same_account = self._same_account() if policies.same_account is None else policies.same_account
        if resource is None and (trust or not same_account):
            return self._silent(kind)
        if same_account and resource is not None and direct:
            return resource
        granted = identity
        if granted is None and same_account and via is Via.ROLE:
            granted = resource
        if granted is None:
            return self._silent(PolicyKind.IDENTITY)
        answer = granted if narrowed is None else narrowed
        if self.varied and answer.cacheable:  # it was made before everything had been asked
            return msgspec.structs.replace(answer, cacheable=False)
        return answer

    def _same_account(self) -> bool:
        """Compare the caller's account with the resource's; `*`, buckets and AWS's own policies belong to no other."""
        parts = self.request.resource.split(":", 5)
        owner = parts[4] if len(parts) == 6 else ""
        return owner == self.request.caller.account or not (len(owner) == 12 and owner.isdigit())

    def _via(self, statement: Statement) -> Via:
        assert statement.principals is not None  # the grammar demands them of resource and trust policies
        return statement.principals.via(self.request.caller)

    def _allowed(self, statement: Statement) -> Decision:
        return statement.allowed if self.varied else statement.allowed_cacheable

    def _denied(self, policy: Policy, kind: PolicyKind, statement: Statement) -> Decision:
        return Decision(
            outcome=Outcome.EXPLICIT_DENY,
            reason=f"Statement {statement.name} of {quoted(policy.name, kind)} denies it explicitly.",
            kind=kind,
            policy=policy.name,
            statement=statement.name,
            cacheable=not self.varied,
        )

    def _silent(self, kind: PolicyKind, instead: str = "", policy: str = "") -> Decision:
        action, resource = self.request.action, self.request.resource
        reason = (
            f"Other policies allow {action} on {resource}, {instead}"
            if instead
            else f"No {kind.value} allows {action} on {resource}."
        )
        return Decision(
            outcome=Outcome.IMPLICIT_DENY, reason=reason, kind=kind, policy=policy, cacheable=not self.varied
        )
