"""What one rendering remembers while it runs: its variables, and how much it may still do.

Law: a `Scope` lives for one rendering. Whatever grows is counted here, and stops the rendering when it is too much.
"""

from collections.abc import Callable
from typing import ClassVar

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import (
    MAX_BUILT,
    MAX_DEFINE_DEPTH,
    MAX_DEFINE_SELF,
    MAX_ITERATIONS,
    MAX_OUTPUT,
)
from gatewright.gateway.velocity.values import Method, Native

Write = Callable[["Scope", list[str]], None]  # renders one piece of a template


class Stop(Exception):
    """The rendering ends here."""


class Break(Exception):
    """The innermost loop ends here; outside of loops, the rendering."""


class Scope:
    """The state of one rendering."""

    __slots__ = ("blocks", "built", "iterations", "size", "variables")

    def __init__(self, variables: dict[str, object]) -> None:
        self.variables = variables
        self.size = 0  # characters written
        self.built = 0  # characters and elements of values made on the way
        self.iterations = 0
        self.blocks = 0  # blocks of #define that are being rendered

    def wrote(self, characters: int) -> None:
        """Count what was written."""
        self.size += characters
        if self.size > MAX_OUTPUT:
            raise JavaException("the result is larger than a payload may be")

    def made(self, value: object) -> None:
        """Count a string or list that was built."""
        if isinstance(value, str | list):
            self.built += len(value)
            if self.built > MAX_BUILT:
                raise JavaException("the template builds too much on its way")
            if len(value) > MAX_OUTPUT:
                raise JavaException("a string that is larger than a payload may be")

    def iterate(self) -> None:
        """Count one iteration of a loop."""
        self.iterations += 1
        if self.iterations > MAX_ITERATIONS:
            raise JavaException(f"more than {MAX_ITERATIONS} iterations of all #foreach loops together")


class Foreach(Native):
    """`$foreach`: where a loop is. One object per loop, which moves with it."""

    __slots__ = ("index", "parent", "size")

    def __init__(self, size: int, parent: object) -> None:
        self.index = 0
        self.size = size
        self.parent = parent

    def topmost(self) -> "Foreach":
        """Return the outermost loop."""
        loop = self
        while isinstance(loop.parent, Foreach):
            loop = loop.parent
        return loop

    def has_next(self) -> bool:
        """Say whether another element follows."""
        return self.index + 1 < self.size

    properties: ClassVar = {
        "index": lambda self: self.index,
        "count": lambda self: self.index + 1,
        "hasNext": has_next,
        "first": lambda self: self.index == 0,
        "last": lambda self: self.index + 1 == self.size,
        "parent": lambda self: self.parent,
        "topmost": topmost,
    }
    methods: ClassVar[dict[str, Method]] = {
        "getIndex": (0, 0, lambda self: self.index),
        "getCount": (0, 0, lambda self: self.index + 1),
        "hasNext": (0, 0, has_next),
        "isFirst": (0, 0, lambda self: self.index == 0),
        "isLast": (0, 0, lambda self: self.index + 1 == self.size),
        "getParent": (0, 0, lambda self: self.parent),
        "getTopmost": (0, 0, topmost),
    }


class Block(Native):
    """The body of a `#define`, rendered each time that it is referred to, with the variables of that moment."""

    __slots__ = ("_active", "_body", "_scope")

    def __init__(self, scope: Scope, body: Write) -> None:
        self._scope = scope
        self._body = body
        self._active = 0

    def write(self, out: list[str]) -> None:
        """Render the block; nothing where it renders itself too deeply.

        Raises:
            JavaException: too many blocks render one another.
        """
        scope = self._scope
        if self._active >= MAX_DEFINE_SELF:
            return
        if scope.blocks >= MAX_DEFINE_DEPTH:
            raise JavaException(f"more than {MAX_DEFINE_DEPTH} blocks of #define render one another")
        scope.iterate()
        self._active += 1
        scope.blocks += 1
        try:
            self._body(scope, out)
        finally:
            self._active -= 1
            scope.blocks -= 1

    def text(self) -> str:
        """Return the block as it renders now."""
        out: list[str] = []
        self.write(out)
        return "".join(out)

    methods: ClassVar[dict[str, Method]] = {"toString": (0, 0, text)}
