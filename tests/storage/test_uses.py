"""When access keys were used: noted in memory, written together, never set back."""

import asyncio

import pytest

from gatewright.storage.engine import Storage
from gatewright.storage.uses import KeyUse, Use, Uses


async def test_what_was_noted_is_known_at_once_and_after_it_was_written(storage: Storage) -> None:
    uses = Uses()
    uses.note("AKIA1", 10.0, "iam", "us-east-1")
    async with storage.reading() as session:
        assert await uses.last(session, "AKIA1") == Use(10.0, "iam", "us-east-1")
        assert await uses.last(session, "AKIA2") is None
    await uses.write(storage)
    async with storage.reading() as session:
        assert await Uses().last(session, "AKIA1") == Use(10.0, "iam", "us-east-1")


async def test_a_later_use_replaces_an_earlier_one_and_a_late_worker_does_not(storage: Storage) -> None:
    one, other = Uses(), Uses()
    one.note("AKIA1", 20.0, "sts", "eu-west-1")
    other.note("AKIA1", 10.0, "iam", "us-east-1")
    await one.write(storage)
    await other.write(storage)
    async with storage.reading() as session:
        assert await Uses().last(session, "AKIA1") == Use(20.0, "sts", "eu-west-1")
    other.note("AKIA1", 30.0, "execute-api", "us-east-1")
    await other.write(storage)
    async with storage.reading() as session:
        assert (await one.all(session))["AKIA1"].service == "execute-api"


async def test_many_keys_are_written_together_and_nothing_is_written_twice(storage: Storage) -> None:
    uses = Uses()
    for number in range(1_000):
        uses.note(f"AKIA{number}", float(number), "iam", "us-east-1")
    await uses.write(storage)
    async with storage.writing() as session:
        row = await session.get_one(KeyUse, "AKIA7")
        row.used_at = 0.0
        await session.commit()
    await uses.write(storage)
    async with storage.reading() as session:
        found = await uses.all(session)
    assert len(found) == 1_000
    assert found["AKIA7"].at == 0.0


async def test_what_could_not_be_written_is_written_later(storage: Storage) -> None:
    uses = Uses()
    uses.note("AKIA1", 10.0, "iam", "us-east-1")
    async with storage.writer.begin() as connection:
        await connection.run_sync(KeyUse.__table__.drop)  # type: ignore[attr-defined]
    await uses.write(storage)
    async with storage.writer.begin() as connection:
        await connection.run_sync(KeyUse.__table__.create)  # type: ignore[attr-defined]
    await uses.write(storage)
    async with storage.reading() as session:
        assert await Uses().last(session, "AKIA1") == Use(10.0, "iam", "us-east-1")


async def test_what_a_cancelled_write_had_taken_is_written_by_the_last_one(storage: Storage) -> None:
    """The product stops while it writes: the task is cancelled, and then everything is written once more."""
    uses = Uses()
    uses.note("AKIA1", 10.0, "iam", "us-east-1")
    async with storage.writer.begin() as connection:
        await connection.run_sync(KeyUse.__table__.drop)  # type: ignore[attr-defined]
        await connection.run_sync(KeyUse.__table__.create)  # type: ignore[attr-defined]
        writing = asyncio.create_task(uses.write(storage))  # waits for what this transaction has locked
        await asyncio.sleep(0.1)
        assert not writing.done()
        uses.note("AKIA2", 20.0, "sts", "us-east-1")
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    await uses.write(storage)
    async with storage.reading() as session:
        assert sorted(await Uses().all(session)) == ["AKIA1", "AKIA2"]
