"""`GetFederationToken`: a part of a user's permissions for somebody else."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.services.policies import allow, refused, session, trust, user_with

ACCOUNT = "000000000000"


@pytest.fixture
def proxy(aws):
    """An STS client of a user who may federate, list users and list roles."""
    return aws("sts", key=user_with(aws, "Proxy", allow("sts:*", "iam:ListUsers", "cognito-identity:*")))


def test_a_federated_user_has_what_the_user_and_the_policy_both_allow(aws, proxy):
    answer = proxy.get_federation_token(Name="bob", Policy=allow("cognito-identity:ListIdentityPools", "s3:*"))
    assert answer["FederatedUser"] == {
        "FederatedUserId": f"{ACCOUNT}:bob",
        "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
    }
    left = answer["Credentials"]["Expiration"] - datetime.now(UTC)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)
    assert answer["PackedPolicySize"] > 0
    me = session(aws, answer["Credentials"], "sts").get_caller_identity()
    assert me["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
    pools = session(aws, answer["Credentials"], "cognito-identity")
    pools.list_identity_pools(MaxResults=1)
    code, _ = refused(pools.create_identity_pool, IdentityPoolName="x", AllowUnauthenticatedIdentities=False)
    assert code == "AccessDeniedException"


def test_without_a_policy_a_federated_user_has_nothing(aws, proxy):
    answer = proxy.get_federation_token(Name="bob")
    pools = session(aws, answer["Credentials"], "cognito-identity")
    assert refused(pools.list_identity_pools, MaxResults=1)[0] == "AccessDeniedException"


def test_a_federated_user_has_no_iam_and_of_sts_only_its_own_name(aws, proxy):
    arn = aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust({"AWS": "*"}))["Role"]["Arn"]
    credentials = proxy.get_federation_token(Name="bob", Policy=allow("*"))["Credentials"]
    assert refused(session(aws, credentials, "iam").list_users)[0] == "AccessDenied"
    sts = session(aws, credentials, "sts")
    assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="me")[0] == "AccessDenied"
    assert refused(sts.get_federation_token, Name="eve")[0] == "AccessDenied"
    assert refused(sts.get_session_token) == ("AccessDenied", "Cannot call GetSessionToken with session credentials")


def test_federating_needs_permission_for_that_name_and_for_tags(aws):
    mine = allow("sts:GetFederationToken", resource=f"arn:aws:sts::{ACCOUNT}:federated-user/b*")
    sts = aws("sts", key=user_with(aws, "Proxy", mine))
    sts.get_federation_token(Name="bob")
    code, message = refused(sts.get_federation_token, Name="eve")
    assert code == "AccessDenied"
    assert f"sts:GetFederationToken on resource: arn:aws:sts::{ACCOUNT}:federated-user/eve" in message
    code, message = refused(sts.get_federation_token, Name="bob", Tags=[{"Key": "a", "Value": "1"}])
    assert "sts:TagSession" in message


def test_tags_of_a_federated_user_stand_above_the_user_s_own(aws):
    red = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    key = user_with(aws, "Proxy", allow("sts:*"), allow("cognito-identity:*", Condition=red))
    aws("iam").tag_user(UserName="Proxy", Tags=[{"Key": "Team", "Value": "blue"}])
    sts = aws("sts", key=key)
    everything = allow("*")
    blue = sts.get_federation_token(Name="bob", Policy=everything)["Credentials"]
    assert (
        refused(session(aws, blue, "cognito-identity").list_identity_pools, MaxResults=1)[0] == "AccessDeniedException"
    )
    tags = [{"Key": "team", "Value": "red"}]
    taken = sts.get_federation_token(Name="bob", Policy=everything, Tags=tags)["Credentials"]
    session(aws, taken, "cognito-identity").list_identity_pools(MaxResults=1)


def test_a_federated_session_ends_with_its_user(aws, proxy):
    credentials = proxy.get_federation_token(Name="bob", Policy=allow("*"))["Credentials"]
    sts, iam = session(aws, credentials, "sts"), aws("iam")
    sts.get_caller_identity()
    for key in iam.list_access_keys(UserName="Proxy")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="Proxy", AccessKeyId=key["AccessKeyId"])
    sts.get_caller_identity()
    iam.delete_user_policy(UserName="Proxy", PolicyName="p0")
    iam.delete_user(UserName="Proxy")
    assert refused(sts.get_caller_identity)[0] == "InvalidClientTokenId"


def test_the_root_user_can_federate_for_an_hour(aws):
    answer = aws("sts").get_federation_token(Name="bob", Policy=allow("cognito-identity:*"), DurationSeconds=43200)
    assert answer["Credentials"]["Expiration"] - datetime.now(UTC) <= timedelta(hours=1)
    session(aws, answer["Credentials"], "cognito-identity").list_identity_pools(MaxResults=1)
    nothing = aws("sts").get_federation_token(Name="bob")["Credentials"]
    assert (
        refused(session(aws, nothing, "cognito-identity").list_identity_pools, MaxResults=1)[0]
        == "AccessDeniedException"
    )


def test_a_token_is_as_long_as_it_was_asked_to_be(aws, proxy):
    short = proxy.get_federation_token(Name="bob")
    long = proxy.get_federation_token(Name="bob", MinimumSessionTokenSize=4000)
    assert short["SessionTokenSize"] < 1000 < 4000 <= long["SessionTokenSize"] < 4010
    assert 0 < short["SessionTokenUtilization"] < long["SessionTokenUtilization"] <= 100
    session(aws, long["Credentials"], "sts").get_caller_identity()


def test_a_managed_policy_may_be_the_session_policy(aws, proxy):
    arn = aws("iam").create_policy(PolicyName="L", PolicyDocument=allow("cognito-identity:*"))["Policy"]["Arn"]
    credentials = proxy.get_federation_token(Name="bob", PolicyArns=[{"arn": arn}])["Credentials"]
    session(aws, credentials, "cognito-identity").list_identity_pools(MaxResults=1)
