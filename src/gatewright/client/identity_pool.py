"""An identity pool: temporary AWS credentials for somebody who signed in, or for a visitor who did not.

In: the pool's id, and a session or other logins. Out: credentials, always fresh. Law: an identity is asked for once,
and again only when the pool does not know it any more; credentials are asked for again before they end, once for all
threads; after the session was signed out there are none.
Source: Cognito developer guide, "Identity pools authentication flow"; Cognito Federated Identities API reference,
`GetId`, `GetCredentialsForIdentity`.
"""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gatewright.client.api import COGNITO_IDENTITY, Api, region_of_id
from gatewright.client.faults import CallRefused, SignedOut, Unreachable
from gatewright.client.session import Session
from gatewright.core.clock import Clock, SystemClock
from gatewright.wire.sigv4.sign import Credentials

if TYPE_CHECKING:
    import httpx

Logins = Mapping[str, str] | Callable[[], Mapping[str, str]]
_BEFORE_SECONDS = 300.0  # how long before their end credentials are asked for again


class IdentityPool:
    """An identity pool, as one person knows it. Several threads may use it at once.

    Give the `session` of who signed in, or the `logins` of another provider (a mapping, or a function that returns
    one), or neither: then it is a visitor's. `identity_id` is the identity of an earlier time.
    """

    def __init__(
        self,
        identity_pool_id: str,
        session: Session | None = None,
        *,
        logins: Logins | None = None,
        identity_id: str | None = None,
        endpoint: str | None = None,
        http: "httpx.Client | None" = None,
        clock: Clock | None = None,
    ) -> None:
        if session is not None and logins is not None:
            raise ValueError("give a session or logins, not both")
        self.id = identity_pool_id
        self.region = region_of_id(identity_pool_id, ":")
        self._clock: Clock = clock or SystemClock()
        self._api = Api(COGNITO_IDENTITY, self.region, endpoint, http, self._clock)
        self._session = session
        self._logins = logins
        self._identity_id = identity_id
        self._credentials: Credentials | None = None
        self._expires_at = 0.0
        self._asking = threading.RLock()

    def __repr__(self) -> str:
        """Show the pool."""
        return f"IdentityPool({self.id})"

    @property
    def identity_id(self) -> str:
        """The identity; asked for at first use.

        Raises:
            CallRefused: the pool refused.
            Unreachable: it did not answer.
        """
        with self._asking:
            return self._identified(self._current_logins())

    def credentials(self) -> Credentials:
        """Return credentials that are good for a while yet.

        Raises:
            CallRefused: the pool refused.
            SignedOut: the session is over.
            Unreachable: they have ended, and the server does not answer.
        """
        self._must_be_signed_in()
        with self._asking:
            known = self._credentials
            if known is not None and self._clock.now() < self._expires_at - _BEFORE_SECONDS:
                return known
            try:
                return self._ask()
            except Unreachable:
                if known is None or self._clock.now() >= self._expires_at:
                    raise
                return known

    def _must_be_signed_in(self) -> None:
        if self._session is not None and not self._session.signed_in:
            self._credentials = None
            raise SignedOut(f"{self._session.username} has signed out: sign in again")

    def _ask(self) -> Credentials:
        logins = self._current_logins()
        had = self._identity_id is not None
        try:
            answer = self._credentials_for(self._identified(logins), logins)
        except CallRefused as refusal:
            if refusal.code != "ResourceNotFoundException" or not had:
                raise
            self._identity_id = None  # the pool has forgotten the identity
            answer = self._credentials_for(self._identified(logins), logins)
        self._identity_id = str(answer["IdentityId"])
        given = answer["Credentials"]
        self._expires_at = float(given["Expiration"])
        self._credentials = Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
        return self._credentials

    def _credentials_for(self, identity_id: str, logins: Mapping[str, str] | None) -> dict[str, Any]:
        return self._api.call("GetCredentialsForIdentity", {"IdentityId": identity_id, "Logins": logins})

    def _identified(self, logins: Mapping[str, str] | None) -> str:
        if self._identity_id is None:
            answer = self._api.call("GetId", {"IdentityPoolId": self.id, "Logins": logins})
            self._identity_id = str(answer["IdentityId"])
        return self._identity_id

    def _current_logins(self) -> Mapping[str, str] | None:
        if self._session is not None:
            return self._session.logins()
        return self._logins() if callable(self._logins) else self._logins
