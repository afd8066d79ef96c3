"""Users. Source: IAM API reference, `CreateUser`, `DeleteUser` …"""

from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.core.arn import root_arn, user_arn
from gatewright.core.identity import PrincipalType
from gatewright.services.iam.boundaries import boundary_given, show_boundary
from gatewright.services.iam.faults import delete_conflict
from gatewright.services.iam.limits import must_have_room
from gatewright.services.iam.lookup import caller_changed, changed, find_user, user_or_self
from gatewright.services.iam.names import must_be_free, path_of, under_prefix
from gatewright.services.iam.paging import page, page_size, page_start
from gatewright.services.iam.tables import (
    AccessKeyRow,
    Attachment,
    InlinePolicy,
    LoginProfile,
    Membership,
    MfaDeviceRow,
    User,
)
from gatewright.services.iam.tags import moment, read_tags, show_tags
from gatewright.services.iam.trust import follow_principal


def show_user(user: User, *, whole: bool = True) -> dict[str, Any]:
    """Return a user as AWS answers it; lists leave out tags and boundary."""
    shown: dict[str, Any] = {
        "Path": user.path,
        "UserName": user.user_name,
        "UserId": user.user_id,
        "Arn": user.arn,
        "CreateDate": moment(user.created_at),
    }
    if whole:
        shown |= show_boundary(user.boundary_arn)
        if user.tags:
            shown["Tags"] = show_tags(user.tags)
    return shown


async def create_user(call: Call, params: Params) -> Result:
    """Make a user without any permission."""
    name, path = params["UserName"], path_of(params)
    await must_be_free(call, User.name_key, "User", name)
    await must_have_room(call, User)
    user = User(
        user_id=ids.unique_id("AIDA"),
        user_name=name,
        name_key=name.lower(),
        path=path,
        arn=user_arn(call.account, path, name),
        created_at=call.now,
        boundary_arn=await boundary_given(call, params),
        tags=read_tags(params.get("Tags")),
    )
    call.session.add(user)
    await call.session.flush()
    await changed(call, user)
    return {"User": show_user(user)}


async def get_user(call: Call, params: Params) -> Result:
    """Return a user; without a name, the caller - the root user of the account too."""
    if params.get("UserName") is None and call.caller.type is PrincipalType.ACCOUNT:
        return {"User": {"UserId": call.account, "Arn": root_arn(call.account)}}
    return {"User": show_user(await user_or_self(call, params))}


async def list_users(call: Call, params: Params) -> Result:
    """Return the users under a path, by name."""
    query = select(User).where(under_prefix(User.path, params)).order_by(User.name_key).limit(page_size(params) + 1)
    if (start := page_start(call, params)) is not None:
        query = query.where(User.name_key > start)
    rows = list(await call.session.scalars(query))
    return page(call, params, "Users", rows, lambda user: user.name_key, lambda user: show_user(user, whole=False))


async def update_user(call: Call, params: Params) -> Result | None:
    """Give a user another name or path. The unique id stays: keys and policies go on; sessions of the old ARN end."""
    user = await find_user(call, params["UserName"])
    name, path = params.get("NewUserName") or user.user_name, path_of(params, "NewPath", user.path)
    if name.lower() != user.name_key:
        await must_be_free(call, User.name_key, "User", name)
    await changed(call, user)
    old = user.arn
    user.user_name, user.name_key, user.path = name, name.lower(), path
    user.arn = user_arn(call.account, path, name)
    await call.session.flush()
    await follow_principal(call, old, user.arn)
    await changed(call, user)
    await caller_changed(call, user)
    return None


async def delete_user(call: Call, params: Params) -> Result | None:
    """Delete a user who holds nothing any more.

    Raises:
        Fault: `DeleteConflict` while there are keys, a password, MFA devices, policies or memberships.
    """
    user = await find_user(call, params["UserName"])
    for table, column, first in (
        (AccessKeyRow, AccessKeyRow.user_id, "delete access keys"),
        (LoginProfile, LoginProfile.user_id, "delete login profile"),
        (MfaDeviceRow, MfaDeviceRow.user_id, "delete MFA device"),
        (Attachment, Attachment.owner_id, "detach all policies"),
        (InlinePolicy, InlinePolicy.owner_id, "delete policies"),
        (Membership, Membership.user_id, "remove users from group"),
    ):
        if await call.session.scalar(select(table).where(column == user.user_id).limit(1)) is not None:
            raise delete_conflict(first)
    await call.session.execute(delete(User).where(User.user_id == user.user_id))
    await changed(call, user)
    await follow_principal(call, user.arn, user.user_id)
    return None
