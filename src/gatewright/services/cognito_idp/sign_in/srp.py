"""Secure Remote Password, as Cognito speaks it: a password is proved and never sent. Pure.

In: a salt and a verifier, the client's public value A, its claim. Out: the public value B, and whether the claim is
that of somebody who knows the password. Law: the server keeps only `g^x`, with which nobody can play the client; every
number that comes from outside is checked before it is reckoned with; what is secret is compared in constant time.

It is SRP-6a (RFC 5054) over the 3072-bit group with g = 2, and with Cognito's own last steps: the session key is cut to
16 bytes by HKDF, and the claim is an HMAC over pool, user, secret block and timestamp. Numbers are hashed as the
shortest two's complement, as Java's `BigInteger` writes its bytes.
Source: RFC 5054 (appendix A), RFC 5869; Cognito developer guide, "Authentication flows".
"""

import hashlib
import hmac
import re
import secrets
from functools import cache
from typing import NamedTuple

from gmpy2 import mpz, powmod

_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
_N = mpz(_PRIME)
_G = mpz(2)
_WINDOW = 6  # bits of an exponent that are reckoned with at once
_WINDOWS = -(-256 // _WINDOW)  # every exponent is a hash or a private number, of 256 bits
_INFO = b"Caldera Derived Key"
_KEY_BYTES = 16
_SALT_BYTES = 16
_PRIVATE_BYTES = 32  # an exponent of 256 bits is as strong as the group
_LONGEST = 3072 // 4 + 2  # hexadecimal digits of a number of the group, with a zero byte before it
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")


class BadPublicValue(Exception):  # the service knows which of its errors this is
    """The client's A is no number that an honest client sends."""


class Ephemeral(NamedTuple):
    """The server's half of one exchange: the private number stays here, sealed."""

    private: int
    public: int


def _bytes_of(number: int) -> bytes:
    """Return the shortest two's complement of a number that is not negative."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


_K = mpz(_hash(_bytes_of(_PRIME), _bytes_of(2)))


@cache
def _powers() -> tuple[tuple[mpz, ...], ...]:
    """Return `g^(digit * 64^place)` for every place and digit: 1.3 MB, made in 10 ms when somebody first signs in."""
    table, base = [], _G
    for _ in range(_WINDOWS):
        row = [mpz(1)]
        for _ in range(2**_WINDOW - 1):
            row.append(row[-1] * base % _N)
        table.append(tuple(row))
        base = row[-1] * base % _N
    return tuple(table)


def power_of_generator(exponent: int) -> mpz:
    """Return `g^exponent` modulo N: the base never changes, so its powers are known and only multiplied.

    Like `powmod` it is not of constant time in the exponent: that is drawn anew for each exchange, or salted by us.
    """
    if not 0 <= exponent < 1 << _WINDOW * _WINDOWS:
        raise ValueError("an exponent has 256 bits at most")
    power = mpz(1)
    for row in _powers():
        power = power * row[exponent & (2**_WINDOW - 1)] % _N
        exponent >>= _WINDOW
    return power


def new_salt() -> int:
    """Return a random salt."""
    return int.from_bytes(secrets.token_bytes(_SALT_BYTES), "big")


def verifier(pool_name: str, username: str, password: str, salt: int) -> int:
    """Return what is kept in place of a password.

    `pool_name` is the part of the pool's id after the `_`; for a device's password it is the device group's key, and
    `username` the device's key.
    """
    identity = hashlib.sha256(f"{pool_name}{username}:{password}".encode()).digest()
    return int(power_of_generator(_hash(_bytes_of(salt), identity)))


def read_public(text: str) -> int:
    """Return the client's A.

    Raises:
        BadPublicValue: it is no hexadecimal number, or one with which anybody could sign in (a multiple of N).
    """
    if len(text) > _LONGEST or not _HEXADECIMAL.fullmatch(text):
        raise BadPublicValue
    public = int(text, 16)
    if not 0 < public < _PRIME:
        raise BadPublicValue
    return public


def exchange(verifier: int) -> Ephemeral:
    """Return the server's half of a new exchange about a password."""
    private = int.from_bytes(secrets.token_bytes(_PRIVATE_BYTES), "big")
    return Ephemeral(private, int((_K * verifier + power_of_generator(private)) % _N))


def session_key(client_public: int, ephemeral: Ephemeral, verifier: int) -> bytes | None:
    """Return the key that both sides know where the client knows the password; None where no honest exchange ends so.

    `client_public` comes from `read_public`.
    """
    scramble = _hash(_bytes_of(client_public), _bytes_of(ephemeral.public))
    if scramble == 0:
        return None
    shared = int(powmod(client_public * powmod(verifier, scramble, _N), ephemeral.private, _N))
    extracted = hmac.digest(_bytes_of(scramble), _bytes_of(shared), "sha256")
    return hmac.digest(extracted, _INFO + b"\x01", "sha256")[:_KEY_BYTES]


def claim(key: bytes, pool_name: str, username: str, secret_block: bytes, timestamp: str) -> bytes:
    """Return the proof that somebody has the session key."""
    return hmac.digest(key, f"{pool_name}{username}".encode() + secret_block + timestamp.encode(), "sha256")


def is_claim(given: bytes, expected: bytes) -> bool:
    """Compare a claim in constant time."""
    return hmac.compare_digest(given, expected)


def stands_for(verifier_a: int, verifier_b: int) -> bool:
    """Say in constant time whether two verifiers are the same."""
    return hmac.compare_digest(verifier_a.to_bytes(384, "big"), verifier_b.to_bytes(384, "big"))
