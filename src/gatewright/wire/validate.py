"""AWS's constraint violations, in AWS's own words.

In: a target and the parameters that its protocol read. Out: nothing, or one `Fault` that names every violation:
`1 validation error detected: Value '' at 'roleName' failed to satisfy constraint: Member must have length …`.
Law: every constraint of the model is checked (required, enum, pattern, length, range, of members, items, keys and
values), before any service sees the parameters; what is said of them is bounded, however much is wrong. The text was
recorded from API Gateway, Cognito, IAM and others; where AWS's order of several violations is not known, it is the
model's. Values of shapes marked sensitive are never repeated.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from gatewright.wire.faults import Fault
from gatewright.wire.patterns import compiled
from gatewright.wire.shapes import OperationModel, Shape, StructureShape
from gatewright.wire.target import Target

Problems = list[str]
Check = Callable[[Any, str, Problems], None]

# By service, else by protocol. Cognito's user pools have a code of their own for it; the others use their framework's.
_CODES = {"cognito-idp": "InvalidParameterException", "query": "ValidationError", "rest-xml": "InvalidInput"}
_BODY_NAMED_AFTER_INPUT = ("apigateway",)  # its members in the body are at 'createRestApiInput.name', others at 'name'
_FAILED = "failed to satisfy constraint:"
_SHOWN = 1024  # characters of a value that are repeated; AWS repeats more, and an error of megabytes helps nobody
_PATTERN_LIMIT = 4096  # characters above which a value that is too long anyway is not matched as well
_LONGEST_TEXT = 131_072  # characters of a value whose length the model leaves open: a longer one matches no pattern
_MOST = 100  # violations that are looked for: a list of a hundred thousand wrong items is not told item by item
_MEASURES = {"string": "length", "list": "length", "map": "length", "blob": "length"}


def validate(of: Target | StructureShape | None, params: Mapping[str, Any]) -> None:
    """Check parameters against every constraint of an operation's input, or of a structure alone.

    Raises:
        Fault: something violates a constraint; the message names all that does.
    """
    problems: Problems = []
    code = "ValidationException"
    if isinstance(of, Target):
        code = _CODES.get(of.service, _CODES.get(of.protocol, code))
        for check, prefix in _operation_checks(of.model, of.service):
            check(params, prefix, problems)
    elif of is not None:
        check_structure = _Checks().structure(of, tuple(of.members))
        check_structure(params, "", problems)
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise Fault(code, f"{len(problems)} validation {noun} detected: {'; '.join(problems)}", 400)


@lru_cache(maxsize=4096)
def _operation_checks(model: OperationModel, service: str) -> tuple[tuple[Check, str], ...]:
    """Return the checks of an operation's input, with the prefix of the paths that each reports."""
    shape = model.input_shape
    if shape is None:
        return ()
    checks = _Checks()
    if service not in _BODY_NAMED_AFTER_INPUT:
        return ((checks.structure(shape, tuple(shape.members)), ""),)
    bound = tuple(name for name, member in shape.members.items() if "location" in member.serialization)
    body = tuple(name for name in shape.members if name not in bound)
    prefix = f"{_lower(model.name)}Input."
    return (checks.structure(shape, bound), ""), (checks.structure(shape, body), prefix)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _problem(shape: Shape, value: Any, path: str, constraint: str) -> str:
    shown = "" if shape.metadata.get("sensitive") else f" '{display(value)}'"
    return f"Value{shown} at '{path}' {_FAILED} {constraint}"


def _more_secret(whole: Shape, part: Shape) -> Shape:
    """Return the shape that says whether a value is shown: what is in something secret is secret."""
    return whole if whole.metadata.get("sensitive") else part


def display(value: Any) -> str:
    """Write a value as Java would: `[a, b]`, `{k=v}`, `true`; long ones are cut."""
    return _java(value)[:_SHOWN]


def _java(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join(_java(item) for item in value[:_SHOWN])}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_java(item)}" for key, item in list(value.items())[:_SHOWN]) + "}"
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    return str(value)


class _Constraints:
    """The constraints of one shape alone: what they say, and whether a value satisfies them."""

    __slots__ = ("each", "shape")

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.each: list[tuple[str, Callable[[Any], bool]]] = []
        metadata = shape.metadata
        if metadata.get("enum"):
            allowed = frozenset(metadata["enum"])
            text = f"Member must satisfy enum value set: [{', '.join(metadata['enum'])}]"
            self.each.append((text, lambda value: value in allowed))
        measure = len if shape.type_name in _MEASURES else lambda value: value
        what = _MEASURES.get(shape.type_name, "value")
        low, high = metadata.get("min"), metadata.get("max")
        if low is not None and (low > 0 or what == "value"):
            text = f"Member must have {what} greater than or equal to {low}"
            self.each.append((text, lambda value: measure(value) >= low))
        if high is not None:
            text = f"Member must have {what} less than or equal to {high}"
            self.each.append((text, lambda value: measure(value) <= high))
        if metadata.get("pattern") and shape.type_name == "string":
            self._add_pattern(metadata["pattern"], high)

    def _add_pattern(self, pattern: str, high: int | None) -> None:
        expression = compiled(pattern)
        if expression is None:
            return
        matches = expression.fullmatch
        limit = _LONGEST_TEXT if high is None else max(high, _PATTERN_LIMIT)
        beyond = high is not None  # then another violation is reported, and this one is left open
        text = f"Member must satisfy regular expression pattern: {pattern}"
        self.each.append((text, lambda value: beyond if len(value) > limit else matches(value) is not None))

    def violated(self, value: Any) -> list[str]:
        """Return what the value violates, in the order that Cognito reports."""
        return [text for text, holds in self.each if not holds(value)]

    def all(self) -> str:
        """Return all constraints as AWS lists those of items, keys and values: upper bounds first."""
        texts = sorted((text for text, _ in self.each), key=lambda text: " less than " not in text)
        return ", ".join(texts) or "Member must not be null"


