"""From a name to its row, and from a row to what is published when it changes.

Law: whoever changes what a principal may do calls `changed` with the row, in the same transaction.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from sqlalchemy import Select, select

from gatewright.control.service import Call, Params
from gatewright.core.identity import PrincipalType
from gatewright.services.iam.faults import no_such, no_such_entity, unmodifiable_entity, validation_error
from gatewright.services.iam.tables import (
    AccessKeyRow,
    Attachment,
    Group,
    ManagedPolicy,
    Membership,
    MfaDeviceRow,
    Role,
    User,
)
from gatewright.storage.credentials import ACCESS_KEYS
from gatewright.storage.mfa import SHELF as MFA_DEVICES
from gatewright.storage.principals import SHELF as PRINCIPALS
from gatewright.wire.faults import Fault

T = TypeVar("T")

# Shelf: "role/Name" -> `Named`, because an operation names a role and permissions need its ARN; what operations name
# by its ARN (policies, providers, MFA devices) is there by its ARN.
NAMES = "iam.name"
SERVICE_LINKED = "/aws-service-role/"  # the path of every service-linked role, and of no other
POLICIES = "iam.policy"  # shelf: ARN -> document of a managed policy's default version

Owner = User | Group | Role


class Named(msgspec.Struct, frozen=True):
    """What the permission for an operation on a resource depends on; read by `actions.py` only."""

    arn: str
    boundary_arn: str | None = None
    tags: Mapping[str, str] = {}


async def find_user(call: Call, name: str) -> User:
    """Return a user by name.

    Raises:
        Fault: `NoSuchEntity`.
    """
    return await _found(call, select(User).where(User.user_name == name), no_such("user", name))


async def find_group(call: Call, name: str) -> Group:
    """Return a group by name.

    Raises:
        Fault: `NoSuchEntity`.
    """
    return await _found(call, select(Group).where(Group.group_name == name), no_such("group", name))


async def find_role(call: Call, name: str) -> Role:
    """Return a role by name.

    Raises:
        Fault: `NoSuchEntity`.
    """
    return await _found(call, select(Role).where(Role.role_name == name), no_such("role", name))


async def find_policy(call: Call, arn: str) -> ManagedPolicy:
    """Return a customer-managed policy by ARN.

    Raises:
        Fault: `NoSuchEntity`.
    """
    return await _found(
        call, select(ManagedPolicy).where(ManagedPolicy.arn == arn), no_such_entity(f"Policy {arn} was not found.")
    )


async def _found(call: Call, wanted: Select[T], missing: Fault) -> T:
    row: T | None = await call.session.scalar(wanted)
    if row is None:
        raise missing
    return row


async def user_of(call: Call, params: Params) -> User:
    """Return the user named in a request, the calling user where none is named."""
    return await find_user(call, params["UserName"])


async def group_of(call: Call, params: Params) -> Group:
    """Return the group named in a request."""
    return await find_group(call, params["GroupName"])


async def role_of(call: Call, params: Params) -> Role:
    """Return the role named in a request."""
    return await find_role(call, params["RoleName"])


async def role_to_change(call: Call, params: Params) -> Role:
    """Return the role named in a request, for changing it.

    Raises:
        Fault: `NoSuchEntity`; `UnmodifiableEntity` for a service-linked role, which only its service may change.
    """
    role = await role_of(call, params)
    must_be_changeable(role)
    return role


def must_be_changeable(role: Role) -> None:
    """Refuse to change a service-linked role.

    Raises:
        Fault: `UnmodifiableEntity`.
    """
    if is_service_linked(role):
        raise unmodifiable_entity(role.role_name)


def is_service_linked(role: Role) -> bool:
    """Say whether a role is a service's own."""
    return role.path.startswith(SERVICE_LINKED)


async def user_or_self(call: Call, params: Params) -> User:
    """Return the user named in a request, or, where none is named, the user who calls.

    Raises:
        Fault: `NoSuchEntity`; `ValidationError` where the caller is not a user.
    """
    name = params.get("UserName")
    if name is None and call.caller.type is PrincipalType.USER:
        name = call.caller.username
    if name is None:
        raise validation_error("Must specify userName when calling with non-User credentials")
    return await find_user(call, name)


def owner_id(owner: Owner) -> str:
    """Return the unique id by which an owner holds policies."""
    if isinstance(owner, User):
        return owner.user_id
    return owner.role_id if isinstance(owner, Role) else owner.group_id


def owner_name(owner: Owner) -> str:
    """Return an owner's name without its path."""
    if isinstance(owner, User):
        return owner.user_name
    return owner.role_name if isinstance(owner, Role) else owner.group_name


def owner_noun(owner: Owner) -> str:
    """Return the word by which AWS's messages call an owner: `user`, `group` or `role`."""
    return type(owner).__name__.lower()


async def changed(call: Call, owner: Owner) -> None:
    """Say that an owner was made, changed or deleted; a group's change is its members'."""
    call.publish(NAMES, f"{owner_noun(owner)}/{owner_name(owner)}")
    if not isinstance(owner, Group):
        call.publish(PRINCIPALS, owner.arn)
        return
    members = select(User.arn).join(Membership, Membership.user_id == User.user_id)
    for arn in await call.session.scalars(members.where(Membership.group_id == owner.group_id)):
        call.publish(PRINCIPALS, arn)


async def policy_changed(call: Call, arn: str) -> None:
    """Say that a managed policy's default version has changed: so have all on whom it is, also as a boundary."""
    call.publish(POLICIES, arn)
    call.publish(NAMES, arn)
    attached = select(Attachment.owner_id).where(Attachment.policy_arn == arn)
    in_groups = select(Membership.user_id).where(Membership.group_id.in_(attached))
    users = select(User.arn).where(
        User.user_id.in_(attached) | User.user_id.in_(in_groups) | (User.boundary_arn == arn)
    )
    roles = select(Role.arn).where(Role.role_id.in_(attached) | (Role.boundary_arn == arn))
    for principal in [*await call.session.scalars(users), *await call.session.scalars(roles)]:
        call.publish(PRINCIPALS, principal)


def access_key_changed(call: Call, access_key_id: str) -> None:
    """Say that an access key was made, switched or deleted."""
    call.publish(ACCESS_KEYS, access_key_id)


async def caller_changed(call: Call, user: User) -> None:
    """Say that a user's ARN or tags have changed: its keys and MFA devices stand for it as they are published."""
    devices = select(MfaDeviceRow.serial_number).where(MfaDeviceRow.user_id == user.user_id)
    for serial_number in await call.session.scalars(devices):
        call.publish(MFA_DEVICES, serial_number)
    keys = select(AccessKeyRow.access_key_id).where(AccessKeyRow.user_id == user.user_id)
    for access_key_id in await call.session.scalars(keys):
        access_key_changed(call, access_key_id)
