"""The one request that is routed, verified, authorized and answered, and its response.

Law: a `Request` is made once, at the edge, from the bytes on the socket, and never changed. Two readers of the same
request read the same values, because there is only one set of values.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

Headers = tuple[tuple[str, str], ...]


class Request:
    """One HTTP request. Header names are lower-case, values as received without surrounding blanks (latin-1)."""

    __slots__ = (
        "body",
        "client",
        "head_bytes",
        "headers",
        "index",
        "method",
        "path",
        "query",
        "received",
        "request_id",
        "scheme",
        "spelling",
    )

    def __init__(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Headers = (),
        body: bytes = b"",
        client: str = "127.0.0.1",
        scheme: str = "http",
        request_id: str = "",
        received: float = 0.0,
        spelling: Sequence[bytes] = (),
        index: Mapping[str, str] | None = None,
        head_bytes: int = 0,
    ) -> None:
        self.method = method
        self.path = path  # as on the request line, still percent-encoded
        self.query = query  # without "?", still percent-encoded
        self.headers = headers
        self.body = body
        self.client = client  # address of the peer, no port
        self.scheme = scheme
        self.request_id = request_id
        self.received = received  # seconds since the epoch
        self.spelling = spelling  # the headers as they came, at least their names; empty where nobody kept them
        self.head_bytes = head_bytes  # request line and headers as they came; 0: nobody counted
        self.index = _joined(headers) if index is None else index  # values by name, those of a repeated one joined

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name; values of a repeated header are joined by commas."""
        return self.index.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of `headers`, one for one, as the client spelled them: for show, never for a decision."""
        spelled = tuple([line.partition(b":")[0].decode("latin-1") for line in self.spelling])
        return spelled if len(spelled) == len(self.headers) else tuple([name for name, _ in self.headers])

    def header_values(self, name: str) -> tuple[str, ...]:
        """Return every value of a header, in the order received."""
        return tuple(value for key, value in self.headers if key == name)

    def is_repeated(self, name: str) -> bool:
        """Say whether a header came more than once."""
        return len(self.index) < len(self.headers) and len(self.header_values(name)) > 1

    @property
    def host(self) -> str:
        """The `Host` header in lower case, with its port; empty where there was none."""
        return self.index.get("host", "").lower()


class Upload(Protocol):
    """Takes a long body piece by piece as it comes, so that it is never in memory as a whole."""

    def take(self, piece: bytes) -> None:
        """Take the next bytes."""

    @property
    def is_behind(self) -> bool:
        """Whether so much of it waits that no more should be read."""

    def when_ready(self, resume: Callable[[], None]) -> None:
        """Have something called, once, as soon as more may be read."""

    def abandon(self) -> None:
        """Leave nothing behind; does nothing where the body was taken for whole."""


class LongRequest(Request):
    """A request whose body went to an `Upload`; its `body` is empty."""

    __slots__ = ("upload",)

    upload: Upload

    @staticmethod
    def of(request: Request, upload: Upload) -> "LongRequest":
        """Return a request as one whose body went to an upload."""
        long = LongRequest(
            request.method,
            request.path,
            request.query,
            request.headers,
            b"",
            request.client,
            request.scheme,
            request.request_id,
            request.received,
            request.spelling,
            request.index,
            request.head_bytes,
        )
        long.upload = upload
        return long


def _joined(headers: Headers) -> dict[str, str]:
    """Return the headers by name, the values of a repeated one joined by commas."""
    index = dict(headers)
    if len(index) == len(headers):
        return index
    index.clear()
    for name, value in headers:
        index[name] = f"{index[name]},{value}" if name in index else value
    return index


class Response:
    """One HTTP response. Header names keep the case they were given."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> None:
        self.status = status
        self.headers = list(headers)
        self.body = body

    def header(self, name: str) -> str | None:
        """Return the first header of this name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)
