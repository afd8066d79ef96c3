"""The methods of `java.lang.String` and of the numbers that a template may call.

Law: a method with arguments of the wrong kind is no method at all (None, which prints as nothing), as Velocity has it;
what Java throws is a `JavaException`; a method that Java has and this table lacks is refused by name, never ignored.
Positions count characters, where Java counts UTF-16 units: they differ only beyond U+FFFF.
Source: Java platform documentation, "Class String".
"""

from collections.abc import Callable

from gatewright.gateway.velocity import patterns
from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import MAX_OUTPUT
from gatewright.gateway.velocity.values import Method, java_equals, to_text


def _texts(function: Callable[..., object]) -> Callable[..., object]:
    """Let a function see only strings; with anything else the method does not exist."""

    def method(*values: object) -> object:
        return function(*values) if all(type(value) is str for value in values) else None

    return method


def _substring(text: str, start: object, end: object = None) -> object:
    stop = len(text) if end is None else end
    if type(start) is not int or type(stop) is not int:
        return None
    if not 0 <= start <= stop <= len(text):
        raise JavaException(f"String index out of range: begin {start}, end {stop}, length {len(text)}")
    return text[start:stop]


def _char_at(text: str, place: object) -> object:
    if type(place) is not int:
        return None
    if not 0 <= place < len(text):
        raise JavaException(f"String index out of range: {place}")
    return text[place]


def _replace(text: str, old: object, new: object) -> object:
    if not isinstance(old, str) or not isinstance(new, str):
        return None
    return patterns.replace_literal(text, old, new)


def _index_of(text: str, part: object, start: object = 0) -> object:
    return text.find(part, max(0, start)) if isinstance(part, str) and type(start) is int else None


def _last_index_of(text: str, part: object) -> object:
    return text.rfind(part) if isinstance(part, str) else None


def _starts_with(text: str, part: object, start: object = 0) -> object:
    return text.startswith(part, start) if isinstance(part, str) and type(start) is int and start >= 0 else None


def _split(text: str, pattern: object, limit: object = 0) -> object:
    return patterns.split(text, pattern, limit) if isinstance(pattern, str) and type(limit) is int else None


def _concat(text: str, other: str) -> str:
    if len(text) + len(other) > MAX_OUTPUT:
        raise JavaException("a string that is larger than a payload may be")
    return text + other


def _repeat(text: str, times: object) -> object:
    if type(times) is not int:
        return None
    if times < 0 or times * max(1, len(text)) > MAX_OUTPUT:
        raise JavaException(f"cannot repeat this string {times} times")
    return text * times


def _compare(left: str, right: str) -> int:
    for one, other in zip(left, right, strict=False):
        if one != other:
            return ord(one) - ord(other)
    return len(left) - len(right)


def _hash_code(text: str) -> int:
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & 0xFFFFFFFF
    return code - 0x100000000 if code & 0x80000000 else code


_BLANKS = "".join(map(chr, range(33)))  # what `trim` removes: everything up to and with the space

STRING: dict[str, Method] = {
    "charAt": (1, 1, _char_at),
    "compareTo": (1, 1, _texts(_compare)),
    "compareToIgnoreCase": (1, 1, _texts(lambda text, other: _compare(text.lower(), other.lower()))),
    "concat": (1, 1, _texts(_concat)),
    "contains": (1, 1, _texts(lambda text, part: part in text)),
    "contentEquals": (1, 1, _texts(lambda text, other: text == other)),
    "endsWith": (1, 1, _texts(lambda text, part: text.endswith(part))),
    "equals": (1, 1, java_equals),
    "equalsIgnoreCase": (1, 1, lambda text, other: isinstance(other, str) and text.lower() == other.lower()),
    "hashCode": (0, 0, _hash_code),
    "indexOf": (1, 2, _index_of),
    "isBlank": (0, 0, lambda text: not text.strip()),
    "isEmpty": (0, 0, lambda text: not text),
    "lastIndexOf": (1, 1, _last_index_of),
    "length": (0, 0, len),
    "matches": (1, 1, _texts(patterns.matches)),
    "repeat": (1, 1, _repeat),
    "replace": (2, 2, _replace),
    "replaceAll": (2, 2, _texts(patterns.replace)),
    "replaceFirst": (2, 2, _texts(lambda text, pattern, new: patterns.replace(text, pattern, new, 1))),
    "split": (1, 2, _split),
    "startsWith": (1, 2, _starts_with),
    "strip": (0, 0, lambda text: text.strip()),
    "substring": (1, 2, _substring),
    "toLowerCase": (0, 0, lambda text: text.lower()),
    "toString": (0, 0, lambda text: text),
    "toUpperCase": (0, 0, lambda text: text.upper()),
    "trim": (0, 0, lambda text: text.strip(_BLANKS)),
}

STRING_UNSUPPORTED = frozenset(
    (
        "chars",
        "codePointAt",
        "codePointBefore",
        "codePointCount",
        "codePoints",
        "format",
        "formatted",
        "getBytes",
        "getChars",
        "getClass",
        "indent",
        "intern",
        "join",
        "lines",
        "offsetByCodePoints",
        "regionMatches",
        "stripIndent",
        "stripLeading",
        "stripTrailing",
        "subSequence",
        "toCharArray",
        "translateEscapes",
        "valueOf",
    )
)


def _parse_int(_: object, text: object) -> object:
    if not isinstance(text, str):
        return None
    digits = text[1:] if text[:1] in "+-" else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        raise JavaException(f"For input string: {text[:40]!r}")
    return int(text)


def _parse_double(_: object, text: object) -> object:
    if not isinstance(text, str):
        return None
    try:
        return float(text.strip())
    except ValueError:
        raise JavaException(f"For input string: {text[:40]!r}") from None


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _whole(number: float) -> int:
    if number != number:
        return 0
    largest = (1 << 63) - 1
    return int(max(-largest - 1, min(largest, number)))


def _order(left: float, right: object) -> object:
    if type(left) is not type(right) or not isinstance(right, int | float):
        return None
    return (left > right) - (left < right)


NUMBER: dict[str, Method] = {
    "compareTo": (1, 1, _order),
    "doubleValue": (0, 0, _double),
    "equals": (1, 1, java_equals),
    "floatValue": (0, 0, _double),
    "intValue": (0, 0, _whole),
    "longValue": (0, 0, _whole),
    "parseDouble": (1, 1, _parse_double),  # a number is how templates reach Java's static methods
    "parseInt": (1, 1, _parse_int),
    "parseLong": (1, 1, _parse_int),
    "toString": (0, 0, to_text),
}

BOOLEAN: dict[str, Method] = {
    "booleanValue": (0, 0, lambda value: value),
    "equals": (1, 1, java_equals),
    "toString": (0, 0, to_text),
}
