"""The identifiers that AWS hands out, made from the system's randomness.

Each has AWS's own length and alphabet, because clients validate them with the patterns of the service models.
"""

import secrets
import string
import uuid

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOWER = string.ascii_lowercase + string.digits
_MIXED = string.ascii_letters + string.digits


def _pick(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def request_id() -> str:
    """Return a UUID, the form of `x-amzn-RequestId`."""
    return str(uuid.uuid4())


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
