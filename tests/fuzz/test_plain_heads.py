"""A request is read alike whether its head comes whole (`edge/plain.py`) or in two pieces (the parser, llhttp).

In: heads made of what is plain and of what is not. Law: the same requests, the same answers, the same connection after.
"""

import asyncio
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatewright.core.clock import SystemClock
from gatewright.edge.connection import Connection
from gatewright.edge.crowd import Crowd
from gatewright.edge.limits import HEADER_COUNT
from gatewright.edge.plain import read_plain
from gatewright.wire.http import Request, Response

METHODS = st.sampled_from([b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"POST", b"PUT", b"get", b"CONNECT", b"G T", b""])
TARGETS = st.sampled_from(
    [b"/", b"/a/b?c=d&e", b"/?", b"/?a?b", b"/#", b"*", b"http://x/", b"/%2e/\xe9", b"/ ", b"//a", b""]
)
VERSIONS = st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/1.1 ", b"http/1.1", b"HTTP/1.10", b""])
NAMES = st.sampled_from(
    [
        *b"Host host Accept X-Amz-Date authorization Connection Content-Length Transfer-Encoding Expect".split(),
        *b"Upgrade TE Trailer Keep-Alive Proxy-Connection Sec-WebSocket-Key Cookie X_y x!y x.y x(y".split(),
        *(b"X\xe9", b"", b" Accept", b"Accept "),
    ]
)
VALUES = st.sampled_from(
    [
        *b"x 1 0 chunked keep-alive Keep-Alive close upgrade,keep-alive websocket 100-continue".split(),
        *b"localhost:4566 [::1]:80 a@b".split(),
        *(
            b"",
            b" ",
            b"\t",
            b" a  b ",
            b"\ta",
            b"a\t",
            b"a\x00b",
            b"a\rb",
            b"a\nb",
            b"\xe9",
            b"x" * 200,
            b"a\x7fb",
            b"a:b, c",
        ),
    ]
)
ENDS = st.sampled_from([b"\r\n\r\n"] * 8 + [b"\n\n", b"\r\n", b"\r\n\r\n\r\n", b"\r\n\r\nGET", b"\r\n\r\nx"])
ANYTHING = st.binary(min_size=1, max_size=3)


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    """Return a head that is plain but for a few things."""
    first = [b"GET", b"/dev/a?b=c", b"HTTP/1.1"]
    for place, odd in enumerate((METHODS, TARGETS, VERSIONS)):
        if draw(st.integers(0, 9)) == 0:
            first[place] = draw(odd)
    lines = [b" ".join(first), b"Host: localhost"]
    for name, value in draw(st.lists(st.tuples(NAMES, VALUES), max_size=4)):
        lines.insert(draw(st.integers(1, len(lines))), name + draw(st.sampled_from([b": ", b":", b" : "])) + value)
    data = b"\r\n".join(lines) + draw(ENDS)
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(ANYTHING) + data[at + draw(st.integers(0, 2)) :]
    return data


class Seen(NamedTuple):
    """What a connection made of some bytes."""

    requests: list[tuple[Any, ...]]
    statuses: list[bytes]
    closed: bool


class Wire(asyncio.Transport):
    """The other end: it remembers what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass


def _read(*pieces: bytes) -> Seen:
    requests: list[tuple[Any, ...]] = []

    def answer(request: Request) -> Response:
        what = (request.method, request.path, request.query, request.headers, request.body, request.names)
        requests.append((*what, request.index, request.host))
        return Response(200, [], b"")

    async def talk() -> Wire:
        wire = Wire()
        connection = Connection(answer, SystemClock(), Crowd(10, 1 << 30), lambda _: 0)
        connection.connection_made(wire)
        for piece in pieces:
            if not wire.closed:
                connection.data_received(piece)
        return wire

    wire = asyncio.run(talk())
    statuses = [line.split(b" ")[1] for line in wire.written.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    return Seen(requests, statuses, wire.closed)


@given(heads())
@example(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n")
@example(b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
def test_a_head_is_read_alike_in_one_piece_and_in_two(head: bytes) -> None:
    whole, parts = _read(head), _read(head[:1], head[1:])
    assert whole == parts
    after = b"GET /after HTTP/1.1\r\nHost: b\r\n\r\n"
    assert _read(head, after) == _read(head[:1], head[1:] + after[:1], after[1:])


PLAIN = (
    b"GET /dev/demo?a=b HTTP/1.1\r\nHost: abc.execute-api.us-east-1.localhost:4566\r\nUser-Agent: x/1.0 (y; z)\r\n"
    b"Accept: */*\r\nConnection: keep-alive\r\nX-Amz-Date: 20260131T120000Z\r\nAuthorization: "
    + b"a" * 300
    + b"\r\n\r\n"
)


def test_the_usual_request_is_plain() -> None:
    head = read_plain(PLAIN)
    assert head is not None
    assert (head.method, head.path, head.query) == ("GET", "/dev/demo", "a=b")
    assert head.by_name["host"] == "abc.execute-api.us-east-1.localhost:4566"
    assert _read(PLAIN) == _read(PLAIN[:1], PLAIN[1:])


@pytest.mark.parametrize(
    "instead",
    [
        (b"GET", b"POST"),
        (b"HTTP/1.1", b"HTTP/1.0"),
        (b"Accept: */*", b"Content-Length: 0"),
        (b"Accept: */*", b"Transfer-Encoding: chunked"),
        (b"Accept: */*", b"Expect: 100-continue"),
        (b"Accept: */*", b"Upgrade: h2c"),
        (b"Accept: */*", b"Host: other"),
        (b"Accept: */*", b"Accept : */*"),
        (b"Accept: */*", b"Accept: *\n/*"),
        (b"Accept: */*", b"Accept: \xe9"),
        (b"Accept: */*\r\n", b"Accept: */*\r\n folded\r\n"),
        (b"keep-alive", b"close"),
        (b"\r\n\r\n", b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        (b"Host: ", b"Hosts: "),
        (b"localhost:4566", b"local host"),
        (b"Accept: */*\r\n", b"".join(b"X-%d: x\r\n" % number for number in range(HEADER_COUNT))),
        (b"a" * 300, b"a" * 70_000),
    ],
)
def test_what_is_not_plain_is_left_to_the_parser(instead: tuple[bytes, bytes]) -> None:
    assert read_plain(PLAIN.replace(*instead, 1)) is None


def test_the_memories_of_lines_are_bounded() -> None:
    from gatewright.edge import plain

    for memory in (plain._known_header, plain._known_request_line, plain._known_name):
        assert cast(Any, memory).cache_info().maxsize is not None
    before = cast(Any, plain._known_header).cache_info().currsize
    read_plain(b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"x" * 200 + b"\r\n\r\n")
    assert cast(Any, plain._known_header).cache_info().currsize <= before + 1  # the host; no long line
