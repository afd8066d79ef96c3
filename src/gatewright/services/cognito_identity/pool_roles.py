"""The roles that a pool gives to its visitors: `SetIdentityPoolRoles`, `GetIdentityPoolRoles`.

Source: Cognito developer guide, "IAM roles"; API reference, `SetIdentityPoolRoles`.
"""

from gatewright.control.service import Call, Params, Result
from gatewright.core.arn import parse_arn
from gatewright.services.cognito_identity.faults import invalid_parameter, not_yet
from gatewright.services.cognito_identity.identity_pools import pool_row_of
from gatewright.services.cognito_identity.pools import SHELF

AUTHENTICATED, UNAUTHENTICATED = "authenticated", "unauthenticated"


async def set_identity_pool_roles(call: Call, params: Params) -> Result | None:
    """Replace a pool's roles.

    The role for authenticated identities is stored, as the console always sets both; nobody can log in yet, so that it
    is given to nobody. Role mappings choose among logins, and are refused.

    Raises:
        Fault: `InvalidParameterException`, `ResourceNotFoundException`.
    """
    row = await pool_row_of(call, params["IdentityPoolId"])
    if params.get("RoleMappings"):
        raise not_yet("RoleMappings")
    for kind, arn in params["Roles"].items():
        if kind not in (AUTHENTICATED, UNAUTHENTICATED):
            raise invalid_parameter(f"Invalid role type {kind}: use {AUTHENTICATED} or {UNAUTHENTICATED}.")
        if not _is_role_arn(arn):
            raise invalid_parameter(f"{arn} is not the ARN of an IAM role.")
    row.roles = dict(params["Roles"])
    await call.session.flush()
    call.publish(SHELF, row.identity_pool_id)
    return None


def _is_role_arn(text: str) -> bool:
    try:
        arn = parse_arn(text)
    except ValueError:
        return False
    return arn.service == "iam" and not arn.region and arn.resource.startswith("role/")


async def get_identity_pool_roles(call: Call, params: Params) -> Result:
    """Return a pool's roles."""
    row = await pool_row_of(call, params["IdentityPoolId"])
    return {"IdentityPoolId": row.identity_pool_id, "Roles": row.roles}
