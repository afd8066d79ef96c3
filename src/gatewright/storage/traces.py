"""Kept requests in the database, so that every worker and node can show what any of them refused.

In: `Kept` values, in batches. Out: one by its id, or a page of them, the newest first. Law: the table is bounded, the
refusals and the successes each by themselves, so that a flood of the one does not push out the other.
"""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Boolean, ColumnElement, Float, Index, Integer, String, Text, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.core.trace import Kept, Step
from gatewright.storage.engine import Row

_LONGEST_PATH = 2_048  # characters
_LONGEST_STEPS = 32_768  # bytes of one row; longer details are left out
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Kept).decode


class RequestRow(Row):
    """One kept request: what it can be found by, and all of it as JSON."""

    __tablename__ = "gatewright_requests"
    __table_args__ = (Index("ix_gatewright_requests_refused_seq", "refused", "seq"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    request_id: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[float] = mapped_column(Float)  # seconds since the epoch
    refused: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[int] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(String(_LONGEST_PATH))
    plane: Mapped[str] = mapped_column(String(64))
    api_id: Mapped[str] = mapped_column(String(64))
    caller: Mapped[str] = mapped_column(String(2_048))
    kept: Mapped[str] = mapped_column(Text)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests are looked for; None and empty: any."""

    refused: bool | None = None
    statuses: tuple[int, int] | None = None  # from, to (inclusive)
    method: str = ""
    path: str = ""
    plane: str = ""
    api_id: str = ""
    caller: str = ""  # a part of the ARN
    since: float = 0.0  # seconds since the epoch
    before: int | None = None  # older than this row


async def write_requests(connection: AsyncConnection, kept: Sequence[Kept]) -> None:
    """Add requests."""
    await connection.execute(insert(RequestRow), [_row(one) for one in kept])


def _row(kept: Kept) -> dict[str, object]:
    return {
        "request_id": _text(kept.request_id, 64),
        "at": kept.at,
        "refused": kept.refused,
        "status": kept.status,
        "method": _text(kept.method, 16),
        "path": _text(kept.path, _LONGEST_PATH),
        "plane": _text(kept.plane, 64),
        "api_id": _text(kept.api_id, 64),
        "caller": _text(kept.caller, 2_048),
        "kept": _written(kept),
    }


def _text(text: str, longest: int) -> str:
    """Return what every database takes: of its length, without NUL, in UTF-8."""
    return text[:longest].replace("\0", "").encode("utf-8", "replace").decode()


def _written(kept: Kept) -> str:
    try:
        text = _encode(kept)
    except (TypeError, ValueError, UnicodeError):
        text = b""
    if not 0 < len(text) <= _LONGEST_STEPS:
        text = _encode(_bare(kept))
    return text.decode()


def _bare(kept: Kept) -> Kept:
    """Return a request without the details of its steps, and without text that cannot be written."""
    steps = tuple(Step(_text(step.name, 64), step.outcome, _text(step.reason, 1_024)) for step in kept.steps[:16])
    members = {
        name: _text(value, _LONGEST_PATH) if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(kept).items()
    }
    return msgspec.structs.replace(kept, **{**members, "steps": steps})


async def find_request(session: AsyncSession, request_id: str) -> Kept | None:
    """Return what is kept of a request."""
    found = await session.scalar(select(RequestRow.kept).where(RequestRow.request_id == request_id).limit(1))
    return None if found is None else _decode(found)


async def list_requests(session: AsyncSession, wanted: Wanted, limit: int) -> tuple[list[Kept], int | None]:
    """Return the newest requests that are wanted, and the row before which the next page begins."""
    query = select(RequestRow.seq, RequestRow.kept).order_by(RequestRow.seq.desc()).limit(limit + 1)
    for condition in _conditions(wanted):
        query = query.where(condition)
    rows = (await session.execute(query)).all()
    more = rows[limit - 1].seq if len(rows) > limit else None
    return [_decode(row.kept) for row in rows[:limit]], more


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.refused is not None:
        yield RequestRow.refused == wanted.refused
    if wanted.statuses is not None:
        yield RequestRow.status.between(*wanted.statuses)
    for column, value in (
        (RequestRow.method, wanted.method),
        (RequestRow.path, wanted.path),
        (RequestRow.plane, wanted.plane),
        (RequestRow.api_id, wanted.api_id),
    ):
        if value:
            yield column == value
    if wanted.caller:
        yield RequestRow.caller.contains(wanted.caller, autoescape=True)
    if wanted.since:
        yield RequestRow.at >= wanted.since
    if wanted.before is not None:
        yield RequestRow.seq < wanted.before


async def trim_requests(connection: AsyncConnection, most: int) -> None:
    """Delete the oldest beyond so many refusals and so many successes."""
    for refused in (True, False):
        of_kind = select(RequestRow.seq).where(RequestRow.refused == refused)
        oldest = await connection.scalar(of_kind.order_by(RequestRow.seq.desc()).offset(most).limit(1))
        if oldest is not None:
            await connection.execute(delete(RequestRow).where(RequestRow.refused == refused, RequestRow.seq <= oldest))
