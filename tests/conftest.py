"""What every test may ask for. Servers are started once per test process and emptied between tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running PostgreSQL."""
    with cluster() as running:
        yield running
