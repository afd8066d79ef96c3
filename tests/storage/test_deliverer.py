"""The task that delivers, on both databases: it tries again ever more rarely, and ends."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gatewright.control.outbox.deliverer import MOST_ATTEMPTS, Deliverer, wait_after
from gatewright.settings import Settings
from gatewright.storage.engine import Storage
from gatewright.storage.keys import Keys
from gatewright.storage.outbox import OutboxRow, Status
from tests.storage.test_deliveries import KEYS, NOW, put, rows

PATIENCE = 60.0


class Clock:
    """A clock that a test sets."""

    at = NOW

    def now(self) -> float:
        return self.at


class Post:
    """A deliverer at work, whose mail server is away."""

    def __init__(self, storage: Storage, directory: Path) -> None:
        self.storage = storage
        self.clock = Clock()
        self.settings = Settings(data=directory, smtp_url="smtp://127.0.0.1:9", mail_from="a@example.com")
        self.deliverer = Deliverer(storage, KEYS, self.clock, self.settings)

    async def until(self, reached: Callable[[OutboxRow], bool], name: str = "a1") -> OutboxRow:
        """Return a message once something is so of it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                row = (await rows(self.storage))[name]
                if reached(row):
                    return row
                self.deliverer.wake()
                await asyncio.sleep(0.02)


@pytest.fixture
async def post(storage: Storage, tmp_path: Path) -> AsyncIterator[Post]:
    made = Post(storage, tmp_path)
    task = asyncio.get_running_loop().create_task(made.deliverer.keep_delivering())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_the_waits_grow_to_an_hour_and_two_and_a_half_hours_in_all() -> None:
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert waits[:4] == [5.0, 10.0, 20.0, 40.0]
    assert waits == sorted(waits)
    assert max(waits) == 3_600.0
    assert 2 * 3_600 < sum(waits) < 3 * 3_600


async def test_what_is_never_taken_is_given_up_visibly(post: Post) -> None:
    await put(post.storage, "a1", good_for=86_400)
    for attempt in range(1, MOST_ATTEMPTS):
        again = post.clock.at + wait_after(attempt)
        row = await post.until(lambda row, again=again: row.next_attempt_at == again)  # type: ignore[misc]
        assert (row.attempts, row.sealed_message is None) == (attempt, False)
        assert row.failure is not None
        post.clock.at = again
    row = await post.until(lambda row: row.settled_at is not None)
    assert (row.status, row.sealed_message, row.attempts) == (Status.FAILED, None, MOST_ATTEMPTS)
    assert row.failure is not None
    assert row.failure.startswith(f"given up after {MOST_ATTEMPTS} attempts: the mail server could not be used")


async def test_what_would_come_too_late_is_not_tried_again(post: Post) -> None:
    await put(post.storage, "a1", good_for=5)
    row = await post.until(lambda row: row.settled_at is not None)
    assert (row.status, row.attempts) == (Status.EXPIRED, 1)


async def test_what_a_lost_key_has_sealed_is_given_up(storage: Storage, tmp_path: Path) -> None:
    post = Post(storage, tmp_path)
    other = Deliverer(storage, Keys(secrets.token_bytes(32)), post.clock, post.settings)
    await put(storage, "a1")
    task = asyncio.get_running_loop().create_task(other.keep_delivering())
    row = await post.until(lambda row: row.settled_at is not None)
    task.cancel()
    assert row.status == Status.FAILED
    assert "master key" in str(row.failure)


async def test_who_stops_gives_back_what_is_not_finished(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatewright.control.outbox.deliverer._FINISH_SECONDS", 0.1)
    silent = await asyncio.start_server(lambda *_: asyncio.sleep(PATIENCE), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    post = Post(storage, tmp_path)
    settings = Settings(data=tmp_path, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="a@example.com")
    deliverer = Deliverer(storage, KEYS, post.clock, settings)
    await put(storage, "a1")
    task = asyncio.get_running_loop().create_task(deliverer.keep_delivering())
    await post.until(lambda row: row.attempts == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    silent.close()
    row = (await rows(storage))["a1"]
    assert (row.status, row.next_attempt_at, row.failure) == (Status.WAITING, NOW, "the server stopped")


async def test_what_waits_when_the_channel_is_gone_stays_in_the_mailbox(storage: Storage, tmp_path: Path) -> None:
    post = Post(storage, tmp_path)
    deliverer = Deliverer(storage, KEYS, post.clock, Settings(data=tmp_path))
    await put(storage, "a1")
    task = asyncio.get_running_loop().create_task(deliverer.keep_delivering())
    row = await post.until(lambda row: row.settled_at is not None)
    task.cancel()
    assert row.status == Status.MAILBOX
    assert row.sealed_message is not None
