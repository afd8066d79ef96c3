"""Gateway responses as they are customized with boto3 and met over a socket; refusals that a browser page can read."""

import time
from typing import Any

import httpx
import pytest

from gatewright.gateway import gateway_responses
from gatewright.gateway.deployment import GatewayResponse
from gatewright.gateway.errors import GatewayError
from gatewright.gateway.expressions import Sources
from gatewright.gateway.gateway_responses import STATUS_OF_TYPE, compile_gateway_responses
from gatewright.gateway.parameters import Parameters
from gatewright.wire.http import Request
from gatewright.wire.sigv4.sign import Credentials, sign
from tests.chains.conftest import Call
from tests.chains.gateway_world import World, customized, mock
from tests.journeys import story
from tests.running import Running
from tests.services.apigateway.conftest import Api

ORIGIN = {"Origin": "https://app.example"}
CORS = {
    "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
    "gatewayresponse.header.Access-Control-Allow-Headers": "'*'",
}
TEMPLATE = {"application/json": '{"type":"$context.error.responseType","message":$context.error.messageString}'}


def signed(product: Running, api: Api, signer: Credentials, path: str = "/iam", **more: Any) -> httpx.Response:
    """Call with a signature."""
    url = f"{product.endpoint}/_aws/execute-api/{api.id}/dev{path}"
    at = more.pop("at", time.time())
    return httpx.get(url, headers=sign("GET", url, [], b"", signer, "execute-api", product.region, at))


def visitor(aws: Any, policy: str | None = None) -> Credentials:
    """Be a visitor of a pool, whose role has this policy."""
    pool = story.create_pool(aws)
    story.create_visitors(aws, pool, policy)
    keys = story.visit(aws, pool)
    return Credentials(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"])


def test_cors_headers_on_default_4xx_let_a_page_read_every_refusal(
    api: Api, call: Call, product: Running, aws: Any
) -> None:
    """As the console's "Enable CORS" with "Default 4XX" and "Default 5XX" ticked."""
    api.mock(api.resource("iam"), authorizationType="AWS_IAM")
    broken = api.mock(api.resource("broken"))
    change = {"op": "replace", "path": "/requestTemplates/application~1json", "value": "{}"}
    api.client.update_integration(**broken, patchOperations=[change])
    for response_type in ("DEFAULT_4XX", "DEFAULT_5XX"):
        api.client.put_gateway_response(restApiId=api.id, responseType=response_type, responseParameters=CORS)
    api.deploy()
    refusals = [
        (call("GET", "/iam", headers=ORIGIN), 403, "Missing Authentication Token"),
        (call("GET", "/nothing", headers=ORIGIN), 403, "Missing Authentication Token"),
        (call("GET", "/broken", headers=ORIGIN), 500, "Internal server error"),
        (call("POST", "/iam", headers=ORIGIN, content=b"x" * (10 * 2**20 + 1)), 413, "Request Too Long"),
        (signed(product, api, visitor(aws)), 403, "User: arn:aws:sts::"),
        (signed(product, api, Credentials("AKIAUNKNOWN", "x")), 403, "The security token included"),
    ]
    for answer, status, message in refusals:
        assert answer.status_code == status
        assert message in answer.text
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Allow-Headers"] == "*"


def test_every_type_that_can_happen_here_is_answered_as_it_is_customized(
    api: Api, call: Call, product: Running, aws: Any
) -> None:
    api.mock(api.resource("iam"), authorizationType="AWS_IAM")
    json_only = api.mock(api.resource("json"), "POST")
    never = {"op": "replace", "path": "/passthroughBehavior", "value": "NEVER"}
    reads = {"op": "replace", "path": "/requestTemplates/application~1json", "value": "$input.json('$.a')"}
    api.client.update_integration(**json_only, patchOperations=[never, reads])
    unmatched = api.mock(api.resource("unmatched"))
    pattern = {"op": "replace", "path": "/selectionPattern", "value": "404"}
    api.client.update_integration_response(**unmatched, statusCode="200", patchOperations=[pattern])
    statuses = {name: str(410 + index) for index, name in enumerate(sorted(STATUS_OF_TYPE))}
    for response_type, status in statuses.items():
        api.client.put_gateway_response(
            restApiId=api.id, responseType=response_type, statusCode=status, responseTemplates=TEMPLATE
        )
    api.deploy()
    key = visitor(aws)
    answers = {
        "MISSING_AUTHENTICATION_TOKEN": call("GET", "/iam"),
        "ACCESS_DENIED": signed(product, api, key),
        "INVALID_SIGNATURE": signed(product, api, key, at=time.time() - 3_600),
        "UNSUPPORTED_MEDIA_TYPE": call("POST", "/json", headers={"Content-Type": "text/plain"}, content="x"),
        "BAD_REQUEST_BODY": call("POST", "/json", headers={"Content-Type": "application/json"}, content="{"),
        "REQUEST_TOO_LARGE": call("POST", "/json", content=b"x" * (10 * 2**20 + 1)),
        "API_CONFIGURATION_ERROR": call("GET", "/unmatched"),
    }
    assert {name: str(answer.status_code) for name, answer in answers.items()} == {
        name: statuses[name] for name in answers
    }
    assert {name: answer.json()["type"] for name, answer in answers.items()} == {name: name for name in answers}


def every_error() -> list[type[GatewayError]]:
    """Return the class of every gateway response type."""
    return [kind for kind in GatewayError.__subclasses__() if kind.response_type not in (None, "DEFAULT_5XX")]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.response_type)
