"""A pool as the hot path sees it: a frozen snapshot, read from memory."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gatewright.control.service import Call
from gatewright.services.cognito_identity.faults import pool_not_found
from gatewright.services.cognito_identity.tables import IdentityPoolRow

SHELF = "cognito-identity.pool"


class UserPoolProvider(msgspec.Struct, frozen=True):
    """A user pool whose logins a pool takes, by one of its clients."""

    name: str  # cognito-idp.us-east-1.amazonaws.com/us-east-1_Aaaaaaaaa
    client_id: str
    server_side_check: bool


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """An identity pool."""

    identity_pool_id: str
    region: str
    allow_unauthenticated: bool
    allow_classic_flow: bool
    roles: Mapping[str, str] = {}
    login_providers: Mapping[str, str] = {}  # accounts.google.com -> app id
    developer_provider: str | None = None
    oidc_providers: tuple[str, ...] = ()  # ARNs
    user_pools: tuple[UserPoolProvider, ...] = ()
    saml_providers: tuple[str, ...] = ()  # ARNs
    role_mappings: Mapping[str, Any] = {}  # provider -> RoleMapping
    principal_tags: Mapping[str, Any] = {}  # provider -> UseDefaults, PrincipalTags
    tags: Mapping[str, str] = {}


def pool_of(row: IdentityPoolRow) -> Pool:
    """Return the snapshot of a row."""
    return Pool(
        identity_pool_id=row.identity_pool_id,
        region=row.region,
        allow_unauthenticated=row.allow_unauthenticated,
        allow_classic_flow=row.allow_classic_flow is True,
        roles=row.roles,
        login_providers=row.login_providers,
        developer_provider=row.developer_provider,
        oidc_providers=tuple(row.oidc_providers),
        user_pools=tuple(
            UserPoolProvider(one["ProviderName"], one["ClientId"], one.get("ServerSideTokenCheck") is True)
            for one in row.cognito_providers
        ),
        saml_providers=tuple(row.saml_providers),
        role_mappings=row.role_mappings,
        principal_tags=row.principal_tags,
        tags=row.tags,
    )


def find_pool(call: Call, identity_pool_id: str) -> Pool:
    """Return a pool by its id.

    The id names the pool's region. An unsigned call names none but by its host, and a pool is known by its id wherever
    the client thinks that it is; only where the host names another region is there no such pool.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    pool: Pool | None = call.shelf(SHELF).get(identity_pool_id)
    if pool is None or _is_elsewhere(call, pool.region):
        raise pool_not_found(identity_pool_id)
    return pool


def _is_elsewhere(call: Call, region: str) -> bool:
    service, _, rest = call.request.host.partition(".")
    named = rest.partition(".")[0]
    return service == "cognito-identity" and named.count("-") >= 2 and named != region


def issuer_name(arn: str) -> str:
    """Return what logins call an OpenID Connect provider: its URL without the scheme, which is the end of its ARN."""
    return arn.partition(":oidc-provider/")[2]


def provider_name(name: str) -> str:
    """Return the one name of a provider: settings may call an OpenID Connect provider by its ARN."""
    return issuer_name(name) or name


def provider_names(pool: Pool) -> frozenset[str]:
    """Return what logins call the providers of a pool."""
    return frozenset(
        (
            *pool.login_providers,
            *map(issuer_name, pool.oidc_providers),
            *pool.saml_providers,
            *(provider.name for provider in pool.user_pools),
        )
    )
