"""The first article, with boto3 and plain HTTP: an open MOCK API; then AWS_IAM, which the next deployment enforces."""

import http.client
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.journeys import story


def call(
    product: Any, path: str, host: str | None = None, method: str = "GET", headers: Mapping[str, str] | None = None
) -> http.client.HTTPResponse:
    """Send a request as Postman does, to whatever host name."""
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=20)
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{product.port}", **(headers or {})})
    answer = connection.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return answer


def addresses(product: Any, api: str) -> list[tuple[str, str]]:
    """List the ways to address the API's resource: path, Host."""
    host = f"{api}.execute-api.{product.region}"
    return [
        ("/dev/demo", f"{host}.amazonaws.com"),
        ("/dev/demo", f"{host}.localhost:{product.port}"),
        (f"/_aws/execute-api/{api}/dev/demo", f"localhost:{product.port}"),
        (f"/restapis/{api}/dev/_user_request_/demo", f"localhost:{product.port}"),
    ]


def test_the_article_from_an_open_mock_to_a_guarded_one(aws: story.Clients, product: Any) -> None:
    gateway = aws("apigateway")
    api, resource = story.create_mock(gateway)
    story.enable_cors(gateway, api, resource)

    # Before it is deployed there is nothing to call.
    assert call(product, *addresses(product, api)[0]).status == 403

    story.deploy(gateway, api)
    for path, host in addresses(product, api):
        answer = call(product, path, host)
        assert (answer.status, json.loads(answer.text)) == (200, story.GREETING), (path, host)  # type: ignore[attr-defined]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["x-amzn-RequestId"]

    # AWS_IAM is set, and nothing changes for callers …
    story.require_iam(gateway, api, resource)
    assert call(product, *addresses(product, api)[0]).status == 200

    # … until it is deployed.
    story.deploy(gateway, api)
    for path, host in addresses(product, api):
        answer = call(product, path, host)
        assert answer.status == 403, (path, host)
        assert json.loads(answer.text) == {"message": "Missing Authentication Token"}  # type: ignore[attr-defined]
        assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("guarded", [False, True])
def test_a_preflight_is_answered_without_credentials(aws: story.Clients, product: Any, guarded: bool) -> None:
    gateway = aws("apigateway")
    api, resource = story.create_mock(gateway)
    story.enable_cors(gateway, api, resource)
    if guarded:
        story.require_iam(gateway, api, resource)
    story.deploy(gateway, api)
    asked = {
        "Origin": "http://shop.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,x-amz-date,x-amz-security-token",
    }
    answer = call(product, *addresses(product, api)[1], method="OPTIONS", headers=asked)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET,OPTIONS"
    assert "X-Amz-Security-Token" in answer.headers["Access-Control-Allow-Headers"]


def test_a_stage_can_be_moved_back_to_the_open_deployment(aws: story.Clients, product: Any) -> None:
    gateway = aws("apigateway")
    api, resource = story.create_mock(gateway)
    opened = story.deploy(gateway, api)
    story.require_iam(gateway, api, resource)
    story.deploy(gateway, api)
    assert call(product, *addresses(product, api)[0]).status == 403
    back = [{"op": "replace", "path": "/deploymentId", "value": opened}]
    gateway.update_stage(restApiId=api, stageName="dev", patchOperations=back)
    assert call(product, *addresses(product, api)[0]).status == 200


def test_unknown_paths_verbs_stages_and_apis_are_refused(aws: story.Clients, product: Any) -> None:
    gateway = aws("apigateway")
    api, _ = story.create_mock(gateway)
    story.deploy(gateway, api)
    host = f"{api}.execute-api.{product.region}.localhost:{product.port}"
    missing = {"message": "Missing Authentication Token"}
    for path, method in (("/dev/other", "GET"), ("/dev/demo", "POST"), ("/dev/demo/x", "GET"), ("/dev", "GET")):
        answer = call(product, path, host, method)
        assert (answer.status, json.loads(answer.text)) == (403, missing), (path, method)  # type: ignore[attr-defined]
    for path, other in (("/prod/demo", host), ("/dev/demo", f"aaaaaaaaaa{host[10:]}")):
        answer = call(product, path, other)
        assert (answer.status, json.loads(answer.text)) == (403, {"message": "Forbidden"}), path  # type: ignore[attr-defined]
