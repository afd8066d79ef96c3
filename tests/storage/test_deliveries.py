"""Messages of the outbox are claimed by one worker at a time, and what they say does not outlive them."""

import asyncio
import secrets

import pytest
from sqlalchemy import select

from gatewright.storage import deliveries
from gatewright.storage.deliveries import LEASE_SECONDS, claim, next_due, put_off, renew, settle, trim
from gatewright.storage.engine import Storage
from gatewright.storage.keys import Keys
from gatewright.storage.outbox import (
    Envelope,
    Message,
    OutboxRow,
    Status,
    Wanted,
    forget_messages,
    list_messages,
    open_message,
    replace_waiting,
    seal_message,
)

KEYS = Keys(secrets.token_bytes(32))
NOW = 1_700_000_000.0


async def put(storage: Storage, name: str, *, at: float = NOW, good_for: float = 900.0, stays: bool = False) -> None:
    envelope = Envelope(
        id=name,
        user_pool_id="us-east-1_pool",
        sub=f"sub-{name[0]}",
        kind="CustomMessage_SignUp",
        medium="EMAIL",
        destination=f"{name}@example.com",
        sender={"From": "a@example.com"},
        created_at=at,
        expires_at=at + good_for,
    )
    async with storage.writing() as session:
        session.add(seal_message(KEYS, envelope, Message("subject", f"code of {name}"), stays=stays))
        await session.commit()


async def rows(storage: Storage) -> dict[str, OutboxRow]:
    async with storage.reading() as session:
        return {row.id: row for row in await session.scalars(select(OutboxRow))}


async def test_what_is_due_is_claimed_once_until_the_lease_ends(storage: Storage) -> None:
    await put(storage, "a1")
    await put(storage, "b1", at=NOW + 10)
    assert await next_due(storage) == NOW
    (mine,) = await claim(storage, NOW + 1, 8)
    assert (mine.id, mine.attempts, mine.destination) == ("a1", 1, "a1@example.com")
    assert open_message(KEYS, mine.id, mine.sealed_message).body == "code of a1"
    assert await claim(storage, NOW + 2, 8) == []
    (again,) = await claim(storage, NOW + 1 + LEASE_SECONDS, 1)
    assert (again.id, again.attempts) == ("b1", 1)
    (again,) = await claim(storage, NOW + 1 + LEASE_SECONDS, 1)
    assert (again.id, again.attempts) == ("a1", 2)
    await settle(storage, mine, Status.FAILED, NOW + 20)  # whoever was too slow says nothing any more
    assert (await rows(storage))["a1"].status == Status.WAITING
    await settle(storage, again, Status.DELIVERED, NOW + 21)
    assert (await rows(storage))["a1"].status == Status.DELIVERED


async def test_a_new_message_does_not_wait_behind_those_that_were_not_taken(storage: Storage) -> None:
    for number in range(3):
        await put(storage, f"old{number}")
    for claimed in await claim(storage, NOW, 3):
        await put_off(storage, claimed, NOW + 5, "away")
    await put(storage, "new", at=NOW + 60)
    await put(storage, "newer", at=NOW + 61)
    claims = await claim(storage, NOW + 61, 3)
    assert [one.id for one in claims][:2] == ["new", "newer"]


async def test_many_who_claim_at_once_share_the_messages(storage: Storage) -> None:
    for number in range(20):
        await put(storage, f"m{number:02}")
    found = await asyncio.gather(*(claim(storage, NOW, 4) for _ in range(8)))
    rest = await claim(storage, NOW, 20)  # those that were passed over while somebody else looked at them
    names = [one.id for claims in (*found, rest) for one in claims]
    assert sorted(names) == [f"m{number:02}" for number in range(20)]


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.FAILED, Status.EXPIRED])
async def test_what_a_message_says_is_deleted_with_its_last_attempt(storage: Storage, status: Status) -> None:
    await put(storage, "a1")
    (mine,) = await claim(storage, NOW, 1)
    assert (await rows(storage))["a1"].sealed_message is not None
    await settle(storage, mine, status, NOW + 1, "why")
    row = (await rows(storage))["a1"]
    assert (row.status, row.sealed_message, row.next_attempt_at, row.failure) == (status, None, None, "why")
    assert await next_due(storage) is None


