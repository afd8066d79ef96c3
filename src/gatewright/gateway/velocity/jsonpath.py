"""JSONPath as API Gateway evaluates it: the dialect of Jayway's JsonPath.

In: an expression such as `$.pets[0].name` and a parsed payload. Out: the one value of a definite path, or the list of
everything that an indefinite one (`..`, `*`, `[0,1]`, `[a:b]`, `[?()]`) finds.
Law: an expression is compiled once; a search is bounded by the number of values that it visits.
A leading `$` may be missing. `length()` and `size()` end a path; the other functions are refused by name.
Source: API Gateway developer guide, "$input variables", which names JSONPath for Java.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import MAX_PATH, MAX_PATH_VISITS
from gatewright.gateway.velocity.pathfilter import Predicate, parse_filter

Select = Callable[[object], Iterator[object]]
MISSING = object()  # what a definite path gives where nothing is: not the same as a null

_NAME = re.compile(r"[^.\[\]() \t\r\n'\",]+")
_QUOTED = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")\s*(,|\])")
_INDEXES = re.compile(r"\s*-?\d+(?:\s*,\s*-?\d+)*\s*\]")
_SLICE = re.compile(r"\s*(-?\d+)?\s*:\s*(-?\d+)?\s*\]")
_FUNCTION = re.compile(r"([a-zA-Z]+)\(\s*\)$")


class Budget:
    """How many values a rendering's searches may still visit."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_PATH_VISITS) -> None:
        self.left = left

    def spend(self) -> None:
        """Count one visit.

        Raises:
            JavaException: it was one too many.
        """
        self.left -= 1
        if self.left < 0:
            raise JavaException(f"JSONPath expressions visited more than {MAX_PATH_VISITS} values")


class Path:
    """A compiled expression."""

    __slots__ = ("length", "names", "steps")

    def __init__(self, steps: list[tuple[bool, Select]], names: tuple[str | int, ...] | None, length: bool) -> None:
        self.steps = steps  # (does it search all descendants, what it selects of each value)
        self.names = names  # the plain steps of a definite path, which need no search; None for an indefinite one
        self.length = length

    def find(self, root: object, budget: Budget) -> object:
        """Return what the path leads to; `MISSING` where a definite path leads nowhere."""
        found = self._follow(root, budget) if self.names is not None else self._search(root, budget)
        if not self.length:
            return found
        return len(found) if isinstance(found, list | dict | str) else MISSING

    def _follow(self, value: object, budget: Budget) -> object:
        assert self.names is not None
        for name in self.names:
            budget.spend()
            if isinstance(name, str):
                if not isinstance(value, dict) or name not in value:
                    return MISSING
                value = value[name]
            else:
                if not isinstance(value, list) or not -len(value) <= name < len(value):
                    return MISSING
                value = value[name]
        return value

    def _search(self, root: object, budget: Budget) -> list[object]:
        values = [root]
        for deep, select in self.steps:
            selected: list[object] = []
            for value in values:
                for place in _descendants(value, budget) if deep else (value,):
                    for item in select(place):
                        budget.spend()
                        selected.append(item)
            values = selected
        return values


def _descendants(value: object, budget: Budget) -> Iterator[object]:
    """Yield a value and everything below it, in document order."""
    pending = [value]
    while pending:
        item = pending.pop()
        budget.spend()
        yield item
        if isinstance(item, dict):
            pending.extend(reversed(item.values()))
        elif isinstance(item, list):
            pending.extend(reversed(item))


@lru_cache(maxsize=1024)
def compile_path(text: str) -> Path:
    """Compile an expression.

    Raises:
        JavaException: it is malformed, too long, or uses a function that is not supported.
    """
    if len(text) > MAX_PATH:
        raise JavaException(f"a JSONPath expression of more than {MAX_PATH} characters")
    stripped = text.strip()
    if not stripped:
        raise JavaException("the JSONPath expression is empty")
    if stripped[0] not in "$@":
        stripped = f"$.{stripped}"
    return _Compiler(stripped).path()


