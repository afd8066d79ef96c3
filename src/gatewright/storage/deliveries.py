"""Which worker delivers what: messages of the outbox are claimed for a while, and settled or put off.

In: the time, and how many a worker can carry. Out: messages that this worker alone has until its lease ends. Law: a
claim is durable before anything is sent, and what became of a message is written down after; a worker that dies in
between leaves a lease that ends, and another worker delivers again. So a message is delivered at least once, and once
where nobody dies. On PostgreSQL claims pass over each other's rows (`SKIP LOCKED`); on SQLite they take turns.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gatewright.storage.engine import Storage
from gatewright.storage.outbox import OutboxRow, Status

LEASE_SECONDS = 15.0  # renewed while a delivery is under way
KEPT_SECONDS = 7 * 86_400.0  # how long finished messages are listed
MOST_KEPT = 10_000

_TABLE: Any = OutboxRow.__table__
_NEXT = select(func.min(OutboxRow.next_attempt_at))


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A message that this worker is to deliver."""

    id: str
    user_pool_id: str
    kind: str
    medium: str
    destination: str
    sealed_message: bytes
    sender: Mapping[str, Any]
    created_at: float
    expires_at: float
    attempts: int  # this one included
    leased_until: float


@asynccontextmanager
async def _writing(storage: Storage) -> AsyncIterator[AsyncConnection]:
    """Open a transaction; on PostgreSQL one that waits for others' rows, or passes them over, and never fails."""
    async with storage.writer.connect() as connection:
        if storage.dialect == "postgresql":
            await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            yield connection


async def next_due(storage: Storage) -> float | None:
    """Return when the next message is due, None where none waits. It asks without a transaction, and so may be late."""
    ((at,),) = await storage.look_up(_NEXT)
    return None if at is None else float(at)


async def claim(storage: Storage, now: float, most: int) -> list[Claim]:
    """Take messages that are due; those that are too late are settled as such.

    The least tried come first: new codes do not wait behind the many that a server which is away has not taken.
    """
    due = (
        select(_TABLE)
        .where(OutboxRow.next_attempt_at <= now)
        .order_by(OutboxRow.attempts, OutboxRow.next_attempt_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    async with _writing(storage) as connection:
        rows = [dict(row) for row in (await connection.execute(due)).mappings()]
        late = [row["id"] for row in rows if row["expires_at"] <= now]
        good = [row for row in rows if row["expires_at"] > now]
        if late:
            await connection.execute(update(_TABLE).where(OutboxRow.id.in_(late)).values(_settled(Status.EXPIRED, now)))
        if good:
            taken = {"attempts": OutboxRow.attempts + 1, "next_attempt_at": now + LEASE_SECONDS}
            await connection.execute(update(_TABLE).where(OutboxRow.id.in_([row["id"] for row in good])).values(taken))
    return [_claim(row, now) for row in good]


def _claim(row: Mapping[str, Any], now: float) -> Claim:
    values = {name: row[name] for name in Claim.__struct_fields__ if name != "leased_until"}
    return Claim(**{**values, "attempts": row["attempts"] + 1, "leased_until": now + LEASE_SECONDS})


def _settled(status: Status, now: float) -> dict[str, Any]:
    return {"status": status, "settled_at": now, "next_attempt_at": None, "sealed_message": None}


async def renew(storage: Storage, claims: Sequence[Claim], now: float) -> list[Claim]:
    """Return the claims for another lease. One that was settled or put off meanwhile stays as it is."""
    until = now + LEASE_SECONDS
    async with _writing(storage) as connection:
        for claimed in claims:
            mine = (OutboxRow.id == claimed.id) & (OutboxRow.next_attempt_at == claimed.leased_until)
            await connection.execute(update(_TABLE).where(mine).values(next_attempt_at=until))
    return [msgspec.structs.replace(claimed, leased_until=until) for claimed in claims]


async def settle(storage: Storage, claimed: Claim, status: Status, now: float, failure: str | None = None) -> None:
    """Write down what became of a message. What it said is deleted, but for one that stays in the local mailbox."""
    values = {**_settled(status, now), "failure": failure}
    if status is Status.MAILBOX:
        del values["sealed_message"]
    await _change(storage, claimed, values)


async def put_off(storage: Storage, claimed: Claim, until: float, failure: str | None) -> None:
    """Give a message back, to be tried again later."""
    await _change(storage, claimed, {"next_attempt_at": until, "failure": failure})


async def _change(storage: Storage, claimed: Claim, values: Mapping[str, Any]) -> None:
    """Change a message, if it is still this worker's: a lease that has ended is somebody else's."""
    mine = (OutboxRow.id == claimed.id) & (OutboxRow.attempts == claimed.attempts)
    async with _writing(storage) as connection:
        await connection.execute(update(_TABLE).where(mine, OutboxRow.next_attempt_at.is_not(None)).values(**values))


async def trim(storage: Storage, now: float) -> None:
    """Delete finished messages that are too old or too many. Nothing that waits is deleted: it expires by itself."""
    async with _writing(storage) as connection:
        await connection.execute(delete(_TABLE).where(OutboxRow.settled_at < now - KEPT_SECONDS))
        settled = select(OutboxRow.settled_at).where(OutboxRow.settled_at.is_not(None))
        oldest = await connection.scalar(settled.order_by(OutboxRow.settled_at.desc()).offset(MOST_KEPT).limit(1))
        if oldest is not None:
            await connection.execute(delete(_TABLE).where(OutboxRow.settled_at <= oldest))
