"""What a deployment is made of: whole, and of nothing that can change."""

from typing import Any

import msgspec
import pytest

from gatewright.gateway.deployment import ApiSnapshot, PublishedStage, freeze
from gatewright.services.apigateway.freezing import frozen_api, summary
from gatewright.services.apigateway.tables import GatewayResponseRow, MethodRow, ResourceRow, RestApiRow
from gatewright.wire.faults import Fault

API = RestApiRow(
    id="api", account="0" * 12, region="us-east-1", name="pets", policy=None, disable_execute_api_endpoint=True
)
RESOURCES = [
    ResourceRow(api_id="api", id="leaf", parent_id="pets", path_part="{id}"),
    ResourceRow(api_id="api", id="root", parent_id=None, path_part=""),
    ResourceRow(api_id="api", id="pets", parent_id="root", path_part="pets"),
]


def method(**changes: Any) -> MethodRow:
    settings: dict[str, Any] = {
        "settings": {"authorizationType": "AWS_IAM", "apiKeyRequired": False, "requestParameters": {"p": True}},
        "responses": {"200": {"statusCode": "200", "responseParameters": {"h": True}}},
        "integration": {
            "type": "MOCK",
            "passthroughBehavior": "NEVER",
            "timeoutInMillis": 1000,
            "requestTemplates": {"application/json": "{}"},
            "integrationResponses": {"200": {"statusCode": "200", "selectionPattern": "2.."}},
        },
    }
    return MethodRow(api_id="api", resource_id="leaf", http_method="GET", **{**settings, **changes})


def test_the_whole_api_is_frozen_and_survives_storage() -> None:
    customized = GatewayResponseRow(
        api_id="api", response_type="THROTTLED", status_code="420", parameters={}, templates={}
    )
    snapshot = frozen_api(API, RESOURCES, [method()], [customized])
    assert [resource.path for resource in snapshot.resources] == ["/", "/pets", "/pets/{id}"]
    frozen = snapshot.resources[2].methods["GET"]
    assert (frozen.authorization_type, frozen.request_parameters) == ("AWS_IAM", {"p": True})
    assert frozen.integration is not None
    assert (frozen.integration.passthrough_behavior, frozen.integration.timeout_in_millis) == ("NEVER", 1000)
    assert frozen.integration.integration_responses[0].selection_pattern == "2.."
    assert snapshot.gateway_responses[0].status_code == "420"
    assert snapshot.disable_execute_api_endpoint
    assert msgspec.json.decode(freeze(snapshot), type=ApiSnapshot) == snapshot
    assert summary(snapshot) == {"/pets/{id}": {"GET": {"authorizationType": "AWS_IAM", "apiKeyRequired": False}}}


def test_nothing_is_shared_with_a_row() -> None:
    row = method()
    snapshot = frozen_api(API, RESOURCES, [row], [])
    before = freeze(snapshot)
    row.settings["requestParameters"]["p"] = False
    row.settings["authorizationType"] = "NONE"
    row.responses["200"]["responseParameters"].clear()
    assert row.integration is not None
    row.integration["requestTemplates"].clear()
    row.integration["integrationResponses"]["200"]["selectionPattern"] = ".*"
    assert freeze(snapshot) == before


def test_an_api_without_methods_or_integrations_is_not_deployed() -> None:
    with pytest.raises(Fault, match="The REST API doesn't contain any methods"):
        frozen_api(API, RESOURCES, [], [])
    with pytest.raises(Fault, match="No integration defined for method"):
        frozen_api(API, RESOURCES, [method(integration=None)], [])


def test_a_published_stage_is_decoded_once_and_only_when_it_is_called() -> None:
    stage = PublishedStage(
        account="0" * 12, region="us-east-1", stage_name="dev", deployment_id="d", variables={}, frozen=b"broken"
    )
    with pytest.raises(msgspec.DecodeError):
        stage.snapshot
    whole = PublishedStage(
        account="0" * 12,
        region="us-east-1",
        stage_name="dev",
        deployment_id="d",
        variables={"a": "1"},
        frozen=freeze(frozen_api(API, RESOURCES, [method()], [])),
    )
    assert whole.snapshot is whole.snapshot
    assert (whole.snapshot.api.api_id, whole.snapshot.variables) == ("api", {"a": "1"})
