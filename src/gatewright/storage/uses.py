"""When each long-term access key was last used, without a row per request.

In: a note for every verified request of a long-term key: one entry of a dictionary. Out: rows, written together every
few seconds and when the product stops. What was noted after the last write is lost in a crash, which AWS's own delay of
hours would hide. Source: IAM API reference, `GetAccessKeyLastUsed`.
"""

import asyncio
from typing import Any, NamedTuple

from sqlalchemy import Float, String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.core.log import get_log
from gatewright.storage.engine import Row, Storage
from gatewright.storage.upsert import insert_into

_SECONDS = 5.0
_BATCH = 200  # rows of four values: far below the variables that SQLite takes in one statement
_log = get_log(__name__)


class KeyUse(Row):
    """The last use of one access key."""

    __tablename__ = "storage_key_uses"

    access_key_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    used_at: Mapped[float] = mapped_column(Float)
    service: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(64))


class Use(NamedTuple):
    """When, for which service and in which region a key was used."""

    at: float  # seconds since the epoch
    service: str
    region: str


class Uses:
    """What this worker has seen and not yet written."""

    __slots__ = ("_noted", "_writing")

    def __init__(self) -> None:
        self._noted: dict[str, Use] = {}
        self._writing: dict[str, Use] = {}

    def note(self, access_key_id: str, at: float, service: str, region: str) -> None:
        """Remember a use of a key whose signature was right."""
        self._noted[access_key_id] = Use(at, service, region)

    async def last(self, session: AsyncSession, access_key_id: str) -> Use | None:
        """Return the last use of a key that this worker knows of, None where there is none."""
        row = await session.get(KeyUse, access_key_id, populate_existing=True)
        return self._newest(access_key_id, row)

    async def all(self, session: AsyncSession) -> dict[str, Use]:
        """Return the last use of every key that was used."""
        rows = {row.access_key_id: row for row in await session.scalars(select(KeyUse))}
        found = {key: self._newest(key, rows.get(key)) for key in {*rows, *self._noted, *self._writing}}
        return {key: use for key, use in found.items() if use is not None}

    def _newest(self, access_key_id: str, row: KeyUse | None) -> Use | None:
        known = [self._noted.get(access_key_id), self._writing.get(access_key_id)]
        if row is not None:
            known.append(Use(row.used_at, row.service, row.region))
        return max((use for use in known if use is not None), default=None)

    def clear(self) -> None:
        """Forget everything."""
        self._noted, self._writing = {}, {}

    async def write(self, storage: Storage) -> None:
        """Write what was noted; a key's row is never set back by a worker that is late."""
        if not self._noted:
            return
        self._noted, self._writing = {}, self._noted
        rows = [
            {"access_key_id": key, "used_at": use.at, "service": use.service, "region": use.region}
            for key, use in self._writing.items()
        ]
        try:
            async with storage.writer.begin() as connection:
                for start in range(0, len(rows), _BATCH):
                    await connection.execute(_upsert(storage.dialect), rows[start : start + _BATCH])
            self._writing = {}
        except (SQLAlchemyError, OSError) as error:
            _log.warning("cannot write when access keys were used; trying again", error=type(error).__name__)
        finally:  # also where the write was cancelled, as at the end, when one more follows
            self._noted, self._writing = self._writing | self._noted, {}

    async def keep_writing(self, storage: Storage) -> None:
        """Write every few seconds until cancelled."""
        while True:
            await asyncio.sleep(_SECONDS)
            await self.write(storage)


def _upsert(dialect: str) -> Any:
    insert = insert_into(dialect, KeyUse.__table__)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["access_key_id"],
        set_={"used_at": new.used_at, "service": new.service, "region": new.region},
        where=KeyUse.used_at < new.used_at,
    )
