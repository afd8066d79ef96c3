"""`iam`'s quotas: AWS's defaults, as data.

Source: IAM user guide, "IAM and STS quotas"; the names are those of AWS's `LimitExceeded` messages. Sizes of documents
are in `documents.py`.
"""

from sqlalchemy import func, select

from gatewright.control.service import Call
from gatewright.services.iam.faults import limit_exceeded
from gatewright.services.iam.tables import (
    Group,
    InstanceProfile,
    ManagedPolicy,
    OidcProviderRow,
    Role,
    SamlProviderRow,
    User,
)
from gatewright.storage.engine import Row

ACCESS_KEYS_PER_USER = 2
GROUPS_PER_USER = 10
MFA_DEVICES_PER_USER = 8
POLICIES_PER_OWNER = 10  # managed policies on one user, group or role
VERSIONS_PER_POLICY = 5
CLIENT_IDS_PER_PROVIDER = 100
THUMBPRINTS_PER_PROVIDER = 5
PASSWORDS_REMEMBERED = 24

PER_ACCOUNT: dict[type[Row], tuple[str, int]] = {
    User: ("UsersPerAccount", 5_000),
    Group: ("GroupsPerAccount", 300),
    Role: ("RolesPerAccount", 1_000),
    ManagedPolicy: ("PoliciesPerAccount", 1_500),
    InstanceProfile: ("InstanceProfilesPerAccount", 1_000),
    OidcProviderRow: ("OpenIdConnectProvidersPerAccount", 100),
    SamlProviderRow: ("SAMLProvidersPerAccount", 100),
}


async def must_have_room(call: Call, table: type[Row]) -> None:
    """Refuse to make one more of what an account may have so many of.

    Raises:
        Fault: `LimitExceeded`.
    """
    quota, limit = PER_ACCOUNT[table]
    if await count(call, table) >= limit:
        raise limit_exceeded(quota, limit)


async def count(call: Call, table: type[Row], condition: object = None) -> int:
    """Return how many rows a table has, or those that a condition picks."""
    query = select(func.count()).select_from(table)
    if condition is not None:
        query = query.where(condition)  # type: ignore[arg-type]
    return await call.session.scalar(query) or 0
