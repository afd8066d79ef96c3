"""Both articles with the plain `aws` command line, step by step, as its readers type it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.journeys import story

AWS = Path(sys.executable).parent / "aws"

Cli = Callable[..., Any]


@pytest.fixture
def cli(product: Any, tmp_path: Path) -> Cli:
    """Run `aws …` with the environment that `gatewright env` prints; returns what it printed, parsed."""

    def run(*words: str, fails: bool = False) -> Any:
        done = subprocess.run(
            [AWS, *words, "--output", "json"],
            env=product.environ(),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if fails:
            assert done.returncode != 0
            return done.stderr.strip()
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def invoke(product: Any, api: str, credentials: dict[str, str] | None = None) -> httpx.Response:
    """Call the API's resource, signed where there are credentials."""
    url = f"{product.endpoint}/_aws/execute-api/{api}/dev/demo"
    headers = {}
    if credentials:
        key = Credentials(credentials["AccessKeyId"], credentials["SecretKey"], credentials["SessionToken"])
        request = AWSRequest("GET", url)
        SigV4Auth(key, "execute-api", product.region).add_auth(request)
        headers = dict(request.headers)
    return httpx.get(url, headers=headers)


def test_both_articles_on_the_command_line(cli: Cli, product: Any, tmp_path: Path) -> None:
    api = _create_the_open_mock(cli)
    answer = invoke(product, api)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")

    _require_iam(cli, api)
    assert invoke(product, api).status_code == 200, "set, but not deployed"
    cli("apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "dev")
    answer = invoke(product, api)
    assert (answer.status_code, answer.json()) == (403, {"message": "Missing Authentication Token"})

    pool, role = _create_visitors(cli, tmp_path)
    credentials = _visit(cli, pool)
    answer = invoke(product, api, credentials)
    assert answer.status_code == 403, "the role may not invoke yet"
    assert "is not authorized to perform: execute-api:Invoke" in answer.text

    policy = tmp_path / "invoke.json"
    policy.write_text(story.invoke_policy(product.region, product.account, api))
    grant = ("--role-name", role, "--policy-name", "invoke")
    cli("iam", "put-role-policy", *grant, "--policy-document", f"file://{policy}")
    answer = invoke(product, api, credentials)
    assert (answer.status_code, answer.json()) == (200, story.GREETING)

    cli("iam", "delete-role-policy", *grant)
    assert invoke(product, api, credentials).status_code == 403

    sdk = ("--rest-api-id", api, "--stage-name", "dev", "--sdk-type", "javascript")
    attached = cli("apigateway", "get-sdk", *sdk, str(tmp_path / "sdk.zip"))
    assert attached["contentType"] == "application/octet-stream"
    assert (tmp_path / "sdk.zip").read_bytes()[:4] == b"PK\x03\x04"


def _create_the_open_mock(cli: Cli) -> str:
    api: str = cli("apigateway", "create-rest-api", "--name", "MOCK")["id"]
    (root,) = cli("apigateway", "get-resources", "--rest-api-id", api)["items"]
    make = ("--rest-api-id", api, "--parent-id", root["id"], "--path-part", "demo")
    resource = cli("apigateway", "create-resource", *make)["id"]

    def on(verb: str, command: str, *words: str) -> None:
        place = ("--rest-api-id", api, "--resource-id", resource, "--http-method", verb)
        cli("apigateway", command, *place, *words)

    template = json.dumps({"application/json": '{"statusCode": 200}'})
    origin = "method.response.header.Access-Control-Allow-Origin"
    on("GET", "put-method", "--authorization-type", "NONE")
    on("GET", "put-method-response", "--status-code", "200", "--response-parameters", json.dumps({origin: False}))
    on("GET", "put-integration", "--type", "MOCK", "--request-templates", template)
    greeting = json.dumps({"application/json": json.dumps(story.GREETING)})
    mapped = json.dumps({origin: "'*'"})
    on(
        *("GET", "put-integration-response", "--status-code", "200"),
        *("--response-templates", greeting, "--response-parameters", mapped),
    )

    headers = {
        origin: "'*'",
        "method.response.header.Access-Control-Allow-Headers": story.ALLOW_HEADERS,
        "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
    }
    declared = json.dumps(dict.fromkeys(headers, False))
    on("OPTIONS", "put-method", "--authorization-type", "NONE")
    on("OPTIONS", "put-method-response", "--status-code", "200", "--response-parameters", declared)
    on("OPTIONS", "put-integration", "--type", "MOCK", "--request-templates", template)
    on("OPTIONS", "put-integration-response", "--status-code", "200", "--response-parameters", json.dumps(headers))
    cli("apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "dev")
    return api


def _require_iam(cli: Cli, api: str) -> None:
    resources = cli("apigateway", "get-resources", "--rest-api-id", api)["items"]
    demo = next(resource["id"] for resource in resources if resource["path"] == "/demo")
    change = "op=replace,path=/authorizationType,value=AWS_IAM"
    place = ("--rest-api-id", api, "--resource-id", demo, "--http-method", "GET")
    assert cli("apigateway", "update-method", *place, "--patch-operations", change)["authorizationType"] == "AWS_IAM"


def _create_visitors(cli: Cli, tmp_path: Path) -> tuple[str, str]:
    make = ("--identity-pool-name", "store", "--allow-unauthenticated-identities")
    pool: str = cli("cognito-identity", "create-identity-pool", *make)["IdentityPoolId"]
    trust = tmp_path / "trust.json"
    trust.write_text(story.trust_policy(pool))
    name = "Cognito_StoreUnauth_Role"
    role = cli("iam", "create-role", "--role-name", name, "--assume-role-policy-document", f"file://{trust}")["Role"]
    roles = ("--identity-pool-id", pool, "--roles", f"unauthenticated={role['Arn']}")
    cli("cognito-identity", "set-identity-pool-roles", *roles)
    return pool, name


def _visit(cli: Cli, pool: str) -> dict[str, str]:
    identity = cli("cognito-identity", "get-id", "--identity-pool-id", pool, "--no-sign-request")["IdentityId"]
    words = ("get-credentials-for-identity", "--identity-id", identity, "--no-sign-request")
    credentials: dict[str, str] = cli("cognito-identity", *words)["Credentials"]
    return credentials


def test_an_identity_that_is_gone_is_not_found_in_the_articles_words(cli: Cli, product: Any) -> None:
    make = ("--identity-pool-name", "store", "--allow-unauthenticated-identities")
    pool = cli("cognito-identity", "create-identity-pool", *make)["IdentityPoolId"]
    identity = cli("cognito-identity", "get-id", "--identity-pool-id", pool)["IdentityId"]
    cli("cognito-identity", "delete-identities", "--identity-ids-to-delete", identity)
    said = cli("cognito-identity", "get-credentials-for-identity", "--identity-id", identity, fails=True)
    assert "(ResourceNotFoundException)" in said
    assert f"Identity '{identity}' not found." in said


def test_the_command_line_lists_what_it_made(cli: Cli) -> None:
    api = cli("apigateway", "create-rest-api", "--name", "MOCK")["id"]
    assert [item["id"] for item in cli("apigateway", "get-rest-apis")["items"]] == [api]
    cli("apigateway", "delete-rest-api", "--rest-api-id", api)
    assert cli("apigateway", "get-rest-apis")["items"] == []
    said = cli("apigateway", "get-rest-api", "--rest-api-id", api, fails=True)
    assert "(NotFoundException)" in said
