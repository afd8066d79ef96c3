"""Users as the API shows them, and what users do with their own attributes. Source: Cognito API reference.

Law: an access token says whose attributes are changed, and its client which may be. A contact that changes is proved by
a code before it counts as verified; where the pool says so, before it changes at all.
"""

from collections.abc import Container, Mapping
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.messages.messages import Kind
from gatewright.services.cognito_idp.pools.client_settings import writable
from gatewright.services.cognito_idp.pools.pool_settings import (
    auto_verified,
    username_attributes,
    verified_before_update,
)
from gatewright.services.cognito_idp.pools.user_pools import moment
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.services.cognito_idp.users.attributes import (
    CONTACTS,
    changed_attributes,
    given_attributes,
    must_be_writable,
    without,
)
from gatewright.services.cognito_idp.users.codes import FORGOT_PASSWORD, discard_code, purpose_of_attribute
from gatewright.services.cognito_idp.users.contact_verification import send_verification
from gatewright.services.cognito_idp.users.directory import delete_user_row, index_user
from gatewright.storage.user_pools import UserPool


def attribute_list(user: UserRow, names: Container[str] | None = None) -> list[dict[str, str]]:
    """Return a user's attributes as the API lists them, `sub` among them; of some names only, if given."""
    attributes = {"sub": user.sub, **user.attributes}
    return [{"Name": name, "Value": value} for name, value in attributes.items() if names is None or name in names]


def show_user(user: UserRow, names: Container[str] | None = None) -> dict[str, Any]:
    """Return a user as lists and `AdminCreateUser` show them."""
    return {"Username": user.username, "Attributes": attribute_list(user, names), **state_of(user)}


def state_of(user: UserRow) -> dict[str, Any]:
    """Return what is said of a user beside the attributes."""
    return {
        "UserCreateDate": moment(user.created_at),
        "UserLastModifiedDate": moment(user.modified_at),
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }


def mfa_of(user: UserRow) -> dict[str, Any]:
    """Return a user's second factors as the API shows them."""
    shown: dict[str, Any] = {}
    if user.mfa.get("enabled"):
        shown["UserMFASettingList"] = user.mfa["enabled"]
    if user.mfa.get("preferred"):
        shown["PreferredMfaSetting"] = user.mfa["preferred"]
    return shown


async def write_attributes(call: Call, pool: UserPool, user: UserRow, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """Change attributes of a user, and send codes to new contacts; returns where the codes went.

    Raises:
        Fault: `InvalidParameterException`, `AliasExistsException`, `LimitExceededException` …
    """
    waiting = {
        name: given[name]
        for name in verified_before_update(pool)
        if given.get(name) and given[name] != user.attributes.get(name) and given.get(f"{name}_verified") != "true"
    }
    user.attributes, changed = changed_attributes(
        pool, user.attributes, {name: value for name, value in given.items() if name not in waiting}
    )
    _must_keep_a_name(pool, user)
    user.modified_at = call.now
    await index_user(call, pool, user)
    await _forget_codes(call, user, (*changed, *waiting))
    sent = []
    for name in CONTACTS:
        unproved = (
            name in changed and name in auto_verified(pool) and user.attributes.get(f"{name}_verified") == "false"
        )
        if name in waiting or (unproved and user.attributes.get(name)):
            value = waiting.get(name) or user.attributes[name]
            sent.append(await send_verification(call, pool, user, name, value, Kind.UPDATE_USER_ATTRIBUTE))
    return sent


def _must_keep_a_name(pool: UserPool, user: UserRow) -> None:
    names = username_attributes(pool)
    if names and not any(user.attributes.get(name) for name in names):
        raise invalid_parameter(f"User must keep {' or '.join(names)}, which signs the user in.")


async def _forget_codes(call: Call, user: UserRow, contacts: tuple[str, ...]) -> None:
    """Make codes that went to a contact of before good for nothing."""
    for name in contacts:
        await discard_code(call, user, purpose_of_attribute(name))
    if contacts:
        await discard_code(call, user, FORGOT_PASSWORD)


async def remove_attributes(call: Call, pool: UserPool, user: UserRow, names: list[str]) -> None:
    """Delete attributes of a user.

    Raises:
        Fault: `InvalidParameterException`, one is required, unknown or not to be changed.
    """
    unknown = [name for name in names if name not in pool.schema]
    if unknown:
        raise invalid_parameter(f"{unknown[0]}: Attribute does not exist in the schema.")
    if "identities" in names:  # it shows links, which are taken away by themselves
        raise invalid_parameter("Cannot modify the non-mutable attribute identities")
    fixed = [name for name in names if not pool.schema[name]["Mutable"] and name in user.attributes]
    if fixed:
        raise invalid_parameter("".join(f"user.{name}: Attribute cannot be updated.\n" for name in fixed))
    user.attributes = without(pool, user.attributes, names)
    _must_keep_a_name(pool, user)
    user.modified_at = call.now
    await index_user(call, pool, user)
    await _forget_codes(call, user, tuple(name for name in names if name in CONTACTS))


async def update_user_attributes(call: Call, params: Params) -> Result:
    """Change attributes of the user who shows the token."""
    me = await read_access_token(call, params["AccessToken"])
    given = given_attributes(me.pool, params["UserAttributes"])
    must_be_writable(writable(me.client, me.pool), given)
    return {"CodeDeliveryDetailsList": await write_attributes(call, me.pool, me.user, given)}


async def delete_user_attributes(call: Call, params: Params) -> Result:
    """Delete attributes of the user who shows the token."""
    me = await read_access_token(call, params["AccessToken"])
    must_be_writable(writable(me.client, me.pool), params["UserAttributeNames"])
    await remove_attributes(call, me.pool, me.user, params["UserAttributeNames"])
    return {}


async def delete_user(call: Call, params: Params) -> Result | None:
    """Delete the user who shows the token."""
    me = await read_access_token(call, params["AccessToken"])
    await delete_user_row(call, me.user)
    return None
