"""One storage suite, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

import gatewright.app  # noqa: F401 - every table is declared before the first one is made
from gatewright.storage.engine import Row, Storage, open_storage, sqlite_url
from gatewright.storage.migrations import migrate
from gatewright.storage.snapshots import ChangeRow  # noqa: F401
from gatewright.storage.types import Json


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    return str(request.getfixturevalue("postgres").fresh())


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    """An open, migrated database, with one more table for the suite's own use."""
    storage = open_storage(url)
    await migrate(storage)
    async with storage.writer.begin() as connection:
        await connection.run_sync(Pebble.metadata.create_all, tables=[Pebble.__table__])
    yield storage
    await storage.close()


class Pebbles(Row):
    """A base of its own, so that the suite's table is not one of the product's."""

    __abstract__ = True
    metadata = type(Row.metadata)()


class Pebble(Pebbles):
    """A row of the suite."""

    __tablename__ = "test_pebbles"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[object] = mapped_column(Json, nullable=True)
