"""The values that a template handles, and how Java writes them.

In: Python values in the part of Java's. Out: the text that the real API Gateway prints for them.
Law: no attribute of a Python object is ever reachable from a template; what a template may see of an object of ours is
what its class lists in `properties` and `methods`.

| in Java | here | as text |
|---|---|---|
| String, Boolean, Integer/Long/BigInteger, Double | str, bool, int, float | as Java prints them |
| LinkedHashMap | any Mapping | `{a=1, b=2}` |
| JSONArray (what `$input.path` finds) | list | JSON, with JSON in it: `[{"a":1}]` |
| ArrayList (a literal, a range, `split`, `keySet`) | ArrayList | `[1, two]` |

The two kinds of list print differently on the real service, even within one value: `{a=1, b=[{"c":5}]}`.
"""

import json
from collections.abc import Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import ClassVar

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import MAX_NODES, MAX_OUTPUT

Method = tuple[int, int, Callable[..., object]]  # fewest arguments, most arguments, the function


class ArrayList(list[object]):
    """A list that the template made itself, as opposed to one that was found in a payload."""

    __slots__ = ()


class Native:
    """An object of ours that a template may hold. `properties` and `methods` are all that it can see."""

    __slots__ = ()
    properties: ClassVar[Mapping[str, Callable[..., object]]] = {}
    methods: ClassVar[Mapping[str, Method]] = {}

    def text(self) -> str:
        """Return what the object prints as."""
        return ""


class Entry(Native):
    """One entry of a map, as `entrySet()` hands it out."""

    __slots__ = ("key", "value")

    def __init__(self, key: object, value: object) -> None:
        self.key = key
        self.value = value

    def text(self) -> str:
        """Return `key=value`."""
        return f"{to_text(self.key)}={to_text(self.value)}"

    properties: ClassVar[Mapping[str, Callable[..., object]]] = {
        "key": lambda self: self.key,
        "value": lambda self: self.value,
    }
    methods: ClassVar[Mapping[str, Method]] = {
        "getKey": (0, 0, lambda self: self.key),
        "getValue": (0, 0, lambda self: self.value),
        "toString": (0, 0, lambda self: self.text()),
    }


def shielded(owner: object, value: object) -> object:
    """Return what was found in a map; of a map that cannot be changed, neither can what is in it.

    Variables belong to whoever renders, and may be shared by all requests: a template must not write to them.
    """
    if isinstance(owner, MutableMapping):
        return value
    if isinstance(value, dict):
        return MappingProxyType(value)
    return value[:] if isinstance(value, list) else value


def java_double(number: float) -> str:
    """Return a double as `Double.toString` prints it: `2.0`, `1.0E10`, `1.0E-4`, `NaN`."""
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    mantissa, _, exponent = f"{number!r}".partition("e")
    if exponent:
        digits = mantissa if "." in mantissa else f"{mantissa}.0"
        return f"{digits}E{int(exponent)}"
    return _scientific(mantissa)


def _scientific(plain: str) -> str:
    """Return a plain decimal, such as `12345678.5` or `0.0001`, in Java's scientific form."""
    sign, plain = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, _, fraction = plain.partition(".")
    if whole.strip("0"):
        exponent = len(whole) - 1
        digits = whole + fraction
    else:
        leading = len(fraction) - len(fraction.lstrip("0"))
        exponent = -leading - 1
        digits = fraction[leading:]
    digits = digits.rstrip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def to_text(value: object) -> str:
    """Return what Java's `toString` gives for a value; None within a collection is `null`.

    Raises:
        JavaException: the value contains itself, or its text would be larger than a payload may be.
    """
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]  # proven by the line above, faster than isinstance
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    writer = _Writer()
    writer.java(value, 0)
    return "".join(writer.parts)


def to_json(value: object) -> str:
    """Return a value as JSON without blanks, numbers as Java prints them.

    Raises:
        JavaException: the value contains itself, or its text would be larger than a payload may be.
    """
    writer = _Writer()
    writer.json(value, 0)
    return "".join(writer.parts)


def quoted(text: str) -> str:
    """Return a string as a JSON literal; characters outside ASCII stay as they are."""
    return json.dumps(text, ensure_ascii=False)


class _Writer:
    """Writes one value, and stops when it grows out of bounds: a template can build values that contain themselves."""

    __slots__ = ("nodes", "parts", "size")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.nodes = 0
        self.size = 0

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)
        if self.size > MAX_OUTPUT:
            raise JavaException("the text of this value is larger than a payload may be")

    def enter(self, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > 200:
            raise JavaException("this value contains itself, or is too large to be written")

    def java(self, value: object, depth: int) -> None:
        self.enter(depth)
        if value is None:
            self.put("null")
        elif isinstance(value, str):
            self.put(value)
        elif isinstance(value, bool):
            self.put("true" if value else "false")
        elif isinstance(value, int):
            self.put(str(value))
        elif isinstance(value, float):
            self.put(java_double(value))
        elif isinstance(value, ArrayList):
            self.put("[")
            for place, item in enumerate(value):
                if place:
                    self.put(", ")
                self.java(item, depth + 1)
            self.put("]")
        elif isinstance(value, Mapping):
            self.put("{")
            for place, (key, item) in enumerate(value.items()):
                self.put(", " if place else "")
                self.java(key, depth + 1)
                self.put("=")
                self.java(item, depth + 1)
            self.put("}")
        elif isinstance(value, list | tuple):
            self.json(value, depth + 1)
        elif isinstance(value, Native):
            self.put(value.text())

    def json(self, value: object, depth: int) -> None:
        self.enter(depth)
        if value is None:
            self.put("null")
        elif isinstance(value, str):
            self.put(quoted(value))
        elif isinstance(value, bool):
            self.put("true" if value else "false")
        elif isinstance(value, int):
            self.put(str(value))
        elif isinstance(value, float):
            self.put(java_double(value) if abs(value) < float("inf") else "null")
        elif isinstance(value, Mapping):
            self.put("{")
            for place, (key, item) in enumerate(value.items()):
                self.put(("," if place else "") + quoted(to_text(key)) + ":")
                self.json(item, depth + 1)
            self.put("}")
        elif isinstance(value, list | tuple):
            self.put("[")
            for place, item in enumerate(value):
                if place:
                    self.put(",")
                self.json(item, depth + 1)
            self.put("]")
        elif isinstance(value, Native):
            self.put(quoted(value.text()))


def measure(value: object) -> None:
    """Prove that a collection is finite and not too large, before Python walks it on its own.

    Raises:
        JavaException: it is not.
    """
    writer = _Writer()
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        writer.enter(depth)
        if isinstance(item, Mapping):
            pending.extend((inner, depth + 1) for inner in item.values())
        elif isinstance(item, list | tuple):
            pending.extend((inner, depth + 1) for inner in item)


def is_number(value: object) -> bool:
    """Say whether a value is a number; in Python a bool is an int, in Java it is not."""
    return type(value) is int or type(value) is float


def java_equals(left: object, right: object) -> bool:
    """Say whether `left.equals(right)`: same kind and same value, where all whole numbers are one kind."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        measure(left)
        measure(right)
        return list(left) == list(right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        measure(left)
        measure(right)
        return dict(left) == dict(right)
    return type(left) is type(right) and left == right


def velocity_equals(left: object, right: object) -> bool:
    """Say whether Velocity's `==` holds: numbers by value, one kind by `equals`, different kinds by their text."""
    if left is None or right is None:
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if is_number(left) and is_number(right):
        return left == right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return java_equals(left, right)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return java_equals(left, right)
    return to_text(left) == to_text(right)
