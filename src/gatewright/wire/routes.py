"""Which operation of a REST service a method and a path mean.

In: the `requestUri` of each operation, such as `/restapis/{restapi_id}` or `/restapis?mode=import`; then a request
line.
Out: the operation's name and its labels, percent-decoded exactly once.
Law: the path is matched as it was received. Segments that are empty, `.` or `..` match nothing: SigV4 signs the path
without them, so they would let one signature stand for two paths. Literal segments win over labels, fixed query
parameters over none.
Source: Smithy, "http trait", "URI patterns".
"""

from collections.abc import Iterable, Mapping

import msgspec

from gatewright.wire.codecs.form import pairs, percent_decode

_LABEL, _GREEDY = "{", "{+"


class Route(msgspec.Struct, frozen=True):
    """One operation's pattern. `fixed` are query parameters that must be there; None as a value means any."""

    operation: str
    labels: tuple[str, ...]
    fixed: tuple[tuple[str, str | None], ...]


class _Node:
    __slots__ = ("children", "routes")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.routes: list[Route] = []


class Router:
    """The routes of one service, as a tree of segments for each method."""

    def __init__(self, operations: Iterable[tuple[str, str, str]]) -> None:
        self._roots: dict[str, _Node] = {}
        for operation, method, uri in operations:
            self._add(operation, method, uri)

    def _add(self, operation: str, method: str, uri: str) -> None:
        path, _, query = uri.partition("?")
        node, labels = self._roots.setdefault(method, _Node()), []
        for segment in path[1:].split("/"):
            key = segment
            if segment.startswith("{"):
                key = _GREEDY if segment.endswith("+}") else _LABEL
                labels.append(segment[1:-1].removesuffix("+"))
            node = node.children.setdefault(key, _Node())
        fixed = tuple(
            (name, value if mark else None)
            for name, mark, value in (p.partition("=") for p in query.split("&"))
            if name
        )
        node.routes.append(Route(operation, tuple(labels), fixed))
        node.routes.sort(key=lambda route: -len(route.fixed))

    def match(self, method: str, path: str, query: str) -> tuple[str, Mapping[str, str]] | None:
        """Return the operation and its decoded labels, None where there is none.

        Raises:
            Unreadable: the path or the query string cannot be decoded.
        """
        root = self._roots.get(method)
        if root is None or not path.startswith("/"):
            return None
        segments = path[1:].split("/")
        if any(segment in (".", "..") for segment in segments) or "" in segments[:-1]:
            return None
        given = pairs(query) if query else []
        found = _descend(root, segments, 0, (), given)
        if found is None:
            return None
        route, values = found
        return route.operation, {name: percent_decode(value) for name, value in zip(route.labels, values, strict=True)}


def _descend(
    node: _Node, segments: list[str], at: int, values: tuple[str, ...], query: list[tuple[str, str]]
) -> tuple[Route, tuple[str, ...]] | None:
    """Walk one segment further; literals first, then a label, then a greedy label with whatever may follow it."""
    if at == len(segments):
        route = next((route for route in node.routes if _holds(route, query)), None)
        return None if route is None else (route, values)
    segment = segments[at]
    child = node.children.get(segment) if not segment.startswith("{") else None
    found = _descend(child, segments, at + 1, values, query) if child is not None else None
    label = node.children.get(_LABEL)
    if found is None and label is not None and segment:
        found = _descend(label, segments, at + 1, (*values, segment), query)
    greedy = node.children.get(_GREEDY)
    ends = (*range(len(segments) - 1, at, -1), len(segments))  # what may follow a greedy label is more specific
    for end in ends if found is None and greedy is not None and segment else ():
        found = _descend(greedy, segments, end, (*values, "/".join(segments[at:end])), query)  # type: ignore[arg-type]
        if found is not None:
            break
    return found


def _holds(route: Route, query: list[tuple[str, str]]) -> bool:
    return all(any(name == key and expected in (None, value) for key, value in query) for name, expected in route.fixed)
