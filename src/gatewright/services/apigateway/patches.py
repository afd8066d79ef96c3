"""One engine for every `Update…`: patch operations against a declared table of what may be patched.

In: a noun's table, its current value in the API's own shape, and the patch operations. Out: the patched value, or
AWS's refusal. Law: pure, all or nothing; a path that is not in the table does not exist. Paths are JSON pointers,
so `/` in a name is `~1`.
Source: API Gateway API reference, "Patch Operations"; the wording of refusals as recorded from the service, which
has two styles: nouns that list their paths (Resource, Deployment, Account) and nouns that do not (RestApi, Method
…).
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.services.apigateway.faults import bad_request, not_found
from gatewright.wire.faults import Fault

Draft = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch operation; `names` is what the placeholders of its target stand for, unescaped."""

    op: str
    path: str
    value: str | None
    names: tuple[str, ...] = ()


Setter = Callable[[Draft, Patch], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A path that may be patched, `{…}` for one name of the caller's, and what each operation does there."""

    path: str
    setters: Mapping[str, Setter]
    wrong_operation: str | None = None  # AWS's own words for this path, where it has them

    def names_in(self, segments: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return what the placeholders stand for, None where the path is another."""
        pattern = self.path.split("/")[1:]
        if len(pattern) != len(segments):
            return None
        names = []
        for expected, segment in zip(pattern, segments, strict=True):
            if expected.startswith("{") and segment:
                names.append(segment)
            elif expected != segment:
                return None
        return tuple(names)


Refusal = Callable[["Patchable", Target | None, Patch], Fault]


@dataclass(frozen=True, slots=True)
class Patchable:
    """What may be patched of one noun, and how its refusals read."""

    targets: tuple[Target, ...]
    refuse: Refusal

    def paths_for(self, op: str) -> list[str]:
        """Return the paths that an operation may go to."""
        return [target.path for target in self.targets if op in target.setters]


def apply_patches(patchable: Patchable, value: Mapping[str, Any], operations: Iterable[Mapping[str, Any]]) -> Draft:
    """Return a patched copy of a value.

    Raises:
        Fault: a path or an operation is not supported, or a new value is wrong.
    """
    draft: Draft = copy.deepcopy(dict(value))
    for operation in operations:
        path = operation.get("path")
        if path is None:
            raise bad_request("Invalid patch path null")
        target, names = _find(patchable, path)
        patch = Patch(operation.get("op") or "", path, operation.get("value"), names)
        setter = target.setters.get(patch.op) if target else None
        if setter is None:
            raise patchable.refuse(patchable, target, patch)
        setter(draft, patch)
    return draft


def _find(patchable: Patchable, path: str) -> tuple[Target | None, tuple[str, ...]]:
    head, *segments = path.split("/")
    if head:
        return None, ()
    names = tuple(segment.replace("~1", "/").replace("~0", "~") for segment in segments)
    for target in patchable.targets:
        found = target.names_in(names)
        if found is not None:
            return target, found
    return None, ()


# How nouns refuse


def listing(patchable: Patchable, target: Target | None, patch: Patch) -> Fault:
    """Refuse as Resource, Deployment and Account do: with the list of paths (AWS writes two blanks before the path)."""
    subject = f"Invalid patch path  '{patch.path}' specified for op '{patch.op}'."
    paths = patchable.paths_for(patch.op)
    if not paths:
        return bad_request(f"{subject} Please choose supported operations")
    return bad_request(f"{subject} Must be one of: [{', '.join(paths)}]")


def plain(patchable: Patchable, target: Target | None, patch: Patch) -> Fault:
    """Refuse as RestApi, Method, Integration and their responses do."""
    if target is None:
        return bad_request(f"Invalid patch path {patch.path}")
    if target.wrong_operation is not None:
        return bad_request(target.wrong_operation)
    return bad_request(f"Invalid patch operation specified. Must be one of: [{', '.join(target.setters)}]")


# What operations do


def text(member: str, check: Callable[[str], None] | None = None) -> Setter:
    """Make a setter of a text; none or an empty one takes the member away."""

    def set_text(draft: Draft, patch: Patch) -> None:
        if check is not None:
            check(patch.value or "")
        if patch.value:
            draft[member] = patch.value
        else:
            draft.pop(member, None)

    return set_text


def flag(member: str) -> Setter:
    """Make a setter of a boolean; as in AWS, whatever is not `true` is false."""

    def set_flag(draft: Draft, patch: Patch) -> None:
        draft[member] = is_true(patch.value)

    return set_flag


def is_true(value: str | None) -> bool:
    """Read a boolean of a patch operation."""
    return (value or "").lower() == "true"


def whole_number(value: str) -> int | None:
    """Read a number of a patch operation, None where it is none, or longer than any number here may be."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def removed(member: str) -> Setter:
    """Make a setter that takes a member away."""

    def remove(draft: Draft, patch: Patch) -> None:
        draft.pop(member, None)

    return remove


def refused(fault: Callable[[Patch], Fault], unless: Callable[[Patch], bool] | None = None) -> Setter:
    """Make a setter for what is not built: it refuses, `unless` the value is the one that is in force anyway."""

    def refuse(draft: Draft, patch: Patch) -> None:
        if unless is None or not unless(patch):
            raise fault(patch)

    return refuse


def entries(
    path: str,
    absent: str,
    *,
    read: Callable[[str | None], Any] = lambda value: value or "",
    check: Callable[[Patch], None] | None = None,
    wrong_operation: str | None = None,
) -> Target:
    """Make the target `/{member}/{name}` of a map: add, replace and remove one entry.

    `absent` is AWS's message where the entry to replace or remove is not there. A map that becomes empty is taken away.
    """
    member = path.split("/")[1]

    def add(draft: Draft, patch: Patch) -> None:
        if check is not None:
            check(patch)
        draft[member] = {**(draft.get(member) or {}), patch.names[0]: read(patch.value)}

    def replace(draft: Draft, patch: Patch) -> None:
        if patch.names[0] not in (draft.get(member) or {}):
            raise not_found(absent)
        add(draft, patch)

    def remove(draft: Draft, patch: Patch) -> None:
        left = dict(draft.get(member) or {})
        if patch.names[0] not in left:
            raise not_found(absent)
        del left[patch.names[0]]
        if left:
            draft[member] = left
        else:
            draft.pop(member, None)

    return Target(path, {"add": add, "replace": replace, "remove": remove}, wrong_operation)


def list_entries(member: str) -> Target:
    """Make the target `/{member}` of a list: add one value, or remove one. A list that becomes empty is taken away."""

    def add(draft: Draft, patch: Patch) -> None:
        if not patch.value:
            raise bad_request(f"Invalid null or empty value in {member}")
        draft[member] = list(dict.fromkeys([*(draft.get(member) or ()), patch.value]))

    def remove(draft: Draft, patch: Patch) -> None:
        left = [value for value in draft.get(member) or () if value != patch.value]
        if len(left) == len(draft.get(member) or ()):
            raise not_found(f"Invalid value specified for {member}")
        if left:
            draft[member] = left
        else:
            draft.pop(member, None)

    return Target(f"/{member}", {"add": add, "remove": remove})


NO_PARAMETER = "Invalid parameter name specified"
NO_CONTENT_TYPE = "Content-Type specified was not found"
