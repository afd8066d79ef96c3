"""Fixtures of the chains: raw request in, raw response out."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.chains.gateway_world import World
from tests.running import Running
from tests.services.apigateway.conftest import Api

Call = Callable[..., httpx.Response]


@pytest.fixture
def world() -> World:
    """Return a gateway with nothing deployed."""
    return World()


@pytest.fixture
def api(aws: Callable[..., Any]) -> Api:
    """An API of the running product, with nothing but its root."""
    client = aws("apigateway")
    made = client.create_rest_api(name="pets")
    return Api(made["id"], made["rootResourceId"], client)


@pytest.fixture
def call(api: Api, product: Running) -> Call:
    """Call a stage of the API, by its path address."""

    def request(verb: str, path: str = "", stage: str = "dev", **more: Any) -> httpx.Response:
        return httpx.request(verb, f"{product.endpoint}/_aws/execute-api/{api.id}/{stage}{path}", **more)

    return request
