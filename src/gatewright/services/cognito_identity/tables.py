"""What `cognito-identity` remembers. Pools are regional; an identity's id names its region, its row the pool."""

from typing import Any

from sqlalchemy import Boolean, Float, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row
from gatewright.storage.types import Json


class IdentityPoolRow(Row):
    """An identity pool, its providers, and the roles that it gives."""

    __tablename__ = "cognito_identity_pools"

    identity_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), index=True)
    identity_pool_name: Mapped[str] = mapped_column(String(128))
    allow_unauthenticated: Mapped[bool] = mapped_column(Boolean)
    allow_classic_flow: Mapped[bool | None] = mapped_column(Boolean)
    login_providers: Mapped[dict[str, str]] = mapped_column(Json)  # accounts.google.com -> app id
    developer_provider: Mapped[str | None] = mapped_column(String(128))
    oidc_providers: Mapped[list[str]] = mapped_column(Json)  # ARNs
    cognito_providers: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # as given: user pools and their clients
    saml_providers: Mapped[list[str]] = mapped_column(Json)  # ARNs
    roles: Mapped[dict[str, str]] = mapped_column(Json)  # "authenticated" and "unauthenticated" -> ARN
    role_mappings: Mapped[dict[str, Any]] = mapped_column(Json)  # provider -> RoleMapping, as given
    principal_tags: Mapped[dict[str, Any]] = mapped_column(Json)  # provider -> UseDefaults, PrincipalTags
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class IdentityRow(Row):
    """An identity. There may be millions: one narrow row each, in the order of their ids."""

    __tablename__ = "cognito_identity_identities"
    __table_args__ = (
        # By state as well: who lists the others need not look at those that were merged away, one by one.
        Index("ix_cognito_identity_identities_pool", "identity_pool_id", "state", "identity_id"),
        {"sqlite_with_rowid": False},
    )

    identity_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    identity_pool_id: Mapped[str] = mapped_column(String(55))
    state: Mapped[int] = mapped_column(SmallInteger)  # `known.State`
    created_at: Mapped[float] = mapped_column(Float)
    modified_at: Mapped[float] = mapped_column(Float)


class LoginRow(Row):
    """A login that is linked to an identity. In one pool a login belongs to one identity."""

    __tablename__ = "cognito_identity_logins"

    identity_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    login_key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of provider and subject
    identity_id: Mapped[str] = mapped_column(String(55), index=True)
    provider: Mapped[str] = mapped_column(String(2048))
    subject: Mapped[str] = mapped_column(String(1024))


class RevocationRow(Row):
    """From when on the tokens of an identity count: it was deleted, merged into another, or lost a login.

    Kept for as long as such a token can live.
    """

    __tablename__ = "cognito_identity_revocations"

    identity_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    at: Mapped[float] = mapped_column(Float, index=True)


class SigningKeyRow(Row):
    """A key that signs identity tokens; the private half is sealed with the key's id as context."""

    __tablename__ = "cognito_identity_signing_keys"

    key_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(8))
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    public_pem: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Float)
