"""The rows S4, S5, S17 and S18: sealed sessions, and what a session may never have."""

import base64
import json
import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from gatewright.settings import Settings
from gatewright.wire.sigv4.sign import Credentials
from tests.running import Running, in_process
from tests.security import scene
from tests.security.attacker import Pen, user

FIRST, SECOND, THIRD = "11" * 32, "22" * 32, "33" * 32


@contextmanager
def _sealed_by(data: Path, master_key: str) -> Iterator[Running]:
    with in_process(Settings(data=data, port=0, dev=True, master_key=master_key)) as running:
        yield running


def _status(running: Running, key: Credentials) -> int:
    return Pen(key).who_am_i(running.port).status


def test_s4_a_token_of_a_retired_key_is_good_and_one_of_an_unknown_key_is_not(tmp_path: Path) -> None:
    with _sealed_by(tmp_path, FIRST) as running:
        pool_id = scene.build_pool(running)
        old = scene.visitor(running, pool_id)
        alice = user(running)
        assert _status(running, old) == _status(running, alice) == 200
    with _sealed_by(tmp_path, f"{SECOND} {FIRST}") as running:
        assert _status(running, old) == _status(running, alice) == 200
        new = scene.visitor(running, pool_id)
        assert _status(running, new) == 200
    with _sealed_by(tmp_path, f"{FIRST} {THIRD}") as running:  # another order, and without the second
        assert _status(running, old) == 200
        refused = Pen(new).who_am_i(running.port)
        assert (refused.status, "InvalidClientTokenId" in refused.text) == (403, True)


def test_s4_a_flipped_bit_anywhere_in_a_token_is_refused(product: Running) -> None:
    visitor = scene.visitor(product, scene.build_pool(product))
    assert visitor.session_token is not None
    sealed = base64.b64decode(visitor.session_token)
    places = [*range(20), *range(20, len(sealed), 37), *range(len(sealed) - 17, len(sealed))]
    for place in places:
        flipped = bytearray(sealed)
        flipped[place] ^= 1 << (place % 8)
        key = replace_token(visitor, base64.b64encode(flipped).decode())
        assert _status(product, key) == 403, place


@pytest.mark.parametrize("change", ["cut", "longer", "blank", "second spelling", "url alphabet", "twice", "empty"])
def test_s4_another_spelling_of_a_token_is_no_token(product: Running, change: str) -> None:
    visitor = scene.visitor(product, scene.build_pool(product))
    token = visitor.session_token or ""
    spelled = {
        "cut": token[:-4],
        "longer": token + "AAAA",
        "blank": f"{token[:40]}\t{token[40:]}",
        "second spelling": _unused_bits(token),
        "url alphabet": token.replace("+", "-").replace("/", "_") + "-",
        "twice": f"{token},{token}",
        "empty": "",
    }[change]
    assert spelled != token
    assert _status(product, replace_token(visitor, spelled)) in (400, 403)


