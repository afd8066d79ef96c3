"""Managed policies on users, groups and roles: `Attach…`, `Detach…`, `ListAttached…`, `ListEntitiesForPolicy`.

Source: IAM API reference, `AttachRolePolicy` …
"""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import delete, func, select

from gatewright.control.service import Call, Operation, Params, Result
from gatewright.services.iam.boundaries import policy_exists
from gatewright.services.iam.faults import limit_exceeded, no_such_entity, no_such_policy
from gatewright.services.iam.limits import POLICIES_PER_OWNER
from gatewright.services.iam.lookup import (
    SERVICE_LINKED,
    Owner,
    changed,
    group_of,
    owner_id,
    owner_noun,
    role_of,
    role_to_change,
    user_of,
)
from gatewright.services.iam.names import must_be_policy_arn
from gatewright.services.iam.paging import page_of_all
from gatewright.services.iam.policies import any_policy
from gatewright.services.iam.tables import Attachment, Group, Role, User
from gatewright.wire.faults import Fault

_Find = Callable[[Call, Params], Awaitable[Owner]]


def _attach(find: _Find) -> Operation:
    async def attach_policy(call: Call, params: Params) -> Result | None:
        owner, arn = await find(call, params), params["PolicyArn"]
        must_be_policy_arn(arn)
        if not await policy_exists(call, arn):
            raise no_such_policy(arn)
        if _path(arn).startswith(SERVICE_LINKED):
            raise Fault("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.", 400)
        if await call.session.get(Attachment, (owner_id(owner), arn)) is not None:
            return None
        count = select(func.count()).select_from(Attachment).where(Attachment.owner_id == owner_id(owner))
        if (await call.session.scalar(count) or 0) >= POLICIES_PER_OWNER:
            raise limit_exceeded(f"PoliciesPer{owner_noun(owner).title()}", POLICIES_PER_OWNER)
        call.session.add(Attachment(owner_id=owner_id(owner), policy_arn=arn))
        await call.session.flush()
        await changed(call, owner)
        return None

    return attach_policy


def _detach(find: _Find) -> Operation:
    async def detach_policy(call: Call, params: Params) -> Result | None:
        owner, arn = await find(call, params), params["PolicyArn"]
        must_be_policy_arn(arn)
        if await call.session.get(Attachment, (owner_id(owner), arn)) is None:
            raise no_such_entity(f"Policy {arn} was not found.")
        gone = delete(Attachment).where(Attachment.owner_id == owner_id(owner), Attachment.policy_arn == arn)
        await call.session.execute(gone)
        await changed(call, owner)
        return None

    return detach_policy


def _list(find: _Find) -> Operation:
    async def list_attached_policies(call: Call, params: Params) -> Result | None:
        owner, prefix = await find(call, params), params.get("PathPrefix") or "/"
        query = select(Attachment.policy_arn).where(Attachment.owner_id == owner_id(owner))
        arns = [arn for arn in await call.session.scalars(query) if _path(arn).startswith(prefix)]
        return page_of_all(
            call,
            params,
            "AttachedPolicies",
            arns,
            lambda arn: arn.rsplit("/", 1)[-1] + "\0" + arn,
            lambda arn: {"PolicyName": arn.rsplit("/", 1)[-1], "PolicyArn": arn},
        )

    return list_attached_policies


def _path(arn: str) -> str:
    """Return the path in a policy's ARN: `/service-role/` of `arn:aws:iam::aws:policy/service-role/Name`."""
    return arn.partition(":policy")[2].rsplit("/", 1)[0] + "/"


async def list_entities_for_policy(call: Call, params: Params) -> Result:
    """Return the users, groups and roles that have a policy, attached or as their boundary."""
    arn = (await any_policy(call, params["PolicyArn"])).arn
    usage, wanted, prefix = params.get("PolicyUsageFilter"), params.get("EntityFilter"), params.get("PathPrefix") or "/"
    attached = select(Attachment.owner_id).where(Attachment.policy_arn == arn)
    entities: list[Owner] = []
    if usage != "PermissionsBoundary":
        entities += await call.session.scalars(select(User).where(User.user_id.in_(attached)))
        entities += await call.session.scalars(select(Group).where(Group.group_id.in_(attached)))
        entities += await call.session.scalars(select(Role).where(Role.role_id.in_(attached)))
    if usage != "PermissionsPolicy":
        entities += await call.session.scalars(select(User).where(User.boundary_arn == arn))
        entities += await call.session.scalars(select(Role).where(Role.boundary_arn == arn))
    chosen = {
        owner_id(entity): entity
        for entity in entities
        if entity.path.startswith(prefix) and wanted in {None, type(entity).__name__}
    }
    answer = page_of_all(call, params, "Entities", list(chosen.values()), owner_id, lambda entity: entity)
    shown: dict[str, list[dict[str, Any]]] = {"PolicyGroups": [], "PolicyUsers": [], "PolicyRoles": []}
    for entity in answer.pop("Entities"):
        if isinstance(entity, User):
            shown["PolicyUsers"].append({"UserName": entity.user_name, "UserId": entity.user_id})
        elif isinstance(entity, Group):
            shown["PolicyGroups"].append({"GroupName": entity.group_name, "GroupId": entity.group_id})
        else:
            shown["PolicyRoles"].append({"RoleName": entity.role_name, "RoleId": entity.role_id})
    return {**shown, **answer}


OPERATIONS = {
    "AttachUserPolicy": _attach(user_of),
    "AttachGroupPolicy": _attach(group_of),
    "AttachRolePolicy": _attach(role_to_change),
    "DetachUserPolicy": _detach(user_of),
    "DetachGroupPolicy": _detach(group_of),
    "DetachRolePolicy": _detach(role_to_change),
    "ListAttachedUserPolicies": _list(user_of),
    "ListAttachedGroupPolicies": _list(group_of),
    "ListAttachedRolePolicies": _list(role_of),
    "ListEntitiesForPolicy": list_entities_for_policy,
}
