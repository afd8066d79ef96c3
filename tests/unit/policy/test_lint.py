"""The critic of policies: what AWS would refuse, the traps, and documents that are right."""

import json
from typing import Any

import pytest

from gatewright.cli.service_actions import actions_of
from gatewright.policy.condition_keys import every_name, is_known
from gatewright.policy.context import varies
from gatewright.policy.document import PolicyKind
from gatewright.policy.lint import Finding, Level, lint, looks_like
from gatewright.policy.overlap import covers, covers_arn

INVOKE = {
    "Effect": "Allow",
    "Action": "execute-api:Invoke",
    "Resource": "arn:aws:execute-api:us-east-1:111122223333:abcde12345/dev/GET/pets/*",
}
POOL = "cognito-identity.amazonaws.com"
VISITORS = {
    "Effect": "Allow",
    "Principal": {"Federated": POOL},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
        "StringEquals": {f"{POOL}:aud": "us-east-1:12345678-1234-1234-1234-123456789012"},
        "ForAnyValue:StringLike": {f"{POOL}:amr": "unauthenticated"},
    },
}


def found(*statements: dict[str, Any], version: str | None = "2012-10-17") -> list[Finding]:
    document: dict[str, Any] = {"Statement": list(statements)}
    if version:
        document["Version"] = version
    text = json.dumps(document)
    return lint(text, kind=looks_like(text), actions=actions_of)


def codes(*statements: dict[str, Any], **more: Any) -> list[str]:
    return [finding.code for finding in found(*statements, **more)]


@pytest.mark.parametrize("statement", [INVOKE, VISITORS])
def test_nothing_is_said_of_a_document_that_is_right(statement: dict[str, Any]) -> None:
    assert found(statement) == []


def test_what_aws_refuses_is_an_error_in_aws_words_with_its_place() -> None:
    (finding,) = found(INVOKE, {"Sid": "Bad", **INVOKE, "Action": "Invoke"})
    assert finding.level is Level.ERROR
    assert finding.where == "statement Bad"
    assert "must be prefaced by a vendor" in finding.message


def test_text_that_is_no_json_is_told_with_its_line() -> None:
    (finding,) = lint('{"Statement": [}', kind=PolicyKind.IDENTITY, actions=actions_of)
    assert "line 1" in finding.remedy


