"""Attributes of users against the schema of their pool, and against what a client may write. Pure.

In: `UserAttributes` as a call gives them. Out: name -> value, or AWS's refusal. Law: nobody writes `sub`; what is not
mutable is written once, when the user is made; a changed e-mail address or phone number is no longer verified, and
only an administrator says otherwise. Source: Cognito developer guide, "User pool attributes".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gatewright.core.channels import is_address
from gatewright.services.cognito_idp.faults import invalid_parameter, unwritable_attribute
from gatewright.services.cognito_idp.pools.pool_settings import alias_attributes, username_attributes
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

CONTACTS = ("email", "phone_number")
_MOST_PROBLEMS = 100  # that are told of, as of violations of the model
FLAGS = {"email_verified": "email", "phone_number_verified": "phone_number"}
_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\]\\]+@[^\s@\"(),:;<>\[\]\\.]+(\.[^\s@\"(),:;<>\[\]\\.]+)*")
_PHONE = re.compile(r"\+[1-9][0-9]{1,14}")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,20}")
_LONGEST = 2_048  # characters of a value, where the schema says nothing: files of users hold longer ones
# AWS names these by their older names where one is missing.
_REQUIRED_AS = {
    "name": "name.formatted",
    "given_name": "name.givenName",
    "family_name": "name.familyName",
    "middle_name": "name.middleName",
}
_WORDS = {"email": "Email", "phone_number": "Phone Number"}


def is_email(text: str) -> bool:
    """Say whether a text has the form of an e-mail address, and of one that a message can be sent to."""
    return len(text) <= 320 and _EMAIL.fullmatch(text) is not None and is_address(text)


def is_phone_number(text: str) -> bool:
    """Say whether a text has the form of a phone number: `+`, country code, number (E.164)."""
    return _PHONE.fullmatch(text) is not None


def nonconforming(problems: Iterable[str]) -> Fault:
    """Return AWS's sentence about attributes that are not as the schema says."""
    return invalid_parameter("Attributes did not conform to the schema: " + "".join(f"{one}\n" for one in problems))


