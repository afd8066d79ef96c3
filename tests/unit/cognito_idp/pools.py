"""Pools and clients as values, for the pure rules."""

from typing import Any

from gatewright.services.cognito_idp.pools import client_settings, pool_settings
from gatewright.services.cognito_idp.pools.user_pool_schema import schema_of
from gatewright.storage.user_pools import UserPool, UserPoolClient


def pool_of(schema: list[dict[str, Any]] | None = None, **settings: Any) -> UserPool:
    """Return a pool as it is read from memory."""
    return UserPool(
        id="us-east-1_Aaaaaaaaa",
        name="people",
        account="000000000000",
        region="us-east-1",
        settings=pool_settings.settings_of(settings),
        schema={one["Name"]: one for one in schema_of(schema or [])},
        mfa={},
        keys={},
        signing={},
        client_ids=frozenset(),
    )


def client_of(pool: UserPool | None = None, **settings: Any) -> UserPoolClient:
    """Return a client as it is read from memory."""
    pool = pool or pool_of()
    return UserPoolClient(
        client_id="client",
        user_pool_id=pool.id,
        name="app",
        settings=client_settings.settings_of(settings, pool.settings, list(pool.schema.values())),
        secrets=(),
    )
