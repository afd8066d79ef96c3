"""Policy documents: JSON text in, a compiled `Policy` out, or AWS's reason why not.

Law: a document is refused as a whole when any part of it could not be enforced: unknown elements and operators, values
that an operator cannot compare, keys given twice. What is accepted is compiled here, once.
AWS: IAM user guide, "Grammar of the IAM JSON policy language". The messages are those that IAM is known to answer.
"""

import json
from typing import Any

import msgspec

from gatewright.policy import grammar
from gatewright.policy.conditions import Condition, MalformedCondition, compile_condition
from gatewright.policy.context import varies
from gatewright.policy.decision import Decision, Outcome, PolicyKind, quoted
from gatewright.policy.grammar import MalformedPolicy
from gatewright.policy.index import Index
from gatewright.policy.match import Scope, pattern_set
from gatewright.policy.principals import Principals, compile_principals
from gatewright.policy.statement import Actions, Resources, Statement
from gatewright.policy.variables import MalformedVariable

__all__ = ["MalformedPolicy", "Policy", "PolicyKind", "parse_policy", "policy_size"]

CURRENT_VERSION = "2012-10-17"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled policy."""

    name: str
    kind: PolicyKind
    version: str
    id: str
    statements: tuple[Statement, ...]
    index: Index
    keys: frozenset[str]  # lower case: every condition key that it mentions


def policy_size(text: str) -> int:
    """Return the size that AWS's quotas speak of: characters, white space not counted."""
    return sum(not character.isspace() for character in text)


def parse_policy(
    text: str, *, kind: PolicyKind = PolicyKind.IDENTITY, name: str = "", current_version: bool = False
) -> Policy:
    """Parse, check and compile a policy document.

    `name` is how explanations call it. `current_version` refuses documents that are not of version 2012-10-17, as IAM
    does for managed policies; older ones are read without policy variables.

    Raises:
        MalformedPolicy: the document is not one that AWS would take, or that could be enforced.
    """
    document = _load(text, kind)
    statements = grammar.check_document(document, kind, current_version=current_version)
    version = document.get("Version", "2008-10-17")
    compiled = tuple(
        _Compiler(kind, name, version == CURRENT_VERSION).statement(statement, f"#{number}")
        for number, statement in enumerate(statements, 1)
    )
    return Policy(
        name=name,
        kind=kind,
        version=version,
        id=document.get("Id", ""),
        statements=compiled,
        index=Index(compiled),
        keys=frozenset().union(*(statement.keys for statement in compiled)),
    )


def _load(text: str, kind: PolicyKind) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a key is given twice")
        return members

    def no_constant(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    try:
        document = json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise MalformedPolicy(grammar.not_json(kind)) from None
    if not isinstance(document, dict):
        raise MalformedPolicy(grammar.not_json(kind))
    return document


class _Compiler:
    """Compiles the statements of one document; what it is given has passed the grammar."""

    def __init__(self, kind: PolicyKind, name: str, variables: bool) -> None:
        self._kind = kind
        self._name = name
        self._variables = variables

    def statement(self, written: dict[str, Any], number: str) -> Statement:
        deny = written["Effect"] == "Deny"
        name = written.get("Sid") or number
        try:
            resources = self._resources(written, deny)
            conditions = self._conditions(written.get("Condition") or {}, deny)
        except (MalformedVariable, MalformedCondition):
            raise MalformedPolicy(grammar.LEGACY) from None
        negated = "NotAction" in written
        actions = pattern_set(grammar.as_list(written["NotAction" if negated else "Action"]), fold=True)
        keys = frozenset(
            [condition.lower_key for condition in conditions]
            + [key.lower() for condition in conditions for key in condition.variables]
            + (list(resources.patterns.keys) if resources is not None else [])
        )
        changing = any(varies(key) for key in keys)
        reason = f"Statement {name} of {quoted(self._name, self._kind)} allows it."
        allowed = Decision(
            outcome=Outcome.ALLOWED, reason=reason, kind=self._kind, policy=self._name, statement=name, cacheable=False
        )
        return Statement(
            name=name,
            deny=deny,
            principals=self._principals(written, deny),
            actions=Actions(actions, negated),
            resources=resources,
            conditions=conditions,
            keys=keys,
            varies=changing,
            allowed=allowed,
            allowed_cacheable=msgspec.structs.replace(allowed, cacheable=True),
        )

    def _resources(self, written: dict[str, Any], deny: bool) -> Resources | None:
        negated = "NotResource" in written
        element = written.get("NotResource" if negated else "Resource")
        if element is None:
            return None
        texts = [grammar.complete_arn(text) for text in grammar.as_list(element)]
        patterns = pattern_set(texts, scope=Scope.RESOURCE_ARN, variables=self._variables)
        if patterns.everything and not negated:
            return None
        if self._variables and any(grammar.variable_too_early(text) for text in texts):
            raise MalformedPolicy(grammar.LEGACY)
        return Resources(patterns, negated, deny)

    def _conditions(self, written: dict[str, Any], deny: bool) -> tuple[Condition, ...]:
        return tuple(
            compile_condition(
                operator,
                key,
                tuple(grammar.as_text(value) for value in grammar.as_list(values)),
                variables=self._variables,
                deny=deny,
            )
            for operator, keys in written.items()
            for key, values in keys.items()
        )

    def _principals(self, written: dict[str, Any], deny: bool) -> Principals | None:
        negated = "NotPrincipal" in written
        element = written.get("NotPrincipal" if negated else "Principal")
        if element is None:
            return None
        mapping = {"AWS": "*"} if element == "*" else element
        return compile_principals(
            {kind: tuple(grammar.as_list(values)) for kind, values in mapping.items()},
            negated=negated,
            deny=deny,
            strangers=self._kind is not PolicyKind.TRUST,
        )
