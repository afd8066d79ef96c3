"""MOCK from the request line to the answer: selection, templates, headers, passthrough."""

import json

import pytest

from gatewright.gateway.deployment import IntegrationResponse
from tests.chains.gateway_world import API, REQUEST_ID, World, answer, mock


async def test_a_mock_method_answers_what_its_templates_say(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    response = await world.call("GET", "/demo")
    assert response.status == 200
    assert response.body == b'{"hello":"world"}'
    assert response.header("Content-Type") == "application/json"


async def test_every_answer_carries_its_ids(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    for response in (await world.call("GET", "/demo"), await world.call("GET", "/nothing")):
        assert response.header("x-amzn-RequestId") == REQUEST_ID
        apigw = response.header("x-amz-apigw-id") or ""
        assert len(apigw) == 16
        assert apigw.endswith("=")
        assert (response.header("X-Amzn-Trace-Id") or "").startswith("Root=1-")


@pytest.mark.parametrize(
    ("rendered", "status"),
    [
        ('{"statusCode": 200}', 200),
        ("{statusCode: 204}", 204),
        ("{ 'statusCode' : 404 }", 404),
        ('{"statusCode":500,}', 500),
    ],
)
async def test_a_mock_reads_its_status_as_people_write_it(world: World, rendered: str, status: int) -> None:
    responses = tuple(answer(code, None if code == 204 else "{}", str(code)) for code in (200, 204, 404, 500))
    world.deploy({"/demo": [mock(request_templates={"application/json": rendered}, responses=responses)]})
    assert (await world.call("GET", "/demo")).status == status


@pytest.mark.parametrize(
    "rendered",
    [
        "",
        "{}",
        "null",
        "[200]",
        "hello",
        '{"statusCode": "two"}',
        '{"statusCode": true}',
        '{"statusCode": 200.5}',
        '{"statusCode": "200"}',
        '{"statusCode": 200',
    ],
)
async def test_a_mock_without_a_status_is_an_internal_server_error(world: World, rendered: str) -> None:
    world.deploy({"/demo": [mock(request_templates={"application/json": rendered})]})
    response = await world.call("GET", "/demo")
    assert (response.status, response.body) == (500, b'{"message":"Internal server error"}')
    assert response.header("x-amzn-ErrorType") == "InternalServerErrorException"
    assert "statusCode" in world.sink.reasons


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"two hundred"),
        (404, b"four oh four"),
        (418, b"four"),
        (500, b"rest"),
        (201, b"rest"),
        (-1000, b"rest"),
    ],
)
async def test_the_response_whose_pattern_matches_the_whole_status_is_chosen(
    world: World, status: int, body: bytes
) -> None:
    responses = (
        answer(200, "two hundred", "200"),
        answer(400, "four", r"4\d{2}"),
        answer(502, "part", "50"),
        answer(404, "four oh four", r"4\d{2}"),
        answer(500, "rest"),
    )
    template = {"application/json": f'{{"statusCode": {status}}}'}
    world.deploy({"/demo": [mock(request_templates=template, responses=responses)]})
    assert (await world.call("GET", "/demo")).body == body


async def test_no_matching_response_and_no_default_is_the_apis_fault(world: World) -> None:
    world.deploy({"/demo": [mock(responses=(answer(404, "{}", "404"),))]})
    response = await world.call("GET", "/demo")
    assert (response.status, response.body) == (500, b'{"message":"Internal server error"}')
    assert "no default" in world.sink.reasons


async def test_an_integration_response_without_its_method_response_is_the_apis_fault(world: World) -> None:
    method = mock()
    broken = type(method)(
        **{**{name: getattr(method, name) for name in method.__struct_fields__}, "method_responses": ()}
    )
    world.deploy({"/demo": [broken]})
    assert (await world.call("GET", "/demo")).status == 500
    assert "method response" in world.sink.reasons


