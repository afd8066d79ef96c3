"""The import file as lines and fields. Pure.

In: bytes, as they come. Out: lines with the position behind them, and their fields. Law: memory is bounded by the
longest row that AWS takes, whatever comes; a line ends with LF or CRLF. As AWS has it this is not the CSV of RFC 4180:
quotation marks are letters, and a comma in a value has a backslash before it; nothing else is escaped.
Source: Cognito developer guide, "Creating the user import .csv file".
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gatewright.services.cognito_idp.importing.limits import ROW_CHARACTERS

_MOST_BYTES = 4 * ROW_CHARACTERS + 1  # in UTF-8, and a CR
_SEPARATOR = re.compile(r"(?<!\\),")


class Line(NamedTuple):
    """A line of the file; `text` is None where it is too long or no UTF-8."""

    number: int  # the header is line 1
    text: str | None
    end: int  # position in the file behind the line
    broken: bool = False  # it is no UTF-8


class Lines:
    """Cuts what comes into lines."""

    def __init__(self, position: int = 0, number: int = 0) -> None:
        self._position = position  # of what has not been cut yet
        self._number = number  # of the last line
        self._rest = b""
        self._dropped = 0  # bytes of a line that is too long already

    def feed(self, data: bytes) -> Iterator[Line]:
        """Yield the lines that are complete now."""
        start = 0
        data = self._rest + data
        while (found := data.find(b"\n", start)) >= 0:
            yield self._line(data[start:found], 1)
            start = found + 1
        self._rest = data[start:]
        if len(self._rest) > _MOST_BYTES:
            self._dropped += len(self._rest)
            self._rest = b""

    def finish(self) -> Iterator[Line]:
        """Yield the last line, where no line feed ends it."""
        if self._rest or self._dropped:
            yield self._line(self._rest, 0)
            self._rest = b""

    def _line(self, data: bytes, ending: int) -> Line:
        self._position += self._dropped + len(data) + ending
        self._number += 1
        too_long = self._dropped or len(data) > _MOST_BYTES
        self._dropped = 0
        if too_long:
            return Line(self._number, None, self._position)
        try:
            text = data.removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            return Line(self._number, None, self._position, broken=True)
        return Line(self._number, text if len(text) <= ROW_CHARACTERS else None, self._position)


def fields_of(text: str) -> list[str]:
    """Return the fields of a line, without blanks around them."""
    return [field.replace("\\,", ",").strip() for field in _SEPARATOR.split(text)]
