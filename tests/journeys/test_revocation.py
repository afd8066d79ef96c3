"""Sessions that are taken back: what one worker or node acknowledged, all enforce, on both planes."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from gatewright.wire.sigv4.sign import Credentials, sign
from tests.identity_provider import issuer
from tests.journeys import story
from tests.journeys.test_nodes import _becomes, nodes
from tests.running import Running
from tests.services.policies import allow, document, trust

__all__ = ["nodes"]  # the fixture: two workers, or two nodes on one PostgreSQL


@pytest.fixture
def scene(nodes: tuple[Running, Running]) -> tuple[Running, Running, str, Any]:
    """A guarded API and a user who may take the role that may call it."""
    here, there = nodes
    api = story.guarded_mock(here.client("apigateway"))
    iam = here.client("iam")
    iam.create_user(UserName="Ann")
    iam.put_user_policy(UserName="Ann", PolicyName="p", PolicyDocument=allow("sts:AssumeRole"))
    key = iam.create_access_key(UserName="Ann")["AccessKey"]
    iam.create_role(RoleName="Caller", AssumeRolePolicyDocument=trust({"AWS": here.account}))
    iam.put_role_policy(RoleName="Caller", PolicyName="p", PolicyDocument=allow("execute-api:Invoke"))
    return here, there, api, here.client("sts", key=(key["AccessKeyId"], key["SecretAccessKey"]))


def _take(sts: Any, here: Running) -> Credentials:
    arn = f"arn:aws:iam::{here.account}:role/Caller"
    deadline = time.monotonic() + 60
    while True:
        try:
            taken = sts.assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
        except ClientError:  # another worker, which learns of the role within milliseconds
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return Credentials(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])


def _status(running: Running, api: str, who: Credentials) -> int:
    url = f"{running.endpoint}/_aws/execute-api/{api}/dev/demo"
    headers = sign("GET", url, [], b"", who, "execute-api", running.region, time.time())
    return httpx.get(url, headers=headers).status_code


def _identity(running: Running, who: Credentials) -> int:
    """Return the status with which the control plane answers a session who it is."""
    client = running.client("sts", key=(who.access_key_id, who.secret_access_key), token=who.session_token)
    try:
        client.get_caller_identity()
    except ClientError as refusal:
        return int(refusal.response["ResponseMetadata"]["HTTPStatusCode"])
    return 200


def test_revoking_a_role_s_sessions_ends_those_before_and_not_those_after(
    scene: tuple[Running, Running, str, Any],
) -> None:
    here, there, api, sts = scene
    old = _take(sts, here)
    _becomes(lambda: _status(there, api, old), 200)
    time.sleep(1.1)  # aws:TokenIssueTime has seconds
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    revoke = {"DateLessThan": {"aws:TokenIssueTime": moment}}
    text = document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": revoke})
    here.client("iam").put_role_policy(RoleName="Caller", PolicyName="AWSRevokeOlderSessions", PolicyDocument=text)
    _becomes(lambda: _status(there, api, old), 403)
    _becomes(lambda: _status(here, api, old), 403)
    new = _take(sts, here)
    _becomes(lambda: _status(there, api, new), 200)


def test_a_deleted_role_and_a_deleted_user_end_their_sessions_on_both_planes(
    scene: tuple[Running, Running, str, Any],
) -> None:
    here, there, api, sts = scene
    of_role = _take(sts, here)
    given = sts.get_session_token()["Credentials"]
    of_user = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    _becomes(lambda: _status(there, api, of_role), 200)
    _becomes(lambda: _identity(there, of_user), 200)
    iam = here.client("iam")
    iam.delete_role_policy(RoleName="Caller", PolicyName="p")
    iam.delete_role(RoleName="Caller")
    _becomes(lambda: _status(there, api, of_role), 403)
    _becomes(lambda: _identity(there, of_role), 403)
    for key in iam.list_access_keys(UserName="Ann")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="Ann", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="Ann", PolicyName="p")
    iam.delete_user(UserName="Ann")
    _becomes(lambda: _identity(there, of_user), 403)
    iam.create_user(UserName="Ann")
    iam.create_role(RoleName="Caller", AssumeRolePolicyDocument=trust({"AWS": here.account}))
    iam.put_role_policy(RoleName="Caller", PolicyName="p", PolicyDocument=allow("execute-api:Invoke"))
    time.sleep(0.2)
    _becomes(lambda: _status(there, api, of_role), 403)
    _becomes(lambda: _identity(there, of_user), 403)


def test_a_deleted_identity_s_token_and_a_deleted_provider_count_nowhere(nodes: tuple[Running, Running]) -> None:
    here, there = nodes
    pools, iam = here.client("cognito-identity"), here.client("iam")
    with issuer() as idp:
        provider = idp.register(iam)
        pool = pools.create_identity_pool(
            IdentityPoolName="p",
            AllowUnauthenticatedIdentities=False,
            OpenIdConnectProviderARNs=[provider],
            DeveloperProviderName="dev",
        )["IdentityPoolId"]
        text = trust(
            {"Federated": "cognito-identity.amazonaws.com"},
            "sts:AssumeRoleWithWebIdentity",
            StringEquals={"cognito-identity.amazonaws.com:aud": pool},
        )
        role = iam.create_role(RoleName="Member", AssumeRolePolicyDocument=text)["Role"]["Arn"]
        pools.set_identity_pool_roles(IdentityPoolId=pool, Roles={"authenticated": role})

        def status(call: Any, **parameters: Any) -> int:
            try:
                call(**parameters)
            except ClientError as refusal:
                return int(refusal.response["ResponseMetadata"]["HTTPStatusCode"])
            return 200

        mine = pools.get_open_id_token_for_developer_identity(IdentityPoolId=pool, Logins={"dev": "ann"})
        trade = {"RoleArn": role, "RoleSessionName": "me", "WebIdentityToken": mine["Token"]}
        elsewhere = there.client("sts")
        _becomes(lambda: status(elsewhere.assume_role_with_web_identity, **trade), 200)
        pools.delete_identities(IdentityIdsToDelete=[mine["IdentityId"]])
        _becomes(lambda: status(elsewhere.assume_role_with_web_identity, **trade), 400)
        login = {"IdentityPoolId": pool, "Logins": {idp.name: idp.token()}}
        _becomes(lambda: status(there.client("cognito-identity").get_id, **login), 200)
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
        _becomes(lambda: status(there.client("cognito-identity").get_id, **login), 400)


def test_a_code_that_one_worker_took_counts_on_no_other(nodes: tuple[Running, Running], tmp_path: Path) -> None:
    from tests.services.sts.test_mfa import Device

    here, there = nodes
    iam = here.client("iam")
    iam.create_user(UserName="Mia")
    key = iam.create_access_key(UserName="Mia")["AccessKey"]
    mine = {"key": (key["AccessKeyId"], key["SecretAccessKey"])}
    device = Device(here.client, "Mia")
    shown = device.shown()
    deadline = time.monotonic() + 60
    while True:
        try:
            here.client("sts", **mine).get_session_token(**shown)
            break
        except ClientError:  # another worker, which does not know the key or the device yet
            assert time.monotonic() < deadline
            time.sleep(0.05)
    for _ in range(10):
        with pytest.raises(ClientError):
            there.client("sts", **mine).get_session_token(**shown)
