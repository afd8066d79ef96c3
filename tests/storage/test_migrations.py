"""The migrations lead to the very tables that the code declares."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from gatewright.storage.engine import Row, Storage, open_storage, sqlite_url
from gatewright.storage.migrations import HEAD, DatabaseTooNew, configuration, migrate


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


async def test_a_new_database_has_the_very_tables_that_the_versions_lead_to(
    storage: Storage, url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    other = (
        request.getfixturevalue("postgres").fresh() if storage.dialect == "postgresql" else sqlite_url(tmp_path / "v")
    )
    (tmp_path / "v").mkdir()
    by_versions = open_storage(str(other))
    try:
        async with by_versions.writer.connect() as connection:
            await connection.run_sync(lambda sync: command.upgrade(configuration(sync), "head"))
            await connection.commit()
            wanted = await connection.run_sync(_tables)
    finally:
        await by_versions.close()
    async with storage.writer.connect() as connection:
        found = await connection.run_sync(_tables)
    assert len(wanted) > 50
    assert found == wanted


async def test_a_database_of_a_later_release_is_refused(storage: Storage) -> None:
    async with storage.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew, match="later release"):
        await migrate(storage)


def _tables(connection: Connection) -> dict[str, object]:
    """Return all that a database says about each of our tables."""
    inspector = inspect(connection)
    return {
        name: {
            "columns": [{**column, "type": str(column["type"])} for column in inspector.get_columns(name)],
            "key": inspector.get_pk_constraint(name),
            "references": sorted(map(str, inspector.get_foreign_keys(name))),
            "unique": sorted(map(str, inspector.get_unique_constraints(name))),
            "indexes": sorted(map(str, inspector.get_indexes(name))),
            "checks": sorted(map(str, inspector.get_check_constraints(name))),
        }
        for name in inspector.get_table_names()
        if _ours(name, "table", None)
    }


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("test_")
