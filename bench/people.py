"""People: a user pool with a client, users who sign in, and an API that only they may call.

In: a server that speaks AWS's protocols. Out: a `Pool`, tokens, requests as bytes. Law: everything is set up by the
plain AWS client, the same for every server; tokens are those that the server itself gave out.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.scene import BODY, REGION, Aws, as_bytes, root_of

PASSWORD = "Correct-horse-1"
FLOWS = ("ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")


@dataclass(frozen=True)
class Pool:
    """A user pool and its client."""

    port: int
    id: str
    client_id: str
    names: tuple[str, ...]


def make_user_pool(aws: Aws, port: int, people: int, naming: str = "person{}") -> Pool:
    """Make a user pool with so many people in it."""
    pool = aws("cognito-idp", "create_user_pool", PoolName="bench")["UserPool"]["Id"]
    made = aws(
        "cognito-idp", "create_user_pool_client", UserPoolId=pool, ClientName="bench", ExplicitAuthFlows=list(FLOWS)
    )
    names = tuple(naming.format(number) for number in range(people))
    for name in names:
        email = [{"Name": "email", "Value": f"{name}@example.com"}, {"Name": "email_verified", "Value": "true"}]
        who = {"UserPoolId": pool, "Username": name}
        aws("cognito-idp", "admin_create_user", **who, UserAttributes=email, MessageAction="SUPPRESS")
        aws("cognito-idp", "admin_set_user_password", **who, Password=PASSWORD, Permanent=True)
    return Pool(port, pool, made["UserPoolClient"]["ClientId"], names)


def make_guarded_api(aws: Aws, pool: Pool) -> str:
    """Make and deploy an API whose `/token` wants a token of the pool. Returns its id."""
    arn = aws("cognito-idp", "describe_user_pool", UserPoolId=pool.id)["UserPool"]["Arn"]
    api = aws("apigateway", "create_rest_api", name="bench")
    authorizer = aws(
        "apigateway", "create_authorizer", restApiId=api["id"], name="pool", type="COGNITO_USER_POOLS",
        providerARNs=[arn], identitySource="method.request.header.Authorization",
    )  # fmt: skip
    resource = aws(
        "apigateway", "create_resource", restApiId=api["id"], parentId=root_of(aws, api), pathPart="token"
    )  # fmt: skip
    where = {"restApiId": api["id"], "resourceId": resource["id"], "httpMethod": "GET"}
    aws(
        "apigateway", "put_method", **where, authorizationType="COGNITO_USER_POOLS", authorizerId=authorizer["id"]
    )  # fmt: skip
    aws("apigateway", "put_method_response", **where, statusCode="200")
    templates = {"application/json": '{"statusCode": 200}'}
    aws("apigateway", "put_integration", **where, type="MOCK", requestTemplates=templates)
    answers = {"application/json": BODY.decode()}
    aws("apigateway", "put_integration_response", **where, statusCode="200", responseTemplates=answers)
    aws("apigateway", "create_deployment", restApiId=api["id"], stageName="dev")
    return str(api["id"])


def with_token(port: int, api_id: str, token: str) -> bytes:
    """Return a GET of the API as bytes, with a token."""
    headers = {"Host": f"127.0.0.1:{port}", "Accept": "application/json", "Authorization": f"Bearer {token}"}
    return as_bytes("GET", f"/_aws/execute-api/{api_id}/dev/token", headers, b"")


def user_pool_call(port: int, operation: str, params: Mapping[str, Any]) -> bytes:
    """Return a call of a user pool that nobody signs, as bytes, as a browser sends it."""
    return as_bytes("POST", "/", _headers(port, operation), json.dumps(params).encode())


def _headers(port: int, operation: str) -> dict[str, str]:
    return {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        # A server that looks for the service in the scope of a signature only must find one; nobody checks it here.
        "X-Amz-User-Agent": f"aws-sdk-js/2.1692.0 {REGION}",
    }


class Door:
    """A connection to a server's user pools, for what is asked before the load."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._port = port

    def __call__(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Perform one operation."""
        self._connection.request("POST", "/", json.dumps(params), _headers(self._port, operation))
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{operation} answered {answer.status} {body[:300]!r}")
        found: dict[str, Any] = json.loads(body)
        return found


def password_login(pool: Pool, name: str) -> dict[str, Any]:
    """Return the parameters of a login by password."""
    return {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": pool.client_id,
        "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD},
    }


def refreshing(pool: Pool, token: str) -> dict[str, Any]:
    """Return the parameters of a refresh."""
    return {
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "ClientId": pool.client_id,
        "AuthParameters": {"REFRESH_TOKEN": token},
    }


def signed_in(pool: Pool) -> list[dict[str, str]]:
    """Sign everybody in; returns their tokens."""
    door = Door(pool.port)
    return [door("InitiateAuth", password_login(pool, name))["AuthenticationResult"] for name in pool.names]


def id_tokens(pool: Pool, count: int) -> list[str]:
    """Return so many ID tokens, each another: one sign-in a person, and then refreshes."""
    door, people = Door(pool.port), signed_in(pool)
    tokens = [one["IdToken"] for one in people]
    while len(tokens) < count:
        shown = people[len(tokens) % len(people)]["RefreshToken"]
        tokens.append(door("InitiateAuth", refreshing(pool, shown))["AuthenticationResult"]["IdToken"])
    return tokens[:count]
