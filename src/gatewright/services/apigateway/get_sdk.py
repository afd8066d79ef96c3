"""`GetSdk`, `GetSdkTypes`, `GetSdkType`: client SDKs for a deployed stage.

In: the names of an API, a stage and a type. Out: an archive made from what is *deployed*, not from what is
being edited.

AWS: API Gateway API reference, "GetSdk", "GetSdkTypes".
"""

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from gatewright.control.service import Call, Params, Result
from gatewright.gateway.deployment import StageSnapshot
from gatewright.services.apigateway.faults import bad_request, not_found, unknown_stage
from gatewright.services.apigateway.paging import one_page
from gatewright.services.apigateway.publish import STAGES, stage_key
from gatewright.services.apigateway.rest_apis import find_rest_api
from gatewright.services.apigateway.sdk.javascript import javascript_sdk
from gatewright.settings import Settings

_SDK_TYPES: tuple[dict[str, Any], ...] = (
    {
        "id": "javascript",
        "friendlyName": "JavaScript",
        "description": "JavaScript SDK for web pages",
        "configurationProperties": [],
    },
)


async def get_sdk(call: Call, params: Params) -> Result:
    """Make the SDK of a stage.

    Raises:
        Fault: the type is not supported, it was given parameters, or there is no such API or stage.
    """
    sdk_type = params["sdkType"]
    if not any(known["id"] == sdk_type for known in _SDK_TYPES):
        supported = ", ".join(known["id"] for known in _SDK_TYPES)
        raise bad_request(f"Unsupported SDK type specified: {sdk_type}. Supported SDK types are: {supported}")
    if params.get("parameters"):
        names = ", ".join(sorted(params["parameters"]))
        raise bad_request(f"The SDK type {sdk_type} takes no parameters. Remove: {names}")
    stage = await _published(call, params["restApiId"], params["stageName"])
    address = invoke_url(call.settings, stage)
    body = await asyncio.to_thread(javascript_sdk, stage, address)
    made = datetime.fromtimestamp(call.now, UTC).strftime("%Y-%m-%d_%H-%MZ")
    return {
        "contentType": "application/octet-stream",
        "contentDisposition": f'attachment; filename="{sdk_type}_{made}.zip"',
        "body": body,
    }


async def get_sdk_types(call: Call, params: Params) -> Result:
    """List the types of SDK."""
    page, rest = one_page(call, params, _SDK_TYPES, lambda known: str(known["id"]))
    return {"items": list(page), **rest}


async def get_sdk_type(call: Call, params: Params) -> Result:
    """Describe one type of SDK."""
    for known in _SDK_TYPES:
        if known["id"] == params["id"]:
            return known
    raise not_found("Invalid SDK type identifier specified")


def invoke_url(settings: Settings, stage: StageSnapshot) -> str:
    """Return a stage's address in its host form, which browsers resolve for `*.localhost` by themselves.

    Scheme and port are those under which the product is reached from outside.
    """
    outside = urlsplit(settings.address)
    port = f":{outside.port}" if outside.port else ""
    host = f"{stage.api.api_id}.execute-api.{stage.region}.{settings.domain}{port}"
    return f"{outside.scheme}://{host}/{stage.stage_name}"


async def _published(call: Call, api_id: str, stage_name: str) -> StageSnapshot:
    """Find a stage among those that callers see.

    Raises:
        Fault: this account has no such API in this region, or the API no such stage.
    """
    await find_rest_api(call, api_id)
    published = call.shelf(STAGES).get(stage_key(api_id, stage_name))
    if published is None:
        raise unknown_stage()
    snapshot: StageSnapshot = published.snapshot
    return snapshot
