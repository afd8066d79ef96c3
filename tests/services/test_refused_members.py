"""Every setting that `docs/coverage.md` says is refused, is: by an error that names it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.docs.refused_members import REFUSED
from tests.services.iam.saml import metadata
from tests.services.policies import allow, trust_account, user_with

Params = Mapping[str, Any]
OPERATIONS = sorted({(one.service, operation) for one in REFUSED for operation in one.operations})


@pytest.fixture
def pools(aws: Callable[..., Any]) -> Params:
    """A pool with a client."""
    idp = aws("cognito-idp")
    pool = {"UserPoolId": idp.create_user_pool(PoolName="p")["UserPool"]["Id"]}
    idp.set_user_pool_session_configuration(**pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 20})
    client = {"ClientId": idp.create_user_pool_client(**pool, ClientName="c")["UserPoolClient"]["ClientId"]}
    return {
        "CreateUserPool": {"PoolName": "q"},
        "CreateUserPoolClient": {**pool, "ClientName": "d"},
        "UpdateUserPoolClient": {**pool, **client},
        "InitiateAuth": client,
        "AdminInitiateAuth": {**pool, **client},
        "RespondToAuthChallenge": client,
        "AdminRespondToAuthChallenge": {**pool, **client},
        "SetUserPoolClientSessionConfiguration": {**pool, **client},
        None: pool,
    }


@pytest.fixture
def apis(aws: Callable[..., Any]) -> Params:
    """An API with a method that is deployed."""
    client = aws("apigateway")
    made = client.create_rest_api(name="a")
    api = {"restApiId": made["id"]}
    method = {**api, "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**method, authorizationType="NONE")
    client.put_method_response(**method, statusCode="200")
    client.put_integration(**method, type="MOCK")
    client.put_integration_response(**method, statusCode="200")
    deployment = client.create_deployment(**api, stageName="dev")["id"]
    return {
        "CreateRestApi": {"name": "b"},
        "CreateStage": {**api, "stageName": "prod", "deploymentId": deployment},
        "UpdateStage": {**api, "stageName": "dev"},
        "CreateDeployment": {**api, "stageName": "dev"},
        "CreateAuthorizer": {**api, "name": "x", "identitySource": "method.request.header.Authorization"},
        "PutMethod": {**method, "httpMethod": "POST", "authorizationType": "NONE"},
        "PutIntegration": {**method, "type": "MOCK"},
        "PutIntegrationResponse": {**method, "statusCode": "200"},
        "UpdateMethod": method,
        "UpdateIntegration": method,
        "UpdateIntegrationResponse": {**method, "statusCode": "200"},
        "GetSdk": {**api, "stageName": "dev"},
        None: api,
    }


@pytest.fixture
def identities(aws: Callable[..., Any]) -> Params:
    """A user who may do everything, and a role that everybody may assume."""
    iam, key = aws("iam"), user_with(aws, "u", allow("*"))
    provider = {"Name": "mine", "SAMLMetadataDocument": metadata()}
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust_account())["Role"]["Arn"]
    return {
        "CreateSAMLProvider": {**provider, "Name": "other"},
        "UpdateSAMLProvider": {"SAMLProviderArn": iam.create_saml_provider(**provider)["SAMLProviderArn"]},
        "SimulatePrincipalPolicy": {"PolicySourceArn": role, "ActionNames": ["iam:GetUser"]},
        "SimulateCustomPolicy": {"PolicyInputList": [allow("*")], "ActionNames": ["iam:GetUser"]},
        "UpdateAccessKey": {"UserName": "u", "AccessKeyId": key[0]},
        "key": key,  # the root user may not assume roles
        "AssumeRole": {"RoleArn": role, "RoleSessionName": "session"},
    }


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_what_is_not_enforced_is_refused_by_its_name(
    aws: Callable[..., Any], request: pytest.FixtureRequest, service: str, operation: str
) -> None:
    world = request.getfixturevalue({"cognito-idp": "pools", "apigateway": "apis"}.get(service, "identities"))
    given = world.get(operation, world.get(None, {}))
    client = aws(service, parameter_validation=False, **({"key": world["key"]} if "key" in world else {}))
    call = getattr(client, xform_name(operation))
    for one in REFUSED:
        if one.service == service and operation in one.operations:
            with pytest.raises(ClientError) as refusal:
                call(**{**given, **one.params})
            error = refusal.value.response["Error"]
            assert one.says in error["Message"], (one.setting, error)
            assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 501}, one.setting
