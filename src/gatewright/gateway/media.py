"""Media types and header values: which template a header selects, and what may stand in an answer's header.

Law: only the MIME type of `Content-Type` and of the first type in `Accept` selects a template; no value that a client
sent can end a header line.
Source: API Gateway developer guide, "Select a VTL mapping template" and "Important notes for REST APIs".
"""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

JSON = "application/json"
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class HeaderRefused(ValueError):
    """A value that would end its header line."""


def media_type(header: str | None) -> str:
    """Return the MIME type of a header in lower case, `application/json` where there is none."""
    if not header or header == JSON:
        return JSON
    first = header.split(",", 1)[0].split(";", 1)[0].strip().lower()
    return first or JSON


def choose(templates: Mapping[str, T], accept: str | None) -> str | None:
    """Return the key of the template for an answer: as asked for, else JSON's, else the first; None without any."""
    wanted = media_type(accept)
    if wanted in templates:
        return wanted
    if JSON in templates:
        return JSON
    return next(iter(templates), None)


def is_header_name(name: str) -> bool:
    """Say whether a name is a token as RFC 9110 has it."""
    return bool(name) and _TOKEN.issuperset(name)


def header_value(value: str) -> str:
    """Return a value as it goes on the wire: UTF-8 bytes read as latin-1, as the server writes them.

    Raises:
        HeaderRefused: it holds a control character other than a tab.
    """
    if value.isascii() and value.isprintable():
        return value
    if any((character < " " and character != "\t") or character == "\x7f" for character in value):
        raise HeaderRefused("a header value must not hold line breaks or other control characters")
    return value.encode("utf-8", "replace").decode("latin-1")
