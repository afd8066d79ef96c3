"""What is a policy document, and in which words AWS refuses what is not.

The messages and their order are facts that others recorded on IAM (`CreatePolicy`, published with moto's tests); the
documents are our own.
"""

import json
from typing import Any

import pytest

from gatewright.policy.document import MalformedPolicy, PolicyKind, parse_policy, policy_size
from tests.unit.policy.asking import allow, policy

GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"}
NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
LEGACY = "The policy failed legacy parsing"
SYNTAX = "Syntax errors in policy."


def refusal(document: Any, kind: PolicyKind = PolicyKind.IDENTITY, **more: Any) -> str:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(MalformedPolicy) as refused:
        parse_policy(text, kind=kind, **more)
    return refused.value.message


def with_statement(*statements: Any, **changes: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements) or [{**GOOD, **changes}]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        '"text"',
        "null",
        '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}',
        json.dumps(with_statement()).replace('"Effect": "Allow"', '"Effect":"Deny","Effect":"Allow"'),
        json.dumps(with_statement(Condition={"StringEquals": {"t:a": "1"}})).replace('"1"', "NaN"),
        "[" * 100_000,
        "\ufeff" + json.dumps(with_statement()),
    ],
)
def test_what_is_not_one_json_object_without_repeated_keys_is_a_syntax_error(text: str) -> None:
    assert refusal(text) == SYNTAX
    assert refusal(text, PolicyKind.TRUST) == "This policy contains invalid Json"


