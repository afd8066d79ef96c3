"""Scalar values as text: what stands in a form, an XML element, a header, a query string or a path label.

In: a botocore shape and text. Out: the Python value botocore users know (`datetime`, `bytes`, `Decimal`-free
numbers), and back.
Law: what cannot be read exactly is refused with `Unreadable`; nothing is guessed, truncated or repaired.
Source: Smithy, "Simple types" and "Timestamp formats".
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from gatewright.wire.shapes import Shape

ReadText = Callable[[str], Any]
WriteText = Callable[[Any], str]

RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
FLOAT_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO8601 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_HTTP_DATE = re.compile(r"([A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d)(\.\d{1,9})? GMT", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


class Unreadable(ValueError):
    """What was sent does not have the type that the model gives it. The message is AWS's, where that is known."""


def checked_string(value: str) -> str:
    """Return a string that every store and every protocol can carry.

    U+0000 has no form in XML 1.0 and none in PostgreSQL; lone surrogates have none in UTF-8. Both are refused here,
    once.

    Raises:
        Unreadable: the string has one of them.
    """
    if "\0" in value:
        raise Unreadable("Strings must not contain the character U+0000.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Unreadable("Strings must not contain half of a surrogate pair.") from None
    return value


def read_blob(text: str) -> bytes:
    """Decode base64, padded and without blanks.

    Raises:
        Unreadable: the text is something else.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("Blobs must be base64 encoded.") from None


def write_blob(value: bytes | str) -> str:
    """Encode bytes, or a string's UTF-8, as base64."""
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def timestamp_format(shape: Shape, default: str) -> str:
    """Return the format of a timestamp shape: its own trait, else the place's default."""
    return str(shape.serialization.get("timestampFormat", default)).lower()


def epoch_to_datetime(seconds: float) -> datetime:
    """Return the UTC moment of seconds since the epoch.

    Raises:
        Unreadable: no calendar has such a moment.
    """
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise Unreadable("Timestamp is out of range.") from None


def read_timestamp(text: str, form: str) -> datetime:
    """Read a timestamp written as `iso8601`, `rfc822` or `unixtimestamp`.

    Raises:
        Unreadable: the text is in another format, or names no moment.
    """
    if form == "unixtimestamp":
        if not _NUMBER.fullmatch(text):
            raise Unreadable("Timestamps must be seconds since the epoch here.")
        return epoch_to_datetime(float(text))
    try:
        if form == "rfc822":
            date = _HTTP_DATE.fullmatch(text)
            if date is None:
                raise Unreadable("Timestamps must be in the format of RFC 7231 here: Tue, 29 Apr 2014 18:30:38 GMT.")
            moment = parsedate_to_datetime(f"{date[1]} GMT").astimezone(UTC)
            return moment + timedelta(seconds=float(date[2] or 0))
        if not _ISO8601.fullmatch(text):
            raise Unreadable("Timestamps must be in the format of ISO 8601 here: 2014-04-29T18:30:38Z.")
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, Unreadable) else Unreadable("Timestamp is out of range.") from None


def as_datetime(value: datetime | float) -> datetime:
    """Return the UTC moment of a result, which may be a `datetime` with a zone or seconds since the epoch.

    Raises:
        TypeError: it is neither; a naive `datetime` would be a moment nobody can name.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("timestamps in results need a time zone")
        return value.astimezone(UTC)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a datetime or seconds since the epoch, got {type(value).__name__}")
    return epoch_to_datetime(value)


def as_epoch(value: datetime | float) -> int | float:
    """Return seconds since the epoch, whole where they are whole, else to the millisecond as AWS does."""
    seconds = round((as_datetime(value) - _EPOCH).total_seconds(), 3)
    return int(seconds) if seconds.is_integer() else seconds


def write_timestamp(value: datetime | float, form: str) -> str:
    """Write a moment in one of the three formats."""
    if form == "unixtimestamp":
        return str(as_epoch(value))
    moment = as_datetime(value)
    if form == "rfc822":
        return format_datetime(moment.replace(microsecond=0), usegmt=True)
    fraction = f".{moment.microsecond // 1000:03d}" if moment.microsecond >= 1000 else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + fraction + "Z"


def read_integer(text: str, type_name: str) -> int:
    """Read an `integer` (32 bits) or a `long` (64 bits).

    Raises:
        Unreadable: the text is no such number.
    """
    low, high = RANGES[type_name]
    if _INTEGER.fullmatch(text) and low <= (number := int(text)) <= high:
        return number
    raise Unreadable(f"STRING_VALUE can not be converted to {_article(type_name)}")


def read_float(text: str) -> float:
    """Read a `float` or `double`, of which `NaN` and the infinities are written as words.

    Raises:
        Unreadable: the text is no such number.
    """
    if text in FLOAT_WORDS:
        return FLOAT_WORDS[text]
    if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    raise Unreadable("STRING_VALUE can not be converted to a Double")


def write_float(value: float) -> str:
    """Write a float; `NaN` and the infinities as words."""
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def read_boolean(text: str) -> bool:
    """Read `true` or `false`.

    Raises:
        Unreadable: the text is neither.
    """
    if text in ("true", "false"):
        return text == "true"
    raise Unreadable("STRING_VALUE can not be converted to a Boolean")


def text_reader(shape: Shape, default_timestamp: str = "iso8601") -> ReadText:
    """Return the function that reads a scalar of this shape from text."""
    kind = shape.type_name
    if kind == "timestamp":
        form = timestamp_format(shape, default_timestamp)
        return lambda text: read_timestamp(text, form)
    if kind in RANGES:
        return lambda text: read_integer(text, kind)
    return {
        "string": checked_string,
        "character": checked_string,
        "boolean": read_boolean,
        "blob": read_blob,
        "float": read_float,
        "double": read_float,
    }[kind]


def text_writer(shape: Shape, default_timestamp: str = "iso8601") -> WriteText:
    """Return the function that writes a scalar of this shape as text, or raises `TypeError`."""
    kind = shape.type_name
    if kind == "timestamp":
        form = timestamp_format(shape, default_timestamp)
        return lambda value: write_timestamp(value, form)
    return {
        "string": lambda value: expect(value, str),
        "character": lambda value: expect(value, str),
        "boolean": lambda value: "true" if expect(value, bool) else "false",
        "integer": lambda value: str(expect(value, int)),
        "long": lambda value: str(expect(value, int)),
        "float": lambda value: write_float(float(expect(value, int | float))),
        "double": lambda value: write_float(float(expect(value, int | float))),
        "blob": lambda value: write_blob(expect(value, bytes | str)),
    }[kind]


def expect(value: Any, kind: Any) -> Any:
    """Return a result's value if it has the type of its shape; a result of another type is our own bug.

    Raises:
        TypeError: it has not; `True` is no integer here.
    """
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"expected {kind}, got {type(value).__name__}")
    return value


def _article(type_name: str) -> str:
    return "an Integer" if type_name == "integer" else f"a {type_name.capitalize()}"
