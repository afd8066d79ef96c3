"""Every operation of every service with odd values in every place: AWS's errors, never a failure of ours.

The caller is the root, so that nothing stops a value before the service; the values fit the model's shapes or nearly.
"""

# ruff: noqa: E501 - the odd values read better in few lines
import contextlib
import itertools
import random
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest

from gatewright.settings import Settings
from gatewright.wire.sigv4.sign import Credentials
from tests.chance import seeds
from tests.running import Running, in_process
from tests.security import scene
from tests.security.test_every_operation import OPERATIONS, UNSIGNED, _client, _model, _text
from tests.services.cognito_idp.signing_in import by_password, make_user
from tests.services.policies import trust

ODD = [
    "", " ", "x", "a/b", "../..", "%", "%2F", "é", "名前", "\U0001f600", "\u202e", "a\tb", "a\nb", "null", "None", "true", "-1",
    "0", "1e999", "9" * 400, "x" * 300, "x" * 3000, "{proxy+}", "{a}", "{", "}", "$context", "${aws:username}", "*", "?", "a*",
    "[", "(a+)+$", "\\", "'", '"', "<x>", "&", ";", ":", "::::::", "arn:aws:iam::000000000000:role/visitors", "arn:aws:::::",
    "arn:aws:apigateway:us-east-1::/restapis/x", "us-east-1:00000000-0000-4000-8000-000000000000", "{}", "[]", "[1]",
    '{"Version":"2012-10-17","Statement":[]}', '{"Statement":{"Effect":"Allow"}}', "application/json", "*/*", "method.request.header.a",
    "'x'", "context.identity.sourceIp", "stageVariables.a", "integration.response.body.a[", "GET", "get", "ANY", "200", "999", "1",
    "2xx", "AWS_IAM", "NONE", "MOCK", "DEFAULT_4XX", "WHEN_NO_MATCH", "CONVERT_TO_TEXT", "/", "/a/", "/description", "/variables/a",
    "description", "replace", "add", "remove", "copy", "move", "test",
]  # fmt: skip


