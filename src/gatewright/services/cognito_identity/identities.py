"""Identities: `GetId`, and what an administrator sees of them. Source: Cognito federated identities API reference.

Law: `GetId` of a visitor is the hot path: the pool from memory, one row inserted, nothing else. Known identities are
kept on a bounded shelf in memory; what is changed leaves it in every worker (`publish.py`).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity.faults import (
    identity_not_found,
    invalid_parameter,
    pool_not_found,
    provider_not_supported,
    unauthenticated_access_is_off,
)
from gatewright.services.cognito_identity.identity_pools import page_position, pool_row_of, show_page
from gatewright.services.cognito_identity.known import SHELF, Identity, State, remember
from gatewright.services.cognito_identity.linking import identity_for
from gatewright.services.cognito_identity.logins import prove_logins
from gatewright.services.cognito_identity.pools import Pool, find_pool
from gatewright.services.cognito_identity.revocations import revoke_tokens
from gatewright.services.cognito_identity.tables import IdentityRow, LoginRow

STEP = "identity pool"  # of the trace

_IDENTITIES: Any = IdentityRow.__table__


async def get_id(call: Call, params: Params) -> Result:
    """Make an identity for a visitor, or return the one that logins belong to.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`, `ResourceConflictException`.
    """
    pool = find_pool(call, params["IdentityPoolId"])
    account = params.get("AccountId")
    if account is not None and account != call.account:
        raise pool_not_found(pool.identity_pool_id)
    logins = params.get("Logins")
    if logins:
        if PROVIDER in logins:  # a token of ours names its identity already
            raise provider_not_supported()
        proven = await prove_logins(call, pool, logins)
        return {"IdentityId": await identity_for(call, pool, proven)}
    must_be_open_to_visitors(call, pool)
    identity_id = ids.identity_id(pool.region)
    await _insert(call, identity_id, pool)
    return {"IdentityId": identity_id}


async def _insert(call: Call, identity_id: str, pool: Pool) -> None:
    """Insert the one row of an identity, in a commit that it shares with others that come at the same time."""
    row = {
        "identity_id": identity_id,
        "identity_pool_id": pool.identity_pool_id,
        "state": State.VISITOR.value,
        "created_at": call.now,
        "modified_at": call.now,
    }
    await call.append(_IDENTITIES, row)
    remember(call, identity_id, Identity(pool.identity_pool_id))


def must_be_open_to_visitors(call: Call, pool: Pool) -> None:
    """Refuse a visitor whom the pool does not want.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if not pool.allow_unauthenticated:
        call.trace.refused(
            STEP, "AllowUnauthenticatedIdentities of the pool is false.", identity_pool=pool.identity_pool_id
        )
        raise unauthenticated_access_is_off()


async def row_of(call: Call, identity_id: str) -> IdentityRow:
    """Return an identity of the call's region.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    row = await call.session.get(IdentityRow, identity_id)
    if row is None or not identity_id.startswith(f"{call.region}:"):
        raise identity_not_found(identity_id)
    return row


async def _providers(call: Call, rows: Iterable[IdentityRow]) -> dict[str, list[str]]:
    """Return the providers of identities' logins, by identity."""
    wanted = [row.identity_id for row in rows if row.state != State.VISITOR]
    found: dict[str, list[str]] = defaultdict(list)
    if wanted:
        logins = select(LoginRow.identity_id, LoginRow.provider).where(LoginRow.identity_id.in_(wanted)).distinct()
        for identity_id, provider in await call.session.execute(logins.order_by(LoginRow.provider)):
            found[identity_id].append(provider)
    return found


def _show(row: IdentityRow, providers: dict[str, list[str]]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "IdentityId": row.identity_id,
        "CreationDate": datetime.fromtimestamp(row.created_at, UTC),
        "LastModifiedDate": datetime.fromtimestamp(row.modified_at, UTC),
    }
    if row.identity_id in providers:
        shown["Logins"] = providers[row.identity_id]
    return shown


async def describe_identity(call: Call, params: Params) -> Result:
    """Return when an identity was made, and the providers of its logins."""
    row = await row_of(call, params["IdentityId"])
    return _show(row, await _providers(call, [row]))


async def list_identities(call: Call, params: Params) -> Result:
    """Return the identities of a pool, by id; `HideDisabled` leaves out those that were merged into others."""
    pool = await pool_row_of(call, params["IdentityPoolId"])
    size: int = params["MaxResults"]
    listing = f"identities of {pool.identity_pool_id}"
    position = page_position(call, params, listing)
    found: list[IdentityRow] = []
    for state in State:
        if state is State.DISABLED and params.get("HideDisabled"):
            continue
        query = select(IdentityRow).where(
            IdentityRow.identity_pool_id == pool.identity_pool_id, IdentityRow.state == state
        )
        if position is not None:
            query = query.where(IdentityRow.identity_id > position)
        found += await call.session.scalars(query.order_by(IdentityRow.identity_id).limit(size + 1))
    rows = sorted(found, key=lambda row: row.identity_id)[: size + 1]
    providers = await _providers(call, rows)
    page = show_page(
        call, listing, "Identities", rows, size, lambda row: row.identity_id, lambda row: _show(row, providers)
    )
    return {"IdentityPoolId": pool.identity_pool_id, **page}


async def delete_identities(call: Call, params: Params) -> Result:
    """Delete up to 60 identities; from then on they get no credentials, and no token of theirs counts. Those that are
    not there count as deleted."""
    wanted = [identity_id for identity_id in params["IdentityIdsToDelete"] if identity_id.startswith(f"{call.region}:")]
    if len(wanted) != len(params["IdentityIdsToDelete"]):
        raise invalid_parameter(
            "Identities of another region cannot be deleted here; their ids begin with their region."
        )
    there = [*await call.session.scalars(select(IdentityRow.identity_id).where(IdentityRow.identity_id.in_(wanted)))]
    await call.session.execute(delete(LoginRow).where(LoginRow.identity_id.in_(there)))
    await call.session.execute(delete(_IDENTITIES).where(_IDENTITIES.c.identity_id.in_(there)))
    await revoke_tokens(call, *there)
    for identity_id in wanted:
        call.publish(SHELF, identity_id)
    return {"UnprocessedIdentityIds": []}
