"""An answer that is found is the answer that the steps would have made."""

from itertools import product

import pytest

from gatewright.core.address import StageAddress
from gatewright.gateway.live import LiveMethod
from tests.chains.gateway_world import API, World, answer, mock

TYPES = [None, "application/json", "text/xml", "TEXT/XML; charset=utf-8", "text/plain", "", "text/xml, text/plain"]
METHODS = {
    "/plain": mock(),
    "/chosen": mock(
        request_templates={"application/json": '{"statusCode": 200}', "text/xml": '{"statusCode": 404}'},
        responses=(
            answer(200, templates={"application/json": "{}", "text/xml": "<a/>", "text/plain": "$context.path"}),
            answer(404, "none", pattern="4..", headers={"x-why": "'gone'"}),
        ),
        declared={"404": {"method.response.header.x-why": False}},
    ),
    "/never": mock(passthrough="NEVER"),
    "/rendered": mock(request_templates={"application/json": '{"statusCode": $input.params("code")}'}),
    "/mapped": mock(
        responses=(answer(200, "x", headers={"x-path": "context.path"}),),
        declared={"200": {"method.response.header.x-path": False}},
    ),
    "/unanswered": mock(responses=(answer(500, "x", pattern="5.."),)),
    "/broken": mock(request_templates={"application/json": "no object"}),
}


async def _all(world: World) -> list[object]:
    got: list[object] = []
    for path, content_type, accept in product(METHODS, TYPES, TYPES):
        sent = {"content-type": content_type, "accept": accept}
        headers = {name: value for name, value in sent.items() if value is not None}
        response = await world.call("GET", path, headers=headers, query="code=200")
        got.append((path, content_type, accept, response.status, response.headers, response.body))
    return got


async def test_an_answer_that_is_found_is_the_one_that_would_be_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy({path: [method] for path, method in METHODS.items()})
    found = set()
    for path, content_type in product(METHODS, ("application/json", "text/xml")):
        await world.call("GET", path, query="code=200", headers={"content-type": content_type})
        integration = _methods(world)[path].integration
        if integration is not None and integration.latest is not None and integration.latest[2] is not None:
            found.add(path)
    assert found == {"/plain", "/chosen", "/never"}
    first, second = await _all(world), await _all(world)
    monkeypatch.setattr("gatewright.gateway.invoke.constant_answer", lambda _: None)
    made = await _all(world)
    assert first == made
    assert second == made


async def test_what_was_found_goes_with_the_deployment(world: World) -> None:
    world.deploy({"/demo": [mock(responses=(answer(200, "old"),))]})
    assert (await world.call("GET", "/demo")).body == b"old"
    world.deploy({"/demo": [mock(responses=(answer(200, "new"),))]})
    assert (await world.call("GET", "/demo")).body == b"new"


async def test_clients_cannot_fill_the_memory_with_headers(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    await world.call("GET", "/demo", headers={"accept": "text/html"})
    await world.call("GET", "/demo", headers={"accept": "x" * 200})
    integration = _methods(world)["/demo"].integration
    assert integration is not None
    assert integration.latest is not None
    assert integration.latest[:2] == (None, "text/html")


async def test_the_trace_of_a_found_answer_tells_every_step(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    world.sink.wants_success = True
    await world.call("GET", "/demo")
    names = [step.name for step in world.sink.kept[-1][0].steps]
    assert names == ["find", "match", "authorize", "map_request", "integrate", "map_response", "answer"]


def _methods(world: World) -> dict[str, LiveMethod]:
    stage = world.ports.stages(StageAddress(API, "dev", "", "/dev", "x"))
    assert stage is not None
    return {method.resource.path: method for method in stage._methods.values()}
