"""STORY 1: one request: whose is it, may it pass, hand over.

In: a `Request` from a connection. Out: a `Response`, at once where nothing had to be waited for. Law: the door asks
only who is addressed and from where; who may do what is for the gateway and the control plane to say.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any

from gatewright.core.address import StageAddress
from gatewright.edge.connection import Answer
from gatewright.edge.hosts import Hosts, Place
from gatewright.edge.visitors import DevelopmentGuard, trusted_client
from gatewright.wire.http import Request, Response


@dataclass(frozen=True, slots=True)
class Rooms:
    """What lies behind the door."""

    stage: Callable[[Request, StageAddress], Coroutine[Any, Any, Response]]  # a deployed API
    endpoint: Callable[[Request], Awaitable[Response]]  # an AWS endpoint
    product: Callable[[Request], Awaitable[Response]]  # /_gatewright/…
    turned_away: Callable[[Request, str], None] = lambda *_: None  # told of who was not let in, and why


class Door:
    """The front door."""

    def __init__(
        self, hosts: Hosts, rooms: Rooms, guard: DevelopmentGuard | None, trusted_proxies: frozenset[str] = frozenset()
    ) -> None:
        self._hosts = hosts
        self._rooms = rooms
        self._guard = guard
        self._trusted_proxies = trusted_proxies

    def answer(self, request: Request) -> Answer:
        """Let one request in."""
        if self._trusted_proxies:
            request = trusted_client(request, self._trusted_proxies)
        address = self._hosts.locate(request)
        if isinstance(address, StageAddress):
            return _begin(self._rooms.stage(request, address))
        if self._guard is not None:
            refusal = self._guard.refuses(request)
            if refusal is not None:
                self._rooms.turned_away(request, refusal)
                return _forbidden(refusal, request)
        room = self._rooms.endpoint if address is Place.ENDPOINT else self._rooms.product
        return room(request)


def _forbidden(reason: str, request: Request) -> Response:
    body = json.dumps({"__type": "AccessDeniedException", "message": reason, "Message": reason}).encode()
    headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", request.request_id)]
    return Response(403, [*headers, ("x-amzn-ErrorType", "AccessDeniedException")], body)


def _begin(invocation: Coroutine[Any, Any, Response]) -> Answer:
    """Run an invocation until it first has to wait; most never do, and need no task.

    Before its first wait an invocation is not yet inside a task: what needs one (`asyncio.timeout`) makes its own.
    """
    try:
        waits_for = invocation.send(None)
    except StopIteration as done:
        response: Response = done.value
        return response
    return _Rest(invocation, waits_for)


class _Rest(Awaitable[Response]):
    """The rest of an invocation that has begun and is waiting."""

    def __init__(self, invocation: Coroutine[Any, Any, Response], waits_for: Any) -> None:
        self._invocation = invocation
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, Response]:
        try:
            while True:
                try:
                    answer = yield self._waits_for
                except BaseException as error:
                    self._waits_for = self._invocation.throw(error)
                else:
                    self._waits_for = self._invocation.send(answer)
        except StopIteration as done:
            response: Response = done.value
            return response
