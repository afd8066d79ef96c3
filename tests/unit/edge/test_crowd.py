"""How many may be connected, and what their bodies may hold of the memory."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from gatewright.core.clock import SystemClock
from gatewright.edge.crowd import Crowd
from gatewright.edge.server import Server, bind
from gatewright.wire.http import Request, Response

PATIENCE = 60.0


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, body: bytes, announced: int | None = None) -> None:
        length = len(body) if announced is None else announced
        self.writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (length, body))

    async def status(self) -> int:
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            await self.reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0]))
            return int(head.split()[1])

    async def is_closed(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read() == b""


@asynccontextmanager
async def serving(
    crowd: Crowd, answer: Callable[[Request], Response | Awaitable[Response]] = lambda _: Response(200, (), b"ok")
) -> AsyncIterator[Callable[[], Awaitable[Client]]]:
    listeners = bind("127.0.0.1", 0)
    server = Server(answer, SystemClock(), crowd=crowd)
    await server.start(listeners)
    port = listeners[0].getsockname()[1]
    clients: list[Client] = []

    async def connect() -> Client:
        clients.append(Client(*await asyncio.open_connection("127.0.0.1", port)))
        return clients[-1]

    try:
        yield connect
    finally:
        for client in clients:
            client.writer.close()
        await server.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for is of the server, and tells nobody
            await asyncio.sleep(0.01)


async def test_one_connection_too_many_is_told_so_and_closed_and_a_place_that_is_free_again_is_given() -> None:
    crowd = Crowd(most_connections=2)
    async with serving(crowd) as connect:
        first, second = await connect(), await connect()
        for client in (first, second):
            client.send(b"")
            assert await client.status() == 200
        third = await connect()
        assert await third.status() == 503
        assert await third.is_closed()
        first.writer.close()
        await until(lambda: len(crowd.connections) == 1)
        fourth = await connect()
        fourth.send(b"")
        assert await fourth.status() == 200


async def test_a_body_that_no_memory_is_left_for_is_refused_and_what_it_held_is_free_again() -> None:
    crowd = Crowd(most_bytes=1_000)
    async with serving(crowd) as connect:
        greedy = await connect()
        greedy.send(b"x" * 1_001)
        assert await greedy.status() == 503
        assert await greedy.is_closed()
        await until(lambda: crowd._held == 0)
        modest = await connect()
        for _ in range(20):
            modest.send(b"x" * 900)
            assert await modest.status() == 200
        assert crowd._held == 0


async def test_bodies_that_are_being_read_or_answered_count_together() -> None:
    crowd, may_answer, begun = Crowd(most_bytes=1_000), asyncio.Event(), asyncio.Event()

    async def slowly(_: Request) -> Response:
        begun.set()
        await may_answer.wait()
        return Response(200, (), b"ok")

    async with serving(crowd, slowly) as connect:
        answered, reading, late = await connect(), await connect(), await connect()
        answered.send(b"x" * 400)
        await begun.wait()
        reading.send(b"x" * 400, announced=500)
        await until(lambda: crowd._held == 800)
        late.send(b"x" * 300)
        assert await late.status() == 503
        may_answer.set()
        assert await answered.status() == 200
        reading.writer.close()  # whoever leaves in the middle of a body lets go of it
        await until(lambda: crowd._held == 0)


async def test_what_a_client_that_left_had_sent_counts_until_it_was_answered() -> None:
    crowd, may_answer, begun = Crowd(most_bytes=1_000), asyncio.Event(), asyncio.Event()

    async def slowly(_: Request) -> Response:
        begun.set()
        await may_answer.wait()
        return Response(200, (), b"ok")

    async with serving(crowd, slowly) as connect:
        client = await connect()
        client.send(b"x" * 400)
        client.send(b"y" * 300)
        await begun.wait()
        await until(lambda: crowd._held == 700)
        at_once = struct.pack("ii", 1, 0)  # not by the polite end, after which an answer is still waited for
        client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        client.writer.transport.abort()
        await until(lambda: not crowd.connections)
        assert crowd._held == 700
        may_answer.set()
        await until(lambda: crowd._held == 0)


async def test_one_connection_is_not_read_on_while_long_bodies_of_its_own_wait() -> None:
    crowd, may_answer = Crowd(), asyncio.Event()

    async def slowly(_: Request) -> Response:
        await may_answer.wait()
        return Response(200, (), b"ok")

    async with serving(crowd, slowly) as connect:
        client = await connect()
        for _ in range(8):
            client.send(b"x" * 10_000_000)
        await until(lambda: crowd._held > 20_000_000)
        for _ in range(50):  # the client has 60 MB left to send, and would send them
            await asyncio.sleep(0.01)
        assert crowd._held < 41_000_000
        may_answer.set()
        assert [await client.status() for _ in range(8)] == [200] * 8
        assert crowd._held == 0
