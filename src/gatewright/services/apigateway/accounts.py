"""Account: `get_account`, `update_account`: the account's settings of one region.

Law: `throttleSettings` is not answered, because no account-wide throttle is enforced yet. The CloudWatch role is
checked and kept; nothing is written with it, for execution logs are refused where they would be switched on
(`UpdateStage`).
Source: API Gateway API reference, "GetAccount", "UpdateAccount" and "Patch Operations".
"""

import json
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.apigateway.faults import bad_request
from gatewright.services.apigateway.patches import (
    Draft,
    Patch,
    Patchable,
    Target,
    apply_patches,
    listing,
    refused,
    text,
)
from gatewright.services.apigateway.tables import AccountRow
from gatewright.storage import principals

_SERVICE = "apigateway.amazonaws.com"
_USAGE_PLANS = "UsagePlans"
_UNTRUSTED = (
    "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway "
    "and add the required role policy."
)


def _add_feature(draft: Draft, patch: Patch) -> None:
    if patch.value != _USAGE_PLANS:
        raise bad_request(f"Invalid feature specified: {patch.value}. Must be one of: [{_USAGE_PLANS}]")


ACCOUNT = Patchable(
    targets=(
        Target("/cloudwatchRoleArn", {"replace": text("cloudwatchRoleArn")}),
        Target(
            "/features",
            {
                "add": _add_feature,
                "remove": refused(lambda patch: bad_request(f"The feature {patch.value} cannot be removed")),
            },
        ),
    ),
    refuse=listing,
)


async def get_account(call: Call, params: Params) -> Result:
    """Return the account's settings."""
    return _describe(await call.session.get(AccountRow, call.region))


async def update_account(call: Call, params: Params) -> Result:
    """Apply patch operations to the account's settings."""
    row = await call.session.get(AccountRow, call.region)
    if row is None:
        row = AccountRow(region=call.region, cloudwatch_role_arn=None)
        call.session.add(row)
    value = {"cloudwatchRoleArn": row.cloudwatch_role_arn} if row.cloudwatch_role_arn else {}
    draft = apply_patches(ACCOUNT, value, params.get("patchOperations") or ())
    arn = draft.get("cloudwatchRoleArn")
    if arn is not None and arn != row.cloudwatch_role_arn:
        _check_role(call, arn)
    row.cloudwatch_role_arn = arn
    await call.session.flush()
    return _describe(row)


def _check_role(call: Call, arn: str) -> None:
    """Check that a role exists and lets API Gateway assume it. Its permissions are looked at when they are used."""
    role = call.shelf(principals.SHELF).get(arn)
    if role is None or not role.trust_policy or not _trusts_api_gateway(role.trust_policy):
        raise bad_request(_UNTRUSTED)


def _trusts_api_gateway(trust_policy: str) -> bool:
    statements = json.loads(trust_policy).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow" and _SERVICE in ([services] if isinstance(services, str) else services):
            return True
    return False


def _describe(row: AccountRow | None) -> dict[str, Any]:
    result: dict[str, Any] = {"apiKeyVersion": "4", "features": [_USAGE_PLANS]}
    if row is not None and row.cloudwatch_role_arn:
        result["cloudwatchRoleArn"] = row.cloudwatch_role_arn
    return result
