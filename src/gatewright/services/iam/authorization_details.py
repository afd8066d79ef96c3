"""`GetAccountAuthorizationDetails`: users, groups, roles and policies with everything that says what they may do.

Law: one list in four parts, in this order, each by name, so that a page ends anywhere and the next goes on behind it;
a page costs a handful of queries whatever is on it. Of AWS's policies those that are in use are shown, as AWS does.
Source: IAM API reference, `GetAccountAuthorizationDetails`.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.policy.aws_managed import aws_managed_policies
from gatewright.services.iam.boundaries import show_boundary
from gatewright.services.iam.documents import encoded
from gatewright.services.iam.groups import show_group
from gatewright.services.iam.instance_profiles import show_instance_profile
from gatewright.services.iam.lookup import Owner, owner_id
from gatewright.services.iam.paging import next_page, page_size, page_start
from gatewright.services.iam.policies import AnyPolicy, show_policy, uses_of_policies
from gatewright.services.iam.policy_versions import show_versions
from gatewright.services.iam.roles import show_role
from gatewright.services.iam.tables import (
    Attachment,
    Group,
    InlinePolicy,
    InstanceProfile,
    ManagedPolicy,
    Membership,
    Role,
    User,
)
from gatewright.services.iam.tags import show_tags
from gatewright.services.iam.users import show_user

_OWNERS: tuple[tuple[str, str, type[Owner]], ...] = (
    ("User", "UserDetailList", User),
    ("Group", "GroupDetailList", Group),
    ("Role", "RoleDetailList", Role),
)
_POLICIES = ("LocalManagedPolicy", "AWSManagedPolicy")


async def get_account_authorization_details(call: Call, params: Params) -> Result:
    """Return one page of everything, or of the kinds that are asked for."""
    wanted = set(params.get("Filter") or [kind for kind, _, _ in _OWNERS] + list(_POLICIES))
    reached, _, after = (page_start(call, params) or "0:").partition(":")
    part, room = int(reached), page_size(params)
    answer: dict[str, Any] = {member: [] for _, member, _ in _OWNERS} | {"Policies": []}
    for number, (kind, member, table) in enumerate(_OWNERS):
        if number < part or kind not in wanted:
            continue
        owners = await _owners(call, table, after if number == part else "", room + 1)
        answer[member] = await _details(call, owners[:room])
        if len(owners) > room:
            return answer | next_page(call, f"{number}:{owners[room - 1].name_key if room else ''}")
        room -= len(owners)
    policies = await _policies(call, wanted, after if part == len(_OWNERS) else "")
    answer["Policies"] = await _policy_details(call, policies[:room])
    if len(policies) > room:
        return answer | next_page(call, f"{len(_OWNERS)}:{policies[room - 1].arn if room else ''}")
    return answer | next_page(call, None)


async def _owners(call: Call, table: type[Owner], after: str, limit: int) -> Sequence[Owner]:
    query = select(table).where(table.name_key > after).order_by(table.name_key).limit(limit)
    return list(await call.session.scalars(query))


async def _details(call: Call, owners: Sequence[Owner]) -> list[dict[str, Any]]:
    """Return some owners of one kind, with what they hold."""
    ids = [owner_id(owner) for owner in owners]
    inline: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in await call.session.scalars(
        select(InlinePolicy).where(InlinePolicy.owner_id.in_(ids)).order_by(InlinePolicy.policy_name)
    ):
        inline[row.owner_id].append({"PolicyName": row.policy_name, "PolicyDocument": encoded(row.document)})
    attached: dict[str, list[dict[str, str]]] = defaultdict(list)
    for attachment in await call.session.scalars(
        select(Attachment).where(Attachment.owner_id.in_(ids)).order_by(Attachment.policy_arn)
    ):
        arn = attachment.policy_arn
        attached[attachment.owner_id].append({"PolicyName": arn.rsplit("/", 1)[-1], "PolicyArn": arn})
    groups = await _groups_of(call, ids) if owners and isinstance(owners[0], User) else {}
    profiles = await _profiles_of(call, owners) if owners and isinstance(owners[0], Role) else {}
    return [
        _show(owner, groups, profiles)
        | {
            f"{type(owner).__name__}PolicyList": inline[owner_id(owner)],
            "AttachedManagedPolicies": attached[owner_id(owner)],
        }
        for owner in owners
    ]


def _show(owner: Owner, groups: dict[str, list[str]], profiles: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    if isinstance(owner, Group):
        return show_group(owner)
    whole = show_boundary(owner.boundary_arn) | {"Tags": show_tags(owner.tags)}
    if isinstance(owner, User):
        return show_user(owner, whole=False) | whole | {"GroupList": groups.get(owner.user_id, [])}
    shown = show_role(owner, whole=False) | whole
    shown |= {"InstanceProfileList": profiles.get(owner.role_id, []), "RoleLastUsed": {}}
    return {name: value for name, value in shown.items() if name not in {"Description", "MaxSessionDuration"}}


async def _groups_of(call: Call, user_ids: Sequence[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    query = select(Membership.user_id, Group.group_name).join(Group, Group.group_id == Membership.group_id)
    for user_id, name in await call.session.execute(
        query.where(Membership.user_id.in_(user_ids)).order_by(Group.name_key)
    ):
        groups[user_id].append(name)
    return groups


async def _profiles_of(call: Call, owners: Sequence[Owner]) -> dict[str, list[dict[str, Any]]]:
    roles = {owner.role_id: owner for owner in owners if isinstance(owner, Role)}
    profiles: dict[str, list[dict[str, Any]]] = defaultdict(list)
    query = select(InstanceProfile).where(InstanceProfile.role_id.in_(roles)).order_by(InstanceProfile.name_key)
    for profile in await call.session.scalars(query):
        role = roles[profile.role_id or ""]
        profiles[role.role_id].append(show_instance_profile(profile, role))
    return profiles


async def _policies(call: Call, wanted: set[str], after: str) -> Sequence[AnyPolicy]:
    """Return the policies behind an ARN, by ARN: the account's, and those of AWS's that somebody has."""
    found: list[AnyPolicy] = []
    if "LocalManagedPolicy" in wanted:
        found += await call.session.scalars(select(ManagedPolicy).where(ManagedPolicy.arn > after))
    if "AWSManagedPolicy" in wanted:
        attached, boundaries = await uses_of_policies(call)
        found += [
            policy
            for arn, policy in aws_managed_policies().items()
            if arn > after and (arn in attached or arn in boundaries)
        ]
    return sorted(found, key=lambda policy: policy.arn)


async def _policy_details(call: Call, policies: Sequence[AnyPolicy]) -> list[dict[str, Any]]:
    attached, boundaries = await uses_of_policies(call)
    shown = []
    for policy in policies:
        detail = show_policy(policy, attached.get(policy.arn, 0), boundaries.get(policy.arn, 0))
        detail.pop("Tags", None)
        shown.append(detail | {"PolicyVersionList": await show_versions(call, policy)})
    return shown
