"""From the shapes of a model to functions: what the codecs have in common.

In: a botocore shape. Out: the function that reads or writes it, of a kind that the codec chooses. Law: each shape is
compiled once; shapes that contain themselves are bound late.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, cast

from gatewright.wire.shapes import Shape

F = TypeVar("F", bound=Callable[..., Any])

AGGREGATES = ("structure", "list", "map")


class Compiler(ABC, Generic[F]):
    """Compiles shapes into functions of one kind."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], F] = {}

    def of(self, shape: Shape) -> F:
        """Return the function for a shape."""
        if shape.type_name not in AGGREGATES:
            return self._scalar(shape)
        key = (shape.name, repr(sorted(shape.serialization.items(), key=str)))
        if key not in self._made:
            self._made[key] = cast("F", lambda *given: self._made[key](*given))
            self._made[key] = self._aggregate(shape)
        return self._made[key]

    def _aggregate(self, shape: Shape) -> F:
        if shape.type_name == "structure":
            return self.structure(shape)
        return self._list(shape) if shape.type_name == "list" else self._map(shape)

    @abstractmethod
    def structure(self, shape: Shape, only: Iterable[str] | None = None) -> F:
        """Return the function for a structure, of which perhaps only some members stand in the document."""

    @abstractmethod
    def _list(self, shape: Shape) -> F: ...

    @abstractmethod
    def _map(self, shape: Shape) -> F: ...

    @abstractmethod
    def _scalar(self, shape: Shape) -> F: ...
