"""Who is calling: the one type in which both planes speak of a caller.

Made by whatever verified the credentials; read by the policy engine and by `$context.identity`.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class PrincipalType(StrEnum):
    """The values of `aws:PrincipalType`, and the service callers that AWS does not give one."""

    ACCOUNT = "Account"  # the root user of an account
    USER = "User"
    ASSUMED_ROLE = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    ANONYMOUS = "Anonymous"
    SERVICE = "Service"


class Caller(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verified caller. Everything in it was proven by a key, a sealed token, or the product itself.

    `arn` is what `GetCallerIdentity` answers: the root, a user, or a role *session*; `role_arn` is the session's role.
    """

    account: str
    arn: str
    user_id: str  # AIDA…, the account for root, AROA…:session for a role session
    type: PrincipalType
    access_key_id: str = ""
    role_arn: str | None = None  # a federated user's: the user (or root) who called GetFederationToken
    role_id: str | None = None  # AROA…; a role made anew under the same name is another role
    session_name: str | None = None
    issued_at: float = 0.0  # aws:TokenIssueTime; 0 for long-term keys
    expires_at: float = 0.0  # 0 for long-term keys
    session_policies: tuple[str, ...] = ()  # documents (JSON text) or names of known ones; all must allow
    tags: Mapping[str, str] = {}  # aws:PrincipalTag/…
    transitive_tags: tuple[str, ...] = ()  # the keys among them that the next role of a chain inherits
    source_identity: str | None = None
    mfa: bool | None = None  # aws:MultiFactorAuthPresent; None where the key is absent from the request
    federated_provider: str | None = None  # aws:FederatedProvider
    context: Mapping[
        str, tuple[str, ...]
    ] = {}  # further keys of the session, such as cognito-identity.amazonaws.com:sub

    @property
    def username(self) -> str | None:
        """The user's name without its path (`aws:username`), None where the caller is not a user."""
        return self.arn.rsplit("/", 1)[-1] if self.type is PrincipalType.USER else None


def anonymous() -> Caller:
    """Return the caller of an unsigned request."""
    return Caller(account="", arn="", user_id="", type=PrincipalType.ANONYMOUS)
