"""The classic flow: `GetId`, `GetOpenIdToken`, `AssumeRoleWithWebIdentity`."""

import asyncio
import base64
import json
import time
from typing import Any

import pytest
from sqlalchemy import select

from gatewright.core import jwt
from gatewright.services.cognito_identity.tables import SigningKeyRow
from gatewright.storage.keys import SECRETS, load_keys
from tests.services.policies import allow, refused, session, trust_pool, visitors_pool

ACCOUNT = "000000000000"


@pytest.fixture
def classic(aws):
    """A pool with the classic flow, its role, and an identity's token."""
    pool_id, role = visitors_pool(aws, allow("iam:ListUsers", "execute-api:Invoke"), AllowClassicFlow=True)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    return pool_id, role, identity_id, pools.get_open_id_token(IdentityId=identity_id)["Token"]


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_the_token_says_who_where_and_how(classic):
    pool_id, _, identity_id, token = classic
    claims = part(token, 1)
    assert (claims["sub"], claims["aud"], claims["amr"]) == (identity_id, pool_id, ["unauthenticated"])
    assert claims["iss"] == "https://cognito-identity.amazonaws.com"
    assert claims["exp"] - claims["iat"] == 600
    assert part(token, 0)["alg"] == "RS512"


def test_the_token_is_traded_for_credentials_that_are_not_scoped_down(aws, classic):
    pool_id, role, identity_id, token = classic
    answer = aws("sts").assume_role_with_web_identity(RoleArn=role, RoleSessionName="app", WebIdentityToken=token)
    assert answer["SubjectFromWebIdentityToken"] == identity_id
    assert (answer["Provider"], answer["Audience"]) == ("cognito-identity.amazonaws.com", pool_id)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Visitors/app"
    session(aws, answer["Credentials"], "iam").list_users()


def test_a_session_policy_narrows_the_session(aws, classic):
    _, role, _, token = classic
    answer = aws("sts").assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="app", WebIdentityToken=token, Policy=allow("execute-api:Invoke")
    )
    assert refused(session(aws, answer["Credentials"], "iam").list_users)[0] == "AccessDenied"


def trade(aws, role, token, **more):
    return refused(
        aws("sts").assume_role_with_web_identity, RoleArn=role, RoleSessionName="app", WebIdentityToken=token, **more
    )


def test_a_role_that_trusts_another_pool_is_refused(aws, classic):
    _, role, _, token = classic
    other = trust_pool("us-east-1:99999999-9999-9999-9999-999999999999")
    aws("iam").update_assume_role_policy(RoleName="Visitors", PolicyDocument=other)
    denied = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    assert trade(aws, role, token) == denied
    assert trade(aws, f"arn:aws:iam::{ACCOUNT}:role/Nobody", token) == denied


def test_the_role_s_longest_session_counts(aws, classic):
    _, role, _, token = classic
    assert trade(aws, role, token, DurationSeconds=3601) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


@pytest.mark.parametrize("text", ["nonsense", "a.b.c", "e30.e30.e30", "....", "{}.{}.{}"])
def test_what_is_no_jwt_is_told_so(aws, classic, text):
    code, message = trade(aws, classic[1], text)
    assert code == "InvalidIdentityToken"
    assert message


def test_a_token_of_another_issuer_is_told_that_there_is_no_such_provider(aws, classic):
    pair = jwt.new_key("theirs")
    claims = {"iss": "https://accounts.example", "sub": "x", "aud": "y", "exp": 9_999_999_999, "iat": 1}
    token = jwt.sign(claims, key_id="theirs", algorithm="RS512", private_pem=pair.private_pem)
    assert trade(aws, classic[1], token) == (
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://accounts.example",
    )


def resigned(product, token, **claims):
    """Return a token with other claims, signed with the installation's own key."""

    async def key() -> SigningKeyRow:
        async with product.product.storage.reading() as reading:
            return (await reading.scalars(select(SigningKeyRow))).one()

    row = asyncio.run_coroutine_threadsafe(key(), product.loop).result(10)
    keys = load_keys(product.product.settings.data, None)
    private = keys.open(SECRETS, row.sealed_private, row.key_id.encode())
    new = {name: value for name, value in {**part(token, 1), **claims}.items() if value is not None}
    return jwt.sign(new, key_id=row.key_id, algorithm=row.algorithm, private_pem=private)


def test_an_expired_token_is_told_so(aws, product, classic):
    _, role, _, token = classic
    now = int(time.time())
    assert trade(aws, role, resigned(product, token, exp=now - 1))[0] == "ExpiredTokenException"
    aws("sts").assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="app", WebIdentityToken=resigned(product, token, exp=now + 60)
    )


@pytest.mark.parametrize("claim", ["exp", "iat", "aud", "amr", "sub"])
def test_a_token_without_a_claim_that_is_needed_is_refused(aws, product, classic, claim):
    _, role, _, token = classic
    assert trade(aws, role, resigned(product, token, **{claim: None}))[0] == "InvalidIdentityToken"


def test_a_token_from_the_future_is_refused(aws, product, classic):
    _, role, _, token = classic
    later = int(time.time()) + 3_600
    assert trade(aws, role, resigned(product, token, iat=later, exp=later + 60))[0] == "InvalidIdentityToken"


def test_a_token_of_a_deleted_pool_is_refused(aws, classic):
    pool_id, role, _, token = classic
    aws("cognito-identity").delete_identity_pool(IdentityPoolId=pool_id)
    assert trade(aws, role, token)[0] == "InvalidIdentityToken"
