"""`Tag…`, `Untag…` and `List…Tags` of everything that has tags: three functions over seven kinds of rows.

Source: IAM API reference, `TagRole` …
"""

from collections.abc import Awaitable, Callable
from typing import Any

from gatewright.control.service import Call, Operation, Params, Result
from gatewright.services.iam import instance_profiles, mfa_devices, oidc_providers, saml_providers
from gatewright.services.iam.lookup import NAMES, caller_changed, changed, role_of, user_of
from gatewright.services.iam.paging import page_of_all
from gatewright.services.iam.policies import any_policy, own_policy
from gatewright.services.iam.tables import (
    InstanceProfile,
    ManagedPolicy,
    MfaDeviceRow,
    OidcProviderRow,
    Role,
    SamlProviderRow,
    User,
)
from gatewright.services.iam.tags import drop_tags, merge_tags, show_tags

_Tagged = User | Role | ManagedPolicy | InstanceProfile | MfaDeviceRow | OidcProviderRow | SamlProviderRow
_Find = Callable[[Call, Params], Awaitable[_Tagged]]


async def _tagged(call: Call, row: _Tagged, tags: dict[str, str]) -> None:
    row.tags = tags
    await call.session.flush()
    if isinstance(row, User | Role):
        await changed(call, row)  # a principal's tags are `aws:PrincipalTag`
    elif isinstance(row, InstanceProfile):
        instance_profiles.profile_changed(call, row)
    else:
        call.publish(NAMES, row.serial_number if isinstance(row, MfaDeviceRow) else row.arn)
    if isinstance(row, User):
        await caller_changed(call, row)


def _tag(find: _Find) -> Operation:
    async def tag(call: Call, params: Params) -> Result | None:
        row = await find(call, params)
        await _tagged(call, row, merge_tags(row.tags, params["Tags"]))
        return None

    return tag


def _untag(find: _Find) -> Operation:
    async def untag(call: Call, params: Params) -> Result | None:
        row = await find(call, params)
        await _tagged(call, row, drop_tags(row.tags, params["TagKeys"]))
        return None

    return untag


def _list(find: _Find) -> Operation:
    async def list_tags(call: Call, params: Params) -> Result | None:
        return _page(call, params, (await find(call, params)).tags)

    return list_tags


async def _list_policy_tags(call: Call, params: Params) -> Result | None:
    policy = await any_policy(call, params["PolicyArn"])
    return _page(call, params, policy.tags if isinstance(policy, ManagedPolicy) else {})


def _page(call: Call, params: Params, tags: dict[str, str]) -> dict[str, Any]:
    return page_of_all(call, params, "Tags", show_tags(tags), lambda tag: tag["Key"], lambda tag: tag)


_NOUNS: dict[str, _Find] = {
    "User": user_of,
    "Role": role_of,
    "Policy": own_policy,
    "InstanceProfile": instance_profiles.instance_profile_of,
    "MFADevice": mfa_devices.device_of,
    "OpenIDConnectProvider": oidc_providers.provider_of,
    "SAMLProvider": saml_providers.provider_of,
}

OPERATIONS: dict[str, Operation] = {
    **{f"Tag{noun}": _tag(find) for noun, find in _NOUNS.items()},
    **{f"Untag{noun}": _untag(find) for noun, find in _NOUNS.items()},
    **{f"List{noun}Tags": _list(find) for noun, find in _NOUNS.items()},
    "ListPolicyTags": _list_policy_tags,
}
