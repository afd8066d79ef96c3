"""App clients: `CreateUserPoolClient` …, and their secrets. Source: Cognito API reference.

Law: a secret is kept sealed and is shown to those who may describe the client, as AWS does it; a client that has a
secret never loses it by an update, and has two only while one replaces the other.
Assumed: a client without a secret can be given one by `AddUserPoolClientSecret`, and the last one of a client cannot be
deleted, so that a client never becomes open to everybody by the way.
"""

import secrets
from typing import Any

from sqlalchemy import delete, func, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.cognito_idp.faults import invalid_parameter, limit_exceeded, not_found
from gatewright.services.cognito_idp.pools.client_settings import settings_of
from gatewright.services.cognito_idp.pools.find import client_row_of, page_position, pool_row_of, show_page
from gatewright.services.cognito_idp.pools.user_pools import moment
from gatewright.services.cognito_idp.tables import ClientSecretRow, UserPoolClientRow
from gatewright.storage.keys import SECRETS
from gatewright.storage.user_pools import CLIENTS_SHELF, POOLS_SHELF

_ID_LENGTH = 26
_SECRET_LENGTH = 52
_MOST_CLIENTS = 1_000
_MOST_SECRETS = 2
_DEFAULT_PAGE = 60


async def create_user_pool_client(call: Call, params: Params) -> Result:
    """Make a client, with a secret where one is asked for."""
    pool = await pool_row_of(call, params["UserPoolId"])
    if params.get("GenerateSecret") and params.get("ClientSecret"):
        raise invalid_parameter("ClientSecret and GenerateSecret cannot both be given.")
    settings = settings_of(params, pool.settings, pool.schema)
    count = select(func.count()).select_from(UserPoolClientRow).where(UserPoolClientRow.user_pool_id == pool.id)
    if (await call.session.scalar(count) or 0) >= _MOST_CLIENTS:
        raise limit_exceeded(f"A user pool can have at most {_MOST_CLIENTS} clients.")
    row = UserPoolClientRow(
        client_id=ids.lower_id(_ID_LENGTH),
        user_pool_id=pool.id,
        name=params["ClientName"],
        settings=settings,
        created_at=call.now,
        modified_at=call.now,
    )
    call.session.add(row)
    await call.session.flush()
    if params.get("GenerateSecret") or params.get("ClientSecret"):
        await _add_secret(call, row.client_id, params.get("ClientSecret"))
    _changed(call, row)
    return {"UserPoolClient": await _show(call, row)}


def _changed(call: Call, row: UserPoolClientRow) -> None:
    call.publish(CLIENTS_SHELF, row.client_id)
    call.publish(POOLS_SHELF, row.user_pool_id)


async def _add_secret(call: Call, client_id: str, secret: str | None) -> tuple[ClientSecretRow, str]:
    secret = secret or ids.lower_id(_SECRET_LENGTH)
    secret_id = f"{client_id}--{int(call.now * 1000)}{secrets.token_hex(2)}"
    row = ClientSecretRow(
        client_secret_id=secret_id,
        client_id=client_id,
        sealed_secret=call.keys.seal(SECRETS, secret.encode(), secret_id.encode()),
        created_at=call.now,
    )
    call.session.add(row)
    await call.session.flush()
    return row, secret


async def _secrets(call: Call, client_id: str) -> list[ClientSecretRow]:
    query = select(ClientSecretRow).where(ClientSecretRow.client_id == client_id)
    return list(
        await call.session.scalars(query.order_by(ClientSecretRow.created_at, ClientSecretRow.client_secret_id))
    )


def _opened(call: Call, row: ClientSecretRow) -> str:
    return call.keys.open(SECRETS, row.sealed_secret, row.client_secret_id.encode()).decode()


async def _show(call: Call, row: UserPoolClientRow) -> dict[str, Any]:
    shown = {
        "UserPoolId": row.user_pool_id,
        "ClientName": row.name,
        "ClientId": row.client_id,
        **row.settings,
        "CreationDate": moment(row.created_at),
        "LastModifiedDate": moment(row.modified_at),
    }
    known = await _secrets(call, row.client_id)
    return shown | ({"ClientSecret": _opened(call, known[0])} if known else {})


