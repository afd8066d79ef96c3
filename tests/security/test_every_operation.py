"""Every operation of every service: nobody without a signature, and no user without a policy, gets anything.

The list is not written here: it is the product's own, so that an operation that is added is attacked on the same day.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import botocore.config
import botocore.exceptions
import botocore.session
import pytest

from gatewright.app import SERVICES
from gatewright.settings import Settings
from gatewright.wire.sigv4.sign import Credentials
from tests.running import Running, in_process
from tests.security import scene
from tests.security.attacker import user

OPERATIONS = sorted((service.name, operation) for service in SERVICES for operation in service.operations)

# By AWS's models: for users who prove who they are by a password, a code or a token, and sign nothing.
_OF_USERS = """
    AssociateSoftwareToken ChangePassword CompleteWebAuthnRegistration ConfirmDevice ConfirmForgotPassword ConfirmSignUp
    DeleteUser DeleteUserAttributes DeleteWebAuthnCredential ForgetDevice ForgotPassword GetDevice
    GetTokensFromRefreshToken GetUser GetUserAttributeVerificationCode GetUserAuthFactors GlobalSignOut InitiateAuth
    ListDevices ListUserSessions ListWebAuthnCredentials ResendConfirmationCode RespondToAuthChallenge RevokeToken
    RevokeUserSession SetUserMFAPreference SetUserSettings SignUp StartWebAuthnRegistration UpdateAuthEventFeedback
    UpdateDeviceStatus UpdateUserAttributes VerifySoftwareToken VerifyUserAttribute
"""
# By AWS's models: for visitors who have no credentials yet.
UNSIGNED = {("cognito-idp", operation) for operation in _OF_USERS.split()}.intersection(OPERATIONS) | {
    ("cognito-identity", "GetCredentialsForIdentity"),
    ("cognito-identity", "GetId"),
    ("cognito-identity", "GetOpenIdToken"),
    ("cognito-identity", "UnlinkIdentity"),
    ("sts", "AssumeRoleWithSAML"),
    ("sts", "AssumeRoleWithWebIdentity"),
}
# By AWS's rule: open to everybody with a signature.
OPEN = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}

_MODELS: dict[str, Any] = {}


def _model(service: str) -> Any:
    if service not in _MODELS:
        _MODELS[service] = botocore.session.get_session().get_service_model(service)
    return _MODELS[service]


def _value(shape: Any, name: str, depth: int = 0) -> Any:
    """Make up the least value that the model takes."""
    if shape.type_name == "structure":
        return {key: _value(shape.members[key], key, depth + 1) for key in shape.required_members}
    if shape.type_name == "list":
        return [_value(shape.member, name, depth + 1)]
    if shape.type_name == "map":
        key = "unauthenticated" if name == "Roles" else _value(shape.key, "key", depth + 1)
        return {key: _value(shape.value, "roleArn" if name == "Roles" else "value", depth + 1)}
    if shape.type_name in ("integer", "long", "float", "double"):
        return max(1, int(shape.metadata.get("min", 1)))
    plain = {"boolean": True, "blob": b"x", "timestamp": 0}
    if shape.type_name in plain:
        return plain[shape.type_name]
    return _text(shape, name)


def _text(shape: Any, name: str) -> str:
    if shape.enum:
        return str(shape.enum[0])
    lower = name.lower()
    if "policydocument" in lower:
        return scene.policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    if lower.endswith("arn"):
        return "arn:aws:iam::000000000000:role/nobody-there"
    if lower in ("identitypoolid", "identityid", "identityidstodelete"):
        return "us-east-1:00000000-0000-4000-8000-000000000000"
    if lower == "userpoolid":
        return "us-east-1_Aaaaaaaaa"
    if lower == "accesskeyid":
        return "AKIAIOSFODNN7EXAMPLE"
    if lower.startswith("authenticationcode"):
        return "123456"
    known = {
        "devicekey": "us-east-1_0a",
        "jobid": "import-0a",
        "sessionid": "tkn" + "0" * 25,
        "httpmethod": "GET",
        "statuscode": "200",
        "authorizationtype": "NONE",
        "versionid": "v1",
    }
    return known.get(lower, "x" * max(8, int(shape.metadata.get("min", 1))))


def _params(service: str, operation: str) -> dict[str, Any]:
    shape = _model(service).operation_model(operation).input_shape
    return _value(shape, "") if shape is not None else {}


@lru_cache(maxsize=64)  # making a client takes longer than a hundred calls
def _client(endpoint: str, service: str, key: Credentials | None) -> Any:
    config = botocore.config.Config(
        parameter_validation=False,
        retries={"max_attempts": 0},
        signature_version=None if key is not None else botocore.UNSIGNED,
    )
    return botocore.session.get_session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        config=config,
        aws_access_key_id=key.access_key_id if key else None,
        aws_secret_access_key=key.secret_access_key if key else None,
        aws_session_token=key.session_token if key else None,
    )


def _call(running: Running, service: str, operation: str, key: Credentials | None, **params: Any) -> tuple[int, str]:
    """Call by the wire, without botocore's own checks; returns the status and the error's code."""
    client = _client(running.endpoint, service, key)
    try:
        answer = client._make_api_call(operation, {**_params(service, operation), **params})
    except botocore.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    return answer["ResponseMetadata"]["HTTPStatusCode"], ""


def test_the_lists_of_open_operations_are_those_of_the_models() -> None:
    marked = {
        (service, operation)
        for service, operation in OPERATIONS
        if _model(service).operation_model(operation).auth_type == "none"
        or "smithy.api#noAuth" in (_model(service).operation_model(operation).auth or ())
    }
    assert marked == UNSIGNED
    assert set(OPERATIONS) >= OPEN | UNSIGNED


@pytest.mark.parametrize(("service", "operation"), [each for each in OPERATIONS if each not in UNSIGNED])
def test_nobody_without_a_signature_performs_an_operation(fortress: Running, service: str, operation: str) -> None:
    status, code = _call(fortress, service, operation, None)
    assert code.startswith("MissingAuthenticationToken"), (status, code)
    assert status == 403 if not service.startswith("cognito") else status in (400, 403)


@pytest.fixture(scope="module")
def fortress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A product of this file's own, with things in it to be taken."""
    with in_process(Settings(data=tmp_path_factory.mktemp("fortress"), port=0, dev=True)) as running:
        scene.build_api(running)
        scene.build_pool(running)
        yield running


