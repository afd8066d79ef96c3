"""Every operator of the Condition element, its negation, its quantifiers, and what a missing key does to it."""

from typing import Any

import pytest

from gatewright.policy.conditions import OPERATORS
from gatewright.policy.document import MalformedPolicy
from gatewright.wire.http import Request
from tests.unit.policy.asking import allow, condition_holds, deny, identity, outcome, policy, session, user

# operator, value of the policy, value of the request that fits, value that does not
PAIRS = [
    ("StringEquals", "red", "red", "Red"),
    ("StringEqualsIgnoreCase", "red", "RED", "blue"),
    ("StringLike", "r?d/*", "red/x", "red"),
    ("NumericEquals", "2.50", "2.5", "2.51"),
    ("NumericLessThan", 3, "2.9", "3"),
    ("NumericLessThanEquals", "3", "3.0", "3.1"),
    ("NumericGreaterThan", "-1", "0", "-1"),
    ("NumericGreaterThanEquals", "10", "10", "9"),
    ("DateEquals", "2020-01-01T00:00:00Z", "1577836800", "2020-01-01T00:00:01Z"),
    ("DateLessThan", "2020-01-01", "2019-12-31T23:59:59.999Z", "2020-01-01T00:00:00Z"),
    ("DateLessThanEquals", "2020-01-01T02:00:00+02:00", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z"),
    ("DateGreaterThan", "2020", "2020-01-01T00:00:00.1Z", "2020-01-01T00:00:00Z"),
    ("DateGreaterThanEquals", "1577836800", "2020-01-01T00:00:00Z", "2019-12-31"),
    ("Bool", True, "TRUE", "false"),
    ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
    ("IpAddress", "203.0.113.7", "203.0.113.7", "203.0.113.8"),
    ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::9", "2001:db8:1234:5679::9"),
    ("IpAddress", "10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
    ("ArnEquals", "arn:aws:sns:*:1:a*", "arn:aws:sns:us-east-1:1:abc", "arn:aws:sns:us-east-1:2:abc"),
    ("ArnLike", "arn:aws:sns:*:1:a*", "arn:aws:sns:us-east-1:1:abc", "arn:aws:sns:x:y:1:abc"),
]
NEGATIONS = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}


def holds(operator: str, value: Any, *seen: str) -> bool:
    return condition_holds({operator: {"t:Key": value}}, {"t:key": seen})


def test_every_operator_is_tested_here() -> None:
    tested = {operator for operator, *_ in PAIRS} | set(NEGATIONS.values())
    assert tested == set(OPERATORS)


@pytest.mark.parametrize(("operator", "value", "fits", "differs"), PAIRS)
def test_an_operator_tells_values_apart(operator: str, value: Any, fits: str, differs: str) -> None:
    assert holds(operator, value, fits)
    assert not holds(operator, value, differs)
    assert not condition_holds({operator: {"t:Key": value}})
    assert condition_holds({f"{operator}IfExists": {"t:Key": value}})
    assert not holds(f"{operator}IfExists", value, differs)


@pytest.mark.parametrize(("operator", "value", "fits", "differs"), [row for row in PAIRS if row[0] in NEGATIONS])
def test_a_negated_operator_is_true_for_what_differs_and_for_what_is_missing(
    operator: str, value: Any, fits: str, differs: str
) -> None:
    negation = NEGATIONS[operator]
    assert not holds(negation, value, fits)
    assert holds(negation, value, differs)
    assert condition_holds({negation: {"t:Key": value}})


def test_values_are_alternatives_and_negated_values_are_all_excluded() -> None:
    assert holds("StringEquals", ["red", "green"], "green")
    assert not holds("StringNotEquals", ["red", "green"], "green")
    assert holds("StringNotEquals", ["red", "green"], "blue")


def test_keys_and_operators_must_all_hold() -> None:
    both = {"StringEquals": {"t:a": "1", "t:b": "2"}, "StringLike": {"t:c": "3*"}}
    keys = {"t:a": ("1",), "t:b": ("2",), "t:c": ("34",)}
    assert condition_holds(both, keys)
    for key in keys:
        assert not condition_holds(both, {**keys, key: ("x",)})


def test_names_of_keys_are_not_case_sensitive() -> None:
    assert condition_holds({"StringEquals": {"AWS:PRINCIPALACCOUNT": "111122223333"}})


@pytest.mark.parametrize(
    ("seen", "every", "some"),
    [
        (("PostDateTime", "Message"), True, True),
        (("PostDateTime", "UserName"), False, True),
        (("UserName",), False, False),
        ((), True, False),
        (("",), True, False),  # AWS: an empty string is an empty set
    ],
)
def test_quantifiers_follow_awss_table(seen: tuple[str, ...], every: bool, some: bool) -> None:
    listed = ["PostDateTime", "Message", "Tags"]
    assert holds("ForAllValues:StringLike", listed, *seen) is every
    assert holds("ForAnyValue:StringLike", listed, *seen) is some


@pytest.mark.parametrize(
    ("seen", "every", "some"),
    [(("a", "b"), False, True), (("b", "c"), True, True), (("a",), False, False), ((), True, False)],
)
def test_quantified_negations(seen: tuple[str, ...], every: bool, some: bool) -> None:
    assert holds("ForAllValues:StringNotEquals", ["a"], *seen) is every
    assert holds("ForAnyValue:StringNotEquals", ["a"], *seen) is some


def test_if_exists_makes_even_for_any_value_true_for_a_missing_key() -> None:
    assert condition_holds({"ForAnyValue:StringEqualsIfExists": {"t:key": "a"}})
    assert not holds("ForAnyValue:StringEqualsIfExists", "a", "b")


def test_null_asks_whether_the_key_is_there() -> None:
    assert condition_holds({"Null": {"t:key": "true"}})
    assert not condition_holds({"Null": {"t:key": "false"}})
    assert holds("Null", False, "x")
    assert not holds("Null", True, "x")
    assert not holds("Null", True, "")


def test_token_issue_time_is_there_only_for_temporary_credentials() -> None:
    long_term = identity(allow(Condition={"Null": {"aws:TokenIssueTime": "true"}}))
    assert outcome(long_term, user()) == "allowed"
    assert outcome(long_term, session()) == "implicitDeny"


def test_awss_recommended_mfa_deny_also_stops_long_term_keys_and_the_plain_one_does_not() -> None:
    recommended = identity(allow(), deny(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}))
    plain = identity(allow(), deny(Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}))
    assert outcome(recommended, user()) == "explicitDeny"
    assert outcome(plain, user()) == "allowed"
    for policies in (recommended, plain):
        assert outcome(policies, session(mfa=False)) == "explicitDeny"
        assert outcome(policies, session(mfa=True)) == "allowed"


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("StringEqual", "x"),
        ("stringequals", "x"),
        ("ForAll:StringEquals", "x"),
        ("ForAnyValue::StringEquals", "x"),
        ("ForAllValues:Null", "true"),
        ("NullIfExists", "true"),
        ("Null", "yes"),
        ("Bool", "1"),
        ("NumericEquals", "1e3"),
        ("NumericEquals", "NaN"),
        ("NumericEquals", "１"),  # a digit, but not an ASCII one
        ("NumericLessThan", "ten"),
        ("DateEquals", "yesterday"),
        ("DateEquals", "2020-13-01"),
        ("DateEquals", "2020-01-01T00:00:00+1"),
        ("DateLessThan", "9223372036854775808"),
        ("IpAddress", "10.0.0.0/33"),
        ("IpAddress", "10.0.0"),
        ("IpAddress", "*"),
        ("BinaryEquals", "not base64!"),
        ("ArnLike", "arn:aws:iam"),
        ("ArnEquals", "somebody"),
        ("StringEquals", "${aws:username"),
    ],
)
def test_what_cannot_be_compared_is_refused_when_the_policy_is_made(operator: str, value: str) -> None:
    with pytest.raises(MalformedPolicy):
        policy(allow(Condition={operator: {"t:key": value}}))