async def describe_user_pool_client(call: Call, params: Params) -> Result:
    """Return a client's settings, and its (older) secret."""
    return {"UserPoolClient": await _show(call, await client_row_of(call, params["UserPoolId"], params["ClientId"]))}


async def update_user_pool_client(call: Call, params: Params) -> Result:
    """Replace a client's settings: what is not given goes back to AWS's default, but for the name."""
    pool = await pool_row_of(call, params["UserPoolId"])
    row = await client_row_of(call, pool.id, params["ClientId"])
    row.settings = settings_of(params, pool.settings, pool.schema)
    row.name = params.get("ClientName") or row.name
    row.modified_at = call.now
    await call.session.flush()
    _changed(call, row)
    return {"UserPoolClient": await _show(call, row)}


async def delete_user_pool_client(call: Call, params: Params) -> Result:
    """Delete a client; its tokens are good for nothing from then on."""
    row = await client_row_of(call, params["UserPoolId"], params["ClientId"])
    await call.session.execute(delete(UserPoolClientRow).where(UserPoolClientRow.client_id == row.client_id))
    _changed(call, row)
    return {}


async def list_user_pool_clients(call: Call, params: Params) -> Result:
    """Return the clients of a pool, by id. None registered itself, so that of the type `DCR` there are none."""
    pool = await pool_row_of(call, params["UserPoolId"])
    size: int = params.get("MaxResults") or _DEFAULT_PAGE
    query = select(UserPoolClientRow).where(UserPoolClientRow.user_pool_id == pool.id)
    query = query.order_by(UserPoolClientRow.client_id).limit(size + 1)
    listing = f"clients of {pool.id}"
    if (position := page_position(call, params, listing)) is not None:
        query = query.where(UserPoolClientRow.client_id > position)
    rows = [] if params.get("ClientType") == "DCR" else list(await call.session.scalars(query))
    return show_page(call, listing, rows, size, lambda row: row.client_id, _show_short, member="UserPoolClients")


def _show_short(row: UserPoolClientRow) -> dict[str, Any]:
    return {"ClientId": row.client_id, "UserPoolId": row.user_pool_id, "ClientName": row.name}


async def add_user_pool_client_secret(call: Call, params: Params) -> Result:
    """Give a client a further secret; both are good until one is deleted."""
    row = await client_row_of(call, params["UserPoolId"], params["ClientId"])
    if len(await _secrets(call, row.client_id)) >= _MOST_SECRETS:
        raise limit_exceeded(f"A client can have at most {_MOST_SECRETS} secrets. Delete one first.")
    made, secret = await _add_secret(call, row.client_id, params.get("ClientSecret"))
    _changed(call, row)
    shown = _show_secret(made)
    # AWS shows a secret that it has made, once, and never the one that it was given.
    return {"ClientSecretDescriptor": shown if params.get("ClientSecret") else shown | {"ClientSecretValue": secret}}


def _show_secret(row: ClientSecretRow) -> dict[str, Any]:
    return {"ClientSecretId": row.client_secret_id, "ClientSecretCreateDate": moment(row.created_at)}


async def list_user_pool_client_secrets(call: Call, params: Params) -> Result:
    """Return which secrets a client has, without their values."""
    row = await client_row_of(call, params["UserPoolId"], params["ClientId"])
    if params.get("NextToken") is not None:
        raise invalid_parameter("Invalid NextToken. A client's secrets are one page.")
    return {"ClientSecrets": [_show_secret(one) for one in await _secrets(call, row.client_id)]}


async def delete_user_pool_client_secret(call: Call, params: Params) -> Result:
    """Delete one of the two secrets of a client; hashes made with it are refused from then on."""
    row = await client_row_of(call, params["UserPoolId"], params["ClientId"])
    known = {one.client_secret_id for one in await _secrets(call, row.client_id)}
    if params["ClientSecretId"] not in known:
        raise not_found(f"Client secret {params['ClientSecretId']} does not exist.")
    if len(known) == 1:
        raise invalid_parameter("The only secret of a client cannot be deleted. Add another one first.")
    chosen = delete(ClientSecretRow).where(ClientSecretRow.client_secret_id == params["ClientSecretId"])
    await call.session.execute(chosen)
    _changed(call, row)
    return {}
