"""Recorded decisions: counted in memory, added up in the database, bounded in both."""

import pytest
from sqlalchemy import func, select

from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.storage import decisions
from gatewright.storage.decisions import DecisionLog, DecisionRow, list_decisions, trim_decisions, write_decisions
from gatewright.storage.engine import Storage

ROLE = "arn:aws:iam::111122223333:role/r"


def caller(role_id: str = "AROAONE", role: str = ROLE) -> Caller:
    return Caller(
        account="111122223333",
        arn="arn:aws:sts::111122223333:assumed-role/r/s",
        user_id=f"{role_id}:s",
        type=PrincipalType.ASSUMED_ROLE,
        role_arn=role,
        role_id=role_id,
    )


def offer(log: DecisionLog, resource: str, who: Caller | None = None, now: float = 1.0) -> bool:
    request = AuthorizationRequest(who or caller(), "execute-api:Invoke", resource, now=now)
    return log.record(request, PolicySet(), decide(request, PolicySet()))


async def write(storage: Storage, log: DecisionLog) -> None:
    async with storage.writer.begin() as connection:
        await write_decisions(connection, log.take())


async def listed(storage: Storage, unique_id: str = "AROAONE", limit: int = 100) -> dict[str, int]:
    found: dict[str, int] = {}
    after: str | None = ""
    while after is not None:
        async with storage.reading() as session:
            page, after = await list_decisions(session, ROLE, unique_id, after, limit)
        found |= {record.resource: record.count for record in page}
    return found


async def test_the_same_decision_is_one_row_with_a_count(storage: Storage) -> None:
    log = DecisionLog()
    offer(log, "a", now=1.0)
    offer(log, "a", now=2.0)
    await write(storage, log)
    offer(log, "a", now=3.0)
    offer(log, "b", now=3.0)
    await write(storage, log)
    assert await listed(storage) == {"a": 3, "b": 1}
    async with storage.reading() as session:
        (records, _) = await list_decisions(session, ROLE, "AROAONE", "", 10)
    assert {record.resource: (record.first_at, record.last_at) for record in records}["a"] == (1.0, 3.0)


async def test_pages_together_are_everything(storage: Storage) -> None:
    log = DecisionLog()
    for number in range(7):
        offer(log, f"r{number}")
    await write(storage, log)
    assert len(await listed(storage, limit=2)) == 7


async def test_a_role_that_was_made_anew_begins_anew(storage: Storage) -> None:
    log = DecisionLog()
    offer(log, "a", caller("AROAONE"))
    offer(log, "b", caller("AROATWO"))
    await write(storage, log)
    assert await listed(storage, "AROATWO") == {"b": 1}


async def test_the_oldest_of_a_crowded_role_go_first(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "_MOST_OF_ONE", 3)
    log = DecisionLog()
    for number in range(6):
        offer(log, f"r{number}", now=float(number))
    await write(storage, log)
    async with storage.writer.begin() as connection:
        await trim_decisions(connection)
        assert await connection.scalar(select(func.count()).select_from(DecisionRow)) == 3
    assert set(await listed(storage)) == {"r3", "r4", "r5"}


def test_ever_new_decisions_are_not_all_taken_and_are_offered_again() -> None:
    log = DecisionLog()
    taken = [offer(log, f"r{number}") for number in range(400)]
    assert taken.count(True) == 250
    assert offer(log, "r0")  # what is known is counted in any case
    assert offer(log, "r399", now=2.0)


def test_only_roles_and_users_are_recorded() -> None:
    log = DecisionLog()
    root = Caller(account="1", arn="arn:aws:iam::1:root", user_id="1", type=PrincipalType.ACCOUNT)
    assert offer(log, "a", root)
    assert not log.waits
