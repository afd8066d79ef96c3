import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.services.policies import allow, refused, session, trust_account, user_with, visitors_pool

CONFIGURATION = (
    "InvalidIdentityPoolConfigurationException",
    "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
)


def test_a_visitor_gets_an_identity_and_credentials_without_signing(aws, product):
    pool_id, _ = visitors_pool(aws, allow("cognito-identity:*"))

    def call(operation, content):
        headers = {
            "X-Amz-Target": f"AWSCognitoIdentityService.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        answer = httpx.post(product.endpoint, headers=headers, json=content)
        assert answer.status_code == 200, answer.text
        return answer.json()

    identity_id = call("GetId", {"IdentityPoolId": pool_id})["IdentityId"]
    assert re.fullmatch(r"us-east-1:[0-9a-f-]{36}", identity_id)
    answer = call("GetCredentialsForIdentity", {"IdentityId": identity_id})
    assert answer["IdentityId"] == identity_id
    assert set(answer["Credentials"]) == {"AccessKeyId", "SecretKey", "SessionToken", "Expiration"}
    me = session(aws, answer["Credentials"], "sts").get_caller_identity()
    assert me["Arn"] == "arn:aws:sts::000000000000:assumed-role/Visitors/CognitoIdentityCredentials"


def test_credentials_live_for_an_hour(aws):
    pool_id, _ = visitors_pool(aws)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    expiration = pools.get_credentials_for_identity(IdentityId=identity_id)["Credentials"]["Expiration"]
    assert timedelta(minutes=59) < expiration - datetime.now(UTC) <= timedelta(hours=1)


def test_an_unknown_identity_is_named_as_the_article_says(aws):
    visitors_pool(aws)
    identity_id = "us-east-1:11111111-1111-1111-1111-111111111111"
    pools = aws("cognito-identity")
    for call in (pools.get_credentials_for_identity, pools.get_open_id_token, pools.describe_identity):
        assert refused(call, IdentityId=identity_id) == (
            "ResourceNotFoundException",
            f"Identity '{identity_id}' not found.",
        )


def test_a_pool_without_a_role_gives_no_credentials(aws):
    pools = aws("cognito-identity")
    pool_id = pools.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id) == CONFIGURATION


def test_a_role_that_does_not_trust_the_pool_gives_no_credentials(aws):
    pool_id, _ = visitors_pool(aws)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    pools.get_credentials_for_identity(IdentityId=identity_id)
    aws("iam").update_assume_role_policy(RoleName="Visitors", PolicyDocument=trust_account())
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id) == CONFIGURATION
    aws("iam").delete_role(RoleName="Visitors")
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id) == CONFIGURATION


def test_the_role_for_those_who_log_in_is_not_for_visitors(aws):
    pool_id, role = visitors_pool(aws)
    pools = aws("cognito-identity")
    pools.set_identity_pool_roles(IdentityPoolId=pool_id, Roles={"authenticated": role})
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id) == CONFIGURATION


def test_a_login_of_a_provider_that_the_pool_does_not_have_is_refused(aws):
    pool_id, _ = visitors_pool(aws)
    pools = aws("cognito-identity")
    logins = {"graph.facebook.com": "token"}
    expected = ("NotAuthorizedException", "Token is not from a supported provider of this identity pool.")
    assert refused(pools.get_id, IdentityPoolId=pool_id, Logins=logins) == expected
    identity_id = pools.get_id(IdentityPoolId=pool_id, Logins={})["IdentityId"]
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id, Logins=logins) == expected


def test_a_custom_role_is_refused(aws):
    pool_id, role = visitors_pool(aws)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    code, _ = refused(pools.get_credentials_for_identity, IdentityId=identity_id, CustomRoleArn=role)
    assert code == "InvalidParameterException"


def test_an_account_id_must_be_that_of_the_pool(aws):
    pool_id, _ = visitors_pool(aws)
    pools = aws("cognito-identity")
    pools.get_id(IdentityPoolId=pool_id, AccountId="000000000000")
    assert refused(pools.get_id, IdentityPoolId=pool_id, AccountId="111122223333")[0] == "ResourceNotFoundException"


