"""Groups and who is in them. Source: IAM API reference, `CreateGroup`, `AddUserToGroup` …"""

from typing import Any

from sqlalchemy import delete, func, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.iam.faults import delete_conflict, limit_exceeded
from gatewright.services.iam.limits import GROUPS_PER_USER, must_have_room
from gatewright.services.iam.lookup import changed, find_group, find_user
from gatewright.services.iam.names import must_be_free, path_of, under_prefix
from gatewright.services.iam.paging import page, page_of_all, page_size, page_start
from gatewright.services.iam.tables import Attachment, Group, InlinePolicy, Membership, User
from gatewright.services.iam.tags import moment
from gatewright.services.iam.users import show_user


def _arn(account: str, path: str, name: str) -> str:
    return f"arn:aws:iam::{account}:group{path}{name}"


def show_group(group: Group) -> dict[str, Any]:
    """Return a group as AWS answers it."""
    return {
        "Path": group.path,
        "GroupName": group.group_name,
        "GroupId": group.group_id,
        "Arn": group.arn,
        "CreateDate": moment(group.created_at),
    }


async def create_group(call: Call, params: Params) -> Result:
    """Make an empty group."""
    name, path = params["GroupName"], path_of(params)
    await must_be_free(call, Group.name_key, "Group", name)
    await must_have_room(call, Group)
    group = Group(
        group_id=ids.unique_id("AGPA"),
        group_name=name,
        name_key=name.lower(),
        path=path,
        arn=_arn(call.account, path, name),
        created_at=call.now,
    )
    call.session.add(group)
    await call.session.flush()
    await changed(call, group)
    return {"Group": show_group(group)}


async def get_group(call: Call, params: Params) -> Result:
    """Return a group and its users, by name."""
    group = await find_group(call, params["GroupName"])
    query = select(User).join(Membership, Membership.user_id == User.user_id)
    query = query.where(Membership.group_id == group.group_id).order_by(User.name_key).limit(page_size(params) + 1)
    if (start := page_start(call, params)) is not None:
        query = query.where(User.name_key > start)
    rows = list(await call.session.scalars(query))
    users = page(call, params, "Users", rows, lambda user: user.name_key, lambda user: show_user(user, whole=False))
    return {"Group": show_group(group), **users}


async def list_groups(call: Call, params: Params) -> Result:
    """Return the groups under a path, by name."""
    query = select(Group).where(under_prefix(Group.path, params)).order_by(Group.name_key).limit(page_size(params) + 1)
    if (start := page_start(call, params)) is not None:
        query = query.where(Group.name_key > start)
    rows = list(await call.session.scalars(query))
    return page(call, params, "Groups", rows, lambda group: group.name_key, show_group)


async def list_groups_for_user(call: Call, params: Params) -> Result:
    """Return the groups that a user is in."""
    user = await find_user(call, params["UserName"])
    query = select(Group).join(Membership, Membership.group_id == Group.group_id)
    rows = list(await call.session.scalars(query.where(Membership.user_id == user.user_id)))
    return page_of_all(call, params, "Groups", rows, lambda group: group.name_key, show_group)


async def update_group(call: Call, params: Params) -> Result | None:
    """Give a group another name or path; its members keep what they have through it."""
    group = await find_group(call, params["GroupName"])
    name, path = params.get("NewGroupName") or group.group_name, path_of(params, "NewPath", group.path)
    if name.lower() != group.name_key:
        await must_be_free(call, Group.name_key, "Group", name)
    await changed(call, group)
    group.group_name, group.name_key, group.path = name, name.lower(), path
    group.arn = _arn(call.account, path, name)
    await call.session.flush()
    await changed(call, group)
    return None


async def delete_group(call: Call, params: Params) -> Result | None:
    """Delete a group that has neither members nor policies.

    Raises:
        Fault: `DeleteConflict`.
    """
    group = await find_group(call, params["GroupName"])
    for table, column, first in (
        (Membership, Membership.group_id, "remove users from group"),
        (Attachment, Attachment.owner_id, "detach all policies"),
        (InlinePolicy, InlinePolicy.owner_id, "delete policies"),
    ):
        if await call.session.scalar(select(table).where(column == group.group_id).limit(1)) is not None:
            raise delete_conflict(first)
    await call.session.execute(delete(Group).where(Group.group_id == group.group_id))
    await changed(call, group)
    return None


async def add_user_to_group(call: Call, params: Params) -> Result | None:
    """Put a user into a group; being in it already is no error.

    Raises:
        Fault: `LimitExceeded` for an eleventh group.
    """
    group, user = await find_group(call, params["GroupName"]), await find_user(call, params["UserName"])
    if await call.session.get(Membership, (group.group_id, user.user_id)) is not None:
        return None
    count = select(func.count()).select_from(Membership).where(Membership.user_id == user.user_id)
    if (await call.session.scalar(count) or 0) >= GROUPS_PER_USER:
        raise limit_exceeded("GroupsPerUser", GROUPS_PER_USER)
    call.session.add(Membership(group_id=group.group_id, user_id=user.user_id))
    await call.session.flush()
    await changed(call, user)
    return None


async def remove_user_from_group(call: Call, params: Params) -> Result | None:
    """Take a user out of a group; not being in it is no error."""
    group, user = await find_group(call, params["GroupName"]), await find_user(call, params["UserName"])
    gone = delete(Membership).where(Membership.group_id == group.group_id, Membership.user_id == user.user_id)
    await call.session.execute(gone)
    await changed(call, user)
    return None
