"""A database and the master keys that it was sealed with."""

import asyncio
from pathlib import Path

import pytest

from gatewright.storage.engine import Storage, open_storage
from gatewright.storage.sealed_by import keys_of

FIRST, SECOND, THIRD = "11" * 32, "22" * 32, "33" * 32


async def test_the_first_key_is_made_once_and_found_again(storage: Storage, tmp_path: Path) -> None:
    first = await keys_of(storage, tmp_path, None)
    assert (await keys_of(storage, tmp_path, None)).ids == first.ids


async def test_a_key_that_is_lost_is_not_replaced(storage: Storage, tmp_path: Path) -> None:
    await keys_of(storage, tmp_path, None)
    (tmp_path / "master.key").unlink()
    with pytest.raises(ValueError, match=r"master\.key is missing"):
        await keys_of(storage, tmp_path, None)
    assert not (tmp_path / "master.key").exists()


async def test_keys_may_follow_each_other_and_must_overlap(storage: Storage, tmp_path: Path) -> None:
    await keys_of(storage, tmp_path, FIRST)
    await keys_of(storage, tmp_path, f"{SECOND} {FIRST}")
    await keys_of(storage, tmp_path, SECOND)
    with pytest.raises(ValueError, match="another master key"):
        await keys_of(storage, tmp_path, THIRD)
    await keys_of(storage, tmp_path, f"{THIRD} {FIRST}")


async def test_of_two_nodes_that_start_with_keys_of_their_own_one_is_refused(
    url: str, storage: Storage, tmp_path: Path
) -> None:
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        place.mkdir()
    nodes = [storage, open_storage(url)]
    try:
        opened = await asyncio.gather(
            *(keys_of(node, place, None) for node, place in zip(nodes, places, strict=True)), return_exceptions=True
        )
    finally:
        await nodes[1].close()
    assert [type(one) for one in opened].count(ValueError) == 1, opened
