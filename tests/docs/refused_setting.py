"""One setting that is refused, as the lists of them have it."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Refused(NamedTuple):
    """A setting that is refused."""

    service: str
    operations: tuple[str, ...]
    setting: str  # as the page names it: the member, and its value where others are taken
    params: Mapping[str, Any]
    says: str  # in the message


def each(
    service: str, operations: tuple[str, ...], settings: Mapping[str, tuple[Mapping[str, Any], str]]
) -> tuple[Refused, ...]:
    """Return what is refused by each of some operations: the name of the setting, a value, and what is said."""
    return tuple(Refused(service, operations, name, *rest) for name, rest in settings.items())
