"""Access keys and session tokens: from what a request shows to a secret and a verified caller.

In: an access key id and perhaps a session token. Out: a `Credential`, from memory, without SQL. Temporary credentials
have no row anywhere: the session token *is* the session, sealed (see `keys.py`), with the random secret inside.
Long-term keys are on the shelf `iam.access-key`. Law: a session lives only as long as the very role or user that it
came from (same unique id).
"""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec

from gatewright.core import ids
from gatewright.core.arn import root_arn
from gatewright.core.attempts import Attempts
from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy import known_limits
from gatewright.policy.document import Policy, PolicyKind, parse_policy
from gatewright.storage.keys import SECRETS, SESSIONS, Keys, SealBroken
from gatewright.storage.principals import Principal
from gatewright.storage.replays import Replays
from gatewright.storage.snapshots import Shelf
from gatewright.storage.uses import Uses
from gatewright.wire.sigv4.scope import Authorization
from gatewright.wire.sigv4.verify import Secret

ACCESS_KEYS = "iam.access-key"
_CACHED_SESSIONS = 20_000
_CACHED_POLICIES = 2_000
_LONGEST_TOKEN = 8_192  # characters
_LONGEST_NAME = 64  # of a known session policy


_EVERYTHING = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'


class AccessKey(msgspec.Struct, frozen=True, kw_only=True):
    """A long-term key, as `iam` publishes it on the shelf `iam.access-key`, by its id.

    Users' secrets stay sealed in memory too, and are opened for the moment of a check; only the root's is given plain.
    """

    access_key_id: str
    secret: str = ""
    sealed_secret: bytes = b""  # the context is the access key id
    active: bool
    caller: Caller


class Credential:
    """What a signature is checked with, who it proves, and the user or role whose policies govern that caller."""

    __slots__ = ("caller", "last_decision", "principal", "secret", "signing")

    def __init__(self, secret: str, caller: Caller, principal: Principal | None) -> None:
        self.secret = secret
        self.signing: str | Secret = secret  # the same, as `verify` takes it
        self.caller = caller
        self.principal = principal  # None: the root user, whom no policy governs
        self.last_decision: Any = None  # for whoever decides about this caller, and most often decides the same again


class TemporaryCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """What STS hands out."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: float  # seconds since the epoch

    @property
    def token_utilization(self) -> int:
        """How much of the longest token this one is, in percent, rounded up."""
        return -(-100 * len(self.session_token) // _LONGEST_TOKEN)


class CredentialProblem(Enum):
    """Why credentials were refused. Both planes word it in their own way."""

    UNKNOWN_KEY = "no such access key"
    INACTIVE_KEY = "the access key is inactive"
    TOKEN_MISSING = "a temporary access key needs its session token"  # noqa: S105 - a sentence, no secret
    TOKEN_INVALID = "the session token does not belong to this access key"  # noqa: S105
    TOKEN_EXPIRED = "the session token has expired"  # noqa: S105
    PRINCIPAL_GONE = "the user or role of these credentials no longer exists"


class CredentialRefused(Exception):  # an answer, not a failure
    """The credentials do not stand for anybody."""

    def __init__(self, problem: CredentialProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class SessionTooLarge(Exception):  # the service knows which of its errors this is
    """The session's policies and tags do not fit into a token; `percent` of the room was wanted."""

    def __init__(self, percent: int) -> None:
        super().__init__(f"{percent} % of a session token")
        self.percent = percent


class _Session(msgspec.Struct, frozen=True, array_like=True):
    access_key_id: str
    secret: str
    caller: Caller
    padding: bytes = b""  # for MinimumSessionTokenSize


class _Opened(Credential):
    """A session whose token was opened."""

    __slots__ = ("at", "token")

    def __init__(self, token: str, session: _Session) -> None:
        super().__init__(session.secret, session.caller, None)
        self.signing = Secret(session.secret)
        self.token = token  # the very token that was opened: whoever shows another one is not let in by this
        self.at = -1  # the version of the shelf of principals at which the session's own was there


