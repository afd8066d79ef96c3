"""Each signature once: the opt-in guard against replayed requests.

AWS admits the same signed request again until it expires, and so does Gatewright unless `--refuse-replays` is set.
Then a signature is spent by its first use, on both planes, until it would have expired anyway. The price: a client
that sends the very same request twice within one second signs it alike, and its second one is refused. Memory is one
process's, so the setting is refused where there is more than one.
"""

from gatewright.wire.sigv4.refusal import Kind, SignatureRefused
from gatewright.wire.sigv4.scope import Authorization
from gatewright.wire.sigv4.verify import SKEW

_MOST = 1_000_000  # signatures; about 150 MB
_SWEEP_SECONDS = 60.0
_AGAIN = "The request signature has been used before, and this server refuses replays. Sign the request again."
_FULL = "Too many signatures are in use to tell a replay. Try again in a minute."


class Replays:
    """The signatures that were used and are not yet expired."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._spent: dict[str, float] = {}
        self._swept = 0.0

    def spend(self, claim: Authorization, now: float) -> None:
        """Use a signature up.

        Raises:
            SignatureRefused: it was used before, or there is no room to remember it: what cannot be remembered cannot
            be
                admitted.
        """
        if now - self._swept > _SWEEP_SECONDS or len(self._spent) >= self._most:
            self._spent = {signature: until for signature, until in self._spent.items() if until >= now}
            self._swept = now
        if claim.signature in self._spent:
            raise SignatureRefused(Kind.REPLAYED, _AGAIN)
        if len(self._spent) >= self._most:
            raise SignatureRefused(Kind.REPLAYED, _FULL)
        self._spent[claim.signature] = claim.signed_at + (claim.expires if claim.expires is not None else SKEW)
