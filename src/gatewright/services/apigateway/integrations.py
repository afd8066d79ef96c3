"""Integration: `put_integration`, `get_…`, `update_…`, `delete_integration`: what stands behind a method.

Law: only `MOCK` is carried out, so only `MOCK` is taken; for the other types AWS's own checks come first, then the
refusal. For a MOCK method AWS takes a verb and a URI and uses neither; so do we. `PutIntegration` replaces the
whole integration with its responses (an assumption: the reference calls it "Sets up a method's integration").
Source: API Gateway API reference, "PutIntegration" and "Patch Operations"; messages as recorded from the service.
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.apigateway.faults import bad_request, unknown_integration
from gatewright.services.apigateway.integration_settings import INTEGRATION, check_integration
from gatewright.services.apigateway.methods import find_method
from gatewright.services.apigateway.patches import apply_patches
from gatewright.services.apigateway.tables import MethodRow

_MEMBERS = (
    "type",
    "uri",
    "connectionType",
    "connectionId",
    "credentials",
    "requestParameters",
    "requestTemplates",
    "passthroughBehavior",
    "contentHandling",
    "timeoutInMillis",
    "cacheNamespace",
    "cacheKeyParameters",
    "tlsConfig",
    "responseTransferMode",
    "integrationTarget",
)
_DEFAULTS: dict[str, Any] = {
    "passthroughBehavior": "WHEN_NO_MATCH",
    "timeoutInMillis": 29_000,
    "cacheKeyParameters": [],
}


async def find_integration(call: Call, params: Params) -> tuple[MethodRow, dict[str, Any]]:
    """Return the method that a call names, and its integration.

    Raises:
        Fault: there is no such resource or method, or it has no integration.
    """
    row = await find_method(call, params)
    if row.integration is None:
        raise unknown_integration()
    return row, row.integration


async def put_integration(call: Call, params: Params) -> Result:
    """Set up what stands behind a method."""
    row = await find_method(call, params)
    given = {member: params[member] for member in _MEMBERS if params.get(member) is not None}
    if params.get("integrationHttpMethod") is not None:
        given["httpMethod"] = params["integrationHttpMethod"]
    integration = {"cacheNamespace": row.resource_id, **_DEFAULTS, **given}
    return await _keep(call, row, integration)


async def get_integration(call: Call, params: Params) -> Result:
    """Return what stands behind a method."""
    return (await find_integration(call, params))[1]


async def update_integration(call: Call, params: Params) -> Result:
    """Apply patch operations to an integration."""
    row, integration = await find_integration(call, params)
    return await _keep(call, row, apply_patches(INTEGRATION, integration, params.get("patchOperations") or ()))


async def delete_integration(call: Call, params: Params) -> None:
    """Take away what stands behind a method, with its responses."""
    row, _ = await find_integration(call, params)
    row.integration = None
    await call.session.flush()


async def _keep(call: Call, row: MethodRow, integration: dict[str, Any]) -> dict[str, Any]:
    for member in ("requestParameters", "requestTemplates"):
        if any(value is None for value in (integration.get(member) or {}).values()):
            raise bad_request(f"Invalid null or empty value in {member}")
    check_integration(integration, row.resource_id, row.settings.get("requestParameters") or {})
    row.integration = integration
    await call.session.flush()
    return integration
