"""Whom a name stands for at a sign-in; and what stands for nobody, which must look the same.

In: the name that a client gives. Out: a user, or a made-up one. Law: where the client hides who exists, a name that is
nobody's costs the same work, meets the same lock and shows a salt that never changes, so that neither text nor status
nor time tells. Source: Cognito developer guide, "Managing error responses".
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from gatewright.control.service import Call
from gatewright.services.cognito_idp.faults import user_not_found
from gatewright.services.cognito_idp.pools.client_settings import hides_users
from gatewright.services.cognito_idp.pools.pool_settings import alias_attributes, username_attributes
from gatewright.services.cognito_idp.sign_in.lockout import scope_of_stranger, scope_of_user
from gatewright.services.cognito_idp.tables import AliasRow, UserRow
from gatewright.services.cognito_idp.users.attributes import looks_like_an_alias
from gatewright.services.cognito_idp.users.directory import name_key
from gatewright.services.cognito_idp.users.passwords import Verifier, open_verifier
from gatewright.storage.look_up import read_only
from gatewright.storage.user_pools import UserPool, UserPoolClient

_PURPOSE = "users who do not exist"
_SALT_BYTES = 16
_VERIFIER_BYTES = 384  # as a number of the group


_TABLE: Any = UserRow.__table__
_COLUMNS = tuple(_TABLE.columns.keys())
_BY_SUB = select(_TABLE).where(_TABLE.c.sub == bindparam("sub"))
_BY_NAME = select(_TABLE).where(_TABLE.c.user_pool_id == bindparam("pool"), _TABLE.c.username_key == bindparam("key"))
_BY_ALIAS = select(AliasRow.sub).where(
    AliasRow.user_pool_id == bindparam("pool"),
    AliasRow.name == bindparam("name"),
    AliasRow.value_key == bindparam("key"),
)


async def user_by_sub(call: Call, sub: str) -> UserRow | None:
    """Return a user to look at: what is changed of it is not kept."""
    return _first(await call.look_up(_BY_SUB, sub=sub))


async def _user_named(call: Call, pool: UserPool, name: str) -> UserRow | None:
    """Return the user whom a name signs in, as `directory.find_user` does, at the price of a look-up or two."""
    key = name_key(pool, name)
    user = _first(await call.look_up(_BY_NAME, pool=pool.id, key=key))
    aliases = alias_attributes(pool) or username_attributes(pool)
    if user is not None or not aliases:
        return user
    found = {sub for alias in aliases for (sub,) in await call.look_up(_BY_ALIAS, pool=pool.id, name=alias, key=key)}
    return await user_by_sub(call, found.pop()) if len(found) == 1 else None


def _first(rows: Sequence[tuple[Any, ...]]) -> UserRow | None:
    return read_only(UserRow, _COLUMNS, rows[0]) if rows else None


class Candidate(NamedTuple):
    """Whom a password would have to be of."""

    user: UserRow | None
    username: str  # USER_ID_FOR_SRP
    scope: str  # of the lock
    kept: Verifier


async def candidate_of(call: Call, pool: UserPool, client: UserPoolClient, name: str) -> Candidate:
    """Return whom a name stands for.

    Raises:
        Fault: `UserNotFoundException`, where the client does not hide who exists.
    """
    user = await _user_named(call, pool, name)
    if user is None and not hides_users(client):
        raise user_not_found()
    return candidate(call, pool, user, name)


async def same_candidate(call: Call, pool: UserPool, sub: str, name: str) -> Candidate:
    """Return the candidate of a sign-in that has begun: by `sub`, as names can change hands in between."""
    user = await user_by_sub(call, sub)
    if user is not None and user.user_pool_id != pool.id:
        user = None
    return candidate(call, pool, user, name)


def candidate(call: Call, pool: UserPool, user: UserRow | None, name: str) -> Candidate:
    """Return a user, or what stands for nobody, as a candidate. Whoever has no password has one that nobody knows."""
    if user is not None:
        kept = (
            open_verifier(call.keys, user.sub, user.sealed_password)
            if user.sealed_password is not None
            else _made_up(call, pool, user.sub)
        )
        return Candidate(user, user.username, scope_of_user(user.sub), kept)
    key = name_key(pool, name)
    return Candidate(None, _username(call, pool, name, key), scope_of_stranger(pool.id, key), _made_up(call, pool, key))


def _username(call: Call, pool: UserPool, name: str, key: str) -> str:
    """Return the username of nobody.

    Where users sign in with an attribute, usernames are made by the pool; and an alias is nobody's username.
    """
    if not username_attributes(pool) and not looks_like_an_alias(pool, name):
        return key
    digest = call.keys.keyed_hash(_PURPOSE, f"username {pool.id} {key}".encode())
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _made_up(call: Call, pool: UserPool, key: str) -> Verifier:
    seed = call.keys.keyed_hash(_PURPOSE, f"password {pool.id} {key}".encode())
    drawn = hashlib.shake_256(seed).digest(_SALT_BYTES + _VERIFIER_BYTES)
    # Half of it is below the prime, as every verifier is; nobody knows of what password.
    return Verifier(int.from_bytes(drawn[:_SALT_BYTES], "big"), int.from_bytes(drawn[_SALT_BYTES:], "big") >> 1)
