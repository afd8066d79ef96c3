"""Roles. Source: IAM API reference, `CreateRole`, `UpdateAssumeRolePolicy` …"""

from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.core.arn import role_arn
from gatewright.services.iam.boundaries import boundary_given, show_boundary
from gatewright.services.iam.documents import encoded
from gatewright.services.iam.faults import delete_conflict, invalid_input
from gatewright.services.iam.limits import must_have_room
from gatewright.services.iam.lookup import SERVICE_LINKED, changed, find_role, must_be_changeable, role_to_change
from gatewright.services.iam.names import must_be_free, path_of, under_prefix
from gatewright.services.iam.paging import page, page_size, page_start
from gatewright.services.iam.tables import Attachment, InlinePolicy, InstanceProfile, Role
from gatewright.services.iam.tags import moment, read_tags, show_tags
from gatewright.services.iam.trust import check_trust_policy, follow_principal

SHORTEST = 3_600  # seconds; AWS's default MaxSessionDuration


def show_role(role: Role, *, whole: bool = True) -> dict[str, Any]:
    """Return a role as AWS answers it; lists leave out tags, boundary and last use."""
    shown: dict[str, Any] = {
        "Path": role.path,
        "RoleName": role.role_name,
        "RoleId": role.role_id,
        "Arn": role.arn,
        "CreateDate": moment(role.created_at),
        "AssumeRolePolicyDocument": encoded(role.trust_policy),
        "Description": role.description,
        "MaxSessionDuration": role.max_session_duration,
    }
    if whole:
        shown |= show_boundary(role.boundary_arn)
        if role.tags:
            shown["Tags"] = show_tags(role.tags)
    return {name: value for name, value in shown.items() if value is not None}


async def create_role(call: Call, params: Params) -> Result:
    """Make a role that whoever its trust policy names may assume, and that may do nothing yet."""
    name, path = params["RoleName"], path_of(params)
    if path.startswith(SERVICE_LINKED):
        raise invalid_input(f"Roles with the path {SERVICE_LINKED} are made with CreateServiceLinkedRole.")
    document = await check_trust_policy(call, params["AssumeRolePolicyDocument"])
    await must_be_free(call, Role.name_key, "Role", name)
    await must_have_room(call, Role)
    role = Role(
        role_id=ids.unique_id("AROA"),
        role_name=name,
        name_key=name.lower(),
        path=path,
        arn=role_arn(call.account, path, name),
        created_at=call.now,
        trust_policy=document,
        description=params.get("Description"),
        max_session_duration=params.get("MaxSessionDuration") or SHORTEST,
        boundary_arn=await boundary_given(call, params),
        tags=read_tags(params.get("Tags")),
    )
    call.session.add(role)
    await call.session.flush()
    await changed(call, role)
    return {"Role": show_role(role)}


async def get_role(call: Call, params: Params) -> Result:
    """Return a role."""
    role = await find_role(call, params["RoleName"])
    return {"Role": {**show_role(role), "RoleLastUsed": {}}}


async def list_roles(call: Call, params: Params) -> Result:
    """Return the roles under a path, by name."""
    query = select(Role).where(under_prefix(Role.path, params)).order_by(Role.name_key).limit(page_size(params) + 1)
    if (start := page_start(call, params)) is not None:
        query = query.where(Role.name_key > start)
    rows = list(await call.session.scalars(query))
    return page(call, params, "Roles", rows, lambda role: role.name_key, lambda role: show_role(role, whole=False))


async def update_role(call: Call, params: Params) -> Result:
    """Set a role's description and longest session; what is not given is left as it is."""
    role = await find_role(call, params["RoleName"])
    if params.get("Description") is not None:
        role.description = params["Description"]
    if params.get("MaxSessionDuration") is not None:
        must_be_changeable(role)  # a service-linked role's description is the account's, and nothing else
        role.max_session_duration = params["MaxSessionDuration"]
    await call.session.flush()
    await changed(call, role)
    return {}


async def update_role_description(call: Call, params: Params) -> Result:
    """Set a role's description: the older operation, which answers the role."""
    role = await find_role(call, params["RoleName"])
    role.description = params["Description"]
    await call.session.flush()
    return {"Role": show_role(role)}


async def update_assume_role_policy(call: Call, params: Params) -> Result | None:
    """Replace a role's trust policy, from the next request on; sessions that were begun go on, as at AWS."""
    role = await role_to_change(call, params)
    role.trust_policy = await check_trust_policy(call, params["PolicyDocument"])
    await call.session.flush()
    await changed(call, role)
    return None


async def delete_role(call: Call, params: Params) -> Result | None:
    """Delete a role that holds no policy and is in no instance profile; its sessions end at once.

    A role made anew under its name does not revive them.

    Raises:
        Fault: `DeleteConflict`.
    """
    role = await role_to_change(call, params)
    for table, column, first in (
        (Attachment, Attachment.owner_id, "detach all policies"),
        (InlinePolicy, InlinePolicy.owner_id, "delete policies"),
        (InstanceProfile, InstanceProfile.role_id, "remove roles from instance profile"),
    ):
        if await call.session.scalar(select(table).where(column == role.role_id).limit(1)) is not None:
            raise delete_conflict(first)
    await call.session.execute(delete(Role).where(Role.role_id == role.role_id))
    await changed(call, role)
    await follow_principal(call, role.arn, role.role_id)
    return None
