"""Several workers, and several nodes on one PostgreSQL: what one acknowledged, all enforce, and soon."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster
from tests.running import Command, Running
from tests.story import HELLO, build, call, visitor

# The design's bound is 100 ms; a loaded test machine may be slower than a clock is patient.
PATIENCE = 5.0


def _becomes(answers: Callable[[], int], status: int) -> float:
    """Return after how long an answer has this status thirty times in a row, which reaches every worker."""
    begun = time.monotonic()
    in_a_row = 0
    while in_a_row < 30:
        in_a_row = in_a_row + 1 if answers() == status else 0
        assert time.monotonic() - begun < PATIENCE
    return time.monotonic() - begun


@pytest.fixture(params=["workers", "nodes"])
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    """Two places to ask: the same two workers on SQLite, or two servers on one PostgreSQL."""
    if request.param == "workers":
        with Command(tmp_path, "--dev", "--workers", "2") as server:
            yield Running(server.port), Running(server.port)
        return
    postgres: Cluster = request.getfixturevalue("postgres")
    url = postgres.fresh()
    environ = {"GATEWRIGHT_MASTER_KEY": "5e" * 32}
    with (
        Command(tmp_path / "one", "--dev", "--database", url, environ=environ) as one,
        Command(tmp_path / "two", "--dev", "--database", url, environ=environ) as two,
    ):
        yield Running(one.port), Running(two.port)


def test_the_whole_story_holds_on_every_worker_and_node(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    story = build(here)
    _becomes(lambda: call(there, story.api_id).status_code, 403)
    app = visitor(here, story.pool_id)
    _becomes(lambda: call(there, story.api_id, app).status_code, 200)
    assert call(here, story.api_id, app).json() == HELLO
    assert visitor(there, story.pool_id).session_token != app.session_token


def test_a_permission_that_is_taken_away_is_gone_everywhere(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    story = build(here)
    app = visitor(here, story.pool_id)
    _becomes(lambda: call(there, story.api_id, app).status_code, 200)
    here.client("iam").delete_role_policy(RoleName="visitors", PolicyName="invoke")
    _becomes(lambda: call(there, story.api_id, app).status_code, 403)


def test_a_role_that_is_deleted_ends_its_sessions_everywhere(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    story = build(here)
    app = visitor(here, story.pool_id)
    _becomes(lambda: call(there, story.api_id, app).status_code, 200)
    iam = here.client("iam")
    iam.delete_role_policy(RoleName="visitors", PolicyName="invoke")
    iam.delete_role(RoleName="visitors")
    _becomes(lambda: call(there, story.api_id, app).status_code, 403)
    answer = call(there, story.api_id, app)
    assert answer.headers["x-amzn-errortype"] == "UnrecognizedClientException"


def test_emptying_one_empties_the_other(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    story = build(here)
    _becomes(lambda: call(there, story.api_id).status_code, 403)
    here.reset()
    begun = time.monotonic()
    while there.client("apigateway").get_rest_apis()["items"] or b"Forbidden" not in call(there, story.api_id).content:
        assert time.monotonic() - begun < PATIENCE
