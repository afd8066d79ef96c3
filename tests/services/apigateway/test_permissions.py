"""The control plane is guarded by IAM: verbs as actions, paths as resources."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.services.apigateway.conftest import ACCOUNT, Api, Refusal

PREFIX = "arn:aws:apigateway:us-east-1::"
User = Callable[..., Any]


@pytest.fixture
def user(aws: Callable[..., Any]) -> User:
    """Make a client of a user who may do what the statements say."""
    iam = aws("iam")

    def make(*statements: dict[str, Any]) -> Any:
        iam.create_user(UserName="u")
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName="u")["AccessKey"]
        return aws("apigateway", key=(key["AccessKeyId"], key["SecretAccessKey"]))

    return make


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_a_user_without_a_policy_may_nothing(api: Api, user: User, refusal: Refusal) -> None:
    client = user({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
    code, message = refusal(client.get_rest_api, restApiId=api.id)
    assert code == "AccessDeniedException"
    assert f"apigateway:GET on resource: {PREFIX}/restapis/{api.id}" in message
    # Refused alike whether or not it exists: who may not look learns nothing.
    assert refusal(client.get_rest_api, restApiId="unknown")[0] == "AccessDeniedException"


def test_actions_are_verbs_and_resources_are_paths(api: Api, user: User, refusal: Refusal) -> None:
    named = api.mock()
    other = api.client.create_rest_api(name="other")["id"]
    client = user(allow(["apigateway:GET", "apigateway:PATCH"], f"{PREFIX}/restapis/{api.id}/*"))
    assert client.get_method(**named)["httpMethod"] == "GET"
    client.update_method(**named, patchOperations=[{"op": "replace", "path": "/operationName", "value": "x"}])
    for operation, params in (
        (client.delete_method, named),
        (client.get_rest_api, {"restApiId": api.id}),
        (client.get_resources, {"restApiId": other}),
        (client.get_rest_apis, {}),
        (client.get_account, {}),
    ):
        assert refusal(operation, **params)[0] == "AccessDeniedException"


def test_a_resource_policy_needs_an_action_of_its_own(api: Api, user: User, refusal: Refusal) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**allow("execute-api:Invoke"), "Principal": "*"}]})
    operation = [{"op": "replace", "path": "/policy", "value": policy}]
    client = user(allow(["apigateway:PATCH", "apigateway:POST"]))
    client.update_rest_api(restApiId=api.id, patchOperations=[{"op": "replace", "path": "/name", "value": "x"}])
    code, message = refusal(client.update_rest_api, restApiId=api.id, patchOperations=operation)
    assert (code, "apigateway:UpdateRestApiPolicy" in message) == ("AccessDeniedException", True)
    assert refusal(client.create_rest_api, name="x", policy=policy)[0] == "AccessDeniedException"


def test_a_role_that_api_gateway_gets_must_be_passed(user: User, refusal: Refusal) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/logs"
    client = user(allow("apigateway:*"))
    operation = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    code, message = refusal(client.update_account, patchOperations=operation)
    assert (code, "iam:PassRole" in message) == ("AccessDeniedException", True)


def test_what_may_be_put_can_depend_on_the_authorization_type(api: Api, user: User, refusal: Refusal) -> None:
    condition = {"StringEquals": {"apigateway:Request/RouteAuthorizationType": "NONE"}}
    client = user(
        allow("apigateway:*"), {"Effect": "Deny", "Action": "apigateway:PUT", "Resource": "*", "Condition": condition}
    )
    named = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "GET"}
    assert refusal(client.put_method, **named, authorizationType="NONE")[0] == "AccessDeniedException"
    assert client.put_method(**named, authorizationType="AWS_IAM")["authorizationType"] == "AWS_IAM"


def test_tags_of_the_request_can_be_asked_for(user: User, refusal: Refusal) -> None:
    condition = {"StringEquals": {"aws:RequestTag/team": "pets"}}
    client = user(allow("apigateway:POST", Condition=condition))
    assert refusal(client.create_rest_api, name="x")[0] == "AccessDeniedException"
    assert refusal(client.create_rest_api, name="x", tags={"team": "cats"})[0] == "AccessDeniedException"
    assert client.create_rest_api(name="x", tags={"team": "pets"})["tags"] == {"team": "pets"}
