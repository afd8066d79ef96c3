"""Inline policies of users, groups and roles: `Put…Policy`, `Get…Policy`, `List…Policies`, `Delete…Policy`.

The twelve operations are four functions over three kinds of owner. Source: IAM API reference, `PutRolePolicy` …
"""

from collections.abc import Awaitable, Callable

from sqlalchemy import delete, select

from gatewright.control.service import Call, Operation, Params, Result
from gatewright.services.iam.documents import INLINE, check_document, encoded, size_of
from gatewright.services.iam.faults import no_such_entity
from gatewright.services.iam.lookup import (
    Owner,
    changed,
    group_of,
    owner_id,
    owner_name,
    owner_noun,
    role_of,
    role_to_change,
    user_of,
)
from gatewright.services.iam.paging import page_of_all
from gatewright.services.iam.tables import InlinePolicy
from gatewright.wire.faults import Fault

_Find = Callable[[Call, Params], Awaitable[Owner]]


async def _policies_of(call: Call, owner: Owner) -> list[InlinePolicy]:
    return list(await call.session.scalars(select(InlinePolicy).where(InlinePolicy.owner_id == owner_id(owner))))


async def _policy_of(call: Call, owner: Owner, name: str) -> InlinePolicy:
    policy = await call.session.get(InlinePolicy, (owner_id(owner), name))
    if policy is None:
        raise no_such_entity(f"The {owner_noun(owner)} policy with name {name} cannot be found.")
    return policy


def _put(find: _Find) -> Operation:
    async def put_policy(call: Call, params: Params) -> Result | None:
        owner, name = await find(call, params), params["PolicyName"]
        document = check_document(params["PolicyDocument"])
        policies = await _policies_of(call, owner)
        others = sum(size_of(policy.document) for policy in policies if policy.policy_name != name)
        limit = INLINE[owner_noun(owner)]
        if others + size_of(document) > limit:
            message = f"Maximum policy size of {limit} bytes exceeded for {owner_noun(owner)} {owner_name(owner)}"
            raise Fault("LimitExceeded", message, 409)
        old = next((policy for policy in policies if policy.policy_name == name), None)
        if old is None:
            call.session.add(InlinePolicy(owner_id=owner_id(owner), policy_name=name, document=document))
        else:
            old.document = document
        await call.session.flush()
        await changed(call, owner)
        return None

    return put_policy


def _get(find: _Find) -> Operation:
    async def get_policy(call: Call, params: Params) -> Result | None:
        owner = await find(call, params)
        policy = await _policy_of(call, owner, params["PolicyName"])
        whose = {f"{owner_noun(owner).title()}Name": owner_name(owner)}
        return {**whose, "PolicyName": policy.policy_name, "PolicyDocument": encoded(policy.document)}

    return get_policy


def _list(find: _Find) -> Operation:
    async def list_policies(call: Call, params: Params) -> Result | None:
        names = [policy.policy_name for policy in await _policies_of(call, await find(call, params))]
        return page_of_all(call, params, "PolicyNames", names, str, str)

    return list_policies


def _delete(find: _Find) -> Operation:
    async def delete_policy(call: Call, params: Params) -> Result | None:
        owner = await find(call, params)
        policy = await _policy_of(call, owner, params["PolicyName"])
        gone = delete(InlinePolicy).where(
            InlinePolicy.owner_id == policy.owner_id, InlinePolicy.policy_name == policy.policy_name
        )
        await call.session.execute(gone)
        await changed(call, owner)
        return None

    return delete_policy


OPERATIONS = {
    "PutUserPolicy": _put(user_of),
    "PutGroupPolicy": _put(group_of),
    "PutRolePolicy": _put(role_to_change),
    "GetUserPolicy": _get(user_of),
    "GetGroupPolicy": _get(group_of),
    "GetRolePolicy": _get(role_of),
    "ListUserPolicies": _list(user_of),
    "ListGroupPolicies": _list(group_of),
    "ListRolePolicies": _list(role_of),
    "DeleteUserPolicy": _delete(user_of),
    "DeleteGroupPolicy": _delete(group_of),
    "DeleteRolePolicy": _delete(role_to_change),
}
