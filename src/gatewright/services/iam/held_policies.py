"""Every policy that a user, a group or a role holds: inline and managed, a user's groups' with it.

In: an owner. Out: `HeldPolicy`s, inline ones first, each with who holds it. For simulations, which must tell policies
apart; whoever only decides reads `storage.principals`.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from gatewright.control.service import Call
from gatewright.policy.aws_managed import aws_managed_policies
from gatewright.services.iam.account_settings import (
    PASSWORD_POLICY,
    lets_users_change_password,
    may_change_password,
    setting,
)
from gatewright.services.iam.lookup import Owner, owner_id, owner_name, owner_noun
from gatewright.services.iam.tables import (
    Attachment,
    Group,
    InlinePolicy,
    ManagedPolicy,
    Membership,
    PolicyVersion,
    User,
)


class HeldPolicy(msgspec.Struct, frozen=True):
    """One policy, and through whom it is held."""

    name: str
    text: str
    holder_noun: str  # user, group or role
    holder_name: str
    arn: str | None = None  # of a managed one

    @property
    def is_aws_managed(self) -> bool:
        """Whether it is one of AWS's."""
        return self.arn in aws_managed_policies()


async def managed_document(call: Call, arn: str) -> str:
    """Return the default version of a managed policy that is attached, and so exists."""
    known = aws_managed_policies().get(arn)
    if known is not None:
        return known.document
    query = select(PolicyVersion.document).join(
        ManagedPolicy,
        (PolicyVersion.policy_id == ManagedPolicy.policy_id) & (PolicyVersion.version == ManagedPolicy.default_version),
    )
    return str(await call.session.scalar(query.where(ManagedPolicy.arn == arn)))


async def held_policies(call: Call, owner: Owner) -> list[HeldPolicy]:
    """Return the policies of an owner, and of a user's groups."""
    holders: list[Owner] = [owner]
    if isinstance(owner, User):
        groups = select(Group).join(Membership, Membership.group_id == Group.group_id)
        groups = groups.where(Membership.user_id == owner.user_id)
        holders += await call.session.scalars(groups.order_by(Group.name_key))
    held = [policy for holder in holders for policy in await _of_holder(call, holder)]
    if isinstance(owner, User) and lets_users_change_password(await setting(call, PASSWORD_POLICY)):
        held.append(HeldPolicy(PASSWORD_POLICY, may_change_password(owner.arn), "user", owner.user_name))
    return held


async def _of_holder(call: Call, holder: Owner) -> Iterable[HeldPolicy]:
    noun, name = owner_noun(holder), owner_name(holder)
    inline = select(InlinePolicy).where(InlinePolicy.owner_id == owner_id(holder)).order_by(InlinePolicy.policy_name)
    found = [HeldPolicy(row.policy_name, row.document, noun, name) for row in await call.session.scalars(inline)]
    attached = select(Attachment.policy_arn).where(Attachment.owner_id == owner_id(holder))
    arns = list(await call.session.scalars(attached.order_by(Attachment.policy_arn)))
    found += [HeldPolicy(arn.rsplit("/", 1)[-1], await managed_document(call, arn), noun, name, arn) for arn in arns]
    return found
