"""Rows found by a key, outside of any transaction: what a hot path asks for, at the price of the question.

In: a statement that selects by an index, and its values. Out: plain tuples of what is committed at this moment. Law: it
never writes and never waits for a writer. On SQLite the question is put on the event loop's own thread: finding a row
by its key takes microseconds, and handing it to another thread and back a hundred times that. On PostgreSQL it is a
query of its own on a connection of the pool.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

LookUp = Callable[..., Awaitable[Sequence[tuple[Any, ...]]]]  # statement, and its parameters by name

Seen = TypeVar("Seen")

_MOST_STATEMENTS = 256  # they are constants of the code
_BUSY_MILLISECONDS = 1_000


def read_only(kind: type[Seen], columns: Sequence[str], row: Sequence[Any]) -> Seen:
    """Return a row that was looked up as an object of its class, to be read.

    It belongs to no session, and whoever sets one of its attributes is told so: the class's own way to make one, which
    prepares it for being written, takes longer than finding the row.
    """
    seen = object.__new__(kind)
    seen.__dict__.update(zip(columns, row, strict=True))
    return seen


class _Prepared:
    """A statement as SQLite takes it, compiled once."""

    __slots__ = ("_names", "_readers", "_sql")

    def __init__(self, statement: Select[Any], dialect: Any) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._names = tuple(compiled.positiontup)
        readers = [column[3]._cached_result_processor(dialect, None) for column in compiled._result_columns]
        self._readers = readers if any(readers) else None

    def run(self, connection: sqlite3.Connection, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows."""
        try:
            rows = connection.execute(self._sql, [values[name] for name in self._names]).fetchall()
        except sqlite3.OperationalError as error:  # locked, full or away, told as every other statement tells it
            raise OperationalError(self._sql, None, error, hide_parameters=True) from None
        if self._readers is None:
            return rows
        return [
            tuple([value if read is None else read(value) for read, value in zip(self._readers, row, strict=True)])
            for row in rows
        ]


class LookUps:
    """The door to rows that are found by a key."""

    def __init__(self, reader: AsyncEngine) -> None:
        self._reader = reader
        self._prepared: dict[int, tuple[Select[Any], _Prepared]] = {}
        self._connection: sqlite3.Connection | None = None

    async def __call__(self, statement: Select[Any], **values: Any) -> Sequence[tuple[Any, ...]]:
        """Return what a statement finds. It is a constant of its module, and every value in it is a `bindparam`."""
        if self._reader.dialect.name != "sqlite":
            async with self._reader.connect() as connection:
                found = await connection.execute(statement, values)
                return [tuple(row) for row in found]
        return self._prepare(statement).run(self._connect(), values)

    def _prepare(self, statement: Select[Any]) -> _Prepared:
        known = self._prepared.get(id(statement))
        if known is None or known[0] is not statement:
            if len(self._prepared) >= _MOST_STATEMENTS:
                self._prepared.clear()
            known = self._prepared[id(statement)] = statement, _Prepared(statement, self._reader.dialect)
        return known[1]

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            path = self._reader.url.database
            assert path is not None  # storage opens files only
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
            self._connection.execute("PRAGMA query_only=ON")
        return self._connection

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
