"""`GetAccountSummary`: how many of everything there are, and how many there may be. Source: IAM API reference."""

from gatewright.control.service import Call, Params, Result
from gatewright.services.iam import limits
from gatewright.services.iam.documents import INLINE, MANAGED, TRUST
from gatewright.services.iam.limits import PER_ACCOUNT, count
from gatewright.services.iam.tables import (
    Group,
    InstanceProfile,
    ManagedPolicy,
    MfaDeviceRow,
    OidcProviderRow,
    PolicyVersion,
    Role,
    SamlProviderRow,
    User,
)

_COUNTED = {
    "Users": User,
    "Groups": Group,
    "Roles": Role,
    "Policies": ManagedPolicy,
    "InstanceProfiles": InstanceProfile,
}
_VERSIONS_IN_USE = 10_000  # AWS's quota of versions in an account


async def get_account_summary(call: Call, params: Params) -> Result:
    """Return the numbers of the account. What does not exist here, such as server certificates, is 0."""
    numbers = {name: await count(call, table) for name, table in _COUNTED.items()}
    numbers |= {f"{name}Quota": PER_ACCOUNT[table][1] for name, table in _COUNTED.items()}
    enabled = MfaDeviceRow.user_id.is_not(None)
    numbers |= {
        "Providers": await count(call, OidcProviderRow) + await count(call, SamlProviderRow),
        "MFADevices": await count(call, MfaDeviceRow),
        "MFADevicesInUse": await count(call, MfaDeviceRow, enabled),
        "PolicyVersionsInUse": await count(call, PolicyVersion),
        "PolicyVersionsInUseQuota": _VERSIONS_IN_USE,
    }
    numbers |= {
        "AccountMFAEnabled": 0,
        "AccountAccessKeysPresent": 1,  # the root key is made at first start, and is the operator's
        "AccountPasswordPresent": 0,
        "AccountSigningCertificatesPresent": 0,
        "ServerCertificates": 0,
        "ServerCertificatesQuota": 0,
        "SigningCertificatesPerUserQuota": 0,
        "GlobalEndpointTokenVersion": 2,
    }
    return {"SummaryMap": numbers | _quotas()}


def _quotas() -> dict[str, int]:
    return {
        "AccessKeysPerUserQuota": limits.ACCESS_KEYS_PER_USER,
        "AssumeRolePolicySizeQuota": TRUST,
        "AttachedPoliciesPerGroupQuota": limits.POLICIES_PER_OWNER,
        "AttachedPoliciesPerRoleQuota": limits.POLICIES_PER_OWNER,
        "AttachedPoliciesPerUserQuota": limits.POLICIES_PER_OWNER,
        "GroupPolicySizeQuota": INLINE["group"],
        "GroupsPerUserQuota": limits.GROUPS_PER_USER,
        "PolicySizeQuota": MANAGED,
        "RolePolicySizeQuota": INLINE["role"],
        "UserPolicySizeQuota": INLINE["user"],
        "VersionsPerPolicyQuota": limits.VERSIONS_PER_POLICY,
    }
