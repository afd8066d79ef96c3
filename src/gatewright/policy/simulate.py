"""What would be decided? The answers of `SimulateCustomPolicy` and `SimulatePrincipalPolicy`, from the one engine.

In: policies with their texts, a caller, and the values of condition keys. Out: a `Simulated` per action and resource.
Law: `decide` decides, as for every request; here it is only asked what it would say, which statements speak of the
request, and which keys they ask for in vain. A key has a value only where the simulation was given one, or where it
follows from the caller or the resource that it was given: not even the time is taken from the clock.
AWS: IAM user guide, "IAM policy testing with the IAM policy simulator"; IAM API reference, "EvaluationResult".
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from gatewright.core.identity import Caller
from gatewright.policy.context import KEYS_OF_THE_CALLER, AuthorizationRequest
from gatewright.policy.decision import Outcome
from gatewright.policy.document import CURRENT_VERSION, Policy
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.policy.positions import Span, statement_spans
from gatewright.policy.statement import Statement

_VARIABLE = re.compile(r"\$\{([^{}',*?$]+?)(?:,\s*'[^']*')?\}")
_OF_THE_MOMENT = ("aws:currenttime", "aws:epochtime", "aws:viaawsservice")
_RESTRICTIVE = (Outcome.ALLOWED, Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY)


class Source(msgspec.Struct, frozen=True):
    """A policy, and how the answer calls it."""

    id: str  # such as PolicyInputList.1, or the policy's name
    type: str  # user, group, role, aws-managed, user-managed, resource, none
    text: str
    policy: Policy
    spans: tuple[Span, ...]
    keys: Mapping[str, str]  # lower case -> as written: every condition key that it mentions


class Matched(msgspec.Struct, frozen=True):
    """A statement that determined a result."""

    source_id: str
    source_type: str
    span: Span


class Simulated(msgspec.Struct, frozen=True):
    """The result for one action and one resource."""

    resource: str
    outcome: Outcome
    matched: tuple[Matched, ...]
    missing: tuple[str, ...]
    boundary_allows: bool | None = None  # None: there is no boundary
    details: Mapping[str, Outcome] = {}  # by type of policy; of cross-account simulations only


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that does not change from one action or resource to the next."""

    caller: Caller
    caller_known: bool  # whether condition keys of the caller have values
    identity: tuple[Source, ...]
    boundary: Source | None = None
    resource_policy: Source | None = None
    owner: str  # the account of resources whose ARN does not say
    context: Mapping[str, tuple[str, ...]]  # names in lower case

    @property
    def statements(self) -> int:
        """How many statements one result asks."""
        return sum(len(source.policy.statements) for source in self._every())

    def _every(self) -> Iterator[Source]:
        yield from self.identity
        yield from (source for source in (self.boundary, self.resource_policy) if source is not None)

    def run(self, action: str, resource: str) -> Simulated:
        """Simulate one action on one resource."""
        owner = _account_in(resource) or self.owner
        same_account = owner == self.caller.account
        request = AuthorizationRequest(self.caller, action, resource, simulated=self._context())
        policies = PolicySet(
            identity=tuple(source.policy for source in self.identity),
            boundary=None if self.boundary is None else self.boundary.policy,
            resource=None if self.resource_policy is None else self.resource_policy.policy,
            same_account=same_account,
        )
        outcome = decide(request, policies).outcome
        return Simulated(
            resource,
            outcome,
            tuple(self._matched(request, outcome)),
            self._missing(request),
            None if self.boundary is None else _alone((self.boundary,), request) is Outcome.ALLOWED,
            {} if same_account else self._details(request),
        )

    def _context(self) -> Mapping[str, tuple[str, ...]]:
        absent = _OF_THE_MOMENT if self.caller_known else (*_OF_THE_MOMENT, *KEYS_OF_THE_CALLER)
        return {**dict.fromkeys(absent, ()), **self.context}

    def _matched(self, request: AuthorizationRequest, outcome: Outcome) -> Iterator[Matched]:
        if outcome is Outcome.IMPLICIT_DENY:
            return
        sources = (*self.identity, *(() if self.resource_policy is None else (self.resource_policy,)))
        for source in sources:
            for number, statement in enumerate(source.policy.statements):
                if statement.deny is (outcome is Outcome.EXPLICIT_DENY) and _applies(statement, request):
                    yield Matched(source.id, source.type, source.spans[number])

    def _missing(self, request: AuthorizationRequest) -> tuple[str, ...]:
        missing: dict[str, str] = {}
        for source in self._every():
            for statement in source.policy.statements:
                if statement.actions.cover(request.action, request) and _may_cover(statement, request):
                    absent = (key for key in statement.keys if not request.values(key))
                    missing |= {key: source.keys.get(key, key) for key in absent}
        return tuple(sorted(missing.values(), key=str.lower))

    def _details(self, request: AuthorizationRequest) -> dict[str, Outcome]:
        details = {"IAM Policy": _alone(self.identity, request)}
        if self.resource_policy is not None:
            details["Resource Policy"] = _alone((self.resource_policy,), request)
        if self.boundary is not None:
            details["Permissions Boundary Policy"] = _alone((self.boundary,), request)
        return details


def _account_in(resource: str) -> str:
    parts = resource.split(":", 5)
    return parts[4] if len(parts) == 6 and len(parts[4]) == 12 and parts[4].isdigit() else ""


def _applies(statement: Statement, request: AuthorizationRequest) -> bool:
    return statement.actions.cover(request.action, request) and statement.blocker(request) is None


def _may_cover(statement: Statement, request: AuthorizationRequest) -> bool:
    """Say whether a statement could be about the resource, if the keys that it needs were there."""
    resources = statement.resources
    return resources is None or bool(resources.patterns.keys) or resources.cover(request.resource, request)


def _alone(sources: Iterable[Source], request: AuthorizationRequest) -> Outcome:
    """Return what policies of one kind say by themselves."""
    applying = [s for source in sources for s in source.policy.statements if _applies(s, request)]
    if any(statement.deny for statement in applying):
        return Outcome.EXPLICIT_DENY
    return Outcome.ALLOWED if applying else Outcome.IMPLICIT_DENY


def most_restrictive(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that an answer for several resources reports."""
    return max(outcomes, key=_RESTRICTIVE.index)


def source_of(source_id: str, source_type: str, text: str, policy: Policy) -> Source:
    """Return a policy as a simulation needs it."""
    return Source(source_id, source_type, text, policy, statement_spans(text), context_keys(text))


def context_keys(text: str) -> dict[str, str]:
    """Return the condition keys that a document mentions, as it first writes them, by their names in lower case.

    Documents older than the current version have no variables: what looks like one is text.
    """
    document = json.loads(text)
    statements = document["Statement"]
    names: list[str] = []
    for statement in statements if isinstance(statements, list) else [statements]:
        for keys in statement.get("Condition", {}).values():
            names += keys
        if document.get("Version") == CURRENT_VERSION:
            names += _VARIABLE.findall(json.dumps(_with_variables(statement)))
    written: dict[str, str] = {}
    for name in names:
        written.setdefault(name.strip().lower(), name.strip())
    return written


def _with_variables(statement: Mapping[str, Any]) -> list[Any]:
    """Return the parts of a statement in which variables are read."""
    conditions = [list(keys.values()) for keys in statement.get("Condition", {}).values()]
    return [statement.get("Resource"), statement.get("NotResource"), conditions]