class _Compiler:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 1  # behind `$`
        self.steps: list[tuple[bool, Select]] = []
        self.names: list[str | int] | None = []
        self.length = False

    def path(self) -> Path:
        while self.place < len(self.text) and not self.length:
            deep = self.text.startswith("..", self.place)
            if deep:
                self.place += 2
                self.names = None
            elif self.text[self.place] == ".":
                self.place += 1
            elif self.text[self.place] != "[":
                raise self.malformed()
            self.step(deep)
        if self.place < len(self.text):
            raise self.malformed()
        return Path(self.steps, None if self.names is None else tuple(self.names), self.length)

    def step(self, deep: bool) -> None:
        rest = self.text[self.place :]
        function = None if deep else _FUNCTION.match(rest)
        if function:
            if function.group(1) not in ("length", "size"):
                raise JavaException(f"the JSONPath function {function.group(1)}() is not supported")
            self.length = True
            self.place = len(self.text)
        elif rest.startswith("["):
            self.place += 1
            self.bracket(deep)
        elif rest.startswith("*"):
            self.place += 1
            self.add(deep, _children)
        else:
            name = _NAME.match(rest)
            if name is None:
                raise self.malformed()
            self.place += name.end()
            self.add(deep, _named((name.group(),)), name.group())

    def bracket(self, deep: bool) -> None:
        rest = self.text[self.place :]
        indexes, part = _INDEXES.match(rest), _SLICE.match(rest)
        if re.match(r"\s*\*\s*\]", rest):
            self.place += rest.index("]") + 1
            self.add(deep, _children)
        elif rest.startswith("?"):
            predicate, length = parse_filter(rest, self.malformed)
            self.place += length
            self.add(deep, _filtered(predicate))
        elif indexes:
            self.place += indexes.end()
            numbers = tuple(int(number) for number in indexes.group()[:-1].split(","))
            self.add(deep, _indexed(numbers), numbers[0] if len(numbers) == 1 else None)
        elif part:
            self.place += part.end()
            start, stop = (None if bound is None else int(bound) for bound in part.groups())
            self.add(deep, _sliced(slice(start, stop)))
        else:
            names = self.quoted_names()
            self.add(deep, _named(names), names[0] if len(names) == 1 else None)

    def quoted_names(self) -> tuple[str, ...]:
        names = []
        while True:
            found = _QUOTED.match(self.text, self.place)
            if found is None:
                raise self.malformed()
            raw = found.group(1) if found.group(1) is not None else found.group(2)
            names.append(re.sub(r"\\(.)", r"\1", raw))
            self.place = found.end()
            if found.group(3) == "]":
                return tuple(names)

    def add(self, deep: bool, select: Select, name: str | int | None = None) -> None:
        self.steps.append((deep, select))
        if name is None or deep:
            self.names = None
        elif self.names is not None:
            self.names.append(name)

    def malformed(self) -> JavaException:
        return JavaException(f"the JSONPath expression {self.text!r} is malformed at character {self.place + 1}")


def _children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _named(names: tuple[str, ...]) -> Select:
    def select(value: object) -> Iterator[object]:
        if not isinstance(value, dict):
            return
        if len(names) == 1:
            if names[0] in value:
                yield value[names[0]]
        else:
            yield {
                name: value[name] for name in names if name in value
            }  # several names keep their object, as in Jayway

    return select


def _indexed(places: tuple[int, ...]) -> Select:
    def select(value: object) -> Iterator[object]:
        if isinstance(value, list):
            for place in places:
                if -len(value) <= place < len(value):
                    yield value[place]

    return select


def _sliced(part: slice) -> Select:
    def select(value: object) -> Iterator[object]:
        if isinstance(value, list):
            yield from value[part]

    return select


def _filtered(predicate: Predicate) -> Select:
    def select(value: object) -> Iterator[object]:
        for item in value if isinstance(value, list) else (value,) if isinstance(value, dict) else ():
            if predicate(item):
                yield item

    return select