async def test_only_declared_headers_reach_the_caller(world: World) -> None:
    response = answer(200, "{}", headers={"X-Shown": "'yes'", "X-Hidden": "'no'", "Access-Control-Allow-Origin": "'*'"})
    declared = {
        "200": {"method.response.header.X-Shown": False, "method.response.header.access-control-allow-origin": True}
    }
    world.deploy({"/demo": [mock(responses=(response,), declared=declared)]})
    got = await world.call("GET", "/demo")
    assert got.header("X-Shown") == "yes"
    assert got.header("Access-Control-Allow-Origin") == "*"
    assert got.header("X-Hidden") is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("WWW-Authenticate", "x-amzn-Remapped-WWW-Authenticate"),
        ("Connection", "x-amzn-Remapped-Connection"),
        ("Date", "x-amzn-Remapped-Date"),
        ("Transfer-Encoding", None),
        ("Content-Length", None),
    ],
)
async def test_headers_that_belong_to_the_connection_are_remapped_or_dropped(
    world: World, name: str, shown: str | None
) -> None:
    declared = {"200": {f"method.response.header.{name}": False}}
    world.deploy({"/demo": [mock(responses=(answer(200, "{}", headers={name: "'x'"}),), declared=declared)]})
    got = await world.call("GET", "/demo")
    assert got.header(name) is None
    assert shown is None or got.header(shown) == "x"


async def test_header_values_are_mapped_from_request_context_and_stage(world: World) -> None:
    sources = {
        "X-Static": "'text'",
        "X-Stage-Variable": "stageVariables.color",
        "X-Context": "context.identity.sourceIp",
        "X-Api": "context.apiId",
        "X-Missing": "integration.response.header.nothing",
        "X-Nothing": "context.authorizer.principalId",
    }
    declared = {"200": {f"method.response.header.{name}": False for name in sources}}
    method = mock(responses=(answer(200, "{}", headers=sources),), declared=declared)
    world.deploy({"/demo": [method]}, variables={"color": "blue"})
    got = await world.call("GET", "/demo")
    assert [got.header(name) for name in sources] == ["text", "blue", "203.0.113.7", API, None, None]


async def test_a_client_cannot_end_a_header_line(world: World) -> None:
    template = '#set($context.responseOverride.header.X-Echo = $input.params("q"))\n{"statusCode": 200}'
    world.deploy({"/demo": [mock(request_templates={"application/json": template})]})
    assert (await world.call("GET", "/demo", query="q=fine")).header("X-Echo") == "fine"
    got = await world.call("GET", "/demo", query="q=a%0d%0aSet-Cookie:%20x")
    assert got.status == 500
    assert not any("\n" in value or "\r" in value for _, value in got.headers)


async def test_a_value_that_is_not_ascii_goes_out_as_utf_8(world: World) -> None:
    template = '#set($context.responseOverride.header.X-Echo = $input.params("q"))\n{"statusCode": 200}'
    world.deploy({"/demo": [mock(request_templates={"application/json": template})]})
    got = await world.call("GET", "/demo", query="q=caf%C3%A9")
    assert (got.header("X-Echo") or "").encode("latin-1") == "café".encode()


# --- templates by Content-Type and Accept


@pytest.mark.parametrize(
    ("behavior", "templates", "content_type", "status"),
    [
        ("WHEN_NO_MATCH", "application/json", None, 200),
        ("WHEN_NO_MATCH", "application/json", "application/json; charset=utf-8", 200),
        ("WHEN_NO_MATCH", "application/json", "APPLICATION/JSON", 200),
        ("WHEN_NO_MATCH", "application/json", "application/xml", 201),
        ("WHEN_NO_TEMPLATES", "application/json", "application/xml", 415),
        ("NEVER", "application/json", "application/xml", 415),
        ("NEVER", "application/json", "application/json", 200),
        ("WHEN_NO_MATCH", "application/xml", None, 201),
        ("WHEN_NO_TEMPLATES", "application/xml", None, 415),
        ("NEVER", "application/xml", None, 415),
        ("NEVER", "application/xml", "application/xml", 200),
        ("WHEN_NO_MATCH", "", "text/plain", 201),
        ("WHEN_NO_TEMPLATES", "", "text/plain", 201),
        ("NEVER", "", "text/plain", 415),
    ],
)
async def test_what_no_template_takes_is_passed_through_only_where_that_is_allowed(
    world: World, behavior: str, templates: str, content_type: str | None, status: int
) -> None:
    method = mock(
        "POST",
        request_templates={templates: '{"statusCode": 200}'} if templates else {},
        responses=(answer(200, "{}", "200"), answer(201, "{}", "201")),
        passthrough=behavior,
    )
    world.deploy({"/demo": [method]})
    headers = {"content-type": content_type} if content_type else {}
    got = await world.call("POST", "/demo", headers=headers, body=b'{"statusCode": 201}')
    assert got.status == status
    if status == 415:
        assert got.body == b'{"message":"Unsupported Media Type"}'
        assert behavior in world.sink.reasons


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("application/xml", "application/xml"),
        ("application/xml;q=0.9, application/json", "application/xml"),
        ("text/html,application/xml", "application/json"),
        ("*/*", "application/json"),
    ],
)
async def test_the_first_type_in_accept_chooses_the_response_template(
    world: World, accept: str | None, content_type: str
) -> None:
    templates = {"application/xml": "application/xml", "application/json": "application/json"}
    world.deploy({"/demo": [mock(responses=(answer(200, templates=templates),))]})
    got = await world.call("GET", "/demo", headers={"accept": accept} if accept else {})
    assert (got.header("Content-Type"), got.body.decode()) == (content_type, content_type)


