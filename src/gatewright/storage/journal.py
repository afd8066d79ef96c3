"""Write down in the background what was kept: requests and decisions, in batches.

In: what waits in `Traces` and `DecisionLog`. Out: rows. Law: nobody waits for this; where nothing is kept nothing runs;
a database that is away is asked again later, and what no longer fits is lost, because a trace must never be the reason
why a request fails.
"""

import asyncio
import contextlib

from sqlalchemy.exc import SQLAlchemyError

from gatewright.core.log import get_log
from gatewright.core.trace import Traces
from gatewright.storage.decisions import DecisionLog, trim_decisions, write_decisions
from gatewright.storage.engine import Storage
from gatewright.storage.traces import trim_requests, write_requests

FLUSH_SECONDS = 0.5  # how long another worker or node may not know of a request
_AWAY_SECONDS = 5.0
_TRIM_EACH = 20  # batches
_log = get_log(__name__)


class Journal:
    """The background writer of one worker."""

    def __init__(self, storage: Storage, traces: Traces, decisions: DecisionLog, most: int) -> None:
        self._storage = storage
        self._traces = traces
        self._decisions = decisions
        self._most = most
        self._batches = 0
        self._turn = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        traces.wake = decisions.wake = self._wake

    def _wake(self) -> None:
        if self._writer is None:
            with contextlib.suppress(RuntimeError):  # outside of a running server nothing is written down
                self._writer = asyncio.get_running_loop().create_task(self._write_later())

    async def _write_later(self) -> None:
        try:
            pause = FLUSH_SECONDS
            while self._traces.waits or self._decisions.waits:
                await asyncio.sleep(pause)
                pause = FLUSH_SECONDS if await self._try() else _AWAY_SECONDS
        finally:
            self._writer = None

    async def _try(self) -> bool:
        try:
            await self.flush()
        except (SQLAlchemyError, OSError) as error:
            _log.warning("kept requests could not be written down", error=type(error).__name__)
            return False
        return True

    async def flush(self) -> None:
        """Write down what waits; returns when it can be read by everybody.

        Raises:
            SQLAlchemyError, OSError: the database could not be used; what waited waits again.
        """
        async with self._turn:
            kept, decided = self._traces.take(), self._decisions.take()
            if not kept and not decided:
                return
            try:
                async with self._storage.writer.begin() as connection:
                    if kept:
                        await write_requests(connection, kept)
                    if decided:
                        await write_decisions(connection, decided)
                    if self._batches % _TRIM_EACH == 0:
                        await trim_requests(connection, self._most)
                        await trim_decisions(connection)
            except BaseException:
                self._traces.give_back(kept)
                self._decisions.give_back(decided)
                raise
            self._batches += 1

    async def clear(self) -> None:
        """Forget what waits; returns when nothing is being written."""
        async with self._turn:
            self._traces.clear()
            self._decisions.clear()

    async def close(self) -> None:
        """Write down what waits, and stop."""
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer
        await self._try()
