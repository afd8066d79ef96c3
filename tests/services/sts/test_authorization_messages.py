"""`DecodeAuthorizationMessage`: the message that comes with every denial, decoded by those who may."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.running import Running

HEADER = "x-gatewright-authorization-message"


@pytest.fixture
def nobody(product: Running) -> tuple[str, str]:
    iam = product.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def denied(
    product: Running, key: tuple[str, str], service: str = "iam", operation: str = "list_users"
) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        getattr(product.client(service, key=key), operation)()
    answer: dict[str, Any] = caught.value.response
    return answer


def decode(product: Running, message: str) -> dict[str, Any]:
    answer = product.client("sts").decode_authorization_message(EncodedMessage=message)
    told: dict[str, Any] = json.loads(answer["DecodedMessage"])
    return told


def encoded(answer: dict[str, Any]) -> str:
    return str(answer["ResponseMetadata"]["HTTPHeaders"][HEADER])


@pytest.mark.parametrize(("service", "operation"), [("iam", "list_users"), ("apigateway", "get_rest_apis")])
def test_a_denial_is_decoded_into_aws_shape(
    product: Running, nobody: tuple[str, str], service: str, operation: str
) -> None:
    answer = denied(product, nobody, service, operation)
    told = decode(product, encoded(answer))
    assert (told["allowed"], told["explicitDeny"]) == (False, False)
    assert told["matchedStatements"] == {"items": []}
    assert told["context"]["principal"]["arn"].endswith(":user/nobody")
    assert told["context"]["principal"]["id"].startswith("AIDA")
    assert told["context"]["action"].startswith(f"{service}:")
    keys = {item["key"]: item["values"]["items"] for item in told["context"]["conditions"]["items"]}
    assert keys["aws:sourceip"] == [{"value": "127.0.0.1"}]


def test_an_explicit_deny_names_its_statement(product: Running, nobody: tuple[str, str]) -> None:
    statement = {"Sid": "No", "Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    product.client("iam").put_user_policy(UserName="nobody", PolicyName="p", PolicyDocument=document)
    told = decode(product, encoded(denied(product, nobody)))
    assert told["explicitDeny"]
    (matched,) = told["matchedStatements"]["items"]
    assert (matched["statementId"], matched["effect"], matched["policyName"]) == ("No", "DENY", "p")


def test_a_near_miss_stands_among_the_failures(product: Running, nobody: tuple[str, str]) -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    statement = {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    product.client("iam").put_user_policy(UserName="nobody", PolicyName="p", PolicyDocument=document)
    (failure,) = decode(product, encoded(denied(product, nobody)))["failures"]["items"]
    assert (failure["key"], failure["needed"], failure["seen"]) == ("aws:PrincipalTag/team", ["blue"], [])


def test_the_error_message_stays_as_aws_words_it(product: Running, nobody: tuple[str, str]) -> None:
    answer = denied(product, nobody)
    assert answer["Error"]["Message"].endswith("because no identity-based policy allows the iam:ListUsers action")


def test_whoever_was_refused_cannot_decode_it(product: Running, nobody: tuple[str, str]) -> None:
    message = encoded(denied(product, nobody))
    with pytest.raises(ClientError, match="sts:DecodeAuthorizationMessage"):
        product.client("sts", key=nobody).decode_authorization_message(EncodedMessage=message)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-4],
        lambda text: ("B" if text[0] == "A" else "A") + text[1:],
        lambda text: "x",
        lambda text: "é",
    ],
)
def test_a_message_that_was_not_made_here_is_refused(product: Running, nobody: tuple[str, str], spoil: Any) -> None:
    message = spoil(encoded(denied(product, nobody)))
    with pytest.raises(ClientError) as caught:
        product.client("sts").decode_authorization_message(EncodedMessage=message)
    assert caught.value.response["Error"]["Code"] == "InvalidAuthorizationMessageException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
