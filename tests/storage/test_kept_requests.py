"""Kept requests in the database: found, filtered, paged, bounded; and the journal that writes them."""

import pytest
from sqlalchemy.exc import SQLAlchemyError

from gatewright.core.trace import Kept, Outcome, Step, Traces
from gatewright.storage.decisions import DecisionLog
from gatewright.storage.engine import Storage
from gatewright.storage.journal import Journal
from gatewright.storage.traces import Wanted, find_request, list_requests, trim_requests, write_requests


def kept(number: int, *, refused: bool = True, **more: object) -> Kept:
    step = Step("authorize", Outcome.REFUSED if refused else Outcome.PASSED, "because", {"resource": "r"})
    members: dict[str, object] = {"method": "GET", "host": "h", "path": "/p", "status": 403 if refused else 200}
    return Kept(request_id=f"r{number}", at=float(number), steps=(step,), **{**members, **more})  # type: ignore[arg-type]


async def write(storage: Storage, *requests: Kept) -> None:
    async with storage.writer.begin() as connection:
        await write_requests(connection, requests)


async def ids(storage: Storage, limit: int = 100, **wanted: object) -> list[str]:
    async with storage.reading() as session:
        found, _ = await list_requests(session, Wanted(**wanted), limit)  # type: ignore[arg-type]
    return [one.request_id for one in found]


async def test_a_request_is_found_as_it_was_kept(storage: Storage) -> None:
    await write(storage, kept(1, caller="arn:aws:iam::1:user/me"))
    async with storage.reading() as session:
        assert await find_request(session, "r1") == kept(1, caller="arn:aws:iam::1:user/me")
        assert await find_request(session, "r2") is None


async def test_the_newest_come_first_and_pages_go_on(storage: Storage) -> None:
    await write(storage, *(kept(number) for number in range(5)))
    async with storage.reading() as session:
        first, before = await list_requests(session, Wanted(), 2)
        second, _ = await list_requests(session, Wanted(before=before), 2)
        last, end = await list_requests(session, Wanted(), 5)
    assert [one.request_id for one in (*first, *second)] == ["r4", "r3", "r2", "r1"]
    assert (len(last), end) == (5, None)


async def test_requests_are_filtered_by_all_that_is_asked(storage: Storage) -> None:
    await write(
        storage,
        kept(1, api_id="a", caller="arn:aws:iam::1:user/mary"),
        kept(2, refused=False, api_id="a", caller="arn:aws:iam::1:user/jo_n"),
        kept(3, api_id="b", status=500, plane="iam", caller="arn:aws:iam::1:user/joan"),
    )
    assert await ids(storage, refused=True) == ["r3", "r1"]
    assert await ids(storage, statuses=(400, 499)) == ["r1"]
    assert await ids(storage, api_id="a") == ["r2", "r1"]
    assert await ids(storage, plane="iam") == ["r3"]
    assert await ids(storage, caller="mary") == ["r1"]
    assert await ids(storage, caller="jo_n") == ["r2"]  # no wildcard of the database
    assert await ids(storage, since=2.0) == ["r3", "r2"]


async def test_the_table_is_bounded_and_one_kind_does_not_push_out_the_other(storage: Storage) -> None:
    await write(storage, kept(0), *(kept(number, refused=False) for number in range(1, 30)))
    async with storage.writer.begin() as connection:
        await trim_requests(connection, 10)
    assert len(await ids(storage, refused=False)) == 10
    assert await ids(storage, refused=True) == ["r0"]


async def test_what_no_database_would_take_is_written_all_the_same(storage: Storage) -> None:
    odd = kept(1, path="/\0" + "x" * 5_000, method="M" * 40, caller="c" * 3_000, api_id="\udcff")
    huge = kept(2, caller="é")
    huge = Kept(
        **{name: getattr(huge, name) for name in Kept.__struct_fields__ if name != "steps"},
        steps=(Step("authorize", Outcome.REFUSED, "because", {"text": "x" * 100_000}),),
    )
    await write(storage, odd, huge)
    assert await ids(storage) == ["r2", "r1"]
    async with storage.reading() as session:
        found = await find_request(session, "r2")
    assert found is not None
    assert found.steps[0].details == {}


async def test_the_journal_writes_what_waits_and_nothing_twice(storage: Storage) -> None:
    traces = Traces()
    journal = Journal(storage, traces, DecisionLog(), 100)
    traces.keep(kept(1))
    await journal.flush()
    await journal.flush()
    assert await ids(storage) == ["r1"]
    await journal.close()


async def test_what_waits_is_written_at_the_end(storage: Storage) -> None:
    traces = Traces()
    journal = Journal(storage, traces, DecisionLog(), 100)
    traces.keep(kept(1))
    await journal.close()
    assert await ids(storage) == ["r1"]


async def test_a_database_that_is_away_costs_no_request(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise SQLAlchemyError("away")

    traces = Traces()
    journal = Journal(storage, traces, DecisionLog(), 100)
    traces.keep(kept(1))
    with monkeypatch.context() as patch:
        patch.setattr("gatewright.storage.journal.write_requests", away)
        with pytest.raises(SQLAlchemyError):
            await journal.flush()
    traces.keep(kept(2))
    await journal.flush()
    assert await ids(storage) == ["r2", "r1"]
    await journal.close()


async def test_a_reset_forgets_what_waits(storage: Storage) -> None:
    traces = Traces()
    journal = Journal(storage, traces, DecisionLog(), 100)
    traces.keep(kept(1))
    await journal.clear()
    await journal.flush()
    assert await ids(storage) == []
    assert traces.find("r1") is None
    await journal.close()