async def test_without_a_json_template_the_first_one_is_the_default(world: World) -> None:
    world.deploy({"/demo": [mock(responses=(answer(200, templates={"text/html": "<p>", "text/plain": "p"}),))]})
    got = await world.call("GET", "/demo")
    assert (got.header("Content-Type"), got.body) == ("text/html", b"<p>")


async def test_without_a_response_template_the_body_is_empty(world: World) -> None:
    world.deploy({"/demo": [mock(responses=(answer(200),))]})
    got = await world.call("GET", "/demo")
    assert (got.status, got.body, got.header("Content-Type")) == (200, b"", "application/json")


async def test_a_mapped_content_type_wins(world: World) -> None:
    declared = {"200": {"method.response.header.Content-Type": False}}
    response = answer(200, "<p>", headers={"Content-Type": "'text/html'"})
    world.deploy({"/demo": [mock(responses=(response,), declared=declared)]})
    got = await world.call("GET", "/demo")
    assert [value for name, value in got.headers if name.lower() == "content-type"] == ["text/html"]


# --- templates that look at the request


async def test_templates_see_the_request(world: World) -> None:
    template = (
        '{"path":"$input.params("id")","query":"$input.params("q")","header":"$input.params("X-Thing")",'
        '"api":"$context.apiId","resource":"$context.resourcePath","full":"$context.path","stage":"$context.stage",'
        '"verb":"$context.httpMethod","ip":"$context.identity.sourceIp","color":"$stageVariables.color"}'
    )
    world.deploy({"/pets/{id}": [mock(responses=(answer(200, template),))]}, variables={"color": "blue"})
    got = await world.call("GET", "/pets/a%2Fb", query="q=1&q=2", headers={"x-thing": "t"})
    assert json.loads(got.body) == {
        "path": "a/b",
        "query": "2",
        "header": "t",
        "api": API,
        "resource": "/pets/{id}",
        "full": "/dev/pets/a%2Fb",
        "stage": "dev",
        "verb": "GET",
        "ip": "203.0.113.7",
        "color": "blue",
    }


async def test_a_request_template_sees_the_body(world: World) -> None:
    template = {"application/json": '{"statusCode": $input.json("$.status")}'}
    responses = (answer(200, "ok", "200"), answer(404, "no"))
    world.deploy({"/demo": [mock("POST", request_templates=template, responses=responses)]})
    assert (await world.call("POST", "/demo", body=b'{"status": 200}')).body == b"ok"
    assert (await world.call("POST", "/demo", body=b'{"status": 404}')).body == b"no"


async def test_a_body_that_is_not_the_json_it_claims_to_be_is_the_clients_fault(world: World) -> None:
    template = {"application/json": '{"statusCode": $input.json("$.status")}'}
    world.deploy({"/demo": [mock("POST", request_templates=template)]})
    got = await world.call("POST", "/demo", body=b"{", headers={"content-type": "application/json"})
    assert got.status == 400
    assert b"Could not parse request body into json" in got.body


async def test_what_a_client_sends_is_never_a_template(world: World) -> None:
    world.deploy({"/demo": [mock(responses=(answer(200, '$input.params("q")'),))]})
    got = await world.call("GET", "/demo", query="q=%24context.accountId%23set(%24x=1)")
    assert got.body == b"$context.accountId#set($x=1)"


