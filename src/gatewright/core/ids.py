"""The identifiers that AWS hands out, made from the system's randomness.

Each has AWS's own length and alphabet, because clients validate them with the patterns of the service models.
"""

import os
import random
import secrets
import string
import uuid
from functools import lru_cache

_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}  # RFC 9562: two bits of a UUID are fixed
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOWER = string.ascii_lowercase + string.digits
_MIXED = string.ascii_letters + string.digits


def _pick(alphabet: str, length: int) -> str:
    """Return random characters, each as likely as any other; some times faster than `secrets.choice` for each."""
    table, unfair = _bytes_to(alphabet)
    picked = b""
    while len(picked) < length:
        picked += os.urandom(length + 8).translate(table, unfair)
    return picked[:length].decode()


@lru_cache(maxsize=8)
def _bytes_to(alphabet: str) -> tuple[bytes, bytes]:
    """Return what a random byte becomes, and which bytes must be drawn anew so that no character is likelier."""
    fair = 256 - 256 % len(alphabet)
    return (alphabet.encode() * 256)[:256], bytes(range(fair, 256))


def request_id() -> str:
    """Return a random UUID (version 4), the form of `x-amzn-RequestId`.

    It has to be unique and not secret, so it is not worth a call of the system for each request; a forked worker is
    seeded anew.
    """
    digits = random.randbytes(16).hex()  # noqa: S311
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"


def lower_id(length: int = 10) -> str:
    """Return a lower-case id as API Gateway makes them for APIs (10 long), resources and deployments (6 long)."""
    return _pick(_LOWER, length)


def unique_id(prefix: str) -> str:
    """Return an IAM unique id of 21 characters: `AROA` role, `AIDA` user, `ANPA` managed policy, `AGPA` group.

    Source: IAM user guide, "IAM identifiers", unique identifiers.
    """
    return prefix + _pick(_BASE32, 21 - len(prefix))


def access_key_id(prefix: str) -> str:
    """Return an access key id of 20 characters: `AKIA` for long-term keys, `ASIA` for temporary ones."""
    return prefix + _pick(_BASE32, 20 - len(prefix))


def secret_access_key() -> str:
    """Return a secret access key of 40 characters, 240 bits of randomness."""
    return secrets.token_urlsafe(30).replace("-", "+").replace("_", "/")


def identity_id(region: str) -> str:
    """Return an identity id or identity pool id, `{region}:{uuid}`."""
    return f"{region}:{uuid.uuid4()}"


def mixed_id(length: int) -> str:
    """Return a mixed-case alphanumeric id."""
    return _pick(_MIXED, length)
