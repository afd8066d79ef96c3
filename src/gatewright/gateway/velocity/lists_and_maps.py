"""The methods of `java.util.List` and `java.util.Map` that a template may call.

Law: as in `strings.py`; and a collection that a template makes larger stays within bounds, because lists can be
doubled.
Source: Java platform documentation, "Interface List" and "Interface Map".
"""

from collections.abc import Mapping, MutableMapping

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import MAX_ELEMENTS
from gatewright.gateway.velocity.values import ArrayList, Entry, Method, java_equals, shielded, to_text

Items = list[object]
Table = Mapping[object, object]


def _room(collection: Items | Table, more: int = 1) -> None:
    if len(collection) + more > MAX_ELEMENTS:
        raise JavaException(f"a collection of more than {MAX_ELEMENTS} elements")


def _at(items: Items, place: int, end: int) -> int:
    if not 0 <= place < end:
        raise JavaException(f"Index {place} out of bounds for length {len(items)}")
    return place


def _find(items: Items, wanted: object) -> int:
    for place, item in enumerate(items):
        if java_equals(item, wanted):
            return place
    return -1


def _get(items: Items, place: object) -> object:
    return items[_at(items, place, len(items))] if type(place) is int else None


def _set(items: Items, place: object, value: object) -> object:
    if type(place) is not int:
        return None
    old = items[_at(items, place, len(items))]
    items[place] = value
    return old


def _add(items: Items, first: object, *second: object) -> object:
    _room(items)
    if not second:
        items.append(first)
        return True
    if type(first) is int:
        items.insert(_at(items, first, len(items) + 1), second[0])
    return None


def _add_all(items: Items, others: object) -> object:
    if not isinstance(others, list):
        return None
    _room(items, len(others))
    items.extend(list(others))
    return bool(others)


def _remove(items: Items, which: object) -> object:
    if type(which) is int:
        return items.pop(_at(items, which, len(items)))
    place = _find(items, which)
    if place >= 0:
        del items[place]
    return place >= 0


def _sub_list(items: Items, start: object, end: object) -> object:
    if type(start) is not int or type(end) is not int:
        return None
    if not 0 <= start <= end <= len(items):
        raise JavaException(f"fromIndex {start}, toIndex {end}, length {len(items)}")
    return type(items)(items[start:end])


def _last(items: Items, wanted: object) -> int:
    place = _find(items[::-1], wanted)
    return -1 if place < 0 else len(items) - 1 - place


LIST: dict[str, Method] = {
    "add": (1, 2, _add),
    "addAll": (1, 1, _add_all),
    "clear": (0, 0, lambda items: items.clear()),
    "contains": (1, 1, lambda items, wanted: _find(items, wanted) >= 0),
    "containsAll": (1, 1, lambda items, all_: isinstance(all_, list) and all(_find(items, one) >= 0 for one in all_)),
    "count": (0, 0, len),  # not Java's: AWS's reference of mapping templates calls it on what $input.path finds
    "equals": (1, 1, java_equals),
    "get": (1, 1, _get),
    "indexOf": (1, 1, _find),
    "isEmpty": (0, 0, lambda items: not items),
    "lastIndexOf": (1, 1, _last),
    "remove": (1, 1, _remove),
    "set": (2, 2, _set),
    "size": (0, 0, len),
    "subList": (2, 2, _sub_list),
    "toString": (0, 0, to_text),
}
LIST_UNSUPPORTED = frozenset(
    (
        "forEach",
        "getClass",
        "hashCode",
        "iterator",
        "listIterator",
        "parallelStream",
        "removeAll",
        "removeIf",
        "replaceAll",
        "retainAll",
        "sort",
        "spliterator",
        "stream",
        "toArray",
    )
)


def map_key(key: object) -> object:
    """Return what stands for a key in a Python dict; lists and maps are keys by their text."""
    return key if isinstance(key, str | int | float) else to_text(key)


def map_put(table: Table, key: object, value: object) -> object:
    """Set an entry of a map, and return what was there before.

    Raises:
        JavaException: the map cannot be changed, or is full.
    """
    if not isinstance(table, MutableMapping):
        raise JavaException("this map cannot be changed")
    key = map_key(key)
    _room(table)
    old = table.get(key)
    table[key] = value
    return old


def _put_all(table: Table, other: object) -> None:
    if isinstance(other, Mapping):
        for key, value in list(other.items()):
            map_put(table, key, value)


def _put_if_absent(table: Table, key: object, value: object) -> object:
    old = table.get(map_key(key))
    return map_put(table, key, value) if old is None else old


def _take(table: Table, key: object) -> object:
    if not isinstance(table, MutableMapping):
        raise JavaException("this map cannot be changed")
    return table.pop(map_key(key), None)


def _clear(table: Table) -> None:
    if not isinstance(table, MutableMapping):
        raise JavaException("this map cannot be changed")
    table.clear()


def _or_default(table: Table, key: object, other: object) -> object:
    return shielded(table, table.get(map_key(key), other))


def map_values(table: Table) -> ArrayList:
    """Return the values of a map, in its order."""
    return ArrayList([shielded(table, value) for value in table.values()])


def _entries(table: Table) -> ArrayList:
    return ArrayList([Entry(key, shielded(table, value)) for key, value in table.items()])


MAP: dict[str, Method] = {
    "clear": (0, 0, _clear),
    "containsKey": (1, 1, lambda table, key: map_key(key) in table),
    "containsValue": (1, 1, lambda table, wanted: _find(list(table.values()), wanted) >= 0),
    "entrySet": (0, 0, _entries),
    "equals": (1, 1, java_equals),
    "get": (1, 1, lambda table, key: shielded(table, table.get(map_key(key)))),
    "getOrDefault": (2, 2, _or_default),
    "isEmpty": (0, 0, lambda table: not table),
    "keySet": (0, 0, lambda table: ArrayList(table)),
    "put": (2, 2, map_put),
    "putAll": (1, 1, _put_all),
    "putIfAbsent": (2, 2, _put_if_absent),
    "remove": (1, 1, _take),
    "size": (0, 0, len),
    "toString": (0, 0, to_text),
    "values": (0, 0, map_values),
}
MAP_UNSUPPORTED = frozenset(
    (
        "compute",
        "computeIfAbsent",
        "computeIfPresent",
        "forEach",
        "getClass",
        "hashCode",
        "merge",
        "replace",
        "replaceAll",
    )
)
