"""RestApi through boto3: shapes, defaults, refusals and pages. Messages as recorded from AWS."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.services.apigateway.conftest import ACCOUNT, Api, Refusal

BAD = "BadRequestException"


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in answer.items() if member != "ResponseMetadata"}


def replace(path: str, value: str | None = None, op: str = "replace") -> list[dict[str, str]]:
    return [{"op": op, "path": path} | ({} if value is None else {"value": value})]


def test_a_new_api_has_the_defaults_of_aws(apigateway: Any) -> None:
    made = apigateway.create_rest_api(name="pets", description="this is my api")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert isinstance(made.pop("createdDate"), datetime)
    assert len(made["id"]) == len(made["rootResourceId"]) == 10
    assert without_metadata(made) == {
        "id": made["id"],
        "rootResourceId": made["rootResourceId"],
        "name": "pets",
        "description": "this is my api",
        "apiKeySource": "HEADER",
        "disableExecuteApiEndpoint": False,
        "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
    }


def test_what_was_created_is_what_is_read(apigateway: Any) -> None:
    made = apigateway.create_rest_api(
        name="pets", version="v1", tags={"MY_TAG1": "MY_VALUE1"}, endpointConfiguration={"types": ["REGIONAL"]}
    )
    assert made["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    assert (made["version"], made["tags"]) == ("v1", {"MY_TAG1": "MY_VALUE1"})
    assert without_metadata(apigateway.get_rest_api(restApiId=made["id"])) == without_metadata(made)
    assert apigateway.get_rest_apis()["items"] == [without_metadata(made)]


def test_an_api_is_found_by_its_exact_id_only(api: Api, refusal: Refusal) -> None:
    upper = api.id.upper()
    assert refusal(api.client.get_rest_api, restApiId=upper) == (
        "NotFoundException",
        f"Invalid API identifier specified {ACCOUNT}:{upper}",
    )
    assert refusal(api.client.update_rest_api, restApiId="api_id", patchOperations=[]) == (
        "NotFoundException",
        f"Invalid API identifier specified {ACCOUNT}:api_id",
    )


def test_an_api_of_one_region_is_unknown_in_another(api: Api, aws: Any, refusal: Refusal) -> None:
    other = aws("apigateway", region="eu-west-1")
    assert other.get_rest_apis()["items"] == []
    assert refusal(other.get_rest_api, restApiId=api.id)[0] == "NotFoundException"
    named = {"restApiId": api.id, "resourceId": api.root}
    assert refusal(other.get_resource, **named) == ("NotFoundException", "Invalid Resource identifier specified")
    assert refusal(other.put_method, **named, httpMethod="GET", authorizationType="NONE")[0] == "NotFoundException"
    assert refusal(other.create_deployment, restApiId=api.id)[0] == "NotFoundException"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"description": ""}, "Description cannot be an empty string"),
        (
            {"description": "", "endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}},
            "Description cannot be an empty string",
        ),
        (
            {"endpointConfiguration": {"types": []}},
            "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
        ),
        (
            {"endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}},
            "Cannot create an api with multiple Endpoint Types.",
        ),
        (
            {"endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}},
            "Only dualstack ipAddressType is supported for Private APIs.",
        ),
        ({"minimumCompressionSize": -1}, "Invalid minimum compression size, must be between 0 and 10485760"),
        ({"minimumCompressionSize": 10485761}, "Invalid minimum compression size, must be between 0 and 10485760"),
    ],
)
def test_what_aws_refuses_in_a_new_api_is_refused_in_its_words(
    apigateway: Any, refusal: Refusal, settings: dict[str, Any], message: str
) -> None:
    assert refusal(apigateway.create_rest_api, name="pets", **settings) == (BAD, message)
    assert apigateway.get_rest_apis()["items"] == []


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"minimumCompressionSize": 10}, "minimumCompressionSize"),
        ({"binaryMediaTypes": ["image/png"]}, "binaryMediaTypes"),
        ({"apiKeySource": "AUTHORIZER"}, "apiKeySource"),
        ({"cloneFrom": "abcdefghij"}, "cloneFrom"),
        ({"securityPolicy": "TLS_1_2"}, "securityPolicy"),
        ({"endpointAccessMode": "STRICT"}, "endpointAccessMode"),
        ({"endpointConfiguration": {"types": ["PRIVATE"]}}, "PRIVATE"),
        ({"endpointConfiguration": {"types": ["REGIONAL"], "vpcEndpointIds": ["vpce-1"]}}, "vpcEndpointIds"),
    ],
)
def test_a_setting_that_is_not_enforced_is_refused_by_name(
    apigateway: Any, refusal: Refusal, settings: dict[str, Any], named: str
) -> None:
    code, message = refusal(apigateway.create_rest_api, name="pets", **settings)
    assert code == BAD
    assert named in message
    assert "not supported by Gatewright yet" in message


def test_empty_binary_media_types_are_no_setting(apigateway: Any) -> None:
    assert "binaryMediaTypes" not in apigateway.create_rest_api(name="pets", binaryMediaTypes=[])


def test_a_patch_changes_what_it_names_and_answers_the_tags(api: Api) -> None:
    answer = api.client.update_rest_api(
        restApiId=api.id,
        patchOperations=[
            {"op": "replace", "path": "/name", "value": "cats"},
            {"op": "replace", "path": "/description", "value": "of cats"},
            {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"},
            {"op": "replace", "path": "/endpointConfiguration/types/EDGE", "value": "REGIONAL"},
            {"op": "replace", "path": "/endpointConfiguration/ipAddressType", "value": "dualstack"},
        ],
    )
    assert (answer["name"], answer["description"], answer["disableExecuteApiEndpoint"]) == ("cats", "of cats", True)
    assert answer["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}
    assert answer["tags"] == {}
    removed = api.client.update_rest_api(restApiId=api.id, patchOperations=replace("/description", op="remove"))
    assert "description" not in removed


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (replace("/binaryMediaTypes", "image/png", "add"), "Invalid patch path /binaryMediaTypes"),
        (replace("/binaryMediaTypes", "image/png"), "Invalid patch path /binaryMediaTypes"),
        (replace("/binaryMediaTypes", op="remove"), "Invalid patch path /binaryMediaTypes"),
        (
            replace("/minimumCompressionSize", "-1"),
            "Invalid minimum compression size, must be between 0 and 10485760",
        ),
        (
            replace("/minimumCompressionSize", "9" * 5_000),
            "Invalid minimum compression size, must be between 0 and 10485760",
        ),
        (
            replace("/minimumCompressionSize", "test"),
            "Invalid minimum compression size, must be between 0 and 10485760",
        ),
        (
            replace("/minimumCompressionSize", "10", "add"),
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            replace("/endpointConfiguration/ipAddressType", "ipv4", "add"),
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            replace("/endpointConfiguration/types/0", "EDGE", "test"),
            "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
        ),
        (
            replace("/endpointConfiguration/types/0", "wrong"),
            "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
        ),
        (replace("/endpointConfiguration/ipAddressType", "wrong"), "ipAddressType must be either ipv4 or dualstack."),
        (
            [
                {"op": "replace", "path": "/endpointConfiguration/types/0", "value": "PRIVATE"},
                {"op": "replace", "path": "/endpointConfiguration/ipAddressType", "value": "ipv4"},
            ],
            "Only dualstack ipAddressType is supported for Private APIs.",
        ),
        ([{"op": "replace", "value": "x"}], "Invalid patch path null"),
        (replace("name", "x"), "Invalid patch path name"),
    ],
)
def test_a_wrong_patch_is_refused_in_aws_words_and_changes_nothing(
    api: Api, refusal: Refusal, patch: list[dict[str, str]], message: str
) -> None:
    operations = [{"op": "replace", "path": "/name", "value": "other"}, *patch]
    assert refusal(api.client.update_rest_api, restApiId=api.id, patchOperations=operations) == (BAD, message)
    assert api.client.get_rest_api(restApiId=api.id)["name"] == "pets"


@pytest.mark.parametrize(
    "patch",
    [
        replace("/binaryMediaTypes/image~1png", op="add"),
        replace("/minimumCompressionSize", "10"),
        replace("/apiKeySource", "AUTHORIZER"),
        replace("/endpointConfiguration/types/0", "PRIVATE"),
        replace("/endpointConfiguration/vpcEndpointIds", "vpce-1", "add"),
        replace("/securityPolicy", "TLS_1_2"),
    ],
)
def test_a_setting_that_is_not_enforced_cannot_be_patched_in(
    api: Api, refusal: Refusal, patch: list[dict[str, str]]
) -> None:
    code, message = refusal(api.client.update_rest_api, restApiId=api.id, patchOperations=patch)
    assert (code, "not supported by Gatewright yet" in message) == (BAD, True)


def test_every_wrong_operation_is_listed_at_once(api: Api, refusal: Refusal) -> None:
    operations = [{"op": "wrong", "path": "/name", "value": "x"}] * 2
    code, message = refusal(api.client.update_rest_api, restApiId=api.id, patchOperations=operations)
    assert code == "ValidationException"
    assert message.startswith(
        "2 validation errors detected: Value 'wrong' at 'updateRestApiInput.patchOperations.1.member.op' failed to "
        "satisfy constraint: Member must satisfy enum value set: ["
    )


def test_apis_are_read_page_by_page(apigateway: Any, refusal: Refusal) -> None:
    made = [apigateway.create_rest_api(name=f"api {number}")["id"] for number in range(5)]
    first = apigateway.get_rest_apis(limit=2)
    second = apigateway.get_rest_apis(limit=2, position=first["position"])
    third = apigateway.get_rest_apis(limit=2, position=second["position"])
    read = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert sorted(read) == sorted(made)
    assert "position" not in third
    assert [item["id"] for item in apigateway.get_rest_apis()["items"]] == read
    paginator = apigateway.get_paginator("get_rest_apis")
    assert len([*paginator.paginate(PaginationConfig={"PageSize": 2}).search("items[]")]) == 5
    assert refusal(apigateway.get_rest_apis, limit=0)[0] == BAD


def test_a_position_cannot_be_made_up_nor_used_in_another_list(api: Api, refusal: Refusal) -> None:
    for part in ("a", "b", "c"):
        api.resource(part)
    position = api.client.get_resources(restApiId=api.id, limit=1)["position"]
    other = api.client.create_rest_api(name="other")["id"]
    forged = position[:-4] + ("AAA=" if position[-4:] != "AAA=" else "BBB=")
    for params in ({"restApiId": other, "position": position}, {"restApiId": api.id, "position": forged}):
        assert refusal(api.client.get_resources, **params) == (BAD, "Invalid position parameter specified")
    assert refusal(api.client.get_rest_apis, position="bm90IG91cnM=")[0] == BAD


def test_a_resource_policy_is_kept_expanded_and_answered_escaped(apigateway: Any) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": ["execute-api:/*"]},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "execute-api:/dev/GET/pets",
                "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
            },
        ],
    }
    made = apigateway.create_rest_api(name="pets", policy=json.dumps(policy))
    answered = apigateway.get_rest_api(restApiId=made["id"])["policy"]
    assert answered.startswith('{\\"Version\\":')
    assert "\\/24" in answered
    kept = json.loads(json.loads(f'"{answered}"'))
    prefix = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{made['id']}/"
    assert kept["Statement"][0]["Resource"] == [prefix + "*"]
    assert kept["Statement"][1]["Resource"] == prefix + "dev/GET/pets"


def test_a_policy_is_replaced_and_taken_away(api: Api) -> None:
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
    )
    answer = api.client.update_rest_api(restApiId=api.id, patchOperations=replace("/policy", policy))
    assert "policy" in answer
    answer = api.client.update_rest_api(restApiId=api.id, patchOperations=replace("/policy", ""))
    assert "policy" not in answer


@pytest.mark.parametrize(
    "policy",
    [
        "not json",
        "[]",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe","Principal":"*","Action":"*","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"'
        + "x" * 8192
        + '"}}',
    ],
)
def test_what_is_no_resource_policy_is_refused(apigateway: Any, api: Api, refusal: Refusal, policy: str) -> None:
    said = "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."
    code, message = refusal(apigateway.create_rest_api, name="x", policy=policy)
    assert (code, message[: len(said)]) == (BAD, said)
    code, message = refusal(api.client.update_rest_api, restApiId=api.id, patchOperations=replace("/policy", policy))
    assert (code, message[: len(said)]) == (BAD, said)


def test_a_deleted_api_takes_everything_along(api: Api, refusal: Refusal) -> None:
    api.mock(api.resource("pets"))
    api.deploy()
    assert api.client.delete_rest_api(restApiId=api.id)["ResponseMetadata"]["HTTPStatusCode"] == 202
    for operation in (api.client.get_rest_api, api.client.get_resources, api.client.get_stages):
        assert refusal(operation, restApiId=api.id)[0] == "NotFoundException"
    assert refusal(api.client.delete_rest_api, restApiId=api.id)[0] == "NotFoundException"


def test_texts_are_bounded_everywhere(api: Api, refusal: Refusal) -> None:
    named = api.mock()
    api.deploy()
    long = "x" * 1025
    stage = {"restApiId": api.id, "stageName": "dev"}
    client = api.client
    for operation, params in (
        (client.create_rest_api, {"name": long}),
        (client.create_resource, {"restApiId": api.id, "parentId": api.root, "pathPart": long}),
        (client.update_method, {**named, "patchOperations": replace("/operationName", long)}),
        (client.create_deployment, {"restApiId": api.id, "description": long}),
        (client.create_deployment, {**stage, "stageDescription": long}),
        (client.update_stage, {**stage, "patchOperations": replace("/description", long)}),
        (client.put_integration_response, {**named, "statusCode": "200", "selectionPattern": long}),
    ):
        code, message = refusal(operation, **params)
        assert (code, "can be at most 1024 characters" in message) == (BAD, True)
