"""Mapping templates and methods as they are made with boto3 and called over a socket."""

import json
import re
import socket
import time
from typing import Any

import httpx
import pytest

from gatewright.wire.sigv4.sign import Credentials, sign
from tests.chains.conftest import Call
from tests.journeys import story
from tests.running import Running
from tests.services.apigateway.conftest import Api

CONTEXT = {
    "": "accountId apiId deploymentId domainName domainPrefix extendedRequestId httpMethod path protocol"
    " requestId requestTime requestTimeEpoch resourceId resourcePath stage xrayTraceId wafResponseCode webaclArn",
    "identity": "accountId apiKey apiKeyId caller cognitoAuthenticationProvider cognitoAuthenticationType"
    " cognitoIdentityId cognitoIdentityPoolId principalOrgId sourceIp user userAgent userArn",
    "authorizer": "claims claims.sub principalId",
    "error": "message messageString responseType validationErrorString",
    "requestOverride": "header.x path.x querystring.x",
    "responseOverride": "header.x status",
}
NAMES = [f"{root}.{leaf}".removeprefix(".") for root, leaves in CONTEXT.items() for leaf in leaves.split()]
EVERYTHING = json.dumps({name: f"$context.{name}" for name in NAMES})


def put(api: Api, resource: str, verb: str = "GET", *, answer: str = "{}", **integration: Any) -> dict[str, str]:
    """Put a MOCK method with one default answer."""
    named = api.method(resource, verb, authorizationType=integration.pop("authorizationType", "NONE"))
    api.client.put_method_response(**named, statusCode="200")
    settings = {"requestTemplates": {"application/json": '{"statusCode": 200}'}, **integration}
    api.client.put_integration(**named, type="MOCK", **settings)
    api.client.put_integration_response(**named, statusCode="200", responseTemplates={"application/json": answer})
    return named


def test_every_variable_of_the_context_of_an_open_method(api: Api, call: Call, product: Running) -> None:
    demo = api.resource("demo")
    put(api, demo, answer=EVERYTHING)
    deployment = api.deploy()
    answer = call("GET", "/demo?q=1", headers={"User-Agent": "test/1"})
    found = answer.json()
    assert re.fullmatch(r"\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} \+0000", found.pop("requestTime"))
    assert re.fullmatch(r"\d{13}", found.pop("requestTimeEpoch"))
    assert {name: value for name, value in found.items() if value} == {
        "accountId": product.account,
        "apiId": api.id,
        "deploymentId": deployment,
        "domainName": "127.0.0.1",
        "domainPrefix": "127",
        "extendedRequestId": answer.headers["x-amz-apigw-id"],
        "httpMethod": "GET",
        "path": "/dev/demo",
        "protocol": "HTTP/1.1",
        "requestId": answer.headers["x-amzn-RequestId"],
        "resourceId": demo,
        "resourcePath": "/demo",
        "stage": "dev",
        "xrayTraceId": answer.headers["X-Amzn-Trace-Id"].removeprefix("Root="),
        "identity.sourceIp": "127.0.0.1",
        "identity.userAgent": "test/1",
    }


