"""Which IAM action an operation needs, and on which ARN: a table.

Law: API Gateway's actions are the HTTP verbs of its own API (`apigateway:GET` …), its resources are the paths,
without an account: `arn:aws:apigateway:{region}::/restapis/{id}/stages/{name}`. Creation and tagging also carry
`aws:RequestTag/…` and `aws:TagKeys`.
Source: API Gateway developer guide, "Control access to managing a REST API"; service authorization reference,
"Amazon API Gateway Management". The condition keys `apigateway:Request/…` are given for what is created or put;
`apigateway:Resource/…` are not.
A resource policy needs `apigateway:UpdateRestApiPolicy` besides; the CloudWatch role needs `iam:PassRole`.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gatewright.control.service import Call, Params, Permission

_API = "/restapis/{restApiId}"
_RESOURCE = _API + "/resources/{resourceId}"
_METHOD = _RESOURCE + "/methods/{httpMethod}"
_METHOD_RESPONSE = _METHOD + "/responses/{statusCode}"
_INTEGRATION = _METHOD + "/integration"
_INTEGRATION_RESPONSE = _INTEGRATION + "/responses/{statusCode}"
_DEPLOYMENT = _API + "/deployments/{deploymentId}"
_STAGE = _API + "/stages/{stageName}"
_GATEWAY_RESPONSE = _API + "/gatewayresponses/{responseType}"
_AUTHORIZER = _API + "/authorizers/{authorizerId}"
_TAGS = "/tags/{resourceArn}"

ROUTES: Mapping[str, tuple[str, str]] = {
    "CreateRestApi": ("POST", "/restapis"),
    "GetRestApi": ("GET", _API),
    "GetRestApis": ("GET", "/restapis"),
    "UpdateRestApi": ("PATCH", _API),
    "DeleteRestApi": ("DELETE", _API),
    "CreateResource": ("POST", _API + "/resources/{parentId}"),
    "GetResource": ("GET", _RESOURCE),
    "GetResources": ("GET", _API + "/resources"),
    "UpdateResource": ("PATCH", _RESOURCE),
    "DeleteResource": ("DELETE", _RESOURCE),
    "PutMethod": ("PUT", _METHOD),
    "GetMethod": ("GET", _METHOD),
    "UpdateMethod": ("PATCH", _METHOD),
    "DeleteMethod": ("DELETE", _METHOD),
    "PutMethodResponse": ("PUT", _METHOD_RESPONSE),
    "GetMethodResponse": ("GET", _METHOD_RESPONSE),
    "UpdateMethodResponse": ("PATCH", _METHOD_RESPONSE),
    "DeleteMethodResponse": ("DELETE", _METHOD_RESPONSE),
    "PutIntegration": ("PUT", _INTEGRATION),
    "GetIntegration": ("GET", _INTEGRATION),
    "UpdateIntegration": ("PATCH", _INTEGRATION),
    "DeleteIntegration": ("DELETE", _INTEGRATION),
    "PutIntegrationResponse": ("PUT", _INTEGRATION_RESPONSE),
    "GetIntegrationResponse": ("GET", _INTEGRATION_RESPONSE),
    "UpdateIntegrationResponse": ("PATCH", _INTEGRATION_RESPONSE),
    "DeleteIntegrationResponse": ("DELETE", _INTEGRATION_RESPONSE),
    "CreateAuthorizer": ("POST", _API + "/authorizers"),
    "GetAuthorizer": ("GET", _AUTHORIZER),
    "GetAuthorizers": ("GET", _API + "/authorizers"),
    "UpdateAuthorizer": ("PATCH", _AUTHORIZER),
    "DeleteAuthorizer": ("DELETE", _AUTHORIZER),
    "CreateDeployment": ("POST", _API + "/deployments"),
    "GetDeployment": ("GET", _DEPLOYMENT),
    "GetDeployments": ("GET", _API + "/deployments"),
    "UpdateDeployment": ("PATCH", _DEPLOYMENT),
    "DeleteDeployment": ("DELETE", _DEPLOYMENT),
    "CreateStage": ("POST", _API + "/stages"),
    "GetStage": ("GET", _STAGE),
    "GetStages": ("GET", _API + "/stages"),
    "UpdateStage": ("PATCH", _STAGE),
    "DeleteStage": ("DELETE", _STAGE),
    "GetAccount": ("GET", "/account"),
    "UpdateAccount": ("PATCH", "/account"),
    "TagResource": ("PUT", _TAGS),
    "UntagResource": ("DELETE", _TAGS),
    "GetTags": ("GET", _TAGS),
    "PutGatewayResponse": ("PUT", _GATEWAY_RESPONSE),
    "GetGatewayResponse": ("GET", _GATEWAY_RESPONSE),
    "GetGatewayResponses": ("GET", _API + "/gatewayresponses"),
    "UpdateGatewayResponse": ("PATCH", _GATEWAY_RESPONSE),
    "DeleteGatewayResponse": ("DELETE", _GATEWAY_RESPONSE),
    "GetSdk": ("GET", _STAGE + "/sdks/{sdkType}"),
    "GetSdkType": ("GET", "/sdktypes/{id}"),
    "GetSdkTypes": ("GET", "/sdktypes"),
}

_REQUEST_KEYS: Mapping[str, Mapping[str, str]] = {  # operation -> condition key -> parameter
    "CreateRestApi": {
        "apigateway:request/apiname": "name",
        "apigateway:request/disableexecuteapiendpoint": "disableExecuteApiEndpoint",
    },
    "PutMethod": {
        "apigateway:request/routeauthorizationtype": "authorizationType",
        "apigateway:request/apikeyrequired": "apiKeyRequired",
    },
    "CreateStage": {"apigateway:request/stagename": "stageName"},
    "CreateDeployment": {"apigateway:request/stagename": "stageName"},
}


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed."""
    verb, template = ROUTES[call.operation]
    names = {name: quote(str(value), safe="-._~") for name, value in params.items() if isinstance(value, str)}
    resource = f"arn:aws:apigateway:{call.region}::{template.format_map(names)}"
    needed = Permission(f"apigateway:{verb}", resource, _condition_keys(call.operation, params))
    return (needed, *_beyond(call.operation, params, resource))


def _beyond(operation: str, params: Params, resource: str) -> tuple[Permission, ...]:
    """Return what is needed besides: for a resource policy its own action, for a role the right to pass it on."""
    patches = {patch.get("path"): patch.get("value") for patch in params.get("patchOperations") or ()}
    if (operation == "CreateRestApi" and params.get("policy")) or (
        operation == "UpdateRestApi" and "/policy" in patches
    ):
        return (Permission("apigateway:UpdateRestApiPolicy", resource),)
    if operation == "UpdateAccount" and patches.get("/cloudwatchRoleArn"):
        passed_to = {"iam:passedtoservice": ("apigateway.amazonaws.com",)}
        return (Permission("iam:PassRole", str(patches["/cloudwatchRoleArn"]), passed_to),)
    return ()


def _condition_keys(operation: str, params: Params) -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {
        key: (_text(params[name]),)
        for key, name in _REQUEST_KEYS.get(operation, {}).items()
        if params.get(name) is not None
    }
    tags = params.get("tags") or {}
    keys.update({f"aws:requesttag/{key.lower()}": (value or "",) for key, value in tags.items()})
    tag_keys = tuple(tags) or tuple(params.get("tagKeys") or ())
    return {**keys, "aws:tagkeys": tag_keys} if tag_keys else keys


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
