"""Method: `put_method`, `get_method`, `update_method`, `delete_method`.

Law: of the authorization types `NONE`, `AWS_IAM` and `COGNITO_USER_POOLS` are enforced, so only they are taken; the
last needs an authorizer of its type. Scopes belong to it alone, and a method of another type that has them is refused,
so that nobody relies on them. A required parameter without a request validator is a
declaration and enforces nothing, as in AWS.
Source: API Gateway API reference, "PutMethod" and "Patch Operations"; messages as recorded from the service.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.services.apigateway.authorizers import COGNITO
from gatewright.services.apigateway.faults import bad_request, conflict, unknown_method, unknown_resource, unsupported
from gatewright.services.apigateway.mappings import check_method_parameters, check_models
from gatewright.services.apigateway.patches import (
    NO_CONTENT_TYPE,
    NO_PARAMETER,
    Patchable,
    Target,
    apply_patches,
    entries,
    flag,
    is_true,
    list_entries,
    plain,
    text,
)
from gatewright.services.apigateway.tables import AuthorizerRow, MethodRow, ResourceRow, RestApiRow
from gatewright.services.apigateway.texts import check_texts

VERBS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
_AUTHORIZATION_TYPES = ("NONE", "AWS_IAM")
_WITH_AUTHORIZER = ("CUSTOM", COGNITO)
_MEMBERS = (
    "authorizationType",
    "authorizerId",
    "authorizationScopes",
    "apiKeyRequired",
    "operationName",
    "requestParameters",
    "requestModels",
    "requestValidatorId",
)

METHOD = Patchable(
    targets=(
        Target("/authorizationType", {"replace": text("authorizationType")}),
        Target("/authorizerId", {"replace": text("authorizerId")}),
        Target("/apiKeyRequired", {"replace": flag("apiKeyRequired")}),
        Target("/operationName", {"replace": text("operationName")}),
        Target("/requestValidatorId", {"replace": text("requestValidatorId")}),
        list_entries("authorizationScopes"),
        entries("/requestParameters/{name}", NO_PARAMETER, read=is_true),
        entries("/requestModels/{contentType}", NO_CONTENT_TYPE),
    ),
    refuse=plain,
)


async def find_resource(call: Call, params: Params) -> ResourceRow:
    """Return the resource that a call names; AWS answers an unknown API in the same words.

    Raises:
        Fault: there is none in this region.
    """
    statement = (
        select(ResourceRow)
        .join(RestApiRow, RestApiRow.id == ResourceRow.api_id)
        .where(
            ResourceRow.api_id == params["restApiId"],
            ResourceRow.id == params["resourceId"],
            RestApiRow.region == call.region,
        )
    )
    row = (await call.session.scalars(statement)).one_or_none()
    if row is None:
        raise unknown_resource()
    return row


async def find_method(call: Call, params: Params) -> MethodRow:
    """Return the method that a call names.

    Raises:
        Fault: there is no such resource, or it has no such method.
    """
    resource = await find_resource(call, params)
    row = await call.session.get(MethodRow, (resource.api_id, resource.id, params["httpMethod"]))
    if row is None:
        raise unknown_method()
    return row


async def put_method(call: Call, params: Params) -> Result:
    """Add a method to a resource."""
    resource = await find_resource(call, params)
    verb = params["httpMethod"]
    if verb not in VERBS:
        raise bad_request(f"Invalid HttpMethod specified. Valid options are {','.join(VERBS)}")
    if await call.session.get(MethodRow, (resource.api_id, resource.id, verb)) is not None:
        raise conflict("Method already exists for this resource")
    row = MethodRow(
        api_id=resource.api_id,
        resource_id=resource.id,
        http_method=verb,
        settings=await _checked(
            call, resource.api_id, {member: params[member] for member in _MEMBERS if params.get(member) is not None}
        ),
        responses={},
        integration=None,
    )
    call.session.add(row)
    await call.session.flush()
    return describe_method(row)


async def get_method(call: Call, params: Params) -> Result:
    """Return one method with its responses and its integration."""
    return describe_method(await find_method(call, params))


async def update_method(call: Call, params: Params) -> Result:
    """Apply patch operations to a method's own settings."""
    row = await find_method(call, params)
    draft = apply_patches(METHOD, row.settings, params.get("patchOperations") or ())
    row.settings = await _checked(call, row.api_id, draft)
    await call.session.flush()
    return describe_method(row)


async def delete_method(call: Call, params: Params) -> None:
    """Delete a method with its responses and its integration."""
    await call.session.delete(await find_method(call, params))
    await call.session.flush()


def describe_method(row: MethodRow) -> dict[str, Any]:
    """Return a method in the shape of the API reference."""
    result: dict[str, Any] = {"httpMethod": row.http_method, **row.settings}
    if row.responses:
        result["methodResponses"] = row.responses
    if row.integration is not None:
        result["methodIntegration"] = row.integration
    return result


async def _checked(call: Call, api_id: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as they are stored, or refuse them."""
    kind = settings.get("authorizationType") or "NONE"
    if kind in _WITH_AUTHORIZER and not await _has_authorizer(call, api_id, kind, settings.get("authorizerId")):
        raise bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS "
            "requires a valid authorizer."
        )
    if kind not in (*_AUTHORIZATION_TYPES, *_WITH_AUTHORIZER):
        options = ", ".join((*_AUTHORIZATION_TYPES, *_WITH_AUTHORIZER))
        raise bad_request(f"Invalid authorization type specified. Valid options are {options}")
    if settings.get("requestValidatorId"):
        raise bad_request("Invalid Request Validator identifier specified")
    if settings.get("apiKeyRequired"):
        raise unsupported("apiKeyRequired", "Set it to false; an API key is no authentication: use AWS_IAM.")
    if settings.get("authorizationScopes") and kind != COGNITO:
        raise bad_request(f"authorizationScopes are for the authorization type {COGNITO}, and this one is {kind}")
    check_texts(settings, "operationName")
    check_method_parameters(settings.get("requestParameters") or ())
    check_models(settings.get("requestModels") or {})
    # As in AWS, an authorizer that is named without its authorization type is dropped.
    of_type = ("authorizerId", "authorizationScopes") if kind in _WITH_AUTHORIZER else ()
    kept = {
        member: settings[member]
        for member in (*of_type, "operationName", "requestParameters", "requestModels")
        if settings.get(member)
    }
    return {"authorizationType": kind, "apiKeyRequired": False, **kept}


async def _has_authorizer(call: Call, api_id: str, kind: str, authorizer_id: str | None) -> bool:
    """Say whether the API has the authorizer, and it is of the method's type."""
    row = await call.session.get(AuthorizerRow, (api_id, authorizer_id)) if authorizer_id else None
    return row is not None and row.settings["type"] == kind
