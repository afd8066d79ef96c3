"""Follow what other workers and nodes write.

SQLite: `PRAGMA data_version` tells, without reading a table, that another connection has committed. PostgreSQL:
`NOTIFY` tells at once, and a slow poll covers a lost connection. The delay is at most `POLL_SECONDS` plus the time to
load what changed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gatewright.core.log import get_log
from gatewright.storage.engine import Storage
from gatewright.storage.snapshots import Snapshots

POLL_SECONDS = 0.05
_LISTEN_POLL_SECONDS = 1.0
_log = get_log(__name__)


async def follow(storage: Storage, snapshots: Snapshots) -> None:
    """Apply others' changes until cancelled; a database that is away for a while is waited for."""
    while True:
        try:
            await (_follow_postgresql if storage.dialect == "postgresql" else _follow_sqlite)(storage, snapshots)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("cannot follow the database", error=type(error).__name__)
            await asyncio.sleep(1.0)


async def _follow_sqlite(storage: Storage, snapshots: Snapshots) -> None:
    async with _watching(storage.writer.url.database or "") as watcher:
        seen = None
        while True:
            version = (await (await watcher.execute("PRAGMA data_version")).fetchone())[0]
            if version != seen:
                seen = version
                await snapshots.catch_up()
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def _watching(path: str) -> AsyncIterator[Any]:
    import aiosqlite

    # A connection of its own: data_version counts what *other* connections commit.
    async with aiosqlite.connect(path) as connection:
        yield connection


async def _follow_postgresql(storage: Storage, snapshots: Snapshots) -> None:
    changed = asyncio.Event()
    async with storage.writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        raw: Any = (await connection.get_raw_connection()).driver_connection

        def tell(*_: object) -> None:
            changed.set()

        await raw.add_listener("gatewright_changes", tell)
        try:
            while True:
                await snapshots.catch_up()
                try:
                    await asyncio.wait_for(changed.wait(), _LISTEN_POLL_SECONDS)
                except TimeoutError:
                    await connection.execute(text("SELECT 1"))  # a dead connection is noticed here
                changed.clear()
        finally:
            if not raw.is_closed():
                await raw.remove_listener("gatewright_changes", tell)
