"""What `iam` remembers.

Owners of policies (users, groups, roles) are told apart by their unique ids (`AIDA…`, `AGPA…`, `AROA…`), so that
one table holds every inline policy and one every attachment, and so that whatever is made anew under an old name
inherits nothing. `*_key` columns hold names in lower case: AWS keeps names unique without regard to case.
"""

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
