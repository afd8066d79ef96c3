"""JSON as people write it by hand: what a MOCK integration reads its `statusCode` from.

In: text. Out: a Python value. Law: it reads what API Gateway was seen to read and refuses what it was seen to refuse:
names and strings without quotes or in single ones, a comma too many, anything behind the value; but no object without
its end, no name that begins with a bracket. What was seen is what the permissive mode of json-smart does, the parser
behind Jayway's JSONPath, so its rules decide the rest.
"""

import re
from typing import Any

_LONGEST = 100_000  # characters; it is meant for what people write by hand, and not for a client's 10 MB
_DEEPEST = 200  # levels of nesting
_BLANK = " \t\r\n"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_QUOTED = {mark: re.compile(rf"{mark}([^{mark}\\]*(?:\\.[^{mark}\\]*)*){mark}", re.DOTALL) for mark in ("'", '"')}
_ESCAPED = {"t": "\t", "n": "\n", "f": "\f", "b": "\b", "r": "\r", "\\": "\\", "'": "'", '"': '"', "/": "/"}
_WORDS = {"null": None, "true": True, "false": False, "NaN": float("nan")}


def read_loose_json(text: str) -> Any:
    """Return the first value in a text; what follows it is not looked at.

    Raises:
        ValueError: there is none, or it has no end.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"it is longer than {_LONGEST} characters, and is not JSON")
    return _Reader(text).value("", 0)


class _Reader:
    """A position in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value(self, stops: str, depth: int) -> Any:
        """Read a value; where it is not quoted it ends before any of `stops`."""
        if depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        first = self._next()
        if first == "{":
            return self._object(depth)
        if first == "[":
            return self._array(depth)
        if first in ('"', "'"):
            return self._quoted(first)
        if first in (":", "}", "]") or not first:
            raise ValueError(f"{first or 'its end'!r} stands where a value should")
        return self._number(stops) if first == "-" or first.isdigit() else self._bare(stops)

    def _object(self, depth: int) -> dict[str, Any]:
        self._at += 1
        found: dict[str, Any] = {}
        while (first := self._next()) != "}":
            if first == ",":
                self._at += 1
                continue
            name = self._name(first)
            if self._next() != ":":
                raise ValueError("a name has no value")
            self._at += 1
            found[name] = self.value(",}", depth + 1)
            if self._next() not in (",", "}"):
                raise ValueError("an object has no end, or no comma between two of its members")
        self._at += 1
        return found

    def _name(self, first: str) -> str:
        if first in ('"', "'"):
            return self._quoted(first)
        if first in (":", "[", "]", "{") or not first:
            raise ValueError(f"{first or 'its end'!r} stands where a name should")
        return str(self._raw(":"))

    def _array(self, depth: int) -> list[Any]:
        self._at += 1
        found = []
        while (first := self._next()) != "]":
            if first == ",":
                self._at += 1
            else:
                found.append(self.value(",]", depth + 1))
        self._at += 1
        return found

    def _quoted(self, quote: str) -> str:
        found = _QUOTED[quote].match(self._text, self._at)
        if found is None:
            raise ValueError("a string has no end")
        self._at = found.end()
        text = _ESCAPE.sub(_unescape, found.group(1))
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one character

    def _number(self, stops: str) -> Any:
        found = _NUMBER.match(self._text, self._at)
        end = found.end() if found else self._at
        while end < len(self._text) and self._text[end] in _BLANK:
            end += 1
        if found is None or (end < len(self._text) and self._text[end] not in stops):
            return self._bare(stops)  # it only begins as a number does
        self._at = end
        return int(found.group()) if found.lastindex is None else float(found.group())

    def _bare(self, stops: str) -> Any:
        text = self._raw(stops)
        return _WORDS.get(text, text)

    def _raw(self, stops: str) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in stops:
            self._at += 1
        return self._text[start : self._at].strip()

    def _next(self) -> str:
        """Skip blanks and return the character that follows, empty at the end."""
        while self._at < len(self._text) and self._text[self._at] in _BLANK:
            self._at += 1
        return self._text[self._at : self._at + 1]


def _unescape(found: re.Match[str]) -> str:
    code = found.group(1)
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, "")
