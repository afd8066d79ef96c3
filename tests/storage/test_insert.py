"""Rows that are only added: all of them or none, durable when the call returns, whoever else writes."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from gatewright.storage.engine import Storage
from gatewright.storage.look_up import read_only
from tests.storage.conftest import Pebble

PEBBLES = Pebble.__table__


async def count(storage: Storage) -> int:
    async with storage.reading() as session:
        return await session.scalar(select(func.count()).select_from(Pebble)) or 0


async def test_one_bad_row_keeps_the_others_out(storage: Storage) -> None:
    with pytest.raises(IntegrityError):
        await storage.insert({PEBBLES: [{"name": "a"}, {"name": "b"}, {"name": "a"}]})
    assert await count(storage) == 0
    await storage.insert({PEBBLES: [{"name": "a"}]})
    assert await count(storage) == 1


async def test_documents_are_written_as_everybody_writes_them(storage: Storage) -> None:
    document = {"ä": [1, None, {"x": True}]}
    await storage.insert({PEBBLES: [{"name": "a", "document": document}, {"name": "b", "document": None}]})
    async with storage.reading() as session:
        kept = {pebble.name: pebble.document for pebble in await session.scalars(select(Pebble))}
    assert kept == {"a": document, "b": None}


async def test_whoever_writes_in_between_neither_waits_for_ever_nor_fails(storage: Storage) -> None:
    async def write(number: int) -> None:
        async with storage.writing() as session:
            session.add(Pebble(name=f"by session {number}"))
            await session.commit()

    added = (storage.insert({PEBBLES: [{"name": f"added {number}"}]}) for number in range(30))
    if storage.dialect == "postgresql":  # where writers lose races, which `Appender` runs again
        await asyncio.gather(*added)
    else:
        await asyncio.gather(*added, *(write(number) for number in range(30)))
    assert await count(storage) == (30 if storage.dialect == "postgresql" else 60)


async def test_what_a_reader_left_open_is_ended(storage: Storage) -> None:
    async with storage.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Pebble)) == 0
    await storage.insert({PEBBLES: [{"name": "a"}]})
    assert await count(storage) == 1  # the same connection of the pool, and not in the transaction of before


async def test_a_session_that_failed_keeps_nobody_out(storage: Storage) -> None:
    async def fail() -> None:
        async with storage.writing() as session:
            session.add(Pebble(name="lost"))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await storage.insert({PEBBLES: [{"name": "kept"}]})
    assert await count(storage) == 1


async def test_a_database_that_is_away_is_told_as_by_every_other_statement(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    if storage.dialect != "sqlite":
        pytest.skip("the driver of SQLite is ours to translate")

    def away(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr("gatewright.storage.insert.sqlite3.connect", away)
    with pytest.raises(OperationalError):
        await storage.insert({PEBBLES: [{"name": "a"}]})


def test_a_row_that_was_looked_up_cannot_be_changed() -> None:
    pebble = read_only(Pebble, ("name", "document"), ("a", None))
    assert (pebble.name, pebble.document) == ("a", None)
    with pytest.raises(AttributeError):
        pebble.name = "b"