class Oddity:
    """Makes up parameters from a model, with odd values in them."""

    def __init__(self, draw: random.Random, known: dict[str, list[str]]) -> None:
        self._draw = draw
        self._known = known

    def value(self, shape: Any, name: str, depth: int = 0) -> Any:
        draw = self._draw
        kind = shape.type_name
        if kind == "structure":
            chosen = [key for key in shape.members if key in shape.required_members or draw.random() < 0.35]
            return {key: self.value(shape.members[key], key, depth + 1) for key in chosen} if depth < 6 else {}
        if kind == "list":
            return [self.value(shape.member, name, depth + 1) for _ in range(draw.choice((0, 1, 1, 2, 3)))]
        if kind == "map":
            size = draw.choice((0, 1, 2))
            return {self.text(shape.key, "key"): self.value(shape.value, "value", depth + 1) for _ in range(size)}
        if kind in ("integer", "long"):
            return draw.choice((0, 1, 2, -1, 10, 60, 3600, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30))
        if kind in ("float", "double"):
            return draw.choice((0.0, -1.5, 1e300))
        if kind == "boolean":
            return draw.choice((True, False))
        if kind == "blob":
            return draw.choice((b"", b"{}", b"\xff\x00", b'{"swagger":"2.0"}'))
        return 0 if kind == "timestamp" else self.text(shape, name)

    def text(self, shape: Any, name: str) -> str:
        roll = self._draw.random()
        if roll < 0.5 and self._known.get(name):
            return self._draw.choice(self._known[name])
        if roll < 0.65:
            return _text(shape, name)
        return self._draw.choice(ODD)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A product on each database: they do not agree on what is too long, or too large, or no text."""
    database = request.getfixturevalue("postgres").fresh() if request.param == "postgresql" else ""
    with in_process(Settings(data=tmp_path_factory.mktemp("odd"), port=0, dev=True, database=database)) as running:
        yield running


def _people(running: Running) -> dict[str, list[str]]:
    """Return a user pool with a user who is signed in; it is made anew where an odd call has deleted one of them."""
    idp, iam = running.client("cognito-idp"), running.client("iam")
    known: dict[str, list[str]] = getattr(running, "people", {})
    if known:
        with contextlib.suppress(botocore.exceptions.ClientError):
            idp.get_user(AccessToken=known["AccessToken"][0])
            return known
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="imports", AssumeRolePolicyDocument=trust({"Service": "cognito-idp.amazonaws.com"}))
    pool_id = idp.create_user_pool(
        PoolName="people",
        AutoVerifiedAttributes=["email"],
        AliasAttributes=["email", "preferred_username"],
        DeviceConfiguration={"DeviceOnlyRememberedOnUserPrompt": True},
        Schema=[{"Name": "tenant"}, {"Name": "age", "AttributeDataType": "Number"}],
    )["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"]
    flows.append("ALLOW_ADMIN_USER_PASSWORD_AUTH")
    client = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=flows)[
        "UserPoolClient"
    ]
    tracked = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}}
    idp.set_user_pool_session_configuration(UserPoolId=pool_id, **tracked)
    idp.create_group(UserPoolId=pool_id, GroupName="group")
    make_user(idp, pool_id, email="jane@example.com", email_verified="true")
    tokens = by_password(idp, client["ClientId"])["AuthenticationResult"]
    sessions = idp.admin_list_user_sessions(UserPoolId=pool_id, Username="jane")["Sessions"]
    role = "arn:aws:iam::000000000000:role/imports"
    job = idp.create_user_import_job(UserPoolId=pool_id, JobName="first", CloudWatchLogsRoleArn=role)["UserImportJob"]
    running.people = known = {  # type: ignore[attr-defined]
        "UserPoolId": [pool_id],
        "ClientId": [client["ClientId"]],
        "Username": ["jane"],
        "USERNAME": ["jane"],
        "AccessToken": [tokens["AccessToken"]],
        "RefreshToken": [tokens["RefreshToken"]],
        "Token": [tokens["RefreshToken"]],
        "DeviceKey": [tokens["NewDeviceMetadata"]["DeviceKey"]],
        "SessionId": [one["SessionId"] for one in sessions],
        "JobId": [job["JobId"]],
        "CloudWatchLogsRoleArn": [role],
        "AttributeName": ["email", "phone_number"],
        "Name": ["email", "name", "custom:tenant", "custom:age", "email_verified", "preferred_username"],
        "Filter": ['username = "jane"', 'email ^= "j"', 'status = "x"', '"'],
    }
    return known


def _known(running: Running) -> dict[str, list[str]]:
    """Return names of things that exist, by the parameters that take them."""
    api_id = scene.build_api(running)
    apigateway, iam = running.client("apigateway"), running.client("iam")
    resources = [each["id"] for each in apigateway.get_resources(restApiId=api_id)["items"]]
    (deployment,) = apigateway.get_deployments(restApiId=api_id)["items"]
    roles = [role["RoleName"] for role in iam.list_roles(MaxItems=1)["Roles"]]
    if not roles:
        scene.build_pool(running)
        iam.create_user(UserName="alice")
        iam.create_group(GroupName="group")
        document = scene.policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
        iam.create_policy(PolicyName="policy", PolicyDocument=document)
    pools = running.client("cognito-identity").list_identity_pools(MaxResults=2)["IdentityPools"]
    return {
        "restApiId": [api_id],
        "resourceId": resources,
        "parentId": resources,
        "deploymentId": [deployment["id"]],
        "stageName": ["dev"],
        "httpMethod": ["GET"],
        "statusCode": ["200"],
        "resourceArn": [f"arn:aws:apigateway:us-east-1::/restapis/{api_id}"],
        "RoleName": ["visitors"],
        "UserName": ["alice"],
        "GroupName": ["group"],
        "RoleArn": ["arn:aws:iam::000000000000:role/visitors"],
        "PolicyArn": ["arn:aws:iam::000000000000:policy/policy"],
        "PolicyName": ["all"],
        "IdentityPoolId": [pool["IdentityPoolId"] for pool in pools],
        "op": ["add", "replace", "remove", "copy"],
        "path": [
            "/",
            "/description",
            "/variables/a",
            "/variables/",
            "/policy",
            "/name",
            "/binaryMediaTypes/a~1b",
            "",
            "x",
        ],
    }


@pytest.mark.parametrize("service", sorted({service for service, _ in OPERATIONS}))
@pytest.mark.parametrize("seed", seeds(2))  # twenty times as many is what found things when an operation was new
def test_odd_values_are_refused_in_awss_words_or_taken(target: Running, service: str, seed: int) -> None:
    draw = random.Random(f"{service} {seed}")
    root = Credentials("test", "test")
    broken, calls = [], itertools.count()
    for operation in [name for owner, name in OPERATIONS if owner == service]:
        shape = _model(service).operation_model(operation).input_shape
        if shape is None:
            continue
        if next(calls) % 8 == 0:  # what the calls before have deleted is there again
            oddity = Oddity(draw, _people(target) if service == "cognito-idp" else _known(target))
        params = oddity.value(shape, "")
        key = None if (service, operation) in UNSIGNED else root
        try:
            _client(target.endpoint, service, key)._make_api_call(operation, params)
        except botocore.exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status >= 500 and status != 501:
                broken.append((operation, params, error.response["Error"]["Code"]))
        except (botocore.exceptions.BotoCoreError, ValueError, TypeError, AttributeError):
            continue  # botocore itself cannot send it
    assert not broken, broken


@pytest.mark.parametrize("path", ["x", "", "~", "/", "//", "/~1"])
def test_a_patch_path_of_a_stage_without_a_slash_is_a_bad_request(product: Running, path: str) -> None:
    """Found by changing signed requests at random: it was a failure of ours."""
    operations = [{"op": "replace", "path": path, "value": "v"}]
    client = product.client("apigateway")
    with pytest.raises(client.exceptions.BadRequestException):
        client.update_stage(restApiId=scene.build_api(product), stageName="dev", patchOperations=operations)
