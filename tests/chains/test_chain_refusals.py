"""What is answered before and beside a method: unknown routes, gateway responses, limits."""

import json

import pytest

from gatewright.gateway.errors import GatewayError
from gatewright.gateway.gateway_responses import STATUS_OF_TYPE
from tests.chains.gateway_world import API, REQUEST_ID, World, answer, customized, mock


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/nothing"),
        ("POST", "/demo"),
        ("GET", "/demo/more"),
        ("GET", "/DEMO"),
        ("GET", "//demo"),
        ("get", "/demo"),
    ],
)
async def test_an_unknown_route_or_verb_is_a_missing_token(world: World, verb: str, path: str) -> None:
    """Recorded from the service."""
    world.deploy({"/demo": [mock()]})
    got = await world.call(verb, path)
    assert (got.status, got.body) == (403, b'{"message":"Missing Authentication Token"}')
    assert got.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("verb", ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])
async def test_any_takes_the_verbs_of_http_and_no_others(world: World, verb: str) -> None:
    world.deploy({"/demo": [mock("ANY")]})
    assert (await world.call(verb, "/demo")).status == 200
    assert (await world.call("TRACE", "/demo")).status == 403
    assert (await world.call("ANY", "/demo")).status == 403


async def test_a_verb_of_its_own_wins_over_any(world: World) -> None:
    world.deploy(
        {"/demo": [mock("ANY", responses=(answer(200, "any"),)), mock("GET", responses=(answer(200, "get"),))]}
    )
    assert (await world.call("GET", "/demo")).body == b"get"
    assert (await world.call("PUT", "/demo")).body == b"any"


