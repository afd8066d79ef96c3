"""Column types that SQLite and PostgreSQL share."""

from typing import Any

import msgspec
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Json(TypeDecorator[Any]):
    """A JSON document kept as text: the same bytes on both databases, read by the fastest decoder we have.

    Assign a new value to change it; mutation in place is not seen.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """Return the text to store."""
        return None if value is None else _encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any | None:
        """Return the document."""
        return None if value is None else _decode(value)
