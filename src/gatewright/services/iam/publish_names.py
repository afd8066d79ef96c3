"""Rows of `iam` -> the shelf of names: from what an operation calls a resource to what its permission depends on.

In: a key such as `role/Name`, or the ARN of what operations call by its ARN. Out: `Named`. Read by `actions.py` only.
"""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from sqlalchemy import Select, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.services.iam.lookup import NAMES, Named
from gatewright.services.iam.tables import (
    Group,
    InstanceProfile,
    ManagedPolicy,
    MfaDeviceRow,
    OidcProviderRow,
    Role,
    SamlProviderRow,
    User,
)
from gatewright.storage.snapshots import Publication


class _Kind(NamedTuple):
    prefix: str  # of the key; empty where the key is the ARN
    name: Any  # a column, as those below
    arn: Any
    boundary: Any = literal(None)
    tags: Any = literal(None)

    def rows(self) -> Select[Any]:
        """Return the query for every row of this kind: columns, because there may be 10,000."""
        return select(self.name, self.arn, self.boundary, self.tags)


_KINDS = (
    _Kind("group/", Group.group_name, Group.arn),
    _Kind("user/", User.user_name, User.arn, User.boundary_arn, User.tags),
    _Kind("role/", Role.role_name, Role.arn, Role.boundary_arn, Role.tags),
    _Kind(
        "instance-profile/",
        InstanceProfile.instance_profile_name,
        InstanceProfile.arn,
        tags=InstanceProfile.tags,
    ),
    _Kind("", ManagedPolicy.arn, ManagedPolicy.arn, tags=ManagedPolicy.tags),
    _Kind("", OidcProviderRow.arn, OidcProviderRow.arn, tags=OidcProviderRow.tags),
    _Kind("", SamlProviderRow.arn, SamlProviderRow.arn, tags=SamlProviderRow.tags),
    _Kind("", MfaDeviceRow.serial_number, MfaDeviceRow.serial_number, tags=MfaDeviceRow.tags),
)


async def _load_name(session: AsyncSession, key: str) -> Named | None:
    for kind in _KINDS:
        if key.startswith(kind.prefix or "arn:"):
            query = kind.rows().where(kind.name == key[len(kind.prefix) :])
            row = (await session.execute(query)).first()
            if row is not None:
                return _named(row[1], row[2], row[3])
    return None


async def _load_names(session: AsyncSession) -> AsyncIterator[tuple[str, Named]]:
    for kind in _KINDS:
        for name, arn, boundary, tags in await session.execute(kind.rows()):
            yield kind.prefix + name, _named(arn, boundary, tags)


def _named(arn: str, boundary: str | None, tags: dict[str, str] | None) -> Named:
    return Named(arn, boundary, tags or {})


PUBLICATION: Publication[Named] = Publication(NAMES, _load_name, _load_names)
