"""`gatewright.client` calls guarded APIs: credentials and signatures, or tokens; with httpx, requests and by hand."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests

from gatewright.client import CallRefused, Credentials, IdentityPool, Session, SignedOut, SigV4Client, UserPool
from gatewright.client.httpx_auth import SigV4Auth, TokenAuth
from gatewright.client.requests_auth import SigV4Auth as RequestsSigV4Auth
from gatewright.client.requests_auth import TokenAuth as RequestsTokenAuth
from tests.chains.test_cognito_authorizer import Guarded, refused
from tests.journeys import story
from tests.journeys.aws_model import check_every_call
from tests.running import Running
from tests.services.policies import document
from tests.user_pool_people import PASSWORD, People

PREFIX = "cognito-identity.amazonaws.com"


@dataclass(frozen=True)
class Club:
    """An API that members may call, signed, and the pool of its members."""

    stage: str
    people: People
    identity_pool: str
    endpoint: str

    def sign_in(self) -> Session:
        """Sign jane in."""
        return UserPool(self.people.id, self.people.client_id, endpoint=self.endpoint).sign_in("jane", PASSWORD)

    def member(self, session: Session | None = None, **more: Any) -> IdentityPool:
        """Return the identity pool as jane has it."""
        return IdentityPool(self.identity_pool, session or self.sign_in(), endpoint=self.endpoint, **more)


@pytest.fixture(autouse=True)
def _as_aws_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    check_every_call(monkeypatch)


@pytest.fixture
def club(product: Running) -> Club:
    api = story.guarded_mock(product.client("apigateway"), ("GET", "POST"))
    people = People(product)
    people.person("jane")
    pools, iam = product.client("cognito-identity"), product.client("iam")
    provider = {"ProviderName": people.provider, "ClientId": people.client_id, "ServerSideTokenCheck": True}
    pool = pools.create_identity_pool(
        IdentityPoolName="club", AllowUnauthenticatedIdentities=True, CognitoIdentityProviders=[provider]
    )["IdentityPoolId"]
    arns = {how: _role(iam, pool, how) for how in ("authenticated", "unauthenticated")}
    policy = story.invoke_policy(product.region, product.account, api)
    iam.put_role_policy(RoleName="authenticated", PolicyName="invoke", PolicyDocument=policy)
    pools.set_identity_pool_roles(IdentityPoolId=pool, Roles=arns)
    stage = f"{product.endpoint}/_aws/execute-api/{api}/{story.STAGE}"
    return Club(stage, people, pool, product.endpoint)


def _role(iam: Any, pool: str, how: str) -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": PREFIX},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{PREFIX}:aud": pool},
            "ForAnyValue:StringLike": {f"{PREFIX}:amr": how},
        },
    }
    return str(iam.create_role(RoleName=how, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"])


def test_a_member_s_signed_call_is_admitted_by_each_library(club: Club) -> None:
    credentials, url = club.member().credentials, f"{club.stage}/demo"
    body = {"name": "café", "n": [1, 2]}
    with httpx.Client(auth=SigV4Auth(credentials, "us-east-1")) as client:
        answers = [client.get(url), client.get(url, params={"b": "2 3+4", "a": ["x", ""]}), client.post(url, json=body)]
    auth = RequestsSigV4Auth(credentials, "us-east-1")
    answers_of_requests = [
        requests.get(url, auth=auth, timeout=60),
        requests.get(url, auth=auth, params={"b": "2 3+4", "a": ["x", ""]}, timeout=60),
        requests.post(url, auth=auth, json=body, timeout=60),
    ]
    for answer in [*answers, *answers_of_requests]:
        assert answer.status_code == 200, answer.text
        assert json.loads(answer.text) == story.GREETING


def test_an_asynchronous_client_signs_as_well(club: Club) -> None:
    async def call() -> list[int]:
        async with httpx.AsyncClient(auth=SigV4Auth(club.member().credentials)) as client:
            answers = await asyncio.gather(*(client.get(f"{club.stage}/demo") for _ in range(5)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(call()) == [200] * 5


def test_seed_001_in_python_signs_with_the_article_s_client(club: Club) -> None:
    key = club.member().credentials()
    client = SigV4Client(
        access_key=key.access_key_id,
        secret_key=key.secret_access_key,
        session_token=key.session_token,
        region="us-east-1",
        endpoint=club.stage,
    )
    signed = client.sign_request(method="GET", path="/demo", headers={}, query_params={"q": "a b&c"}, body=None)
    assert httpx.get(signed.url, headers=signed.headers).status_code == 200
    signed = client.sign_request(method="POST", path="/demo", body={"name": "café"})
    sent = httpx.post(signed.url, headers=signed.headers, content=signed.body)
    assert sent.status_code == 200
    assert httpx.post(signed.url, headers=signed.headers, content=b"{}").status_code == 403
    assert httpx.get(signed.url, headers=signed.headers).status_code == 403


def test_nobody_else_is_admitted(club: Club) -> None:
    url, key = f"{club.stage}/demo", club.member().credentials()
    unsigned = httpx.get(url)
    assert (unsigned.status_code, unsigned.json()) == (403, {"message": "Missing Authentication Token"})
    forged = Credentials(key.access_key_id, key.secret_access_key[::-1], key.session_token)
    assert httpx.get(url, auth=SigV4Auth(forged)).status_code == 403
    assert httpx.get(url, auth=SigV4Auth(key, "eu-central-1")).status_code == 403
    visitor = IdentityPool(club.identity_pool, endpoint=club.endpoint)
    assert httpx.get(url, auth=SigV4Auth(visitor.credentials)).status_code == 403, "visitors have a role of their own"


def test_an_identity_is_the_same_at_the_next_sign_in_and_a_visitor_s_is_another(club: Club) -> None:
    one, again = club.member().identity_id, club.member().identity_id
    assert one == again
    assert IdentityPool(club.identity_pool, endpoint=club.endpoint).identity_id != one


def test_whoever_signed_out_gets_no_credentials(club: Club) -> None:
    session = club.sign_in()
    member = club.member(session)
    member.credentials()
    token = session.id_token()
    session.sign_out()
    with pytest.raises(SignedOut):
        member.credentials()
    late = IdentityPool(club.identity_pool, logins={club.people.provider: token}, endpoint=club.endpoint)
    with pytest.raises(CallRefused, match="NotAuthorizedException"):
        late.credentials()


def test_seed_003_in_python_a_token_opens_the_api(product: Running) -> None:
    people = People(product, GenerateSecret=True)
    people.person("jane", email="jane@example.com")
    guarded = Guarded(product, [people])
    guarded.method()
    guarded.api.deploy()
    told = people.idp.describe_user_pool_client(UserPoolId=people.id, ClientId=people.client_id)
    secret = told["UserPoolClient"]["ClientSecret"]
    pool = UserPool(people.id, people.client_id, secret, endpoint=product.endpoint)
    session = pool.sign_in("jane", PASSWORD)
    url = str(guarded.call().request.url)
    assert refused(httpx.get(url))
    assert httpx.get(url, auth=TokenAuth(session)).status_code == 200
    assert httpx.get(url, auth=TokenAuth(session, scheme="")).status_code == 200
    assert requests.get(url, auth=RequestsTokenAuth(session), timeout=60).status_code == 200
    assert refused(httpx.get(url, auth=TokenAuth(session, "access")))
    assert refused(httpx.get(url, headers={"Authorization": session.id_token()[:-4]}))

    async def call() -> int:
        async with httpx.AsyncClient(auth=TokenAuth(session)) as client:
            return (await client.get(url)).status_code

    assert asyncio.run(call()) == 200
