"""Which method a request is for: exact over `{param}` over `{proxy+}`, among the resources that have the verb.

In: the resources of a snapshot; then, for each request, its segments and its verb. Out: the resource and the values of
its path variables. Law: case matters; an empty segment is no value of a variable; the more specific segment wins at
every level, and where it leads to no resource with the verb (or `ANY`) the next one is tried, up to the root: a method
is found by path and verb together. So `/jobs` with nothing but OPTIONS leaves `GET /jobs` to `/{proxy+}`, as was
measured on the service twice.
Source: API Gateway developer guide, "Set up a method request in API Gateway".
"""

from collections.abc import Iterable, Mapping
from typing import TypeGuard

from gatewright.gateway.deployment import Resource
from gatewright.gateway.paths import CanonicalPath, encode_segment

NO_PARAMETERS: Mapping[str, str] = {}
ANY_TAKES = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class _Node:
    __slots__ = ("children", "greedy", "greedy_name", "parameter", "parameter_name", "resource")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.parameter_name = ""
        self.greedy: Resource | None = None
        self.greedy_name = ""
        self.resource: Resource | None = None


class Routes:
    """The resources of one deployment, ready to be found. Only resources that have methods can be invoked."""

    __slots__ = ("_root", "_static")

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._root = _Node()
        self._static: dict[str, Resource] = {}
        for resource in resources:
            self._add(resource)

    def find(self, path: CanonicalPath, verb: str) -> tuple[Resource, Mapping[str, str]] | None:
        """Return the resource of a path that has the verb, and the decoded values of its variables."""
        if "" in path.segments or verb not in ANY_TAKES:
            return None
        static = self._static.get(path.text)
        if _has(static, verb):
            return static, NO_PARAMETERS
        return _descend(self._root, path.segments, 0, verb)

    def _add(self, resource: Resource) -> None:
        if not resource.methods:
            return
        node = self._root
        parts = [part for part in resource.path.split("/") if part]
        if not any(part[0] == "{" for part in parts):
            self._static["/" + "/".join(parts)] = resource
        for part in parts:
            if part.endswith("+}"):
                node.greedy, node.greedy_name = resource, part[1:-2]
                return  # the control plane allows no child of a greedy variable
            if part[0] == "{":
                if node.parameter is None:
                    node.parameter, node.parameter_name = _Node(), part[1:-1]
                node = node.parameter
            else:
                node = node.children.setdefault(part, _Node())
        node.resource = resource


def _has(resource: Resource | None, verb: str) -> TypeGuard[Resource]:
    return resource is not None and (verb in resource.methods or "ANY" in resource.methods)


def _descend(node: _Node, segments: tuple[str, ...], depth: int, verb: str) -> tuple[Resource, dict[str, str]] | None:
    """Walk down; the depth is bounded by the tree's, not by the request's."""
    if depth == len(segments):
        return (node.resource, {}) if _has(node.resource, verb) else None
    segment = segments[depth]
    child = node.children.get(segment)
    if child is not None:
        found = _descend(child, segments, depth + 1, verb)
        if found is not None:
            return found
    if node.parameter is not None:
        found = _descend(node.parameter, segments, depth + 1, verb)
        if found is not None:
            found[1][node.parameter_name] = segment
            return found
    if _has(node.greedy, verb):
        # The rest keeps its one spelling where a segment holds an encoded slash: it must not become a separator.
        rest = "/".join([part if "/" not in part else encode_segment(part) for part in segments[depth:]])
        return node.greedy, {node.greedy_name: rest}
    return None
