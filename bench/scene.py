"""The scene of every case: a MOCK API, a role that may invoke it, an identity pool that hands the role out.

In: a server that speaks AWS's protocols. Out: a `Scene`. Law: it is set up by the plain AWS client, the same for
every server; what differs between servers is not papered over.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config

from gatewright.wire.sigv4.sign import Credentials, sign

REGION = "us-east-1"
BODY = b'{"message": "Hello from behind the guard"}'


@dataclass(frozen=True)
class Scene:
    """What there is to be asked for."""

    port: int
    api_id: str
    pool: str
    role_arn: str
    visitor: Credentials


class Aws:
    """The plain AWS client, for one server."""

    def __init__(self, endpoint: str, key: tuple[str, str]) -> None:
        self._endpoint = endpoint
        self._key = key
        self._clients: dict[tuple[str, bool], Any] = {}

    def __call__(self, service: str, operation: str, *, unsigned: bool = False, **params: Any) -> dict[str, Any]:
        """Perform one operation."""
        client = self._clients.get((service, unsigned))
        if client is None:
            client = self._clients[service, unsigned] = botocore.session.get_session().create_client(
                service,
                region_name=REGION,
                endpoint_url=self._endpoint,
                aws_access_key_id=self._key[0],
                aws_secret_access_key=self._key[1],
                config=Config(signature_version=UNSIGNED) if unsigned else Config(retries={"max_attempts": 0}),
            )
        answer: dict[str, Any] = getattr(client, operation)(**params)
        return answer


def policy(**statement: Any) -> str:
    """Return a policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(pool: str) -> str:
    """Return the trust policy that identity pools need."""
    return policy(
        Effect="Allow",
        Principal={"Federated": "cognito-identity.amazonaws.com"},
        Action="sts:AssumeRoleWithWebIdentity",
        Condition={
            "StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
        },
    )


def make_api(aws: Aws) -> str:
    """Make and deploy the API: `/open` for everybody, `/demo` for signed requests. Returns its id."""
    api = aws("apigateway", "create_rest_api", name="bench")
    for part, authorization in (("open", "NONE"), ("demo", "AWS_IAM")):
        resource = aws(
            "apigateway", "create_resource", restApiId=api["id"], parentId=root_of(aws, api), pathPart=part
        )  # fmt: skip
        where = {"restApiId": api["id"], "resourceId": resource["id"], "httpMethod": "GET"}
        aws("apigateway", "put_method", **where, authorizationType=authorization)
        aws("apigateway", "put_method_response", **where, statusCode="200")
        templates = {"application/json": '{"statusCode": 200}'}
        aws("apigateway", "put_integration", **where, type="MOCK", requestTemplates=templates)
        answers = {"application/json": BODY.decode()}
        aws("apigateway", "put_integration_response", **where, statusCode="200", responseTemplates=answers)
    aws("apigateway", "create_deployment", restApiId=api["id"], stageName="dev")
    return str(api["id"])


def root_of(aws: Aws, api: Mapping[str, Any]) -> str:
    """Return the id of an API's root resource."""
    known = api.get("rootResourceId")
    return str(known or aws("apigateway", "get_resources", restApiId=api["id"])["items"][0]["id"])


def make_pool(aws: Aws, *, with_role: bool = True) -> tuple[str, str]:
    """Make an identity pool for visitors and their role (which moto cannot give). Returns the pool and the role."""
    made = aws(
        "cognito-identity", "create_identity_pool", IdentityPoolName="bench", AllowUnauthenticatedIdentities=True
    )
    pool = str(made["IdentityPoolId"])
    if not with_role:
        return pool, ""
    role = aws("iam", "create_role", RoleName="bench-visitor", AssumeRolePolicyDocument=trust(pool))["Role"]["Arn"]
    aws("cognito-identity", "set_identity_pool_roles", IdentityPoolId=pool, Roles={"unauthenticated": role})
    return pool, str(role)


def make_scene(port: int, key: tuple[str, str]) -> Scene:
    """Set everything up, and become a visitor."""
    aws = Aws(f"http://127.0.0.1:{port}", key)
    api_id = make_api(aws)
    pool, role = make_pool(aws)
    allow = policy(
        Effect="Allow", Action="execute-api:Invoke", Resource=f"arn:aws:execute-api:{REGION}:*:{api_id}/dev/*/*"
    )
    aws("iam", "put_role_policy", RoleName="bench-visitor", PolicyName="invoke", PolicyDocument=allow)
    identity = aws("cognito-identity", "get_id", unsigned=True, IdentityPoolId=pool)["IdentityId"]
    given = aws("cognito-identity", "get_credentials_for_identity", unsigned=True, IdentityId=identity)["Credentials"]
    visitor = Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
    return Scene(port, api_id, pool, role, visitor)


def invocation(port: int, api_id: str, resource: str, credentials: Credentials | None = None) -> bytes:
    """Return a GET of the API as bytes, signed where there are credentials. It is good for five minutes."""
    path = f"/_aws/execute-api/{api_id}/dev/{resource}"
    headers = {"Host": f"127.0.0.1:{port}", "Accept": "application/json"}
    if credentials is not None:
        url = f"http://127.0.0.1:{port}{path}"
        headers |= sign("GET", url, list(headers.items()), b"", credentials, "execute-api", REGION, time.time())
    return as_bytes("GET", path, headers, b"")


def identity_call(port: int, operation: str, params: Mapping[str, Any]) -> bytes:
    """Return an unsigned call of an identity pool as bytes, as a browser sends it."""
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityService.{operation}",
    }
    return as_bytes("POST", "/", headers, json.dumps(params).encode())


def as_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
