"""One HTTP/1.1 connection: bytes in, a `Request` to the door, a `Response` out, in order.

Law: every request is read strictly (RFC 9112; llhttp without its leniencies, and `framing.py`), because a proxy in
front that reads the same bytes otherwise is how requests are smuggled. What is ambiguous is answered 400 and the
connection is closed. Requests of one connection are answered one after the other, in the order in which they came
(pipelining). Why this and not an ASGI server: `docs/decisions/0002-own-http-connection.md`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

import httptools

from gatewright.core import ids
from gatewright.core.clock import Clock
from gatewright.core.log import get_log
from gatewright.edge.crowd import Crowd
from gatewright.edge.framing import Framing, FramingError, HeadTooLarge
from gatewright.edge.limits import (
    BODY_BYTES,
    HEADER_COUNT,
    IDLE_SECONDS,
    PIPELINED,
    REQUEST_SECONDS,
    UPLOAD_SECONDS,
    UPLOADS,
)
from gatewright.edge.plain import HOST, read_plain
from gatewright.wire.http import LongRequest, Request, Response, Upload

Answer = Response | Awaitable[Response]  # an answer that needed nothing to wait for comes at once
Handler = Callable[[Request], Answer]
BeginUpload = Callable[[Request], Upload | None]  # what takes a long body of a request whose head is known

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_STATUS_LINES = {status: f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}\r\n" for status in range(100, 1000)}
_BODYLESS = frozenset({204, 304})
_VERSIONS = frozenset({"1.1", "1.0"})
_CACHED_LENGTH = 64  # bytes; longer names are nobody's, and would only fill the memory
_JUDGED = frozenset({"host", "content-length", "transfer-encoding", "expect"})
_log = get_log(__name__)


class Connection(asyncio.Protocol):
    """The server side of one TCP connection."""

    def __init__(self, handler: Handler, clock: Clock, crowd: Crowd, begin_upload: BeginUpload) -> None:
        self._handler = handler
        self._begin_upload = begin_upload
        self._clock = clock
        self._crowd = crowd
        self._held = 0  # bytes of bodies that are being read, wait, or are being answered
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)  # set before anything else happens
        self._client = ""
        self._scheme = "http"
        self._parser = httptools.HttpRequestParser(self)
        self._framing = Framing()
        self._queue: deque[tuple[Request, bool]] = deque()
        self._working: asyncio.Task[None] | None = None
        self._last = False  # nothing is read after the request that is being answered
        self._writable: asyncio.Event | None = None
        self._deadline = 0.0  # loop time at which `expire` closes; infinite while an answer is being worked out
        self.on_message_begin()

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: remember who is there, and wait for the first request no longer than is decent."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._client = peer[0].removeprefix("::ffff:") if isinstance(peer, tuple) else ""
        self._scheme = "https" if transport.get_extra_info("sslcontext") else "http"
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + REQUEST_SECONDS
        if not self._crowd.enter(self):
            self._refuse(503)

    def connection_lost(self, error: Exception | None) -> None:
        """End: what is under way is finished although nobody will read the answer."""
        self._crowd.leave(self)
        self.resume_writing()
        if self._working is None:
            self._let_go(self._held)
            if self._upload is not None:
                self._upload.abandon()

    def data_received(self, data: bytes) -> None:
        """Take a plain request as it is; else feed the parser, whose callbacks below make the requests."""
        if self._framing.is_between and not self._last and self._take_plain(data):
            return
        at = 0
        try:
            while at < len(data) and not self._last:
                end = self._framing.piece(data, at)
                self._parser.feed_data(data if end - at == len(data) else data[at:end])
                at = end
        except httptools.HttpParserUpgrade:
            # An offer to switch protocols is declined by answering in this one; what follows it is not read.
            self._last = True
            if self._working is None:
                self._transport.close()
        except httptools.HttpParserCallbackError as error:
            self._refuse(error.__context__.status if isinstance(error.__context__, _Unreadable) else 400)
        except HeadTooLarge:
            self._refuse(431)
        except (httptools.HttpParserError, FramingError):
            self._refuse(400)

    def _take_plain(self, data: bytes) -> bool:
        head = read_plain(data)
        if head is None:
            return False
        method, path, query, headers, index, lines = head
        now = self._clock.now()
        request = Request(
            method,
            path,
            query,
            headers,
            b"",
            self._client,
            self._scheme,
            ids.request_id(),
            now,
            lines,
            index,
            len(data),
        )
        self._enqueue(request, keep_alive=True)
        return True

    def eof_received(self) -> bool:
        """Let the answers that are under way be written before the transport closes."""
        self._last = True
        return self._working is not None

    def pause_writing(self) -> None:
        """The peer reads slowly: stop answering until it has caught up."""
        self._writable = asyncio.Event()

    def resume_writing(self) -> None:
        """The peer has caught up, or is gone."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    # --- httptools

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._url = b""
        self._headers: list[tuple[str, str]] = []
        self._spelling: list[bytes] = []
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._upload: Upload | None = None

    def on_url(self, url: bytes) -> None:
        """Take a piece of the request target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if len(self._headers) >= HEADER_COUNT:
            raise _Unreadable(431)
        lower = _lower(name) if len(name) <= _CACHED_LENGTH else name.decode("latin-1").lower()
        self._headers.append((lower, value.decode("latin-1").strip(" \t")))
        self._spelling.append(name)

    def on_headers_complete(self) -> None:
        """Judge the head: one host, one framing, a plain path."""
        hosts = 0
        for name, value in self._headers:
            if name in _JUDGED:
                hosts += name == "host"
                self._judge(name, value)
        plain = self._url.startswith(b"/") and b"#" not in self._url
        if hosts != 1 or not plain or self._parser.get_http_version() not in _VERSIONS:
            raise _Unreadable(400)
        if self._framing.body_to_come > BODY_BYTES:
            self._expect_upload()

    def _expect_upload(self) -> None:
        """Ask whether a long body is one that may come, and who takes it."""
        uploads = sum(other._upload is not None for other in self._crowd.connections)
        if uploads < UPLOADS and self._working is None:
            self._upload = self._begin_upload(self._request())
            if self._upload is not None:
                self._deadline = self._loop.time() + UPLOAD_SECONDS

    def _judge(self, name: str, value: str) -> None:
        """Look at a header that says where the request ends or whom it is for."""
        if name == "host":
            if not HOST.issuperset(value.encode("latin-1")):
                raise _Unreadable(400)
        elif name == "content-length":
            self._framing.sized_body_follows(int(value))
        elif name == "transfer-encoding":
            if value.lower() != "chunked":
                raise _Unreadable(400)
            self._framing.chunked_body_follows()
        elif value.lower() == "100-continue" and self._working is None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body; one byte beyond the limit is kept, so that whoever answers sees it was too much."""
        if self._upload is not None:
            self._upload.take(body)
            if self._upload.is_behind:
                self._transport.pause_reading()
                self._upload.when_ready(self._read_on)
            return
        if self._body_bytes > BODY_BYTES:
            return
        self._body.append(body[: BODY_BYTES + 1 - self._body_bytes])
        self._body_bytes += len(body)
        self._held += len(body)
        if not self._crowd.hold(len(body)):
            raise _Unreadable(503)
        if self._body_bytes > BODY_BYTES:
            self._enqueue(self._request(), keep_alive=False)
            self._last = True

    def _read_on(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def on_message_complete(self) -> None:
        """Hand the request over."""
        if self._body_bytes > BODY_BYTES:
            return
        if self._upload is None:
            self._enqueue(
                self._request(), keep_alive=self._parser.should_keep_alive() and not self._parser.should_upgrade()
            )
        else:  # which is counted as one until its connection is gone
            self._enqueue(LongRequest.of(self._request(), self._upload), keep_alive=False)
            self._last = True

    # --- answering

    def _request(self) -> Request:
        path, _, query = self._url.decode("latin-1").partition("?")
        return Request(
            self._parser.get_method().decode("latin-1"),
            path,
            query,
            tuple(self._headers),
            b"".join(self._body),
            self._client,
            self._scheme,
            ids.request_id(),
            self._clock.now(),
            self._spelling,
        )

    def _enqueue(self, request: Request, keep_alive: bool) -> None:
        if self._working is None:
            self._answer_now(request, keep_alive)
            return
        self._queue.append((request, keep_alive))
        if self._has_enough:
            self._transport.pause_reading()

    @property
    def _has_enough(self) -> bool:
        """Whether what is here must be answered before more is read."""
        return len(self._queue) >= PIPELINED or self._held > 2 * BODY_BYTES

    def _let_go(self, size: int) -> None:
        self._held -= size
        self._crowd.let_go(size)

    def _answer_now(self, request: Request, keep_alive: bool) -> None:
        answer = self._begin(request)
        if isinstance(answer, Response) and self._writable is None:
            self._write(request, answer, keep_alive)
        else:
            self._deadline = float("inf")
            self._working = self._loop.create_task(self._answer_all(request, answer, keep_alive))

    def _begin(self, request: Request) -> Answer:
        """Ask the door. It answers its own failures, so what is caught here is a bug: never a silent connection."""
        try:
            return self._handler(request)
        except Exception:
            return _broken(request)

    async def _answer_all(self, request: Request, answer: Answer, keep_alive: bool) -> None:
        while True:
            try:
                response = answer if isinstance(answer, Response) else await answer
            except Exception:
                response = _broken(request)
            while self._writable is not None:
                self._deadline = asyncio.get_running_loop().time() + REQUEST_SECONDS  # a peer that never reads is left
                await self._writable.wait()
            self._deadline = float("inf")
            self._write(request, response, keep_alive)
            if not self._queue or self._transport.is_closing():
                break
            request, keep_alive = self._queue.popleft()
            if not self._has_enough:
                self._transport.resume_reading()
            answer = self._begin(request)
        self._working = None
        if self._transport.is_closing():
            self._let_go(self._held)
        if self._last:
            self._transport.close()

    def _write(self, request: Request, response: Response, keep_alive: bool) -> None:
        if request.body and keep_alive:  # otherwise all that is held goes with the connection
            self._let_go(len(request.body))
        if self._upload is not None:  # whoever answered has taken it, or never will
            self._upload.abandon()
        if self._transport.is_closing():
            return
        head = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
        if _ends_a_line_early(head, len(response.headers)):
            response, head = _broken(request), ""
        body = response.body
        if response.status in _BODYLESS:
            body = b""
        else:
            head += f"content-length: {len(body)}\r\n"
        end = "\r\n" if keep_alive else "connection: close\r\n\r\n"
        head = f"{_STATUS_LINES[response.status]}{_date_line(request.received)}{head}{end}"
        text = head.encode("latin-1", "replace")
        self._transport.write(text if request.method == "HEAD" else text + body)
        if keep_alive:
            self._deadline = self._loop.time() + IDLE_SECONDS
        else:
            self._last = True
            self._transport.close()

    def _refuse(self, status: int) -> None:
        """Answer what cannot be read as one request, and close."""
        self._last = True
        self._queue.clear()
        if self._working is None and not self._transport.is_closing():
            body = f'{{"message":"{_PHRASES[status]}"}}'
            head = f"{_STATUS_LINES[status]}content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            self._transport.write(f"{head}connection: close\r\n\r\n{body}".encode())
            self._transport.close()

    # --- the server's wishes

    def expire(self, now: float) -> None:
        """Close the connection if nothing has come for too long; `now` is the loop's time."""
        if now >= self._deadline:
            self._transport.close()

    def finish(self) -> None:
        """Close as soon as nothing is under way: the server is stopping."""
        self._last = True
        if self._working is None:
            self._transport.close()


def _broken(request: Request) -> Response:
    """Return the answer to a request that a bug of ours kept from being answered; the log has it under its id."""
    _log.error("a request could not be answered", request_id=request.request_id, exc_info=True)
    headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", request.request_id)]
    return Response(500, headers, b'{"message":"Internal server error"}')


def _ends_a_line_early(head: str, lines: int) -> bool:
    """Say whether a header holds a line break. Whoever maps values has refused it already; this is the last net."""
    return head.count("\n") != lines or head.count("\r") != lines


class _Unreadable(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@lru_cache(maxsize=1_024)
def _lower(name: bytes) -> str:
    """Return a header's name in lower case; the same few names come with every request."""
    return name.decode("latin-1").lower()


def _date_line(now: float, _made: list[Any] = [0, ""]) -> str:  # noqa: B006 - one entry, made anew each second
    if _made[0] != int(now):
        _made[:] = [int(now), f"date: {formatdate(now, usegmt=True)}\r\n"]
    return cast(str, _made[1])
