"""IntegrationResponse: `put_integration_response` …: how an answer becomes a method response.

Law: a header can be mapped only where the method response declares it. As in AWS, a response may be put before the
method response of its status code exists; an invocation that needs it fails until it does.
Source: API Gateway API reference, "PutIntegrationResponse" and "Patch Operations"; messages as recorded from the
service.
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.apigateway.faults import (
    bad_request,
    unknown_integration,
    unknown_method,
    unknown_status_code,
    unsupported,
)
from gatewright.services.apigateway.integrations import find_integration
from gatewright.services.apigateway.mappings import (
    check_response_mappings,
    check_selection_pattern,
    check_templates,
)
from gatewright.services.apigateway.patches import (
    NO_CONTENT_TYPE,
    NO_PARAMETER,
    Draft,
    Patch,
    Patchable,
    Target,
    apply_patches,
    entries,
    plain,
    text,
)
from gatewright.services.apigateway.tables import MethodRow
from gatewright.services.apigateway.texts import check_texts
from gatewright.wire.faults import Fault

_MEMBERS = ("statusCode", "selectionPattern", "responseParameters", "responseTemplates", "contentHandling")


def _set_pattern(draft: Draft, patch: Patch) -> None:
    draft["selectionPattern"] = patch.value or ""


INTEGRATION_RESPONSE = Patchable(
    targets=(
        Target("/selectionPattern", {"replace": _set_pattern}),
        Target("/contentHandling", {"replace": text("contentHandling")}),
        entries("/responseParameters/{name}", NO_PARAMETER),
        entries("/responseTemplates/{contentType}", NO_CONTENT_TYPE),
    ),
    refuse=plain,
)


async def put_integration_response(call: Call, params: Params) -> Result:
    """Set how one kind of answer becomes one method response; an earlier setting is replaced."""
    row, integration = await find_integration(call, params)
    response = {member: params[member] for member in _MEMBERS if params.get(member) is not None}
    return await _keep(call, row, integration, response)


async def get_integration_response(call: Call, params: Params) -> Result:
    """Return one integration response."""
    _, integration = await find_integration(call, params)
    return _response(integration, params)


async def update_integration_response(call: Call, params: Params) -> Result:
    """Apply patch operations to an integration response."""
    row, integration = await find_integration(call, params)
    draft = apply_patches(INTEGRATION_RESPONSE, _response(integration, params), params.get("patchOperations") or ())
    return await _keep(call, row, integration, draft)


async def delete_integration_response(call: Call, params: Params) -> None:
    """Take an integration response away."""
    try:
        row, integration = await find_integration(call, params)
    except Fault as fault:
        # Here, and only here, AWS answers an unknown method as one without an integration.
        raise (unknown_integration() if fault.message == unknown_method().message else fault) from None
    gone = _response(integration, params)["statusCode"]
    left = {code: response for code, response in integration["integrationResponses"].items() if code != gone}
    row.integration = _with_responses(integration, left)
    await call.session.flush()


def _response(integration: dict[str, Any], params: Params) -> dict[str, Any]:
    response: dict[str, Any] | None = integration.get("integrationResponses", {}).get(params["statusCode"])
    if response is None:
        raise unknown_status_code()
    return response


async def _keep(call: Call, row: MethodRow, integration: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    if response.get("contentHandling"):
        raise unsupported("contentHandling", "Leave it out: payloads are treated as UTF-8 text.")
    for member in ("responseParameters", "responseTemplates"):
        if any(value is None for value in (response.get(member) or {}).values()):
            raise bad_request(f"Invalid null or empty value in {member}")
    declared = row.responses.get(response["statusCode"], {}).get("responseParameters") or {}
    check_response_mappings(response.get("responseParameters") or {}, declared)
    check_templates(response.get("responseTemplates") or {})
    check_texts(response, "selectionPattern")
    check_selection_pattern(response.get("selectionPattern") or "")
    responses = {**integration.get("integrationResponses", {}), response["statusCode"]: response}
    row.integration = _with_responses(integration, dict(sorted(responses.items())))
    await call.session.flush()
    return response


def _with_responses(integration: dict[str, Any], responses: dict[str, Any]) -> dict[str, Any]:
    rest = {member: value for member, value in integration.items() if member != "integrationResponses"}
    return {**rest, "integrationResponses": responses} if responses else rest
