"""Passwords of users: how they are kept, checked and replaced.

Law: of a password only its SRP verifier is kept, sealed with the user's `sub` as context; a plain password is checked
by making the verifier anew. The verifier is bound to pool and username, so that it is good for nobody else.
Source: Cognito developer guide, "Adding user pool password requirements".
"""

from typing import NamedTuple

import msgspec
from sqlalchemy import delete, func, select

from gatewright.control.service import Call
from gatewright.services.cognito_idp.pools.password_policy import check_password
from gatewright.services.cognito_idp.pools.pool_settings import password_policy
from gatewright.services.cognito_idp.sign_in import srp
from gatewright.services.cognito_idp.tables import PasswordHistoryRow, UserRow
from gatewright.storage.keys import SECRETS, Keys
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

_SALT_BYTES, _VERIFIER_BYTES = 16, 384
_DAY = 86_400


class Verifier(NamedTuple):
    """What is kept of a password."""

    salt: int
    verifier: int


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    salt: bytes
    verifier: bytes


def pool_name(user_pool_id: str) -> str:
    """Return the part of a pool's id that SRP reckons with."""
    return user_pool_id.partition("_")[2]


def seal_verifier(keys: Keys, context: str, kept: Verifier) -> bytes:
    """Seal a verifier; the same context (`sub` of a user, key of a device) opens it."""
    plain = _Kept(kept.salt.to_bytes(_SALT_BYTES, "big"), kept.verifier.to_bytes(_VERIFIER_BYTES, "big"))
    return keys.seal(SECRETS, msgspec.msgpack.encode(plain), context.encode())


def open_verifier(keys: Keys, context: str, sealed: bytes) -> Verifier:
    """Open a verifier."""
    kept = msgspec.msgpack.decode(keys.open(SECRETS, sealed, context.encode()), type=_Kept)
    return Verifier(int.from_bytes(kept.salt, "big"), int.from_bytes(kept.verifier, "big"))


def is_password(keys: Keys, user: UserRow, sealed: bytes | None, password: str) -> bool:
    """Say whether a password is the one that was sealed for a user; takes a millisecond or two."""
    if sealed is None:
        return False
    kept = open_verifier(keys, user.sub, sealed)
    made = srp.verifier(pool_name(user.user_pool_id), user.username, password, kept.salt)
    return srp.stands_for(made, kept.verifier)


def sealed_password(keys: Keys, user_pool_id: str, username: str, sub: str, password: str) -> bytes:
    """Return what is kept of a user's new password."""
    salt = srp.new_salt()
    made = srp.verifier(pool_name(user_pool_id), username, password, salt)
    return seal_verifier(keys, sub, Verifier(salt, made))


async def set_password(
    call: Call, pool: UserPool, user: UserRow, password: str, *, checks_history: bool = True
) -> None:
    """Replace a user's password by one that the policy takes.

    An administrator's temporary password is not compared with older ones (`checks_history` false).

    Raises:
        Fault: `InvalidPasswordException`, `PasswordHistoryPolicyViolationException`.
    """
    policy = password_policy(pool)
    check_password(policy, password)
    remembered = int(policy.get("PasswordHistorySize") or 0)
    if checks_history and remembered:
        await _must_be_new(call, user, password, remembered)
    if user.sealed_password is not None and remembered:
        await _remember(call, user, remembered)
    user.sealed_password = sealed_password(call.keys, pool.id, user.username, user.sub, password)
    user.password_set_at = call.now
    user.modified_at = call.now


async def _must_be_new(call: Call, user: UserRow, password: str, remembered: int) -> None:
    """Refuse the current password and those before it; AWS's history counts the current one."""
    query = select(PasswordHistoryRow.sealed_password).where(PasswordHistoryRow.sub == user.sub)
    older = await call.session.scalars(query.order_by(PasswordHistoryRow.number.desc()).limit(remembered - 1))
    known = [user.sealed_password, *older]
    if any(is_password(call.keys, user, sealed, password) for sealed in known):
        raise Fault(
            "PasswordHistoryPolicyViolationException",
            f"Password was used before. The password policy forbids the last {remembered}.",
            400,
        )


async def _remember(call: Call, user: UserRow, remembered: int) -> None:
    highest = select(func.max(PasswordHistoryRow.number)).where(PasswordHistoryRow.sub == user.sub)
    number = (await call.session.scalar(highest) or 0) + 1
    assert user.sealed_password is not None
    call.session.add(PasswordHistoryRow(sub=user.sub, number=number, sealed_password=user.sealed_password))
    old = delete(PasswordHistoryRow).where(
        PasswordHistoryRow.sub == user.sub, PasswordHistoryRow.number <= number - remembered
    )
    await call.session.execute(old)


def temporary_password_expired(pool: UserPool, user: UserRow, now: float) -> bool:
    """Say whether a user's temporary password is too old to sign in with."""
    if user.status != "FORCE_CHANGE_PASSWORD":
        return False
    days = int(password_policy(pool)["TemporaryPasswordValidityDays"])
    return now >= user.password_set_at + days * _DAY
