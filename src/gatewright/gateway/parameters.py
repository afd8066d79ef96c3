"""The parameters of a method request, read once: path, query string, headers.

In: the request and the path variables that the route found. Out: decoded values; a name that was sent more than once
has several, and the single-valued view is the last of them, as in AWS. Law: header names do not depend on case.
Source: API Gateway developer guide, "Important notes" (a semicolon in a query string splits the data).
"""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote_plus

from gatewright.wire.http import Request

NOTHING: Mapping[str, tuple[str, ...]] = {}


class Parameters:
    """The parameters of one request; the query string and the headers are read when first asked for."""

    __slots__ = ("_headers", "_query", "path", "request")

    def __init__(self, request: Request, path: Mapping[str, str]) -> None:
        self.request = request
        self.path = path
        self._query: Mapping[str, tuple[str, ...]] | None = None
        self._headers: Mapping[str, tuple[str, ...]] | None = None

    @property
    def query(self) -> Mapping[str, tuple[str, ...]]:
        """All values of each query parameter."""
        if self._query is None:
            self._query = read_query(self.request.query)
        return self._query

    @property
    def spelled_headers(self) -> dict[str, str]:
        """The last value of each header, by its name as the client spelled it first."""
        request = self.request
        names: dict[str, str] = {}
        spelled: dict[str, str] = {}
        for (lower, value), name in zip(request.headers, request.names, strict=True):
            spelled[names.setdefault(lower, name)] = value
        return spelled

    @property
    def headers(self) -> Mapping[str, tuple[str, ...]]:
        """All values of each header, by its lower-case name."""
        if self._headers is None:
            self._headers = _group(self.request.headers)
        return self._headers

    def get(self, place: str, name: str) -> str | None:
        """Return the value at `path`, `querystring` or `header`, the last one where there are several."""
        if place == "path":
            return self.path.get(name)
        values = self.query.get(name) if place == "querystring" else self.headers.get(name.lower())
        return values[-1] if values else None

    def all(self, place: str, name: str) -> tuple[str, ...]:
        """Return every value at `querystring` or `header`."""
        return (self.query.get(name) if place == "querystring" else self.headers.get(name.lower())) or ()


def read_query(query: str) -> Mapping[str, tuple[str, ...]]:
    """Decode a query string. Bytes that are not UTF-8 become U+FFFD: they select no route and no permission."""
    if not query:
        return NOTHING
    pairs = (pair.partition("=") for pair in query.replace(";", "&").split("&") if pair)
    return _group((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def _group(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in grouped.items()}