@pytest.mark.parametrize(
    "document",
    [
        {"Version": "2012-10-17"},
        {"Version": "2012-10-17", "Statement": []},
        {"Version": "2012-10-17", "Statement": ["text"]},
        {"Version": "2013-10-17", "Statement": GOOD},
        {"Version": ["2012-10-17"], "Statement": GOOD},
        {"Version": "2012-10-17", "Statement": GOOD, "Extra": 1},
        {"Version": "2012-10-17", "Statement": GOOD, "Id": {}},
        with_statement(Extra=1),
        with_statement(effect="Allow"),
        with_statement(Effect="Maybe"),
        with_statement(Effect=None),
        with_statement(Sid=[]),
        with_statement(Sid=1),
        with_statement(Action={}),
        with_statement(Action=[[]]),
        with_statement(Action=1),
        with_statement(Resource={"a": "arn:aws:s3:::b"}),
        with_statement(Resource=["x", {}]),
        with_statement(NotAction="s3:Get"),
        with_statement(NotResource="*"),
        with_statement(Principal="*", NotPrincipal="*"),
        with_statement(Principal="somebody"),
        with_statement(Condition=[]),
        with_statement(Condition="a"),
        with_statement(Condition={"StringEquals": "b"}),
        with_statement(Condition={"StringEquals": []}),
        with_statement(Condition={"StringEquals": {"a": {}}}),
        with_statement(Condition={"StringEquals": {"a": [["b"]]}}),
        with_statement(Condition={"StringEquals": {"a": None}}),
        with_statement(Condition={"Unknown": {"a": "1"}}),
        with_statement(Condition={"ForAnyValue::StringEquals": {"a": "1"}}),
    ],
)
def test_unknown_elements_and_wrong_types_are_syntax_errors(document: dict[str, Any]) -> None:
    assert refusal(document) == SYNTAX


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Action": "invalid"}, NO_VENDOR),
        ({"Action": ""}, NO_VENDOR),
        ({"Action": "my svc:Read"}, "Vendor my svc is not valid"),
        ({"Action": "s3*:GetObject"}, "Vendor s3* is not valid"),
        ({"Action": "s3:Get:Object"}, "Actions/Condition can contain only one colon."),
        ({"Action": []}, "Policy statement must contain actions."),
        ({"Resource": []}, "Policy statement must contain resources."),
        ({"Resource": "bucket"}, 'Resource bucket must be in ARN format or "*".'),
        ({"Resource": ""}, 'Resource  must be in ARN format or "*".'),
        ({"Resource": "a:bc"}, 'Partition "bc" is not valid for resource "arn:bc:*:*:*:*".'),
        ({"Resource": "aws:s3:::b"}, 'Partition "s3" is not valid for resource "arn:s3:::b:*".'),
        ({"Resource": ["arn:nowhere:s3:::b"]}, 'Partition "nowhere" is not valid for resource "arn:nowhere:s3:::b".'),
        ({"Resource": "arn:aws"}, "Resource vendor must be fully qualified and cannot contain regexes."),
        ({"Resource": "arn:aws:s*:::b"}, "Resource vendor must be fully qualified and cannot contain regexes."),
        ({"Resource": "arn:aws:s3::b"}, LEGACY),
        ({"Resource": "arn:aws::::b"}, LEGACY),
        ({"Effect": "allow"}, LEGACY),
        ({"Condition": {"DateGreaterThan": {"a": "soon"}}}, LEGACY),
        ({"Condition": {"NumericEquals": {"a": "many"}}}, LEGACY),
        ({"Resource": "arn:aws:s3:::${unclosed"}, LEGACY),
        ({"Resource": "arn:aws:iam::${aws:PrincipalAccount}:user/x"}, LEGACY),
        (
            {"Resource": "arn:aws:s3:us-east-1::b"},
            "Resource arn:aws:s3:us-east-1::b can not contain region information.",
        ),
        ({"Resource": "arn:aws:iam:us-east-1::user/b"}, "cannot contain region information."),
        ({"Resource": "arn:aws:iam:::b"}, 'IAM resource path must either be "*" or start with user/, federated-user/'),
        ({"Sid": "not alphanumeric"}, "Statement IDs (SID) must be alpha-numeric."),
        ({"Principal": "*"}, "Policy document should not specify a principal."),
    ],
)
def test_a_statement_that_aws_refuses_is_refused_in_awss_words(changes: dict[str, Any], message: str) -> None:
    assert message in refusal(with_statement(**changes))


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ([{**GOOD, "Sid": "a"}, {"Sid": "a", "Effect": "Allow"}], "(SID) in a single policy must be unique."),
        ([{"Effect": "Deny"}, GOOD], "Policy statement must contain actions."),
        ([{"Effect": "Allow", "Action": "invalid"}], NO_VENDOR),  # before the missing resource
        ([{**GOOD, "Action": "x:y:Z", "Resource": "nothing"}], "must be in ARN format"),  # before the action
        ([{**GOOD, "Effect": "ALLOW", "Sid": "a"}, {"Sid": "a", "Effect": "Allow"}], LEGACY),  # before the Sids
    ],
)
def test_the_first_complaint_is_awss(statements: list[dict[str, Any]], message: str) -> None:
    assert message in refusal(with_statement(*statements))


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_a_managed_policy_must_be_of_the_current_version_and_others_need_not(version: str | None) -> None:
    document = with_statement()
    del document["Version"]
    if version is not None:
        document["Version"] = version
    assert refusal(document, current_version=True) == "Policy document must be version 2012-10-17 or greater."
    assert parse_policy(json.dumps(document)).version == "2008-10-17"


@pytest.mark.parametrize(
    "changes",
    [
        {"Action": "*"},
        {"Action": "*:*"},
        {"Action": "iam:two words "},
        {"Action": "my-service:Name"},
        {"Action": "my.service:Name"},
        {"Resource": ["arn:aws:s3:::b", "*"]},
        {"Resource": "arn:aws:nosuchservice"},
        {"Resource": "arn:aws-cn:s3:::b"},
        {"Resource": "arn:*:iam::*:role/x"},
        {"Resource": "arn:aws:s3:us-east-1:111122223333:accesspoint/x"},
        {"Resource": "arn:aws:iam::*:user/${aws:username}"},
        {"Condition": {}},
        {"Condition": {"DateGreaterThan": {}}},
        {"Condition": {"DateGreaterThan": {"a": []}}},
        {"Condition": {"Unheard": {}}},  # compares nothing, so it restricts nothing
        {"Condition": {"DateLessThanEquals": {"a": "2019-03-04T05:06:07.123456+00:00"}}},
        {"Condition": {"DateLessThanEquals": {"a": "2019-03-04t5:06:07.25+21"}}},
        {"Condition": {"DateLessThan": {"a": "-86400"}}},
        {"Condition": {"NumericEquals": {"a": [1, 2.5]}, "Bool": {"b": False}}},
        {"Condition": {"ForAnyValue:StringEqualsIfExists": {"a": "b"}}},
    ],
)
def test_what_aws_takes_is_taken(changes: dict[str, Any]) -> None:
    parse_policy(json.dumps(with_statement(**changes)), current_version=True)


