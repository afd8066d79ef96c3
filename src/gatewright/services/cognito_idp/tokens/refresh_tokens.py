"""Refresh tokens: sealed names of a session. Pure.

In: the session that a token is of, and the token's number in it. Out: a token, and back. Law: a token says nothing to
whoever holds it, is good for its client only, and has one spelling; whether its session lives is for the database.
Source: Cognito developer guide, "Refresh tokens".
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from gatewright.storage.keys import Keys, SealBroken
from gatewright.storage.user_pools import UserPoolClient

_PURPOSE = "refresh tokens"
_LONGEST = 1_024  # characters


class BadRefreshToken(Exception):  # the operation knows which of its errors this is
    """It was not given out to this client by this installation."""


def seal_refresh_token(keys: Keys, client: UserPoolClient, origin_jti: str, rotation: int) -> str:
    """Return the token of a session with this number."""
    sealed = keys.seal(_PURPOSE, msgspec.msgpack.encode((origin_jti, rotation)), client.client_id.encode())
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_refresh_token(keys: Keys, client: UserPoolClient, token: str) -> tuple[str, int]:
    """Return the session of a token, and its number.

    Raises:
        BadRefreshToken: it is not ours, not this client's, or not as it was.
    """
    if len(token) > _LONGEST:
        raise BadRefreshToken
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if urlsafe_b64encode(sealed).rstrip(b"=").decode() != token:
            raise BadRefreshToken
        plain = keys.open(_PURPOSE, sealed, client.client_id.encode())
    except (ValueError, SealBroken):
        raise BadRefreshToken from None
    return msgspec.msgpack.decode(plain, type=tuple[str, int])
