"""Rows of `cognito-idp` -> what is read from memory: pools with their keys, and clients. Users never are."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.core.jwt import VerifyingKey
from gatewright.services.cognito_idp.tables import ClientSecretRow, SigningKeyRow, UserPoolClientRow, UserPoolRow
from gatewright.storage.snapshots import Publication
from gatewright.storage.user_pools import (
    CLIENTS_SHELF,
    POOLS_SHELF,
    ClientSecret,
    SigningKey,
    UserPool,
    UserPoolClient,
)


def _pool(row: UserPoolRow, keys: Sequence[SigningKeyRow], client_ids: Sequence[str]) -> UserPool:
    oldest_first = sorted(keys, key=lambda key: (key.created_at, key.key_id))
    return UserPool(
        id=row.id,
        name=row.name,
        account=row.account,
        region=row.region,
        settings=row.settings,
        schema={attribute["Name"]: attribute for attribute in row.schema},
        mfa=row.mfa,
        sessions=row.sessions,
        tags=row.tags,
        keys={key.key_id: VerifyingKey(key.key_id, (key.algorithm,), key.public_pem) for key in oldest_first},
        signing={  # the newest of each use that is not on its way out
            key.token_use: SigningKey(
                key_id=key.key_id,
                token_use=key.token_use,
                algorithm=key.algorithm,
                sealed_private=key.sealed_private,
                created_at=key.created_at,
            )
            for key in oldest_first
            if key.retires_at is None
        },
        client_ids=frozenset(client_ids),
    )


async def _load_pool(session: AsyncSession, user_pool_id: str) -> UserPool | None:
    row = await session.get(UserPoolRow, user_pool_id)
    if row is None or row.deleted:
        return None
    keys = await session.scalars(select(SigningKeyRow).where(SigningKeyRow.user_pool_id == user_pool_id))
    of_pool = select(UserPoolClientRow.client_id).where(UserPoolClientRow.user_pool_id == user_pool_id)
    return _pool(row, list(keys), list(await session.scalars(of_pool)))


async def _load_pools(session: AsyncSession) -> AsyncIterator[tuple[str, UserPool]]:
    keys: defaultdict[str, list[SigningKeyRow]] = defaultdict(list)
    for key in await session.scalars(select(SigningKeyRow)):
        keys[key.user_pool_id].append(key)
    clients: defaultdict[str, list[str]] = defaultdict(list)
    for user_pool_id, client_id in await session.execute(
        select(UserPoolClientRow.user_pool_id, UserPoolClientRow.client_id)
    ):
        clients[user_pool_id].append(client_id)
    for row in await session.scalars(select(UserPoolRow).where(UserPoolRow.deleted.is_(False))):
        yield row.id, _pool(row, keys[row.id], clients[row.id])


def _client(row: UserPoolClientRow, secrets: Sequence[ClientSecretRow]) -> UserPoolClient:
    return UserPoolClient(
        client_id=row.client_id,
        user_pool_id=row.user_pool_id,
        name=row.name,
        settings=row.settings,
        secrets=tuple(
            ClientSecret(client_secret_id=one.client_secret_id, sealed_secret=one.sealed_secret) for one in secrets
        ),
    )


async def _load_client(session: AsyncSession, client_id: str) -> UserPoolClient | None:
    row = await session.get(UserPoolClientRow, client_id)
    if row is None:
        return None
    secrets = select(ClientSecretRow).where(ClientSecretRow.client_id == client_id).order_by(ClientSecretRow.created_at)
    return _client(row, list(await session.scalars(secrets)))


async def _load_clients(session: AsyncSession) -> AsyncIterator[tuple[str, UserPoolClient]]:
    secrets: defaultdict[str, list[ClientSecretRow]] = defaultdict(list)
    for secret in await session.scalars(select(ClientSecretRow).order_by(ClientSecretRow.created_at)):
        secrets[secret.client_id].append(secret)
    for row in await session.scalars(select(UserPoolClientRow)):
        yield row.client_id, _client(row, secrets[row.client_id])


PUBLICATIONS: tuple[Publication[Any], ...] = (
    Publication(POOLS_SHELF, _load_pool, _load_pools),
    Publication(CLIENTS_SHELF, _load_client, _load_clients),
)
