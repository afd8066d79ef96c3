"""Is this token a user pool's, for one of its clients, and still good? Asked by the gateway and by identity pools.

In: a token, the pool that it must be of, the time. Out: a `PoolToken`. Law: the signature is checked before anything in
the token is believed; the algorithm is the key's; a pool, a key or a client that is not on its shelf any more makes
every token of it worthless. There is no patience with clocks: the tokens are our own.
Source: Cognito developer guide, "Verifying JSON web tokens"; RFC 8725.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gatewright.core.jwt import BadToken, Unverified, claims_of, read
from gatewright.settings import Settings
from gatewright.storage.snapshots import Shelf
from gatewright.storage.user_pools import UserPool, UserPoolClient, issuer_of

ID, ACCESS = "id", "access"
_CLIENT_CLAIM = {ID: "aud", ACCESS: "client_id"}
_LATEST = 1e11  # seconds since the epoch: whatever is beyond is no time


class PoolTokenRefused(Exception):  # whoever asks knows which of its errors this is
    """The token proves nothing; `kind` is why: malformed, issuer, signature, use, audience, time or expired."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class PoolToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token that was proven, by what was on the shelves then."""

    pool: UserPool
    client: UserPoolClient
    payload: bytes  # kept as it came: thousands of these are remembered, and most claims never asked for
    sub: str
    expires_at: float  # seconds since the epoch

    @property
    def claims(self) -> Mapping[str, Any]:
        """What the token says, read anew each time."""
        return claims_of(self.payload)


class PoolTokens:
    """Proves tokens of user pools by what is published of them."""

    __slots__ = ("_clients", "_pools", "_settings")

    def __init__(self, pools: Shelf[UserPool], clients: Shelf[UserPoolClient], settings: Settings) -> None:
        self._pools = pools
        self._clients = clients
        self._settings = settings

    def prove(self, token: str, pool_ids: Iterable[str], token_use: str, now: float) -> PoolToken:
        """Return a token that one of the pools has issued, for a use.

        Raises:
            PoolTokenRefused: none has, or it is over.
        """
        try:
            said = read(token)
        except BadToken as bad:
            raise PoolTokenRefused("malformed", str(bad)) from None
        pool = self._issuer(said, pool_ids)
        try:
            said.must_be_signed_by(pool.keys.get(said.key_id))
        except BadToken as bad:
            raise PoolTokenRefused("signature", str(bad)) from None
        claims = said.claims
        if claims.get("token_use") != token_use:
            raise PoolTokenRefused("use", f"an {token_use} token is wanted here, and this is another kind")
        client = self._client(pool, claims.get(_CLIENT_CLAIM[token_use]))
        return PoolToken(
            pool=pool,
            client=client,
            payload=said.payload,
            sub=str(claims.get("sub", "")),
            expires_at=_judge_times(claims, now),
        )

    @property
    def version(self) -> int:
        """A number that grows with whatever changes of pools, keys and clients."""
        return self._pools.version + self._clients.version

    def is_current(self, proven: PoolToken) -> bool:
        """Say whether what a token was proven by is still the very same: nothing was rotated, changed or deleted."""
        return (
            self._pools.get(proven.pool.id) is proven.pool
            and self._clients.get(proven.client.client_id) is proven.client
        )

    def _issuer(self, said: Unverified, pool_ids: Iterable[str]) -> UserPool:
        """Return the pool that a token says it is of; that only decides whose keys are tried."""
        issuer = said.claims.get("iss")
        for pool_id in pool_ids:
            if issuer == issuer_of(self._settings, pool_id):
                pool = self._pools.get(pool_id)
                if pool is not None:
                    return pool
        raise PoolTokenRefused("issuer", "it is of none of the user pools, or its pool was deleted")

    def _client(self, pool: UserPool, client_id: Any) -> UserPoolClient:
        client = self._clients.get(client_id) if isinstance(client_id, str) else None
        if client is None or client.user_pool_id != pool.id:
            raise PoolTokenRefused("audience", "it is for no client of the user pool")
        return client


def _judge_times(claims: Mapping[str, Any], now: float) -> float:
    """Return when a token expires.

    Raises:
        PoolTokenRefused: it has, it is not good yet, or it does not say.
    """
    for name in ("exp", "iat"):
        if not _is_moment(claims.get(name)):
            raise PoolTokenRefused("time", f"it has no {name} that is a time")
    if claims["exp"] <= now:
        raise PoolTokenRefused("expired", f"it expired {int(now - claims['exp'])} s ago")
    if claims["iat"] > now or ("nbf" in claims and not (_is_moment(claims["nbf"]) and claims["nbf"] <= now)):
        raise PoolTokenRefused("time", "it is from the future: compare the clocks of the nodes")
    return float(claims["exp"])


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LATEST
