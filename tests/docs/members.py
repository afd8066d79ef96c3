"""Which members of a request the code reads, by reading the code: for the law that nothing is taken and ignored.

In: the operations of the services, and AWS's models. Out: for each operation the members that no code it can reach
names. Law: a name counts where it is written as a text (`params["Name"]`, a tuple of members, a table of a module) in a
function or table that the operation reaches; the keys of what a function answers do not. So a member that is not
reported may still be read for another noun's sake, and one that is reported is surely read by nobody.
"""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from gatewright.app import SERVICES
from gatewright.control.service import Operation, Service
from gatewright.wire.models import Catalogue

_SOURCE = Path(__file__).parents[2] / "src"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

Where = tuple[str, str]  # a module, and what it defines


class _Module(NamedTuple):
    """What a module defines, and what it imports from other modules of the product."""

    defined: dict[str, ast.stmt]
    imported: dict[str, Where]


@cache
def _module(name: str) -> _Module | None:
    path = _SOURCE.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not path.exists():
        return None
    defined: dict[str, ast.stmt] = {}
    tree = ast.parse(path.read_text())
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            defined |= dict.fromkeys(names, node)
    imported = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gatewright")
        for alias in node.names
    }
    return _Module(defined, imported)


def _resolve(module: str, name: str) -> Where | None:
    """Return where a name of a module is defined; a module itself is `(its name, "")`."""
    found = _module(module)
    if found is None or name in found.defined:
        return None if found is None else (module, name)
    if name not in found.imported:
        return None
    source, original = found.imported[name]
    inner = f"{source}.{original}"
    return (inner, "") if _module(inner) is not None else _resolve(source, original)


@cache
def _direct(where: Where) -> tuple[frozenset[str], frozenset[Where]]:
    """Return the texts that a definition names, and the definitions that it refers to."""
    module = _module(where[0])
    assert module is not None
    node = module.defined[where[1]]
    ignored = _answers(node) if isinstance(node, _DEFINITIONS) else set()
    texts: set[str] = set()
    references: set[Where | None] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in ignored:
            texts.add(one.value)
        elif isinstance(one, ast.Name):
            references.add(_resolve(where[0], one.id))
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
            owner = _resolve(where[0], one.value.id)
            references.add(_resolve(owner[0], one.attr) if owner and not owner[1] else None)
    return frozenset(texts), frozenset(found for found in references if found and found[1])


def _answers(node: ast.AST) -> set[int]:
    """Return the texts in a function that are keys of what it makes, and so are read from nothing."""
    return {id(key) for one in ast.walk(node) if isinstance(one, ast.Dict) for key in one.keys}


def _roots(function: Any) -> Iterator[Where]:
    """Return where an operation is defined; one that is made by another function has more functions within."""
    yield function.__module__, function.__qualname__.partition(".")[0]
    for cell in function.__closure__ or ():
        if inspect.isfunction(cell.cell_contents):
            yield from _roots(cell.cell_contents)


def named_by(operation: Operation) -> set[str]:
    """Return every text that an operation can come upon."""
    seen: set[Where] = set()
    left = list(_roots(inspect.unwrap(operation)))
    texts: set[str] = set()
    while left:
        where = left.pop()
        if where not in seen:
            seen.add(where)
            found, references = _direct(where)
            texts |= found
            left += references
    return texts


def members_of(shape: Any, path: tuple[str, ...] = (), within: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Return the members of a shape, and theirs: `("Policies", "PasswordPolicy", "MinimumLength")`."""
    if shape.type_name == "structure" and shape.name not in within:
        for name, member in shape.members.items():
            yield (*path, name)
            yield from members_of(member, (*path, name), (*within, shape.name))
    elif shape.type_name == "list":
        yield from members_of(shape.member, path, within)
    elif shape.type_name == "map":
        yield from members_of(shape.value, path, within)


def enumerations_of(shape: Any, within: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """Return the enumerations in a shape, and how many values each has."""
    if shape.type_name == "string" and getattr(shape, "enum", None):
        yield shape.name, len(shape.enum)
    elif shape.type_name == "structure" and shape.name not in within:
        for member in shape.members.values():
            yield from enumerations_of(member, (*within, shape.name))
    elif shape.type_name == "list":
        yield from enumerations_of(shape.member, within)
    elif shape.type_name == "map":
        yield from enumerations_of(shape.key, within)
        yield from enumerations_of(shape.value, within)


def operations() -> Iterator[tuple[Service, str, Any]]:
    """Return every operation that Gatewright has, with the shape of what it is given."""
    catalogue = Catalogue(service.name for service in SERVICES)
    for service in sorted(SERVICES, key=lambda one: one.name):
        for name in sorted(service.operations):
            shape: Any = catalogue.service(service.name).operation_model(name).input_shape
            if shape is not None:
                yield service, name, shape


def read_by_nobody() -> dict[tuple[str, str], set[str]]:
    """Return, for each service and member, the operations that take the member and name it nowhere.

    Of a member that is not read, only itself is reported, and not what is in it.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for service, operation, shape in operations():
        texts = named_by(service.operations[operation])
        unread: set[tuple[str, ...]] = set()
        for path in members_of(shape):
            if path[-1] not in texts and not any(path[:length] in unread for length in range(1, len(path))):
                unread.add(path)
                found.setdefault((service.name, ".".join(path)), set()).add(operation)
    return found