def test_each_type_is_customized_by_its_own_name_else_by_its_class(kind: type[GatewayError]) -> None:
    request = Request("GET", "/dev/x", headers=(("host", "h"),))
    sources = Sources(Parameters(request, {}), dict, {}, str)
    family = GatewayResponse(response_type=f"DEFAULT_{kind.status // 100}XX", status_code="499")
    own = GatewayResponse(response_type=str(kind.response_type), response_templates=TEMPLATE)

    def rendered(*customizations: GatewayResponse) -> tuple[int, bytes]:
        answer = gateway_responses.render(kind(), compile_gateway_responses(customizations), None, sources)
        return answer.status, answer.body

    assert rendered()[0] == kind.status == STATUS_OF_TYPE[str(kind.response_type)]
    assert rendered(family)[0] == 499
    status, body = rendered(family, own)
    assert status == kind.status  # a customization of its own does not borrow the status of its class
    assert body.startswith(f'{{"type":"{kind.response_type}"'.encode())


async def test_a_failure_of_ours_wears_the_apis_own_default_5xx(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("gatewright.gateway.invoke.constant_answer", broken)
    cors = customized("DEFAULT_5XX", headers={"Access-Control-Allow-Origin": "'*'"})
    world.deploy({"/demo": [mock(authorization="AWS_IAM")]}, gateway_responses=(cors,))
    got = await world.call("GET", "/demo", signer=world.session(world.role()))
    assert (got.status, got.body) == (500, b'{"message":"Internal server error"}')
    assert got.header("Access-Control-Allow-Origin") == "*"
    assert got.header("x-amzn-ErrorType") == "InternalServerErrorException"
    assert "secret detail" not in world.sink.reasons
    assert world.sink.kept[-1][1].caller.endswith(":assumed-role/Visitor/visit")


async def test_a_body_that_is_too_large_is_refused_only_by_a_stage_that_is_there(world: World) -> None:
    world.deploy({"/demo": [mock("POST")]})
    body = b"x" * (10 * 2**20 + 1)
    assert (await world.call("POST", "/demo", body=body)).status == 413
    assert (await world.send(world.request("POST", "/demo", body=body), stage="prod")).status == 403


def test_gateway_responses_read_the_request_the_stage_and_the_context(api: Api, call: Call) -> None:
    api.client.put_gateway_response(
        restApiId=api.id,
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseParameters={
            "gatewayresponse.header.X-Key": "method.request.header.x-app",
            "gatewayresponse.header.X-Query": "method.request.querystring.q",
            "gatewayresponse.header.X-Path": "context.path",
            "gatewayresponse.header.X-Color": "stageVariables.color",
        },
        responseTemplates={"application/json": '{"color":"$stageVariables.color"}', "text/html": "<p>$context.stage"},
    )
    api.mock()
    api.deploy(variables={"color": "blue"})
    answer = call("GET", "/a/b?q=1", headers={"X-App": "app"})
    assert (answer.status_code, answer.json()) == (404, {"color": "blue"})
    assert [answer.headers[f"X-{name}"] for name in ("Key", "Query", "Path", "Color")] == [
        "app",
        "1",
        "/dev/a/b",
        "blue",
    ]
    page = call("GET", "/a/b", headers={"Accept": "text/html"})
    assert (page.headers["content-type"], page.text) == ("text/html", "<p>dev")
