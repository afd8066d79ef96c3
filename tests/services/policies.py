"""Policy documents and principals as the tests of the identity services want them."""

import json
from typing import Any

from botocore.exceptions import ClientError

VERSION = "2012-10-17"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def allow(*actions: str, resource: str = "*", **more: Any) -> str:
    return document({"Effect": "Allow", "Action": list(actions), "Resource": resource, **more})


def deny(*actions: str, resource: str = "*") -> str:
    return document({"Effect": "Deny", "Action": list(actions), "Resource": resource})


def trust(principal: Any, action: str = "sts:AssumeRole", **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return document({**statement, "Condition": condition} if condition else statement)


def trust_account(account: str = "000000000000") -> str:
    return trust({"AWS": f"arn:aws:iam::{account}:root"})


def trust_pool(pool_id: str) -> str:
    return trust(
        {"Federated": "cognito-identity.amazonaws.com"},
        "sts:AssumeRoleWithWebIdentity",
        StringEquals={"cognito-identity.amazonaws.com:aud": pool_id},
        **{"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}},
    )


def refused(call: Any, /, **parameters: Any) -> tuple[str, str]:
    """Return the code and message with which a call is refused; a call that is not refused fails the test."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("the call was not refused")


def user_with(aws: Any, name: str, *documents: str) -> tuple[str, str]:
    """Make a user with inline policies and return its access key."""
    iam = aws("iam")
    iam.create_user(UserName=name)
    for number, text in enumerate(documents):
        iam.put_user_policy(UserName=name, PolicyName=f"p{number}", PolicyDocument=text)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def session(aws: Any, credentials: dict[str, Any], service: str) -> Any:
    """Return a client that signs with temporary credentials, of STS or of an identity pool."""
    secret = credentials.get("SecretAccessKey") or credentials["SecretKey"]
    return aws(service, key=(credentials["AccessKeyId"], secret), token=credentials["SessionToken"])


def visitors_pool(aws: Any, *documents: str, **settings: Any) -> tuple[str, str]:
    """Make an identity pool for visitors whose role has inline policies; return the pool's id and the role's ARN."""
    iam, pools = aws("iam"), aws("cognito-identity")
    settings = {"IdentityPoolName": "visitors", "AllowUnauthenticatedIdentities": True, **settings}
    pool_id = pools.create_identity_pool(**settings)["IdentityPoolId"]
    role = iam.create_role(RoleName="Visitors", AssumeRolePolicyDocument=trust_pool(pool_id))["Role"]["Arn"]
    for number, text in enumerate(documents):
        iam.put_role_policy(RoleName="Visitors", PolicyName=f"p{number}", PolicyDocument=text)
    pools.set_identity_pool_roles(IdentityPoolId=pool_id, Roles={"unauthenticated": role})
    return pool_id, role