def test_one_statement_needs_no_list() -> None:
    parsed = parse_policy(json.dumps({"Version": "2012-10-17", "Id": "x", "Statement": GOOD}))
    assert (len(parsed.statements), parsed.id) == (1, "x")


TRUSTED = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Resource": "*"}, "Has prohibited field Resource"),
        ({"NotResource": "*"}, "Has prohibited field NotResource"),
        ({"Action": "s3:Get*"}, "AssumeRole policy may only specify STS AssumeRole actions."),
        ({"Principal": {}}, "Missing required field Principal cannot be empty!"),
        ({"Principal": {"AWS": []}}, "Missing required field Principal cannot be empty!"),
        ({"Principal": {"Aws": "*"}}, 'Invalid principal in policy: "Aws"'),
        ({"Principal": {"AWS": "bob"}}, 'Invalid principal in policy: "AWS":"bob"'),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}}, "Invalid principal in policy"),
        ({"Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/r/*"}}, "Invalid principal in policy"),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:group/g"}}, "Invalid principal in policy"),
        ({"Principal": {"AWS": "arn:aws::iam::111122223333:root"}}, "Invalid principal in policy"),
        ({"Principal": {"Service": "lambda"}}, 'Invalid principal in policy: "SERVICE":"lambda"'),
        ({"Principal": {"Service": "*"}}, "Invalid principal in policy"),
        ({"Principal": {"Federated": "*"}}, "Federated principals must be valid domain names or SAML metadata ARNs"),
        ({"Unheard": 1}, "Unknown field Unheard"),
    ],
)
def test_a_trust_policy_is_refused_in_words_of_its_own(changes: dict[str, Any], message: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [{**TRUSTED, **changes}]}
    assert message in refusal(document, PolicyKind.TRUST)


def test_a_resource_policy_needs_a_principal_and_a_resource() -> None:
    assert "Principal" in refusal(with_statement(), PolicyKind.RESOURCE)
    without = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    assert refusal(with_statement(without), PolicyKind.RESOURCE) == "Policy statement must contain resources."


@pytest.mark.parametrize(
    "provider",
    [
        "cognito-identity.amazonaws.com",
        "arn:aws:iam::111122223333:oidc-provider/example.com/path",
        "arn:aws:iam::111122223333:saml-provider/x",
    ],
)
def test_a_trust_policy_may_name_every_kind_of_principal(provider: str) -> None:
    principal = {
        "AWS": ["111122223333", "arn:aws:iam::111122223333:role/a/b", "AROAEXAMPLEEXAMPLE123"],
        "Service": ["apigateway.amazonaws.com"],
        "Federated": provider,
    }
    policy({**TRUSTED, "Principal": principal}, kind=PolicyKind.TRUST)


def test_white_space_does_not_count_towards_the_size() -> None:
    assert policy_size('{ "a" :\n\t"b" }') == len('{"a":"b"}')


def test_a_policy_knows_the_keys_that_it_asks_for() -> None:
    condition = {"StringEquals": {"S3:Prefix": "${aws:UserName}"}}
    parsed = policy(allow("arn:aws:s3:::b/${aws:userid}", Condition=condition))
    assert parsed.keys == {"s3:prefix", "aws:username", "aws:userid"}
