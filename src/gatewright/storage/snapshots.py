"""Frozen snapshots in memory, and how workers and nodes follow each other.

A service declares `Publication`s: kinds of snapshots, and how to load one (or all) from its rows. An operation that
changes rows says which keys it changed; in the same transaction these go into the change feed, so a change and its
announcement are acknowledged together or not at all. After the commit the own worker loads them before it answers;
the others follow.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, String, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row, Storage

T = TypeVar("T")

Change = tuple[str, str]  # kind, key
EVERYTHING: Change = ("*", "*")
_KEEP = 10_000  # rows of the feed; whoever is further behind loads everything
_FEW, _SHARE = 50, 0.02  # one by one are loaded so many, and such a share of a shelf; more cost less all together


class ChangeRow(Row):
    """One line of the change feed."""

    __tablename__ = "storage_changes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(1024))


@dataclass(frozen=True, slots=True)
class Publication(Generic[T]):
    """One kind of snapshot, such as `iam.role`, and how it is made from rows."""

    kind: str
    load: Callable[[AsyncSession, str], Awaitable[T | None]]  # key -> snapshot, None where it is gone
    load_all: Callable[[AsyncSession], AsyncIterator[tuple[str, T]]]


class Shelf(Generic[T]):
    """The snapshots of one kind, by key."""

    __slots__ = ("_items", "kind", "removals", "version")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.version = 0  # grows with every change: part of the key of whatever is cached from this shelf
        self.removals = 0  # grows where snapshots were taken away: whoever read a row before must not put it here after
        self._items: dict[str, T] = {}

    def get(self, key: str) -> T | None:
        """Return a snapshot, or None."""
        return self._items.get(key)

    def keys(self) -> list[str]:
        """Return the key of every snapshot."""
        return list(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)

    def put(self, key: str, item: T | None) -> None:
        """Replace a snapshot; None takes it away."""
        self.version += 1
        if item is None:
            self.removals += 1
            self._items.pop(key, None)
        else:
            self._items[key] = item

    def replace(self, items: dict[str, T]) -> None:
        """Replace all snapshots at once."""
        self.version += 1
        self.removals += 1
        self._items = items


class Snapshots:
    """All shelves, and the feed that keeps them current."""

    def __init__(self, storage: Storage, publications: Sequence[Publication[Any]]) -> None:
        self._storage = storage
        self._publications = {publication.kind: publication for publication in publications}
        self._shelves: dict[str, Shelf[Any]] = {kind: Shelf(kind) for kind in self._publications}
        self._seen = 0
        self._turn = asyncio.Lock()

    def shelf(self, kind: str) -> Shelf[Any]:
        """Return the shelf of a kind; a `KeyError` means that no service publishes it."""
        return self._shelves[kind]

    async def load(self) -> None:
        """Fill every shelf from the database: at the start, and where too much was missed."""
        async with self._turn, self._storage.reading() as session:
            self._seen = await session.scalar(select(func.max(ChangeRow.seq))) or 0
            for kind, publication in self._publications.items():
                self._shelves[kind].replace({key: item async for key, item in publication.load_all(session)})

    async def announce(self, session: AsyncSession, changes: Sequence[Change]) -> None:
        """Write changes into the feed, in the transaction that made them."""
        await self._storage.take_turn(session)  # the feed's numbers must be in the order of the commits
        session.add_all([ChangeRow(kind=kind, key=key) for kind, key in changes])
        await session.flush()
        if self._storage.dialect == "postgresql":
            await session.execute(text("NOTIFY gatewright_changes"))

    async def catch_up(self) -> None:
        """Apply what the feed holds and this worker has not seen. Returns when every shelf shows it."""
        async with self._turn, self._storage.reading() as session:
            newer = select(ChangeRow).where(ChangeRow.seq > self._seen).order_by(ChangeRow.seq)
            rows = list(await session.scalars(newer))
            changes = [(row.kind, row.key) for row in rows]
            in_step = not rows or rows[0].seq == self._seen + 1
            if in_step and EVERYTHING not in changes:
                await self._apply(session, changes)
                self._seen = rows[-1].seq if rows else self._seen
                return
        # Everything changed, or there is a gap: the feed was trimmed, or a rollback skipped a number.
        await self.load()

    async def _apply(self, session: AsyncSession, changes: Sequence[Change]) -> None:
        keys: dict[str, dict[str, None]] = {}
        for kind, key in changes:
            keys.setdefault(kind, {})[key] = None
        for kind, publication in self._publications.items():
            await self._apply_to(self._shelves[kind], publication, session, keys.get(kind, {}))

    async def _apply_to(
        self, shelf: Shelf[Any], publication: Publication[Any], session: AsyncSession, keys: Collection[str]
    ) -> None:
        if len(keys) > _FEW + len(shelf) * _SHARE:  # a policy that a thousand roles have
            shelf.replace({key: item async for key, item in publication.load_all(session)})
            return
        for key in keys:
            shelf.put(key, await publication.load(session, key))

    async def trim(self) -> None:
        """Delete lines of the feed that every live worker has long seen."""
        async with self._storage.writing() as session:
            await session.execute(delete(ChangeRow).where(ChangeRow.seq < self._seen - _KEEP))
            await session.commit()
