"""GatewayResponse: `put_gateway_response`, `get_…`, `get_…s`, `update_…`, `delete_…`: how refusals are worded.

Law: a type that is not customized is answered with what would be used for it: `DEFAULT_4XX` or `DEFAULT_5XX` if
that is customized, else AWS's default. As with every setting of an API, callers meet a change after the next
deployment.
Source: API Gateway developer guide, "Gateway responses in API Gateway"; shapes and messages as recorded from the
service.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.gateway.gateway_responses import STATUS_OF_TYPE
from gatewright.services.apigateway.faults import bad_request, not_found
from gatewright.services.apigateway.mappings import check_gateway_response_mappings, check_templates
from gatewright.services.apigateway.paging import one_page
from gatewright.services.apigateway.patches import (
    NO_CONTENT_TYPE,
    NO_PARAMETER,
    Patch,
    Patchable,
    Target,
    apply_patches,
    entries,
    plain,
    text,
)
from gatewright.services.apigateway.rest_apis import find_rest_api
from gatewright.services.apigateway.tables import GatewayResponseRow

_DEFAULT_TEMPLATES: Mapping[str, str] = {"application/json": '{"message":$context.error.messageString}'}
_STATUS_CODES = range(100, 600)


def _check_status(value: str) -> None:
    if not (len(value) == 3 and value.isdecimal() and value.isascii() and int(value) in _STATUS_CODES):
        raise bad_request("Invalid status code specified. Must match [1-5]\\d\\d")


def _some_value(member: str) -> Any:
    def check(patch: Patch) -> None:
        if not patch.value:
            raise bad_request(f"Invalid null or empty value in {member}")

    return check


GATEWAY_RESPONSE = Patchable(
    targets=(
        # AWS words a wrong operation on the status code as it words a wrong path.
        Target("/statusCode", {"replace": text("statusCode", _check_status)}, "Invalid patch path /statusCode"),
        entries("/responseParameters/{name}", NO_PARAMETER, check=_some_value("responseParameters")),
        entries("/responseTemplates/{contentType}", NO_CONTENT_TYPE, check=_some_value("responseTemplates")),
    ),
    refuse=plain,
)


async def put_gateway_response(call: Call, params: Params) -> Result:
    """Customize one type; what is left out is AWS's default."""
    api = await find_rest_api(call, params["restApiId"])
    return await _keep(call, api.id, params["responseType"], params)


async def get_gateway_response(call: Call, params: Params) -> Result:
    """Return one type as it would be answered."""
    api = await find_rest_api(call, params["restApiId"])
    return _describe(params["responseType"], await _customized(call, api.id))


async def get_gateway_responses(call: Call, params: Params) -> Result:
    """List all types, customized or not, by name."""
    api = await find_rest_api(call, params["restApiId"])
    customized = await _customized(call, api.id)
    if params.get("limit") is None and not params.get("position"):
        # There are 21 types and the page is 25: never more than one page, unless a smaller one is asked for.
        return {"items": [_describe(kind, customized) for kind in sorted(STATUS_OF_TYPE)]}
    page, rest = one_page(call, params, sorted(STATUS_OF_TYPE), lambda kind: kind)
    return {"items": [_describe(kind, customized) for kind in page], **rest}


async def update_gateway_response(call: Call, params: Params) -> Result:
    """Apply patch operations to one type; one that was not customized is from now on."""
    api = await find_rest_api(call, params["restApiId"])
    kind = params["responseType"]
    row = (await _customized(call, api.id)).get(kind)
    value: dict[str, Any] = {} if row is None else _value(row)
    value.setdefault("responseTemplates", dict(_DEFAULT_TEMPLATES))
    draft = apply_patches(GATEWAY_RESPONSE, value, params.get("patchOperations") or ())
    return await _keep(call, api.id, kind, draft)


async def delete_gateway_response(call: Call, params: Params) -> None:
    """Go back to AWS's wording for one type."""
    api = await find_rest_api(call, params["restApiId"])
    row = await call.session.get(GatewayResponseRow, (api.id, params["responseType"]))
    if row is None:
        raise not_found("Gateway response type not defined on api")
    await call.session.delete(row)
    await call.session.flush()


async def _customized(call: Call, api_id: str) -> dict[str, GatewayResponseRow]:
    rows = await call.session.scalars(select(GatewayResponseRow).where(GatewayResponseRow.api_id == api_id))
    return {row.response_type: row for row in rows}


async def _keep(call: Call, api_id: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    parameters, templates = value.get("responseParameters") or {}, value.get("responseTemplates") or {}
    if value.get("statusCode") is not None:
        _check_status(value["statusCode"])
    check_gateway_response_mappings(parameters)
    if not all(templates.values()):
        raise bad_request("Invalid null or empty value in responseTemplates")
    check_templates(templates)
    row = await call.session.get(GatewayResponseRow, (api_id, kind))
    if row is None:
        row = GatewayResponseRow(api_id=api_id, response_type=kind)
        call.session.add(row)
    row.status_code = value.get("statusCode")
    row.parameters = dict(parameters)
    # The default template is not kept: the gateway then words the refusal itself, the same but for IAM's denials.
    row.templates = {} if templates == _DEFAULT_TEMPLATES else dict(templates)
    await call.session.flush()
    return _describe(kind, {kind: row})


def _value(row: GatewayResponseRow) -> dict[str, Any]:
    value: dict[str, Any] = {"responseParameters": row.parameters}
    if row.status_code is not None:
        value["statusCode"] = row.status_code
    if row.templates:
        value["responseTemplates"] = row.templates
    return value


def _describe(kind: str, customized: Mapping[str, GatewayResponseRow]) -> dict[str, Any]:
    status = STATUS_OF_TYPE[kind]
    row = customized.get(kind) or (customized.get(f"DEFAULT_{status // 100}XX") if status else None)
    result: dict[str, Any] = {
        "responseType": kind,
        "defaultResponse": kind not in customized,
        "responseParameters": row.parameters if row else {},
        "responseTemplates": (row.templates if row else {}) or _DEFAULT_TEMPLATES,
    }
    status_code = (row.status_code if row else None) or (str(status) if status else None)
    if status_code is not None:
        result["statusCode"] = status_code
    return result
