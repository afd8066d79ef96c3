"""The predicates of JSONPath: `[?(@.price < 10 && @.name == 'pen')]`.

In: the text from `?` on. Out: a predicate on one value, and how many characters it took.
Law: a comparison of values of different kinds is false. Regular expressions (`=~`) and the word operators of Jayway
are refused.
Source: the grammar of Jayway's JsonPath, "Filter operators".
"""

import re
from collections.abc import Callable

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import MAX_DEPTH

Predicate = Callable[[object], bool]
Operand = Callable[[object], tuple[bool, object]]  # is there a value, and which

_TOKEN = re.compile(
    r"\s*(?:(?P<op>&&|\|\||==|!=|<=|>=|=~|<|>|!|\(|\)|\])"
    r"|(?P<path>@(?:\.[A-Za-z_][\w-]*|\['[^']*'\]|\[\"[^\"]*\"\]|\[-?\d+\])*)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<word>true|false|null)\b)"
)
_PART = re.compile(r"\.([\w-]+)|\['([^']*)'\]|\[\"([^\"]*)\"\]|\[(-?\d+)\]")
_WORDS = {"true": True, "false": False, "null": None}
_COMPARE: dict[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: (type(a) is type(b) or _ordered(a, b)) and a == b,
    "!=": lambda a, b: not (_COMPARE["=="](a, b)),
    "<": lambda a, b: _ordered(a, b) and a < b,  # type: ignore[operator]
    ">": lambda a, b: _ordered(a, b) and a > b,  # type: ignore[operator]
    "<=": lambda a, b: _ordered(a, b) and a <= b,  # type: ignore[operator]
    ">=": lambda a, b: _ordered(a, b) and a >= b,  # type: ignore[operator]
}


def _ordered(left: object, right: object) -> bool:
    numbers = type(left) in (int, float) and type(right) in (int, float)
    return numbers or (isinstance(left, str) and isinstance(right, str))


def parse_filter(text: str, malformed: Callable[[], JavaException]) -> tuple[Predicate, int]:
    """Compile the predicate that `text` begins with (`?(...)]`); return it and the length that it took.

    Raises:
        JavaException: it is malformed, or uses an operator that is not supported.
    """
    parser = _Parser(text, malformed)
    predicate = parser.either(0)
    parser.expect("]")
    return predicate, parser.place


class _Parser:
    def __init__(self, text: str, malformed: Callable[[], JavaException]) -> None:
        self.text = text
        self.place = 1  # behind `?`
        self.malformed = malformed
        self.terms = 0

    def next(self) -> tuple[str, str]:
        found = _TOKEN.match(self.text, self.place)
        if found is None or found.lastgroup is None:
            raise self.malformed()
        self.place = found.end()
        return found.lastgroup, found.group(found.lastgroup)

    def peek(self) -> tuple[str, str]:
        place = self.place
        token = self.next()
        self.place = place
        return token

    def expect(self, operator: str) -> None:
        if self.next() != ("op", operator):
            raise self.malformed()

    def either(self, depth: int) -> Predicate:
        parts = [self.both(depth)]
        while self.peek() == ("op", "||"):
            self.next()
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def both(self, depth: int) -> Predicate:
        parts = [self.term(depth)]
        while self.peek() == ("op", "&&"):
            self.next()
            parts.append(self.term(depth))
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def term(self, depth: int) -> Predicate:
        if depth > MAX_DEPTH:
            raise JavaException("a JSONPath filter that is nested too deeply")
        if self.peek() == ("op", "!"):
            self.next()
            inner = self.term(depth + 1)
            return lambda item: not inner(item)
        if self.peek() == ("op", "("):
            self.next()
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        left = self.operand()
        kind, operator = self.peek()
        if kind != "op" or operator in (")", "&&", "||", "]"):
            return lambda item: left(item)[0]
        self.next()
        compare = _COMPARE.get(operator)
        if compare is None:
            raise JavaException(f"the JSONPath filter operator {operator} is not supported")
        right = self.operand()
        return lambda item: _both(left(item), right(item), compare)

    def operand(self) -> Operand:
        kind, text = self.next()
        if kind == "path":
            parts = [(p[0] or p[1] or p[2], int(p[3]) if p[3] else None) for p in _PART.findall(text)]
            return lambda item: _follow(item, parts)
        if kind == "text":
            literal: object = re.sub(r"\\(.)", r"\1", text[1:-1])
        elif kind == "number":
            literal = float(text) if any(mark in text for mark in ".eE") else int(text)
        elif kind == "word":
            literal = _WORDS[text]
        else:
            raise self.malformed()
        return lambda item: (True, literal)


def _both(left: tuple[bool, object], right: tuple[bool, object], compare: Callable[[object, object], bool]) -> bool:
    return left[0] and right[0] and compare(left[1], right[1])


def _follow(value: object, parts: list[tuple[str, int | None]]) -> tuple[bool, object]:
    for name, place in parts:
        if place is None:
            if not isinstance(value, dict) or name not in value:
                return False, None
            value = value[name]
        else:
            if not isinstance(value, list) or not -len(value) <= place < len(value):
                return False, None
            value = value[place]
    return True, value
