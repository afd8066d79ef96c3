"""Expressions, compiled to closures: references, literals, operators.

Law: a reference that leads nowhere is the empty string, in text, in conditions and in arguments alike; so it is *true*
in a condition, as an empty string is. This is what the real API Gateway was recorded to do, where plain Velocity
prints the reference itself and holds it false. A literal that is neither true nor false is false as a condition, as in
Velocity 1.7.
"""

from collections.abc import Callable
from typing import NamedTuple

from gatewright.gateway.velocity.arithmetic import BINARY
from gatewright.gateway.velocity.errors import JavaException, TemplateError
from gatewright.gateway.velocity.limits import MAX_RANGE
from gatewright.gateway.velocity.lists_and_maps import map_key
from gatewright.gateway.velocity.members import call_method, get_index, get_property, set_member
from gatewright.gateway.velocity.scope import Block, Scope, Write
from gatewright.gateway.velocity.values import ArrayList, to_text

Evaluate = Callable[[Scope], object]
Truth = Callable[[Scope], bool]


class Expression(NamedTuple):
    """What an expression is worth, and whether it holds as a condition."""

    evaluate: Evaluate
    truth: Truth


class Link(NamedTuple):
    """One step of a reference: `.name`, `.name(arguments)` or `[key]`."""

    name: str | None
    arguments: tuple[Evaluate, ...] | None  # None: a property
    key: Evaluate | None


class Reference(NamedTuple):
    """A parsed `$name.and[its].links()`."""

    name: str
    links: tuple[Link, ...]
    line: int


def _never(scope: Scope) -> bool:
    return False


def constant(value: object) -> Expression:
    """Compile a literal."""
    holds = value is True
    return Expression(lambda scope: value, lambda scope: holds)


def from_reference(reference: Reference) -> Expression:
    """Compile a reference; it holds unless it is false."""
    evaluate = value_of(reference)
    return Expression(evaluate, lambda scope: evaluate(scope) is not False)


def value_of(reference: Reference) -> Evaluate:
    """Compile what a reference is worth."""
    name, links = reference.name, reference.links
    if not links:

        def variable(scope: Scope) -> object:
            value = scope.variables.get(name)
            return "" if value is None else value

        return variable
    if all(link.arguments is None and link.key is None for link in links):
        names = tuple(link.name for link in links if link.name is not None)

        def properties(scope: Scope) -> object:
            value = scope.variables.get(name)
            for step in names:
                if value is None:
                    return ""
                value = value.get(step) if type(value) is dict else get_property(value, step)
            return "" if value is None else value

        return properties
    return _chain(reference)


def _chain(reference: Reference) -> Evaluate:
    name, line = reference.name, reference.line
    steps = tuple(_step(link) for link in reference.links)

    def chain(scope: Scope) -> object:
        value = scope.variables.get(name)
        try:
            for step in steps:
                if value is None:
                    return ""
                value = step(scope, value)
        except JavaException as error:
            raise TemplateError(line, f"${name}: {error}") from None
        return "" if value is None else value

    return chain


def _step(link: Link) -> Callable[[Scope, object], object]:
    name, arguments, key = link
    if key is not None:
        return lambda scope, owner: get_index(owner, key(scope))
    assert name is not None
    if arguments is None:
        return lambda scope, owner: get_property(owner, name)

    def call(scope: Scope, owner: object) -> object:
        result = call_method(owner, name, [argument(scope) for argument in arguments])
        scope.made(result)
        return result

    return call


def write_reference(reference: Reference) -> Write:
    """Compile a reference that stands in text."""
    evaluate = value_of(reference)
    line, name = reference.line, reference.name

    def write(scope: Scope, out: list[str]) -> None:
        value = evaluate(scope)
        try:
            if type(value) is Block:
                value.write(out)
                return
            text = value if type(value) is str else to_text(value)
            out.append(text)
            scope.wrote(len(text))
        except JavaException as error:
            raise TemplateError(line, f"${name}: {error}") from None

    return write


def assign(reference: Reference, value: Expression) -> Write:
    """Compile `#set`. What has no value leaves everything as it was."""
    evaluate, name, line = value.evaluate, reference.name, reference.line
    if not reference.links:

        def set_variable(scope: Scope, out: list[str]) -> None:
            result = _evaluated(evaluate, scope, line)
            if result is not None:
                scope.variables[name] = result

        return set_variable
    last = reference.links[-1]
    if last.arguments is not None:
        raise TemplateError(line, f"#set cannot assign to the method ${name}…{last.name}()")
    owner_of = value_of(Reference(name, reference.links[:-1], line))

    def set_link(scope: Scope, out: list[str]) -> None:
        result = _evaluated(evaluate, scope, line)
        if result is None:
            return
        try:
            set_member(owner_of(scope), last.name if last.key is None else last.key(scope), result)
        except JavaException as error:
            raise TemplateError(line, f"#set(${name}…): {error}") from None

    return set_link


def _evaluated(evaluate: Evaluate, scope: Scope, line: int) -> object:
    try:
        result = evaluate(scope)
        scope.made(result)
    except JavaException as error:
        raise TemplateError(line, f"#set: {error}") from None
    return result


def binary(operator: str, left: Expression, right: Expression) -> Expression:
    """Compile an operator between two expressions."""
    one, other = left.evaluate, right.evaluate
    if operator in ("&&", "||"):
        first, second = left.truth, right.truth
        if operator == "&&":
            both: Truth = lambda scope: first(scope) and second(scope)  # noqa: E731 - a closure among closures
            return Expression(both, both)
        either: Truth = lambda scope: first(scope) or second(scope)  # noqa: E731
        return Expression(either, either)
    operation = BINARY[operator][1]

    def evaluate(scope: Scope) -> object:
        return operation(one(scope), other(scope))

    return Expression(evaluate, lambda scope: evaluate(scope) is True)


def negation(inner: Expression) -> Expression:
    """Compile `!`."""
    truth = inner.truth
    opposite: Truth = lambda scope: not truth(scope)  # noqa: E731
    return Expression(opposite, opposite)


def array(items: tuple[Evaluate, ...]) -> Expression:
    """Compile `[a, b]`."""
    return Expression(lambda scope: ArrayList([item(scope) for item in items]), _never)


def mapping(entries: tuple[tuple[Evaluate, Evaluate], ...]) -> Expression:
    """Compile `{"a": b}`."""
    return Expression(lambda scope: {map_key(key(scope)): value(scope) for key, value in entries}, _never)


def numbers(start: Evaluate, end: Evaluate, line: int) -> Expression:
    """Compile `[1..5]`, which also counts down; where an end is no whole number it has no value."""

    def evaluate(scope: Scope) -> object:
        first, last = start(scope), end(scope)
        if type(first) is not int or type(last) is not int:
            return None
        if abs(last - first) >= MAX_RANGE:
            raise TemplateError(line, f"a range of more than {MAX_RANGE} numbers")
        step = 1 if last >= first else -1
        return ArrayList(range(first, last + step, step))

    return Expression(evaluate, _never)


def interpolation(body: Write) -> Expression:
    """Compile a string in double quotes that holds references."""

    def evaluate(scope: Scope) -> object:
        written = scope.size
        out: list[str] = []
        body(scope, out)
        scope.size = written  # it was not written, it was made
        text = "".join(out)
        scope.made(text)
        return text

    return Expression(evaluate, _never)
