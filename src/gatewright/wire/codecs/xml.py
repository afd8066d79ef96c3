"""XML documents: the answers of query, and both directions of rest-xml.

In: a botocore shape, compiled once into a function; then bytes or an element. Out: a dict with the model's member
names, and back.
Law: no document type, no entities of one's own, UTF-8 only: a reader of XML here never opens, expands or downloads
anything.
Source: Smithy, "XML bindings" and "AWS query protocol".
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from gatewright.wire.codecs import scalars
from gatewright.wire.codecs.compiler import Compiler
from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.shapes import Shape

ReadElements = Callable[[list[ET.Element]], Any]
WriteElement = Callable[[Any, str, list[str]], None]

_ILLEGAL = re.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF]")
_CARRIAGE_RETURN = {"\r": "&#xD;"}
_MAX_DEPTH = 64


def decode(body: bytes) -> ET.Element:
    """Read one XML document.

    Raises:
        Unreadable: the bytes are not one XML document in UTF-8, or one with a document type.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("Could not parse XML: it is not UTF-8") from None
    if "<!DOCTYPE" in text:  # entities can only be declared inside one
        raise Unreadable("Could not parse XML: document types are not allowed")
    parser = ET.XMLParser(target=_ShallowTree())  # noqa: S314 - what makes XML dangerous is refused here
    try:
        parser.feed(text)
        return parser.close()
    except (ET.ParseError, ValueError) as error:
        raise error if isinstance(error, Unreadable) else Unreadable(f"Could not parse XML: {error}") from None


