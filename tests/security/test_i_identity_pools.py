"""The rows I1 to I3, S17 and S18 of the attack list, against the running product."""

import asyncio
import base64
import json

import pytest
from sqlalchemy import update

from gatewright.core import jwt
from gatewright.services.iam.tables import Role
from tests.services.policies import allow, document, refused, session, trust, trust_account, user_with, visitors_pool

ACCOUNT = "000000000000"
COGNITO = {"Federated": "cognito-identity.amazonaws.com"}
WEB = "sts:AssumeRoleWithWebIdentity"
AUD = "cognito-identity.amazonaws.com:aud"
AMR = {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}}
CLOSED = ("NotAuthorizedException", "Unauthenticated access is not supported for this identity pool.")
NO_CLASSIC = ("InvalidParameterException", "Basic (classic) flow is not enabled, please use enhanced flow.")


def test_i1_a_pool_that_wants_logins_gives_visitors_nothing(aws):
    pools = aws("cognito-identity")
    pool_id, _ = visitors_pool(aws, AllowClassicFlow=True)
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    pools.update_identity_pool(
        IdentityPoolId=pool_id, IdentityPoolName="v", AllowUnauthenticatedIdentities=False, AllowClassicFlow=True
    )
    assert refused(pools.get_id, IdentityPoolId=pool_id) == CLOSED
    assert refused(pools.get_id, IdentityPoolId=pool_id, Logins={}) == CLOSED
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id) == CLOSED
    assert refused(pools.get_open_id_token, IdentityId=identity_id) == CLOSED


def test_i2_a_visitor_is_scoped_down_whatever_the_role_allows(aws):
    pool_id, _ = visitors_pool(aws, allow("*"))
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    credentials = pools.get_credentials_for_identity(IdentityId=identity_id)["Credentials"]
    session(aws, credentials, "cognito-identity").list_identity_pools(MaxResults=1)
    code, message = refused(session(aws, credentials, "iam").list_users)
    assert code == "AccessDenied"
    assert "because no session policy allows the iam:ListUsers action" in message
    assert refused(session(aws, credentials, "iam").create_access_key, UserName="x")[0] == "AccessDenied"
    assert refused(session(aws, credentials, "apigateway").get_rest_apis)[0] == "AccessDeniedException"


def test_i2_a_visitor_cannot_assume_a_role_that_trusts_the_account(aws):
    aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    pool_id, _ = visitors_pool(aws, allow("*"))
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    visitor = session(aws, pools.get_credentials_for_identity(IdentityId=identity_id)["Credentials"], "sts")
    code, _ = refused(visitor.assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/R", RoleSessionName="me")
    assert code == "AccessDenied"


@pytest.mark.parametrize("flag", [{}, {"AllowClassicFlow": False}])
def test_i3_the_classic_flow_is_closed_where_it_was_not_opened(aws, flag):
    pool_id, _ = visitors_pool(aws, allow("*"), **flag)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    assert refused(pools.get_open_id_token, IdentityId=identity_id) == NO_CLASSIC


def test_s17_a_session_policy_cannot_widen(aws):
    aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    aws("iam").put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=allow("iam:ListUsers"))
    ann = aws("sts", key=user_with(aws, "Ann", allow("sts:AssumeRole")))
    role = f"arn:aws:iam::{ACCOUNT}:role/R"
    wide = ann.assume_role(RoleArn=role, RoleSessionName="me", Policy=allow("*"))["Credentials"]
    session(aws, wide, "iam").list_users()
    assert refused(session(aws, wide, "iam").list_roles)[0] == "AccessDenied"
    administrator = [{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]
    managed = ann.assume_role(RoleArn=role, RoleSessionName="me", PolicyArns=administrator)["Credentials"]
    assert refused(session(aws, managed, "iam").list_roles)[0] == "AccessDenied"


def test_s17_a_narrowed_session_cannot_get_rid_of_its_policy_by_the_next_role(aws):
    iam = aws("iam")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=allow("iam:ListUsers", "sts:AssumeRole"))
    ann = aws("sts", key=user_with(aws, "Ann", allow("sts:AssumeRole")))
    role = f"arn:aws:iam::{ACCOUNT}:role/R"
    narrowed = ann.assume_role(RoleArn=role, RoleSessionName="me", Policy=allow("iam:ListUsers"))["Credentials"]
    assert refused(session(aws, narrowed, "sts").assume_role, RoleArn=role, RoleSessionName="you")[0] == "AccessDenied"


def test_s17_a_boundary_of_the_role_holds_in_its_sessions(aws):
    iam = aws("iam")
    boundary = iam.create_policy(PolicyName="B", PolicyDocument=allow("iam:ListUsers"))["Policy"]["Arn"]
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account(), PermissionsBoundary=boundary)
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=allow("*"))
    ann = aws("sts", key=user_with(aws, "Ann", allow("sts:AssumeRole")))
    credentials = ann.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/R", RoleSessionName="me", Policy=allow("*"))
    mine = session(aws, credentials["Credentials"], "iam")
    mine.list_users()
    assert refused(mine.list_roles)[0] == "AccessDenied"


