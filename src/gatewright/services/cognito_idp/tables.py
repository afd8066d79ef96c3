"""What user pools remember of pools, clients, users and groups. What signing in remembers is in `session_tables.py`.

A user's key everywhere is the `sub`. There may be millions of users: whatever a user is found by has an index, and
lists go on after a key.
"""

from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row
from gatewright.storage.types import Json

# A prefix is looked for as a range of bytes, and only the C collation of PostgreSQL sorts by them.
BYTEWISE = String(256).with_variant(String(256, collation="C"), "postgresql")
STATUS = String(32).with_variant(String(32, collation="C"), "postgresql")
SUB = String(36).with_variant(String(36, collation="C"), "postgresql")
USER = "cognito_idp_users.sub"
POOL = "cognito_idp_user_pools.id"


class UserPoolRow(Row):
    """A user pool. Its settings are a document in the shape of `DescribeUserPool`, with AWS's defaults filled in."""

    __tablename__ = "cognito_idp_user_pools"
    __table_args__ = (Index("ix_cognito_idp_user_pools_listed", "region", "id"),)

    id: Mapped[str] = mapped_column(String(55), primary_key=True)
    account: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(128))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    schema: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # SchemaAttributes, standard ones first
    mfa: Mapped[dict[str, Any]] = mapped_column(Json)  # what SetUserPoolMfaConfig sets beside MfaConfiguration
    tags: Mapped[dict[str, str]] = mapped_column(Json)
    sessions: Mapped[dict[str, Any]] = mapped_column(Json)  # what SetUserPoolSessionConfiguration sets; empty: nothing
    created_at: Mapped[float] = mapped_column(Float)
    modified_at: Mapped[float] = mapped_column(Float)
    deleted: Mapped[bool] = mapped_column(Boolean, default=False)  # nobody sees it, and its users are being deleted


class SigningKeyRow(Row):
    """A key that signs a pool's tokens; the private half is sealed with the key's id as context."""

    __tablename__ = "cognito_idp_signing_keys"

    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_pool_id: Mapped[str] = mapped_column(ForeignKey(POOL, ondelete="CASCADE"), index=True)
    token_use: Mapped[str] = mapped_column(String(8))  # id, access: AWS too has one key for each
    algorithm: Mapped[str] = mapped_column(String(8))
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    public_pem: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Float)
    retires_at: Mapped[float | None] = mapped_column(Float)  # after rotation: until then its tokens are still good


class UserPoolClientRow(Row):
    """An app client. Its settings are a document in the shape of `DescribeUserPoolClient`, without the secret."""

    __tablename__ = "cognito_idp_user_pool_clients"
    __table_args__ = (Index("ix_cognito_idp_user_pool_clients_listed", "user_pool_id", "client_id"),)

    client_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_pool_id: Mapped[str] = mapped_column(ForeignKey(POOL, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(128))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[float] = mapped_column(Float)
    modified_at: Mapped[float] = mapped_column(Float)


class ClientSecretRow(Row):
    """One of the secrets of a client: two at most, while one replaces the other. Sealed with its id as context."""

    __tablename__ = "cognito_idp_client_secrets"

    client_secret_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    client_id: Mapped[str] = mapped_column(
        ForeignKey("cognito_idp_user_pool_clients.client_id", ondelete="CASCADE"), index=True
    )
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[float] = mapped_column(Float)


class UserRow(Row):
    """A user. `username_key` is the username as it is compared: in lower case where the pool's names have no case."""

    __tablename__ = "cognito_idp_users"
    __table_args__ = (
        Index("ux_cognito_idp_users_name", "user_pool_id", "username_key", unique=True),
        Index("ix_cognito_idp_users_sub", "user_pool_id", "sub"),
        Index("ix_cognito_idp_users_status", "user_pool_id", "status", "username_key"),
        Index("ix_cognito_idp_users_enabled", "user_pool_id", "enabled", "username_key"),
    )

    sub: Mapped[str] = mapped_column(SUB, primary_key=True)
    user_pool_id: Mapped[str] = mapped_column(ForeignKey(POOL, ondelete="CASCADE"))
    username: Mapped[str] = mapped_column(String(128))
    username_key: Mapped[str] = mapped_column(BYTEWISE)
    status: Mapped[str] = mapped_column(STATUS)  # UserStatus of the API
    enabled: Mapped[bool] = mapped_column(Boolean)
    attributes: Mapped[dict[str, str]] = mapped_column(Json)  # without `sub`
    sealed_password: Mapped[bytes | None] = mapped_column(LargeBinary)  # salt and SRP verifier; see passwords.py
    password_set_at: Mapped[float] = mapped_column(Float)  # a temporary password expires so many days after
    mfa: Mapped[dict[str, Any]] = mapped_column(Json)  # {"enabled": [names of UserMFASettingList], "preferred": name}
    sealed_totp: Mapped[bytes | None] = mapped_column(LargeBinary)  # seed of the authenticator app, context `sub`
    signed_out_at: Mapped[float] = mapped_column(Float)  # sign-ins under way end when it changes; challenges.py
    created_at: Mapped[float] = mapped_column(Float)
    modified_at: Mapped[float] = mapped_column(Float)


class PasswordHistoryRow(Row):
    """A password that a user had before, sealed as the current one is."""

    __tablename__ = "cognito_idp_password_history"

    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    sealed_password: Mapped[bytes] = mapped_column(LargeBinary)


class AliasRow(Row):
    """A name beside the username that signs a user in, unique in its pool."""

    __tablename__ = "cognito_idp_aliases"

    user_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)  # email, phone_number, preferred_username
    value_key: Mapped[str] = mapped_column(String(512), primary_key=True)
    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), index=True)


class SearchRow(Row):
    """A value of an attribute that `ListUsers` can look for. A filter is shorter than what is cut off here."""

    __tablename__ = "cognito_idp_searchable_attributes"

    user_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), primary_key=True, index=True)


class LinkedProviderRow(Row):
    """A user of another provider that is one of ours (`AdminLinkProviderForUser`)."""

    __tablename__ = "cognito_idp_linked_providers"

    user_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    provider_name: Mapped[str] = mapped_column(String(32), primary_key=True)
    attribute_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    attribute_value: Mapped[str] = mapped_column(String(512), primary_key=True)
    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), index=True)
    created_at: Mapped[float] = mapped_column(Float)


class GroupRow(Row):
    """A group of users, its role and its precedence."""

    __tablename__ = "cognito_idp_groups"

    user_pool_id: Mapped[str] = mapped_column(ForeignKey(POOL, ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(128), primary_key=True)
    description: Mapped[str | None] = mapped_column(Text)
    role_arn: Mapped[str | None] = mapped_column(Text)
    precedence: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[float] = mapped_column(Float)
    modified_at: Mapped[float] = mapped_column(Float)


class GroupMemberRow(Row):
    """A user in a group."""

    __tablename__ = "cognito_idp_group_members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_pool_id", "group_name"],
            ["cognito_idp_groups.user_pool_id", "cognito_idp_groups.group_name"],
            ondelete="CASCADE",
        ),
    )

    user_pool_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(128), primary_key=True)
    sub: Mapped[str] = mapped_column(ForeignKey(USER, ondelete="CASCADE"), primary_key=True, index=True)
