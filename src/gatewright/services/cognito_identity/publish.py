"""Rows of `cognito-identity` -> what is read from memory: pools, signing keys, revoked tokens, known identities.

Identities are never all loaded: their shelf begins empty, is filled by use, and an announced key is only taken out.
"""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.core.jwt import VerifyingKey
from gatewright.services.cognito_identity import known, pools, revocations, signing_keys
from gatewright.services.cognito_identity.known import Identity
from gatewright.services.cognito_identity.pools import Pool, pool_of
from gatewright.services.cognito_identity.tables import IdentityPoolRow, RevocationRow, SigningKeyRow
from gatewright.storage.snapshots import Publication


async def _load_pool(session: AsyncSession, identity_pool_id: str) -> Pool | None:
    row = await session.get(IdentityPoolRow, identity_pool_id)
    return None if row is None else pool_of(row)


async def _load_pools(session: AsyncSession) -> AsyncIterator[tuple[str, Pool]]:
    for row in await session.scalars(select(IdentityPoolRow)):
        yield row.identity_pool_id, pool_of(row)


async def _load_identity(session: AsyncSession, identity_id: str) -> Identity | None:
    """Forget an identity that has changed: whoever needs it reads it anew, and memory stays bounded."""
    return None


async def _load_no_identity(session: AsyncSession) -> AsyncIterator[tuple[str, Identity]]:
    nothing: tuple[tuple[str, Identity], ...] = ()
    for item in nothing:
        yield item


async def _load_revocation(session: AsyncSession, identity_id: str) -> float | None:
    row = await session.get(RevocationRow, identity_id)
    return None if row is None else row.at


async def _load_revocations(session: AsyncSession) -> AsyncIterator[tuple[str, float]]:
    for identity_id, at in await session.execute(select(RevocationRow.identity_id, RevocationRow.at)):
        yield identity_id, at


def _key(row: SigningKeyRow) -> VerifyingKey:
    return VerifyingKey(row.key_id, (row.algorithm,), row.public_pem)


async def _load_key(session: AsyncSession, key_id: str) -> VerifyingKey | None:
    row = await session.get(SigningKeyRow, key_id)
    return None if row is None else _key(row)


async def _load_keys(session: AsyncSession) -> AsyncIterator[tuple[str, VerifyingKey]]:
    for row in await session.scalars(select(SigningKeyRow)):
        yield row.key_id, _key(row)


PUBLICATIONS: tuple[Publication[Any], ...] = (
    Publication(pools.SHELF, _load_pool, _load_pools),
    Publication(known.SHELF, _load_identity, _load_no_identity),
    Publication(revocations.SHELF, _load_revocation, _load_revocations),
    Publication(signing_keys.SHELF, _load_key, _load_keys),
)