@pytest.mark.parametrize("with_response_template", [True, False])
async def test_a_request_template_overrides_status_and_headers(world: World, with_response_template: bool) -> None:
    """Recorded: overrides of a request template reach the answer, and the response template sees them."""
    request = (
        "#set($context.responseOverride.status = 444)\n"
        '#set($context.responseOverride.header.foo = "bar")\n'
        '#set($context.custom = "is also passed around")\n'
        '{"statusCode": 200}'
    )
    response = (
        "#set($status = $context.responseOverride.status)\n"
        '{"statusOverride":"$status","fooHeader":"$context.responseOverride.header.foo","custom":"$context.custom"}'
    )
    method = mock(
        request_templates={"application/json": request},
        responses=(answer(200, response if with_response_template else None),),
    )
    world.deploy({"/demo": [method]})
    got = await world.call("GET", "/demo")
    assert (got.status, got.header("foo")) == (444, "bar")
    if with_response_template:
        expected = {"statusOverride": "444", "fooHeader": "bar", "custom": "is also passed around"}
        assert json.loads(got.body) == expected
    else:
        assert got.body == b""


async def test_a_response_template_overrides_a_mapped_header(world: World) -> None:
    declared = {"200": {"method.response.header.Access-Control-Allow-Origin": False}}
    template = '#set($context.responseOverride.header.access-control-allow-origin = $input.params("Origin"))'
    response = answer(200, template, headers={"Access-Control-Allow-Origin": "'*'"})
    world.deploy({"/demo": [mock("OPTIONS", responses=(response,), declared=declared)]})
    got = await world.call("OPTIONS", "/demo", headers={"origin": "https://app.example"})
    allowed = [value for name, value in got.headers if name.lower() == "access-control-allow-origin"]
    assert allowed == ["https://app.example"]


@pytest.mark.parametrize("status", ["'abc'", "99", "100", "600", "-1"])
async def test_a_status_that_cannot_be_sent_is_not_sent(world: World, status: str) -> None:
    template = f"#set($context.responseOverride.status = {status})"
    world.deploy({"/demo": [mock(responses=(answer(200, template),))]})
    assert (await world.call("GET", "/demo")).status == 500


async def test_an_override_is_gone_with_its_request(world: World) -> None:
    template = '#if($input.params("q") == "1")#set($context.responseOverride.status = 201)#end'
    world.deploy({"/demo": [mock(responses=(answer(200, template),))]})
    assert (await world.call("GET", "/demo", query="q=1")).status == 201
    assert (await world.call("GET", "/demo")).status == 200


async def test_map_assignment_as_recorded_from_the_service(world: World) -> None:
    template = (
        '#set($paramPath = {})\n#set($paramPath.foo = "bar")\n#set($dummy = $paramPath.put("foo2", "putBar"))\n'
        '#set($paramPath.nested = {"foo": "nestedFoo"})\n'
        '{"value": "$paramPath.foo","value2": "$paramPath.foo2","value3": "$paramPath.nested.foo"}'
    )
    world.deploy({"/demo": [mock(responses=(answer(200, template),))]})
    got = await world.call("GET", "/demo")
    assert json.loads(got.body) == {"value": "bar", "value2": "putBar", "value3": "nestedFoo"}


async def test_a_template_that_breaks_is_the_apis_fault_and_says_where(world: World) -> None:
    world.deploy({"/demo": [mock(responses=(answer(200, "#if($x"),))]})
    got = await world.call("GET", "/demo")
    assert (got.status, got.body) == (500, b'{"message":"Internal server error"}')
    assert "line" in world.sink.reasons


async def test_base64_becomes_binary_where_the_response_says_so(world: World) -> None:
    world.deploy({"/demo": [mock(responses=(answer(200, "aGVsbG8=", content_handling="CONVERT_TO_BINARY"),))]})
    assert (await world.call("GET", "/demo")).body == b"hello"
    world.deploy({"/demo": [mock(responses=(answer(200, "not base64", content_handling="CONVERT_TO_BINARY"),))]})
    assert (await world.call("GET", "/demo")).status == 500


async def test_what_is_not_built_is_refused_and_named(world: World) -> None:
    def changed(**settings: object) -> object:
        method = mock()
        return type(method)(**{**{name: getattr(method, name) for name in method.__struct_fields__}, **settings})

    plain = mock()
    assert plain.integration is not None
    http = type(plain.integration)(type="HTTP", integration_responses=(IntegrationResponse(status_code="200"),))
    for settings, named in (
        ({"integration": http}, "HTTP"),
        ({"integration": None}, "no integration"),
        ({"api_key_required": True}, "apiKeyRequired"),
        ({"request_validator_id": "v"}, "validator"),
    ):
        world.deploy({"/demo": [changed(**settings)], "/fine": [mock()]})  # type: ignore[list-item]
        assert (await world.call("GET", "/demo")).status == 500
        assert named in world.sink.reasons
        assert (await world.call("GET", "/fine")).status == 200
