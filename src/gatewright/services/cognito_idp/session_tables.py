"""What signing in remembers: token families, used challenges, codes, counters, devices and passkeys.

Whatever is secret is sealed. Whatever expires says when, so that it can be swept.
"""

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.services.cognito_idp.tables import POOL, USER
from gatewright.storage.engine import Row
from gatewright.storage.types import Json

FORGOTTEN = ""  # in place of the key of a device that its user has forgotten


class TokenFamilyRow(Row):
    """What one sign-in began: every token that came of it carries the same `origin_jti`."""

    __tablename__ = "cognito_idp_token_families"
    __table_args__ = (
        Index("ix_cognito_idp_token_families_user", "sub", "created_at"),
        Index("ix_cognito_idp_token_families_expiry", "expires_at"),
    )

    origin_jti: Mapped[str] = mapped_column(String(36), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(28), unique=True)  # tkn…, as ListUserSessions shows it
    user_pool_id: Mapped[str] = mapped_column(ForeignKey(POOL, ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(String(128), index=True)
    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"))
    device_key: Mapped[str | None] = mapped_column(String(55))  # also of a device that nobody confirmed; FORGOTTEN
    event_id: Mapped[str] = mapped_column(String(36))
    auth_time: Mapped[float] = mapped_column(Float)
    created_at: Mapped[float] = mapped_column(Float)
    used_at: Mapped[float] = mapped_column(Float)
    expires_at: Mapped[float] = mapped_column(Float)  # of the refresh token
    revoked_at: Mapped[float | None] = mapped_column(Float)
    rotation: Mapped[int] = mapped_column(Integer)  # number of the refresh token that is good now
    ip: Mapped[str | None] = mapped_column(String(64))  # of the last use, where the pool tracks sessions
    device_type: Mapped[str | None] = mapped_column(Text)  # the same
    rotated_at: Mapped[float | None] = mapped_column(Float)  # the one before is good for the grace period after


class UsedChallengeRow(Row):
    """A `Session` of a challenge that was answered: sealed sessions hold their state, this makes them good once."""

    __tablename__ = "cognito_idp_used_challenges"

    challenge_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    expires_at: Mapped[float] = mapped_column(Float, index=True)


class CodeRow(Row):
    """The one code that is good for a purpose of a user; a newer one replaces it."""

    __tablename__ = "cognito_idp_codes"

    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)  # see codes.py
    sealed_code: Mapped[bytes] = mapped_column(LargeBinary)  # context: sub and purpose
    attribute: Mapped[str | None] = mapped_column(String(32))  # which one is proved by knowing the code
    value: Mapped[str | None] = mapped_column(Text)  # and the value that it had, or is to have, then
    attempts: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[float] = mapped_column(Float)
    expires_at: Mapped[float] = mapped_column(Float, index=True)


class CounterRow(Row):
    """How often something was done of late, for lockout and for rate limits; `scope` says by whom and what."""

    __tablename__ = "cognito_idp_counters"

    scope: Mapped[str] = mapped_column(String(256), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    since: Mapped[float] = mapped_column(Float)
    until: Mapped[float] = mapped_column(Float, index=True)  # forgotten, or unlocked, then


class DeviceRow(Row):
    """A device of a user, once it is confirmed: of keys that were given out and never confirmed nothing is kept."""

    __tablename__ = "cognito_idp_devices"

    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), primary_key=True)
    device_key: Mapped[str] = mapped_column(String(55), primary_key=True)
    group_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str | None] = mapped_column(Text)
    ip: Mapped[str | None] = mapped_column(String(64))
    remembered: Mapped[bool] = mapped_column(Boolean)
    sealed_password: Mapped[bytes] = mapped_column(LargeBinary)  # salt and SRP verifier
    created_at: Mapped[float] = mapped_column(Float)
    modified_at: Mapped[float] = mapped_column(Float)
    authenticated_at: Mapped[float] = mapped_column(Float)


class WebAuthnCredentialRow(Row):
    """A passkey."""

    __tablename__ = "cognito_idp_web_authn_credentials"

    user_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    credential_id: Mapped[str] = mapped_column(String(1400), primary_key=True)  # base64url
    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)  # 32 bits without a sign
    relying_party_id: Mapped[str] = mapped_column(String(256))
    friendly_name: Mapped[str] = mapped_column(Text)
    attachment: Mapped[str | None] = mapped_column(String(32))
    transports: Mapped[list[str]] = mapped_column(Json)
    backup_eligible: Mapped[bool] = mapped_column(Boolean)  # never changes
    backed_up: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[float] = mapped_column(Float)
