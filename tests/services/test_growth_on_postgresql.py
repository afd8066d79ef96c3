"""However many users and identities there are, a call reads as many rows of PostgreSQL, by what it says of its plans.

Every statement that a call sends is sent once more, under EXPLAIN ANALYZE, as PostgreSQL plans it when it knows the
values, and as it does for a statement that it has prepared for any. Tables are not read from end to end where that can
be helped, which is what it would do with small ones.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event

from gatewright.services.cognito_idp.pools import estimated_users
from gatewright.settings import Settings
from tests.postgres import Cluster
from tests.running import in_process
from tests.services.crowd import LISTS, QUESTIONS, Crowd, ends_of

MANY = 2_000
MOST = 400  # rows that the statements of a call may touch: pages have up to sixty, and some are looked up in two tables
_COUNTED = 100
_PREPARED = ("SELECT", "UPDATE", "DELETE")

Sent = list[tuple[str, tuple[Any, ...]]]


@pytest.fixture(scope="module")
def crowd(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """Many, whom PostgreSQL has statistics of."""
    settings = Settings(
        data=tmp_path_factory.mktemp("crowd"), port=0, dev=True, sample_successes=0, database=postgres.fresh()
    )
    with pytest.MonkeyPatch.context() as patch, in_process(settings) as running:
        patch.setattr(estimated_users, "COUNTED", _COUNTED)
        crowd = Crowd(running, MANY)
        asyncio.run(_analyze(settings.database))
        yield crowd


async def _analyze(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("ANALYZE")
    await connection.close()


@pytest.fixture
def sent(crowd: Crowd) -> Iterator[Sent]:
    """What a call sends to the database."""
    statements: Sent = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(_PREPARED) and "import_jobs" not in statement:
            statements.append((statement, parameters))

    engine = crowd.running.product.storage.writer.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    return "'{}'".format(str(value).replace("'", "''"))


def _touched(plan: dict[str, Any]) -> float:
    """Return how many rows a plan has read from tables and indexes, and how many it threw away."""
    own = sum(plan.get(name, 0) for name in plan if name.startswith("Rows Removed by"))
    if "Relation Name" in plan or "Index Name" in plan:
        own += plan["Actual Rows"]
    return own * plan["Actual Loops"] + sum(_touched(part) for part in plan.get("Plans", ()))


async def _explained(url: str, statements: Sent, mode: str) -> dict[str, float]:
    """Return how many rows each statement touches under a plan for its values, or for any; nothing is changed."""
    touched = {}
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"SET plan_cache_mode = force_{mode}_plan; SET enable_seqscan = off")
        for number, (statement, parameters) in enumerate(statements):
            values = f"({', '.join(map(_literal, parameters))})" if parameters else ""
            await connection.execute(f"PREPARE question{number} AS {statement}; BEGIN")
            answer = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE question{number}{values}")
            await connection.execute("ROLLBACK")
            touched[f"{number}: {statement}"] = _touched(json.loads(answer)[0]["Plan"])
    finally:
        await connection.close()
    return touched


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("mode", ["custom", "generic"])
def test_a_call_touches_a_page_of_rows_and_no_more(crowd: Crowd, sent: Sent, question: str, mode: str) -> None:
    QUESTIONS[question](crowd)
    touched = asyncio.run(_explained(crowd.running.product.settings.database, sent, mode))
    assert sum(touched.values()) <= MOST, touched


@pytest.mark.parametrize("name", LISTS)
def test_the_last_page_touches_no_more_rows_than_any(crowd: Crowd, sent: Sent, name: str) -> None:
    _, last = ends_of(crowd, LISTS[name])
    sent.clear()
    LISTS[name](crowd, last)
    for mode in ("custom", "generic"):
        touched = asyncio.run(_explained(crowd.running.product.settings.database, sent, mode))
        assert 0 < sum(touched.values()) <= MOST, touched
