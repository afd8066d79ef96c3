"""Identities: `GetId`, and what an administrator sees of them. Source: Cognito federated identities API reference.

Law: `GetId` is the hot path: the pool from memory, one row inserted, nothing else. Known identities are kept on a
bounded shelf in memory; what is deleted leaves it in every worker (`publish.py`).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.cognito_identity.faults import (
    identity_not_found,
    invalid_parameter,
    pool_not_found,
    provider_not_supported,
    unauthenticated_access_is_off,
)
from gatewright.services.cognito_identity.identity_pools import page_position, pool_row_of, show_page
from gatewright.services.cognito_identity.pools import SHELF as POOLS
from gatewright.services.cognito_identity.pools import Pool, find_pool
from gatewright.services.cognito_identity.tables import IdentityRow

SHELF = "cognito-identity.identity"  # identity id -> pool id
STEP = "identity pool"  # of the trace
_KNOWN = 50_000  # identities kept in memory

_IDENTITIES: Any = IdentityRow.__table__
_POOL_OF = select(_IDENTITIES.c.identity_pool_id)


async def get_id(call: Call, params: Params) -> Result:
    """Make an identity for a visitor who has not logged in.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`.
    """
    pool = find_pool(call, params["IdentityPoolId"])
    account = params.get("AccountId")
    if account is not None and account != call.account:
        raise pool_not_found(pool.identity_pool_id)
    must_be_open_to_visitors(call, pool, params)
    identity_id = ids.identity_id(pool.region)
    await _insert(call, identity_id, pool)
    return {"IdentityId": identity_id}


async def _insert(call: Call, identity_id: str, pool: Pool) -> None:
    """Insert the one row of an identity, in a commit that it shares with others that come at the same time."""
    row = {
        "identity_id": identity_id,
        "identity_pool_id": pool.identity_pool_id,
        "created_at": call.now,
        "modified_at": call.now,
    }
    await call.append(_IDENTITIES, row)
    _remember(call, identity_id, pool.identity_pool_id)


def must_be_open_to_visitors(call: Call, pool: Pool, params: Params) -> None:
    """Refuse a visitor whom the pool does not want, and logins, of which no pool has a provider yet.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if params.get("Logins"):
        call.trace.refused(STEP, "Logins were given, and the pool has no provider of logins.")
        raise provider_not_supported()
    if not pool.allow_unauthenticated:
        call.trace.refused(STEP, "AllowUnauthenticatedIdentities of the pool is false.")
        raise unauthenticated_access_is_off()


async def pool_of_identity(call: Call, identity_id: str) -> Pool:
    """Return the pool of an existing identity: from memory, or with one query where it is not known yet.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    shelf = call.shelf(SHELF)
    pool_id = shelf.get(identity_id)
    if pool_id is None:
        removals = shelf.removals
        found = await call.session.execute(_POOL_OF.where(_IDENTITIES.c.identity_id == identity_id))
        pool_id = found.scalar()
        if pool_id is not None and shelf.removals == removals:
            _remember(call, identity_id, pool_id)
    pool: Pool | None = call.shelf(POOLS).get(pool_id) if pool_id is not None else None
    if pool is None:
        raise identity_not_found(identity_id)
    return pool


def _remember(call: Call, identity_id: str, pool_id: str) -> None:
    shelf = call.shelf(SHELF)
    if len(shelf) >= _KNOWN:
        shelf.replace({})
    shelf.put(identity_id, pool_id)


async def _row_of(call: Call, identity_id: str) -> IdentityRow:
    row = await call.session.get(IdentityRow, identity_id)
    if row is None or not identity_id.startswith(f"{call.region}:"):
        raise identity_not_found(identity_id)
    return row


def _show(row: IdentityRow) -> dict[str, Any]:
    return {
        "IdentityId": row.identity_id,
        "CreationDate": datetime.fromtimestamp(row.created_at, UTC),
        "LastModifiedDate": datetime.fromtimestamp(row.modified_at, UTC),
    }


async def describe_identity(call: Call, params: Params) -> Result:
    """Return when an identity was made; it has no logins."""
    return _show(await _row_of(call, params["IdentityId"]))


async def list_identities(call: Call, params: Params) -> Result:
    """Return the identities of a pool, by id."""
    pool = await pool_row_of(call, params["IdentityPoolId"])
    size: int = params["MaxResults"]
    query = select(IdentityRow).where(IdentityRow.identity_pool_id == pool.identity_pool_id)
    query = query.order_by(IdentityRow.identity_id).limit(size + 1)
    listing = f"identities of {pool.identity_pool_id}"
    if (position := page_position(call, params, listing)) is not None:
        query = query.where(IdentityRow.identity_id > position)
    rows = list(await call.session.scalars(query))
    page = show_page(call, listing, "Identities", rows, size, lambda row: row.identity_id, _show)
    return {"IdentityPoolId": pool.identity_pool_id, **page}


async def delete_identities(call: Call, params: Params) -> Result:
    """Delete up to 60 identities; from then on they get no credentials. Those that are not there count as deleted."""
    wanted = [identity_id for identity_id in params["IdentityIdsToDelete"] if identity_id.startswith(f"{call.region}:")]
    if len(wanted) != len(params["IdentityIdsToDelete"]):
        raise invalid_parameter(
            "Identities of another region cannot be deleted here; their ids begin with their region."
        )
    await call.session.execute(delete(_IDENTITIES).where(_IDENTITIES.c.identity_id.in_(wanted)))
    for identity_id in wanted:
        call.publish(SHELF, identity_id)
    return {"UnprocessedIdentityIds": []}
