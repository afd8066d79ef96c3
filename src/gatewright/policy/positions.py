"""Where the statements of a policy document stand in its text.

In: the text of a document that `parse_policy` has taken. Out: the position of each statement, in the order of
`Policy.statements`. Law: lines and columns are counted as `SimulateCustomPolicy` was seen to answer them: the column
behind the opening brace and the one behind the closing brace, both beginning with 1.
AWS: IAM API reference, "Position".
"""

import json
import re

import msgspec

_SPACE = re.compile(r"[ \t\r\n]*")
_decode = json.JSONDecoder().raw_decode


class Position(msgspec.Struct, frozen=True):
    """A place in a text."""

    line: int
    column: int


class Span(msgspec.Struct, frozen=True):
    """From where to where a statement goes."""

    start: Position
    end: Position


def statement_spans(text: str) -> tuple[Span, ...]:
    """Return where each statement stands."""
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] == '"':
        key, at = _decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)  # behind the colon
        _, end = _decode(text, at)
        if key == "Statement":
            return _spans(text, at, end)
        at = _after_space(text, _after_space(text, end) + 1)  # behind the comma
    return ()


def _spans(text: str, at: int, end: int) -> tuple[Span, ...]:
    if text[at] == "{":
        return (_span(text, at, end),)
    spans = []
    at = _after_space(text, at + 1)
    while at < end and text[at] == "{":
        _, statement_end = _decode(text, at)
        spans.append(_span(text, at, statement_end))
        at = _after_space(text, _after_space(text, statement_end) + 1)
    return tuple(spans)


def _span(text: str, at: int, end: int) -> Span:
    return Span(_position(text, at + 1), _position(text, end))


def _position(text: str, at: int) -> Position:
    return Position(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None  # it matches nothing, too
    return found.end()
