"""Passwords of users: how they are kept, and what an account's policy asks of new ones. Pure, but slow on purpose.

In: a password. Out: a hash, or the rule that it breaks. Law: a password is never stored; hashes are stored sealed, so
that a copied database alone does not even allow guessing. The salt is the user's unique id, which no two users share
and which a caller shows before anything is read; a user's own hashes may then be compared with each other, which is how
reuse is found with one computation. Source: IAM user guide, "Set an account password policy for IAM users".
"""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from gatewright.wire.faults import Fault

_N, _R, _P = 2**14, 8, 5  # 16 MiB and a fifth of a second
_BYTES = 32
_SYMBOLS = frozenset("!@#$%^&*()_+-=[]{}|'")
_DEFAULT_LENGTH = 8  # without a policy; with one, what is not said is 6
_KINDS = (
    ("RequireUppercaseCharacters", "uppercase letter", lambda c: "A" <= c <= "Z"),
    ("RequireLowercaseCharacters", "lowercase letter", lambda c: "a" <= c <= "z"),
    ("RequireNumbers", "number", lambda c: "0" <= c <= "9"),
    ("RequireSymbols", "symbol", lambda c: c in _SYMBOLS),
)


class Hashes(msgspec.Struct, frozen=True):
    """The hashes of one user's passwords, the current one first."""

    scheme: str
    hashes: tuple[bytes, ...]


SCHEME = f"scrypt n={_N} r={_R} p={_P}"


async def hash_password(user_id: str, password: str) -> bytes:
    """Return the hash of a password, computed beside the event loop."""
    return await asyncio.to_thread(
        hashlib.scrypt, password.encode(), salt=user_id.encode(), n=_N, r=_R, p=_P, maxmem=2**26, dklen=_BYTES
    )


def is_among(digest: bytes, hashes: tuple[bytes, ...]) -> bool:
    """Say whether a hash is one of some, in a time that does not tell which."""
    found = False
    for known in hashes:
        found |= hmac.compare_digest(known, digest)
    return found


def check_password(password: str, policy: Mapping[str, Any] | None, account_names: frozenset[str]) -> None:
    """Refuse a password that the account's policy does not take; `account_names` are its id and its alias.

    Raises:
        Fault: `PasswordPolicyViolation`.
    """
    if policy is None:
        kinds = sum(any(map(is_one, password)) for _, _, is_one in _KINDS)
        if len(password) < _DEFAULT_LENGTH or kinds < 3 or password in account_names:
            raise violation(
                "Password does not conform to the account password policy. Without a policy of its own it needs "
                f"{_DEFAULT_LENGTH} characters, of three of the kinds uppercase, lowercase, numbers and symbols, and "
                "must not be the account's name."
            )
        return
    if len(password) < policy["MinimumPasswordLength"]:
        raise violation(f"Password should have a minimum length of {policy['MinimumPasswordLength']}")
    for member, noun, is_one in _KINDS:
        if policy[member] and not any(map(is_one, password)):
            raise violation(f"Password should have at least one {noun}")


def violation(message: str) -> Fault:
    """Return the answer to a password that the policy does not take."""
    return Fault("PasswordPolicyViolation", message, 400)
