"""Statements that can never decide anything, because another one always decides first.

In: the statements of a document. Out: findings. Law: only what is certain is reported: a pattern covers another where
every text of the second fits the first, and a statement with conditions covers nothing.
"""

from collections.abc import Sequence
from typing import Any

from gatewright.policy.finding import Finding, Level
from gatewright.policy.grammar import as_list

_ANYTHING = "*"


def overlaps(statements: Sequence[dict[str, Any]]) -> list[Finding]:
    """Return the statements that another one makes unreachable or needless."""
    found = []
    for number, statement in enumerate(statements):
        for other_number, other in enumerate(statements):
            if number == other_number or not _covers(other, statement):
                continue
            same = _covers(statement, other)
            if same and other_number > number:
                continue  # of two that cover each other, the later one is needless
            finding = _finding(statement, other, f"statement {other.get('Sid') or f'#{other_number + 1}'}")
            if finding is not None:
                found.append(finding.at(f"statement {statement.get('Sid') or f'#{number + 1}'}"))
                break
    return found


def _finding(statement: dict[str, Any], other: dict[str, Any], named: str) -> Finding | None:
    effect, others = statement["Effect"], other["Effect"]
    if effect == "Allow" and others == "Deny":
        message = f"It can never allow anything: {named} denies all that it names, and a deny wins."
        return Finding(Level.WARNING, "unreachable", message, "Take it out, or narrow the deny.")
    if effect == others:
        return Finding(Level.NOTE, "needless", f"All that it says is said by {named} already.", "Take it out.")
    return None


def _covers(wide: dict[str, Any], narrow: dict[str, Any]) -> bool:
    """Say whether the first statement applies wherever the second one does."""
    if wide.get("Condition"):
        return False
    if "Principal" in wide or "NotPrincipal" in wide:
        everybody = wide.get("Principal") in (_ANYTHING, {"AWS": _ANYTHING}, {"AWS": [_ANYTHING]})
        same = "Principal" in wide and wide.get("Principal") == narrow.get("Principal")
        if not (everybody or same):
            return False
    for element, compare in (("Action", covers), ("Resource", covers_arn)):
        if f"Not{element}" in wide or f"Not{element}" in narrow:
            return False
        wide_ones, narrow_ones = (as_list(one.get(element, [_ANYTHING])) for one in (wide, narrow))
        if not all(any(compare(w, n) for w in wide_ones) for n in narrow_ones):
            return False
    return True


def covers_arn(wide: str, narrow: str) -> bool:
    """Say whether every ARN that fits the second pattern fits the first; wildcards stay within their segment."""
    if wide in (_ANYTHING, narrow):
        return True
    segments, others = wide.split(":", 5), narrow.split(":", 5)
    if len(segments) < 6 or len(others) < 6:
        return False
    return all(covers(one, other) for one, other in zip(segments, others, strict=True))


def covers(wide: str, narrow: str) -> bool:
    """Say whether every text that fits the second pattern fits the first, without regard to case.

    It is enough that the first matches the second's own characters, where a `?` takes any one but `*`.
    """
    if "${" in wide:
        return wide == narrow
    wide, narrow = wide.lower(), narrow.lower()
    reached = {0}
    for token in wide:
        if token == _ANYTHING:
            reached = set(range(min(reached), len(narrow) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(narrow) and _takes(token, narrow[at])}
        if not reached:
            return False
    return len(narrow) in reached


def _takes(token: str, character: str) -> bool:
    return token == character or (token == "?" and character != _ANYTHING)  # noqa: S105 - a wildcard
