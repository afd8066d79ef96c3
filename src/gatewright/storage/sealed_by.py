"""Which master keys have sealed what a database holds: the lock on a key that was lost or swapped.

In: a database and the place of the master key. Out: `Keys` that belong to this database. Law: a database that was
sealed is never opened with none of its keys, and no new key is made beside it, because what was sealed would be lost
without a word and what is written next could not be told from it. The database holds a key's id, never a key.
"""

from pathlib import Path

from sqlalchemy import String, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row, Storage
from gatewright.storage.keys import Keys, load_keys

_LOCK = 45_661  # PostgreSQL advisory lock: nodes that start together must not each make a key


class SealedBy(Row):
    """A master key that seals, or has sealed, rows of this database."""

    __tablename__ = "storage_sealed_by"

    key_id: Mapped[str] = mapped_column(String(8), primary_key=True)


async def keys_of(storage: Storage, directory: Path, variable: str | None) -> Keys:
    """Return the master keys, having made the first one where the database is new.

    Raises:
        ValueError: the key is missing, malformed, or not one that this database was sealed with.
    """
    async with storage.writer.connect() as connection:
        if storage.dialect == "postgresql":
            await connection.execution_options(isolation_level="READ COMMITTED")
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        known = set(await connection.scalars(select(SealedBy.key_id)))
        keys = load_keys(directory, variable, make=not known)
        if known and not known & keys.ids:
            where = "GATEWRIGHT_MASTER_KEY" if variable else str(directory / "master.key")
            raise ValueError(
                f"the database was sealed with another master key than that of {where}; bring the right one back "
                "(it may stand behind the new one, after a blank)"
            )
        if keys.current_id not in known:
            await connection.execute(SealedBy.__table__.insert(), {"key_id": keys.current_id})  # type: ignore[attr-defined]
            await connection.commit()
    return keys


async def remember(session: AsyncSession, keys: Keys) -> None:
    """Write down the current key of a database that was emptied; the caller commits."""
    session.add(SealedBy(key_id=keys.current_id))
