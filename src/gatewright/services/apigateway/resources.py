"""Resource: `create_resource`, `get_resource`, `get_resources`, `update_resource`, `delete_resource`.

Law: paths are never stored; they follow from the tree, so that a moved resource takes what is below it along.
Source: API Gateway API reference, "CreateResource" and "GetResources".
"""

from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core.ids import lower_id
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request, limit_exceeded, unknown_resource
from gatewright.services.apigateway.methods import describe_method
from gatewright.services.apigateway.paging import one_page
from gatewright.services.apigateway.patches import Draft, Patch, Patchable, Target, apply_patches, listing
from gatewright.services.apigateway.resource_tree import Tree
from gatewright.services.apigateway.rest_apis import find_rest_api
from gatewright.services.apigateway.tables import MethodRow, ResourceRow, RestApiRow
from gatewright.services.apigateway.texts import check_texts


def _set(member: str) -> Any:
    def set_member(draft: Draft, patch: Patch) -> None:
        if draft["parentId"] is None:
            raise bad_request(f"Root resource cannot update its {member}.")
        draft[member] = patch.value or ""

    return set_member


RESOURCE = Patchable(
    targets=(
        Target("/parentId", {"replace": _set("parentId")}),
        Target("/pathPart", {"replace": _set("pathPart")}),
    ),
    refuse=listing,
)


async def create_resource(call: Call, params: Params) -> Result:
    """Create a resource below another."""
    api_id = params["restApiId"]
    tree = await _tree(call, api_id)
    tree.check_place(params["parentId"], params["pathPart"])
    check_texts(params, "pathPart")
    if len(tree) >= limits.RESOURCES:
        raise limit_exceeded(f"Maximum number of resources for this API has been reached: {limits.RESOURCES}")
    row = ResourceRow(api_id=api_id, id=lower_id(6), parent_id=params["parentId"], path_part=params["pathPart"])
    call.session.add(row)
    await call.session.flush()
    return await _described(call, api_id, row.id, params)


async def get_resource(call: Call, params: Params) -> Result:
    """Return one resource."""
    return await _described(call, params["restApiId"], params["resourceId"], params)


async def get_resources(call: Call, params: Params) -> Result:
    """List an API's resources by path; `embed=methods` answers their methods too."""
    api = await find_rest_api(call, params["restApiId"])
    rows = list(await call.session.scalars(select(ResourceRow).where(ResourceRow.api_id == api.id)))
    tree = Tree(rows)
    by_path = sorted((tree.path(row.id), row) for row in rows)
    page, rest = one_page(call, params, by_path, lambda item: item[0])
    methods = await _methods(call, api.id, None)
    return {"items": [_describe(row, path, methods, params) for path, row in page], **rest}


async def update_resource(call: Call, params: Params) -> Result:
    """Rename or move a resource, with everything below it."""
    api_id, resource_id = params["restApiId"], params["resourceId"]
    tree = await _tree(call, api_id)
    node = tree.node(resource_id)
    value = {"parentId": node.parent_id, "pathPart": node.path_part}
    draft = apply_patches(RESOURCE, value, params.get("patchOperations") or ())
    if draft != value:
        tree.check_place(draft["parentId"], draft["pathPart"], resource_id)
        check_texts(draft, "pathPart")
        row = await call.session.get_one(ResourceRow, (api_id, resource_id))
        row.parent_id, row.path_part = draft["parentId"], draft["pathPart"]
        await call.session.flush()
    return await _described(call, api_id, resource_id, params)


async def delete_resource(call: Call, params: Params) -> None:
    """Delete a resource with its methods and everything below it."""
    api_id = params["restApiId"]
    tree = await _tree(call, api_id)
    if tree.node(params["resourceId"]).parent_id is None:
        raise bad_request("Root resource cannot be deleted.")
    gone = tree.with_descendants(params["resourceId"])
    await call.session.execute(delete(ResourceRow).where(ResourceRow.api_id == api_id, ResourceRow.id.in_(gone)))


async def _tree(call: Call, api_id: str) -> Tree:
    """Return an API's tree; AWS answers an unknown API as it answers an unknown resource."""
    statement = (
        select(ResourceRow)
        .join(RestApiRow, RestApiRow.id == ResourceRow.api_id)
        .where(ResourceRow.api_id == api_id, RestApiRow.region == call.region)
    )
    rows = list(await call.session.scalars(statement))
    if not rows:
        raise unknown_resource()
    return Tree(rows)


async def _methods(call: Call, api_id: str, resource_id: str | None) -> dict[str, dict[str, MethodRow]]:
    statement = select(MethodRow).where(MethodRow.api_id == api_id).order_by(MethodRow.http_method)
    if resource_id is not None:
        statement = statement.where(MethodRow.resource_id == resource_id)
    methods: dict[str, dict[str, MethodRow]] = {}
    for row in await call.session.scalars(statement):
        methods.setdefault(row.resource_id, {})[row.http_method] = row
    return methods


async def _described(call: Call, api_id: str, resource_id: str, params: Params) -> dict[str, Any]:
    tree = await _tree(call, api_id)
    node = tree.node(resource_id)
    return _describe(node, tree.path(resource_id), await _methods(call, api_id, resource_id), params)


def _describe(node: Any, path: str, methods: dict[str, dict[str, MethodRow]], params: Params) -> dict[str, Any]:
    result: dict[str, Any] = {"id": node.id, "path": path}
    if node.parent_id is not None:
        result["parentId"] = node.parent_id
        result["pathPart"] = node.path_part
    own = methods.get(node.id)
    if own:
        whole = "methods" in (params.get("embed") or ())
        result["resourceMethods"] = {verb: describe_method(row) if whole else {} for verb, row in own.items()}
    return result
