"""IAM, STS and identity pools together, on SQLite and on PostgreSQL: one story, and many writers at once."""

from concurrent.futures import ThreadPoolExecutor

import httpx
from botocore.exceptions import ClientError

from tests.services.policies import allow, refused, session, trust_account, user_with, visitors_pool


def test_the_story_is_the_same_on_both_databases(anywhere):
    aws = anywhere.client
    iam, pools = aws("iam"), aws("cognito-identity")
    key = user_with(aws, "Ann", allow("sts:AssumeRole"))
    iam.create_group(GroupName="Readers")
    iam.add_user_to_group(GroupName="Readers", UserName="Ann")
    arn = iam.create_policy(PolicyName="P", PolicyDocument=allow("iam:ListUsers"))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="Readers", PolicyArn=arn)
    ann = aws("iam", key=key)
    assert [user["UserName"] for user in ann.list_users(PathPrefix="/")["Users"]] == ["Ann"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("iam:ListRoles"), SetAsDefault=True)
    assert refused(ann.list_users)[0] == "AccessDenied"
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account(), Tags=[{"Key": "a", "Value": "1"}])
    role = iam.get_role(RoleName="R")["Role"]
    taken = aws("sts", key=key).assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    session(aws, taken, "sts").get_caller_identity()
    pool_id, visitors = visitors_pool(aws, allow("cognito-identity:ListIdentityPools"), AllowClassicFlow=True)
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    anywhere.product.snapshots.shelf("cognito-identity.identity").replace({})
    credentials = pools.get_credentials_for_identity(IdentityId=identity_id)["Credentials"]
    session(aws, credentials, "cognito-identity").list_identity_pools(MaxResults=1)
    token = pools.get_open_id_token(IdentityId=identity_id)["Token"]
    aws("sts").assume_role_with_web_identity(RoleArn=visitors, RoleSessionName="me", WebIdentityToken=token)
    listed = pools.list_identities(IdentityPoolId=pool_id, MaxResults=10)["Identities"]
    assert [entry["IdentityId"] for entry in listed] == [identity_id]
    pools.delete_identities(IdentityIdsToDelete=[identity_id])
    assert refused(pools.get_credentials_for_identity, IdentityId=identity_id)[0] == "ResourceNotFoundException"
    iam.delete_role_policy(RoleName="Visitors", PolicyName="p0")
    iam.delete_role(RoleName="Visitors")
    assert refused(session(aws, credentials, "sts").get_caller_identity)[0] == "InvalidClientTokenId"


def test_of_many_who_take_one_name_at_once_exactly_one_wins(anywhere):
    iam = anywhere.client("iam")

    def take(_: int) -> str:
        try:
            iam.create_role(RoleName="Only", AssumeRolePolicyDocument=trust_account())
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "made"

    with ThreadPoolExecutor(8) as crowd:
        answers = sorted(crowd.map(take, range(8)))
    assert answers == ["EntityAlreadyExists"] * 7 + ["made"]


def test_visitors_who_come_at_once_get_an_identity_each(anywhere):
    pool_id, _ = visitors_pool(anywhere.client)
    headers = {"X-Amz-Target": "AWSCognitoIdentityService.GetId", "Content-Type": "application/x-amz-json-1.1"}

    def come(_: int) -> str:
        answer = httpx.post(anywhere.endpoint, headers=headers, json={"IdentityPoolId": pool_id})
        return str(answer.json()["IdentityId"])

    with ThreadPoolExecutor(16) as crowd:
        made = set(crowd.map(come, range(64)))
    assert len(made) == 64
    pools = anywhere.client("cognito-identity")
    first = pools.list_identities(IdentityPoolId=pool_id, MaxResults=60)
    second = pools.list_identities(IdentityPoolId=pool_id, MaxResults=60, NextToken=first["NextToken"])
    assert {entry["IdentityId"] for entry in first["Identities"] + second["Identities"]} == made
