"""The shelves and the change feed: how workers see each other's writes."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.storage.engine import Storage, open_storage
from gatewright.storage.follow import follow
from gatewright.storage.snapshots import EVERYTHING, ChangeRow, Publication, Snapshots
from tests.storage.conftest import Pebble


async def _load(session: AsyncSession, key: str) -> str | None:
    return await session.scalar(select(Pebble.name).where(Pebble.name == key))


async def _load_all(session: AsyncSession) -> AsyncIterator[tuple[str, str]]:
    for name in await session.scalars(select(Pebble.name)):
        yield name, name


PEBBLES = Publication("pebble", _load, _load_all)


async def _write(storage: Storage, snapshots: Snapshots, *names: str, commit: bool = True) -> None:
    async with storage.writing() as session:
        session.add_all([Pebble(name=name) for name in names])
        await snapshots.announce(session, [("pebble", name) for name in names])
        if commit:
            await session.commit()


async def test_a_worker_shows_its_own_write_before_it_answers(storage: Storage) -> None:
    snapshots = Snapshots(storage, [PEBBLES])
    await snapshots.load()
    await _write(storage, snapshots, "a", "b")
    await snapshots.catch_up()
    assert set(snapshots.shelf("pebble")) == {"a", "b"}


async def test_a_write_that_was_rolled_back_is_never_shown(storage: Storage) -> None:
    snapshots = Snapshots(storage, [PEBBLES])
    await snapshots.load()
    await _write(storage, snapshots, "a", commit=False)
    await _write(storage, snapshots, "b")
    await snapshots.catch_up()
    assert set(snapshots.shelf("pebble")) == {"b"}


async def test_many_changes_at_once_are_not_loaded_one_by_one(storage: Storage) -> None:
    loaded: list[str] = []

    async def load(session: AsyncSession, key: str) -> str | None:
        loaded.append(key)
        return await _load(session, key)

    snapshots = Snapshots(storage, [Publication("pebble", load, _load_all)])
    await snapshots.load()
    many, few = [f"n{number}" for number in range(1_000)], [f"m{number}" for number in range(60)]
    for names in (["a"], many, few):
        await _write(storage, snapshots, *names)
        await snapshots.catch_up()
    assert len(snapshots.shelf("pebble")) == 1_061
    assert loaded == ["a", *few]


async def test_what_is_gone_leaves_the_shelf(storage: Storage) -> None:
    snapshots = Snapshots(storage, [PEBBLES])
    await _write(storage, snapshots, "a")
    await snapshots.load()
    async with storage.writing() as session:
        await session.execute(delete(Pebble))
        await snapshots.announce(session, [("pebble", "a")])
        await session.commit()
    await snapshots.catch_up()
    assert snapshots.shelf("pebble").get("a") is None


async def test_a_worker_that_missed_trimmed_lines_loads_everything(storage: Storage) -> None:
    ahead, behind = Snapshots(storage, [PEBBLES]), Snapshots(storage, [PEBBLES])
    await _write(storage, ahead, "a")
    await behind.load()
    await _write(storage, ahead, "b")
    await _write(storage, ahead, "c")
    async with storage.writing() as session:
        first_missed = select(ChangeRow.seq).where(ChangeRow.key == "b").scalar_subquery()
        await session.execute(delete(ChangeRow).where(ChangeRow.seq == first_missed))
        await session.commit()
    await behind.catch_up()
    assert set(behind.shelf("pebble")) == {"a", "b", "c"}


async def test_emptying_everything_reaches_the_other_worker(storage: Storage) -> None:
    one, other = Snapshots(storage, [PEBBLES]), Snapshots(storage, [PEBBLES])
    await _write(storage, one, "a")
    await other.load()
    async with storage.writing() as session:
        await session.execute(delete(Pebble))
        await one.announce(session, [EVERYTHING])
        await session.commit()
    await other.catch_up()
    assert set(other.shelf("pebble")) == set()


async def test_another_node_shows_a_write_soon_after(storage: Storage, url: str) -> None:
    elsewhere = open_storage(url)
    there = Snapshots(elsewhere, [PEBBLES])
    await there.load()
    follower = asyncio.create_task(follow(elsewhere, there))
    await asyncio.sleep(0.3)
    here = Snapshots(storage, [PEBBLES])
    await here.load()
    await _write(storage, here, "a")
    deadline = time.monotonic() + 60
    while there.shelf("pebble").get("a") is None and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    follower.cancel()
    with pytest.raises(asyncio.CancelledError):
        await follower
    await elsewhere.close()
    assert there.shelf("pebble").get("a") == "a"


async def test_feed_lines_of_twenty_writers_are_all_applied(storage: Storage) -> None:
    snapshots = Snapshots(storage, [PEBBLES])
    await snapshots.load()
    names = [f"n{number}" for number in range(20)]

    async def write(name: str) -> None:
        for _ in range(10):
            try:
                await _write(storage, snapshots, name)
            except Exception as error:  # PostgreSQL asks one of two concurrent transactions to come again
                if "serialize" not in str(error):
                    raise
            else:
                break
        await snapshots.catch_up()
        assert snapshots.shelf("pebble").get(name) == name

    await asyncio.gather(*(write(name) for name in names))
