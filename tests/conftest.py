"""What every test may ask for. Servers are started once per test process and emptied between tests."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gatewright.core.clock import SystemClock
from gatewright.settings import Settings
from tests.chance import choose_profile
from tests.postgres import Cluster, cluster
from tests.running import Running, in_process

choose_profile()


@pytest.fixture(scope="session")
def _product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data: Path = tmp_path_factory.mktemp("data")
    with in_process(Settings(data=data, port=0, dev=True)) as running:
        yield running


@pytest.fixture
def product(_product: Running) -> Running:
    """A running, empty product with `--dev`."""
    _product.reset()
    return _product


@pytest.fixture
def aws(product: Running) -> Callable[..., Any]:
    """Make boto3 clients of the running product: `aws("iam")`."""
    return product.client


@pytest.fixture
def early_in_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the product's clock back to where a step of one-time passwords has just begun.

    So no code that a test has made grows old before it is used: a step would end in one test of a hundred.
    """
    back = max(time.time() % 30 - 1, 0.0)
    monkeypatch.setattr(SystemClock, "now", lambda _: time.time() - back)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running PostgreSQL."""
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """A running, empty product with `--dev` on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("product")
        return
    database = request.getfixturevalue("postgres").fresh()
    with in_process(Settings(data=tmp_path, port=0, dev=True, database=database)) as running:
        yield running
