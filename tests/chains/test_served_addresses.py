"""Every address of a stage, as real clients reach it: made with boto3, called over a socket."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from gatewright.settings import Settings
from tests.running import Running, in_process
from tests.services.apigateway.conftest import Api

WHERE = '{"path":"$context.path","domain":"$context.domainName","prefix":"$context.domainPrefix"}'


def new_api(client: Any, body: str) -> Api:
    """Make and deploy an API whose `/` and `/pets/{id}` answer a body."""
    made = client.create_rest_api(name="pets")
    api = Api(made["id"], made["rootResourceId"], client)
    api.mock(body=body)
    api.mock(api.resource("{id}", api.resource("pets")), body=body)
    api.deploy()
    return api


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("{api}.execute-api.us-east-1.localhost:{port}", "/dev"),
        ("{api}.execute-api.us-east-1.localhost", "/dev"),
        ("{api}.execute-api.us-east-1.amazonaws.com", "/dev"),
        ("{API}.Execute-API.us-east-1.amazonaws.com", "/dev"),
        ("127.0.0.1:{port}", "/_aws/execute-api/{api}/dev"),
        ("localhost:{port}", "/_aws/execute-api/{api}/dev"),
        ("localhost", "/restapis/{api}/dev/_user_request_"),
    ],
)
def test_a_stage_answers_at_all_its_addresses(product: Running, aws: Any, host: str, base: str) -> None:
    api = new_api(aws("apigateway"), WHERE)
    host = host.format(api=api.id, API=api.id.upper(), port=product.port)
    base = base.format(api=api.id)
    for path, seen in (("", "/dev/"), ("/", "/dev/"), ("/pets/7", "/dev/pets/7"), ("/pets/7/", "/dev/pets/7")):
        answer = httpx.get(f"{product.endpoint}{base}{path}", headers={"Host": host})
        name = host.partition(":")[0].lower()
        assert answer.status_code == 200, path
        assert answer.json() == {"path": seen, "domain": name, "prefix": name.partition(".")[0]}


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("{api}.execute-api.us-east-1.localhost", "/prod"),
        ("{api}.execute-api.us-east-1.localhost", "/"),
        ("{api}.execute-api.eu-west-1.localhost", "/dev"),
        ("{api}x.execute-api.us-east-1.localhost", "/dev"),
        ("localhost", "/_aws/execute-api/{api}/prod"),
        ("localhost", "/_aws/execute-api/{api}x/dev"),
        ("localhost", "/restapis/{api}/prod/_user_request_/"),
    ],
)
def test_what_is_no_stage_is_forbidden_and_does_not_say_why(product: Running, aws: Any, host: str, path: str) -> None:
    api = new_api(aws("apigateway"), "{}")
    answer = httpx.get(product.endpoint + path.format(api=api.id), headers={"Host": host.format(api=api.id)})
    assert (answer.status_code, answer.text) == (403, '{"message":"Forbidden"}')
    assert answer.headers["x-amzn-ErrorType"] == "ForbiddenException"


def test_each_region_has_its_own_apis(product: Running, aws: Any) -> None:
    ireland, virginia = aws("apigateway", region="eu-west-1"), aws("apigateway")
    api = new_api(ireland, "{}")
    assert [item["id"] for item in ireland.get_rest_apis()["items"]] == [api.id]
    assert virginia.get_rest_apis()["items"] == []
    for region, status in (("eu-west-1", 200), ("us-east-1", 403)):
        host = f"{api.id}.execute-api.{region}.localhost"
        assert httpx.get(f"{product.endpoint}/dev/pets/1", headers={"Host": host}).status_code == status
    assert httpx.get(f"{product.endpoint}/_aws/execute-api/{api.id}/dev/pets/1").status_code == 200


def test_all_of_it_works_over_ipv6(tmp_path: Path) -> None:
    with in_process(Settings(host="::1", data=tmp_path, port=0, dev=True)) as running:
        running.endpoint = f"http://[::1]:{running.port}"
        source = '{"ip":"$context.identity.sourceIp","domain":"$context.domainName"}'
        api = new_api(running.client("apigateway"), source)  # signed for the host `[::1]:port`
        answer = httpx.get(f"{running.endpoint}/_aws/execute-api/{api.id}/dev/pets/1")
        assert answer.json() == {"ip": "::1", "domain": "::1"}
        host = f"{api.id}.execute-api.us-east-1.localhost"
        assert httpx.get(f"{running.endpoint}/dev", headers={"Host": host}).json()["ip"] == "::1"


def test_two_stages_serve_two_deployments_and_one_goes_back(product: Running, aws: Any) -> None:
    client = aws("apigateway")
    api = new_api(client, '{"version": 1}')
    first = client.get_deployments(restApiId=api.id)["items"][0]["id"]
    named = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "GET", "statusCode": "200"}
    change = {"op": "replace", "path": "/responseTemplates/application~1json", "value": '{"version": 2}'}
    client.update_integration_response(**named, patchOperations=[change])
    api.deploy("prod")

    def version(stage: str) -> int:
        answer = httpx.get(f"{product.endpoint}/restapis/{api.id}/{stage}/_user_request_/")
        return int(answer.json()["version"])

    assert (version("dev"), version("prod")) == (1, 2)
    back = [{"op": "replace", "path": "/deploymentId", "value": first}]
    client.update_stage(restApiId=api.id, stageName="prod", patchOperations=back)
    assert (version("dev"), version("prod")) == (1, 1)