async def test_an_unknown_stage_or_api_is_forbidden(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    request = world.request("GET", "/demo")
    for address in ({"stage": "prod"}, {"api": "zzzzzzzzzz"}, {"region": "eu-west-1"}):
        got = await world.send(request, **address)
        assert (got.status, got.body) == (403, b'{"message":"Forbidden"}')
        assert got.header("x-amzn-ErrorType") == "ForbiddenException"
    assert (await world.send(request, region=None)).status == 200


async def test_a_stage_that_is_gone_answers_no_more(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    assert (await world.call("GET", "/demo")).status == 200
    world.stages.put(f"{API}/dev", None)
    assert (await world.call("GET", "/demo")).status == 403


async def test_a_new_deployment_is_seen_at_once(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    assert (await world.call("GET", "/demo")).status == 200
    world.deploy({"/demo": [mock(authorization="AWS_IAM")]})
    assert (await world.call("GET", "/demo")).status == 403


async def test_a_disabled_endpoint_is_forbidden(world: World) -> None:
    world.deploy({"/demo": [mock()]}, disable_execute_api_endpoint=True)
    assert (await world.call("GET", "/demo")).body == b'{"message":"Forbidden"}'


@pytest.mark.parametrize("path", ["/a/../demo", "/%2e%2e/demo", "/demo%00", "/demo\\", "/%zz", "/%ff"])
async def test_a_path_that_can_be_read_in_two_ways_is_a_bad_request(world: World, path: str) -> None:
    world.deploy({"/demo": [mock()], "/{proxy+}": [mock()]})
    got = await world.call("GET", path)
    assert (got.status, got.body) == (400, b'{"message":"Bad Request"}')


async def test_a_failure_of_ours_is_an_internal_server_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy({"/demo": [mock()]})

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("gatewright.gateway.invoke.constant_answer", broken)
    got = await world.call("GET", "/demo")
    assert (got.status, got.body) == (500, b'{"message":"Internal server error"}')
    assert got.header("x-amzn-RequestId") == REQUEST_ID
    assert "secret detail" not in world.sink.reasons


# --- gateway responses


def test_every_type_has_an_error_and_every_error_a_type() -> None:
    def leaves(kind: type[GatewayError]) -> list[type[GatewayError]]:
        return [kind] + [leaf for child in kind.__subclasses__() for leaf in leaves(child)]

    found = {kind.response_type: kind.status for kind in leaves(GatewayError) if kind.response_type}
    assert {**found, "DEFAULT_4XX": None, "DEFAULT_5XX": None} == dict(STATUS_OF_TYPE)
    assert len(STATUS_OF_TYPE) == 21


async def test_a_customized_type_is_answered_with_its_status_headers_and_template(world: World) -> None:
    response = customized(
        "MISSING_AUTHENTICATION_TOKEN",
        status_code="404",
        headers={
            "Access-Control-Allow-Origin": "'*'",
            "X-Path": "context.path",
            "X-Query": "method.request.querystring.q",
        },
        response_templates={
            "application/json": '{"message":$context.error.messageString,"plain":"$context.error.message",'
            '"type":"$context.error.responseType","stage":"$context.stage","id":"$context.requestId",'
            '"color":"$stageVariables.color","q":"$method.request.querystring.q","none":"$context.authorizer.principalId"}'
        },
    )
    world.deploy({"/demo": [mock()]}, gateway_responses=(response,), variables={"color": "blue"})
    got = await world.call("GET", "/nothing", query="q=1")
    assert got.status == 404
    assert got.header("Access-Control-Allow-Origin") == "*"
    assert (got.header("X-Path"), got.header("X-Query")) == ("/dev/nothing", "1")
    assert got.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    assert json.loads(got.body) == {
        "message": "Missing Authentication Token",
        "plain": "Missing Authentication Token",
        "type": "MISSING_AUTHENTICATION_TOKEN",
        "stage": "dev",
        "id": REQUEST_ID,
        "color": "blue",
        "q": "1",
        "none": "",
    }


async def test_the_default_responses_cover_every_type_of_their_class(world: World) -> None:
    world.deploy(
        {"/demo": [mock()], "/broken": [mock(request_templates={"application/json": "{}"})]},
        gateway_responses=(
            customized("DEFAULT_4XX", headers={"X-Class": "'4'"}),
            customized("DEFAULT_5XX", headers={"X-Class": "'5'"}, status_code="503"),
        ),
    )
    refused, broken = await world.call("GET", "/nothing"), await world.call("GET", "/broken")
    assert (refused.status, refused.header("X-Class")) == (403, "4")
    assert refused.body == b'{"message":"Missing Authentication Token"}'
    assert (broken.status, broken.header("X-Class")) == (503, "5")


async def test_a_type_of_its_own_wins_over_the_default(world: World) -> None:
    own = customized("MISSING_AUTHENTICATION_TOKEN", status_code="404")
    world.deploy({"/demo": [mock()]}, gateway_responses=(customized("DEFAULT_4XX", status_code="418"), own))
    assert (await world.call("GET", "/nothing")).status == 404


async def test_accept_chooses_the_gateway_responses_template(world: World) -> None:
    templates = {"application/json": "{}", "application/xml": "<e>$context.error.message</e>"}
    world.deploy({}, gateway_responses=(customized("MISSING_AUTHENTICATION_TOKEN", response_templates=templates),))
    got = await world.call("GET", "/nothing", headers={"accept": "application/xml"})
    assert (got.header("Content-Type"), got.body) == ("application/xml", b"<e>Missing Authentication Token</e>")


async def test_a_customized_refusal_knows_who_was_refused(world: World) -> None:
    template = {"application/json": "$context.identity.userArn"}
    world.deploy(
        {"/demo": [mock(authorization="AWS_IAM")]},
        gateway_responses=(customized("DEFAULT_4XX", response_templates=template),),
    )
    got = await world.call("GET", "/demo", signer=world.session(world.role(policy=None)))
    assert got.body.decode().endswith(":assumed-role/Visitor/visit")
    assert (await world.call("GET", "/demo")).body == b""


async def test_what_breaks_behind_the_authorizer_is_kept_with_its_caller(world: World) -> None:
    broken = mock(authorization="AWS_IAM", request_templates={"application/json": "{}"})
    world.deploy({"/demo": [broken]})
    assert (await world.call("GET", "/demo", signer=world.session(world.role()))).status == 500
    assert world.sink.kept[-1][1].caller.endswith(":assumed-role/Visitor/visit")


@pytest.mark.parametrize("status", ["100", "101", "199"])
async def test_a_status_that_ends_no_request_is_never_sent(world: World, status: str) -> None:
    world.deploy(
        {"/demo": [mock(responses=(answer(int(status), "{}"),))]},
        gateway_responses=(customized("DEFAULT_4XX", status_code=status),),
    )
    assert (await world.call("GET", "/demo")).status == 500
    assert (await world.call("GET", "/nothing")).status == 403


async def test_access_denied_can_be_customized(world: World) -> None:
    template = {"application/json": '{"why":$context.error.messageString}'}
    world.deploy(
        {"/demo": [mock(authorization="AWS_IAM")]},
        gateway_responses=(customized("ACCESS_DENIED", response_templates=template),),
    )
    got = await world.call("GET", "/demo", signer=world.session(world.role(policy=None)))
    assert json.loads(got.body)["why"].startswith("User: ")


async def test_a_value_in_a_gateway_response_is_not_read_again(world: World) -> None:
    template = {"application/json": "$method.request.querystring.q"}
    world.deploy({}, gateway_responses=(customized("MISSING_AUTHENTICATION_TOKEN", response_templates=template),))
    got = await world.call("GET", "/nothing", query="q=%24context.accountId")
    assert got.body == b"$context.accountId"


async def test_a_gateway_response_header_cannot_be_ended_by_a_client(world: World) -> None:
    response = customized(
        "MISSING_AUTHENTICATION_TOKEN", headers={"X-Echo": "method.request.querystring.q", "X-After": "'1'"}
    )
    world.deploy({}, gateway_responses=(response,))
    got = await world.call("GET", "/nothing", query="q=a%0d%0ab")
    assert (got.status, got.header("X-Echo"), got.header("X-After")) == (403, None, "1")


async def test_an_unknown_stage_cannot_be_customized(world: World) -> None:
    world.deploy({}, gateway_responses=(customized("DEFAULT_4XX", status_code="418"),))
    assert (await world.send(world.request("GET", "/x"), stage="prod")).status == 403


async def test_cors_preflight_as_the_console_makes_it(world: World) -> None:
    names = {
        "Access-Control-Allow-Headers": "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
        "Access-Control-Allow-Methods": "'GET,OPTIONS'",
        "Access-Control-Allow-Origin": "'*'",
    }
    declared = {"200": {f"method.response.header.{name}": False for name in names}}
    options = mock("OPTIONS", responses=(answer(200, headers=names),), declared=declared)
    world.deploy({"/demo": [mock(authorization="AWS_IAM"), options]})
    got = await world.call(
        "OPTIONS", "/demo", headers={"origin": "https://a.example", "access-control-request-method": "GET"}
    )
    assert got.status == 200
    assert {name: f"'{got.header(name)}'" for name in names} == names
