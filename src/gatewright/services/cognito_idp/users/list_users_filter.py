"""The filter language of `ListUsers`. Pure.

In: `AttributeName Filter-Type "AttributeValue"`, such as `family_name ^= "Red"`. Out: a `Filter`, or AWS's refusal.
Source: Cognito developer guide, "Searching for users with the ListUsers API".
"""

import re
from typing import NamedTuple

from gatewright.services.cognito_idp.faults import invalid_parameter

_OWN_COLUMNS = frozenset({"username", "sub", "status", "cognito:user_status"})
SEARCHABLE = _OWN_COLUMNS | {"email", "phone_number", "name", "given_name", "family_name", "preferred_username"}
_FILTER = re.compile(r'\s*([^\s=^"]+)\s*(\^=|=)\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Filter(NamedTuple):
    """What a list of users is restricted to."""

    attribute: str
    value: str
    is_prefix: bool


def parse_filter(text: str | None) -> Filter | None:
    """Return what a filter says; an empty one says nothing.

    Raises:
        Fault: `InvalidParameterException`.
    """
    if text is None or not text.strip():
        return None
    match = _FILTER.fullmatch(text)
    if match is None:
        raise invalid_parameter(
            f'Error while parsing filter: {text}. Write it as: name = "value", or name ^= "prefix".'
        )
    attribute, operator, value = match.groups()
    if attribute not in SEARCHABLE:
        raise invalid_parameter(f"Invalid search attribute: {attribute}. Custom attributes cannot be searched for.")
    return Filter(attribute, _ESCAPED.sub(r"\1", value), operator == "^=")