class _Checks:
    """Compiles shapes into functions that report violations; shapes without constraints have none."""

    def __init__(self) -> None:
        self._made: dict[str, Check | None] = {}

    def structure(self, shape: Shape, names: tuple[str, ...]) -> Check:
        """Return the check of some members of a structure."""
        required = frozenset(getattr(shape, "required_members", ())) & frozenset(names)
        each = [(name, self.of(shape.members[name]), name in required) for name in names]
        members = [(name, _lower(name), check, needed) for name, check, needed in each if check is not None or needed]

        def check(value: Any, path: str, problems: Problems) -> None:
            for name, label, check_member, needed in members:
                item = value.get(name)
                if item is None:
                    if needed:
                        problems.append(f"Value null at '{path}{label}' {_FAILED} Member must not be null")
                elif check_member is not None:
                    check_member(item, path + label, problems)

        return check

    def of(self, shape: Shape) -> Check | None:
        """Return the check of a shape, None where everything satisfies it."""
        if shape.type_name not in ("structure", "list", "map"):
            return _scalar(shape)
        if shape.name not in self._made:
            self._made[shape.name] = self._late(shape.name)
            self._made[shape.name] = self._aggregate(shape)
        return self._made[shape.name]

    def _aggregate(self, shape: Shape) -> Check | None:
        if shape.type_name == "structure":
            return self._structure(shape)
        return self._list(shape) if shape.type_name == "list" else self._map(shape)

    def _late(self, name: str) -> Check:
        """Return the check of a shape that contains itself; it may turn out to have nothing to check."""
        return lambda value, path, problems: (self._made[name] or _nothing)(value, path, problems)

    def _structure(self, shape: Shape) -> Check | None:
        if getattr(shape, "is_document_type", False) or not shape.members:
            return None
        check = self.structure(shape, tuple(shape.members))
        return lambda value, path, problems: check(value, f"{path}.", problems)

    def _list(self, shape: Shape) -> Check:
        own, items = _Constraints(shape), shape.member
        simple = _Constraints(items) if items.type_name not in ("structure", "list", "map") else None
        check_item = self.of(items) if simple is None else None

        def check(value: Any, path: str, problems: Problems) -> None:
            for text in own.violated(value):
                problems.append(_problem(shape, value, path, text))
            bad_item = any(item is None or (simple is not None and simple.violated(item)) for item in value)
            if bad_item:
                text = f"Member must satisfy constraint: [{_Constraints(items).all()}]"
                problems.append(_problem(_more_secret(shape, items), value, path, text))
            elif check_item is not None:
                for number, item in enumerate(value, 1):
                    if len(problems) >= _MOST:
                        break
                    check_item(item, f"{path}.{number}.member", problems)

        return check

    def _map(self, shape: Shape) -> Check:
        own, keys, values = _Constraints(shape), _Constraints(shape.key), shape.value
        simple = _Constraints(values) if values.type_name not in ("structure", "list", "map") else None
        check_value = self.of(values) if simple is None else None

        def check(value: Any, path: str, problems: Problems) -> None:
            for text in own.violated(value):
                problems.append(_problem(shape, value, path, text))
            if any(keys.violated(key) for key in value):
                problems.append(_problem(shape, value, path, f"Map keys must satisfy constraint: [{keys.all()}]"))
            if any(item is None or (simple is not None and simple.violated(item)) for item in value.values()):
                text = f"Map value must satisfy constraint: [{_Constraints(values).all()}]"
                problems.append(_problem(_more_secret(shape, values), value, path, text))
            elif check_value is not None:
                for key, item in value.items():
                    if len(problems) >= _MOST:
                        break
                    check_value(item, f"{path}.{key}.member", problems)

        return check


def _nothing(value: Any, path: str, problems: Problems) -> None:
    """Report nothing."""


def _scalar(shape: Shape) -> Check | None:
    constraints = _Constraints(shape)
    if not constraints.each:
        return None

    def check(value: Any, path: str, problems: Problems) -> None:
        for text in constraints.violated(value):
            problems.append(_problem(shape, value, path, text))

    return check
