"""`ListUsers`: every user of a pool, or those whose attribute has a value or a prefix.

Law: every filter is a range of an index and every page goes on after a key of the same index, so that a page costs the
same in a pool of a million. Searches have no case, but for usernames in a pool whose names have one and for `status`.
Lists are sorted by the attribute that is searched for, then by username, or by `sub`.
Source: Cognito developer guide, "Managing and searching for user accounts".
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, select, tuple_

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.find import find_pool, page_position, show_page
from gatewright.services.cognito_idp.tables import SearchRow, UserRow
from gatewright.services.cognito_idp.users.directory import SEARCHABLE, name_key, search_key
from gatewright.services.cognito_idp.users.list_users_filter import Filter, parse_filter
from gatewright.services.cognito_idp.users.users import show_user
from gatewright.storage.user_pools import UserPool

_PAGE = 60
_LAST = "\U0010ffff"  # sorts behind whatever a name begins with
_SEPARATOR = "\n"
_ENABLED = {"Enabled": True, "Disabled": False}


class _Range(NamedTuple):
    """Which rows are listed, and the columns that they are sorted by and found again by.

    `begin` is only said on the first page: a database enters an index by one lower bound, and later that is the page's.
    """

    conditions: Sequence[ColumnElement[bool]]
    columns: Sequence[Any]
    begin: Sequence[ColumnElement[bool]] = ()


async def list_users(call: Call, params: Params) -> Result:
    """Return a page of users.

    Raises:
        Fault: `InvalidParameterException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    wanted = _wanted_attributes(pool, params)
    chosen = _range_of(pool, parse_filter(params.get("Filter")))
    listing = f"users of {pool.id} by {params.get('Filter') or ''}"
    size: int = params.get("Limit") or _PAGE
    query: Any = select(UserRow, *chosen.columns).where(*chosen.conditions)
    if chosen.columns[-1] is SearchRow.sub:
        query = query.join(SearchRow, SearchRow.sub == UserRow.sub)
    if (position := page_position(call, params, listing, "PaginationToken")) is not None:
        parts = position.rsplit(_SEPARATOR, len(chosen.columns) - 1)  # a value may have lines, what follows it has none
        query = query.where(tuple_(*chosen.columns) > tuple_(*parts))
    else:
        query = query.where(*chosen.begin)
    found = (await call.session.execute(query.order_by(*chosen.columns).limit(size + 1))).all()
    return show_page(
        call,
        listing,
        found,
        size,
        lambda row: _SEPARATOR.join(row[1:]),
        lambda row: show_user(row[0], wanted),
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


def _range_of(pool: UserPool, asked: Filter | None) -> _Range:
    """Return the range that a filter is of the index that it has."""
    of_pool = UserRow.user_pool_id == pool.id
    by_name = (UserRow.username_key,)
    if asked is None:
        return _Range((of_pool,), by_name)
    if asked.attribute in SEARCHABLE:
        of_attribute = (SearchRow.user_pool_id == pool.id, SearchRow.name == asked.attribute)
        return _with(of_attribute, SearchRow.value, search_key(asked.value), asked, then=(SearchRow.sub,))
    if asked.attribute == "username":
        return _with((of_pool,), UserRow.username_key, name_key(pool, asked.value), asked)
    if asked.attribute == "sub":
        return _with((of_pool,), UserRow.sub, asked.value.lower(), asked)
    if not asked.value and asked.is_prefix:  # every user has these
        return _Range((of_pool,), by_name)
    if asked.attribute == "status":
        enabled = _enabled(asked)
        return _Range((false() if enabled is None else of_pool & (UserRow.enabled == enabled),), by_name)
    return _with((of_pool,), UserRow.status, asked.value.upper(), asked, then=by_name)


def _with(
    conditions: Sequence[ColumnElement[bool]], column: Any, value: str, asked: Filter, then: Sequence[Any] = ()
) -> _Range:
    """Return the rows whose column has a value or a prefix.

    A single value is asked for as a range too. PostgreSQL takes the order by `then` alone for that of a single value,
    finds it in another index, and where it believes that everybody has the value it looks there for who has.
    """
    end = column < value + _LAST if asked.is_prefix else column <= value
    return _Range((*conditions, end), (column, *then), begin=(column >= value,))


def _enabled(asked: Filter) -> bool | None:
    """Return which users a filter by `status` means, None where it means nobody: that must not be looked for."""
    for name, enabled in _ENABLED.items():
        if name.startswith(asked.value) if asked.is_prefix else name == asked.value:
            return enabled
    return None
