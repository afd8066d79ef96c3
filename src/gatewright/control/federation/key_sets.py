"""The keys of OpenID Connect providers, fetched when they are needed and kept for a while.

In: an issuer, a key id, the time. Out: the key, or None where the issuer has no such key. Law: a provider is asked at
most once in ten seconds, however many unknown key ids arrive; keys that are known keep working meanwhile. A key that
its provider has taken back is gone five minutes later; one whose provider is away is gone after an hour.
Source: OpenID Connect Discovery 1.0.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import msgspec

from gatewright.control.federation.fetch import FetchFailed, fetch
from gatewright.core.jwks import BadKeySet, read_key_set
from gatewright.core.jwt import VerifyingKey
from gatewright.core.log import get_log

FRESH_SECONDS = 300.0
PAUSE_SECONDS = 10.0
STALE_SECONDS = 3_600.0
_MOST_ISSUERS = 1_000
_log = get_log(__name__)

Fetch = Callable[[str, tuple[str, ...]], Awaitable[bytes]]


class Issuer(msgspec.Struct, frozen=True):
    """Where keys come from, and by which certificates, as it was registered: another registration shares nothing."""

    owner: str  # the provider's ARN or name
    url: str
    thumbprints: tuple[str, ...] = ()


class KeysUnavailable(Exception):  # whoever verifies knows what it means
    """The issuer's keys could not be fetched, and none that is known fits."""


class _Known:
    __slots__ = ("failure", "fetched_at", "keys", "lock", "tried_at")

    def __init__(self) -> None:
        self.keys: dict[str, VerifyingKey] = {}
        self.fetched_at: float | None = None
        self.tried_at: float | None = None
        self.failure = ""
        self.lock = asyncio.Lock()

    def age(self, now: float) -> float:
        """Return the seconds since the keys were fetched; a clock that was set back makes them old, not young."""
        return STALE_SECONDS if self.fetched_at is None else abs(now - self.fetched_at)

    def may_ask(self, now: float) -> bool:
        return self.tried_at is None or abs(now - self.tried_at) >= PAUSE_SECONDS


class KeySets:
    """The key sets of all issuers, in memory."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: OrderedDict[Issuer, _Known] = OrderedDict()

    async def find(self, issuer: Issuer, key_id: str, now: float) -> VerifyingKey | None:
        """Return an issuer's key, None where it has no such key.

        Raises:
            KeysUnavailable: the issuer cannot be asked, and no key that is still good has this id.
        """
        known = self._of(issuer)
        if key_id in known.keys and known.age(now) < FRESH_SECONDS:
            return known.keys[key_id]
        if known.may_ask(now) or known.lock.locked():
            async with known.lock:  # whoever comes while the issuer is being asked waits for the answer
                if known.may_ask(now):
                    await self._ask(issuer, known, now)
        if known.age(now) >= STALE_SECONDS:
            raise KeysUnavailable(known.failure or "the provider was asked a moment ago, without success")
        if key_id not in known.keys and known.failure:
            raise KeysUnavailable(known.failure)
        return known.keys.get(key_id)

    def _of(self, issuer: Issuer) -> _Known:
        known = self._known.get(issuer)
        if known is None:
            if len(self._known) >= _MOST_ISSUERS:
                self._known.popitem(last=False)
            known = self._known[issuer] = _Known()
        return known

    async def _ask(self, issuer: Issuer, known: _Known, now: float) -> None:
        known.tried_at = now
        try:
            known.keys = await self._keys_of(issuer)
        except (FetchFailed, BadKeySet) as failure:
            known.failure = str(failure)
            _log.warning("an identity provider's keys were not fetched", provider=issuer.owner, reason=known.failure)
        else:
            known.fetched_at, known.failure = now, ""

    async def _keys_of(self, issuer: Issuer) -> dict[str, VerifyingKey]:
        where = f"{issuer.url.rstrip('/')}/.well-known/openid-configuration"
        try:
            told = json.loads(await self._fetch(where, issuer.thumbprints))
            address = told["jwks_uri"]
            issues = told["issuer"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadKeySet(f"{where[:200]} is not a discovery document with issuer and jwks_uri") from None
        if not isinstance(address, str) or issues != issuer.url:
            raise BadKeySet(f"{where[:200]} is the discovery document of another issuer")
        return read_key_set(await self._fetch(address, issuer.thumbprints))


def open_key_sets(*, dev: bool) -> KeySets:
    """Return key sets that are fetched over the network."""

    async def from_network(url: str, thumbprints: tuple[str, ...]) -> bytes:
        return await fetch(url, dev=dev, thumbprints=thumbprints)

    return KeySets(from_network)