@pytest.fixture(scope="module")
def stranger(fortress: Running) -> Credentials:
    """A user whom nobody has allowed anything."""
    return user(fortress, "stranger")


@pytest.fixture(scope="module")
def powerless(fortress: Running, stranger: Credentials) -> Credentials:
    """A session of a role that nobody has allowed anything."""
    trusted = {"AWS": "arn:aws:iam::000000000000:user/stranger"}
    trust = scene.policy({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"})
    role = fortress.client("iam").create_role(RoleName="powerless", AssumeRolePolicyDocument=trust)["Role"]
    return scene.assumed(fortress, role["Arn"], stranger)


@pytest.mark.parametrize(("service", "operation"), [each for each in OPERATIONS if each not in UNSIGNED | OPEN])
def test_a_user_without_policies_performs_no_operation(
    fortress: Running, stranger: Credentials, service: str, operation: str
) -> None:
    status, code = _call(fortress, service, operation, stranger)
    assert code in ("AccessDenied", "AccessDeniedException"), (status, code)
    assert status == (400 if service.startswith("cognito") else 403)


@pytest.mark.parametrize(("service", "operation"), [each for each in OPERATIONS if each not in UNSIGNED | OPEN])
def test_a_session_of_a_role_without_policies_performs_no_operation(
    fortress: Running, powerless: Credentials, service: str, operation: str
) -> None:
    assert _call(fortress, service, operation, powerless)[1] in ("AccessDenied", "AccessDeniedException")


@pytest.mark.parametrize(("service", "operation"), [each for each in OPERATIONS if each not in UNSIGNED | OPEN])
def test_an_explicit_deny_stops_an_administrator_at_every_operation(
    fortress: Running, denied_administrator: Credentials, service: str, operation: str
) -> None:
    assert _call(fortress, service, operation, denied_administrator)[1] in ("AccessDenied", "AccessDeniedException")


@pytest.fixture(scope="module")
def denied_administrator(fortress: Running, stranger: Credentials) -> Credentials:
    return user(
        fortress,
        "denied",
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
    )


@pytest.mark.parametrize(("service", "operation"), sorted(UNSIGNED))
def test_an_unsigned_operation_makes_nobody_of_its_caller(fortress: Running, service: str, operation: str) -> None:
    status, code = _call(fortress, service, operation, None)
    assert status in (400, 403)
    assert code not in ("", "InternalFailure", "InternalErrorException")


def test_the_roots_signature_on_an_unsigned_operation_gives_no_more_than_none(product: Running) -> None:
    closed = scene.build_pool(product, open_to_visitors=False)
    root = Credentials("test", "test")
    for key in (None, root):
        assert _call(product, "cognito-identity", "GetId", key, IdentityPoolId=closed)[1] == "NotAuthorizedException"


def test_a_permission_is_asked_on_the_resource_that_is_touched(product: Running) -> None:
    mine, theirs = scene.build_api(product), scene.build_api(product)
    allowed = {
        "Effect": "Allow",
        "Action": "apigateway:*",
        "Resource": [
            f"arn:aws:apigateway:us-east-1::/restapis/{mine}",
            f"arn:aws:apigateway:us-east-1::/restapis/{mine}/*",
        ],
    }
    key = user(product, "owner", allowed)
    for api_id, expected in ((mine, ""), (theirs, "AccessDeniedException")):
        for operation in ("GetRestApi", "GetResources", "GetStages", "GetDeployments"):
            assert _call(product, "apigateway", operation, key, restApiId=api_id)[1] == expected
        arn = f"arn:aws:apigateway:us-east-1::/restapis/{api_id}"
        assert (
            _call(product, "apigateway", "TagResource", key, resourceArn=arn, tags={"a": "b"})[1]
            == "AccessDeniedException"
        )
    # The other one is not reached by an encoded or a dotted name of it either.
    for spelled in (
        f"{mine}/../{theirs}",
        f"{mine}%2F..%2F{theirs}",
        f"{theirs}?x={mine}",
        f"./{theirs}",
        f"{theirs}/",
    ):
        assert _call(product, "apigateway", "GetRestApi", key, restApiId=spelled)[1] in (
            "AccessDeniedException",
            "NotFoundException",
        )


def test_a_name_in_other_letters_is_no_other_resource(product: Running) -> None:
    product.client("iam").create_role(
        RoleName="Admin",
        AssumeRolePolicyDocument=scene.trust_of("us-east-1:00000000-0000-4000-8000-000000000000"),
    )
    arn = "arn:aws:iam::000000000000:role/Admin"
    key = user(
        product,
        "deputy",
        {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:*", "Resource": arn},
    )
    for name in ("Admin", "admin", "ADMIN"):
        document = json.dumps({"Version": "2012-10-17", "Statement": []})
        _, code = _call(product, "iam", "PutRolePolicy", key, RoleName=name, PolicyName="p", PolicyDocument=document)
        assert code in ("AccessDenied", "NoSuchEntity")
    assert product.client("iam").list_role_policies(RoleName="Admin")["PolicyNames"] == []


def test_a_role_with_a_path_is_asked_for_by_its_whole_arn(product: Running) -> None:
    trust = scene.trust_of("us-east-1:00000000-0000-4000-8000-000000000000")
    product.client("iam").create_role(RoleName="boss", Path="/admins/", AssumeRolePolicyDocument=trust)
    key = user(
        product,
        "clerk",
        {"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::000000000000:role/boss"},
    )
    assert _call(product, "iam", "GetRole", key, RoleName="boss")[1] == "AccessDenied"
    assert _call(product, "iam", "DeleteRole", key, RoleName="boss")[1] == "AccessDenied"


def test_a_user_without_a_policy_learns_nothing_of_what_there_is(fortress: Running, stranger: Credentials) -> None:
    trust = scene.policy({"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"})
    fortress.client("iam").create_role(RoleName="there", AssumeRolePolicyDocument=trust)
    told = set()
    for name in ("there", "gone-"):
        for params in ({}, {"DurationSeconds": 43_200}, {"Policy": "no policy"}):  # nothing is said about a role before
            sts = fortress.client("sts", key=(stranger.access_key_id, stranger.secret_access_key))
            with pytest.raises(sts.exceptions.ClientError) as refused:
                sts.assume_role(RoleArn=f"arn:aws:iam::000000000000:role/{name}", RoleSessionName="session", **params)
            sent = set(refused.value.response["ResponseMetadata"]["HTTPHeaders"]) - {"content-length"}
            told.add((str(refused.value).replace(name, "NAME"), tuple(sorted(sent))))
    assert len(told) == 1, told
