"""The migrations lead to the very tables that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gatewright.storage.engine import Row, Storage
from gatewright.storage.migrations import HEAD, configuration


async def test_the_migrations_make_every_table_as_it_is_declared(storage: Storage) -> None:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"include_name": _ours})
        return list(compare_metadata(context, Row.metadata))

    async with storage.writer.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_head_is_the_newest_version(storage: Storage) -> None:
    def heads(connection: Connection) -> list[str]:
        return ScriptDirectory.from_config(configuration(connection)).get_heads()

    async with storage.writer.connect() as connection:
        assert await connection.run_sync(heads) == [HEAD]


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("test_")
