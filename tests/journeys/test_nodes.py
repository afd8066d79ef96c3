"""Several workers, and several nodes on one PostgreSQL: what one acknowledged, all enforce, and soon."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from gatewright.wire.sigv4.sign import Credentials, sign
from tests.journeys import story
from tests.postgres import Cluster
from tests.running import Command, Running

# The design's bound is 100 ms; a loaded test machine may be slower than a clock is patient.
PATIENCE = 60.0
ROLE = "visitors"


def _build(running: Running) -> tuple[str, str]:
    """Build the guarded API and its visitors; returns the ids of the API and of the pool."""
    api = story.guarded_mock(running.client("apigateway"))
    pool = story.create_pool(running.client)
    story.create_visitors(running.client, pool, story.invoke_policy(running.region, running.account, api), ROLE)
    return api, pool


def _visitor(running: Running, pool: str) -> Credentials:
    given = story.visit(running.client, pool)
    return Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])


def _call(running: Running, api: str, credentials: Credentials | None = None) -> httpx.Response:
    url = f"{running.endpoint}/_aws/execute-api/{api}/dev/demo"
    headers = {}
    if credentials is not None:
        headers = sign("GET", url, [], b"", credentials, "execute-api", running.region, time.time())
    return httpx.get(url, headers=headers)


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
    api, pool = _build(here)
    _becomes(lambda: _call(there, api).status_code, 403)
    app = _visitor(here, pool)
    _becomes(lambda: _call(there, api, app).status_code, 200)
    assert _call(here, api, app).json() == story.GREETING
    assert _visitor(there, pool).session_token != app.session_token


def test_a_permission_that_is_taken_away_is_gone_everywhere(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    api, pool = _build(here)
    app = _visitor(here, pool)
    _becomes(lambda: _call(there, api, app).status_code, 200)
    here.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="invoke")
    _becomes(lambda: _call(there, api, app).status_code, 403)


def test_a_role_that_is_deleted_ends_its_sessions_everywhere(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    api, pool = _build(here)
    app = _visitor(here, pool)
    _becomes(lambda: _call(there, api, app).status_code, 200)
    iam = here.client("iam")
    iam.delete_role_policy(RoleName=ROLE, PolicyName="invoke")
    iam.delete_role(RoleName=ROLE)
    _becomes(lambda: _call(there, api, app).status_code, 403)
    answer = _call(there, api, app)
    assert answer.headers["x-amzn-errortype"] == "UnrecognizedClientException"


def test_emptying_one_empties_the_other(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    api, _ = _build(here)
    _becomes(lambda: _call(there, api).status_code, 403)
    here.reset()
    begun = time.monotonic()
    while there.client("apigateway").get_rest_apis()["items"] or b"Forbidden" not in _call(there, api).content:
        assert time.monotonic() - begun < PATIENCE
