"""A row of the import file -> a new user. Pure.

In: the pool, the names of the columns, and the fields. Out: what the user is to be, or why there is none. Law: the
rules of `AdminCreateUser` hold for names and attributes, and beside them those of imports: a contact that the pool
verifies is verified already, and the row says whether the user has MFA. A reason names columns and never quotes values,
because it ends up in a log.
Assumed: a birthdate is kept in the form of OpenID Connect (yyyy-mm-dd), although the file has mm/dd/yyyy; true and
false have no case; `cognito:mfa_enabled` switches text messages on, and is refused where they cannot be.
Source: Cognito developer guide, "Creating the user import .csv file".
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from gatewright.services.cognito_idp.factors.mfa_choice import SMS, is_required, offered
from gatewright.services.cognito_idp.pools.pool_settings import auto_verified
from gatewright.services.cognito_idp.users.attributes import (
    CONTACTS,
    FLAGS,
    check_flags,
    contact_in_place_of_username,
    given_attributes,
    is_verified,
    must_be_complete,
)
from gatewright.services.cognito_idp.users.sign_up import with_contact
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

USERNAME, MFA = "cognito:username", "cognito:mfa_enabled"
UNVERIFIED = (
    "The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true)."
)
_NOT_IMPORTED = frozenset({"sub", "identities"})
_LONGEST_NAME = 128
_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_TRUTH = {"true": "true", "false": "false"}


class BadRow(Exception):
    """A row is no user. The reason is for the log."""


class NewUser(NamedTuple):
    """What a row says of a user; without a username it is the `sub`."""

    username: str | None
    attributes: Mapping[str, str]
    mfa: Mapping[str, Any]


def columns_of(pool: UserPool) -> list[str]:
    """Return the header that files for a pool have."""
    return [*(name for name in pool.schema if name not in _NOT_IMPORTED), MFA, USERNAME]


def problem_of_header(pool: UserPool, header: Sequence[str]) -> str | None:
    """Say what is wrong with the first line of a file; the order of the columns is free."""
    wanted = columns_of(pool)
    if header[0].startswith("\ufeff"):
        return "The CSV file begins with a byte order mark. Save it as UTF-8 without one."
    if len(set(header)) < len(header):
        return "A column is in the header of the CSV file more than once."
    missing = [name for name in wanted if name not in header]
    unknown = [name for name in header if name not in wanted]
    if missing:
        return f"The header of the CSV file lacks {missing[0]}. GetCSVHeader shows it."
    return "The CSV file has a column that GetCSVHeader does not show." if unknown else None


def user_of(pool: UserPool, header: Sequence[str], fields: Sequence[str]) -> NewUser:
    """Return the user of a row.

    Raises:
        BadRow: there is none.
    """
    if len(fields) != len(header):
        raise BadRow(
            f"The row has {len(fields)} columns and the header {len(header)}. "
            "A comma in a value needs a backslash before it."
        )
    values = {name: value for name, value in zip(header, fields, strict=True) if value}
    _must_be_plain(values)
    username, mfa = _username(values.pop(USERNAME, "")), values.pop(MFA, "")
    try:
        contact = contact_in_place_of_username(pool, username)
        attributes = _attributes(pool, values)
        attributes = with_contact(attributes, contact, username)
        must_be_complete(pool, attributes)
        check_flags(attributes)
    except Fault as refusal:
        raise BadRow(" ".join(refusal.message.split())) from None
    if not any(is_verified(attributes, name) for name in auto_verified(pool)):
        raise BadRow(UNVERIFIED)
    for name in CONTACTS:
        if attributes.get(name):
            attributes.setdefault(f"{name}_verified", "false")
    return NewUser(None if contact else username, attributes, _factors(pool, attributes, mfa))


def _must_be_plain(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if any(unicodedata.category(character) == "Cc" for character in value):
            raise BadRow(f"{name} has a control character in it.")


def _username(name: str) -> str:
    if not name:
        raise BadRow(f"{USERNAME} is empty.")
    if len(name) > _LONGEST_NAME:
        raise BadRow(f"{USERNAME} is longer than {_LONGEST_NAME} characters.")
    if any(unicodedata.category(character)[0] not in "LMSNP" for character in name):
        raise BadRow(f"{USERNAME} has a character in it that usernames do not have, such as a space.")
    return name


def _attributes(pool: UserPool, values: dict[str, str]) -> dict[str, str]:
    for name in FLAGS:
        if name in values:
            values[name] = _truth(name, values[name])
    if "birthdate" in values:
        values["birthdate"] = _birthdate(values["birthdate"])
    return given_attributes(pool, [{"Name": name, "Value": value} for name, value in values.items()])


def _truth(name: str, value: str) -> str:
    found = _TRUTH.get(value.lower())
    if found is None:
        raise BadRow(f"{name} is neither TRUE nor FALSE.")
    return found


def _birthdate(value: str) -> str:
    found = _DATE.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        return date(int(found[3]), int(found[1]), int(found[2])).isoformat()
    except ValueError:
        raise BadRow("birthdate is not a date as mm/dd/yyyy.") from None


def _factors(pool: UserPool, attributes: Mapping[str, str], given: str) -> dict[str, Any]:
    """Return the user's second factors: text messages, where MFA is enabled and the pool sends them."""
    if not given:
        raise BadRow(f"{MFA} is empty.")
    wanted, mode = _truth(MFA, given) == "true", pool.settings.get("MfaConfiguration") or "OFF"
    if wanted and mode == "OFF":
        raise BadRow(f"{MFA} must be FALSE, because MFA of the user pool is off.")
    if not wanted and is_required(pool):
        raise BadRow(f"{MFA} must be TRUE, because the user pool requires MFA.")
    if wanted and SMS in offered(pool) and attributes.get("phone_number"):
        return {"enabled": [SMS]}
    if wanted and not is_required(pool):
        raise BadRow(f"{MFA} is TRUE, and the user has no phone_number that the user pool sends text messages to.")
    return {}
