"""`$util`: the functions that API Gateway adds to Velocity.

Law: each gives exactly what the Java function behind it gives; the character set is UTF-8.
Source: API Gateway developer guide, "$util variables", for the names and for `'` becoming `\\'`. Assumed:
`escapeJavaScript` is that of Apache commons-lang 2, whose name it bears, so `/` becomes `\\/` and what is not ASCII
`\\uXXXX`; `urlEncode` is `java.net.URLEncoder`; `base64Decode` passes over what is not base64; `parseJson` of what is
no JSON fails the template.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote_plus

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.payload import parse_json
from gatewright.gateway.velocity.values import Method, Native, to_text

_SHORT = {
    "\b": "\\b",
    "\n": "\\n",
    "\t": "\\t",
    "\f": "\\f",
    "\r": "\\r",
    "'": "\\'",
    '"': '\\"',
    "\\": "\\\\",
    "/": "\\/",
}
_TO_ESCAPE = re.compile(r"[^\x20-\x7e]|['\"\\/]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def escape_javascript(value: object) -> str:
    """Return a text that may stand between quotes in JavaScript; a value that is no text is escaped as it prints."""
    return _TO_ESCAPE.sub(_escape, to_text(value))


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character in _SHORT:
        return _SHORT[character]
    units = character.encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) if character != "\x7f" else character


def url_encode(value: object) -> str:
    """Return a text as in a form: a space is `+`, and all but letters, digits and `-_.*` is percent-encoded."""
    return quote_plus(to_text(value), safe="*", errors="replace").replace("~", "%7E")


def url_decode(value: object) -> str:
    """Return what a form's text stands for; bytes that are not UTF-8 become U+FFFD.

    Raises:
        JavaException: a `%` is not followed by two hexadecimal digits.
    """
    text = to_text(value).replace("+", " ")
    first, *rest = text.split("%")
    decoded = [first]
    pending = bytearray()
    for part in rest:
        try:
            pending += bytes.fromhex(part[:2]) if re.fullmatch("[0-9A-Fa-f]{2}", part[:2]) else _illegal()
        except ValueError:
            _illegal()
        if len(part) > 2:
            decoded += (pending.decode("utf-8", "replace"), part[2:])
            pending = bytearray()
    decoded.append(pending.decode("utf-8", "replace"))
    return "".join(decoded)


def _illegal() -> bytes:
    raise JavaException("URLDecoder: Illegal hex characters in escape (%) pattern")


def base64_encode(value: object) -> str:
    """Return the base64 of a text's UTF-8 bytes."""
    return base64.b64encode(to_text(value).encode("utf-8", "replace")).decode("ascii")


def base64_decode(value: object) -> str:
    """Return the text behind base64, in its standard or its URL alphabet; bytes that are not UTF-8 become U+FFFD."""
    digits = _NOT_BASE64.sub("", to_text(value).partition("=")[0].replace("-", "+").replace("_", "/"))
    if len(digits) % 4 == 1:
        digits = digits[:-1]  # six bits make no byte
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode("utf-8", "replace")
    except binascii.Error as error:
        raise JavaException(f"not base64: {error}") from error


class Util(Native):
    """What a template sees as `$util`. It has no state, so one serves all."""

    __slots__ = ()
    methods: ClassVar[Mapping[str, Method]] = {
        "base64Decode": (1, 1, lambda _, value: base64_decode(value)),
        "base64Encode": (1, 1, lambda _, value: base64_encode(value)),
        "escapeJavaScript": (1, 1, lambda _, value: escape_javascript(value)),
        "parseJson": (1, 1, lambda _, value: parse_json(value) if isinstance(value, str) else value),
        "urlDecode": (1, 1, lambda _, value: url_decode(value)),
        "urlEncode": (1, 1, lambda _, value: url_encode(value)),
    }


UTIL = Util()
