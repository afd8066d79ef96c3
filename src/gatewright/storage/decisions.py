"""What roles and users were decided about, counted: the raw material of `policy generate` and `policy replay`.

In: decisions of both planes, as they are made. Out: `Record`s by role or user. Law: bounded in memory and in the
database; a decision that is remembered by a cache is not counted again, so that a count is of questions and not of
requests, and the hot path pays nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Float, Integer, String, Text, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.core.identity import PrincipalType
from gatewright.core.trace import Allowance
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision
from gatewright.policy.evaluate import PolicySet
from gatewright.policy.record import Record, record_of
from gatewright.storage.engine import Row
from gatewright.storage.upsert import insert_into

_NEW_A_SECOND = 250  # distinct decisions; whoever asks for ever new ones must not keep the server busy
_WAITING = 2_000
_MOST = 50_000  # rows
_MOST_OF_ONE = 5_000  # rows of one role or user
_RECORDED = frozenset({PrincipalType.USER, PrincipalType.ASSUMED_ROLE})

_Key = tuple[str, str, str, str, str]


class DecisionRow(Row):
    """One action on one resource by one role or user, with one outcome."""

    __tablename__ = "gatewright_decisions"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of what makes it one
    principal: Mapped[str] = mapped_column(String(2_048), index=True)
    unique_id: Mapped[str] = mapped_column(String(128))  # a role made anew under the same name begins anew
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[float] = mapped_column(Float, index=True)
    record: Mapped[str] = mapped_column(Text)


class DecisionLog:
    """The decisions that wait to be written down."""

    def __init__(self) -> None:
        self._waiting: dict[_Key, list[Any]] = {}  # record, count, last_at
        self._allowance = Allowance(_NEW_A_SECOND)
        self.wake: Callable[[], None] | None = None  # told when the first one waits

    def record(self, request: AuthorizationRequest, policies: PolicySet, decision: Decision, pattern: str = "") -> bool:
        """Count one decision; False where there was no room for it, and it should be offered again."""
        caller = request.caller
        if caller.type not in _RECORDED:
            return True
        key = (
            caller.role_arn or caller.arn,
            caller.role_id or caller.user_id,
            request.action,
            request.resource,
            decision.outcome.value,
        )
        known = self._waiting.get(key)
        if known is not None:
            known[1] += 1
            known[2] = request.now
            return True
        if len(self._waiting) >= _WAITING or not self._allowance.take(request.now):
            return False
        self._waiting[key] = [record_of(request, policies, decision, pattern), 1, request.now]
        if self.wake is not None and len(self._waiting) == 1:
            self.wake()
        return True

    @property
    def waits(self) -> bool:
        """Whether anything waits to be written down."""
        return bool(self._waiting)

    def take(self) -> dict[_Key, list[Any]]:
        """Take what waits to be written down."""
        waiting, self._waiting = self._waiting, {}
        return waiting

    def give_back(self, taken: Mapping[_Key, list[Any]]) -> None:
        """Let what could not be written wait again; what does not fit is lost."""
        for key, entry in taken.items():
            known = self._waiting.get(key)
            if known is not None:
                known[1] += entry[1]
            elif len(self._waiting) < _WAITING:
                self._waiting[key] = entry

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting = {}


async def write_decisions(connection: AsyncConnection, taken: Mapping[_Key, list[Any]]) -> None:
    """Add decisions to those that are known."""
    statement = insert_into(connection.dialect.name, DecisionRow.__table__)
    counted = statement.on_conflict_do_update(
        index_elements=[DecisionRow.key],
        set_={
            "count": DecisionRow.__table__.c["count"] + statement.excluded["count"],
            "last_at": statement.excluded.last_at,
        },
    )
    # In one order on every node, so that two that write the same rows cannot wait for each other in a circle.
    rows = sorted((_row(key, *entry) for key, entry in taken.items()), key=lambda row: str(row["key"]))
    await connection.execute(counted, rows)


def _row(key: _Key, record: Record, count: int, last_at: float) -> dict[str, object]:
    return {
        "key": sha256("\n".join(key).encode("utf-8", "replace")).hexdigest(),
        "principal": key[0][:2_048],
        "unique_id": key[1].partition(":")[0][:128],
        "count": count,
        "last_at": last_at,
        "record": msgspec.json.encode(record).decode(),
    }


async def list_decisions(
    session: AsyncSession, principal: str, unique_id: str, after: str, limit: int
) -> tuple[Sequence[Record], str | None]:
    """Return a page of what a role or user was decided about, and the key after which the next page begins."""
    query = (
        select(DecisionRow)
        .where(DecisionRow.principal == principal, DecisionRow.unique_id == unique_id, DecisionRow.key > after)
        .order_by(DecisionRow.key)
        .limit(limit + 1)
    )
    rows = list(await session.scalars(query))
    records = [
        msgspec.structs.replace(msgspec.json.decode(row.record, type=Record), count=row.count, last_at=row.last_at)
        for row in rows[:limit]
    ]
    return records, rows[limit - 1].key if len(rows) > limit else None


async def trim_decisions(connection: AsyncConnection) -> None:
    """Delete the oldest beyond what one role or user may have, and beyond what all may have."""
    crowded = select(DecisionRow.principal).group_by(DecisionRow.principal).having(func.count() > _MOST_OF_ONE)
    for principal in list(await connection.scalars(crowded)):
        await _trim(connection, _MOST_OF_ONE, DecisionRow.principal == principal)
    await _trim(connection, _MOST)


async def _trim(connection: AsyncConnection, most: int, *conditions: Any) -> None:
    newest = select(DecisionRow.last_at).where(*conditions).order_by(DecisionRow.last_at.desc())
    oldest = await connection.scalar(newest.offset(most).limit(1))
    if oldest is not None:
        await connection.execute(delete(DecisionRow).where(*conditions, DecisionRow.last_at <= oldest))
