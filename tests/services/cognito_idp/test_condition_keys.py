"""Condition keys of both Cognito services in policies: each lets in, and each keeps out."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.cognito_idp.signing_in import by_password, make_user
from tests.services.policies import allow, refused, session, trust, user_with

DENIED = "AccessDeniedException"
ACCOUNT = "000000000000"
WHO = "cognito-identity.amazonaws.com"


def user_pool(idp: Any, **tags: str) -> tuple[str, str]:
    made = idp.create_user_pool(PoolName="people", UserPoolTags=tags)["UserPool"]
    return made["Id"], made["Arn"]


def identity_pool(pools: Any, **tags: str) -> tuple[str, str]:
    asked = {"IdentityPoolName": "people", "AllowUnauthenticatedIdentities": True, "IdentityPoolTags": tags}
    pool_id = pools.create_identity_pool(**asked)["IdentityPoolId"]
    return pool_id, f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{pool_id}"


@pytest.mark.parametrize(
    ("service", "make", "describe", "member"),
    [
        ("cognito-idp", user_pool, "describe_user_pool", "UserPoolId"),
        ("cognito-identity", identity_pool, "describe_identity_pool", "IdentityPoolId"),
    ],
)
def test_the_tags_of_a_pool_decide_and_a_change_of_them_counts_at_once(aws, service, make, describe, member):
    root = aws(service)
    (blue, blue_arn), (red, _), (plain, _) = make(root, team="blue"), make(root, team="red"), make(root)
    condition = {"StringEquals": {"aws:ResourceTag/Team": "blue"}}
    ann = aws(service, key=user_with(aws, "Ann", allow(f"{service}:*", Condition=condition)))
    see = getattr(ann, describe)
    see(**{member: blue})
    for other in (red, plain):
        assert refused(see, **{member: other})[0] == DENIED
    ann.list_tags_for_resource(ResourceArn=blue_arn)
    root.tag_resource(ResourceArn=blue_arn, Tags={"team": "red"})
    assert refused(see, **{member: blue})[0] == DENIED
    root.tag_resource(ResourceArn=blue_arn, Tags={"team": "blue"})
    see(**{member: blue})
    root.untag_resource(ResourceArn=blue_arn, TagKeys=["team"])
    assert refused(see, **{member: blue})[0] == DENIED


@pytest.mark.parametrize(
    ("service", "make", "create", "asked", "member"),
    [
        ("cognito-idp", user_pool, "create_user_pool", {"PoolName": "p"}, "UserPoolTags"),
        (
            "cognito-identity",
            identity_pool,
            "create_identity_pool",
            {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": False},
            "IdentityPoolTags",
        ),
    ],
)
def test_the_tags_that_a_call_gives_decide(aws, service, make, create, asked, member):
    _, arn = make(aws(service))
    condition = {
        "StringEquals": {"aws:RequestTag/team": "blue"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]},
    }
    ann = aws(service, key=user_with(aws, "Ann", allow(f"{service}:*", Condition=condition)))
    getattr(ann, create)(**asked, **{member: {"team": "blue", "cost": "1"}})
    ann.tag_resource(ResourceArn=arn, Tags={"team": "blue"})
    for tags in ({"team": "red"}, {"team": "blue", "other": "1"}):
        assert refused(getattr(ann, create), **asked, **{member: tags})[0] == DENIED
        assert refused(ann.tag_resource, ResourceArn=arn, Tags=tags)[0] == DENIED
    assert refused(getattr(ann, create), **asked)[0] == DENIED
    assert refused(ann.untag_resource, ResourceArn=arn, TagKeys=["team"])[0] == DENIED


@pytest.mark.parametrize(("part", "other"), [("us-east-1:", "eu-west-1:"), ("/us-east-1", "//us-east-1")])
def test_a_pool_is_tagged_by_its_own_arn_only(aws, idp, part, other):
    _, arn = user_pool(idp)
    spelled = arn.replace(part, other)
    ann = aws("cognito-idp", key=user_with(aws, "Ann", allow("cognito-idp:*", resource=spelled)))
    assert refused(ann.tag_resource, ResourceArn=spelled, Tags={"a": "1"})[0] == "ResourceNotFoundException"
    assert idp.list_tags_for_resource(ResourceArn=arn)["Tags"] == {}


class Both:
    """An identity pool for visitors and for the users of a user pool, with one role for both."""

    def __init__(self, aws: Callable[..., Any], anyone: Any, pool_id: str, client_id: str) -> None:
        self.aws, self.anyone, self.client_id = aws, anyone, client_id
        self.provider = f"cognito-idp.us-east-1.amazonaws.com/{pool_id}"
        self.pools, self.iam = aws("cognito-identity"), aws("iam")
        make_user(aws("cognito-idp"), pool_id)
        self.id = self.pools.create_identity_pool(
            IdentityPoolName="both",
            AllowUnauthenticatedIdentities=True,
            CognitoIdentityProviders=[{"ProviderName": self.provider, "ClientId": client_id}],
        )["IdentityPoolId"]
        trusted = trust({"Federated": WHO}, "sts:AssumeRoleWithWebIdentity", StringEquals={f"{WHO}:aud": self.id})
        role = self.iam.create_role(RoleName="Both", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        roles = {"authenticated": role, "unauthenticated": role}
        self.pools.set_identity_pool_roles(IdentityPoolId=self.id, Roles=roles)

    def allow(self, **condition: Any) -> None:
        document = allow("cognito-identity:ListIdentityPools", Condition=condition)
        self.iam.put_role_policy(RoleName="Both", PolicyName="p", PolicyDocument=document)

    def client(self, *, signed_in: bool) -> tuple[str, Any]:
        """Return the identity of a visitor or of the user, and a client with its credentials."""
        logins = {}
        if signed_in:
            tokens = by_password(self.anyone, self.client_id)["AuthenticationResult"]
            logins = {self.provider: tokens["IdToken"]}
        identity_id = self.pools.get_id(IdentityPoolId=self.id, Logins=logins)["IdentityId"]
        credentials = self.pools.get_credentials_for_identity(IdentityId=identity_id, Logins=logins)["Credentials"]
        return identity_id, session(self.aws, credentials, "cognito-identity")


@pytest.fixture
def both(aws, anyone, make_pool, make_client) -> Both:
    pool_id = make_pool()
    return Both(aws, anyone, pool_id, make_client(pool_id)["ClientId"])


def test_amr_tells_users_from_visitors_and_by_which_pool_they_came(both):
    _, user = both.client(signed_in=True)
    _, visitor = both.client(signed_in=False)
    for value in ("authenticated", both.provider, f"{both.provider}:CognitoSignIn:*"):
        both.allow(**{"ForAnyValue:StringLike": {f"{WHO}:amr": value}})
        user.list_identity_pools(MaxResults=1)
        assert refused(visitor.list_identity_pools, MaxResults=1)[0] == DENIED
    both.allow(**{"ForAnyValue:StringLike": {f"{WHO}:amr": "unauthenticated"}})
    visitor.list_identity_pools(MaxResults=1)
    assert refused(user.list_identity_pools, MaxResults=1)[0] == DENIED


def test_sub_and_aud_tell_whose_session_of_which_pool_it_is(both):
    mine, user = both.client(signed_in=True)
    _, visitor = both.client(signed_in=False)
    both.allow(StringEquals={f"{WHO}:sub": mine, f"{WHO}:aud": both.id})
    user.list_identity_pools(MaxResults=1)
    assert refused(visitor.list_identity_pools, MaxResults=1)[0] == DENIED
    both.allow(StringEquals={f"{WHO}:sub": mine, f"{WHO}:aud": both.id[:-1] + "x"})
    assert refused(user.list_identity_pools, MaxResults=1)[0] == DENIED
    key = user_with(both.aws, "Ann", allow("cognito-identity:*", Condition={"Null": {f"{WHO}:sub": "false"}}))
    assert refused(both.aws("cognito-identity", key=key).list_identity_pools, MaxResults=1)[0] == DENIED
