"""A pool, its clients, and a look into the outbox."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest
from botocore import UNSIGNED
from sqlalchemy import select, text

from gatewright.storage.keys import load_keys
from gatewright.storage.outbox import OutboxRow, open_message
from tests.running import Running

PASSWORD = "Correct-horse-1"
LAX = {"PasswordPolicy": {"MinimumLength": 8}}


class Sent(msgspec.Struct, frozen=True):
    """A message that waits in the outbox."""

    to: str
    medium: str
    kind: str
    subject: str
    body: str

    @property
    def code(self) -> str:
        """The code in it."""
        found = re.search(r"\b\d{6}\b", self.body)
        assert found is not None, self.body
        return found.group()


class Inside:
    """What a test sees of the product that no client sees."""

    def __init__(self, running: Running) -> None:
        self._running: Any = running

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the product's own thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._running.loop).result(10)

    def sent(self) -> list[Sent]:
        """Return every message of the outbox, the oldest first."""
        return list(self.run(self._sent()))

    async def _sent(self) -> list[Sent]:
        keys = load_keys(self._running.product.settings.data, None)
        async with self._running.product.storage.reading() as session:
            rows = list(await session.scalars(select(OutboxRow).order_by(OutboxRow.created_at)))
        found = []
        for row in rows:
            message = open_message(keys, row.id, row.sealed_message)
            found.append(Sent(row.destination, row.medium, row.kind, message.subject, message.body))
        return found

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self.run(self._count(table)))

    async def _count(self, table: str) -> int:
        async with self._running.product.storage.reading() as session:
            return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)

    def execute(self, statement: str, **values: Any) -> None:
        """Change the database behind the product's back: to make time pass."""
        self.run(self.change(statement, **values))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what is in the database."""
        return list(self.run(self._rows(statement)))

    async def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        async with self._running.product.storage.reading() as session:
            return [tuple(row) for row in await session.execute(text(statement))]

    async def change(self, statement: str, **values: Any) -> None:
        """Do the same from within the product."""
        async with self._running.product.storage.writing() as session:
            await session.execute(text(statement), values)
            await session.commit()


@pytest.fixture
def inside(product: Running) -> Inside:
    return Inside(product)


@pytest.fixture
def idp(aws: Callable[..., Any]) -> Any:
    """The administrator's client."""
    return aws("cognito-idp")


@pytest.fixture
def anyone(aws: Callable[..., Any]) -> Any:
    """The client of whoever signs nothing."""
    return aws("cognito-idp", signature_version=UNSIGNED)


@pytest.fixture
def make_pool(idp: Any) -> Callable[..., str]:
    """Make a pool; returns its id."""

    def make(**settings: Any) -> str:
        answer = idp.create_user_pool(**{"PoolName": "people", "Policies": LAX, **settings})
        return str(answer["UserPool"]["Id"])

    return make


@pytest.fixture
def make_client(idp: Any) -> Callable[..., dict[str, Any]]:
    """Make a client of a pool."""

    def make(pool_id: str, **settings: Any) -> dict[str, Any]:
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
        settings = {"ClientName": "app", "ExplicitAuthFlows": flows, **settings}
        made: dict[str, Any] = idp.create_user_pool_client(UserPoolId=pool_id, **settings)["UserPoolClient"]
        return made

    return make


def attributes(**values: str) -> list[dict[str, str]]:
    """Write attributes as the API has them; `custom__role` is `custom:role`."""
    return [{"Name": name.replace("__", ":"), "Value": value} for name, value in values.items()]


def read(listed: list[dict[str, str]]) -> dict[str, str]:
    """Read attributes that the API lists."""
    return {one["Name"]: one["Value"] for one in listed}
