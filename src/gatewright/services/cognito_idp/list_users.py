"""`ListUsers`: every user of a pool, or those whose attribute has a value or a prefix.

Law: every filter is a range of an index and every page goes on after a key, so that a page costs the same in a pool of
a million. Searches have no case, but for usernames in a pool whose names have one. Lists are sorted by the attribute
that is searched for, else by username. Source: Cognito developer guide, "Managing and searching for user accounts".
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.directory import SEARCHABLE, name_key, search_key
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.list_users_filter import Filter, parse_filter
from gatewright.services.cognito_idp.pools import find_pool, page_position, show_page
from gatewright.services.cognito_idp.tables import SearchRow, UserRow
from gatewright.services.cognito_idp.users import show_user
from gatewright.storage.user_pools import UserPool

_PAGE = 60
_LAST = "\U0010ffff"  # sorts behind whatever a name begins with
_STATUSES = (
    "UNCONFIRMED",
    "CONFIRMED",
    "ARCHIVED",
    "COMPROMISED",
    "UNKNOWN",
    "RESET_REQUIRED",
    "FORCE_CHANGE_PASSWORD",
    "EXTERNAL_PROVIDER",
)
_ENABLED = {"Enabled": True, "Disabled": False}
_SEPARATOR = "\n"


async def list_users(call: Call, params: Params) -> Result:
    """Return a page of users.

    Raises:
        Fault: `InvalidParameterException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    wanted = _wanted_attributes(pool, params)
    asked = parse_filter(params.get("Filter"))
    size: int = params.get("Limit") or _PAGE
    listing = f"users of {pool.id} by {params.get('Filter') or ''}"
    position = page_position(call, params, listing, "PaginationToken")
    if asked is not None and asked.attribute in SEARCHABLE:
        return await _by_attribute(call, pool, asked, listing, size, position, wanted)
    query = select(UserRow).where(UserRow.user_pool_id == pool.id, *_conditions(pool, asked))
    if position is not None:
        query = query.where(UserRow.username_key > position)
    rows = list(await call.session.scalars(query.order_by(UserRow.username_key).limit(size + 1)))
    return show_page(
        call,
        listing,
        rows,
        size,
        lambda row: row.username_key,
        lambda row: show_user(row, wanted),
        member="Users",
        token="PaginationToken",  # noqa: S106  # the name of a member
    )


def _wanted_attributes(pool: UserPool, params: Params) -> frozenset[str] | None:
    names = params.get("AttributesToGet")
    if not names:
        return None
    if not pool.schema.keys() >= set(names):
        raise invalid_parameter("One or more requested attributes do not exist.")
    return frozenset(names)


def _conditions(pool: UserPool, asked: Filter | None) -> list[ColumnElement[bool]]:
    """Return what a filter of a user's own column means; each has an index that begins with it."""
    if asked is None:
        return []
    if asked.attribute == "username":
        key = name_key(pool, asked.value)
        return _range(UserRow.username_key, key) if asked.is_prefix else [UserRow.username_key == key]
    if asked.attribute == "sub":
        return _range(UserRow.sub, asked.value.lower()) if asked.is_prefix else [UserRow.sub == asked.value.lower()]
    if asked.attribute == "status":
        return [UserRow.enabled.in_(_matching(_ENABLED, asked, has_case=True))]
    return [UserRow.status.in_(_matching({status: status for status in _STATUSES}, asked, has_case=False))]


def _matching(known: Mapping[str, Any], asked: Filter, *, has_case: bool) -> list[Any]:
    """Return which of few values a filter means."""
    value = asked.value if has_case else asked.value.upper()
    return [one for name, one in known.items() if (name.startswith(value) if asked.is_prefix else name == value)]


def _range(column: Any, prefix: str) -> list[ColumnElement[bool]]:
    """Return the range of an index that a prefix is."""
    return [column >= prefix, column < prefix + _LAST]


async def _by_attribute(
    call: Call,
    pool: UserPool,
    asked: Filter,
    listing: str,
    size: int,
    position: str | None,
    wanted: frozenset[str] | None,
) -> Result:
    """Return users sorted by an attribute: the position is its value and the user, as many users may share it."""
    query: Any = select(SearchRow.value, UserRow).join(UserRow, UserRow.sub == SearchRow.sub)
    query = query.where(SearchRow.user_pool_id == pool.id, SearchRow.name == asked.attribute)
    key = search_key(asked.value)
    query = query.where(*(_range(SearchRow.value, key) if asked.is_prefix else [SearchRow.value == key]))
    if position is not None:
        value, _, sub = position.rpartition(_SEPARATOR)
        query = query.where(
            (SearchRow.value > value) | ((SearchRow.value == value) & (SearchRow.sub > sub)), SearchRow.value >= value
        )
    found = (await call.session.execute(query.order_by(SearchRow.value, SearchRow.sub).limit(size + 1))).all()
    return show_page(
        call,
        listing,
        found,
        size,
        lambda row: f"{row[0]}{_SEPARATOR}{row[1].sub}",
        lambda row: show_user(row[1], wanted),
        member="Users",
        token="PaginationToken",  # noqa: S106  # the name of a member
    )