@pytest.mark.parametrize("seen", ["ten", "", "1e1", "0x10", "Infinity"])
def test_a_value_of_another_kind_compares_with_nothing(seen: str) -> None:
    assert not holds("NumericGreaterThan", "-999999", seen)
    assert not holds("DateGreaterThan", "1900-01-01", "never" + seen)
    assert not holds("IpAddress", ["0.0.0.0/0", "::/0"], seen)


def test_variables_may_stand_in_string_and_arn_values() -> None:
    keys = {"t:key": ("home/exampleuser/",)}
    assert condition_holds({"StringLike": {"t:key": "home/${aws:username}/*"}}, keys)
    assert not condition_holds({"StringLike": {"t:key": "home/${aws:username}/*"}}, keys, caller=user(name="other"))
    assert condition_holds({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:user/*"}})


def test_a_negated_comparison_with_a_variable_that_has_no_value_goes_against_the_request() -> None:
    unknown = {"StringNotEquals": {"t:key": "${t:nothing}"}}
    keys = {"t:key": ("x",)}
    assert outcome(identity(allow(Condition=unknown)), keys=keys) == "implicitDeny"
    assert outcome(identity(allow(), deny(Condition=unknown)), keys=keys) == "explicitDeny"


def test_an_empty_list_of_values_never_holds_and_its_negation_always_does() -> None:
    assert not holds("StringEquals", [], "x")
    assert holds("StringNotEquals", [], "x")


def test_the_source_address_is_the_peers() -> None:
    condition = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    assert condition_holds(condition, http=Request("GET", "/", client="192.0.2.9"))
    assert not condition_holds(condition, http=Request("GET", "/", client="198.51.100.9"))
    forged = Request("GET", "/", headers=(("x-forwarded-for", "192.0.2.9"),), client="198.51.100.9")
    assert not condition_holds(condition, http=forged)
