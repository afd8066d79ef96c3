"""Velocity's operators on values.

Law: whole numbers stay whole, division cuts towards zero, `+` with a string on either side joins texts, and what has
no answer (a division by zero, a sum of maps) is None, which `#set` ignores. Source: Apache Velocity 1.7 user guide,
"Math".
"""

import math
from collections.abc import Callable

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import MAX_NUMBER_BITS, MAX_OUTPUT
from gatewright.gateway.velocity.values import is_number, to_text, velocity_equals

Operator = Callable[[object, object], object]


def bounded(number: float) -> float:
    """Return a number that is not absurdly long.

    Raises:
        JavaException: it is.
    """
    if type(number) is int and number.bit_length() > MAX_NUMBER_BITS:
        raise JavaException(f"a number of more than {MAX_NUMBER_BITS} bits")
    return number


def add(left: object, right: object) -> object:
    """Add numbers, or join texts where either side is one."""
    if isinstance(left, str) or isinstance(right, str):
        joined = to_text(left) + to_text(right)
        if len(joined) > MAX_OUTPUT:
            raise JavaException("a string that is larger than a payload may be")
        return joined
    return _on_numbers(left, right, lambda a, b: a + b)


def subtract(left: object, right: object) -> object:
    """Subtract numbers."""
    return _on_numbers(left, right, lambda a, b: a - b)


def multiply(left: object, right: object) -> object:
    """Multiply numbers."""
    return _on_numbers(left, right, lambda a, b: a * b)


def divide(left: object, right: object) -> object:
    """Divide numbers; two whole numbers give the whole part, cut towards zero, as in Java."""
    return None if right == 0 else _on_numbers(left, right, _quotient)


def modulus(left: object, right: object) -> object:
    """Return the rest of a division; it has the sign of the left side, as in Java."""
    return None if right == 0 else _on_numbers(left, right, _rest)


def _on_numbers(left: object, right: object, operation: Callable[[float, float], float]) -> object:
    if not (is_number(left) and is_number(right)):
        return None
    assert isinstance(left, int | float)
    assert isinstance(right, int | float)
    try:
        return bounded(operation(left, right))
    except (OverflowError, ValueError):  # a whole number that no double can hold; fmod of infinity
        return None


def _quotient(left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right


def _rest(left: float, right: float) -> float:
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return math.fmod(left, right)


def _compare(operation: Callable[[float, float], bool]) -> Operator:
    def compare(left: object, right: object) -> bool:
        if not (is_number(left) and is_number(right)):
            return False  # Velocity 1.x orders numbers only, and calls everything else false
        return operation(left, right)  # type: ignore[arg-type]  # proven numbers by the line above

    return compare


# operator -> how tightly it binds, what it does; `and` and `or` do not evaluate both sides, so they are not here
BINARY: dict[str, tuple[int, Operator]] = {
    "==": (3, velocity_equals),
    "!=": (3, lambda left, right: not velocity_equals(left, right)),
    "<": (4, _compare(lambda a, b: a < b)),
    ">": (4, _compare(lambda a, b: a > b)),
    "<=": (4, _compare(lambda a, b: a <= b)),
    ">=": (4, _compare(lambda a, b: a >= b)),
    "+": (5, add),
    "-": (5, subtract),
    "*": (6, multiply),
    "/": (6, divide),
    "%": (6, modulus),
}
WORDS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "and": "&&", "or": "||"}
