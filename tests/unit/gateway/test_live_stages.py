"""Stages are found, compiled once, and compiled anew when they are published anew."""

import gc
import weakref

import pytest

from gatewright.core.address import StageAddress
from gatewright.core.trace import Trace
from gatewright.gateway.authorize import Authorized
from gatewright.gateway.deployment import (
    ApiSnapshot,
    Integration,
    Method,
    PublishedStage,
    Resource,
    StageSnapshot,
    freeze,
)
from gatewright.gateway.errors import MissingAuthenticationToken
from gatewright.gateway.live import StageFinder, compile_stage
from gatewright.gateway.map_request import map_parameters, map_request
from gatewright.storage.snapshots import Shelf
from gatewright.wire.http import Request

API = ApiSnapshot(api_id="abc", name="MOCK", resources=())
ROOT = ApiSnapshot(
    api_id="abc",
    name="MOCK",
    resources=(
        Resource(id="r", path="/", methods={"GET": Method(http_method="GET", integration=Integration(type="MOCK"))}),
    ),
)
ADDRESS = StageAddress("abc", "dev", "", "/dev", "x")


def shelf_of(stage: PublishedStage) -> Shelf[PublishedStage]:
    shelf: Shelf[PublishedStage] = Shelf("apigateway.stage")
    shelf.put("abc/dev", stage)
    return shelf


def published(deployment: str, api: ApiSnapshot = API) -> PublishedStage:
    return PublishedStage(
        account="000000000000",
        region="us-east-1",
        stage_name="dev",
        deployment_id=deployment,
        variables={},
        frozen=freeze(api),
    )


def test_a_stage_is_compiled_once_until_it_is_published_anew() -> None:
    shelf = shelf_of(published("d1"))
    find = StageFinder(shelf)
    first = find(ADDRESS)
    assert first is not None
    assert find(ADDRESS) is first
    shelf.put("abc/dev", published("d2"))
    second = find(ADDRESS)
    assert second is not None
    assert second.snapshot.deployment_id == "d2"
    shelf.put("abc/dev", None)
    assert find(ADDRESS) is None


def test_an_address_that_led_somewhere_leads_to_what_is_deployed_now() -> None:
    shelf = shelf_of(published("d1", ROOT))
    find = StageFinder(shelf)
    address = StageAddress("abc", "dev", "", "/dev", "x")
    request = Request("GET", "/dev")
    for deployment in ("d1", "d2", "d3"):
        shelf.put("abc/dev", published(deployment, ROOT))
        for _ in range(2):
            stage = find(address)
            assert stage is not None
            assert stage.snapshot.deployment_id == deployment
            assert stage.match(request, address, Trace("r")).route.stage is stage
    shelf.put("abc/other", published("d4"))
    assert find(address) is stage
    with pytest.raises(MissingAuthenticationToken):
        stage.match(Request("PUT", "/dev"), address, Trace("r"))
    assert stage.match(request, address, Trace("r")).verb == "GET"
    shelf.replace({})
    assert find(address) is None


def test_what_an_address_led_to_in_one_stage_is_not_taken_for_another() -> None:
    address = StageAddress("abc", "dev", "", "/dev", "x")
    one, other = (compile_stage(published(name, ROOT).snapshot) for name in ("d1", "d2"))
    for stage in (one, other, one):
        assert stage.match(Request("GET", "/dev"), address, Trace("r")).stage is stage


def test_stages_that_are_gone_are_forgotten() -> None:
    stage = published("d")
    shelf = shelf_of(stage)
    assert StageFinder(shelf)(ADDRESS) is not None
    gone = weakref.ref(stage)
    shelf.put("abc/dev", None)
    del stage
    gc.collect()
    assert gone() is None


def test_request_parameters_are_mapped_and_overridden_for_integrations_that_send_them() -> None:
    template = (
        '#set($context.requestOverride.header.x-two = ["over", "there"])'
        '#set($context.requestOverride.querystring.many = ["1", "2"])'
        '#set($context.requestOverride.path.p = "9")'
        '{"statusCode":200}'
    )
    integration = Integration(
        type="MOCK",
        request_templates={"application/json": template},
        request_parameters={
            "integration.request.header.X-One": "method.request.querystring.q",
            "integration.request.header.X-Two": "'mapped'",
            "integration.request.querystring.all": "method.request.multivaluequerystring.q",
            "integration.request.path.p": "method.request.path.id",
            "integration.request.header.X-None": "method.request.header.nothing",
        },
    )
    method = Method(http_method="GET", integration=integration)
    stage = compile_stage(
        StageSnapshot(
            account="000000000000",
            region="us-east-1",
            stage_name="dev",
            deployment_id="d",
            api=ApiSnapshot(
                api_id="abc", name="x", resources=(Resource(id="r", path="/{id}", methods={"GET": method}),)
            ),
        )
    )
    request = Request("GET", "/dev/7", "q=1&q=2", request_id="0a1b2c3d-0000-4000-8000-000000000001")
    address = StageAddress("abc", "dev", "/7", "/dev", "abc.execute-api.us-east-1.localhost")
    authorized = Authorized(stage.match(request, address, Trace("r")), address, None)
    outgoing = map_request(authorized)
    assert map_parameters(authorized, outgoing.integration) == {
        "header.X-One": ("2",),
        "header.x-two": ("over", "there"),
        "querystring.many": ("1", "2"),
        "querystring.all": ("1", "2"),
        "path.p": ("9",),
    }
