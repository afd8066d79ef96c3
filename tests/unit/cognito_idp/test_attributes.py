import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.services.cognito_idp.users.attributes import (
    changed_attributes,
    given_attributes,
    is_email,
    is_phone_number,
    is_verified,
    without,
)
from gatewright.wire.faults import Fault
from tests.unit.cognito_idp.pools import pool_of

POOL = pool_of(
    [
        {"Name": "tenant", "Mutable": False},
        {
            "Name": "age",
            "AttributeDataType": "Number",
            "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "99"},
        },
        {"Name": "code", "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "4"}},
        {"Name": "free"},
        {"Name": "happy", "AttributeDataType": "Boolean"},
        {"Name": "born", "AttributeDataType": "DateTime"},
        {"Name": "secret", "DeveloperOnlyAttribute": True},
    ]
)


def listed(**values):
    return [{"Name": name.replace("__", ":"), "Value": value} for name, value in values.items()]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("custom__age", ["1", "99", "+7"], ["0", "100", "1.5", "x", " 1", "١"]),
        ("custom__code", ["ab", "abcd"], ["a", "abcde"]),
        ("custom__free", ["x" * 2_048], ["x" * 2_049]),  # found at random: without bounds of its own it broke
        ("custom__happy", ["true", "false"], ["True", "1"]),
        ("custom__born", ["0", "1700000000"], ["yesterday"]),
        ("birthdate", ["2000-01-31"], ["2000"]),
        ("email", ["a@b", "a+b.c@d.example"], ["a", "a@", "@b", "a b@c", "a@b@c", "a@b..c", "a@b\n"]),
        ("phone_number", ["+14325551212"], ["14325551212", "+1 432", "+", "+01234", "+14325551212\n"]),
    ],
)
def test_a_value_is_of_its_attributes_type_and_within_its_bounds(name, good, bad):
    for value in good:
        assert given_attributes(POOL, listed(**{name: value})) == {name.replace("__", ":"): value}
    for value in bad:
        with pytest.raises(Fault) as refusal:
            given_attributes(POOL, listed(**{name: value}))
        assert refusal.value.code == "InvalidParameterException"


def test_developers_attributes_have_a_name_of_their_own():
    assert given_attributes(POOL, listed(dev__custom__secret="x")) == {"dev:custom:secret": "x"}
    with pytest.raises(Fault):
        given_attributes(POOL, listed(custom__secret="x"))


def test_an_attribute_is_given_once():
    with pytest.raises(Fault, match="more than once"):
        given_attributes(POOL, [*listed(name="a"), *listed(name="b")])


def test_a_changed_contact_is_not_verified_unless_the_change_says_so():
    before = {"email": "a@b.c", "email_verified": "true"}
    after, changed = changed_attributes(POOL, before, {"email": "d@e.f"})
    assert (after["email_verified"], changed) == ("false", ("email",))
    after, _ = changed_attributes(POOL, before, {"email": "d@e.f", "email_verified": "true"})
    assert is_verified(after, "email")
    after, changed = changed_attributes(POOL, before, {"email": "a@b.c"})
    assert (after, changed) == (before, ())


def test_a_deleted_contact_is_not_verified():
    before = {"email": "a@b.c", "email_verified": "true", "name": "A"}
    assert without(POOL, before, ["email"]) == {"name": "A"}
    assert changed_attributes(POOL, before, {"email": ""})[0] == {"name": "A"}


def test_what_is_not_mutable_is_written_once():
    with pytest.raises(Fault, match="cannot be updated"):
        changed_attributes(POOL, {}, {"custom:tenant": "x"})
    assert changed_attributes(POOL, {"custom:tenant": "x"}, {"custom:tenant": "x"})[0] == {"custom:tenant": "x"}


@given(st.text(max_size=40))
def test_nothing_with_a_blank_or_a_line_end_is_a_contact(text):
    if any(character.isspace() for character in text):
        assert not is_email(text)
        assert not is_phone_number(text)