class _ShallowTree(ET.TreeBuilder):
    """A tree that refuses to grow deeper than any AWS request."""

    depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Unreadable("Could not parse XML: it is nested too deeply")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def local_name(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


def element_name(shape: Shape, default: str) -> str:
    """Return the name that a member's element has: its `locationName`, else the member's own name."""
    return str(shape.serialization.get("name", default))


def member_element(shape: Shape, default: str, flattened_uses_item: bool) -> str:
    """Return the name of the elements of a member; a flattened list has one for each item."""
    if flattened_uses_item and shape.type_name == "list" and shape.serialization.get("flattened"):
        item = shape.member.serialization.get("name")
        if item is not None:
            return str(item)
    return element_name(shape, default)


class Readers(Compiler[ReadElements]):
    """Compiles shapes into functions that turn elements (all those of one name) into parameters."""

    def structure(self, shape: Shape, only: Iterable[str] | None = None) -> ReadElements:
        elements: dict[str, tuple[str, ReadElements]] = {}
        attributes: dict[str, tuple[str, scalars.ReadText]] = {}
        for name in shape.members if only is None else only:
            member = shape.members[name]
            if member.serialization.get("xmlAttribute"):
                local = element_name(member, name).rpartition(":")[2]
                attributes[local] = (name, scalars.text_reader(member))
            else:
                elements[element_name(member, name)] = (name, self.of(member))

        def read(found: list[ET.Element]) -> dict[str, Any]:
            element = _only(found)
            groups: dict[str, list[ET.Element]] = {}
            for child in element:
                groups.setdefault(local_name(child.tag), []).append(child)
            read_members = {}
            for tag, group in groups.items():
                if tag in elements:
                    name, read_member = elements[tag]
                    read_members[name] = read_member(group)
            for attribute, text in element.attrib.items():
                if local_name(attribute) in attributes:
                    name, read_text = attributes[local_name(attribute)]
                    read_members[name] = read_text(text)
            return read_members

        return read

    def _list(self, shape: Shape) -> ReadElements:
        read_item = self.of(shape.member)
        if shape.serialization.get("flattened"):
            return lambda found: [read_item([item]) for item in found]
        name = element_name(shape.member, "member")

        def read(found: list[ET.Element]) -> list[Any]:
            return [read_item([item]) for item in _only(found) if local_name(item.tag) == name]

        return read

    def _map(self, shape: Shape) -> ReadElements:
        read_key, read_value = self.of(shape.key), self.of(shape.value)
        key_name, value_name = element_name(shape.key, "key"), element_name(shape.value, "value")
        flattened = bool(shape.serialization.get("flattened"))

        def read(found: list[ET.Element]) -> dict[str, Any]:
            entries = found if flattened else [entry for entry in _only(found) if local_name(entry.tag) == "entry"]
            read_entries = {}
            for entry in entries:
                key = read_key([part for part in entry if local_name(part.tag) == key_name])
                if key in read_entries:
                    raise Unreadable(f"Duplicate key '{str(key)[:100]}'")
                read_entries[key] = read_value([part for part in entry if local_name(part.tag) == value_name])
            return read_entries

        return read

    def _scalar(self, shape: Shape) -> ReadElements:
        return _scalar_reader(shape)


def _only(found: list[ET.Element]) -> ET.Element:
    """Return the one element there may be: two of them could be read by two readers in two ways."""
    if len(found) == 1:
        return found[0]
    raise Unreadable(f"Duplicate element '{local_name(found[0].tag)}'" if found else "An element is missing")


def _scalar_reader(shape: Shape) -> ReadElements:
    read_text = scalars.text_reader(shape)

    def read(found: list[ET.Element]) -> Any:
        element = _only(found)
        if len(element):
            raise Unreadable(f"Unexpected element '{local_name(element[0].tag)}' in '{local_name(element.tag)}'")
        return read_text(element.text or "")

    return read


class Writers(Compiler[WriteElement]):
    """Compiles shapes into functions that write results as elements; a result that does not fit is our bug."""

    def __init__(self, flattened_uses_item: bool = True) -> None:
        super().__init__()
        self._flattened_uses_item = flattened_uses_item

    def structure(self, shape: Shape, only: Iterable[str] | None = None) -> WriteElement:
        names = tuple(shape.members if only is None else only)
        elements: list[tuple[str, str, WriteElement]] = []
        attributes: list[tuple[str, str, scalars.WriteText]] = []
        for name in names:
            member = shape.members[name]
            if member.serialization.get("xmlAttribute"):
                attributes.append((name, element_name(member, name), scalars.text_writer(member)))
            else:
                tag = member_element(member, name, self._flattened_uses_item)
                elements.append((name, tag, self.of(member)))
        namespace = namespace_of(shape)
        known = frozenset(names)

        def write(value: Any, tag: str, out: list[str]) -> None:
            if not scalars.expect(value, dict).keys() <= known:
                raise TypeError(f"{shape.name} has no member {sorted(value.keys() - known)} here")
            out.append(f"<{tag}{namespace}")
            for name, attribute, write_text in attributes:
                if value.get(name) is not None:
                    out.append(f" {attribute}={quoteattr(legal(write_text(value[name])))}")
            out.append(">")
            for name, child, write_member in elements:
                if value.get(name) is not None:
                    write_member(value[name], child, out)
            out.append(f"</{tag}>")

        return write

    def _list(self, shape: Shape) -> WriteElement:
        write_item = self.of(shape.member)
        flattened = shape.serialization.get("flattened")
        name = element_name(shape.member, "member")
        namespace = namespace_of(shape)

        def write(value: Any, tag: str, out: list[str]) -> None:
            items = scalars.expect(value, list | tuple)
            if flattened:
                for item in items:
                    write_item(item, tag, out)
                return
            out.append(f"<{tag}{namespace}>")
            for item in items:
                write_item(item, name, out)
            out.append(f"</{tag}>")

        return write

    def _map(self, shape: Shape) -> WriteElement:
        write_key, write_value = self.of(shape.key), self.of(shape.value)
        key_name, value_name = element_name(shape.key, "key"), element_name(shape.value, "value")
        flattened = shape.serialization.get("flattened")
        namespace = namespace_of(shape)

        def write(value: Any, tag: str, out: list[str]) -> None:
            entry = tag if flattened else "entry"
            if not flattened:
                out.append(f"<{tag}{namespace}>")
            for key, item in scalars.expect(value, dict).items():
                out.append(f"<{entry}>")
                write_key(key, key_name, out)
                write_value(item, value_name, out)
                out.append(f"</{entry}>")
            if not flattened:
                out.append(f"</{tag}>")

        return write

    def _scalar(self, shape: Shape) -> WriteElement:
        return _scalar_writer(shape)


def _scalar_writer(shape: Shape) -> WriteElement:
    write_text = scalars.text_writer(shape)
    namespace = namespace_of(shape)

    def write(value: Any, tag: str, out: list[str]) -> None:
        out.append(f"<{tag}{namespace}>{text_of(write_text(value))}</{tag}>")

    return write


def namespace_of(shape: Shape) -> str:
    """Return the `xmlns` attribute that a shape's element carries, with a leading blank; empty where it has none."""
    trait = shape.serialization.get("xmlNamespace")
    if not trait:
        return ""
    uri, prefix = (trait, None) if isinstance(trait, str) else (trait["uri"], trait.get("prefix"))
    return f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}"


def legal(text: str) -> str:
    """Replace the characters that XML 1.0 cannot carry at all, not even escaped, by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def text_of(text: str) -> str:
    """Escape text for the inside of an element; a carriage return would otherwise come back as a line feed."""
    return escape(legal(text), _CARRIAGE_RETURN)
