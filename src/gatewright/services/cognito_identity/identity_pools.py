"""Identity pools. Source: Cognito federated identities API reference, `CreateIdentityPool` …"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.cognito_identity.faults import invalid_parameter, pool_not_found
from gatewright.services.cognito_identity.pools import SHELF
from gatewright.services.cognito_identity.providers import must_be_possible
from gatewright.services.cognito_identity.signing_keys import must_have_signing_key
from gatewright.services.cognito_identity.tables import IdentityPoolRow, IdentityRow, LoginRow
from gatewright.storage.paging import BadPosition, open_position, seal_position

T = TypeVar("T")


def page_position(call: Call, params: Params, listing: str) -> str | None:
    """Return the key after which a page begins, None for the first page.

    Raises:
        Fault: `InvalidParameterException` for a token that was not given out for this list.
    """
    token = params.get("NextToken")
    if token is None:
        return None
    try:
        return open_position(call.keys, f"cognito-identity:{call.account}:{call.region}:{listing}", token)
    except BadPosition:
        raise invalid_parameter("Invalid NextToken. Use the NextToken of the last answer as it was given.") from None


def show_page(
    call: Call,
    listing: str,
    member: str,
    rows: Sequence[T],
    size: int,
    key: Callable[[T], str],
    show: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    """Return one page of rows that are sorted by `key` and hold one more where there are more."""
    answer: dict[str, Any] = {member: [show(row) for row in rows[:size]]}
    if len(rows) > size:
        scope = f"cognito-identity:{call.account}:{call.region}:{listing}"
        answer["NextToken"] = seal_position(call.keys, scope, key(rows[size - 1]))
    return answer


async def pool_row_of(call: Call, identity_pool_id: str) -> IdentityPoolRow:
    """Return a pool of the call's region.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    row = await call.session.get(IdentityPoolRow, identity_pool_id)
    if row is None or row.region != call.region:
        raise pool_not_found(identity_pool_id)
    return row


def show_pool(row: IdentityPoolRow) -> dict[str, Any]:
    """Return a pool as AWS answers it."""
    shown: dict[str, Any] = {
        "IdentityPoolId": row.identity_pool_id,
        "IdentityPoolName": row.identity_pool_name,
        "AllowUnauthenticatedIdentities": row.allow_unauthenticated,
        "AllowClassicFlow": row.allow_classic_flow,
        "SupportedLoginProviders": row.login_providers or None,
        "DeveloperProviderName": row.developer_provider,
        "OpenIdConnectProviderARNs": row.oidc_providers or None,
        "CognitoIdentityProviders": row.cognito_providers or None,
        "SamlProviderARNs": row.saml_providers or None,
        "IdentityPoolTags": row.tags or None,
    }
    return {name: value for name, value in shown.items() if value is not None}


async def create_identity_pool(call: Call, params: Params) -> Result:
    """Make a pool without roles: its visitors get ids, and credentials once there is a role."""
    await must_be_possible(call, params)
    row = IdentityPoolRow(
        identity_pool_id=ids.identity_id(call.region),
        region=call.region,
        developer_provider=params.get("DeveloperProviderName"),
        roles={},
        role_mappings={},
        principal_tags={},
        tags=dict(params.get("IdentityPoolTags") or {}),
    )
    _set(row, params)
    call.session.add(row)
    await call.session.flush()
    await _changed(call, row)
    return show_pool(row)


def _set(row: IdentityPoolRow, params: Params) -> None:
    """Set what every change of a pool sets anew."""
    row.identity_pool_name = params["IdentityPoolName"]
    row.allow_unauthenticated = params["AllowUnauthenticatedIdentities"]
    row.allow_classic_flow = params.get("AllowClassicFlow")
    row.login_providers = dict(params.get("SupportedLoginProviders") or {})
    row.oidc_providers = list(dict.fromkeys(params.get("OpenIdConnectProviderARNs") or ()))
    row.saml_providers = list(dict.fromkeys(params.get("SamlProviderARNs") or ()))
    row.cognito_providers = [dict(provider) for provider in params.get("CognitoIdentityProviders") or ()]


async def _changed(call: Call, row: IdentityPoolRow) -> None:
    if row.allow_classic_flow or row.developer_provider is not None:
        await must_have_signing_key(call)
    call.publish(SHELF, row.identity_pool_id)


async def describe_identity_pool(call: Call, params: Params) -> Result:
    """Return a pool."""
    return show_pool(await pool_row_of(call, params["IdentityPoolId"]))


async def list_identity_pools(call: Call, params: Params) -> Result:
    """Return the pools of a region, by id."""
    size: int = params["MaxResults"]
    query = select(IdentityPoolRow).where(IdentityPoolRow.region == call.region)
    query = query.order_by(IdentityPoolRow.identity_pool_id).limit(size + 1)
    if (position := page_position(call, params, "pools")) is not None:
        query = query.where(IdentityPoolRow.identity_pool_id > position)
    rows = list(await call.session.scalars(query))
    return show_page(call, "pools", "IdentityPools", rows, size, lambda row: row.identity_pool_id, _show_short)


def _show_short(row: IdentityPoolRow) -> dict[str, Any]:
    return {"IdentityPoolId": row.identity_pool_id, "IdentityPoolName": row.identity_pool_name}


async def update_identity_pool(call: Call, params: Params) -> Result:
    """Replace a pool's settings: what is not given is not kept, as at AWS. Tags are kept where none are given, and the
    developer provider always.

    Raises:
        Fault: `InvalidParameterException`, `ResourceNotFoundException`.
    """
    await must_be_possible(call, params)
    row = await pool_row_of(call, params["IdentityPoolId"])
    name = params.get("DeveloperProviderName")
    if row.developer_provider is not None and name not in (None, row.developer_provider):
        raise invalid_parameter(f"The developer provider {row.developer_provider} cannot be changed once it is set.")
    row.developer_provider = row.developer_provider or name
    _set(row, params)
    if params.get("IdentityPoolTags") is not None:
        row.tags = dict(params["IdentityPoolTags"])
    await call.session.flush()
    await _changed(call, row)
    return show_pool(row)


async def delete_identity_pool(call: Call, params: Params) -> Result | None:
    """Delete a pool and its identities: no further credentials from the next request on."""
    row = await pool_row_of(call, params["IdentityPoolId"])
    for table in (LoginRow, IdentityRow, IdentityPoolRow):
        await call.session.execute(delete(table).where(table.identity_pool_id == row.identity_pool_id))
    call.publish(SHELF, row.identity_pool_id)
    return None
