"""Which statements of a policy can match at all: found by action, then by the beginning of the resource.

In: a policy's statements. Out: the few that are worth asking for one action and one resource, denies apart from allows.
Law: the index only leaves out what cannot match. It answers `Action` for good and says nothing else about a statement.
"""

from collections.abc import Iterable

import msgspec

from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.match import PatternSet
from gatewright.policy.statement import Statement

_REMEMBERED_ACTIONS = (
    512  # real services have fewer actions than this in one account's traffic; simulations may ask more
)
_WORTH_AN_INDEX = 8  # fewer statements are asked faster than the head of the resource is found
_NOT_LITERAL = "*?$"


def head_of(resource: str) -> str:
    """Return an ARN up to and with the first `/` or `:` of its resource: service, region, account and first name."""
    at = 0
    for _ in range(5):
        at = resource.find(":", at) + 1
        if not at:
            return resource
    for end in range(at, len(resource)):
        if resource[end] in "/:":
            return resource[: end + 1]
    return resource


def _heads(patterns: PatternSet) -> frozenset[str] | None:
    """Return the heads that a matching resource can have; None where that is not known."""
    heads = set()
    for written in patterns.written:
        head = head_of(written)
        if any(character in head for character in _NOT_LITERAL):
            return None
        if head == written and written.count(":") < 5:  # a short ARN: the missing parts are wildcards
            return None
        heads.add(head)
    return frozenset(heads)


class Side(msgspec.Struct, frozen=True):
    """The statements of one effect that cover one action."""

    general: tuple[Statement, ...]  # must always be asked
    by_head: dict[str, tuple[Statement, ...]]  # need be asked only for a resource with this head

    def candidates(self, resource: str) -> tuple[Statement, ...]:
        """Return the statements that can match this resource."""
        if not self.by_head:
            return self.general
        return self.general + self.by_head.get(head_of(resource), ())


def _side(statements: Iterable[Statement]) -> Side:
    every = tuple(statements)
    if len(every) < _WORTH_AN_INDEX:
        return Side(every, {})
    general: list[Statement] = []
    by_head: dict[str, list[Statement]] = {}
    for statement in every:
        resources = statement.resources
        heads = None if resources is None or resources.negated else _heads(resources.patterns)
        if heads is None:
            general.append(statement)
        else:
            for head in heads:
                by_head.setdefault(head, []).append(statement)
    return Side(tuple(general), {head: tuple(found) for head, found in by_head.items()})


class Index:
    """The statements of one policy, by action. Remembers the answer for each action that was asked, up to a bound."""

    __slots__ = ("_remembered", "_statements")

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self._statements = statements
        self._remembered: dict[str, tuple[Side, Side]] = {}

    def sides(self, action: str, request: AuthorizationRequest) -> tuple[Side, Side]:
        """Return the denying and the allowing statements that cover an action, given in lower case."""
        found = self._remembered.get(action)
        if found is None:
            covering = [s for s in self._statements if s.actions.cover(action, request)]
            found = _side(s for s in covering if s.deny), _side(s for s in covering if not s.deny)
            if len(self._remembered) >= _REMEMBERED_ACTIONS:
                self._remembered.clear()
            self._remembered[action] = found
        return found