def test_the_context_knows_who_signed(api: Api, product: Running, aws: Any) -> None:
    put(api, api.root, answer=EVERYTHING, authorizationType="AWS_IAM")
    api.deploy()
    pool = story.create_pool(aws)
    role = story.create_visitors(aws, pool, story.invoke_policy(product.region, product.account, api.id))
    keys = story.visit(aws, pool)
    signer = Credentials(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"])
    url = f"{product.endpoint}/_aws/execute-api/{api.id}/dev/"
    found = httpx.get(url, headers=sign("GET", url, [], b"", signer, "execute-api", product.region, time.time())).json()
    identity = {name: value for name, value in found.items() if name.startswith("identity.") and value}
    role_id = aws("iam").get_role(RoleName=role)["Role"]["RoleId"]
    assert identity.pop("identity.cognitoIdentityId").startswith("us-east-1:")
    assert identity.pop("identity.userAgent").startswith("python-httpx")
    assert identity == {
        "identity.accountId": product.account,
        "identity.caller": f"{role_id}:CognitoIdentityCredentials",
        "identity.cognitoAuthenticationType": "unauthenticated",
        "identity.cognitoIdentityPoolId": pool,
        "identity.sourceIp": "127.0.0.1",
        "identity.user": f"{role_id}:CognitoIdentityCredentials",
        "identity.userArn": f"arn:aws:sts::{product.account}:assumed-role/{role}/CognitoIdentityCredentials",
    }


def test_stage_variables_are_read_by_templates_and_mappings_and_change_at_once(api: Api, call: Call) -> None:
    named = put(api, api.root, answer='"$stageVariables.color $stageVariables.get("size")+$stageVariables.none+"')
    declared = {"op": "add", "path": "/responseParameters/method.response.header.X-Color", "value": "false"}
    api.client.update_method_response(**named, statusCode="200", patchOperations=[declared])
    mapped = {**declared, "value": "stageVariables.color"}
    api.client.update_integration_response(**named, statusCode="200", patchOperations=[mapped])
    api.deploy(variables={"color": "blue", "size": "9"})
    answer = call("GET")
    assert (answer.json(), answer.headers["X-Color"]) == ("blue 9++", "blue")
    change = [{"op": "replace", "path": "/variables/color", "value": "red"}]
    api.client.update_stage(restApiId=api.id, stageName="dev", patchOperations=change)
    assert (call("GET").json(), call("GET").headers["X-Color"]) == ("red 9++", "red")


def test_nested_and_greedy_parameters_reach_the_template(api: Api, call: Call) -> None:
    orders = api.resource("orders", api.resource("{customer}", api.resource("customers")))
    put(api, api.resource("{order}", orders), answer='"$input.params("customer") $input.params().path.order"')
    put(api, api.resource("{proxy+}"), "ANY", answer='"$context.httpMethod $input.params("proxy")"')
    api.deploy()
    assert call("GET", "/customers/7/orders/a%20b").json() == "7 a b"
    assert call("GET", "/customers/7/orders").json() == "GET customers/7/orders"
    assert call("PUT", "/customers/7/orders/1").json() == "PUT customers/7/orders/1"
    assert call("DELETE", "/a/b/c").json() == "DELETE a/b/c"
    assert call("GET", "/").status_code == 403  # a greedy variable is not empty


def test_head_is_answered_without_a_body_and_only_where_it_is_a_method(api: Api, call: Call) -> None:
    put(api, api.root, "HEAD", answer='"head"')
    put(api, api.resource("get"), "GET")
    put(api, api.resource("any"), "ANY", answer='"$context.httpMethod"')
    api.deploy()
    answer = call("HEAD")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"", "application/json")
    assert (call("HEAD", "/any").status_code, call("HEAD", "/any").headers["content-length"]) == (200, "6")
    assert call("HEAD", "/get").status_code == 403


