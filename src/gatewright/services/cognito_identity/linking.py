"""Logins and identities: which belongs to which, how one is linked, and how two identities become one.

Law: in one pool a login belongs to one identity. Who wants an authenticated identity must bring one of its logins;
what else they prove is linked to it. A login that belongs to another identity merges the two: one keeps all logins,
the other is disabled for ever. An identity has one login of each provider (of the developer's own, several), and at
most twenty.
Source: Cognito developer guide, "Identity pools authentication flow", Linking logins, Merging identities; API
reference, `MergeDeveloperIdentities` (twenty logins).

AWS does not say which of two identities stays: here it is the one that was asked for, where it had logins already; else
the one that the login belongs to; and where none was asked for, the oldest.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from gatewright.control.service import Call
from gatewright.core import ids
from gatewright.services.cognito_identity.faults import (
    identity_is_forbidden,
    identity_not_found,
    logins_do_not_match,
    resource_conflict,
)
from gatewright.services.cognito_identity.known import SHELF, Identity, State
from gatewright.services.cognito_identity.logins import ProvenLogin
from gatewright.services.cognito_identity.pools import Pool
from gatewright.services.cognito_identity.revocations import revoke_tokens
from gatewright.services.cognito_identity.tables import IdentityRow, LoginRow

_MOST_LOGINS = 20


def belongs(identity: Identity, proven: Iterable[ProvenLogin]) -> bool:
    """Say whether all proven logins are linked to an authenticated identity already: then nothing is to be written."""
    return identity.state is State.AUTHENTICATED and all(identity.has(login.key) for login in proven)


async def identity_for(call: Call, pool: Pool, proven: Sequence[ProvenLogin]) -> str:
    """Return the identity of proven logins: the one that they belong to, or a new one. Writes.

    Raises:
        Fault: `ResourceConflictException` where they cannot belong to one.
    """
    owners = await _owners(call, pool, proven)
    if not owners:
        return await _new_identity(call, pool, proven)
    await _join(call, pool, owners[0], owners[1:], proven)
    return owners[0].identity_id


async def identity_with(
    call: Call, pool: Pool, identity_id: str, proven: Sequence[ProvenLogin], *, vouched: bool = False
) -> str:
    """Return the identity that an identity and proven logins are together. Writes.

    `vouched` says that the developer's own server has named the identity: its word is enough for a first login.

    Raises:
        Fault: `NotAuthorizedException`, `ResourceConflictException`.
    """
    asked = await call.session.get(IdentityRow, identity_id)
    if asked is None or asked.identity_pool_id != pool.identity_pool_id:
        raise identity_not_found(identity_id)
    owners = await _owners(call, pool, proven)
    if asked.state == State.DISABLED:
        raise identity_is_forbidden(identity_id)
    if asked.state == State.AUTHENTICATED and asked not in owners and not vouched:
        raise logins_do_not_match()
    first = asked if asked.state == State.AUTHENTICATED or not owners else owners[0]
    others = [owner for owner in (asked, *owners) if owner is not first]
    await _join(call, pool, first, list(dict.fromkeys(others)), proven)
    return first.identity_id


async def _owners(call: Call, pool: Pool, proven: Sequence[ProvenLogin]) -> list[IdentityRow]:
    """Return the identities that logins belong to, the oldest first."""
    linked = select(LoginRow.identity_id).where(
        LoginRow.identity_pool_id == pool.identity_pool_id, LoginRow.login_key.in_([login.key for login in proven])
    )
    rows = select(IdentityRow).where(IdentityRow.identity_id.in_(linked))
    return list(await call.session.scalars(rows.order_by(IdentityRow.created_at, IdentityRow.identity_id)))


async def _new_identity(call: Call, pool: Pool, proven: Sequence[ProvenLogin]) -> str:
    row = IdentityRow(
        identity_id=ids.identity_id(pool.region),
        identity_pool_id=pool.identity_pool_id,
        state=State.AUTHENTICATED,
        created_at=call.now,
        modified_at=call.now,
    )
    call.session.add(row)
    await _link(call, pool, row, proven)
    return row.identity_id


async def _join(
    call: Call, pool: Pool, into: IdentityRow, others: Sequence[IdentityRow], proven: Sequence[ProvenLogin]
) -> None:
    if others:
        await merge(call, pool, into, others)
    await _link(call, pool, into, proven)


async def _link(call: Call, pool: Pool, row: IdentityRow, proven: Sequence[ProvenLogin]) -> None:
    have = {login.login_key for login in await _logins_of(call, row.identity_id)}
    fresh = [login for login in proven if login.key not in have]
    if not fresh and row.state == State.AUTHENTICATED:
        return
    for login in fresh:
        call.session.add(
            LoginRow(
                identity_pool_id=pool.identity_pool_id,
                login_key=login.key,
                identity_id=row.identity_id,
                provider=login.provider,
                subject=login.subject,
            )
        )
    row.state, row.modified_at = State.AUTHENTICATED, call.now
    await call.session.flush()
    await _check(call, pool, row.identity_id)
    call.publish(SHELF, row.identity_id)


async def merge(call: Call, pool: Pool, into: IdentityRow, others: Sequence[IdentityRow]) -> None:
    """Give all logins of other identities to one, and disable the others.

    Raises:
        Fault: `ResourceConflictException`.
    """
    gone = [other.identity_id for other in others]
    await call.session.execute(
        update(LoginRow).where(LoginRow.identity_id.in_(gone)).values(identity_id=into.identity_id)
    )
    for other in others:
        other.state, other.modified_at = State.DISABLED, call.now
    into.state, into.modified_at = State.AUTHENTICATED, call.now
    await call.session.flush()
    await _check(call, pool, into.identity_id)
    await revoke_tokens(call, *gone)
    for identity_id in (into.identity_id, *gone):
        call.publish(SHELF, identity_id)


async def _check(call: Call, pool: Pool, identity_id: str) -> None:
    logins = await _logins_of(call, identity_id)
    single = [login.provider for login in logins if login.provider != pool.developer_provider]
    if len(set(single)) != len(single):
        raise resource_conflict("An identity can have one login of each provider, and these are two users of one.")
    if len(logins) > _MOST_LOGINS:
        raise resource_conflict(f"An identity can have at most {_MOST_LOGINS} logins.")


async def _logins_of(call: Call, identity_id: str) -> list[LoginRow]:
    rows = select(LoginRow).where(LoginRow.identity_id == identity_id).order_by(LoginRow.provider, LoginRow.login_key)
    return list(await call.session.scalars(rows))
