"""MethodResponse: `put_method_response` …: the status codes and headers that a method declares.

Source: API Gateway API reference, "PutMethodResponse" and "Patch Operations"; messages as recorded from the
service.
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.apigateway.faults import conflict, unknown_status_code
from gatewright.services.apigateway.mappings import check_method_response_headers, check_models
from gatewright.services.apigateway.methods import find_method
from gatewright.services.apigateway.patches import (
    NO_CONTENT_TYPE,
    NO_PARAMETER,
    Patchable,
    apply_patches,
    entries,
    is_true,
    plain,
)
from gatewright.services.apigateway.tables import MethodRow

METHOD_RESPONSE = Patchable(
    targets=(
        entries("/responseParameters/{name}", NO_PARAMETER, read=is_true),
        entries("/responseModels/{contentType}", NO_CONTENT_TYPE),
    ),
    refuse=plain,
)


async def put_method_response(call: Call, params: Params) -> Result:
    """Declare a status code that a method may answer."""
    row = await find_method(call, params)
    if params["statusCode"] in row.responses:
        raise conflict("Response already exists for this resource")
    response = {"statusCode": params["statusCode"]}
    for member in ("responseParameters", "responseModels"):
        if params.get(member) is not None:
            response[member] = params[member]
    return await _keep(call, row, response)


async def get_method_response(call: Call, params: Params) -> Result:
    """Return one declared response."""
    return _response(await find_method(call, params), params)


async def update_method_response(call: Call, params: Params) -> Result:
    """Apply patch operations to a declared response."""
    row = await find_method(call, params)
    draft = apply_patches(METHOD_RESPONSE, _response(row, params), params.get("patchOperations") or ())
    return await _keep(call, row, draft)


async def delete_method_response(call: Call, params: Params) -> None:
    """Take a declared response away."""
    row = await find_method(call, params)
    gone = _response(row, params)["statusCode"]
    row.responses = {code: response for code, response in row.responses.items() if code != gone}
    await call.session.flush()


def _response(row: MethodRow, params: Params) -> dict[str, Any]:
    response: dict[str, Any] | None = row.responses.get(params["statusCode"])
    if response is None:
        raise unknown_status_code()
    return response


async def _keep(call: Call, row: MethodRow, response: dict[str, Any]) -> dict[str, Any]:
    check_method_response_headers(response.get("responseParameters") or ())
    check_models(response.get("responseModels") or {})
    row.responses = dict(sorted({**row.responses, response["statusCode"]: response}.items()))
    await call.session.flush()
    return response
