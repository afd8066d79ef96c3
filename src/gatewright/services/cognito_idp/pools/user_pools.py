"""User pools: `CreateUserPool` …, and their tags. Source: Cognito API reference.

Law: what a pool is made with and AWS does not let be changed (schema of the standard attributes, aliases, names and
their case) is never changed; a pool that is protected is not deleted. An ARN is taken in its one spelling only, because
that is what the caller was allowed for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.cognito_idp.faults import invalid_parameter, not_found
from gatewright.services.cognito_idp.importing.tables import ImportJobRow
from gatewright.services.cognito_idp.messages.messages import must_have_channel
from gatewright.services.cognito_idp.pools.estimated_users import estimated_users
from gatewright.services.cognito_idp.pools.find import page_position, pool_row_of, show_page
from gatewright.services.cognito_idp.pools.pool_settings import is_lite, not_in_tier, settings_of
from gatewright.services.cognito_idp.pools.token_signing_keys import add_keys, make_key_pairs
from gatewright.services.cognito_idp.pools.user_pool_schema import schema_of
from gatewright.services.cognito_idp.pools.web_authn_configuration import must_agree
from gatewright.services.cognito_idp.tables import SigningKeyRow, UserPoolClientRow, UserPoolRow
from gatewright.storage.outbox import forget_messages
from gatewright.storage.user_pools import CLIENTS_SHELF, POOLS_SHELF

_ID_LENGTH = 9
_MOST_TAGS = 50
_AT_ONCE = 1_000  # users that are deleted while somebody waits
_SMS_MFA = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"


def moment(at: float) -> datetime:
    """Return a time as the API shows it: to the millisecond."""
    return datetime.fromtimestamp(round(at, 3), UTC)


async def create_user_pool(call: Call, params: Params) -> Result:
    """Make a pool, with the keys that will sign its tokens."""
    settings = settings_of(params)
    must_have_channel(call, settings)
    _check_mfa(settings, {})
    schema = schema_of(params.get("Schema") or ())
    _check_aliases(settings, schema)
    tags = _tags({}, params.get("UserPoolTags") or {})
    pairs = await make_key_pairs()
    row = UserPoolRow(
        id=f"{call.region}_{ids.mixed_id(_ID_LENGTH)}",
        account=call.account,
        region=call.region,
        name=params["PoolName"],
        settings=settings,
        schema=schema,
        mfa={},
        tags=tags,
        sessions={},
        created_at=call.now,
        modified_at=call.now,
    )
    call.session.add(row)
    await call.session.flush()
    add_keys(call, row.id, pairs)
    await call.session.flush()
    call.publish(POOLS_SHELF, row.id)
    return {"UserPool": show_pool(row, users=0)}


def _check_mfa(settings: Mapping[str, Any], mfa: Mapping[str, Any]) -> None:
    """Refuse a second factor that no user could have."""
    totp = mfa.get("SoftwareTokenMfaConfiguration") or {}  # None where SetUserPoolMfaConfig left it out
    has_other = totp.get("Enabled") or mfa.get("EmailMfaConfiguration") is not None
    if settings["MfaConfiguration"] != "OFF" and not settings.get("SmsConfiguration") and not has_other:
        raise invalid_parameter(f"{_SMS_MFA}, unless SetUserPoolMfaConfig enables another factor.")
    must_agree(settings, mfa)


def _check_tier(settings: Mapping[str, Any], mfa: Mapping[str, Any]) -> None:
    """Refuse to move a pool to a feature plan that has not what `SetUserPoolMfaConfig` has set."""
    for member in ("EmailMfaConfiguration", "WebAuthnConfiguration"):
        if is_lite(settings) and mfa.get(member) is not None:
            raise not_in_tier(f"The {member} that the user pool has")


def _check_aliases(settings: Mapping[str, Any], schema: list[dict[str, Any]]) -> None:
    required = {attribute["Name"] for attribute in schema if attribute["Required"]}
    if "preferred_username" in required and "preferred_username" in (settings.get("AliasAttributes") or ()):
        raise invalid_parameter("preferred_username can not be both required and an alias.")


def show_pool(row: UserPoolRow, users: int) -> dict[str, Any]:
    """Return a pool as AWS answers it."""
    return {
        "Id": row.id,
        "Name": row.name,
        **row.settings,
        "SchemaAttributes": row.schema,
        "UserPoolTags": row.tags,
        "EstimatedNumberOfUsers": users,
        "Arn": arn_of(row),
        "CreationDate": moment(row.created_at),
        "LastModifiedDate": moment(row.modified_at),
    }


def arn_of(row: UserPoolRow) -> str:
    """Return the ARN of a pool."""
    return f"arn:aws:cognito-idp:{row.region}:{row.account}:userpool/{row.id}"


async def describe_user_pool(call: Call, params: Params) -> Result:
    """Return a pool's settings."""
    row = await pool_row_of(call, params["UserPoolId"])
    return {"UserPool": show_pool(row, users=await estimated_users(call, row.id))}


