"""Instance profiles: containers of one role each. Source: IAM API reference, `CreateInstanceProfile` …

No machine runs here; they are kept because tools make them beside roles, and because a role in one cannot be deleted.
"""

from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.iam.faults import already_exists, delete_conflict, limit_exceeded, no_such_entity
from gatewright.services.iam.limits import must_have_room
from gatewright.services.iam.lookup import NAMES, role_of, role_to_change
from gatewright.services.iam.names import path_of, under_prefix
from gatewright.services.iam.paging import page, page_of_all, page_size, page_start
from gatewright.services.iam.roles import show_role
from gatewright.services.iam.tables import InstanceProfile, Role
from gatewright.services.iam.tags import moment, read_tags, show_tags

_Found = tuple[InstanceProfile, Role | None]
_WITH_ROLES = select(InstanceProfile, Role).outerjoin(Role, Role.role_id == InstanceProfile.role_id)


def show_instance_profile(profile: InstanceProfile, role: Role | None, *, whole: bool = True) -> dict[str, Any]:
    """Return an instance profile as AWS answers it; lists leave out tags."""
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.instance_profile_name,
        "InstanceProfileId": profile.instance_profile_id,
        "Arn": profile.arn,
        "CreateDate": moment(profile.created_at),
        "Roles": [] if role is None else [show_role(role, whole=False)],
        **({"Tags": show_tags(profile.tags)} if whole else {}),
    }


async def instance_profile_of(call: Call, params: Params) -> InstanceProfile:
    """Return the instance profile named in a request.

    Raises:
        Fault: `NoSuchEntity`.
    """
    name = params["InstanceProfileName"]
    profile = await call.session.scalar(select(InstanceProfile).where(InstanceProfile.instance_profile_name == name))
    if profile is None:
        raise no_such_entity(f"Instance Profile {name} cannot be found.")
    return profile


def profile_changed(call: Call, profile: InstanceProfile) -> None:
    """Say that an instance profile was made, changed or deleted."""
    call.publish(NAMES, f"instance-profile/{profile.instance_profile_name}")


async def create_instance_profile(call: Call, params: Params) -> Result:
    """Make an empty instance profile."""
    name, path = params["InstanceProfileName"], path_of(params)
    taken = select(InstanceProfile.name_key).where(InstanceProfile.name_key == name.lower())
    if await call.session.scalar(taken) is not None:
        raise already_exists(f"Instance Profile {name} already exists.")
    await must_have_room(call, InstanceProfile)
    profile = InstanceProfile(
        instance_profile_id=ids.unique_id("AIPA"),
        instance_profile_name=name,
        name_key=name.lower(),
        path=path,
        arn=f"arn:aws:iam::{call.account}:instance-profile{path}{name}",
        created_at=call.now,
        role_id=None,
        tags=read_tags(params.get("Tags")),
    )
    call.session.add(profile)
    await call.session.flush()
    profile_changed(call, profile)
    return {"InstanceProfile": show_instance_profile(profile, None)}


async def get_instance_profile(call: Call, params: Params) -> Result:
    """Return an instance profile with its role."""
    profile = await instance_profile_of(call, params)
    role = None if profile.role_id is None else await call.session.get(Role, profile.role_id)
    return {"InstanceProfile": show_instance_profile(profile, role)}


async def list_instance_profiles(call: Call, params: Params) -> Result:
    """Return the instance profiles under a path, by name."""
    query = _WITH_ROLES.where(under_prefix(InstanceProfile.path, params)).order_by(InstanceProfile.name_key)
    if (start := page_start(call, params)) is not None:
        query = query.where(InstanceProfile.name_key > start)
    found: list[_Found] = [
        (profile, role) for profile, role in await call.session.execute(query.limit(page_size(params) + 1))
    ]
    return page(call, params, "InstanceProfiles", found, _key, _show_listed)


async def list_instance_profiles_for_role(call: Call, params: Params) -> Result:
    """Return the instance profiles that hold a role."""
    role = await role_of(call, params)
    query = select(InstanceProfile).where(InstanceProfile.role_id == role.role_id)
    found: list[_Found] = [(profile, role) for profile in await call.session.scalars(query)]
    return page_of_all(call, params, "InstanceProfiles", found, _key, _show_listed)


def _key(found: _Found) -> str:
    return found[0].name_key


def _show_listed(found: _Found) -> dict[str, Any]:
    return show_instance_profile(*found, whole=False)


async def delete_instance_profile(call: Call, params: Params) -> Result | None:
    """Delete an empty instance profile.

    Raises:
        Fault: `DeleteConflict`.
    """
    profile = await instance_profile_of(call, params)
    if profile.role_id is not None:
        raise delete_conflict("remove roles from instance profile")
    gone = delete(InstanceProfile).where(InstanceProfile.instance_profile_id == profile.instance_profile_id)
    await call.session.execute(gone)
    profile_changed(call, profile)
    return None


async def add_role_to_instance_profile(call: Call, params: Params) -> Result | None:
    """Put a role into an empty instance profile.

    Raises:
        Fault: `LimitExceeded` for a second role; `EntityAlreadyExists` for the same.
    """
    profile, role = await instance_profile_of(call, params), await role_to_change(call, params)
    if profile.role_id == role.role_id:
        raise already_exists(f"Role {role.role_name} is already in instance profile {profile.instance_profile_name}.")
    if profile.role_id is not None:
        raise limit_exceeded("InstanceSessionsPerInstanceProfile", 1)
    profile.role_id = role.role_id
    await call.session.flush()
    return None


async def remove_role_from_instance_profile(call: Call, params: Params) -> Result | None:
    """Take a role out of an instance profile."""
    profile, role = await instance_profile_of(call, params), await role_to_change(call, params)
    if profile.role_id != role.role_id:
        raise no_such_entity(f"Role {role.role_name} in Instance Profile {profile.instance_profile_name} not found.")
    profile.role_id = None
    await call.session.flush()
    return None
