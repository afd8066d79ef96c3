"""Why? Every policy and statement that had a say in a decision, and for each that missed, what it missed by.

In: the same request and policies that `decide` was asked. Out: an `Explanation`, and its plain-text story.
Law: nothing here matches anything. A statement's own `blocker` says what kept it away, so that an explanation can never
tell another story than the decision.
"""

import msgspec

from gatewright.policy.conditions import Condition
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision, Outcome, PolicyKind, quoted
from gatewright.policy.document import Policy
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.policy.principals import Principals
from gatewright.policy.statement import Element, Resources, Statement
from gatewright.policy.variables import resolve, tokens_of

_LONGEST_SEEN = 200  # a header may be longer; an explanation is for reading


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """The first element of a statement that did not fit."""

    element: str  # Action, NotAction, Principal, NotPrincipal, Resource, NotResource, Condition
    operator: str = ""  # of a Condition
    key: str = ""  # of a Condition
    needed: tuple[str, ...]
    seen: tuple[str, ...]  # empty: the request does not have it
    unresolved: tuple[str, ...] = ()  # variables that have no value in this request


class StatementTrail(msgspec.Struct, frozen=True, kw_only=True):
    """One statement: whether it applied, and if not, why."""

    name: str
    effect: str
    applied: bool
    near: bool  # it is about this action, so its miss is worth reading
    miss: Miss | None = None


class PolicyTrail(msgspec.Struct, frozen=True, kw_only=True):
    """One policy and its statements, in the order written."""

    kind: PolicyKind
    name: str
    statements: tuple[StatementTrail, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with everything that led to it."""

    caller: str
    action: str
    resource: str
    decision: Decision
    policies: tuple[PolicyTrail, ...]


def explain(request: AuthorizationRequest, policies: PolicySet) -> Explanation:
    """Decide one request again and tell how."""
    asked: list[tuple[PolicyKind, Policy]] = [(PolicyKind.IDENTITY, policy) for policy in policies.identity]
    if policies.boundary is not None:
        asked.append((PolicyKind.BOUNDARY, policies.boundary))
    asked.extend((PolicyKind.SESSION, policy) for policy in policies.session)
    if policies.resource is not None:
        asked.append((policies.resource.kind, policies.resource))
    return Explanation(
        caller=request.caller.arn or "an anonymous caller",
        action=request.action,
        resource=request.resource,
        decision=decide(request, policies),
        policies=tuple(
            PolicyTrail(
                kind=kind,
                name=policy.name,
                statements=tuple(_statement(statement, request) for statement in policy.statements),
            )
            for kind, policy in asked
        ),
    )


def _statement(statement: Statement, request: AuthorizationRequest) -> StatementTrail:
    effect = "Deny" if statement.deny else "Allow"
    actions = statement.actions
    if not actions.cover(request.action, request):
        element = "NotAction" if actions.negated else "Action"
        miss = Miss(element=element, needed=actions.patterns.written, seen=(request.action,))
        return StatementTrail(name=statement.name, effect=effect, applied=False, near=False, miss=miss)
    blocker = statement.blocker(request)
    return StatementTrail(
        name=statement.name,
        effect=effect,
        applied=blocker is None,
        near=True,
        miss=None if blocker is None else _miss(blocker, request),
    )


def _miss(element: Element, request: AuthorizationRequest) -> Miss:
    if isinstance(element, Principals):
        name = "NotPrincipal" if element.negated else "Principal"
        caller = request.caller
        names = (caller.arn, caller.role_arn, caller.account, caller.federated_provider)
        return Miss(element=name, needed=element.written, seen=tuple(name for name in names if name) or ("anonymous",))
    if isinstance(element, Resources):
        name = "NotResource" if element.negated else "Resource"
        needed, unresolved = _filled_in(element.patterns.written, element.patterns.keys, request)
        return Miss(element=name, needed=needed, seen=(request.resource,), unresolved=unresolved)
    needed, unresolved = _filled_in(element.values, element.variables, request)
    return _condition(element, needed, unresolved, request)


def _condition(
    condition: Condition, needed: tuple[str, ...], unresolved: tuple[str, ...], request: AuthorizationRequest
) -> Miss:
    return Miss(
        element="Condition",
        operator=condition.operator,
        key=condition.key,
        needed=needed,
        seen=tuple(value[:_LONGEST_SEEN] for value in request.values(condition.lower_key)),
        unresolved=unresolved,
    )


def _filled_in(
    written: tuple[str, ...], keys: tuple[str, ...], request: AuthorizationRequest
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the values with their variables filled in as far as they go, and the keys that have no value."""
    if not keys:
        return written, ()
    filled = []
    for text in written:
        tokens = resolve(tokens_of(text, wildcards=False, variables=True), request)
        filled.append(text if tokens is None else "".join(str(token) for token in tokens))
    return tuple(filled), tuple(key for key in keys if len(request.values(key)) != 1)


def story(explanation: Explanation) -> str:
    """Tell an explanation as plain text, one line for each thing that mattered."""
    decision = explanation.decision
    verdict = {
        Outcome.ALLOWED: "allowed",
        Outcome.EXPLICIT_DENY: "denied explicitly",
        Outcome.IMPLICIT_DENY: "denied, because nothing allows it",
    }[decision.outcome]
    lines = [
        f"{explanation.caller}",
        f"  asks for {explanation.action}",
        f"  on {explanation.resource}",
        f"  and is {verdict}. {decision.reason}",
    ]
    if not explanation.policies:
        lines.append("- no policy applies to this request")
    for policy in explanation.policies:
        lines.append(f"- {quoted(policy.name, policy.kind)}")
        lines.extend(f"    {_told(statement)}" for statement in policy.statements if statement.near)
        others = sum(not statement.near for statement in policy.statements)
        if others:
            lines.append(f"    {others} statement{'s are' if others > 1 else ' is'} about other actions")
    return "\n".join(lines)


def _told(statement: StatementTrail) -> str:
    head = f"{statement.effect} {statement.name}"
    if statement.miss is None:
        return f"{head}: applies"
    miss = statement.miss
    seen = _listed(miss.seen) if miss.seen else "nothing"
    what = f"{miss.operator} {miss.key}" if miss.element == "Condition" else miss.element
    needs = "leaves out" if miss.element.startswith("Not") else "needs"
    told = f"{head}: does not apply, {what} {needs} {_listed(miss.needed)} and the request has {seen}"
    if miss.unresolved:
        told += f"; no value for {_listed(miss.unresolved)}"
    return told


def _listed(values: tuple[str, ...]) -> str:
    return " or ".join(f'"{value}"' for value in values) or "nothing"
