"""The HTTP bindings that rest-json and rest-xml share: labels, query string, headers, status code, payload.

In: an operation's model; then a request or a result. Out: parameters, or the parts of a response.
Law: what is bound to a place is read from that place only; the rest of the members are the document in the body.
Source: Smithy, "HTTP binding traits".
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from gatewright.wire.codecs import form, scalars
from gatewright.wire.codecs import json as json_codec
from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request
from gatewright.wire.shapes import Shape

ReadHeader = Callable[[str], Any]
WriteHeader = Callable[[Any], str]
ReadBody = Callable[[bytes], Any]

_LEGAL_HEADER = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_QUOTED = re.compile(r'\s*+(?:"((?:[^"\\]|\\.)*+)"|([^",]*+))\s*+(?:,|$)')  # possessive: blanks are looked at once
_TIMESTAMPS = {"header": "rfc822", "querystring": "iso8601", "uri": "iso8601"}


class Bindings(msgspec.Struct, frozen=True):
    """Where each member of a structure stands. `document` are those in the body, None where `payload` is the body."""

    uri: dict[str, tuple[str, scalars.ReadText]]  # label -> member, reader
    query: dict[str, tuple[str, Shape]]  # parameter -> member, shape
    query_map: tuple[str, Shape] | None
    headers: tuple[tuple[str, str, Shape], ...]  # member, header as the model writes it, shape
    prefixes: tuple[tuple[str, str], ...]  # member, prefix of the headers
    status: str | None
    payload: tuple[str, Shape] | None
    document: tuple[str, ...]
    fixed: frozenset[str] = frozenset()  # parameters of the route itself, such as mode=import


def bindings(shape: Shape | None, uri_pattern: str = "") -> Bindings:
    """Sort the members of a structure by their places; the pattern is that of the operation whose input it is."""
    uri: dict[str, tuple[str, scalars.ReadText]] = {}
    query: dict[str, tuple[str, Shape]] = {}
    headers: list[tuple[str, str, Shape]] = []
    prefixes: list[tuple[str, str]] = []
    query_map = status = payload = None
    document: list[str] = []
    payload_name = shape.serialization.get("payload") if shape is not None else None
    for name, member in shape.members.items() if shape is not None else ():
        location, at = member.serialization.get("location"), member.serialization.get("name", name)
        if name == payload_name:
            payload = (name, member)
        elif location == "uri":
            uri[at] = (name, scalars.text_reader(member, _TIMESTAMPS["uri"]))
        elif location == "querystring" and member.type_name == "map":
            query_map = (name, member)
        elif location == "querystring":
            query[at] = (name, member)
        elif location == "header":
            headers.append((name, at, member))
        elif location == "headers":
            prefixes.append((name, member.serialization.get("name", "")))
        elif location == "statusCode":
            status = name
        else:
            document.append(name)
    fixed = frozenset(part.partition("=")[0] for part in uri_pattern.partition("?")[2].split("&"))
    return Bindings(uri, query, query_map, tuple(headers), tuple(prefixes), status, payload, tuple(document), fixed)


def read_bound(bound: Bindings, request: Request, labels: Mapping[str, str]) -> dict[str, Any]:
    """Read the members that stand in the path, the query string and the headers.

    Raises:
        Unreadable: one of them does not have its type, or a single value is given twice.
    """
    found: dict[str, Any] = {}
    for label, (name, read) in bound.uri.items():
        if label in labels:
            found[name] = read(labels[label])
    if bound.query or bound.query_map:
        _read_query(bound, request, found)
    for name, header, shape in bound.headers:
        value = request.header(header.lower())
        if value is not None:
            found[name] = header_reader(shape)(value)
    for name, prefix in bound.prefixes:
        start = prefix.lower()
        group = {key[len(start) :]: request.header(key) for key, _ in request.headers if key.startswith(start)}
        if group:
            found[name] = group
    return found


def read_call(
    bound: Bindings,
    read: ReadBody | None,
    accepted: tuple[str, ...],
    request: Request,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """Read the parameters of a call; `read` is for a body that is a document of one of the `accepted` content types.

    Raises:
        Fault: a document came with the content type of something else.
        Unreadable: something is not what the model says.
    """
    found = read_bound(bound, request, labels)
    payload = bound.payload
    if payload is not None and read is None:
        if request.body:
            found[payload[0]] = read_raw_payload(payload[1], request.body)
    elif read is not None and request.body:
        _check_content_type(request, accepted)
        document = read(request.body)
        found.update(document if payload is None else {payload[0]: document})
    return found


def _check_content_type(request: Request, accepted: tuple[str, ...]) -> None:
    """Refuse a document of another content type; a document without one is read as the protocol's.

    Raises:
        Fault: the content type is another one.
    """
    content_type = request.header("content-type") or ""
    if content_type.partition(";")[0].strip().lower() not in accepted:
        message = f"The Content-Type must be {accepted[1]}, not '{content_type[:100]}'"
        raise Fault("UnsupportedMediaTypeException", message, 415)


def _read_query(bound: Bindings, request: Request, found: dict[str, Any]) -> None:
    groups: dict[str, list[str]] = {}
    for key, value in form.pairs(request.query):
        groups.setdefault(key, []).append(value)
    for key, (name, shape) in bound.query.items():
        values = groups.pop(key, None)
        if values is None:
            continue
        if shape.type_name == "list":
            read = scalars.text_reader(shape.member, _TIMESTAMPS["querystring"])
            found[name] = [read(value) for value in values]
        elif len(values) == 1:
            found[name] = scalars.text_reader(shape, _TIMESTAMPS["querystring"])(values[0])
        else:
            raise Unreadable(f"The parameter {key} is given more than once.")
    if bound.query_map is not None and groups:
        name, shape = bound.query_map
        many = shape.value.type_name == "list"
        # neither the route's own parameters nor those that sign the request are the call's
        rest = {key: values for key, values in groups.items() if key not in bound.fixed and key[:6] != "X-Amz-"}
        if rest:
            found[name] = {key: values if many else values[0] for key, values in rest.items()}


def header_reader(shape: Shape) -> ReadHeader:
    """Return the function that reads a header's value."""
    if shape.type_name == "list":
        read = header_reader(shape.member)
        return lambda text: [read(item) for item in split_list(text, shape.member)]
    if shape.serialization.get("jsonvalue"):
        return lambda text: json_codec.decode(scalars.read_blob(text))
    return scalars.text_reader(shape, _TIMESTAMPS["header"])


