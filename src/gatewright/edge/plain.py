"""The head of a plain request, read line by line: most requests bring lines that came before.

In: all the bytes that have come of a connection's next request. Out: what they say; None where the parser (llhttp)
has to read them. Law: nothing is read here that could be read in two ways. It is one whole head and nothing after it,
of HTTP/1.1 and a method without a body, its lines are printable ASCII, no header comes twice, and none says where the
request ends or what becomes of the connection. Whatever is read here the parser reads alike
(`tests/fuzz/test_plain_heads.py`).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gatewright.edge.limits import HEAD_BYTES, HEADER_COUNT

HOST = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]")
_REQUEST_LINE = re.compile(rb"(GET|HEAD|DELETE|OPTIONS) (/[!\"$->@-~]*)(?:\?([!\"$-~]*))? HTTP/1\.1")
_PRINTABLE = bytes(range(0x20, 0x7F))
_NAME = b"-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_NOT_PLAIN = frozenset(
    {"content-length", "transfer-encoding", "expect", "upgrade", "proxy-connection", "te", "trailer"}
)
_REMEMBERED = 16_384  # lines of each kind
_LONGEST = 128  # bytes; with the number above, what clients can fill stays below 8 MB. No token is as short as that


class PlainHead(NamedTuple):
    """What a head says, in the forms of `Request`."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    by_name: dict[str, str]  # the same headers
    lines: Sequence[bytes]  # the same headers as they came


def read_plain(data: bytes) -> PlainHead | None:
    """Return what a head says, if it is plain."""
    if data[-4:] != b"\r\n\r\n" or len(data) > HEAD_BYTES:
        return None
    first, *lines = data[:-4].split(b"\r\n")  # where the head ends before, a line is empty, and that is no header
    asked = _known_request_line(first) if len(first) <= _LONGEST else _request_line(first)
    if asked is None:
        return None
    headers = tuple([_known_header(line) if len(line) <= _LONGEST else _header(line) for line in lines])
    if None in headers or len(headers) > HEADER_COUNT:
        return None
    index = dict(headers)  # type: ignore[arg-type]  # no None is in it
    if len(index) != len(headers) or "host" not in index:
        return None
    return PlainHead(*asked, headers, index, lines)  # type: ignore[arg-type]


def _request_line(line: bytes) -> tuple[str, str, str] | None:
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        return None
    method, path, query = found.groups(b"")
    return method.decode(), path.decode(), query.decode()


def _header(line: bytes) -> tuple[str, str] | None:
    name, colon, value = line.partition(b":")
    lower = _known_name(name) if len(name) <= _LONGEST else None
    if lower is None or not colon or value.translate(None, _PRINTABLE):
        return None
    text = value.decode().strip(" ")
    if lower == "host" and not HOST.issuperset(text.encode()):
        return None
    if lower == "connection" and text.lower() != "keep-alive":
        return None
    return lower, text


@lru_cache(maxsize=_REMEMBERED)
def _known_name(name: bytes) -> str | None:
    lower = name.decode("latin-1").lower()
    return None if not name or name.translate(None, _NAME) or lower in _NOT_PLAIN else lower


_known_request_line = lru_cache(maxsize=_REMEMBERED)(_request_line)
_known_header = lru_cache(maxsize=_REMEMBERED)(_header)