async def update_user_pool(call: Call, params: Params) -> Result:
    """Replace a pool's settings: what is not given goes back to AWS's default, but for the name and the tags."""
    row = await pool_row_of(call, params["UserPoolId"])
    settings = settings_of(params, before=row.settings)
    must_have_channel(call, settings)
    _check_mfa(settings, row.mfa)
    _check_tier(settings, row.mfa)
    row.settings = settings
    if params.get("PoolName") is not None:
        row.name = params["PoolName"]
    if params.get("UserPoolTags") is not None:
        row.tags = _tags({}, params["UserPoolTags"])
    row.modified_at = call.now
    await call.session.flush()
    call.publish(POOLS_SHELF, row.id)
    return {}


async def delete_user_pool(call: Call, params: Params) -> Result:
    """Delete a pool with its clients, groups and users; its tokens are good for nothing from then on.

    Many users are deleted in the background (`tokens/sweeping.py`): nobody else could write for as long as it takes.
    """
    row = await pool_row_of(call, params["UserPoolId"])
    if row.settings["DeletionProtection"] == "ACTIVE":
        raise invalid_parameter(
            "The user pool cannot be deleted because deletion protection is activated. "
            "Deletion protection must be inactivated first."
        )
    clients = select(UserPoolClientRow.client_id).where(UserPoolClientRow.user_pool_id == row.id)
    for client_id in await call.session.scalars(clients):
        call.publish(CLIENTS_SHELF, client_id)
    if await estimated_users(call, row.id) > _AT_ONCE:
        row.deleted = True
        for belongings in (UserPoolClientRow, SigningKeyRow, ImportJobRow):
            await call.session.execute(delete(belongings).where(belongings.user_pool_id == row.id))
    else:
        await call.session.execute(delete(UserPoolRow).where(UserPoolRow.id == row.id))
    await forget_messages(call.session, user_pool_id=row.id)
    call.publish(POOLS_SHELF, row.id)
    return {}


async def list_user_pools(call: Call, params: Params) -> Result:
    """Return the pools of a region, by id."""
    size: int = params["MaxResults"]
    seen = (UserPoolRow.region == call.region, UserPoolRow.deleted.is_(False))
    query = select(UserPoolRow).where(*seen).order_by(UserPoolRow.id).limit(size + 1)
    if (position := page_position(call, params, "pools")) is not None:
        query = query.where(UserPoolRow.id > position)
    rows = list(await call.session.scalars(query))
    return show_page(call, "pools", rows, size, lambda row: row.id, _show_short, member="UserPools")


def _show_short(row: UserPoolRow) -> dict[str, Any]:
    return {
        "Id": row.id,
        "Name": row.name,
        "LambdaConfig": {},
        "CreationDate": moment(row.created_at),
        "LastModifiedDate": moment(row.modified_at),
    }


async def _tagged(call: Call, params: Params) -> UserPoolRow:
    """Return the pool of an ARN, in its one spelling only, because that is what the caller was allowed for."""
    arn, prefix = params["ResourceArn"], f"arn:aws:cognito-idp:{call.region}:{call.account}:userpool/"
    if not arn.startswith(prefix):
        raise not_found(f"{arn} is not the ARN of a user pool of this account and region.")
    return await pool_row_of(call, arn.removeprefix(prefix))


def _tags(before: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    tags = {**before, **added}
    if len(tags) > _MOST_TAGS:
        raise invalid_parameter(f"A user pool can have at most {_MOST_TAGS} tags.")
    if any(key.lower().startswith("aws:") for key in added):
        raise invalid_parameter("Tag keys that begin with aws: are reserved.")
    return tags


async def tag_resource(call: Call, params: Params) -> Result:
    """Set tags of a pool."""
    row = await _tagged(call, params)
    row.tags = _tags(row.tags, params["Tags"])
    await call.session.flush()
    call.publish(POOLS_SHELF, row.id)
    return {}


async def untag_resource(call: Call, params: Params) -> Result:
    """Take tags of a pool away; one that is not there is no error."""
    row = await _tagged(call, params)
    row.tags = {key: value for key, value in row.tags.items() if key not in params["TagKeys"]}
    await call.session.flush()
    call.publish(POOLS_SHELF, row.id)
    return {}


async def list_tags_for_resource(call: Call, params: Params) -> Result:
    """Return a pool's tags."""
    return {"Tags": (await _tagged(call, params)).tags}
