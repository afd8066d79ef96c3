"""People who log in at an OpenID Connect server that is not ours call a guarded API: by a pool, and by STS."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from gatewright.wire.sigv4.sign import Credentials, sign
from tests.journeys import story
from tests.journeys.openid import log_in, oidc_server
from tests.running import Running
from tests.services.policies import allow, document

WEB = "sts:AssumeRoleWithWebIdentity"
COGNITO = "cognito-identity.amazonaws.com"


@pytest.fixture(scope="module")
def issuer(node_modules: Path) -> Iterator[str]:
    with oidc_server() as running:
        yield running


@pytest.fixture
def guarded(product: Running, issuer: str) -> dict[str, str]:
    """A guarded API, the registered server, and a role for STS that its user Ann may take."""
    api = story.guarded_mock(product.client("apigateway"))
    iam = product.client("iam")
    made = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["app", "other"])
    provider, name = made["OpenIDConnectProviderArn"], issuer.partition("://")[2]
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": WEB,
        "Condition": {"StringEquals": {f"{name}:aud": ["app", "other"], f"{name}:sub": "ann"}},
    }
    role = iam.create_role(RoleName="Web", AssumeRolePolicyDocument=document(statement))["Role"]["Arn"]
    iam.put_role_policy(RoleName="Web", PolicyName="p", PolicyDocument=allow("execute-api:Invoke"))
    return {"api": api, "provider": provider, "name": name, "role": role}


def _call(running: Running, api: str, given: dict[str, Any]) -> httpx.Response:
    url = f"{running.endpoint}/_aws/execute-api/{api}/dev/demo"
    secret = given.get("SecretAccessKey") or given["SecretKey"]
    who = Credentials(given["AccessKeyId"], secret, given["SessionToken"])
    return httpx.get(url, headers=sign("GET", url, [], b"", who, "execute-api", running.region, time.time()))


@pytest.mark.parametrize("client", ["app", "other"])  # RS256 and ES256
def test_a_person_who_logged_in_calls_the_api_by_sts(
    product: Running, issuer: str, guarded: dict[str, str], client: str
) -> None:
    command = [str(Path(sys.executable).parent / "aws"), "sts", "assume-role-with-web-identity"]
    options = ["--role-arn", guarded["role"], "--role-session-name", "ann", "--web-identity-token"]
    environ = {name: value for name, value in product.environ().items() if "KEY" not in name}  # no key is needed
    played = subprocess.run(
        [*command, *options, log_in(issuer, "ann", client)], env=environ, capture_output=True, text=True, timeout=60
    )
    assert played.returncode == 0, played.stderr
    answer = json.loads(played.stdout)
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == ("ann", client)
    assert _call(product, guarded["api"], answer["Credentials"]).json() == story.GREETING
    refused = subprocess.run(
        [*command, *options, log_in(issuer, "eve", client)], env=environ, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode != 0
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in refused.stderr


def test_a_person_who_logged_in_calls_the_api_by_an_identity_pool(
    product: Running, issuer: str, guarded: dict[str, str]
) -> None:
    pools, iam = product.client("cognito-identity"), product.client("iam")
    pool = pools.create_identity_pool(
        IdentityPoolName="people",
        AllowUnauthenticatedIdentities=True,
        OpenIdConnectProviderARNs=[guarded["provider"]],
    )["IdentityPoolId"]
    roles = {}
    for kind in ("authenticated", "unauthenticated"):
        condition = {"StringEquals": {f"{COGNITO}:aud": pool}, "ForAnyValue:StringLike": {f"{COGNITO}:amr": kind}}
        statement = {"Effect": "Allow", "Principal": {"Federated": COGNITO}, "Action": WEB, "Condition": condition}
        roles[kind] = iam.create_role(RoleName=kind, AssumeRolePolicyDocument=document(statement))["Role"]["Arn"]
    iam.put_role_policy(RoleName="authenticated", PolicyName="p", PolicyDocument=allow("execute-api:Invoke"))
    pools.set_identity_pool_roles(IdentityPoolId=pool, Roles=roles)

    visitor = pools.get_id(IdentityPoolId=pool)["IdentityId"]
    outside = pools.get_credentials_for_identity(IdentityId=visitor)["Credentials"]
    assert _call(product, guarded["api"], outside).status_code == 403

    logins = {guarded["name"]: log_in(issuer, "ann")}
    answer = pools.get_credentials_for_identity(IdentityId=visitor, Logins=logins)
    assert answer["IdentityId"] == visitor
    assert _call(product, guarded["api"], answer["Credentials"]).json() == story.GREETING
    again = {guarded["name"]: log_in(issuer, "ann")}
    assert pools.get_id(IdentityPoolId=pool, Logins=again)["IdentityId"] == visitor
    assert pools.get_id(IdentityPoolId=pool, Logins={guarded["name"]: log_in(issuer, "bob")})["IdentityId"] != visitor


def test_what_the_server_did_not_sign_is_refused(product: Running, issuer: str, guarded: dict[str, str]) -> None:
    token = log_in(issuer, "ann")
    header, claims, signature = token.split(".")
    sts = product.client("sts")
    for forged in (f"{header}.{claims}.{signature[:-8]}AAAAAAAA", f"{header}.{claims[:-4]}AAAA.{signature}"):
        with pytest.raises(ClientError) as refusal:
            sts.assume_role_with_web_identity(RoleArn=guarded["role"], RoleSessionName="ann", WebIdentityToken=forged)
        assert refusal.value.response["Error"]["Code"] == "InvalidIdentityToken"
    sts.assume_role_with_web_identity(RoleArn=guarded["role"], RoleSessionName="ann", WebIdentityToken=token)


def test_google_s_name_stands_for_the_issuer_that_the_operator_has_named(
    issuer: str, tmp_path: Path, node_modules: Path
) -> None:
    from gatewright.settings import Settings
    from tests.running import in_process

    settings = Settings(data=tmp_path, port=0, dev=True, login_provider=(f"accounts.google.com={issuer}",))
    with in_process(settings) as running:
        pools, iam = running.client("cognito-identity"), running.client("iam")
        pool = pools.create_identity_pool(
            IdentityPoolName="people",
            AllowUnauthenticatedIdentities=False,
            SupportedLoginProviders={"accounts.google.com": "app"},
        )["IdentityPoolId"]
        token = log_in(issuer, "ann")
        pools.get_id(IdentityPoolId=pool, Logins={"accounts.google.com": token})
        with pytest.raises(ClientError):
            pools.get_id(IdentityPoolId=pool, Logins={"accounts.google.com": log_in(issuer, "ann", "other")})
        statement = {"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": WEB}
        with pytest.raises(ClientError, match=r"accounts\.google\.com:aud"):
            iam.create_role(RoleName="Web", AssumeRolePolicyDocument=document(statement))
        statement["Condition"] = {"StringEquals": {"accounts.google.com:aud": "app"}}
        role = iam.create_role(RoleName="Web", AssumeRolePolicyDocument=document(statement))["Role"]["Arn"]
        given = {"RoleArn": role, "RoleSessionName": "ann"}
        answer = running.client("sts").assume_role_with_web_identity(**given, WebIdentityToken=token)
        assert answer["Provider"] == "accounts.google.com"
        with pytest.raises(ClientError, match="Not authorized"):
            running.client("sts").assume_role_with_web_identity(
                **given, WebIdentityToken=log_in(issuer, "ann", "other")
            )
