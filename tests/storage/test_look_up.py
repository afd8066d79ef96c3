"""Rows by their keys, on each database."""

import asyncio

from sqlalchemy import bindparam, insert, select

from gatewright.services.cognito_idp.session_tables import CounterRow
from gatewright.services.cognito_idp.tables import UserPoolRow
from gatewright.storage.engine import Storage

_COUNT = select(CounterRow.count, CounterRow.until).where(CounterRow.scope == bindparam("scope"))
_TABLE = CounterRow.__table__
_ALL = select(_TABLE).where(_TABLE.c.scope == bindparam("scope"))


async def test_a_row_is_found_as_it_is_committed_and_not_before(storage: Storage) -> None:
    assert list(await storage.look_up(_COUNT, scope="a")) == []
    async with storage.writing() as session:
        await session.execute(insert(CounterRow).values(scope="a", count=3, since=1.0, until=2.5))
        assert list(await storage.look_up(_COUNT, scope="a")) == []
        await session.commit()
    assert list(await storage.look_up(_COUNT, scope="a")) == [(3, 2.5)]
    assert list(await storage.look_up(_ALL, scope="a")) == [("a", 3, 1.0, 2.5)]
    assert list(await storage.look_up(_COUNT, scope="' OR 1=1 --")) == []


async def test_many_look_ups_at_once_do_not_disturb_a_writer(storage: Storage) -> None:

    async def write(number: int) -> None:
        async with storage.writing() as session:
            await session.execute(insert(CounterRow).values(scope=f"{number}", count=number, since=0.0, until=0.0))
            await session.commit()

    async def read(number: int) -> None:
        for _ in range(5):
            await storage.look_up(_COUNT, scope=f"{number}")

    await asyncio.gather(*(write(number) for number in range(10)), *(read(number) for number in range(10)))
    assert [list(await storage.look_up(_COUNT, scope=f"{number}")) for number in range(10)] == [
        [(number, 0.0)] for number in range(10)
    ]


async def test_documents_come_as_documents(storage: Storage) -> None:
    columns = UserPoolRow.__table__.c
    row = {"id": "us-east-1_a", "account": "0", "region": "r", "name": "n", "created_at": 0.0, "modified_at": 0.0}
    async with storage.writing() as session:
        documents = {"settings": {"a": [1]}, "schema": [], "mfa": {}, "sessions": {}, "tags": {}}
        await session.execute(insert(UserPoolRow).values(**row, **documents))
        await session.commit()
    found = await storage.look_up(
        select(columns.settings, columns.id).where(columns.id == bindparam("id")), id=row["id"]
    )
    assert list(found) == [({"a": [1]}, "us-east-1_a")]
