"""Rows written in one transaction of their own: the shortest way from a request to the disk.

In: rows of some tables, none of which is read first. Out: when this returns, all of them are durable; else none is
there. On SQLite the whole transaction is one errand of one thread: each statement by itself would be handed to a thread
and back, which takes longer than the statement. Whoever writes waits for their turn at the one writer first, so that
nobody waits in SQLite's own queue, which is none. On PostgreSQL it is a transaction of the pool.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

Rows = Mapping[Table, Sequence[Mapping[str, Any]]]
Prepare = Callable[[Any], None]  # sets a new connection's pragmas

_MOST_STATEMENTS = 64  # one for each table and its columns


class _Prepared:
    """An INSERT as SQLite takes it, compiled once."""

    __slots__ = ("_names", "_writers", "sql")

    def __init__(self, table: Table, columns: Sequence[str], dialect: Any) -> None:
        compiled: Any = insert(table).compile(dialect=dialect, column_keys=list(columns))
        assert not compiled.insert_prefetch, f"a row of {table.name} must be whole: its defaults are not made here"
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup)
        self._writers = compiled._bind_processors

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """Return a row's values as SQLite takes them."""
        written = []
        for name in self._names:
            write = self._writers.get(name)
            written.append(row[name] if write is None else write(row[name]))
        return written


class Inserts:
    """The door to rows that are only added."""

    def __init__(self, writer: AsyncEngine, prepare: Prepare) -> None:
        self._writer = writer
        self._prepare_connection = prepare
        self._prepared: dict[tuple[str, ...], _Prepared] = {}
        self._connection: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def __call__(self, rows: Rows) -> None:
        """Add rows; returns when all are durable.

        Raises:
            IntegrityError: there is such a row already, or it belongs to one that is not there; none was added.
            OperationalError: the database could not be used.
        """
        if self._writer.dialect.name != "sqlite":
            async with self._writer.begin() as connection:
                for table, some in rows.items():
                    await connection.execute(insert(table), some)
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "inserts")
        errand = [(self._statement(table, some[0]), some) for table, some in rows.items()]
        async with self._writer.connect():  # our turn: the one connection that writes, which does nothing meanwhile
            await asyncio.get_running_loop().run_in_executor(self._thread, self._run, errand)

    def _statement(self, table: Table, row: Mapping[str, Any]) -> _Prepared:
        key = (table.name, *row)
        known = self._prepared.get(key)
        if known is None:
            if len(self._prepared) >= _MOST_STATEMENTS:
                self._prepared.clear()
            known = self._prepared[key] = _Prepared(table, tuple(row), self._writer.dialect)
        return known

    def _run(self, errand: Sequence[tuple[_Prepared, Sequence[Mapping[str, Any]]]]) -> None:
        try:
            connection = self._connect()
            connection.execute("BEGIN IMMEDIATE")
            try:
                for prepared, rows in errand:
                    connection.executemany(prepared.sql, [prepared.values(row) for row in rows])
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.IntegrityError as error:  # told as every other statement tells it
            raise IntegrityError(None, None, error, hide_parameters=True) from None
        except sqlite3.Error as error:
            raise OperationalError(None, None, error, hide_parameters=True) from None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            path = self._writer.url.database
            assert path is not None  # storage opens files only
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._prepare_connection(self._connection)
        return self._connection

    def close(self) -> None:
        """Let the last errand end, and close the connection."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
