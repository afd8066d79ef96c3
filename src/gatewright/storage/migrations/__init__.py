"""Bring a database up to date, at every start.

The tables are declared in the services' `tables.py`; the versions here are the way from one release's tables to the
next. An empty database gets the declared tables at once, which a test compares with what the versions lead to. Alembic
is loaded only where there is a way to go, because a start should take no longer than it must.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from gatewright.storage.engine import Row, Storage

HEAD = "0001"  # the newest version in `versions/`; a test compares
_MIGRATION_LOCK = 45_660  # PostgreSQL advisory lock: workers that start together


class DatabaseTooNew(Exception):
    """The database was written by a later release of Gatewright."""


async def migrate(storage: Storage) -> None:
    """Upgrade the database to `HEAD`.

    Raises:
        DatabaseTooNew: it is beyond.
    """
    async with storage.writer.connect() as connection:
        if storage.dialect == "postgresql":
            # Who waited for the lock must see what the one before it did, which a serializable snapshot would not show.
            await connection.execution_options(isolation_level="READ COMMITTED")
        await connection.run_sync(_upgrade)
        await connection.commit()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    version = _version(connection)
    if version == HEAD:
        return
    if version is None and not inspect(connection).get_table_names():
        _make_tables(connection)
        return
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise DatabaseTooNew(f"this database is of a later release than this program: {error}") from None


def _make_tables(connection: Connection) -> None:
    """Make every declared table: all services must have been imported, as `app.py` does."""
    Row.metadata.create_all(connection, checkfirst=False)
    connection.execute(
        text(
            "CREATE TABLE alembic_version "
            "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def configuration(connection: Connection) -> Any:
    """Return Alembic's configuration for a connection that is open already."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
