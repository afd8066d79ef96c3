"""The outbox: messages to people, from the transaction that made them until they are delivered, and a little longer.

In: a message, in the transaction of what it is about. Out: rows that a worker claims (`deliveries.py`) and that an
administrator lists. Law: what a message says, which may be a code or a password, is sealed, and deleted as soon as the
message has left, is too late, or was given up; what stays is where it went and when. Only in the local mailbox, where
no channel is set up, does the text stay readable. Finished rows are bounded in number and in age.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    and_,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row
from gatewright.storage.keys import SECRETS, Keys
from gatewright.storage.types import Json


class Status(StrEnum):
    """What became of a message."""

    WAITING = "WAITING"  # to be delivered, or to be tried again
    DELIVERED = "DELIVERED"  # the mail server or the gateway has taken it
    MAILBOX = "MAILBOX"  # no channel is set up: it stays here, to be read with `gatewright outbox`
    FAILED = "FAILED"  # refused for good, or given up
    EXPIRED = "EXPIRED"  # what it says was no longer good, or a newer message took its place


class OutboxRow(Row):
    """A message to one person by one medium."""

    __tablename__ = "gatewright_outbox"
    __table_args__ = (Index("ix_gatewright_outbox_listed", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_pool_id: Mapped[str] = mapped_column(String(55), index=True)
    sub: Mapped[str | None] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    medium: Mapped[str] = mapped_column(String(5))  # EMAIL, SMS
    destination: Mapped[str] = mapped_column(Text)
    sealed_message: Mapped[bytes | None] = mapped_column(LargeBinary)  # {"subject": …, "body": …}, context `id`
    sender: Mapped[dict[str, Any]] = mapped_column(Json)  # EmailConfiguration or SmsConfiguration of the pool
    created_at: Mapped[float] = mapped_column(Float)
    expires_at: Mapped[float] = mapped_column(Float)  # what it says is good until then
    status: Mapped[str] = mapped_column(String(9))
    settled_at: Mapped[float | None] = mapped_column(Float, index=True)  # None: it waits
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[float | None] = mapped_column(Float, index=True)  # None: it is settled
    failure: Mapped[str | None] = mapped_column(Text)  # of the last attempt


class Message(msgspec.Struct, frozen=True):
    """What a message says. The body of an e-mail is HTML."""

    subject: str
    body: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a message is for, and how long what it says is good."""

    id: str
    user_pool_id: str
    sub: str | None
    kind: str
    medium: str
    destination: str
    sender: Mapping[str, Any]
    created_at: float
    expires_at: float


def seal_message(keys: Keys, envelope: Envelope, message: Message, *, stays: bool) -> OutboxRow:
    """Return the row of a message that waits, or of one that stays in the local mailbox."""
    return OutboxRow(
        **{name: getattr(envelope, name) for name in Envelope.__struct_fields__ if name != "sender"},
        sender=dict(envelope.sender),
        sealed_message=keys.seal(SECRETS, msgspec.msgpack.encode(message), envelope.id.encode()),
        status=Status.MAILBOX if stays else Status.WAITING,
        settled_at=envelope.created_at if stays else None,
        attempts=0,
        next_attempt_at=None if stays else envelope.created_at,
        failure=None,
    )


def open_message(keys: Keys, message_id: str, sealed: bytes) -> Message:
    """Return what a message says: for whoever delivers it, and for the local mailbox."""
    plain = keys.open(SECRETS, sealed, message_id.encode())
    return msgspec.msgpack.decode(plain, type=Message)


async def replace_waiting(session: AsyncSession, sub: str, medium: str, kinds: Iterable[str], now: float) -> None:
    """Take back what waits for a user and is good for nothing any more, because a newer message says it anew."""
    await session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.sub == sub,
            OutboxRow.medium == medium,
            OutboxRow.kind.in_(list(kinds)),
            OutboxRow.next_attempt_at.is_not(None),
        )
        .values(status=Status.EXPIRED, settled_at=now, next_attempt_at=None, sealed_message=None)
    )


async def forget_messages(session: AsyncSession, *, user_pool_id: str | None = None, sub: str | None = None) -> None:
    """Delete the messages of a pool or of a user: whoever is gone is written to no more."""
    whose = OutboxRow.user_pool_id == user_pool_id if sub is None else OutboxRow.sub == sub
    await session.execute(delete(OutboxRow).where(whose))


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages are looked for; empty: any."""

    to: str = ""  # a part of the destination, in any case
    medium: str = ""
    user_pool_id: str = ""
    status: str = ""
    since: float = 0.0  # seconds since the epoch
    before: tuple[float, str] | None = None  # older than this one: time and id


async def list_messages(session: AsyncSession, wanted: Wanted, limit: int) -> tuple[Sequence[OutboxRow], bool]:
    """Return the newest messages that are wanted, and whether there are more."""
    query = select(OutboxRow).order_by(OutboxRow.created_at.desc(), OutboxRow.id.desc()).limit(limit + 1)
    rows = list(await session.scalars(query.where(*_conditions(wanted))))
    return rows[:limit], len(rows) > limit


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    for column, value in (
        (OutboxRow.medium, wanted.medium),
        (OutboxRow.user_pool_id, wanted.user_pool_id),
        (OutboxRow.status, wanted.status),
    ):
        if value:
            yield column == value
    if wanted.to:
        yield OutboxRow.destination.icontains(wanted.to, autoescape=True)
    if wanted.since:
        yield OutboxRow.created_at >= wanted.since
    if wanted.before is not None:
        at, message_id = wanted.before
        yield or_(OutboxRow.created_at < at, and_(OutboxRow.created_at == at, OutboxRow.id < message_id))
