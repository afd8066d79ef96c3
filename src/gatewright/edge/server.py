"""Listen, serve, and stop: the life of one worker's sockets.

In: a handler of requests and bound sockets. Out: served connections, until asked to stop; then no new ones are taken,
and what is under way is finished (for `FINISH_SECONDS` at most).
"""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from typing import Any

from gatewright.core.clock import Clock
from gatewright.edge.connection import BeginUpload, Connection, Handler
from gatewright.edge.crowd import Crowd
from gatewright.edge.limits import FINISH_SECONDS

_BACKLOG = 2048
_SWEEP_SECONDS = 1.0


def bind(host: str, port: int) -> list[socket.socket]:
    """Bind every address of a host; `localhost` is both loopbacks, `::` takes IPv4 too. Port 0: any free one, the
    same for all.

    Raises:
        OSError: the port is taken, or the address is not one of this machine's.
    """
    bound: list[socket.socket] = []
    # Not every machine's resolver knows both loopbacks by the name that every browser gives them.
    names = ("127.0.0.1", "::1") if host == "localhost" else (host or None,)
    for family, kind, protocol, _, address in dict.fromkeys(
        found for name in names for found in _addresses(name, port)
    ):
        try:
            listener = socket.socket(family, kind, protocol)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if host == "::" else 1)
            chosen = bound[0].getsockname()[1] if bound else port
            listener.bind((address[0], chosen, *address[2:]))
        except OSError:
            listener.close()
            if family == socket.AF_INET6 and bound:  # a machine without IPv6 still has a "localhost"
                continue
            for other in bound:
                other.close()
            raise
        listener.listen(_BACKLOG)
        listener.setblocking(False)
        bound.append(listener)
    return bound


def _addresses(name: str | None, port: int) -> list[Any]:
    return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)


class Server:
    """The sockets of one worker."""

    def __init__(
        self, handler: Handler, clock: Clock, begin_upload: BeginUpload = lambda _: None, crowd: Crowd | None = None
    ) -> None:
        self._handler = handler
        self._begin_upload = begin_upload
        self._clock = clock
        self._crowd = crowd or Crowd()
        self._servers: list[asyncio.Server] = []
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self, listeners: Sequence[socket.socket]) -> None:
        """Serve on sockets that are bound already."""
        loop = asyncio.get_running_loop()
        for listener in listeners:
            self._servers.append(await loop.create_server(self._connection, sock=listener, backlog=_BACKLOG))
        self._sweeper = loop.create_task(self._sweep())

    def _connection(self) -> Connection:
        return Connection(self._handler, self._clock, self._crowd, self._begin_upload)

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            for connection in list(self._crowd.connections):
                connection.expire(loop.time())

    async def stop(self) -> None:
        """Take no new connections, finish what is under way, close."""
        for server in self._servers:
            server.close()
        for connection in list(self._crowd.connections):
            connection.finish()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                while self._crowd.connections:  # noqa: ASYNC110 - once in a lifetime; an event would cost every connection
                    await asyncio.sleep(0.01)
        if self._sweeper is not None:
            self._sweeper.cancel()
