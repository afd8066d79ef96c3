"""Stages are found, compiled once, and compiled anew when they are published anew."""

import gc
import weakref

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
from gatewright.gateway.live import StageFinder, compile_stage
from gatewright.gateway.map_request import map_parameters, map_request
from gatewright.wire.http import Request

API = ApiSnapshot(api_id="abc", name="MOCK", resources=())


def published(deployment: str) -> PublishedStage:
    return PublishedStage(
        account="000000000000",
        region="us-east-1",
        stage_name="dev",
        deployment_id=deployment,
        variables={},
        frozen=freeze(API),
    )


def test_a_stage_is_compiled_once_until_it_is_published_anew() -> None:
    shelf = {"abc/dev": published("d1")}
    find = StageFinder(shelf)
    first = find("abc", "dev")
    assert first is not None
    assert find("abc", "dev") is first
    shelf["abc/dev"] = published("d2")
    second = find("abc", "dev")
    assert second is not None
    assert second.snapshot.deployment_id == "d2"
    del shelf["abc/dev"]
    assert find("abc", "dev") is None


def test_stages_that_are_gone_are_forgotten() -> None:
    shelf = {"abc/dev": published("d")}
    find = StageFinder(shelf)
    assert find("abc", "dev") is not None
    gone = weakref.ref(shelf["abc/dev"])
    shelf.clear()
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
