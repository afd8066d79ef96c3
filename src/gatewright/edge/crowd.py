"""Who is connected to one worker, and how much of its memory they hold: counted, and no more than the operator allows.

In: connections that come and go, bodies that are read and answered. Out: whether one more is let in. Law: what is
beyond is answered 503 and closed, whoever it is: a visitor who needs no key must not be able to fill the machine.
"""

from typing import TYPE_CHECKING

from gatewright.edge.limits import CONNECTIONS, HELD_BYTES

if TYPE_CHECKING:
    from gatewright.edge.connection import Connection


class Crowd:
    """The open connections of one worker, and the bytes of request bodies that they have in memory."""

    __slots__ = ("_held", "_most_bytes", "_most_connections", "connections")

    def __init__(self, most_connections: int = CONNECTIONS, most_bytes: int = HELD_BYTES) -> None:
        self.connections: set[Connection] = set()
        self._most_connections = most_connections
        self._most_bytes = most_bytes
        self._held = 0

    def enter(self, connection: "Connection") -> bool:
        """Count a connection; False where there are too many, and it must close."""
        self.connections.add(connection)
        return len(self.connections) <= self._most_connections

    def leave(self, connection: "Connection") -> None:
        """Count a connection no more."""
        self.connections.discard(connection)

    def hold(self, size: int) -> bool:
        """Count bytes of a body; False where they are too many, and must be let go with their connection."""
        self._held += size
        return self._held <= self._most_bytes

    def let_go(self, size: int) -> None:
        """Count bytes of a body no more."""
        self._held -= size
