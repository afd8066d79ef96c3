"""What `.name`, `.name(...)` and `[key]` mean on each kind of value.

Law: this is the only way from a template to a value. None means "there is no such thing", which prints as nothing.
"""

from collections.abc import Mapping

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.lists_and_maps import LIST, LIST_UNSUPPORTED, MAP, MAP_UNSUPPORTED, map_key, map_put
from gatewright.gateway.velocity.strings import BOOLEAN, NUMBER, STRING, STRING_UNSUPPORTED
from gatewright.gateway.velocity.values import Method, Native, shielded

_NONE: frozenset[str] = frozenset()


def get_property(owner: object, name: str) -> object:
    """Return `owner.name`: an entry of a map, a property of an object, or `empty` of a string or list."""
    if isinstance(owner, Mapping):
        return shielded(owner, owner.get(name))
    if isinstance(owner, Native):
        read = owner.properties.get(name)
        return None if read is None else read(owner)
    if name == "empty" and isinstance(owner, str | list):
        return not owner
    return None


def get_index(owner: object, key: object) -> object:
    """Return `owner[key]`; a negative index of a list counts from its end.

    Raises:
        JavaException: the index is out of bounds.
    """
    if isinstance(owner, Mapping):
        return shielded(owner, owner.get(map_key(key)))
    if isinstance(owner, list | tuple) and type(key) is int:
        if not -len(owner) <= key < len(owner):
            raise JavaException(f"Index {key} out of bounds for length {len(owner)}")
        return owner[key]
    return None


def set_member(owner: object, key: object, value: object) -> None:
    """Do `#set($owner.key = value)` or `#set($owner[key] = value)`; where nothing can be set, nothing happens.

    Raises:
        JavaException: the index is out of bounds, or the map cannot be changed.
    """
    if isinstance(owner, Mapping):
        map_put(owner, key, value)
    elif isinstance(owner, list) and type(key) is int:
        if not -len(owner) <= key < len(owner):
            raise JavaException(f"Index {key} out of bounds for length {len(owner)}")
        owner[key] = value


def call_method(owner: object, name: str, arguments: list[object]) -> object:
    """Call a method of a value; None where there is no such method.

    Raises:
        JavaException: the method threw, or Java has it and Gatewright does not.
    """
    methods, unsupported = _methods_of(owner)
    method = methods.get(name)
    if method is None:
        if name in unsupported:
            raise JavaException(f"the method {name}() is not supported")
        return None
    fewest, most, function = method
    if not fewest <= len(arguments) <= most:
        return None
    return function(owner, *arguments)


def _methods_of(owner: object) -> tuple[Mapping[str, Method], frozenset[str]]:
    if isinstance(owner, str):
        return STRING, STRING_UNSUPPORTED
    if isinstance(owner, Mapping):
        return MAP, MAP_UNSUPPORTED
    if isinstance(owner, list):
        return LIST, LIST_UNSUPPORTED
    if isinstance(owner, bool):
        return BOOLEAN, _NONE
    if isinstance(owner, int | float):
        return NUMBER, _NONE
    if isinstance(owner, Native):
        return owner.methods, _NONE
    return {}, _NONE
