"""Sessions, transactions and the shared column types."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from gatewright.storage.append import Appender
from gatewright.storage.engine import Storage, open_storage
from gatewright.storage.migrations import migrate
from tests.storage.conftest import Pebble


async def _names(storage: Storage) -> list[str]:
    async with storage.reading() as session:
        return sorted(await session.scalars(select(Pebble.name)))


async def test_what_was_committed_is_read(storage: Storage) -> None:
    async with storage.writing() as session:
        session.add(Pebble(name="a", document={"ü": [1, None, "x"]}))
        await session.commit()
    async with storage.reading() as session:
        assert (await session.get_one(Pebble, "a")).document == {"ü": [1, None, "x"]}


async def test_what_was_not_committed_did_not_happen(storage: Storage) -> None:
    async with storage.writing() as session:
        session.add(Pebble(name="a"))
        await session.flush()
    assert await _names(storage) == []


async def test_a_reader_does_not_wait_for_a_writer_and_sees_what_was_before(storage: Storage) -> None:
    async with storage.writing() as session:
        session.add(Pebble(name="a"))
        await session.flush()
        assert await asyncio.wait_for(_names(storage), 2) == []
        await session.commit()
    assert await _names(storage) == ["a"]


async def test_work_that_asks_for_no_session_waits_for_nobody(storage: Storage) -> None:
    async with storage.writing() as session:
        session.add(Pebble(name="a"))
        await session.flush()  # the one writer of SQLite is taken
        async with asyncio.timeout(2), storage.work(reads=False) as work:
            await work.commit()


async def test_work_is_done_when_it_is_committed_and_not_before(storage: Storage) -> None:
    async with storage.work(reads=False) as work:
        work.session.add(Pebble(name="lost"))
        await work.session.flush()
    async with storage.work(reads=False) as work:
        work.session.add(Pebble(name="kept"))
        await work.session.flush()
        await work.commit()
    assert await _names(storage) == ["kept"]


async def test_fifty_writers_at_once_all_succeed(storage: Storage) -> None:
    async def write(number: int) -> None:
        async with storage.writing() as session:
            session.add(Pebble(name=f"n{number}"))
            await session.commit()

    await asyncio.gather(*(write(number) for number in range(50)))
    assert len(await _names(storage)) == 50


async def test_rows_appended_together_are_all_there(storage: Storage) -> None:
    appender = Appender(storage)
    await asyncio.gather(*(appender.append(Pebble.__table__, {"name": f"n{n}"}) for n in range(1200)))
    async with storage.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Pebble)) == 1200


async def test_one_bad_row_of_a_batch_fails_alone(storage: Storage) -> None:
    appender = Appender(storage)
    await appender.append(Pebble.__table__, {"name": "taken"})
    names = ["a", "taken", "b"]
    answers = await asyncio.gather(
        *(appender.append(Pebble.__table__, {"name": name}) for name in names), return_exceptions=True
    )
    assert answers[0] is None
    assert isinstance(answers[1], IntegrityError)
    assert answers[2] is None
    assert await _names(storage) == ["a", "b", "taken"]


async def test_migrating_again_changes_nothing(storage: Storage) -> None:
    await migrate(storage)
    await migrate(storage)


async def test_workers_that_start_together_migrate_once(url: str) -> None:
    storages = [open_storage(url) for _ in range(3)]
    await asyncio.gather(*(migrate(storage) for storage in storages))
    for storage in storages:
        await storage.close()


def test_an_unknown_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql"):
        open_storage("mysql://x")
