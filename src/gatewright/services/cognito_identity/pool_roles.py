"""The roles that a pool gives: `SetIdentityPoolRoles`, `GetIdentityPoolRoles`.

Source: Cognito developer guide, "IAM roles", "Role-based access control"; API reference, `SetIdentityPoolRoles`.
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.core.arn import parse_arn
from gatewright.services.cognito_identity.faults import invalid_parameter
from gatewright.services.cognito_identity.identity_pools import pool_row_of
from gatewright.services.cognito_identity.pools import SHELF, pool_of, provider_name, provider_names

AUTHENTICATED, UNAUTHENTICATED = "authenticated", "unauthenticated"
_MOST_RULES = 25


async def set_identity_pool_roles(call: Call, params: Params) -> Result | None:
    """Replace a pool's roles and role mappings.

    Raises:
        Fault: `InvalidParameterException`, `ResourceNotFoundException`.
    """
    row = await pool_row_of(call, params["IdentityPoolId"])
    for kind, arn in params["Roles"].items():
        if kind not in (AUTHENTICATED, UNAUTHENTICATED):
            raise invalid_parameter(f"Invalid role type {kind}: use {AUTHENTICATED} or {UNAUTHENTICATED}.")
        if not _is_role_arn(arn):
            raise invalid_parameter(f"{arn} is not the ARN of an IAM role.")
    mappings: Mapping[str, Any] = params.get("RoleMappings") or {}
    known = provider_names(pool_of(row))
    for name, mapping in mappings.items():
        if not any(provider_name(name) == provider or name.startswith(f"{provider}:") for provider in known):
            raise invalid_parameter(f"The identity pool has no provider {name}, so that no login could be mapped.")
        _check_mapping(name, mapping)
    row.roles = dict(params["Roles"])
    row.role_mappings = {name: dict(mapping) for name, mapping in mappings.items()}
    await call.session.flush()
    call.publish(SHELF, row.identity_pool_id)
    return None


def _check_mapping(name: str, mapping: Mapping[str, Any]) -> None:
    """Refuse a mapping that could not be followed.

    Raises:
        Fault: `InvalidParameterException`.
    """
    if mapping.get("AmbiguousRoleResolution") is None:
        raise invalid_parameter(f"AmbiguousRoleResolution is required in the role mapping of {name}.")
    rules = (mapping.get("RulesConfiguration") or {}).get("Rules") or ()
    if mapping["Type"] == "Token":
        if rules:
            raise invalid_parameter(f"RulesConfiguration is for the Type Rules; that of {name} is Token.")
        return
    if not 0 < len(rules) <= _MOST_RULES:
        raise invalid_parameter(f"The Type Rules needs RulesConfiguration with 1 to {_MOST_RULES} rules.")
    for rule in rules:
        if not _is_role_arn(rule["RoleARN"]):
            raise invalid_parameter(f"{rule['RoleARN']} is not the ARN of an IAM role.")


def _is_role_arn(text: str) -> bool:
    try:
        arn = parse_arn(text)
    except ValueError:
        return False
    return arn.service == "iam" and not arn.region and arn.resource.startswith("role/")


async def get_identity_pool_roles(call: Call, params: Params) -> Result:
    """Return a pool's roles and role mappings."""
    row = await pool_row_of(call, params["IdentityPoolId"])
    shown = {"IdentityPoolId": row.identity_pool_id, "Roles": row.roles}
    return {**shown, "RoleMappings": row.role_mappings} if row.role_mappings else shown
