"""A session: the tokens of somebody who signed in, always fresh.

In: the tokens of a sign-in. Out: tokens that are good for a while yet. Law: they are refreshed before they end, once
for all threads, and once for all processes that keep the session in one file; where the client rotates refresh tokens,
the new one is kept before anybody is given what came with it; tokens that are still good are handed out when the server
cannot be reached.
Source: Cognito developer guide, "Refresh tokens", "Refresh token rotation", "Ending user sessions with token
revocation".
"""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from gatewright.client.api import Api
from gatewright.client.faults import CallRefused, SignedOut, Unreachable
from gatewright.client.kept import Kept, SessionStore, Tokens, claims_of
from gatewright.core.clock import Clock

_BEFORE_SECONDS = 60.0  # how long before their end tokens are refreshed
_ENDED = frozenset(
    {
        "NotAuthorizedException",
        "RefreshTokenReuseException",
        "UserNotFoundException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
    }
)


class Client(Protocol):
    """The app client whose session it is: what a `UserPool` is to its sessions."""

    api: Api
    clock: Clock
    client_id: str
    client_secret: str | None
    provider: str


class Session:
    """Somebody who signed in. Several threads may use it at once."""

    def __init__(self, client: Client, kept: Kept, store: SessionStore | None) -> None:
        self.username = kept.username
        self.device = kept.device
        self._client = client
        self._store = store
        self._given = kept.given
        self._tokens = kept.tokens
        self._changing = threading.Lock()

    @property
    def signed_in(self) -> bool:
        """Whether it was not signed out here; the server may have ended it all the same."""
        return self._tokens is not None

    def tokens(self) -> Tokens:
        """Return tokens that are good for a while yet.

        Raises:
            SignedOut: the session is over.
            Unreachable: they have ended, and the server does not answer.
        """
        return self._fresh(None)

    def id_token(self) -> str:
        """Return an ID token: who the user is, for API Gateway's authorizers and identity pools."""
        return self.tokens().id_token

    def access_token(self) -> str:
        """Return an access token: what the user may do, for Cognito itself and for scopes."""
        return self.tokens().access_token

    def claims(self) -> Mapping[str, Any]:
        """Return what the ID token says: `sub`, `email`, `cognito:groups` …"""
        return claims_of(self.id_token())

    def logins(self) -> dict[str, str]:
        """Return the `Logins` by which an identity pool knows the user."""
        return {self._client.provider: self.id_token()}

    def refresh(self) -> Tokens:
        """Return new tokens, although the old ones may be good yet: after the user's attributes or groups changed.

        Raises:
            SignedOut: the session is over.
            Unreachable: the server does not answer.
        """
        return self._fresh(self._must_be_signed_in())

    def sign_out(self, *, everywhere: bool = False) -> None:
        """End this session, or with `everywhere` each of the user's. It is forgotten here whatever the server says.

        Raises:
            CallRefused: the server refused.
            Unreachable: it did not answer: the session is forgotten here, and lives on there.
        """
        tokens = self._must_be_signed_in()
        try:
            if everywhere:
                self._client.api.call("GlobalSignOut", {"AccessToken": self.access_token()})
            else:
                tokens = self._as_others_left_it(tokens)
                self._client.api.call("RevokeToken", {"Token": tokens.refresh_token, **self._proof()})
        finally:
            with self._alone():
                self._tokens = None
                self._keep(None, tokens.session_id)

    def save(self) -> None:
        """Keep the session in its store, where it has one."""
        if self._store is not None:
            with self._alone():
                self._store.save(self._kept(self._tokens))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let no other thread, and no process that has the same store, change the session meanwhile."""
        with self._changing, self._store.locked() if self._store is not None else contextlib.nullcontext():
            yield

    def _kept(self, tokens: Tokens | None) -> Kept:
        return Kept(self.username, tokens, self.device, self._given)

    def _must_be_signed_in(self) -> Tokens:
        tokens = self._tokens
        if tokens is None:
            raise SignedOut(f"{self.username} has signed out: sign in again")
        return tokens

    def _fresh(self, unwanted: Tokens | None) -> Tokens:
        """Return tokens that are good for a while, and others than `unwanted`."""
        tokens = self._must_be_signed_in()
        if self._is_good(tokens, unwanted):
            return tokens
        with self._alone():
            tokens = self._as_others_left_it(self._must_be_signed_in())
            if not self._is_good(tokens, unwanted):
                tokens = self._refreshed(tokens, urgent=unwanted is not None)
            self._tokens = tokens
            return tokens

    def _is_good(self, tokens: Tokens, unwanted: Tokens | None) -> bool:
        if unwanted is not None:
            return tokens.access_token != unwanted.access_token
        return self._client.clock.now() < tokens.expires_at - _BEFORE_SECONDS

    def _as_others_left_it(self, tokens: Tokens) -> Tokens:
        """Return the tokens of the store, if another process has refreshed this very session."""
        kept = self._store.load() if self._store is not None else None
        if kept is None or kept.tokens is None or kept.tokens.session_id != tokens.session_id:
            return tokens
        return max(kept.tokens, tokens, key=lambda one: one.access_expires_at)

    def _refreshed(self, tokens: Tokens, *, urgent: bool) -> Tokens:
        at = self._client.clock.now()
        parameters = {"RefreshToken": tokens.refresh_token, **self._proof()}
        if self.device is not None:
            parameters["DeviceKey"] = self.device.key
        try:
            answer = self._client.api.call("GetTokensFromRefreshToken", parameters)
        except (CallRefused, Unreachable) as error:
            if isinstance(error, CallRefused) and error.code in _ENDED:
                raise SignedOut(f"the session of {self.username} is over: {error.message} Sign in again.") from error
            if urgent or at >= tokens.expires_at:
                raise
            return tokens
        fresh = read_tokens(answer["AuthenticationResult"], at, tokens.refresh_token)
        self._tokens = fresh  # the old refresh token may be good for nothing now, whether or not this can be kept
        self._keep(fresh, tokens.session_id)
        return fresh

    def _keep(self, tokens: Tokens | None, session_id: str) -> None:
        """Write to the store, unless somebody else's session has taken its place there."""
        if self._store is None:
            return
        kept = self._store.load()
        if kept is not None and kept.tokens is not None and kept.tokens.session_id == session_id:
            self._store.save(self._kept(tokens))

    def _proof(self) -> dict[str, Any]:
        return {"ClientId": self._client.client_id, "ClientSecret": self._client.client_secret}


def read_tokens(result: Mapping[str, Any], at: float, refresh_token: str = "") -> Tokens:
    """Return the tokens of an `AuthenticationResult` that was asked for at a moment (seconds since the epoch).

    They are good for as long as they say, counted from then: so a clock that is wrong here does no harm.
    """
    usual = float(result.get("ExpiresIn") or 0)
    return Tokens(
        result["IdToken"],
        result["AccessToken"],
        result.get("RefreshToken") or refresh_token,
        at + _seconds_of(result["IdToken"], usual),
        at + _seconds_of(result["AccessToken"], usual),
    )


def _seconds_of(token: str, usual: float) -> float:
    claims = claims_of(token)
    begins, ends = claims.get("iat"), claims.get("exp")
    if isinstance(begins, int | float) and isinstance(ends, int | float):
        return float(ends - begins)
    return usual
