"""The door of `apigateway`: its operations, permissions and snapshots. Only lists."""

from gatewright.control.service import Service
from gatewright.services.apigateway.accounts import get_account, update_account
from gatewright.services.apigateway.actions import permissions
from gatewright.services.apigateway.authorizers import (
    create_authorizer,
    delete_authorizer,
    get_authorizer,
    get_authorizers,
    update_authorizer,
)
from gatewright.services.apigateway.deployments import (
    create_deployment,
    delete_deployment,
    get_deployment,
    get_deployments,
    update_deployment,
)
from gatewright.services.apigateway.gateway_responses import (
    delete_gateway_response,
    get_gateway_response,
    get_gateway_responses,
    put_gateway_response,
    update_gateway_response,
)
from gatewright.services.apigateway.get_sdk import get_sdk, get_sdk_type, get_sdk_types
from gatewright.services.apigateway.integration_responses import (
    delete_integration_response,
    get_integration_response,
    put_integration_response,
    update_integration_response,
)
from gatewright.services.apigateway.integrations import (
    delete_integration,
    get_integration,
    put_integration,
    update_integration,
)
from gatewright.services.apigateway.method_responses import (
    delete_method_response,
    get_method_response,
    put_method_response,
    update_method_response,
)
from gatewright.services.apigateway.methods import delete_method, get_method, put_method, update_method
from gatewright.services.apigateway.publish import PUBLICATIONS
from gatewright.services.apigateway.resources import (
    create_resource,
    delete_resource,
    get_resource,
    get_resources,
    update_resource,
)
from gatewright.services.apigateway.rest_apis import (
    create_rest_api,
    delete_rest_api,
    get_rest_api,
    get_rest_apis,
    update_rest_api,
)
from gatewright.services.apigateway.stages import create_stage, delete_stage, get_stage, get_stages, update_stage
from gatewright.services.apigateway.tags import get_tags, tag_resource, untag_resource

APIGATEWAY = Service(
    name="apigateway",
    operations={
        "CreateRestApi": create_rest_api,
        "GetRestApi": get_rest_api,
        "GetRestApis": get_rest_apis,
        "UpdateRestApi": update_rest_api,
        "DeleteRestApi": delete_rest_api,
        "CreateResource": create_resource,
        "GetResource": get_resource,
        "GetResources": get_resources,
        "UpdateResource": update_resource,
        "DeleteResource": delete_resource,
        "PutMethod": put_method,
        "GetMethod": get_method,
        "UpdateMethod": update_method,
        "DeleteMethod": delete_method,
        "PutMethodResponse": put_method_response,
        "GetMethodResponse": get_method_response,
        "UpdateMethodResponse": update_method_response,
        "DeleteMethodResponse": delete_method_response,
        "PutIntegration": put_integration,
        "GetIntegration": get_integration,
        "UpdateIntegration": update_integration,
        "DeleteIntegration": delete_integration,
        "PutIntegrationResponse": put_integration_response,
        "GetIntegrationResponse": get_integration_response,
        "UpdateIntegrationResponse": update_integration_response,
        "DeleteIntegrationResponse": delete_integration_response,
        "CreateAuthorizer": create_authorizer,
        "GetAuthorizer": get_authorizer,
        "GetAuthorizers": get_authorizers,
        "UpdateAuthorizer": update_authorizer,
        "DeleteAuthorizer": delete_authorizer,
        "CreateDeployment": create_deployment,
        "GetDeployment": get_deployment,
        "GetDeployments": get_deployments,
        "UpdateDeployment": update_deployment,
        "DeleteDeployment": delete_deployment,
        "CreateStage": create_stage,
        "GetStage": get_stage,
        "GetStages": get_stages,
        "UpdateStage": update_stage,
        "DeleteStage": delete_stage,
        "PutGatewayResponse": put_gateway_response,
        "GetGatewayResponse": get_gateway_response,
        "GetGatewayResponses": get_gateway_responses,
        "UpdateGatewayResponse": update_gateway_response,
        "DeleteGatewayResponse": delete_gateway_response,
        "GetSdk": get_sdk,
        "GetSdkType": get_sdk_type,
        "GetSdkTypes": get_sdk_types,
        "GetAccount": get_account,
        "UpdateAccount": update_account,
        "TagResource": tag_resource,
        "UntagResource": untag_resource,
        "GetTags": get_tags,
    },
    permissions=permissions,
    publications=PUBLICATIONS,
)