OPEN_TRUSTS = {
    "no condition": trust(COGNITO, WEB),
    "only amr": trust(COGNITO, WEB, **AMR),
    "aud may be absent": trust(COGNITO, WEB, StringEqualsIfExists={AUD: "us-east-1:a"}),
    "for all values": trust(COGNITO, WEB, **{"ForAllValues:StringEquals": {AUD: "us-east-1:a"}}),
    "any aud but one": trust(COGNITO, WEB, StringNotEquals={AUD: "us-east-1:a"}),
    "every aud": trust(COGNITO, WEB, StringLike={AUD: "*"}),
    "every aud of a region": trust(COGNITO, WEB, StringLike={AUD: "us-east-1:*"}),
    "one aud of many open": trust(COGNITO, WEB, StringLike={AUD: ["us-east-1:abc", "*"]}),
    "aud equals itself": trust(COGNITO, WEB, StringEquals={AUD: "${" + AUD + "}"}),
    "action wildcard": trust(COGNITO, "sts:*"),
    "second statement": document(
        {"Effect": "Allow", "Principal": COGNITO, "Action": WEB, "Condition": {"StringEquals": {AUD: "us-east-1:a"}}},
        {"Effect": "Allow", "Principal": {**COGNITO, "AWS": ACCOUNT}, "Action": ["sts:AssumeRole", WEB]},
    ),
}


@pytest.mark.parametrize("text", OPEN_TRUSTS.values(), ids=OPEN_TRUSTS)
def test_s18_a_trust_policy_open_to_every_pool_cannot_be_written(aws, text):
    iam = aws("iam")
    assert refused(iam.create_role, RoleName="R", AssumeRolePolicyDocument=text)[0] == "MalformedPolicyDocument"
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    assert refused(iam.update_assume_role_policy, RoleName="R", PolicyDocument=text)[0] == "MalformedPolicyDocument"


def test_s18_the_refusal_says_what_to_add(aws):
    _, message = refused(aws("iam").create_role, RoleName="R", AssumeRolePolicyDocument=trust(COGNITO, WEB))
    assert AUD in message
    assert "StringEquals" in message


def test_s18_a_trust_policy_open_to_every_pool_lets_nobody_in_even_if_it_is_there(aws, product):
    """As in a database that was written by hand: what is evaluated does not rely on what was checked when written."""
    pool_id, role = visitors_pool(aws, AllowClassicFlow=True)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    token = pools.get_open_id_token(IdentityId=identity_id)["Token"]
    inside = product.product

    async def write() -> None:
        async with inside.storage.writing() as writing:
            await writing.execute(update(Role).values(trust_policy=trust(COGNITO, WEB)))
            await inside.snapshots.announce(writing, [("iam.principal", role)])
            await writing.commit()
        await inside.snapshots.catch_up()

    asyncio.run_coroutine_threadsafe(write(), product.loop).result(10)
    denied = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    sts = aws("sts")
    arguments = {"RoleArn": role, "RoleSessionName": "me", "WebIdentityToken": token}
    assert refused(sts.assume_role_with_web_identity, **arguments) == denied
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id)[0] == (
        "InvalidIdentityPoolConfigurationException"
    )


def _forged(token: str, header: dict | None = None, claims: dict | None = None) -> str:
    def part(text: str) -> dict:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))

    def written(content: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    first, second, signature = token.split(".")
    return f"{written({**part(first), **(header or {})})}.{written({**part(second), **(claims or {})})}.{signature}"


@pytest.mark.parametrize("attack", ["another subject", "alg none", "HS256", "own key", "crit", "padding", "cut", "kid"])
def test_i6_a_forged_identity_token_is_refused(aws, attack):
    pool_id, role = visitors_pool(aws, AllowClassicFlow=True)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    token = pools.get_open_id_token(IdentityId=identity_id)["Token"]
    own = jwt.new_key("x")
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    kid = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"]
    forged = {
        "another subject": _forged(token, claims={"sub": "us-east-1:11111111-1111-1111-1111-111111111111"}),
        "alg none": _forged(token, {"alg": "none"}).rpartition(".")[0] + ".",
        "HS256": _forged(token, {"alg": "HS256"}),
        "own key": jwt.sign(claims, key_id=kid, algorithm="RS512", private_pem=own.private_pem),
        "crit": _forged(token, {"crit": ["exp"], "exp": 1}),
        "padding": token + "=",
        "cut": token[:-4],
        "kid": _forged(token, {"kid": "../x"}),
    }[attack]
    arguments = {"RoleArn": role, "RoleSessionName": "me"}
    code, _ = refused(aws("sts").assume_role_with_web_identity, WebIdentityToken=forged, **arguments)
    assert code == "InvalidIdentityToken"
    aws("sts").assume_role_with_web_identity(WebIdentityToken=token, **arguments)


def test_o12_a_forged_next_token_is_refused(aws):
    pools = aws("cognito-identity")
    for number in range(2):
        pools.create_identity_pool(IdentityPoolName=f"p{number}", AllowUnauthenticatedIdentities=True)
    good = pools.list_identity_pools(MaxResults=1)["NextToken"]
    for token in (good[:-4] + "AAAA", good + "=", "us-east-1:0"):
        assert refused(pools.list_identity_pools, MaxResults=1, NextToken=token)[0] == "InvalidParameterException"
    pool_id = pools.list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
    code, _ = refused(pools.list_identities, IdentityPoolId=pool_id, MaxResults=1, NextToken=good)
    assert code == "InvalidParameterException"
