"""Users as rows: found by any name that signs them in, added, changed, and kept in the indexes.

Law: every look-up is by an index. A name belongs to one user of a pool: the username always; an alias (or, where users
sign up with a contact, the contact) is taken from nobody unless the call says so, and then the one who loses it is no
longer verified. Source: Cognito developer guide, "User pool attributes", aliases.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call
from gatewright.services.cognito_idp.faults import alias_exists, invalid_parameter, user_not_found
from gatewright.services.cognito_idp.pools.pool_settings import alias_attributes, is_case_sensitive, username_attributes
from gatewright.services.cognito_idp.tables import AliasRow, SearchRow, UserRow
from gatewright.services.cognito_idp.users.attributes import is_verified
from gatewright.storage.outbox import forget_messages
from gatewright.storage.user_pools import UserPool

UNCONFIRMED, CONFIRMED = "UNCONFIRMED", "CONFIRMED"
FORCE_CHANGE_PASSWORD, RESET_REQUIRED = "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED"  # names of states
SEARCHABLE = ("email", "phone_number", "name", "given_name", "family_name", "preferred_username")
_LONGEST_ALIAS = 512  # characters of a name that signs a user in; the attribute itself may be longer
_INDEXED = 256  # characters of a value; a filter is shorter


def must_reset(user: UserRow) -> bool:
    """Say whether a user must choose a new password before anything else.

    Whoever was imported has none, and may sign in by what needs none: a code, where the pool takes codes as a first
    factor. Source: Cognito developer guide, "Importing users into user pools from a CSV file".
    """
    return user.status == RESET_REQUIRED and user.sealed_password is not None


def name_key(pool: UserPool, name: str) -> str:
    """Return a name as it is compared: in lower case where the pool's names have no case."""
    return name if is_case_sensitive(pool) else name.lower()


def search_key(value: str) -> str:
    """Return an attribute's value as `ListUsers` compares it: searches have no case."""
    return value.lower()[:_INDEXED]


