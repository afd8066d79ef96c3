"""Pools and clients: found in memory for those who use them, and as rows for those who administrate them.

An unsigned call names no region but by its host, and a pool or client is known by its id wherever the client thinks
that it is; only where the host names another region is there no such pool.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gatewright.control.service import Call, Params
from gatewright.services.cognito_idp.faults import client_not_found, invalid_parameter, pool_not_found
from gatewright.services.cognito_idp.tables import UserPoolClientRow, UserPoolRow
from gatewright.storage.paging import BadPosition, open_position, seal_position
from gatewright.storage.user_pools import CLIENTS_SHELF, POOLS_SHELF, UserPool, UserPoolClient

T = TypeVar("T")


def find_pool(call: Call, user_pool_id: str) -> UserPool:
    """Return a pool of the call's region, from memory.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    pool: UserPool | None = call.shelf(POOLS_SHELF).get(user_pool_id)
    if pool is None or pool.region != call.region:
        raise pool_not_found(user_pool_id)
    return pool


def find_client(call: Call, client_id: str) -> tuple[UserPool, UserPoolClient]:
    """Return a client and its pool, from memory, for an operation that nobody signs.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    client: UserPoolClient | None = call.shelf(CLIENTS_SHELF).get(client_id)
    pool: UserPool | None = None if client is None else call.shelf(POOLS_SHELF).get(client.user_pool_id)
    if client is None or pool is None or _is_elsewhere(call, pool.region):
        raise client_not_found(client_id)
    return pool, client


def client_of(call: Call, pool: UserPool, client_id: str) -> UserPoolClient:
    """Return a client of a pool, from memory.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    client: UserPoolClient | None = call.shelf(CLIENTS_SHELF).get(client_id)
    if client is None or client.user_pool_id != pool.id:
        raise client_not_found(client_id)
    return client


def _is_elsewhere(call: Call, region: str) -> bool:
    service, _, rest = call.request.host.partition(".")
    named = rest.partition(".")[0]
    return service == "cognito-idp" and named.count("-") >= 2 and named != region


async def pool_row_of(call: Call, user_pool_id: str) -> UserPoolRow:
    """Return the row of a pool of the call's region.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    row = await call.session.get(UserPoolRow, user_pool_id)
    if row is None or row.deleted or row.region != call.region:
        raise pool_not_found(user_pool_id)
    return row


async def client_row_of(call: Call, user_pool_id: str, client_id: str) -> UserPoolClientRow:
    """Return the row of a client of a pool of the call's region.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    await pool_row_of(call, user_pool_id)
    row = await call.session.get(UserPoolClientRow, client_id)
    if row is None or row.user_pool_id != user_pool_id:
        raise client_not_found(client_id)
    return row


def page_position(call: Call, params: Params, listing: str, member: str = "NextToken") -> str | None:
    """Return the key after which a page begins, None for the first page.

    Raises:
        Fault: `InvalidParameterException` for a token that was not given out for this list.
    """
    token = params.get(member)
    if token is None:
        return None
    try:
        return open_position(call.keys, _scope(call, listing), token)
    except BadPosition:
        raise invalid_parameter(f"Invalid {member}. Use the {member} of the last answer as it was given.") from None


def show_page(
    call: Call,
    listing: str,
    rows: Sequence[T],
    size: int,
    key: Callable[[T], str],
    show: Callable[[T], dict[str, Any]],
    *,
    member: str,
    token: str = "NextToken",  # noqa: S107  # the name of a member
) -> dict[str, Any]:
    """Return one page of rows that are sorted by `key` and hold one more where there are more."""
    answer: dict[str, Any] = {member: [show(row) for row in rows[:size]]}
    if len(rows) > size:
        answer[token] = seal_position(call.keys, _scope(call, listing), key(rows[size - 1]))
    return answer


def _scope(call: Call, listing: str) -> str:
    return f"cognito-idp:{call.account}:{call.region}:{listing}"
