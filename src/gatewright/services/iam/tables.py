"""What `iam` remembers.

Owners of policies (users, groups, roles) are told apart by their unique ids (`AIDA…`, `AGPA…`, `AROA…`), so that
one table holds every inline policy and one every attachment, and so that whatever is made anew under an old name
inherits nothing. `*_key` columns hold names in lower case: AWS keeps names unique without regard to case.
"""

from typing import Any

from sqlalchemy import Float, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.storage.engine import Row
from gatewright.storage.types import Json


class Entity:
    """What users, groups, roles and managed policies have in common."""

    path: Mapped[str] = mapped_column(String(512))
    arn: Mapped[str] = mapped_column(String(2048), unique=True)
    created_at: Mapped[float] = mapped_column(Float)


class User(Entity, Row):
    """A user."""

    __tablename__ = "iam_users"

    user_id: Mapped[str] = mapped_column(String(21), primary_key=True)
    user_name: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(64), unique=True)
    boundary_arn: Mapped[str | None] = mapped_column(String(2048), index=True)
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class Group(Entity, Row):
    """A group of users."""

    __tablename__ = "iam_groups"

    group_id: Mapped[str] = mapped_column(String(21), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(128))
    name_key: Mapped[str] = mapped_column(String(128), unique=True)


class Role(Entity, Row):
    """A role and its trust policy."""

    __tablename__ = "iam_roles"

    role_id: Mapped[str] = mapped_column(String(21), primary_key=True)
    role_name: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(64), unique=True)
    trust_policy: Mapped[str] = mapped_column(Text)  # as written
    description: Mapped[str | None] = mapped_column(String(1000))
    max_session_duration: Mapped[int] = mapped_column(Integer)  # seconds
    boundary_arn: Mapped[str | None] = mapped_column(String(2048), index=True)
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class ManagedPolicy(Entity, Row):
    """A customer-managed policy. AWS's own are no rows; they are data (`aws_managed.py`)."""

    __tablename__ = "iam_policies"

    policy_id: Mapped[str] = mapped_column(String(21), primary_key=True)
    policy_name: Mapped[str] = mapped_column(String(128))
    name_key: Mapped[str] = mapped_column(String(128), unique=True)
    description: Mapped[str | None] = mapped_column(String(1000))
    updated_at: Mapped[float] = mapped_column(Float)
    default_version: Mapped[int] = mapped_column(Integer)
    latest_version: Mapped[int] = mapped_column(Integer)  # numbers are never used twice
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class PolicyVersion(Row):
    """One version of a customer-managed policy."""

    __tablename__ = "iam_policy_versions"

    policy_id: Mapped[str] = mapped_column(ForeignKey("iam_policies.policy_id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[str] = mapped_column(Text)  # as written
    created_at: Mapped[float] = mapped_column(Float)


class InlinePolicy(Row):
    """A policy that is written into its user, group or role."""

    __tablename__ = "iam_inline_policies"

    owner_id: Mapped[str] = mapped_column(String(21), primary_key=True)
    policy_name: Mapped[str] = mapped_column(String(128), primary_key=True)
    document: Mapped[str] = mapped_column(Text)  # as written


class Attachment(Row):
    """A managed policy on a user, group or role."""

    __tablename__ = "iam_attachments"

    owner_id: Mapped[str] = mapped_column(String(21), primary_key=True)
    policy_arn: Mapped[str] = mapped_column(String(2048), primary_key=True, index=True)


class Membership(Row):
    """A user in a group."""

    __tablename__ = "iam_memberships"
    __table_args__ = (Index("ix_iam_memberships_user_id", "user_id"),)

    group_id: Mapped[str] = mapped_column(ForeignKey("iam_groups.group_id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("iam_users.user_id"), primary_key=True)


class AccessKeyRow(Row):
    """A user's long-term access key; the secret is sealed with the key's id as context."""

    __tablename__ = "iam_access_keys"

    access_key_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("iam_users.user_id"), index=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    active: Mapped[bool] = mapped_column()
    created_at: Mapped[float] = mapped_column(Float)


class LoginProfile(Row):
    """A user's password: hashes of the current one and of those before it, sealed with the user's id as context."""

    __tablename__ = "iam_login_profiles"

    user_id: Mapped[str] = mapped_column(ForeignKey("iam_users.user_id"), primary_key=True)
    sealed_hashes: Mapped[bytes] = mapped_column(LargeBinary)  # `passwords.Hashes`
    reset_required: Mapped[bool] = mapped_column()
    created_at: Mapped[float] = mapped_column(Float)
    changed_at: Mapped[float] = mapped_column(Float)


class MfaDeviceRow(Row):
    """A virtual MFA device; the seed is sealed with the serial number as context."""

    __tablename__ = "iam_mfa_devices"

    serial_number: Mapped[str] = mapped_column(String(256), primary_key=True)  # an ARN
    user_id: Mapped[str | None] = mapped_column(ForeignKey("iam_users.user_id"), index=True)  # None: not enabled
    sealed_seed: Mapped[bytes] = mapped_column(LargeBinary)
    drift: Mapped[int] = mapped_column(Integer)  # steps by which the device's clock is ahead of ours
    created_at: Mapped[float] = mapped_column(Float)
    enabled_at: Mapped[float | None] = mapped_column(Float)
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class OidcProviderRow(Row):
    """An OpenID Connect provider."""

    __tablename__ = "iam_oidc_providers"

    arn: Mapped[str] = mapped_column(String(512), primary_key=True)
    url: Mapped[str] = mapped_column(String(255))  # with its scheme
    client_ids: Mapped[list[str]] = mapped_column(Json)
    thumbprints: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[float] = mapped_column(Float)
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class SamlProviderRow(Row):
    """A SAML provider."""

    __tablename__ = "iam_saml_providers"

    arn: Mapped[str] = mapped_column(String(512), primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36))
    metadata_xml: Mapped[str] = mapped_column(Text)  # as written
    created_at: Mapped[float] = mapped_column(Float)
    valid_until: Mapped[float] = mapped_column(Float)
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class InstanceProfile(Entity, Row):
    """A container for one role, as machines are given it."""

    __tablename__ = "iam_instance_profiles"

    instance_profile_id: Mapped[str] = mapped_column(String(21), primary_key=True)
    instance_profile_name: Mapped[str] = mapped_column(String(128))
    name_key: Mapped[str] = mapped_column(String(128), unique=True)
    role_id: Mapped[str | None] = mapped_column(ForeignKey("iam_roles.role_id"), index=True)
    tags: Mapped[dict[str, str]] = mapped_column(Json)


class AccountSetting(Row):
    """What the account has one of: its alias, its password policy, its credential report."""

    __tablename__ = "iam_account_settings"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    changed_at: Mapped[float] = mapped_column(Float)


class DeletionTask(Row):
    """A service-linked role that was deleted: what `GetServiceLinkedRoleDeletionStatus` asks for."""

    __tablename__ = "iam_deletion_tasks"

    task_id: Mapped[str] = mapped_column(String(512), primary_key=True)
    created_at: Mapped[float] = mapped_column(Float)