TRAPS = {
    "wildcard-action": {**INVOKE, "Action": "execute-api:*"},
    "wildcard-resource": {**INVOKE, "Resource": "*"},
    "allow-not": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::b/*"},
    "for-all-values": {**INVOKE, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}},
    "if-exists": {**INVOKE, "Condition": {"StringEqualsIfExists": {"aws:PrincipalTag/team": "a"}}},
    "negated-absent": {**INVOKE, "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "a"}}},
    "unknown-key": {**INVOKE, "Condition": {"StringEquals": {"aws:Usrname": "a"}}},
    "multivalued": {**INVOKE, "Condition": {"StringEquals": {"aws:TagKeys": "a"}}},
    "literal-wildcard": {**INVOKE, "Condition": {"StringEquals": {"aws:username": "a*"}}},
    "unknown-action": {**INVOKE, "Action": "execute-api:Invok"},
    "wrong-resource": {**INVOKE, "Resource": "arn:aws:apigateway:us-east-1::/restapis/abc"},
    "any-role": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
    "no-amr": {**VISITORS, "Condition": {"StringEquals": {f"{POOL}:aud": "us-east-1:1234-5678"}}},
    "no-audience": {**VISITORS, "Condition": {"ForAnyValue:StringLike": {f"{POOL}:amr": "unauthenticated"}}},
    "everybody": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
}


@pytest.mark.parametrize("code", TRAPS)
def test_a_trap_is_found(code: str) -> None:
    assert code in codes(TRAPS[code])


@pytest.mark.parametrize("code", ["for-all-values", "if-exists", "negated-absent"])
def test_a_condition_that_passes_without_its_key_is_in_order_where_the_key_must_be_there(code: str) -> None:
    condition = TRAPS[code]["Condition"]
    key = next(iter(next(iter(condition.values()))))
    guarded = {**TRAPS[code], "Condition": {**condition, "Null": {key: "false"}}}
    assert code not in codes(guarded)


@pytest.mark.parametrize("code", ["for-all-values", "if-exists", "negated-absent", "allow-not", "wildcard-action"])
def test_what_is_a_trap_in_an_allow_is_none_in_a_deny(code: str) -> None:
    assert code not in codes({**TRAPS[code], "Effect": "Deny"})


def test_a_provider_of_ones_own_must_be_narrowed_to_an_audience() -> None:
    provider = "arn:aws:iam::111122223333:oidc-provider/id.example.com"
    open_to_all = {**VISITORS, "Principal": {"Federated": provider}, "Condition": {}}
    assert "no-audience" in codes(open_to_all)
    narrowed = {**open_to_all, "Condition": {"StringEquals": {"id.example.com:aud": "app"}}}
    assert codes(narrowed) == []


def test_an_invocation_without_verb_and_path_matches_nothing() -> None:
    findings = found({**INVOKE, "Resource": "arn:aws:execute-api:us-east-1:111122223333:abcde12345/dev"})
    assert [finding.code for finding in findings] == ["wrong-resource"]
    assert "dev/*/*" in findings[0].remedy


def test_a_missing_version_is_an_error_where_there_are_variables() -> None:
    assert found(INVOKE, version=None)[0].level is Level.WARNING
    with_variable = {**INVOKE, "Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}
    assert found(with_variable, version=None)[0].level is Level.ERROR


def test_an_allow_that_a_deny_covers_is_unreachable() -> None:
    deny = {"Effect": "Deny", "Action": "execute-api:*", "Resource": "*"}
    assert "unreachable" in codes(INVOKE, deny)
    only_sometimes = {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    assert "unreachable" not in codes(INVOKE, only_sometimes)


def test_of_two_statements_that_say_the_same_one_is_needless() -> None:
    assert codes(INVOKE, {**INVOKE, "Sid": "Again"}) == ["needless"]


def test_a_condition_of_organizations_can_never_hold_here() -> None:
    (finding,) = found({**INVOKE, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}})
    assert "No request to Gatewright has" in finding.message


@pytest.mark.parametrize(
    ("wide", "narrow", "answer"),
    [
        ("*", "a", True),
        ("*", "*", True),
        ("a*", "ab*", True),
        ("ab*", "a*", False),
        ("a?c", "abc", True),
        ("a?c", "a*c", False),
        ("a*c", "a?c", True),
        ("a*c", "abcd", False),
        ("*a*", "bab", True),
        ("", "", True),
        ("a", "", False),
        ("${aws:username}", "x", False),
    ],
)
def test_a_pattern_covers_another_only_where_that_is_certain(wide: str, narrow: str, answer: bool) -> None:
    assert covers(wide, narrow) is answer


def test_a_wildcard_of_an_arn_covers_its_own_segment_only() -> None:
    assert covers_arn("arn:aws:iam::*:role/x", "arn:aws:iam::1:role/x")
    assert not covers_arn("arn:aws:iam::1*:role/x", "arn:aws:iam::2:role/x")
    assert not covers_arn("arn:*:role/x", "arn:aws:iam::1:role/x")


def test_every_key_that_is_known_has_a_value_in_the_engine_or_comes_from_a_service() -> None:
    for name in every_name():
        assert is_known(name)
        varies(name)


@pytest.mark.parametrize("service", ["iam", "sts", "apigateway", "execute-api", "cognito-identity", "gatewright"])
def test_the_actions_of_our_services_are_known(service: str) -> None:
    assert actions_of(service)


def test_a_service_that_is_not_ours_is_not_judged() -> None:
    assert codes({"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"}) == []


@pytest.mark.parametrize("text", ["[" * 100_000, '{"Statement":' * 3_000, "", "null", '{"Version":1e999}', "9" * 5_000])
def test_what_cannot_be_read_is_refused_and_not_more(text: str) -> None:
    (told,) = lint(text, kind=looks_like(text), actions=actions_of)
    assert (told.level, told.code) == (Level.ERROR, "refused")