def search_keys(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return by which attributes a user is found, as `ListUsers` compares them."""
    return {name: search_key(attributes[name]) for name in SEARCHABLE if attributes.get(name)}


async def find_user(call: Call, pool: UserPool, name: str) -> UserRow | None:
    """Return the user whom a name signs in: a username, or an alias of the pool."""
    key = name_key(pool, name)
    of_username = select(UserRow).where(UserRow.user_pool_id == pool.id, UserRow.username_key == key)
    user = await call.session.scalar(of_username)
    aliases = alias_attributes(pool) or username_attributes(pool)
    if user is not None or not aliases:
        return user
    of_alias = select(UserRow).join(AliasRow, AliasRow.sub == UserRow.sub)
    of_alias = of_alias.where(AliasRow.user_pool_id == pool.id, AliasRow.name.in_(aliases), AliasRow.value_key == key)
    # Two users may have a value as aliases of different kinds; AWS does not say which wins, so neither does.
    found = list(await call.session.scalars(of_alias.limit(2)))
    return found[0] if len({user.sub for user in found}) == 1 else None


async def user_of(call: Call, pool: UserPool, name: str) -> UserRow:
    """Return a user for an administrator.

    Raises:
        Fault: `UserNotFoundException`.
    """
    user = await find_user(call, pool, name)
    if user is None:
        raise user_not_found()
    return user


def new_user(call: Call, pool: UserPool, username: str | None, attributes: Mapping[str, str], status: str) -> UserRow:
    """Add a row for a new user; without a username it is the `sub`, as where users sign up with a contact."""
    user = UserRow(**user_values(pool, username, attributes, status, call.now))
    call.session.add(user)
    return user


def user_values(
    pool: UserPool, username: str | None, attributes: Mapping[str, str], status: str, now: float
) -> dict[str, Any]:
    """Return the columns of a new user."""
    sub = str(uuid.uuid4())
    username = username or sub
    return {
        "sub": sub,
        "user_pool_id": pool.id,
        "username": username,
        "username_key": name_key(pool, username),
        "status": status,
        "enabled": True,
        "attributes": dict(attributes),
        "sealed_password": None,
        "password_set_at": now,
        "mfa": {},
        "sealed_totp": None,
        "signed_out_at": 0.0,
        "created_at": now,
        "modified_at": now,
    }


def aliases_of(pool: UserPool, attributes: Mapping[str, str], status: str) -> dict[str, str]:
    """Return which names beside the username sign a user in, as they are compared.

    A contact in place of a username does so at once; a contact as an alias once it is verified, and no alias before
    the user is confirmed.

    Raises:
        Fault: `InvalidParameterException`, one is too long to be found by.
    """
    instead = [name for name in username_attributes(pool) if attributes.get(name)]
    if instead or status == UNCONFIRMED:
        return _keys_of(pool, attributes, instead)
    beside = [
        name
        for name in alias_attributes(pool)
        if (attributes.get(name) if name == "preferred_username" else is_verified(attributes, name))
    ]
    return _keys_of(pool, attributes, beside)


def _keys_of(pool: UserPool, attributes: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    keys = {name: name_key(pool, attributes[name]) for name in names}
    for name, key in keys.items():
        if len(key) > _LONGEST_ALIAS:
            raise invalid_parameter(f"{name}: A name to sign in with has at most {_LONGEST_ALIAS} characters.")
    return keys


async def index_user(call: Call, pool: UserPool, user: UserRow, *, takes_aliases: bool = False) -> None:
    """Bring the indexes up to date with a new or changed user.

    With `takes_aliases` (`ForceAliasCreation`), an alias that is another user's becomes this one's.

    Raises:
        Fault: `AliasExistsException`.
    """
    await call.session.flush()
    await _index_aliases(call, pool, user, takes_aliases=takes_aliases)
    wanted = search_keys(user.attributes)
    known = {row.name: row for row in await call.session.scalars(select(SearchRow).where(SearchRow.sub == user.sub))}
    for name, row in known.items():
        if wanted.get(name) != row.value:
            await call.session.delete(row)
    await call.session.flush()
    for name, value in wanted.items():
        if name not in known or known[name].value != value:
            call.session.add(SearchRow(user_pool_id=pool.id, name=name, value=value, sub=user.sub))
    await call.session.flush()


async def _index_aliases(call: Call, pool: UserPool, user: UserRow, *, takes_aliases: bool) -> None:
    wanted = aliases_of(pool, user.attributes, user.status)
    known = {row.name: row for row in await call.session.scalars(select(AliasRow).where(AliasRow.sub == user.sub))}
    for name, row in known.items():
        if wanted.get(name) != row.value_key:
            await call.session.delete(row)
    await call.session.flush()
    for name, key in wanted.items():
        if name in known and known[name].value_key == key:
            continue
        owner = await call.session.get(AliasRow, (pool.id, name, key))
        if owner is not None:
            if not takes_aliases:
                raise alias_exists(name)
            await _take_alias(call, owner)
        call.session.add(AliasRow(user_pool_id=pool.id, name=name, value_key=key, sub=user.sub))
    await call.session.flush()


async def _take_alias(call: Call, owner: AliasRow) -> None:
    loser = await call.session.get(UserRow, owner.sub)
    if loser is not None and owner.name != "preferred_username":
        loser.attributes = {**loser.attributes, f"{owner.name}_verified": "false"}
        loser.modified_at = call.now
    await call.session.delete(owner)
    await call.session.flush()


async def is_free(call: Call, pool: UserPool, user: UserRow, name: str, value: str) -> bool:
    """Say whether a contact, once it is verified, would take no other user's name away."""
    wanted = aliases_of(pool, {**user.attributes, name: value, f"{name}_verified": "true"}, user.status)
    if name not in wanted:
        return True
    owner = await call.session.get(AliasRow, (pool.id, name, wanted[name]))
    return owner is None or owner.sub == user.sub


async def name_is_taken(call: Call, pool: UserPool, attributes: Mapping[str, str]) -> str | None:
    """Return the contact of a new user that another one has in place of a username, None where there is none."""
    for name in username_attributes(pool):
        value = attributes.get(name)
        if value and await call.session.get(AliasRow, (pool.id, name, name_key(pool, value))) is not None:
            return name
    return None


async def delete_user_row(call: Call, user: UserRow) -> None:
    """Delete a user and all that belongs to them; their tokens are dead from then on."""
    await call.session.execute(delete(UserRow).where(UserRow.sub == user.sub))
    await forget_messages(call.session, sub=user.sub)
