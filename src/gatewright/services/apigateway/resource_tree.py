"""The tree of an API's resources: paths and the rules of where a part may stand. Pure.

In: the resources of one API. Out: paths, kin, and AWS's refusals. Law: a resource with a greedy variable has no
children, siblings have different parts, and at most one of them is a variable, so that a path of a request leads to
one resource.
Source: API Gateway developer guide, "Define a REST API resource path"; messages as recorded from the service.
"""

import re
from collections.abc import Iterable
from typing import Protocol

from gatewright.services.apigateway.faults import bad_request, conflict, unknown_resource

_PART = re.compile(r"[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\}")


class Node(Protocol):
    """What the tree reads of a resource."""

    id: str
    parent_id: str | None
    path_part: str


class Tree:
    """The resources of one API, by id."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = {node.id: node for node in nodes}

    def __len__(self) -> int:
        return len(self._nodes)

    def node(self, resource_id: str) -> Node:
        """Return a resource.

        Raises:
            Fault: there is none with this id.
        """
        node = self._nodes.get(resource_id)
        if node is None:
            raise unknown_resource()
        return node

    def path(self, resource_id: str) -> str:
        """Return a resource's whole path, `/` for the root."""
        parts: list[str] = []
        node = self._nodes[resource_id]
        while node.parent_id is not None:
            parts.append(node.path_part)
            node = self._nodes[node.parent_id]
        return "/" + "/".join(reversed(parts))

    def children(self, resource_id: str) -> list[Node]:
        """Return the resources right below one."""
        return [node for node in self._nodes.values() if node.parent_id == resource_id]

    def with_descendants(self, resource_id: str) -> list[str]:
        """Return the ids of a resource and of everything below it."""
        ids = [resource_id]
        for one in ids:  # grows while it is read
            ids.extend(child.id for child in self.children(one))
        return ids

    def check_place(self, parent_id: str, path_part: str, resource_id: str | None = None) -> None:
        """Check that a part may stand below a parent; `resource_id` is the resource that moves there, if it exists.

        Raises:
            Fault: as AWS words it.
        """
        parent = self.node(parent_id)
        if not _PART.fullmatch(path_part):
            raise bad_request(
                "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
                "beginning and the end."
            )
        if is_greedy(parent.path_part):
            raise _below_greedy(parent.path_part)
        if resource_id is not None:
            if parent_id in self.with_descendants(resource_id):
                raise bad_request("Resources cannot be cyclical.")
            if is_greedy(path_part) and self.children(resource_id):
                raise _below_greedy(path_part)
        siblings = [node for node in self.children(parent_id) if node.id != resource_id]
        if any(node.path_part == path_part for node in siblings):
            raise conflict(f"Another resource with the same parent already has this name: {path_part}")
        variable = next((node.path_part for node in siblings if is_variable(node.path_part)), None)
        if variable is not None and is_variable(path_part):
            raise bad_request(
                f"A sibling ({variable}) of this resource already has a variable path part -- only one is allowed"
            )


def is_variable(path_part: str) -> bool:
    """Say whether a part stands for whatever a request has there."""
    return path_part.startswith("{")


def is_greedy(path_part: str) -> bool:
    """Say whether a part stands for all that follows."""
    return path_part.endswith("+}")


def _below_greedy(path_part: str) -> Exception:
    return bad_request(f"Cannot create a child of a resource with a greedy path variable: {path_part}")
