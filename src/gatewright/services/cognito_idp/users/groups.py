"""Groups of users, with a role and a precedence. Source: Cognito developer guide, "Adding groups to a user pool".

Law: the role of a group goes into the tokens of its users, so that whoever gives a group a role must be allowed to pass
it (`actions.py`). Lists are sorted by what they are paged by: groups by name, members by `sub`.
"""

from typing import Any

from sqlalchemy import delete, func, select, tuple_

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import group_not_found, limit_exceeded
from gatewright.services.cognito_idp.pools.find import find_pool, page_position, show_page
from gatewright.services.cognito_idp.pools.user_pools import moment
from gatewright.services.cognito_idp.tables import GroupMemberRow, GroupRow, UserRow
from gatewright.services.cognito_idp.users.directory import user_of
from gatewright.services.cognito_idp.users.users import show_user
from gatewright.wire.faults import Fault

_MOST_GROUPS = 10_000
_MOST_OF_USER = 100
_PAGE = 60
_CHANGEABLE = {"Description": "description", "RoleArn": "role_arn", "Precedence": "precedence"}


async def _group_of(call: Call, params: Params) -> GroupRow:
    pool = find_pool(call, params["UserPoolId"])
    row = await call.session.get(GroupRow, (pool.id, params["GroupName"]))
    if row is None:
        raise group_not_found()
    return row


def _show(row: GroupRow) -> dict[str, Any]:
    shown = {
        "GroupName": row.group_name,
        "UserPoolId": row.user_pool_id,
        "Description": row.description,
        "RoleArn": row.role_arn,
        "Precedence": row.precedence,
        "CreationDate": moment(row.created_at),
        "LastModifiedDate": moment(row.modified_at),
    }
    return {name: value for name, value in shown.items() if value is not None}


async def create_group(call: Call, params: Params) -> Result:
    """Make a group.

    Raises:
        Fault: `GroupExistsException`, `LimitExceededException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    if await call.session.get(GroupRow, (pool.id, params["GroupName"])) is not None:
        raise Fault("GroupExistsException", "A group with the name already exists.", 400)
    count = select(func.count()).select_from(GroupRow).where(GroupRow.user_pool_id == pool.id)
    if (await call.session.scalar(count) or 0) >= _MOST_GROUPS:
        raise limit_exceeded(f"A user pool can have at most {_MOST_GROUPS} groups.")
    row = GroupRow(
        user_pool_id=pool.id,
        group_name=params["GroupName"],
        description=params.get("Description"),
        role_arn=params.get("RoleArn"),
        precedence=params.get("Precedence"),
        created_at=call.now,
        modified_at=call.now,
    )
    call.session.add(row)
    await call.session.flush()
    return {"Group": _show(row)}


async def get_group(call: Call, params: Params) -> Result:
    """Return a group."""
    return {"Group": _show(await _group_of(call, params))}


async def update_group(call: Call, params: Params) -> Result:
    """Change what is given of a group."""
    row = await _group_of(call, params)
    for member, column in _CHANGEABLE.items():
        if params.get(member) is not None:
            setattr(row, column, params[member])
    row.modified_at = call.now
    await call.session.flush()
    return {"Group": _show(row)}


async def delete_group(call: Call, params: Params) -> Result | None:
    """Delete a group; its users stay."""
    row = await _group_of(call, params)
    chosen = delete(GroupRow).where(GroupRow.user_pool_id == row.user_pool_id, GroupRow.group_name == row.group_name)
    await call.session.execute(chosen)
    return None


async def list_groups(call: Call, params: Params) -> Result:
    """Return the groups of a pool, by name."""
    pool = find_pool(call, params["UserPoolId"])
    query = select(GroupRow).where(GroupRow.user_pool_id == pool.id)
    return await _page_of_groups(call, params, f"groups of {pool.id}", query)


async def _page_of_groups(call: Call, params: Params, listing: str, query: Any) -> Result:
    size: int = params.get("Limit") or _PAGE
    if (position := page_position(call, params, listing)) is not None:
        query = query.where(GroupRow.group_name > position)
    rows = list(await call.session.scalars(query.order_by(GroupRow.group_name).limit(size + 1)))
    return show_page(call, listing, rows, size, lambda row: row.group_name, _show, member="Groups")


async def admin_list_groups_for_user(call: Call, params: Params) -> Result:
    """Return the groups of a user, by name."""
    pool = find_pool(call, params["UserPoolId"])
    user = await user_of(call, pool, params["Username"])
    query = select(GroupRow).join(
        GroupMemberRow,
        (GroupMemberRow.user_pool_id == GroupRow.user_pool_id) & (GroupMemberRow.group_name == GroupRow.group_name),
    )
    return await _page_of_groups(call, params, f"groups of {user.sub}", query.where(GroupMemberRow.sub == user.sub))


async def list_users_in_group(call: Call, params: Params) -> Result:
    """Return the users of a group, by `sub`."""
    group = await _group_of(call, params)
    size: int = params.get("Limit") or _PAGE
    listing = f"users of {group.user_pool_id} in {group.group_name}"
    query = select(UserRow).join(GroupMemberRow, GroupMemberRow.sub == UserRow.sub)
    # A range that ends with the group where it begins: see `list_users.py`.
    columns = (GroupMemberRow.group_name, GroupMemberRow.sub)
    after = page_position(call, params, listing) or ""
    query = query.where(
        GroupMemberRow.user_pool_id == group.user_pool_id,
        GroupMemberRow.group_name <= group.group_name,
        tuple_(*columns) > tuple_(group.group_name, after),
    )
    rows = list(await call.session.scalars(query.order_by(*columns).limit(size + 1)))
    return show_page(call, listing, rows, size, lambda row: row.sub, show_user, member="Users")


async def admin_add_user_to_group(call: Call, params: Params) -> Result | None:
    """Put a user into a group; who is in it already stays in it."""
    group = await _group_of(call, params)
    user = await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"])
    key = (group.user_pool_id, group.group_name, user.sub)
    if await call.session.get(GroupMemberRow, key) is not None:
        return None
    count = select(func.count()).select_from(GroupMemberRow).where(GroupMemberRow.sub == user.sub)
    if (await call.session.scalar(count) or 0) >= _MOST_OF_USER:
        raise limit_exceeded(f"A user can be in at most {_MOST_OF_USER} groups.")
    call.session.add(GroupMemberRow(user_pool_id=key[0], group_name=key[1], sub=key[2]))
    await call.session.flush()
    return None


async def admin_remove_user_from_group(call: Call, params: Params) -> Result | None:
    """Take a user out of a group; who is not in it stays out."""
    group = await _group_of(call, params)
    user = await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"])
    member = delete(GroupMemberRow).where(
        GroupMemberRow.user_pool_id == group.user_pool_id,
        GroupMemberRow.group_name == group.group_name,
        GroupMemberRow.sub == user.sub,
    )
    await call.session.execute(member)
    return None