class Credentials:
    """Every credential that stands for somebody now."""

    def __init__(
        self,
        keys: Keys,
        root: AccessKey,
        access_keys: Shelf[AccessKey],
        principals: Shelf[Principal],
        replays: Replays | None = None,
    ) -> None:
        self._replays = replays  # None: a signature is good until it expires, as on AWS
        self._keys = keys
        self._root = root
        self._access_keys = access_keys
        self._principals = principals
        self.uses = Uses()
        self._opened: dict[str, _Opened] = {}  # by access key id: a token costs a microsecond to hash
        self._session_policies: dict[str, Policy] = {}
        self._root_credential = Credential(root.secret, root.caller, None)
        self._as_root = Principal(arn=root.caller.arn, unique_id=root.caller.user_id, documents={"root": _EVERYTHING})
        self.code_attempts = Attempts()  # wrong MFA codes, by serial number

    @property
    def root_access_key_id(self) -> str:
        """The id of the root user's key."""
        return self._root.access_key_id

    def resolve(self, access_key_id: str, session_token: str | None, now: float) -> Credential:
        """Return the secret and the caller behind an access key id.

        Raises:
            CredentialRefused: nobody is behind it, or not any more.
        """
        if session_token is not None:
            return self._resolve_session(access_key_id, session_token, now)
        if access_key_id == self._root.access_key_id:
            return self._root_credential
        key = self._access_keys.get(access_key_id)
        if key is None:
            temporary = access_key_id.startswith("ASIA")
            raise CredentialRefused(CredentialProblem.TOKEN_MISSING if temporary else CredentialProblem.UNKNOWN_KEY)
        if not key.active:
            raise CredentialRefused(CredentialProblem.INACTIVE_KEY)
        principal = self._must_live(key.caller)
        secret = self._keys.open(SECRETS, key.sealed_secret, access_key_id.encode()).decode()
        return Credential(secret, key.caller, principal)

    def close(self) -> None:
        """Let go of what is open."""
        if self._replays is not None:
            self._replays.close()

    def proved(self, caller: Caller, at: float, claim: Authorization) -> None:
        """Take note that a caller has proved who it is; sessions are not remembered, long-term keys are.

        Raises:
            SignatureRefused: replays are refused, and this is one.
        """
        if self._replays is not None:
            self._replays.spend(claim, at)
        if not caller.expires_at:
            self.uses.note(caller.access_key_id, at, claim.service, claim.region)

    def _resolve_session(self, access_key_id: str, token: str, now: float) -> Credential:
        opened = self._opened.get(access_key_id)
        if opened is None or opened.token != token:
            session = self._open(token)
            if session.access_key_id != access_key_id:
                raise CredentialRefused(CredentialProblem.TOKEN_INVALID)
            opened = _Opened(token, session)
            if len(self._opened) >= _CACHED_SESSIONS:
                self._opened.clear()
            self._opened[access_key_id] = opened
        if opened.caller.expires_at <= now:
            raise CredentialRefused(CredentialProblem.TOKEN_EXPIRED)
        if opened.at != self._principals.version:
            opened.principal, opened.at = self._must_live(opened.caller), self._principals.version
        return opened

    def _open(self, token: str) -> _Session:
        if len(token) > _LONGEST_TOKEN:
            raise CredentialRefused(CredentialProblem.TOKEN_INVALID)
        try:
            sealed = b64decode(token, validate=True)
            if b64encode(sealed).decode() != token:  # one session has one token: no second spelling in the cache
                raise CredentialRefused(CredentialProblem.TOKEN_INVALID)
            return msgspec.msgpack.decode(self._keys.open(SESSIONS, sealed), type=_Session)
        except (BadBase64, ValueError, SealBroken, msgspec.DecodeError):
            raise CredentialRefused(CredentialProblem.TOKEN_INVALID) from None

    def _must_live(self, caller: Caller) -> Principal | None:
        """Return whose policies govern a caller, who must be the very one that the credentials were made for."""
        if caller.type is PrincipalType.ACCOUNT or caller.role_arn == self._root.caller.arn:
            return self.principal_of(caller)
        if caller.type in (PrincipalType.ASSUMED_ROLE, PrincipalType.FEDERATED_USER):
            arn, unique_id = caller.role_arn or "", caller.role_id
        else:
            arn, unique_id = caller.arn, caller.user_id
        principal = self._principals.get(arn)
        if principal is None or principal.unique_id != unique_id:
            raise CredentialRefused(CredentialProblem.PRINCIPAL_GONE)
        return principal

    def issue(self, make_caller: Callable[[str], Caller], at_least: int = 0) -> TemporaryCredentials:
        """Make temporary credentials; `make_caller` is given the new access key id and sets `expires_at`.

        `at_least` is the shortest that the token shall be, in characters.

        Raises:
            SessionTooLarge: the token would be longer than the longest that is opened.
        """
        access_key_id, secret = ids.access_key_id("ASIA"), ids.secret_access_key()
        caller = make_caller(access_key_id)
        token = self._sealed(_Session(access_key_id, secret, caller))
        if len(token) < at_least:
            missing = -(-3 * (at_least - len(token)) // 4)  # four characters of base64 hold three bytes
            token = self._sealed(_Session(access_key_id, secret, caller, bytes(missing)))
        if len(token) > _LONGEST_TOKEN:
            raise SessionTooLarge(-(-100 * len(token) // _LONGEST_TOKEN))
        return TemporaryCredentials(
            access_key_id=access_key_id,
            secret_access_key=secret,
            session_token=token,
            expiration=caller.expires_at,
        )

    def _sealed(self, session: _Session) -> str:
        return b64encode(self._keys.seal(SESSIONS, msgspec.msgpack.encode(session))).decode()

    def principal_of(self, caller: Caller) -> Principal | None:
        """Return the user or role whose policies govern a caller; None for the root and for anonymous callers."""
        if caller.type is PrincipalType.FEDERATED_USER and caller.role_arn == self._root.caller.arn:
            return self._as_root
        return self._principals.get(caller.role_arn or caller.arn)

    def session_policies_of(self, caller: Caller) -> tuple[Policy, ...]:
        """Return the session policies of a caller; none means that the session was not narrowed."""
        return tuple(self._parsed(text) for text in caller.session_policies)

    def _parsed(self, text: str) -> Policy:
        policy = self._session_policies.get(text)
        if policy is None:
            known = known_limits.document(text) if len(text) < _LONGEST_NAME else None
            document, name = (known, text) if known is not None else (text, "session policy")
            policy = parse_policy(document, kind=PolicyKind.SESSION, name=name)
            if len(self._session_policies) >= _CACHED_POLICIES:
                self._session_policies.clear()
            self._session_policies[text] = policy
        return policy


def root_key(account: str, access_key_id: str, secret: str) -> AccessKey:
    """Return the root user's key."""
    caller = Caller(
        account=account,
        arn=root_arn(account),
        user_id=account,
        type=PrincipalType.ACCOUNT,
        access_key_id=access_key_id,
    )
    return AccessKey(access_key_id=access_key_id, secret=secret, active=True, caller=caller)