def given_attributes(pool: UserPool, given: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """Return the attributes of a call, each as the schema wants it.

    Raises:
        Fault: `InvalidParameterException`.
    """
    attributes: dict[str, str] = {}
    problems: list[str] = []
    for one in given or ():
        name, value = one["Name"], one.get("Value") or ""
        attribute = pool.schema.get(name)
        if name in attributes:
            raise invalid_parameter(f"Attribute {name} is given more than once.")
        attributes[name] = value
        if attribute is None:
            problems.append(f"{name}: Attribute does not exist in the schema.")
        elif value and (problem := _problem(attribute, value)):
            problems.append(f"{name}: {problem}")
    if problems:
        raise nonconforming(problems[:_MOST_PROBLEMS])
    _check_forms(attributes)
    return attributes


def _check_forms(attributes: Mapping[str, str]) -> None:
    if attributes.get("email") and not is_email(attributes["email"]):
        raise invalid_parameter("Invalid email address format.")
    if attributes.get("phone_number") and not is_phone_number(attributes["phone_number"]):
        raise invalid_parameter("Invalid phone number format.")
    if "sub" in attributes:
        raise invalid_parameter("Cannot modify the non-mutable attribute sub")
    if "identities" in attributes:
        raise invalid_parameter("Cannot modify the non-mutable attribute identities")


def _problem(attribute: Mapping[str, Any], value: str) -> str | None:
    kind = attribute["AttributeDataType"]
    if kind == "Boolean":
        return None if value in {"true", "false"} else "Value must be true or false."
    if kind == "Number":
        return _problem_of_number(attribute.get("NumberAttributeConstraints") or {}, value)
    if kind == "DateTime":  # seconds since the epoch, as AWS keeps them
        return None if _WHOLE_NUMBER.fullmatch(value) else "Value must be a time in seconds since the epoch."
    bounds: Mapping[str, str] = attribute.get("StringAttributeConstraints") or {}
    shortest, longest = int(bounds.get("MinLength", 0)), int(bounds.get("MaxLength", _LONGEST))
    if len(value) < shortest:
        return f"String must be longer than {shortest} characters"
    if len(value) > longest:
        return f"String must be no longer than {longest} characters"
    return None


def _problem_of_number(bounds: Mapping[str, str], value: str) -> str | None:
    if not _WHOLE_NUMBER.fullmatch(value):
        return "Value must be a number."
    if "MinValue" in bounds and int(value) < int(bounds["MinValue"]):
        return f"Number must be greater than or equal to {bounds['MinValue']}"
    if "MaxValue" in bounds and int(value) > int(bounds["MaxValue"]):
        return f"Number must be less than or equal to {bounds['MaxValue']}"
    return None


def must_be_complete(pool: UserPool, attributes: Mapping[str, str]) -> None:
    """Refuse a new user without what the pool requires.

    Raises:
        Fault: `InvalidParameterException`.
    """
    missing = [
        f"{_REQUIRED_AS.get(name, name)}: The attribute is required"
        for name, attribute in pool.schema.items()
        if attribute["Required"] and name != "sub" and not attributes.get(name)
    ]
    if missing:
        raise nonconforming(missing)


def must_be_writable(writable: frozenset[str], names: Iterable[str]) -> None:
    """Refuse attributes that a client, or any user, may not write.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if not writable.issuperset(names):
        raise unwritable_attribute()


def changed_attributes(
    pool: UserPool, before: Mapping[str, str], given: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return a user's attributes after an update, and which contacts have another value than before.

    An empty value deletes the attribute, as at AWS. A contact that changes is not verified, unless the update says so.

    Raises:
        Fault: `InvalidParameterException`.
    """
    fixed = [name for name in given if not pool.schema[name]["Mutable"] and before.get(name) != given[name]]
    if fixed:
        raise invalid_parameter("".join(f"user.{name}: Attribute cannot be updated.\n" for name in fixed))
    changed = tuple(name for name in CONTACTS if name in given and before.get(name) != given[name])
    after = dict(before)
    for name in changed:
        after[f"{name}_verified"] = "false"
    after |= given
    after = without(pool, after, [name for name, value in given.items() if not value])
    check_flags(after)
    return after, changed


def without(pool: UserPool, before: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return a user's attributes without some; the flag of a contact goes with it.

    Raises:
        Fault: `InvalidParameterException`, one is required.
    """
    gone = set(names)
    required = [name for name in gone if name in pool.schema and pool.schema[name]["Required"]]
    if required or "sub" in gone:
        raise nonconforming(
            f"{_REQUIRED_AS.get(name, name)}: The attribute is required" for name in (required or ["sub"])
        )
    gone |= {flag for flag, contact in FLAGS.items() if contact in gone}
    return {name: value for name, value in before.items() if name not in gone}


def check_flags(attributes: Mapping[str, str]) -> None:
    """Refuse a flag about a contact that is not there.

    Raises:
        Fault: `InvalidParameterException`.
    """
    for flag, contact in FLAGS.items():
        if attributes.get(flag) == "true" and not attributes.get(contact):
            raise invalid_parameter(f"{_WORDS[contact]} is required to verify/un-verify {_article(contact)}")


def _article(contact: str) -> str:
    return "an email" if contact == "email" else "a phone number"


def is_verified(attributes: Mapping[str, str], contact: str) -> bool:
    """Say whether a user has a contact, and has shown that it is theirs."""
    return bool(attributes.get(contact)) and attributes.get(f"{contact}_verified") == "true"


def contact_in_place_of_username(pool: UserPool, username: str) -> str | None:
    """Return which attribute a new user's username is, where users sign up with a contact; None where they do not.

    Raises:
        Fault: `InvalidParameterException`, the name has not the form that the pool wants.
    """
    wanted = username_attributes(pool)
    if not wanted:
        _must_not_look_like_an_alias(pool, username)
        return None
    if "email" in wanted and is_email(username):
        return "email"
    if "phone_number" in wanted and is_phone_number(username):
        return "phone_number"
    if len(wanted) > 1:
        raise invalid_parameter("Username should be either an email or a phone number.")
    raise invalid_parameter(f"Username should be {_article(wanted[0])}.")


def looks_like_an_alias(pool: UserPool, name: str) -> bool:
    """Say whether a name is an address or a number in a pool where these are aliases, and so no username."""
    aliases = alias_attributes(pool)
    return ("email" in aliases and is_email(name)) or ("phone_number" in aliases and is_phone_number(name))


def _must_not_look_like_an_alias(pool: UserPool, username: str) -> None:
    aliases = alias_attributes(pool)
    if "email" in aliases and is_email(username):
        raise invalid_parameter("Username cannot be of email format, since user pool is configured for email alias.")
    if "phone_number" in aliases and is_phone_number(username):
        raise invalid_parameter(
            "Username cannot be of phone number format, since user pool is configured for phone number alias."
        )
