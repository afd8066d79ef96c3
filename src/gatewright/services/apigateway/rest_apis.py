"""RestApi: `create_rest_api`, `get_rest_api`, `get_rest_apis`, `update_rest_api`, `delete_rest_api`.

Law: what a caller of the API meets comes from deployments, so nothing here is published except that a deleted API
takes its stages with it. An API belongs to one region; its id is unknown in any other.
Source: API Gateway API reference, "CreateRestApi".
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, tuple_

from gatewright.control.service import Call, Params, Result
from gatewright.core.ids import lower_id
from gatewright.services.apigateway.faults import bad_request, unknown_api
from gatewright.services.apigateway.paging import last_key, page_size, position_after
from gatewright.services.apigateway.patches import apply_patches
from gatewright.services.apigateway.publish import STAGES, stage_key
from gatewright.services.apigateway.resource_policies import escaped, read_policy
from gatewright.services.apigateway.rest_api_settings import REST_API, check_settings, endpoint_of
from gatewright.services.apigateway.tables import ResourceRow, RestApiRow, StageRow
from gatewright.services.apigateway.tags import check_tags
from gatewright.services.apigateway.texts import check_texts


async def find_rest_api(call: Call, api_id: str) -> RestApiRow:
    """Return an API of the call's region.

    Raises:
        Fault: there is none.
    """
    row = await call.session.get(RestApiRow, api_id)
    if row is None or row.region != call.region:
        raise unknown_api(call.account, api_id)
    return row


async def create_rest_api(call: Call, params: Params) -> Result:
    """Create an API with nothing but its root resource."""
    if params.get("description") == "":
        raise bad_request("Description cannot be an empty string")
    _check_texts(params)
    check_settings(params)
    endpoint_type, ip_address_type = endpoint_of(params.get("endpointConfiguration") or {})
    api_id = lower_id(10)
    row = RestApiRow(
        id=api_id,
        account=call.account,
        region=call.region,
        created_at=call.now,
        root_resource_id=lower_id(10),
        name=params["name"],
        description=params.get("description"),
        version=params.get("version"),
        endpoint_type=endpoint_type,
        ip_address_type=ip_address_type,
        disable_execute_api_endpoint=bool(params.get("disableExecuteApiEndpoint")),
        policy=read_policy(params["policy"], call.region, call.account, api_id) if params.get("policy") else None,
        tags=check_tags(params.get("tags") or {}),
    )
    call.session.add(row)
    await call.session.flush()  # the root refers to it
    call.session.add(ResourceRow(api_id=row.id, id=row.root_resource_id, parent_id=None, path_part=""))
    await call.session.flush()
    return describe_rest_api(row)


async def get_rest_api(call: Call, params: Params) -> Result:
    """Return one API."""
    return describe_rest_api(await find_rest_api(call, params["restApiId"]))


async def get_rest_apis(call: Call, params: Params) -> Result:
    """List the APIs of the region, oldest first."""
    after, size = last_key(call, params), page_size(params)
    order = (RestApiRow.created_at, RestApiRow.id)
    statement = select(RestApiRow).where(RestApiRow.region == call.region).order_by(*order).limit(size + 1)
    if after:
        created_at, _, api_id = after.partition("/")
        statement = statement.where(tuple_(*order) > (float(created_at), api_id))
    rows = list(await call.session.scalars(statement))
    result: dict[str, Any] = {"items": [describe_rest_api(row) for row in rows[:size]]}
    if len(rows) > size:
        last = rows[size - 1]
        result["position"] = position_after(call, params, f"{last.created_at!r}/{last.id}")
    return result


async def update_rest_api(call: Call, params: Params) -> Result:
    """Apply patch operations to an API's own settings. Its callers see them after the next deployment."""
    row = await find_rest_api(call, params["restApiId"])
    draft = apply_patches(REST_API, _patchable_value(row), params.get("patchOperations") or ())
    _check_texts(draft)
    row.name = draft["name"]
    row.description = draft.get("description")
    row.endpoint_type, row.ip_address_type = endpoint_of(draft["endpointConfiguration"])
    row.disable_execute_api_endpoint = draft["disableExecuteApiEndpoint"]
    policy = draft.get("policy")
    if policy != row.policy:
        row.policy = read_policy(policy, row.region, row.account, row.id) if policy else None
    await call.session.flush()
    return {**describe_rest_api(row), "tags": row.tags}


async def delete_rest_api(call: Call, params: Params) -> None:
    """Delete an API and all that belongs to it; its stages answer no more when this returns."""
    row = await find_rest_api(call, params["restApiId"])
    for name in await call.session.scalars(select(StageRow.name).where(StageRow.api_id == row.id)):
        call.publish(STAGES, stage_key(row.id, name))
    # Stages hold their deployments, so they go first; the rest goes with the API.
    await call.session.execute(delete(StageRow).where(StageRow.api_id == row.id))
    await call.session.execute(delete(RestApiRow).where(RestApiRow.id == row.id))


def describe_rest_api(row: RestApiRow) -> dict[str, Any]:
    """Return an API in the shape of the API reference."""
    result: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "createdDate": moment(row.created_at),
        "apiKeySource": "HEADER",
        "endpointConfiguration": {"types": [row.endpoint_type], "ipAddressType": row.ip_address_type},
        "disableExecuteApiEndpoint": row.disable_execute_api_endpoint,
        "rootResourceId": row.root_resource_id,
    }
    optional = {"description": row.description, "version": row.version, "tags": row.tags}
    result.update({member: value for member, value in optional.items() if value})
    if row.policy is not None:
        result["policy"] = escaped(row.policy)
    return result


def moment(at: float) -> datetime:
    """Return a time as API Gateway answers it: whole seconds."""
    return datetime.fromtimestamp(int(at), UTC)


def _patchable_value(row: RestApiRow) -> dict[str, Any]:
    value = describe_rest_api(row)
    if row.policy is not None:
        value["policy"] = row.policy
    return value


def _check_texts(value: Params) -> None:
    if not value.get("name", "").strip():
        raise bad_request("API name cannot be an empty string")
    check_texts(value, "name", "description", "version")
