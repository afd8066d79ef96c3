"""The guarded MOCK API as tests build it: through boto3, whatever product it is built on."""

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx

from gatewright.wire.sigv4.sign import Credentials, sign
from tests.running import Running

HELLO = {"message": "Hello from the mock"}


@dataclass(frozen=True)
class Guarded:
    """A deployed API whose GET /demo asks for AWS_IAM, and an identity pool whose visitors may call it."""

    api_id: str
    pool_id: str
    role_arn: str
    resource_id: str


def build(running: Running, *, role_name: str = "visitors", authorization: str = "AWS_IAM") -> Guarded:
    """Build the whole story."""
    api_id, resource_id = build_api(running, authorization=authorization)
    pool_id, role_arn = build_pool(running, role_name)
    allow(running, role_name, f"arn:aws:execute-api:{running.region}:{running.account}:{api_id}/dev/*/*")
    return Guarded(api_id, pool_id, role_arn, resource_id)


def build_api(running: Running, *, authorization: str = "AWS_IAM") -> tuple[str, str]:
    """Make and deploy the API; returns its id and the id of /demo."""
    apigateway = running.client("apigateway")
    api = apigateway.create_rest_api(name="MOCK")
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="demo")
    where = {"restApiId": api["id"], "resourceId": resource["id"], "httpMethod": "GET"}
    apigateway.put_method(**where, authorizationType=authorization)
    apigateway.put_method_response(**where, statusCode="200")
    templates = {"application/json": '{"statusCode": 200}'}
    apigateway.put_integration(**where, type="MOCK", requestTemplates=templates)
    answers = {"application/json": json.dumps(HELLO)}
    apigateway.put_integration_response(**where, statusCode="200", responseTemplates=answers)
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    return api["id"], resource["id"]


def build_pool(running: Running, role_name: str) -> tuple[str, str]:
    """Make the identity pool and its visitors' role, which may do nothing yet."""
    identity = running.client("cognito-identity")
    pool = identity.create_identity_pool(IdentityPoolName="app", AllowUnauthenticatedIdentities=True)
    pool_id = pool["IdentityPoolId"]
    condition = {
        "StringEquals": {"cognito-identity.amazonaws.com:aud": pool_id},
        "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
    }
    trust = policy(
        Effect="Allow",
        Principal={"Federated": "cognito-identity.amazonaws.com"},
        Action="sts:AssumeRoleWithWebIdentity",
        Condition=condition,
    )
    role = running.client("iam").create_role(RoleName=role_name, AssumeRolePolicyDocument=trust)["Role"]
    identity.set_identity_pool_roles(IdentityPoolId=pool_id, Roles={"unauthenticated": role["Arn"]})
    return pool_id, role["Arn"]


def allow(running: Running, role_name: str, resource: str) -> None:
    """Let a role invoke."""
    document = policy(Effect="Allow", Action="execute-api:Invoke", Resource=resource)
    running.client("iam").put_role_policy(RoleName=role_name, PolicyName="invoke", PolicyDocument=document)


def policy(**statement: Any) -> str:
    """Return a policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def visitor(running: Running, pool_id: str) -> Credentials:
    """Fetch temporary credentials without signing in."""
    identity = running.client("cognito-identity")
    given = identity.get_credentials_for_identity(IdentityId=identity.get_id(IdentityPoolId=pool_id)["IdentityId"])
    keys = given["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"])


def call(running: Running, api_id: str, credentials: Credentials | None = None, path: str = "/dev/demo") -> Any:
    """Call the API, signed where credentials are given."""
    url = f"{running.endpoint}/_aws/execute-api/{api_id}{path}"
    headers = {"Accept": "application/json"}
    if credentials is not None:
        pairs = list(headers.items())
        headers |= sign("GET", url, pairs, b"", credentials, "execute-api", running.region, time.time())
    return httpx.get(url, headers=headers)