def test_header_names_are_listed_as_the_client_spelled_them(api: Api, product: Running) -> None:
    template = '#foreach($name in $input.params().header.keySet())$name=$input.params("$name") #end'
    put(api, api.root, answer=f'"{template}[$input.params("x-TWICE")]"')
    api.deploy()
    head = (
        f"GET /_aws/execute-api/{api.id}/dev/ HTTP/1.1\r\nHOST: localhost\r\nx-One: 1\r\nX-Twice: a\r\nx-twice: b\r\n"
    )
    with socket.create_connection(("127.0.0.1", product.port), timeout=10) as raw:
        raw.sendall(f"{head}Connection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))
    assert answer.endswith(b'"HOST=localhost x-One=1 X-Twice=b Connection=close [b]"')


@pytest.mark.parametrize(
    ("behavior", "sent", "status"),
    [
        ("WHEN_NO_MATCH", "application/json", 200),
        ("WHEN_NO_MATCH", "text/plain", 202),
        ("WHEN_NO_TEMPLATES", "application/json", 200),
        ("WHEN_NO_TEMPLATES", "text/plain", 415),
        ("NEVER", "application/json", 200),
        ("NEVER", "text/plain", 415),
    ],
)
def test_passthrough_behavior_decides_what_no_template_takes(
    api: Api, call: Call, behavior: str, sent: str, status: int
) -> None:
    named = put(api, api.root, "POST", passthroughBehavior=behavior)
    api.client.put_method_response(**named, statusCode="202")
    api.client.put_integration_response(**named, statusCode="202", selectionPattern="202")
    api.deploy()
    answer = call("POST", headers={"Content-Type": sent}, content='{"statusCode": 202}')
    assert answer.status_code == status
    assert status != 415 or answer.text == '{"message":"Unsupported Media Type"}'


def test_accept_and_selection_pattern_choose_the_answer(api: Api, call: Call) -> None:
    template = {"application/json": '{"statusCode": $input.params("status")}'}
    named = put(api, api.root, requestTemplates=template, answer='"default"')
    for status, pattern, body in (("404", "404", "four"), ("400", r"4\d{2}", "client"), ("503", "5.*", "server")):
        api.client.put_method_response(**named, statusCode=status)
        templates = {"application/json": f'"{body}"', "application/xml": f"<{body}/>", "text/html": f"<p>{body}"}
        api.client.put_integration_response(
            **named, statusCode=status, selectionPattern=pattern, responseTemplates=templates
        )
    api.deploy()

    def answered(status: str, accept: str = "*/*") -> tuple[int, str, str]:
        answer = call("GET", f"?status={status}", headers={"Accept": accept})
        return answer.status_code, answer.headers["content-type"], answer.text

    assert answered("200") == (200, "application/json", '"default"')
    assert answered("-7") == (200, "application/json", '"default"')
    assert answered("404") == (404, "application/json", '"four"')
    assert answered("418", "application/xml") == (400, "application/xml", "<client/>")
    assert answered("500", "text/html, application/json") == (503, "text/html", "<p>server")
    assert answered("599", "image/png") == (503, "application/json", '"server"')
    assert answered("none")[0] == 500


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("responseOverride.status = 201", "responseOverride.status = 202"),
        ('responseOverride.header.X-A = "1"', 'responseOverride.header.x-a = "2"'),
        ('requestOverride.header.X-A = "1"', 'requestOverride.header["x-a"] = "2"'),
        ('requestOverride.querystring.a = "1"', 'requestOverride.querystring.a = "2"'),
        ('requestOverride.path.a = "1"', 'requestOverride.path.a = "1"'),
    ],
)
def test_an_override_is_final(api: Api, call: Call, first: str, second: str) -> None:
    once = {"application/json": f'#set($context.{first}){{"statusCode": 200}}'}
    twice = {"application/json": f'#set($context.{first})#set($context.{second}){{"statusCode": 200}}'}
    put(api, api.root, requestTemplates=once)
    put(api, api.resource("twice"), requestTemplates=twice)
    put(api, api.resource("later"), requestTemplates=once, answer=f"#set($context.{second})")
    api.deploy()
    assert call("GET").status_code in (200, 201)
    for path in ("/twice", "/later"):
        answer = call("GET", path)
        assert (answer.status_code, answer.text) == (500, '{"message":"Internal server error"}')


def test_every_template_that_people_deploy_is_read(api: Api, call: Call) -> None:
    """CDK's preflight has no quotes; recordings of the service were made with a comma too many."""
    for part, template in (
        ("cdk", "{ statusCode: 200 }"),
        ("comma", '{"statusCode": 200,}'),
        ("one", "{'statusCode': 200}"),
    ):
        put(api, api.resource(part), requestTemplates={"application/json": template}, answer='"fine"')
    put(api, api.resource("quoted"), requestTemplates={"application/json": '{"statusCode": "200"}'})
    api.deploy()
    assert [call("GET", f"/{part}").text for part in ("cdk", "comma", "one")] == ['"fine"'] * 3
    assert call("GET", "/quoted").status_code == 500


def test_httpx_is_the_only_thing_between(api: Api, product: Running) -> None:
    """A template's answer goes out byte for byte, in UTF-8."""
    put(api, api.root, answer='{"café": "€ \U0001f600"}')
    api.deploy()
    answer = httpx.get(f"{product.endpoint}/_aws/execute-api/{api.id}/dev")
    assert answer.content == '{"café": "€ \U0001f600"}'.encode()
