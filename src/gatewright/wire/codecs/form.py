"""Forms and query strings: pairs of names and values, and the parameters of the query protocol among them.

In: `Tags.member.1.Key=a&…`. Out: a dict with the model's member names.
Law: every name and value is percent-decoded exactly once, as UTF-8; a parameter that is given twice is refused,
because two readers could choose differently. Source: Smithy, "AWS query protocol".
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from gatewright.wire.codecs import scalars
from gatewright.wire.codecs.compiler import Compiler
from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.http import Request
from gatewright.wire.shapes import Shape

ReadNode = Callable[["Node"], Any]

FORM = "application/x-www-form-urlencoded"

MAX_PARAMETERS = 10_000  # of one query string or form; no call of AWS has as many

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_DEPTH = 64


def percent_decode(text: str) -> str:
    """Decode `%XX` once. The text is latin-1, as it was received, so that bytes sent unescaped are read as UTF-8 too.

    Raises:
        Unreadable: a `%` stands alone, or the bytes are not UTF-8.
    """
    if "%" not in text and text.isascii():
        return text
    if _BAD_ESCAPE.search(text):
        raise Unreadable("A percent sign must be followed by two hexadecimal digits.")
    try:
        return unquote_to_bytes(text.encode("latin-1", "strict")).decode()
    except UnicodeError:
        raise Unreadable("Percent-encoded text must be UTF-8.") from None


def _parts(text: str) -> list[str]:
    if text.count("&") >= MAX_PARAMETERS:
        raise Unreadable(f"There are more than {MAX_PARAMETERS} parameters.")
    return [part for part in text.split("&") if part]


def _decoded(text: str) -> str:
    return percent_decode(text.replace("+", " "))


def pairs(text: str) -> list[tuple[str, str]]:
    """Split a query string or a form into decoded names and values, in their order; a blank may be written as `+`.

    Raises:
        Unreadable: something in it cannot be decoded.
    """
    split = (part.partition("=") for part in _parts(text))
    return [(_decoded(name), _decoded(value)) for name, _, value in split]


def unique(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return pairs as a mapping.

    Raises:
        Unreadable: a name is given twice.
    """
    found: dict[str, str] = {}
    for name, value in given:
        if name in found:
            raise Unreadable(f"The parameter {name[:100]} is given more than once.")
        found[name] = value
    return found


def parameters(request: Request) -> dict[str, str]:
    """Return the parameters of a call in the query protocol: those of the query string and those of a form in the body.

    A body of another content type is no form, and has no parameters.

    Raises:
        Unreadable: something cannot be decoded, or is given twice.
    """
    return unique(pairs(request.query) + pairs(_form(request)))


def named(request: Request, names: frozenset[str]) -> dict[str, str]:
    """Return some parameters only, and decode no others: this runs before the caller is known, on megabytes if need be.

    Raises:
        Unreadable: one of them cannot be decoded, or is given twice.
    """
    split = (part.partition("=") for part in _parts(request.query) + _parts(_form(request)))
    return unique((name, _decoded(value)) for name, _, value in split if name in names)


def _form(request: Request) -> str:
    content_type = request.header("content-type")
    media_type = content_type.partition(";")[0].strip().lower() if content_type else FORM
    return request.body.decode("latin-1") if media_type == FORM else ""


class Node:
    """A place in the tree that the dotted names make: its own value, and what lies below it."""

    __slots__ = ("below", "value")

    def __init__(self) -> None:
        self.value: str | None = None
        self.below: dict[str, Node] = {}


def tree(parameters: dict[str, str]) -> Node:
    """Grow the tree of the dotted names.

    Raises:
        Unreadable: a name has more parts than any AWS request.
    """
    root = Node()
    for name, value in parameters.items():
        parts = name.split(".", _MAX_DEPTH)
        if len(parts) > _MAX_DEPTH:
            raise Unreadable("A parameter's name is nested too deeply.")
        node = root
        for part in parts:
            node = node.below.setdefault(part, Node())
        node.value = value
    return root


class Readers(Compiler[ReadNode]):
    """Compiles shapes into functions that turn a node into parameters."""

    def structure(self, shape: Shape, only: Iterable[str] | None = None) -> ReadNode:
        table: dict[str, tuple[str, ReadNode]] = {}
        for name in shape.members if only is None else only:
            member = shape.members[name]
            table.update(dict.fromkeys(_names_of(member, name), (name, self.of(member))))

        def read(node: Node) -> dict[str, Any]:
            found = {}
            for part, child in node.below.items():
                entry = table.get(part)
                if entry is not None:
                    found[entry[0]] = entry[1](child)
            return found

        return read

    def _list(self, shape: Shape) -> ReadNode:
        read_item = self.of(shape.member)
        item_name = None if shape.serialization.get("flattened") else shape.member.serialization.get("name", "member")

        def read(node: Node) -> list[Any]:
            return [read_item(child) for child in _numbered(node, item_name)]

        return read

    def _map(self, shape: Shape) -> ReadNode:
        read_key, read_value = self.of(shape.key), self.of(shape.value)
        key_name, value_name = (
            shape.key.serialization.get("name", "key"),
            shape.value.serialization.get("name", "value"),
        )
        entry_name = None if shape.serialization.get("flattened") else "entry"

        def read(node: Node) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for entry in _numbered(node, entry_name):
                if key_name not in entry.below or value_name not in entry.below:
                    raise Unreadable(f"An entry of a map needs {key_name} and {value_name}.")
                key = read_key(entry.below[key_name])
                if key in found:
                    raise Unreadable(f"Duplicate key '{str(key)[:100]}'")
                found[key] = read_value(entry.below[value_name])
            return found

        return read

    def _scalar(self, shape: Shape) -> ReadNode:
        return _scalar_reader(shape)


def _names_of(member: Shape, name: str) -> tuple[str, ...]:
    """Name a member's parameters: botocore calls a flattened list by its items' name, Smithy by its own."""
    own = str(member.serialization.get("name", name))
    if member.type_name == "list" and member.serialization.get("flattened"):
        return own, str(member.member.serialization.get("name", own))
    return (own,)


def _numbered(node: Node, name: str | None) -> list[Node]:
    """Return the nodes `1`, `2`, … in the order of their numbers. `Tags=` alone is how an empty list is sent."""
    parent = node if name is None else node.below.get(name)
    if parent is None:
        return []
    numbers: dict[int, Node] = {}
    for part, child in parent.below.items():
        if not (part.isascii() and part.isdigit() and len(part) < 10) or int(part) in numbers:
            raise Unreadable(f"Expected a number in the place of '{part[:100]}'.")
        numbers[int(part)] = child
    return [numbers[number] for number in sorted(numbers)]


def _scalar_reader(shape: Shape) -> ReadNode:
    read_text = scalars.text_reader(shape)

    def read(node: Node) -> Any:
        if node.below:
            raise Unreadable("Unexpected complex element termination")
        return read_text(node.value or "")

    return read
