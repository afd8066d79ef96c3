"""Identities that are known in memory: where they belong, whether they are visitors, and which logins they have.

Law: a bounded shelf that is filled by use; whatever changes an identity takes it out again, in every worker
(`publish.py`), and the next call reads it anew.
"""

import hashlib
from enum import IntEnum

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.control.service import Call
from gatewright.services.cognito_identity.faults import identity_not_found
from gatewright.services.cognito_identity.pools import SHELF as POOLS
from gatewright.services.cognito_identity.pools import Pool
from gatewright.services.cognito_identity.tables import IdentityRow, LoginRow

SHELF = "cognito-identity.identity"
_MOST = 50_000


class State(IntEnum):
    """What an identity is."""

    VISITOR = 0  # never logged in
    AUTHENTICATED = 1  # has, or had, logins: without one of them nobody gets it
    DISABLED = 2  # merged into another


class Identity(msgspec.Struct, frozen=True, gc=False):
    """An identity."""

    identity_pool_id: str
    state: State = State.VISITOR
    logins: tuple[tuple[str, str], ...] = ()  # provider, login key

    def has(self, login_key: str) -> bool:
        """Say whether a login is linked to the identity."""
        return any(key == login_key for _, key in self.logins)

    def has_provider(self, provider: str | None) -> bool:
        """Say whether a login of a provider is linked to the identity."""
        return any(name == provider for name, _ in self.logins)


def login_key(provider: str, subject: str) -> str:
    """Return by what a login is found: provider and subject, told apart, at one length."""
    return hashlib.sha256(f"{len(provider)}:{provider}{subject}".encode()).hexdigest()


async def read(session: AsyncSession, identity_id: str) -> Identity | None:
    """Return an identity from its rows."""
    found = select(IdentityRow.identity_pool_id, IdentityRow.state).where(IdentityRow.identity_id == identity_id)
    row = (await session.execute(found)).first()
    if row is None:
        return None
    if row.state == State.VISITOR:
        return Identity(row.identity_pool_id)
    logins = select(LoginRow.provider, LoginRow.login_key).where(LoginRow.identity_id == identity_id)
    linked = [(provider, key) for provider, key in await session.execute(logins.order_by(LoginRow.login_key))]
    return Identity(row.identity_pool_id, State(row.state), tuple(linked))


async def find(call: Call, identity_id: str) -> tuple[Identity, Pool]:
    """Return an existing identity and its pool: from memory, or with a query where it is not known yet.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    shelf = call.shelf(SHELF)
    identity: Identity | None = shelf.get(identity_id)
    if identity is None:
        removals = shelf.removals
        identity = await read(call.session, identity_id)
        if identity is not None and shelf.removals == removals:
            remember(call, identity_id, identity)
    pool: Pool | None = call.shelf(POOLS).get(identity.identity_pool_id) if identity is not None else None
    if identity is None or pool is None:
        raise identity_not_found(identity_id)
    return identity, pool


def remember(call: Call, identity_id: str, identity: Identity) -> None:
    """Keep an identity in memory."""
    shelf = call.shelf(SHELF)
    if len(shelf) >= _MOST:
        shelf.replace({})
    shelf.put(identity_id, identity)