def test_identities_are_listed_described_and_deleted(aws):
    pool_id, _ = visitors_pool(aws)
    pools = aws("cognito-identity")
    made = sorted(pools.get_id(IdentityPoolId=pool_id)["IdentityId"] for _ in range(3))
    first = pools.list_identities(IdentityPoolId=pool_id, MaxResults=2)
    second = pools.list_identities(IdentityPoolId=pool_id, MaxResults=2, NextToken=first["NextToken"])
    assert [entry["IdentityId"] for entry in first["Identities"] + second["Identities"]] == made
    shown = pools.describe_identity(IdentityId=made[0])
    assert datetime.now(UTC) - shown["CreationDate"] < timedelta(minutes=1)
    pools.get_credentials_for_identity(IdentityId=made[0])
    assert pools.delete_identities(IdentityIdsToDelete=[made[0]])["UnprocessedIdentityIds"] == []
    assert refused(pools.get_credentials_for_identity, IdentityId=made[0])[0] == "ResourceNotFoundException"
    pools.get_credentials_for_identity(IdentityId=made[1])


def test_an_identity_is_known_after_its_memory_was_emptied(aws, product):
    pool_id, _ = visitors_pool(aws)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    product.product.snapshots.shelf("cognito-identity.identity").replace({})
    pools.get_credentials_for_identity(IdentityId=identity_id)
    assert product.product.snapshots.shelf("cognito-identity.identity").get(identity_id).identity_pool_id == pool_id


def test_administration_needs_permission_and_passing_a_role_its_own(aws):
    pool_id, role = visitors_pool(aws)
    pool = f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{pool_id}"
    key = user_with(aws, "Ann", allow("cognito-identity:*", resource=pool))
    mine = aws("cognito-identity", key=key)
    mine.describe_identity_pool(IdentityPoolId=pool_id)
    assert refused(mine.list_identity_pools, MaxResults=1)[0] == "AccessDeniedException"
    roles = {"unauthenticated": role}
    code, message = refused(mine.set_identity_pool_roles, IdentityPoolId=pool_id, Roles=roles)
    assert code == "AccessDeniedException"
    assert f"iam:PassRole on resource: {role}" in message
    aws("iam").put_user_policy(
        UserName="Ann",
        PolicyName="pass",
        PolicyDocument=allow(
            "iam:PassRole",
            resource=role,
            Condition={"StringEquals": {"iam:PassedToService": "cognito-identity.amazonaws.com"}},
        ),
    )
    mine.set_identity_pool_roles(IdentityPoolId=pool_id, Roles=roles)


def test_the_session_carries_who_the_visitor_is(aws):
    pool_id, _ = visitors_pool(aws)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    is_me = {"StringEquals": {"cognito-identity.amazonaws.com:sub": identity_id}}
    aws("iam").put_role_policy(
        RoleName="Visitors",
        PolicyName="me",
        PolicyDocument=allow("cognito-identity:ListIdentityPools", Condition=is_me),
    )
    mine = session(aws, pools.get_credentials_for_identity(IdentityId=identity_id)["Credentials"], "cognito-identity")
    mine.list_identity_pools(MaxResults=1)
    other_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    other = session(aws, pools.get_credentials_for_identity(IdentityId=other_id)["Credentials"], "cognito-identity")
    assert refused(other.list_identity_pools, MaxResults=1)[0] == "AccessDeniedException"


def test_the_reason_of_a_refusal_is_kept_under_its_request_id(aws, product):
    pools = aws("cognito-identity")
    pool_id, _ = visitors_pool(aws)
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]

    def reason() -> str:
        with pytest.raises(ClientError) as error:
            pools.get_credentials_for_identity(IdentityId=identity_id)
        kept = product.product.traces.find(error.value.response["ResponseMetadata"]["RequestId"])
        return kept.steps[-1].reason

    aws("iam").update_assume_role_policy(RoleName="Visitors", PolicyDocument=trust_account())
    assert "role trust policy" in reason()
    pools.set_identity_pool_roles(IdentityPoolId=pool_id, Roles={})
    assert "SetIdentityPoolRoles" in reason()
    pools.update_identity_pool(IdentityPoolId=pool_id, IdentityPoolName="v", AllowUnauthenticatedIdentities=False)
    assert "AllowUnauthenticatedIdentities" in reason()