async def test_a_lease_is_renewed_while_a_message_is_delivered_and_not_after(storage: Storage) -> None:
    await put(storage, "a1")
    claims = await claim(storage, NOW, 1)
    claims = await renew(storage, claims, NOW + LEASE_SECONDS - 1)
    assert await claim(storage, NOW + LEASE_SECONDS, 1) == []
    await put_off(storage, claims[0], NOW + 20, "busy")
    await renew(storage, claims, NOW + 19)  # begun before it was put off
    claims = await claim(storage, NOW + 20, 1)
    await settle(storage, claims[0], Status.DELIVERED, NOW + 21)
    await renew(storage, claims, NOW + 22)
    assert await next_due(storage) is None


async def test_a_message_that_is_put_off_is_due_then(storage: Storage) -> None:
    await put(storage, "a1")
    (mine,) = await claim(storage, NOW, 1)
    await put_off(storage, mine, NOW + 5, "busy")
    assert await claim(storage, NOW + 4, 1) == []
    assert (await rows(storage))["a1"].failure == "busy"
    (again,) = await claim(storage, NOW + 5, 1)
    assert again.attempts == 2


async def test_a_code_that_is_no_longer_good_is_not_delivered(storage: Storage) -> None:
    await put(storage, "a1", good_for=60)
    assert await claim(storage, NOW + 60, 8) == []
    row = (await rows(storage))["a1"]
    assert (row.status, row.sealed_message) == (Status.EXPIRED, None)


async def test_a_newer_message_takes_the_place_of_one_that_waits(storage: Storage) -> None:
    await put(storage, "a1")
    await put(storage, "a2", stays=True)
    await put(storage, "b1")
    async with storage.writing() as session:
        await replace_waiting(session, "sub-a", "EMAIL", ["CustomMessage_SignUp"], NOW + 1)
        await session.commit()
    found = await rows(storage)
    assert {name: row.status for name, row in found.items()} == {
        "a1": Status.EXPIRED,
        "a2": Status.MAILBOX,
        "b1": Status.WAITING,
    }
    assert found["a1"].sealed_message is None


async def test_finished_messages_are_bounded_in_age_and_number(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(storage, "old", at=NOW - deliveries.KEPT_SECONDS - 1, stays=True)
    await put(storage, "waits", at=NOW - deliveries.KEPT_SECONDS - 1)
    for number in range(6):
        await put(storage, f"k{number}", at=NOW + number, stays=True)
    await trim(storage, NOW)
    assert set(await rows(storage)) == {"waits", *(f"k{number}" for number in range(6))}
    monkeypatch.setattr(deliveries, "MOST_KEPT", 2)
    await trim(storage, NOW)
    assert set(await rows(storage)) == {"waits", "k4", "k5"}


async def test_a_list_is_newest_first_and_goes_on(storage: Storage) -> None:
    for number in range(5):
        await put(storage, f"k{number}", at=NOW + number // 2)
    async with storage.reading() as session:
        first, more = await list_messages(session, Wanted(), 3)
        last = first[-1]
        rest, end = await list_messages(session, Wanted(before=(last.created_at, last.id)), 3)
        some, _ = await list_messages(session, Wanted(to="K3@", status="WAITING", medium="EMAIL", since=NOW + 1), 9)
    assert [row.id for row in (*first, *rest)] == ["k4", "k3", "k2", "k1", "k0"]
    assert (more, end) == (True, False)
    assert [row.id for row in some] == ["k3"]


async def test_messages_of_who_is_gone_are_gone(storage: Storage) -> None:
    await put(storage, "a1")
    await put(storage, "b1")
    async with storage.writing() as session:
        await forget_messages(session, sub="sub-a")
        await session.commit()
    assert set(await rows(storage)) == {"b1"}
