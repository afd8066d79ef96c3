"""The database: SQLite in the data directory by default, PostgreSQL for several nodes.

In: a URL. Out: sessions that read, and sessions that write in one transaction. Law: what `commit` returned from
survives `kill -9` and a power failure (SQLite: WAL with `synchronous=FULL`; PostgreSQL: `synchronous_commit` as the
server has it).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, MetaData, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from gatewright.storage.insert import Inserts
from gatewright.storage.look_up import LookUps

_BUSY_MILLISECONDS = 10_000
_READERS = 8

_NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """The ancestor of every table. Table names are `{service}_{noun}`, plural: `iam_roles`."""

    metadata = MetaData(naming_convention=_NAMING)


class TurnRow(Row):
    """A table without rows, whose lock is the turn of the writers (`Storage.take_turn`)."""

    __tablename__ = "storage_turns"

    turn: Mapped[int] = mapped_column(Integer, primary_key=True)


class Work:
    """One unit of work: a session that is opened when it is first asked for, because not every call needs one."""

    __slots__ = ("_engine", "_session")

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._session: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:
        """The session."""
        if self._session is None:
            self._session = AsyncSession(self._engine, expire_on_commit=False)
        return self._session

    async def commit(self) -> None:
        """Make durable what was done, if anything was."""
        if self._session is not None and self._session.in_transaction():
            await self._session.commit()

    async def __aenter__(self) -> "Work":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.__aexit__(None, None, None)


class Storage:
    """An open database."""

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine) -> None:
        self._reader = reader
        self._writer = writer
        self.look_up = LookUps(reader)  # rows by their keys, outside of any transaction
        self.insert = Inserts(writer, _set_pragmas)  # rows that are only added, in a transaction of their own

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return str(self._writer.dialect.name)

    @property
    def writer(self) -> AsyncEngine:
        """The engine that writes: for migrations and the change feed."""
        return self._writer

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session that only reads."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Open a session that may write; the caller commits. Without a commit, nothing happened."""
        async with AsyncSession(self._writer, expire_on_commit=False) as session:
            yield session

    async def take_turn(self, session: AsyncSession) -> None:
        """Make a transaction that has not read yet the only one that can announce, until it ends.

        PostgreSQL lets writers run side by side and refuses the one that lost. `LOCK TABLE` is the one lock that is
        had before the transaction's snapshot is taken, so whoever waited here sees all that the others did, and
        cannot lose to them. The table is empty and for this alone: nothing else ever has to wait for it.
        """
        if self.dialect == "postgresql":
            await session.execute(text(f"LOCK TABLE {TurnRow.__tablename__} IN EXCLUSIVE MODE"))

    def work(self, *, reads: bool) -> Work:
        """Return a unit of work; the caller commits."""
        return Work(self._reader if reads else self._writer)

    async def empty(self) -> None:
        """Delete every row of every table, in one transaction: for `POST /_gatewright/reset`.

        One script for the driver, because eighty statements one by one would take longer than the tests of our users.
        """
        tables = [table.name for table in reversed(Row.metadata.sorted_tables)]
        deletes = "".join(f"DELETE FROM {name};" for name in tables)  # noqa: S608 - names of our own
        async with self._writer.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            if self.dialect == "sqlite":
                await raw.executescript(f"BEGIN IMMEDIATE;{deletes}COMMIT;")
            else:
                await raw.execute(f"BEGIN;{deletes}COMMIT;")

    async def close(self) -> None:
        """Close every connection."""
        self.look_up.close()
        self.insert.close()
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()


def open_storage(url: str) -> Storage:
    """Open the database at a URL: `sqlite:///path/file` or `postgresql://user@host/name`.

    Raises:
        ValueError: the URL is of another kind.
    """
    if url.startswith("sqlite:"):
        return _open_sqlite(url.replace("sqlite:", "sqlite+aiosqlite:", 1))
    if url.startswith(("postgresql:", "postgres:")):
        return _open_postgresql("postgresql+asyncpg:" + url.split(":", 1)[1])
    raise ValueError(f"unknown database {url.split(':', 1)[0]!r}: use sqlite:///FILE or postgresql://…")


def sqlite_url(directory: Path) -> str:
    """Return the URL of the embedded default in a data directory."""
    return f"sqlite:///{directory / 'gatewright.sqlite3'}"


def _open_sqlite(url: str) -> Storage:
    # One writer: SQLite has one anyway, and waiting in our own queue is fair where its busy handler is not.
    # Parameters are hidden from the driver's errors, which end up in logs.
    options: Any = {"max_overflow": 0, "pool_timeout": 30, "pool_reset_on_return": None, "hide_parameters": True}
    reader = create_async_engine(url, pool_size=_READERS, **options)
    writer = create_async_engine(url, pool_size=1, **options)
    for engine, begin in ((reader, "BEGIN"), (writer, "BEGIN IMMEDIATE")):
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "reset", _roll_back)
        # IMMEDIATE: a transaction that reads and then writes would otherwise fail where another writer came between.
        event.listen(engine.sync_engine, "begin", lambda connection, begin=begin: connection.exec_driver_sql(begin))
    return Storage(reader, writer)


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    raw: Any = connection
    raw.isolation_level = None  # the driver must not begin transactions by itself; the listeners above do
    _set_pragmas(connection)


def _set_pragmas(connection: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _roll_back(connection: Any, _record: ConnectionPoolEntry, state: PoolResetState) -> None:
    """End what a connection was left in the middle of; most are not, and a rollback is an errand to another thread."""
    if state.asyncio_safe and connection.driver_connection.in_transaction:
        connection.rollback()


def _open_postgresql(url: str) -> Storage:
    writer = create_async_engine(
        url, pool_size=10, max_overflow=10, pool_pre_ping=True, isolation_level="SERIALIZABLE", hide_parameters=True
    )
    # Who only reads sees one moment as well, but can never be refused because of what writers do meanwhile, nor make
    # a writer lose. Both share the connections.
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Storage(reader, writer)


def must_retry(error: DBAPIError) -> bool:
    """Say whether a transaction failed only because another ran at the same time, so that doing it again is right.

    Only PostgreSQL's can: SQLite's wait for their turn before they begin, and who has waited in vain is told so.
    """
    origin: Any = error.orig
    state = getattr(origin, "sqlstate", None) or getattr(getattr(origin, "__cause__", None), "sqlstate", None)
    return state in {"40001", "40P01"}


def first_line(error: BaseException) -> str:
    """Return the first line of what a driver says of its failure, or its kind: a timeout, for one, says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0]
