"""The console's "Enable CORS", which is nothing but these calls; and that callers meet a change when it is deployed."""

import json
from typing import Any

import httpx
import pytest

from tests.services.apigateway.conftest import Api

HEADERS = ("Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin")
ALLOWED = "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token"


@pytest.fixture
def call(api: Api, product: Any) -> Any:
    """Call the API's stage `dev`."""

    def request(verb: str, path: str = "", stage: str = "dev", **more: Any) -> httpx.Response:
        return httpx.request(verb, f"{product.endpoint}/_aws/execute-api/{api.id}/{stage}{path}", **more)

    return request


def enable_cors(api: Api, resource: str, verbs: str) -> None:
    named = api.method(resource, "OPTIONS")
    declared = {f"method.response.header.{name}": False for name in HEADERS}
    api.client.put_method_response(
        **named, statusCode="200", responseModels={"application/json": "Empty"}, responseParameters=declared
    )
    api.client.put_integration(**named, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    values = dict(zip(HEADERS, (f"'{ALLOWED}'", f"'{verbs}'", "'*'"), strict=True))
    api.client.put_integration_response(
        **named,
        statusCode="200",
        responseParameters={f"method.response.header.{name}": value for name, value in values.items()},
        responseTemplates={"application/json": ""},
    )
    origin = "/responseParameters/method.response.header.Access-Control-Allow-Origin"
    get = {**named, "httpMethod": "GET", "statusCode": "200"}
    api.client.update_method_response(**get, patchOperations=[{"op": "add", "path": origin, "value": "false"}])
    api.client.update_integration_response(**get, patchOperations=[{"op": "add", "path": origin, "value": "'*'"}])


def test_a_page_of_another_origin_may_call_after_enable_cors(api: Api, call: Any) -> None:
    demo = api.resource("demo")
    api.mock(demo, body='{"message": "Hello foo!"}')
    enable_cors(api, demo, "GET,OPTIONS")
    api.deploy()
    preflight = call("OPTIONS", "/demo", headers={"Origin": "http://page", "Access-Control-Request-Method": "GET"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-methods"] == "GET,OPTIONS"
    assert preflight.headers["access-control-allow-headers"] == ALLOWED
    answer = call("GET", "/demo", headers={"Origin": "http://page"})
    assert (answer.status_code, answer.json()) == (200, {"message": "Hello foo!"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_method_that_became_aws_iam_stays_open_until_it_is_deployed(api: Api, call: Any) -> None:
    named = api.mock(api.resource("demo"))
    api.deploy()
    assert call("GET", "/demo").status_code == 200
    api.client.update_method(
        **named, patchOperations=[{"op": "replace", "path": "/authorizationType", "value": "AWS_IAM"}]
    )
    assert call("GET", "/demo").status_code == 200
    api.deploy()
    refused = call("GET", "/demo")
    assert (refused.status_code, refused.json()) == (403, {"message": "Missing Authentication Token"})


def test_nothing_of_a_deployment_changes_with_the_api(api: Api, call: Any) -> None:
    demo = api.resource("demo")
    named = api.mock(demo, body='{"version": 1}')
    first = api.deploy()
    api.client.update_integration_response(
        **named,
        statusCode="200",
        patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": '{"version": 2}'}],
    )
    api.client.update_resource(
        restApiId=api.id,
        resourceId=demo,
        patchOperations=[{"op": "replace", "path": "/pathPart", "value": "renamed"}],
    )
    assert call("GET", "/demo").json() == {"version": 1}
    second = api.deploy()
    assert call("GET", "/demo").status_code == 403
    assert call("GET", "/renamed").json() == {"version": 2}
    api.client.update_stage(
        restApiId=api.id,
        stageName="dev",
        patchOperations=[{"op": "replace", "path": "/deploymentId", "value": first}],
    )
    assert call("GET", "/demo").json() == {"version": 1}
    api.client.delete_deployment(restApiId=api.id, deploymentId=second)
    api.client.delete_resource(restApiId=api.id, resourceId=demo)
    assert call("GET", "/demo").json() == {"version": 1}


def test_a_policy_and_gateway_responses_take_effect_with_the_next_deployment(api: Api, call: Any) -> None:
    api.mock()
    api.deploy()
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
            {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/dev/GET/"},
        ],
    }
    api.client.update_rest_api(
        restApiId=api.id, patchOperations=[{"op": "replace", "path": "/policy", "value": json.dumps(policy)}]
    )
    api.client.put_gateway_response(restApiId=api.id, responseType="ACCESS_DENIED", statusCode="418")
    assert call("GET").status_code == 200
    api.deploy()
    api.deploy("other")
    assert call("GET").status_code == 418
    assert call("GET", stage="other").status_code == 200


def test_stage_variables_and_deletion_take_effect_at_once(api: Api, call: Any) -> None:
    api.mock(body='"$stageVariables.greeting"')
    api.deploy(variables={"greeting": "hello"})
    assert call("GET").json() == "hello"
    named = {"restApiId": api.id, "stageName": "dev"}
    api.client.update_stage(**named, patchOperations=[{"op": "replace", "path": "/variables/greeting", "value": "bye"}])
    assert call("GET").json() == "bye"
    api.client.delete_stage(**named)
    assert (call("GET").status_code, call("GET").json()) == (403, {"message": "Forbidden"})


def test_a_deleted_api_answers_no_more(api: Api, call: Any) -> None:
    api.mock()
    api.deploy()
    api.client.delete_rest_api(restApiId=api.id)
    assert (call("GET").status_code, call("GET").json()) == (403, {"message": "Forbidden"})


def test_the_default_endpoint_is_closed_by_the_next_deployment(api: Api, call: Any) -> None:
    api.mock()
    api.deploy()
    api.client.update_rest_api(
        restApiId=api.id,
        patchOperations=[{"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"}],
    )
    assert call("GET").status_code == 200
    api.deploy()
    assert (call("GET").status_code, call("GET").json()) == (403, {"message": "Forbidden"})
