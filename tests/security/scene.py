"""The ground of the attacks: a guarded MOCK API and an identity pool whose visitors may call it, made with boto3."""

import json
from typing import Any

from gatewright.wire.sigv4.sign import Credentials
from tests.running import Running


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def build_api(running: Running, *, authorization: str = "AWS_IAM", verb: str = "GET", path: str = "demo") -> str:
    """Make an API with one method at /{path}, deploy it to `dev`, and return its id."""
    apigateway = running.client("apigateway")
    api = apigateway.create_rest_api(name="MOCK")
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart=path)
    add_method(running, api["id"], resource["id"], verb, authorization)
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    return str(api["id"])


def add_method(
    running: Running,
    api_id: str,
    resource_id: str,
    verb: str = "GET",
    authorization: str = "AWS_IAM",
    *,
    headers: dict[str, str] | None = None,
    template: str = '{"message":"in"}',
) -> None:
    """Add a MOCK method that answers 200; `headers` maps response headers to expressions."""
    apigateway = running.client("apigateway")
    where = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": verb}
    declared = {f"method.response.header.{name}": False for name in headers or {}}
    mapped = {f"method.response.header.{name}": source for name, source in (headers or {}).items()}
    apigateway.put_method(**where, authorizationType=authorization)
    apigateway.put_method_response(**where, statusCode="200", responseParameters=declared)
    apigateway.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    apigateway.put_integration_response(
        **where, statusCode="200", responseParameters=mapped, responseTemplates={"application/json": template}
    )


def build_pool(running: Running, role_name: str = "visitors", *, open_to_visitors: bool = True) -> str:
    """Make an identity pool and its visitors' role, which may invoke everything; returns the pool's id."""
    identity, iam = running.client("cognito-identity"), running.client("iam")
    pool = identity.create_identity_pool(IdentityPoolName="app", AllowUnauthenticatedIdentities=open_to_visitors)
    pool_id = str(pool["IdentityPoolId"])
    role = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=trust_of(pool_id))["Role"]
    iam.put_role_policy(
        RoleName=role_name,
        PolicyName="all",
        PolicyDocument=policy({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    )
    identity.set_identity_pool_roles(IdentityPoolId=pool_id, Roles={"unauthenticated": role["Arn"]})
    return pool_id


def trust_of(pool_id: str) -> str:
    """Return the trust policy of a role for the visitors of a pool."""
    return policy(
        {
            "Effect": "Allow",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": pool_id},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
            },
        }
    )


def visitor(running: Running, pool_id: str) -> Credentials:
    """Fetch temporary credentials without signing in."""
    identity = running.client("cognito-identity")
    given = identity.get_credentials_for_identity(IdentityId=identity.get_id(IdentityPoolId=pool_id)["IdentityId"])
    keys = given["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"])


def assumed(running: Running, role_arn: str, by: Credentials, **params: Any) -> Credentials:
    """Take a role as somebody."""
    sts = running.client("sts", key=(by.access_key_id, by.secret_access_key), token=by.session_token)
    keys = sts.assume_role(RoleArn=role_arn, **{"RoleSessionName": "session", **params})["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
