"""`CreateDeployment`'s one act: the API as it is now becomes an `ApiSnapshot` that nothing changes any more. Pure.

In: the rows of one API. Out: the snapshot, or AWS's refusal of an API that cannot be deployed. Law: nothing of the
snapshot is shared with a row.
Source: API Gateway developer guide, "Deploy REST APIs in API Gateway".
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gatewright.gateway.deployment import (
    ApiSnapshot,
    Authorizer,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    Resource,
)
from gatewright.services.apigateway.faults import bad_request
from gatewright.services.apigateway.resource_tree import Tree
from gatewright.services.apigateway.tables import (
    AuthorizerRow,
    GatewayResponseRow,
    MethodRow,
    ResourceRow,
    RestApiRow,
)


def frozen_api(
    api: RestApiRow,
    resources: Iterable[ResourceRow],
    methods: Iterable[MethodRow],
    gateway_responses: Iterable[GatewayResponseRow],
    authorizers: Iterable[AuthorizerRow] = (),
) -> ApiSnapshot:
    """Return an API as it is deployed.

    Raises:
        Fault: it has no method, or a method without an integration.
    """
    by_resource: dict[str, dict[str, Method]] = {}
    for row in methods:
        by_resource.setdefault(row.resource_id, {})[row.http_method] = _method(row)
    if not by_resource:
        raise bad_request("The REST API doesn't contain any methods")
    rows = list(resources)
    tree = Tree(rows)
    return ApiSnapshot(
        api_id=api.id,
        name=api.name,
        resources=tuple(
            sorted(
                (Resource(id=row.id, path=tree.path(row.id), methods=by_resource.get(row.id, {})) for row in rows),
                key=lambda resource: resource.path,
            )
        ),
        policy=api.policy,
        gateway_responses=tuple(
            GatewayResponse(
                response_type=row.response_type,
                status_code=row.status_code,
                response_parameters=dict(row.parameters),
                response_templates=dict(row.templates),
            )
            for row in gateway_responses
        ),
        authorizers=tuple(_authorizer(row) for row in authorizers),
        disable_execute_api_endpoint=api.disable_execute_api_endpoint,
    )


def summary(snapshot: ApiSnapshot) -> dict[str, Any]:
    """Return a deployment's `apiSummary`: what authorization each path and verb has."""
    return {
        resource.path: {
            verb: {"authorizationType": method.authorization_type, "apiKeyRequired": method.api_key_required}
            for verb, method in resource.methods.items()
        }
        for resource in snapshot.resources
        if resource.methods
    }


def _method(row: MethodRow) -> Method:
    if row.integration is None:
        raise bad_request("No integration defined for method")
    settings = row.settings
    return Method(
        http_method=row.http_method,
        authorization_type=settings["authorizationType"],
        authorizer_id=settings.get("authorizerId"),
        authorization_scopes=tuple(settings.get("authorizationScopes") or ()),
        api_key_required=settings["apiKeyRequired"],
        operation_name=settings.get("operationName"),
        request_parameters=dict(settings.get("requestParameters") or {}),
        request_models=dict(settings.get("requestModels") or {}),
        method_responses=tuple(_method_response(response) for response in row.responses.values()),
        integration=_integration(row.integration),
    )


def _authorizer(row: AuthorizerRow) -> Authorizer:
    settings = row.settings
    return Authorizer(
        id=row.id,
        name=settings["name"],
        type=settings["type"],
        provider_arns=tuple(settings["providerARNs"]),
        identity_source=settings["identitySource"],
        identity_validation_expression=settings.get("identityValidationExpression"),
    )


def _method_response(response: Mapping[str, Any]) -> MethodResponse:
    return MethodResponse(
        status_code=response["statusCode"],
        response_parameters=dict(response.get("responseParameters") or {}),
        response_models=dict(response.get("responseModels") or {}),
    )


def _integration(integration: Mapping[str, Any]) -> Integration:
    return Integration(
        type=integration["type"],
        http_method=integration.get("httpMethod"),
        uri=integration.get("uri"),
        request_parameters=dict(integration.get("requestParameters") or {}),
        request_templates=dict(integration.get("requestTemplates") or {}),
        passthrough_behavior=integration["passthroughBehavior"],
        timeout_in_millis=integration["timeoutInMillis"],
        integration_responses=tuple(
            IntegrationResponse(
                status_code=response["statusCode"],
                selection_pattern=response.get("selectionPattern"),
                response_parameters=dict(response.get("responseParameters") or {}),
                response_templates=dict(response.get("responseTemplates") or {}),
            )
            for response in (integration.get("integrationResponses") or {}).values()
        ),
    )
