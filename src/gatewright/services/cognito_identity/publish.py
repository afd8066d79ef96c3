"""Rows of `cognito-identity` -> what is read from memory: pools, signing keys, and which identities are known.

Identities are never all loaded: their shelf begins empty, is filled by use, and an announced key only takes out what
is gone.
"""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.core.jwt import VerifyingKey
from gatewright.services.cognito_identity import identities, pools, signing_keys
from gatewright.services.cognito_identity.pools import Pool
from gatewright.services.cognito_identity.tables import IdentityPoolRow, IdentityRow, SigningKeyRow
from gatewright.storage.snapshots import Publication


def _pool(row: IdentityPoolRow) -> Pool:
    return Pool(
        identity_pool_id=row.identity_pool_id,
        region=row.region,
        allow_unauthenticated=row.allow_unauthenticated,
        allow_classic_flow=row.allow_classic_flow is True,
        roles=row.roles,
    )


async def _load_pool(session: AsyncSession, identity_pool_id: str) -> Pool | None:
    row = await session.get(IdentityPoolRow, identity_pool_id)
    return None if row is None else _pool(row)


async def _load_pools(session: AsyncSession) -> AsyncIterator[tuple[str, Pool]]:
    for row in await session.scalars(select(IdentityPoolRow)):
        yield row.identity_pool_id, _pool(row)


async def _load_identity(session: AsyncSession, identity_id: str) -> str | None:
    found = select(IdentityRow.identity_pool_id).where(IdentityRow.identity_id == identity_id)
    return await session.scalar(found)


async def _load_no_identity(session: AsyncSession) -> AsyncIterator[tuple[str, str]]:
    nothing: tuple[tuple[str, str], ...] = ()
    for item in nothing:
        yield item


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
    Publication(identities.SHELF, _load_identity, _load_no_identity),
    Publication(signing_keys.SHELF, _load_key, _load_keys),
)