def _unused_bits(token: str) -> str:
    """Change the bits of the last digit that Base64 does not use; where there are none, the padding."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    padding = len(token) - len(token.rstrip("="))
    if not padding:
        return token + "="
    last = token[-padding - 1]
    return token[: -padding - 1] + alphabet[alphabet.index(last) | 1] + "=" * padding


def replace_token(key: Credentials, token: str) -> Credentials:
    return Credentials(key.access_key_id, key.secret_access_key, token)


def test_s5_neither_secret_nor_claims_can_be_read_from_a_token(product: Running) -> None:
    pool_id = scene.build_pool(product)
    visitor = scene.visitor(product, pool_id)
    sealed = base64.b64decode(visitor.session_token or "")
    secret = visitor.secret_access_key
    decoded = base64.b64decode(secret)
    for text in (secret.encode(), decoded, visitor.access_key_id.encode(), b"visitors", pool_id.encode(), b"arn:"):
        assert text not in sealed
        assert text[::-1] not in sealed


def test_s5_two_sessions_of_one_identity_have_nothing_in_common(product: Running) -> None:
    pool_id = scene.build_pool(product)
    identity = product.client("cognito-identity")
    identity_id = identity.get_id(IdentityPoolId=pool_id)["IdentityId"]
    given = [identity.get_credentials_for_identity(IdentityId=identity_id)["Credentials"] for _ in range(2)]
    for member in ("AccessKeyId", "SecretKey", "SessionToken"):
        assert given[0][member] != given[1][member]
    first, second = (base64.b64decode(each["SessionToken"]) for each in given)
    same = sum(a == b for a, b in zip(first[4:], second[4:], strict=False))  # the first four bytes name the key
    assert same < len(first) / 20


# --- S17

ROLE = "arn:aws:iam::000000000000:role/worker"
ALLOW_ALL = scene.policy({"Effect": "Allow", "Action": "*", "Resource": "*"})


@pytest.fixture
def worker(product: Running) -> tuple[Running, Credentials]:
    """A role that may list users and nothing else, and a user who may take it."""
    alice = user(product, "alice", {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})
    trusted = {"AWS": "arn:aws:iam::000000000000:user/alice"}
    iam = product.client("iam")
    iam.create_role(
        RoleName="worker",
        AssumeRolePolicyDocument=scene.policy({"Effect": "Allow", "Principal": trusted, "Action": "sts:*"}),
    )
    list_users = scene.policy({"Effect": "Allow", "Action": ["iam:ListUsers", "sts:AssumeRole"], "Resource": "*"})
    iam.put_role_policy(RoleName="worker", PolicyName="p", PolicyDocument=list_users)
    return product, alice


def _may(running: Running, key: Credentials, operation: str, **params: Any) -> bool:
    client = running.client("iam", key=(key.access_key_id, key.secret_access_key), token=key.session_token)
    try:
        getattr(client, operation)(**params)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"  # noqa: PT017
        return False
    return True


def test_s17_a_session_policy_cannot_widen_its_role(worker: tuple[Running, Credentials]) -> None:
    running, alice = worker
    for policy in (None, ALLOW_ALL):
        params = {} if policy is None else {"Policy": policy}
        session = scene.assumed(running, ROLE, alice, **params)
        assert _may(running, session, "list_users")
        assert not _may(running, session, "list_roles")
        assert not _may(running, session, "create_user", UserName="mallory")


def test_s17_managed_session_policies_cannot_widen_either(worker: tuple[Running, Credentials]) -> None:
    running, alice = worker
    arns = [{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]
    try:
        session = scene.assumed(running, ROLE, alice, PolicyArns=arns)
    except ClientError as error:  # AWS's policy is not on our shelf: refused, not ignored
        assert error.response["Error"]["Code"] == "MalformedPolicyDocument"  # noqa: PT017
        return
    assert not _may(running, session, "create_user", UserName="mallory")


def test_s17_a_session_policy_narrows(worker: tuple[Running, Credentials]) -> None:
    running, alice = worker
    nothing = scene.policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    denied = scene.policy(
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
    )
    for policy in (nothing, denied):
        assert not _may(running, scene.assumed(running, ROLE, alice, Policy=policy), "list_users")


def test_s17_a_narrow_session_cannot_take_its_own_role_again_to_get_rid_of_the_policy(
    worker: tuple[Running, Credentials],
) -> None:
    running, alice = worker
    narrow = scene.assumed(
        running, ROLE, alice, Policy=scene.policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        scene.assumed(running, ROLE, narrow)


def test_s17_a_session_of_a_session_has_no_more_than_the_last_role(worker: tuple[Running, Credentials]) -> None:
    running, alice = worker
    trusted = {"AWS": ROLE}
    running.client("iam").create_role(
        RoleName="next",
        MaxSessionDuration=43_200,
        AssumeRolePolicyDocument=scene.policy({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}),
    )
    first = scene.assumed(running, ROLE, alice)
    second = scene.assumed(running, "arn:aws:iam::000000000000:role/next", first, Policy=ALLOW_ALL)
    assert _may(running, first, "list_users")
    assert not _may(running, second, "list_users")
    with pytest.raises(ClientError, match="1 hour"):
        scene.assumed(running, "arn:aws:iam::000000000000:role/next", first, DurationSeconds=7200)


def test_s17_a_boundary_limits_what_a_session_gets(worker: tuple[Running, Credentials]) -> None:
    running, alice = worker
    iam = running.client("iam")
    document = scene.policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    arn = iam.create_policy(PolicyName="limit", PolicyDocument=document)["Policy"]["Arn"]
    session = scene.assumed(running, ROLE, alice)
    assert _may(running, session, "list_users")
    iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=arn)
    assert not _may(running, session, "list_users"), "a limit holds for sessions that began before it"


def test_s17_what_is_taken_from_a_role_is_taken_from_its_sessions(worker: tuple[Running, Credentials]) -> None:
    running, alice = worker
    session = scene.assumed(running, ROLE, alice)
    assert _may(running, session, "list_users")
    iam = running.client("iam")
    iam.delete_role_policy(RoleName="worker", PolicyName="p")
    assert not _may(running, session, "list_users")
    trust = iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"]
    iam.delete_role(RoleName="worker")
    assert _status(running, session) == 403
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="worker", PolicyName="p", PolicyDocument=ALLOW_ALL)
    assert _status(running, session) == 403, "another role of the same name is another role"


def test_s17_the_session_of_a_user_without_mfa_cannot_reach_iam(product: Running) -> None:
    admin = user(product, "admin", {"Effect": "Allow", "Action": "*", "Resource": "*"})
    sts = product.client("sts", key=(admin.access_key_id, admin.secret_access_key))
    keys = sts.get_session_token()["Credentials"]
    session = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    assert _may(product, admin, "list_users")
    assert not _may(product, session, "list_users")
    product.client("iam").delete_user_policy(UserName="admin", PolicyName="p")
    api = product.client(
        "apigateway", key=(session.access_key_id, session.secret_access_key), token=session.session_token
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        api.get_rest_apis()


# --- S18


def _trust(**condition: Any) -> str:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    return scene.policy(statement | ({"Condition": condition} if condition else {}))


AUD = "cognito-identity.amazonaws.com:aud"


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}},
        {"StringLike": {AUD: "*"}},
        {"StringLike": {AUD: "us-east-1:*"}},
        {"StringLike": {AUD: "us-east-1:????????-????-????-????-????????????"}},
        {"StringNotEquals": {AUD: "us-east-1:00000000-0000-4000-8000-000000000000"}},
        {"StringEqualsIfExists": {AUD: "us-east-1:00000000-0000-4000-8000-000000000000"}},
        {"ForAllValues:StringEquals": {AUD: "us-east-1:00000000-0000-4000-8000-000000000000"}},
        {"StringEquals": {AUD: "${cognito-identity.amazonaws.com:aud}"}},
        {"Null": {AUD: "false"}},
        {"StringEquals": {"cognito-identity.amazonaws.com:sub": "x"}},
    ],
    ids=str,
)
def test_s18_a_trust_policy_that_is_open_to_every_pool_lets_no_visitor_in(
    product: Running, condition: dict[str, Any]
) -> None:
    pool_id = scene.build_pool(product)
    scene.visitor(product, pool_id)  # with a proper trust policy it works
    iam = product.client("iam")
    try:
        iam.update_assume_role_policy(RoleName="visitors", PolicyDocument=_trust(**condition))
    except ClientError as error:
        assert error.response["Error"]["Code"] in ("MalformedPolicyDocument", "InvalidInput")  # noqa: PT017
        iam.delete_role_policy(RoleName="visitors", PolicyName="all")
        with pytest.raises(ClientError):
            iam.create_role(RoleName="other", AssumeRolePolicyDocument=_trust(**condition))
        return
    with pytest.raises(ClientError, match="InvalidIdentityPoolConfiguration"):
        scene.visitor(product, pool_id)


def test_s18_the_token_of_one_pool_opens_no_role_of_another(product: Running) -> None:
    mine = scene.build_pool(product, "mine")
    theirs = scene.build_pool(product, "theirs")
    identity = product.client("cognito-identity")
    identity.update_identity_pool(
        IdentityPoolId=mine, IdentityPoolName="app", AllowUnauthenticatedIdentities=True, AllowClassicFlow=True
    )
    identity_id = identity.get_id(IdentityPoolId=mine)["IdentityId"]
    token = identity.get_open_id_token(IdentityId=identity_id)["Token"]
    sts = product.client("sts")
    given = {"RoleSessionName": "session", "WebIdentityToken": token}
    assert sts.assume_role_with_web_identity(RoleArn="arn:aws:iam::000000000000:role/mine", **given)["Credentials"]
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role_with_web_identity(RoleArn="arn:aws:iam::000000000000:role/theirs", **given)
    identity.set_identity_pool_roles(
        IdentityPoolId=mine, Roles={"unauthenticated": "arn:aws:iam::000000000000:role/theirs"}
    )
    with pytest.raises(ClientError, match="InvalidIdentityPoolConfiguration"):
        scene.visitor(product, mine)
    assert scene.visitor(product, theirs)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_s18_an_altered_token_of_a_pool_opens_nothing(product: Running, part: int) -> None:
    pool_id = scene.build_pool(product)
    identity, sts = product.client("cognito-identity"), product.client("sts")
    identity.update_identity_pool(
        IdentityPoolId=pool_id, IdentityPoolName="app", AllowUnauthenticatedIdentities=True, AllowClassicFlow=True
    )
    token = identity.get_open_id_token(IdentityId=identity.get_id(IdentityPoolId=pool_id)["IdentityId"])["Token"]
    parts = token.split(".")
    other = {
        0: {"alg": "none", "typ": "JWT"},
        1: json.loads(base64.urlsafe_b64decode(parts[1] + "==")) | {"exp": 9_999_999_999},
    }.get(part)
    coded = base64.urlsafe_b64encode(json.dumps(other).encode()).rstrip(b"=").decode() if other else "AAAA"
    parts[part] = coded
    for spelled in (".".join(parts), ".".join(parts[:2]) + ".", token + "=", token + ".", f" {token}"):
        with pytest.raises(ClientError, match=r"InvalidIdentityToken|ValidationError|AccessDenied"):
            sts.assume_role_with_web_identity(
                RoleArn="arn:aws:iam::000000000000:role/visitors", RoleSessionName="session", WebIdentityToken=spelled
            )
