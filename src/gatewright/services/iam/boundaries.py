"""Permissions boundaries of users and roles: the most that their policies can give.

Source: IAM user guide, "Permissions boundaries for IAM entities".
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.policy.aws_managed import aws_managed_policies
from gatewright.services.iam.faults import no_such_entity
from gatewright.services.iam.lookup import changed, find_policy, role_to_change, user_of
from gatewright.services.iam.names import must_be_policy_arn
from gatewright.services.iam.tables import Role, User
from gatewright.wire.faults import Fault


async def boundary_given(call: Call, params: Params) -> str | None:
    """Return the boundary in a request, None where it has none.

    Raises:
        Fault: `NoSuchEntity` where it is no managed policy of this account or of AWS.
    """
    arn: str | None = params.get("PermissionsBoundary")
    if arn is None:
        return None
    must_be_policy_arn(arn)
    if not await policy_exists(call, arn):
        raise no_such_entity(f"Scope ARN: {arn} does not exist or is not attachable.")
    return arn


async def policy_exists(call: Call, arn: str) -> bool:
    """Say whether a managed policy exists: AWS's, or the account's."""
    if arn in aws_managed_policies():
        return True
    try:
        await find_policy(call, arn)
    except Fault:
        return False
    return True


def show_boundary(arn: str | None) -> dict[str, Any]:
    """Return the member that says which boundary an entity has, nothing where it has none."""
    if arn is None:
        return {}
    return {
        "PermissionsBoundary": {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}
    }


async def _set(call: Call, owner: User | Role, arn: str | None) -> None:
    owner.boundary_arn = arn
    await call.session.flush()
    await changed(call, owner)


async def put_user_permissions_boundary(call: Call, params: Params) -> Result | None:
    """Set a user's boundary."""
    await _set(call, await user_of(call, params), await boundary_given(call, params))
    return None


async def delete_user_permissions_boundary(call: Call, params: Params) -> Result | None:
    """Take a user's boundary away; none is no error."""
    await _set(call, await user_of(call, params), None)
    return None


async def put_role_permissions_boundary(call: Call, params: Params) -> Result | None:
    """Set a role's boundary."""
    await _set(call, await role_to_change(call, params), await boundary_given(call, params))
    return None


async def delete_role_permissions_boundary(call: Call, params: Params) -> Result | None:
    """Take a role's boundary away; none is no error."""
    await _set(call, await role_to_change(call, params), None)
    return None
