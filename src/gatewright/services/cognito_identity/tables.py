"""What `cognito-identity` remembers. Pools are regional; an identity's id names its region, its row the pool."""

from sqlalchemy import Boolean, Float, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row
from gatewright.storage.types import Json


class IdentityPoolRow(Row):
    """An identity pool and the roles of its visitors."""

    __tablename__ = "cognito_identity_pools"

    identity_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), index=True)
    identity_pool_name: Mapped[str] = mapped_column(String(128))
    allow_unauthenticated: Mapped[bool] = mapped_column(Boolean)
    allow_classic_flow: Mapped[bool | None] = mapped_column(Boolean)
    roles: Mapped[dict[str, str]] = mapped_column(Json)  # "authenticated" and "unauthenticated" -> ARN
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class IdentityRow(Row):
    """An identity. There may be millions: one narrow row each, in the order of their ids."""

    __tablename__ = "cognito_identity_identities"
    __table_args__ = (
        Index("ix_cognito_identity_identities_pool", "identity_pool_id", "identity_id"),
        {"sqlite_with_rowid": False},
    )

    identity_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    identity_pool_id: Mapped[str] = mapped_column(String(55))
    created_at: Mapped[float] = mapped_column(Float)
    modified_at: Mapped[float] = mapped_column(Float)


class SigningKeyRow(Row):
    """A key that signs identity tokens; the private half is sealed with the key's id as context."""

    __tablename__ = "cognito_identity_signing_keys"

    key_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(8))
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    public_pem: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Float)
