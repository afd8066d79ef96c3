"""Deployment: `create_deployment`, `get_deployment`, `get_deployments`, `update_deployment`, `delete_deployment`.

Law: a deployment is bytes; after it was made nothing reads the API again on its behalf.
Source: API Gateway API reference, "CreateDeployment"; messages as recorded from the service.
"""

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import undefer

from gatewright.control.service import Call, Params, Result
from gatewright.core.ids import lower_id
from gatewright.gateway.deployment import ApiSnapshot, freeze
from gatewright.services.apigateway.faults import bad_request, unknown_deployment
from gatewright.services.apigateway.freezing import frozen_api, summary
from gatewright.services.apigateway.paging import one_page
from gatewright.services.apigateway.patches import Patchable, Target, apply_patches, listing, text
from gatewright.services.apigateway.rest_apis import find_rest_api, moment
from gatewright.services.apigateway.stage_settings import check_stage_settings
from gatewright.services.apigateway.stages import put_stage
from gatewright.services.apigateway.tables import (
    AuthorizerRow,
    DeploymentRow,
    GatewayResponseRow,
    MethodRow,
    ResourceRow,
    RestApiRow,
    StageRow,
)
from gatewright.services.apigateway.texts import check_texts

DEPLOYMENT = Patchable(targets=(Target("/description", {"replace": text("description")}),), refuse=listing)


async def create_deployment(call: Call, params: Params) -> Result:
    """Freeze an API; `stageName` makes the stage, or moves it to the new deployment."""
    api = await find_rest_api(call, params["restApiId"])
    check_stage_settings(params)
    check_texts(params, "description", "stageDescription")
    if not params.get("stageName") and (params.get("variables") or params.get("stageDescription")):
        raise bad_request("Stage settings were specified without a stageName")
    row = DeploymentRow(
        api_id=api.id,
        id=lower_id(6),
        created_at=call.now,
        description=params.get("description"),
        snapshot=freeze(await _frozen(call, api)),
    )
    call.session.add(row)
    await call.session.flush()
    if params.get("stageName"):
        await put_stage(
            call, api.id, params["stageName"], row.id, params.get("stageDescription"), params.get("variables")
        )
    return _describe(row)


async def get_deployment(call: Call, params: Params) -> Result:
    """Return one deployment; `embed=apisummary` answers its paths and verbs."""
    row = await _find(call, params)
    return _describe(row, embed=params.get("embed") or ())


async def get_deployments(call: Call, params: Params) -> Result:
    """List an API's deployments, oldest first."""
    api = await find_rest_api(call, params["restApiId"])
    embed = params.get("embed") or ()
    statement = select(DeploymentRow).where(DeploymentRow.api_id == api.id)
    if "apisummary" in embed:
        statement = statement.options(undefer(DeploymentRow.snapshot))
    rows = sorted(await call.session.scalars(statement), key=_key)
    page, rest = one_page(call, params, rows, _key)
    return {"items": [_describe(row, embed=embed) for row in page], **rest}


async def update_deployment(call: Call, params: Params) -> Result:
    """Apply patch operations to a deployment: its description is all that can change."""
    row = await _find(call, params)
    value = {"description": row.description} if row.description else {}
    draft = apply_patches(DEPLOYMENT, value, params.get("patchOperations") or ())
    check_texts(draft, "description")
    row.description = draft.get("description")
    await call.session.flush()
    return _describe(row)


async def delete_deployment(call: Call, params: Params) -> None:
    """Delete a deployment that no stage uses."""
    row = await _find(call, params)
    used = select(StageRow.name).where(StageRow.api_id == row.api_id, StageRow.deployment_id == row.id).limit(1)
    if await call.session.scalar(used) is not None:
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    await call.session.delete(row)
    await call.session.flush()


async def _frozen(call: Call, api: RestApiRow) -> ApiSnapshot:
    async def rows(table: Any, *order: Any) -> list[Any]:
        return list(await call.session.scalars(select(table).where(table.api_id == api.id).order_by(*order)))

    return frozen_api(
        api,
        await rows(ResourceRow, ResourceRow.id),
        await rows(MethodRow, MethodRow.resource_id, MethodRow.http_method),
        await rows(GatewayResponseRow, GatewayResponseRow.response_type),
        await rows(AuthorizerRow, AuthorizerRow.id),
    )


async def _find(call: Call, params: Params) -> DeploymentRow:
    api = await find_rest_api(call, params["restApiId"])
    row = await call.session.get(
        DeploymentRow, (api.id, params["deploymentId"]), options=[undefer(DeploymentRow.snapshot)]
    )
    if row is None:
        raise unknown_deployment()
    return row


def _key(row: DeploymentRow) -> str:
    return f"{row.created_at:020.6f}/{row.id}"


def _describe(row: DeploymentRow, embed: Any = ()) -> dict[str, Any]:
    result: dict[str, Any] = {"id": row.id, "createdDate": moment(row.created_at)}
    if row.description:
        result["description"] = row.description
    if "apisummary" in embed:
        result["apiSummary"] = summary(msgspec.json.decode(row.snapshot, type=ApiSnapshot))
    return result
