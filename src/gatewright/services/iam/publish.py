"""Rows of `iam` -> what both planes read from memory: principals, access keys, managed policies, names, and
what logins are verified against.

Law: nothing else leaves this service. Law of cost: loading all of 10,000 roles is a handful of queries, not one per
role.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.aws_managed import aws_managed_policies
from gatewright.services.iam import publish_names, publish_providers
from gatewright.services.iam.account_settings import PASSWORD_POLICY, lets_users_change_password, may_change_password
from gatewright.services.iam.lookup import POLICIES
from gatewright.services.iam.tables import (
    AccessKeyRow,
    AccountSetting,
    Attachment,
    Group,
    InlinePolicy,
    ManagedPolicy,
    Membership,
    PolicyVersion,
    Role,
    User,
)
from gatewright.storage.credentials import ACCESS_KEYS, AccessKey
from gatewright.storage.principals import SHELF as PRINCIPALS
from gatewright.storage.principals import Principal
from gatewright.storage.snapshots import Publication

_BATCH = 500  # keys in one IN (…): SQLite and PostgreSQL take far more


async def _policy_documents(session: AsyncSession, arns: Iterable[str] | None = None) -> dict[str, str]:
    """Return the documents of managed policies by ARN: of some, or of all."""
    aws = aws_managed_policies()
    wanted = None if arns is None else set(arns)
    documents = {arn: policy.document for arn, policy in aws.items() if wanted is None or arn in wanted}
    query = select(ManagedPolicy.arn, PolicyVersion.document).join(
        PolicyVersion,
        (PolicyVersion.policy_id == ManagedPolicy.policy_id) & (PolicyVersion.version == ManagedPolicy.default_version),
    )
    own = None if wanted is None else sorted(wanted - set(aws))
    for batch in [None] if own is None else _batches(own):
        rows = await session.execute(query if batch is None else query.where(ManagedPolicy.arn.in_(batch)))
        documents |= {row.arn: row.document for row in rows}
    return documents


def _batches(items: list[str]) -> Iterable[list[str]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


async def _principals(session: AsyncSession, owners: list[User | Role]) -> AsyncIterator[tuple[str, Principal]]:
    """Yield the principals of some users and roles, each with every document that speaks of it."""
    ids = [_id(owner) for owner in owners]
    groups: dict[str, list[str]] = defaultdict(list)
    for batch in _batches([owner.user_id for owner in owners if isinstance(owner, User)]):
        for membership in await session.scalars(select(Membership).where(Membership.user_id.in_(batch))):
            groups[membership.user_id].append(membership.group_id)
    everyone = sorted({*ids, *(group for some in groups.values() for group in some)})
    names = {row.group_id: row.group_name for row in await session.scalars(select(Group))} if groups else {}
    inline: dict[str, dict[str, str]] = defaultdict(dict)
    attached: dict[str, list[str]] = defaultdict(list)
    for batch in _batches(everyone):
        rows = select(InlinePolicy.owner_id, InlinePolicy.policy_name, InlinePolicy.document)
        for owner_id, name, text in await session.execute(rows.where(InlinePolicy.owner_id.in_(batch))):
            inline[owner_id][name] = text
        rows_of_two = select(Attachment.owner_id, Attachment.policy_arn)
        for owner_id, arn in await session.execute(rows_of_two.where(Attachment.owner_id.in_(batch))):
            attached[owner_id].append(arn)
    boundaries = [owner.boundary_arn for owner in owners if owner.boundary_arn is not None]
    managed = await _policy_documents(session, {*boundaries, *(arn for some in attached.values() for arn in some)})
    policy = await session.get(AccountSetting, PASSWORD_POLICY)
    change_password = policy is not None and lets_users_change_password(policy.value)
    for owner in owners:
        documents = dict(inline[_id(owner)])
        if change_password and isinstance(owner, User):
            documents[PASSWORD_POLICY] = may_change_password(owner.arn)
        for group in groups[_id(owner)]:
            documents |= {f"{names[group]}/{name}": text for name, text in inline[group].items()}
        for holder in (_id(owner), *groups[_id(owner)]):
            documents |= {arn: managed[arn] for arn in sorted(attached[holder])}
        yield owner.arn, _principal(owner, documents, managed)


def _principal(owner: User | Role, documents: dict[str, str], managed: dict[str, str]) -> Principal:
    limits: dict[str, Any] = {}
    if isinstance(owner, Role):
        limits = {"trust_policy": owner.trust_policy, "max_session_duration": owner.max_session_duration}
    return Principal(
        arn=owner.arn,
        unique_id=_id(owner),
        documents=documents,
        boundary=None if owner.boundary_arn is None else managed[owner.boundary_arn],
        tags=owner.tags,
        **limits,
    )


def _id(owner: User | Role) -> str:
    return owner.user_id if isinstance(owner, User) else owner.role_id


async def _load_principal(session: AsyncSession, arn: str) -> Principal | None:
    owner: User | Role | None = await session.scalar(select(User).where(User.arn == arn))
    if owner is None:
        owner = await session.scalar(select(Role).where(Role.arn == arn))
    if owner is None:
        return None
    return await anext(principal async for _, principal in _principals(session, [owner]))


async def _load_principals(session: AsyncSession) -> AsyncIterator[tuple[str, Principal]]:
    owners: list[User | Role] = [*await session.scalars(select(User)), *await session.scalars(select(Role))]
    async for item in _principals(session, owners):
        yield item


def _access_key(key: AccessKeyRow, user: User) -> AccessKey:
    caller = Caller(
        account=user.arn.split(":")[4],
        arn=user.arn,
        user_id=user.user_id,
        type=PrincipalType.USER,
        access_key_id=key.access_key_id,
        tags=user.tags,
    )
    return AccessKey(access_key_id=key.access_key_id, sealed_secret=key.sealed_secret, active=key.active, caller=caller)


_KEYS = select(AccessKeyRow, User).join(User, User.user_id == AccessKeyRow.user_id)


async def _load_access_key(session: AsyncSession, access_key_id: str) -> AccessKey | None:
    row = (await session.execute(_KEYS.where(AccessKeyRow.access_key_id == access_key_id))).first()
    return None if row is None else _access_key(row[0], row[1])


async def _load_access_keys(session: AsyncSession) -> AsyncIterator[tuple[str, AccessKey]]:
    for key, user in await session.execute(_KEYS):
        yield key.access_key_id, _access_key(key, user)


async def _load_policy(session: AsyncSession, arn: str) -> str | None:
    return (await _policy_documents(session, [arn])).get(arn)


async def _load_policies(session: AsyncSession) -> AsyncIterator[tuple[str, str]]:
    for arn, document in (await _policy_documents(session)).items():
        yield arn, document


PUBLICATIONS: tuple[Publication[Any], ...] = (
    Publication(PRINCIPALS, _load_principal, _load_principals),
    Publication(ACCESS_KEYS, _load_access_key, _load_access_keys),
    Publication(POLICIES, _load_policy, _load_policies),
    publish_names.PUBLICATION,
    *publish_providers.PUBLICATIONS,
)
