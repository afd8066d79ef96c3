"""Rows that many requests add at the same time, one each: written together, acknowledged each when all are durable.

A commit costs the same for one row and for a hundred. While one batch is being written the next gathers, so under
load a request pays a share of a commit, and alone it waits for nobody (group commit).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from gatewright.storage.engine import Storage
from gatewright.storage.races import until_not_lost

_MOST = 500  # rows a batch: keeps the longest wait short

Append = Callable[[Table, Mapping[str, Any]], Awaitable[None]]

_Waiting = tuple[Table, Mapping[str, Any], asyncio.Future[None]]


class Appender:
    """The rows that wait to be written, and whoever writes them."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, table: Table, row: Mapping[str, Any]) -> None:
        """Add one row; returns when it is durable.

        Raises:
            IntegrityError: there is such a row already.
        """
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((table, row, done))
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._write(batch)
        finally:
            self._writer = None

    async def _write(self, batch: list[_Waiting]) -> None:
        by_table: dict[Table, list[Mapping[str, Any]]] = defaultdict(list)
        for table, row, _ in batch:
            by_table[table].append(row)
        try:
            await until_not_lost(lambda _: self._storage.insert(by_table))
        except IntegrityError as error:
            if len(batch) == 1:
                _settle(batch, error)
                return
            middle = len(batch) // 2  # one bad row must not fail its neighbours, nor cost each of them a commit
            await self._write(batch[:middle])
            await self._write(batch[middle:])
        except Exception as error:
            _settle(batch, error)
        else:
            _settle(batch, None)


def _settle(batch: list[_Waiting], error: Exception | None) -> None:
    for _, _, done in batch:
        if done.done():  # whoever waited was cancelled
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
