"""Stage: `create_stage`, `get_stage`, `get_stages`, `update_stage`, `delete_stage`.

Law: whatever changes a stage publishes it, so that its callers meet the change when the call returns.
Source: API Gateway API reference, "CreateStage"; messages as recorded from the service.
"""

from typing import Any

from sqlalchemy import func, select

from gatewright.control.service import Call, Params, Result
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import conflict, limit_exceeded, unknown_deployment, unknown_stage
from gatewright.services.apigateway.patches import apply_patches
from gatewright.services.apigateway.publish import STAGES, stage_key
from gatewright.services.apigateway.rest_apis import find_rest_api, moment
from gatewright.services.apigateway.stage_settings import (
    STAGE,
    check_stage_name,
    check_stage_settings,
    check_variables,
)
from gatewright.services.apigateway.tables import DeploymentRow, StageRow
from gatewright.services.apigateway.tags import check_tags
from gatewright.services.apigateway.texts import check_texts


async def find_stage(call: Call, api_id: str, name: str) -> StageRow:
    """Return a stage of an API of the call's region.

    Raises:
        Fault: there is no such API, or it has no such stage.
    """
    api = await find_rest_api(call, api_id)
    row = await call.session.get(StageRow, (api.id, name))
    if row is None:
        raise unknown_stage()
    return row


async def create_stage(call: Call, params: Params) -> Result:
    """Make a deployment callable under a new name."""
    api = await find_rest_api(call, params["restApiId"])
    check_stage_settings(params)
    check_texts(params, "description")
    if await call.session.get(StageRow, (api.id, params["stageName"])) is not None:
        raise conflict("Stage already exists")
    await _check_deployment(call, api.id, params["deploymentId"])
    row = await put_stage(
        call,
        api.id,
        params["stageName"],
        params["deploymentId"],
        params.get("description"),
        params.get("variables"),
        params.get("tags"),
    )
    return describe_stage(row)


async def put_stage(
    call: Call,
    api_id: str,
    name: str,
    deployment_id: str,
    description: str | None,
    variables: dict[str, str] | None,
    tags: dict[str, str] | None = None,
) -> StageRow:
    """Create a stage, or move an existing one to a deployment; what is None stays as it is."""
    row = await call.session.get(StageRow, (api_id, name))
    if row is None:
        check_stage_name(name)
        stages = select(func.count()).select_from(StageRow).where(StageRow.api_id == api_id)
        if (await call.session.scalar(stages) or 0) >= limits.STAGES:
            raise limit_exceeded(f"Maximum number of stages for this API has been reached: {limits.STAGES}")
        row = StageRow(api_id=api_id, name=name, created_at=call.now, variables={}, tags=check_tags(tags or {}))
        call.session.add(row)
    row.deployment_id = deployment_id
    row.updated_at = call.now
    if description is not None:
        row.description = description or None
    if variables is not None:
        row.variables = check_variables(variables)
    await call.session.flush()
    call.publish(STAGES, stage_key(api_id, name))
    return row


async def get_stage(call: Call, params: Params) -> Result:
    """Return one stage."""
    return describe_stage(await find_stage(call, params["restApiId"], params["stageName"]))


async def get_stages(call: Call, params: Params) -> Result:
    """List an API's stages, or those of one deployment. The list has no pages; AWS calls it `item`."""
    api = await find_rest_api(call, params["restApiId"])
    statement = select(StageRow).where(StageRow.api_id == api.id).order_by(StageRow.name)
    if params.get("deploymentId"):
        statement = statement.where(StageRow.deployment_id == params["deploymentId"])
    return {"item": [describe_stage(row) for row in await call.session.scalars(statement)]}


async def update_stage(call: Call, params: Params) -> Result:
    """Apply patch operations to a stage; a new `deploymentId` changes what its callers meet, at once."""
    row = await find_stage(call, params["restApiId"], params["stageName"])
    value = {"deploymentId": row.deployment_id, "description": row.description, "variables": row.variables}
    draft = apply_patches(STAGE, value, params.get("patchOperations") or ())
    await _check_deployment(call, row.api_id, draft.get("deploymentId") or "")
    check_texts(draft, "description")
    row.deployment_id = draft["deploymentId"]
    row.description = draft.get("description")
    row.variables = check_variables(draft["variables"])
    row.updated_at = call.now
    await call.session.flush()
    call.publish(STAGES, stage_key(row.api_id, row.name))
    return describe_stage(row)


async def delete_stage(call: Call, params: Params) -> None:
    """Delete a stage; its deployment stays."""
    row = await find_stage(call, params["restApiId"], params["stageName"])
    await call.session.delete(row)
    await call.session.flush()
    call.publish(STAGES, stage_key(row.api_id, row.name))


def describe_stage(row: StageRow) -> dict[str, Any]:
    """Return a stage in the shape of the API reference."""
    result: dict[str, Any] = {
        "stageName": row.name,
        "deploymentId": row.deployment_id,
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": False,
        "createdDate": moment(row.created_at),
        "lastUpdatedDate": moment(row.updated_at),
    }
    optional = {"description": row.description, "variables": row.variables, "tags": row.tags}
    return {**result, **{member: value for member, value in optional.items() if value}}


async def _check_deployment(call: Call, api_id: str, deployment_id: str) -> None:
    if await call.session.get(DeploymentRow, (api_id, deployment_id)) is None:
        raise unknown_deployment()