def header_writer(shape: Shape) -> WriteHeader:
    """Return the function that writes a header's value; it raises `TypeError` for a value no header can carry."""
    if shape.type_name == "list":
        write = header_writer(shape.member)
        quoted = shape.member.type_name == "string"
        return lambda value: ", ".join(_quote(write(item)) if quoted else write(item) for item in value)
    if shape.serialization.get("jsonvalue"):
        return lambda value: base64.b64encode(json_codec.encode(value)).decode()
    write_text = scalars.text_writer(shape, _TIMESTAMPS["header"])
    return lambda value: legal_header(write_text(value))


def legal_header(value: str) -> str:
    """Return a header's value unchanged.

    Raises:
        TypeError: it would break the header apart.
    """
    if _LEGAL_HEADER.fullmatch(value):
        return value
    raise TypeError("a header cannot carry this value")


def split_list(text: str, member: Shape) -> list[str]:
    """Split a header's list at its commas; quoted items keep theirs, and a date in RFC 7231's form has one of its own.

    Raises:
        Unreadable: quotes do not match.
    """
    if member.type_name == "timestamp" and scalars.timestamp_format(member, "rfc822") == "rfc822":
        parts = [part.strip() for part in text.split(",")]
        return [", ".join(parts[at : at + 2]) for at in range(0, len(parts), 2)]
    items, at = [], 0
    while at < len(text):
        found = _QUOTED.match(text, at)
        if found is None:
            raise Unreadable("A list in a header cannot be split.")
        quoted, plain = found.groups()
        items.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain.strip())
        at = found.end()
    return items


def _quote(item: str) -> str:
    if '"' not in item and "," not in item:
        return item
    escaped = item.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def write_headers(bound: Bindings, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write the members of a result that stand in headers."""
    headers = []
    for name, header, shape in bound.headers:
        if result.get(name) is not None:
            headers.append((header, header_writer(shape)(result[name])))
    for name, prefix in bound.prefixes:
        for key, value in (result.get(name) or {}).items():
            headers.append((legal_header(prefix + key), legal_header(value)))
    return headers


def document_members(bound: Bindings, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a result that are not bound to a place: the document. What no place takes stays in it."""
    placed = {name for name, _, _ in bound.headers} | {name for name, _ in bound.prefixes} | {bound.status}
    return {name: value for name, value in result.items() if name not in placed}


def read_raw_payload(shape: Shape, body: bytes) -> Any:
    """Read a payload that is the body itself: a blob, or a string.

    Raises:
        Unreadable: a string's bytes are not UTF-8.
    """
    if shape.type_name == "blob":
        return body
    try:
        return scalars.checked_string(body.decode())
    except UnicodeDecodeError:
        raise Unreadable("The body is not UTF-8.") from None


def write_raw_payload(shape: Shape, value: Any) -> tuple[str, bytes]:
    """Write a payload that is the body itself; return its content type and the bytes."""
    if shape.type_name == "blob":
        return "application/octet-stream", value.encode() if isinstance(value, str) else scalars.expect(value, bytes)
    return "text/plain", scalars.expect(value, str).encode()
