"""What directives do, compiled to closures that write text.

Source: Apache Velocity 1.7 user guide, "Directives"; the limit of a loop is AWS's ("Quotas and important notes").
Assumed: a loop over more elements than that fails the template, rather than to hand on a part of the data as if it
were all.
"""

from collections.abc import Mapping, Sequence

from gatewright.gateway.velocity.errors import JavaException, TemplateError
from gatewright.gateway.velocity.expressions import Expression, Truth
from gatewright.gateway.velocity.limits import MAX_FOREACH
from gatewright.gateway.velocity.lists_and_maps import map_values
from gatewright.gateway.velocity.scope import Block, Break, Foreach, Scope, Stop, Write


def literal(text: str) -> Write:
    """Compile text that stands for itself."""
    length = len(text)

    def write(scope: Scope, out: list[str]) -> None:
        out.append(text)
        scope.size += length  # checked where text can multiply: in loops and references

    return write


def sequence(pieces: Sequence[Write]) -> Write:
    """Compile pieces that follow one another."""
    if len(pieces) == 1:
        return pieces[0]
    fixed = tuple(pieces)

    def write(scope: Scope, out: list[str]) -> None:
        for piece in fixed:
            piece(scope, out)

    return write


def choice(branches: Sequence[tuple[Truth, Write]], otherwise: Write | None, line: int) -> Write:
    """Compile #if with its #elseif and #else."""
    fixed = tuple(branches)

    def write(scope: Scope, out: list[str]) -> None:
        try:
            body = next((body for holds, body in fixed if holds(scope)), otherwise)
        except JavaException as error:
            raise TemplateError(line, f"#if: {error}") from None
        if body is not None:
            body(scope, out)

    return write


def _elements(value: object, line: int) -> list[object]:
    """Return what a loop runs over: a list, the values of a map; nothing for anything else."""
    if isinstance(value, list | tuple):
        elements: list[object] = list(value)
    elif isinstance(value, Mapping):
        elements = map_values(value)
    else:
        return []
    if len(elements) > MAX_FOREACH:
        raise TemplateError(line, f"#foreach over {len(elements)} elements; API Gateway allows {MAX_FOREACH}")
    return elements


def loop(name: str, over: Expression, body: Write, line: int, counters: bool) -> Write:
    """Compile #foreach. `counters`: the template uses `$velocityCount` or `$velocityHasNext`.

    The loop's variables are as they were before when it ends; anything else that its body sets stays.
    """
    evaluate = over.evaluate
    kept = (name, "foreach", "velocityCount", "velocityHasNext") if counters else (name, "foreach")

    def write(scope: Scope, out: list[str]) -> None:
        variables = scope.variables
        try:
            elements = _elements(evaluate(scope), line)
        except JavaException as error:
            raise TemplateError(line, f"#foreach: {error}") from None
        if not elements:
            return
        before = [variables.get(one) for one in kept]
        where = Foreach(len(elements), before[1])
        try:
            for index, element in enumerate(elements):
                where.index = index
                variables[name] = element
                variables["foreach"] = where
                if counters:
                    variables["velocityCount"] = index + 1
                    variables["velocityHasNext"] = index + 1 < len(elements)
                scope.iterate()
                body(scope, out)
                scope.wrote(0)
        except Break:
            pass
        except JavaException as error:
            raise TemplateError(line, f"#foreach: {error}") from None
        finally:
            variables.update(zip(kept, before, strict=True))

    return write


def define(name: str, body: Write) -> Write:
    """Compile #define: the block is rendered where it is referred to."""

    def write(scope: Scope, out: list[str]) -> None:
        scope.variables[name] = Block(scope, body)

    return write


def stop(scope: Scope, out: list[str]) -> None:
    """Do #stop."""
    raise Stop


def leave(scope: Scope, out: list[str]) -> None:
    """Do #break."""
    raise Break
