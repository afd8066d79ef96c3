"""GatewayResponse, Account and Tags through boto3. Messages and shapes as recorded from AWS."""

import json
from typing import Any

import pytest

from tests.services.apigateway.conftest import ACCOUNT, Api, Refusal

BAD = "BadRequestException"
DEFAULT = {"application/json": '{"message":$context.error.messageString}'}
PARAMETERS = {
    "gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'",
    "gatewayresponse.header.x-request-header": "method.request.header.Accept",
    "gatewayresponse.header.x-request-path": "method.request.path.petId",
    "gatewayresponse.header.x-request-query": "method.request.querystring.q",
}
TEMPLATES = {"application/json": '{"message": $context.error.messageString, "type": "$context.error.responseType"}'}


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in answer.items() if member != "ResponseMetadata"}


def by_type(api: Api) -> dict[str, dict[str, Any]]:
    return {item["responseType"]: item for item in api.client.get_gateway_responses(restApiId=api.id)["items"]}


def shape(kind: str, status: str | None, *, default: bool = False, **other: Any) -> dict[str, Any]:
    result = {"responseType": kind, "defaultResponse": default, "responseParameters": {}, "responseTemplates": DEFAULT}
    return {**result, **({"statusCode": status} if status else {}), **other}


def test_every_type_has_its_default(api: Api) -> None:
    items = by_type(api)
    assert len(items) == 21
    assert list(items) == sorted(items)
    assert items["ACCESS_DENIED"] == shape("ACCESS_DENIED", "403", default=True)
    assert items["DEFAULT_5XX"] == shape("DEFAULT_5XX", None, default=True)
    assert items["INTEGRATION_TIMEOUT"]["statusCode"] == "504"
    assert items["REQUEST_TOO_LARGE"]["statusCode"] == "413"


def test_a_type_is_customized_and_taken_back(api: Api, refusal: Refusal) -> None:
    named = {"restApiId": api.id, "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    made = api.client.put_gateway_response(
        **named, statusCode="404", responseParameters=PARAMETERS, responseTemplates=TEMPLATES
    )
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    expected = shape(named["responseType"], "404", responseParameters=PARAMETERS, responseTemplates=TEMPLATES)
    assert without_metadata(made) == without_metadata(api.client.get_gateway_response(**named)) == expected
    assert by_type(api)[named["responseType"]] == expected
    assert api.client.delete_gateway_response(**named)["ResponseMetadata"]["HTTPStatusCode"] == 202
    default = shape(named["responseType"], "403", default=True)
    assert without_metadata(api.client.get_gateway_response(**named)) == default
    assert refusal(api.client.delete_gateway_response, **named) == (
        "NotFoundException",
        "Gateway response type not defined on api",
    )


def test_what_is_left_out_is_the_default(api: Api) -> None:
    named = {"restApiId": api.id, "responseType": "UNAUTHORIZED"}
    put = api.client.put_gateway_response
    assert without_metadata(put(**named, statusCode="404")) == shape("UNAUTHORIZED", "404")
    answer = put(**named, responseParameters={"gatewayresponse.header.foo": "'bar'"})
    assert (answer["statusCode"], answer["responseTemplates"]) == ("401", DEFAULT)


def test_a_customized_default_shows_in_the_types_that_fall_back_to_it(api: Api) -> None:
    put = api.client.put_gateway_response
    put(restApiId=api.id, responseType="DEFAULT_5XX", statusCode="599", responseTemplates=TEMPLATES)
    put(restApiId=api.id, responseType="AUTHORIZER_FAILURE", responseParameters={"gatewayresponse.header.foo": "'bar'"})
    items = by_type(api)
    assert items["INTEGRATION_TIMEOUT"] == shape(
        "INTEGRATION_TIMEOUT", "599", default=True, responseTemplates=TEMPLATES
    )
    assert items["AUTHORIZER_FAILURE"]["statusCode"] == "500"
    assert items["THROTTLED"] == shape("THROTTLED", "429", default=True)


def test_a_patch_customizes_a_type_that_was_not(api: Api) -> None:
    named = {"restApiId": api.id, "responseType": "DEFAULT_4XX"}
    status = [{"op": "replace", "path": "/statusCode", "value": "444"}]
    answer = api.client.update_gateway_response(**named, patchOperations=status)
    assert without_metadata(answer) == shape("DEFAULT_4XX", "444")
    origin = "/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin"
    answer = api.client.update_gateway_response(
        **named,
        patchOperations=[
            {"op": "add", "path": origin, "value": "'a.b.c'"},
            {"op": "replace", "path": origin, "value": "'example.com'"},
            {
                "op": "add",
                "path": "/responseTemplates/application~1xml",
                "value": "<m>$context.error.messageString</m>",
            },
        ],
    )
    assert answer["responseParameters"] == {"gatewayresponse.header.Access-Control-Allow-Origin": "'example.com'"}
    assert set(answer["responseTemplates"]) == {"application/json", "application/xml"}
    assert answer["statusCode"] == "444"


HEADER = "/responseParameters/gatewayresponse.header.x"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/statusCode", "value": "444"}, (BAD, "Invalid patch path /statusCode")),
        ({"op": "remove", "path": "/statusCode"}, (BAD, "Invalid patch path /statusCode")),
        ({"op": "replace", "path": HEADER, "value": "'x'"}, ("NotFoundException", "Invalid parameter name specified")),
        ({"op": "replace", "value": "x"}, (BAD, "Invalid patch path null")),
        ({"op": "replace", "path": "/wrongPath", "value": "x"}, (BAD, "Invalid patch path /wrongPath")),
        (
            {"op": "add", "path": "/responseTemplates/application~1json"},
            (BAD, "Invalid null or empty value in responseTemplates"),
        ),
        ({"op": "add", "path": HEADER}, (BAD, "Invalid null or empty value in responseParameters")),
    ],
)
def test_a_wrong_patch_is_refused_in_aws_words(
    api: Api, refusal: Refusal, operation: dict[str, str], expected: tuple[str, str]
) -> None:
    named = {"restApiId": api.id, "responseType": "DEFAULT_4XX"}
    assert refusal(api.client.update_gateway_response, **named, patchOperations=[operation]) == expected
    assert without_metadata(api.client.get_gateway_response(**named)) == shape("DEFAULT_4XX", None, default=True)


def test_unknown_apis_and_types_are_refused(api: Api, refusal: Refusal) -> None:
    named = {"restApiId": "fake-api-id", "responseType": "DEFAULT_4XX"}
    expected = ("NotFoundException", f"Invalid API identifier specified {ACCOUNT}:fake-api-id")
    client = api.client
    assert refusal(client.get_gateway_responses, restApiId="fake-api-id") == expected
    for operation in (
        client.get_gateway_response,
        client.delete_gateway_response,
        client.update_gateway_response,
        client.put_gateway_response,
    ):
        assert refusal(operation, **named) == expected
        code, message = refusal(operation, restApiId=api.id, responseType="FAKE_RESPONSE_TYPE")
        assert code == "ValidationException"
        assert message.startswith("1 validation error detected: Value 'FAKE_RESPONSE_TYPE' at 'responseType' failed to")


@pytest.mark.parametrize(
    "parameters",
    [
        {"gatewayresponse.header.x": "integration.response.header.y"},
        {"gatewayresponse.header.x": "'a\nb'"},
        {"gatewayresponse.header.a b": "'x'"},
        {"method.response.header.x": "'x'"},
        {"gatewayresponse.header.x": ""},
    ],
)
def test_what_cannot_be_mapped_is_refused(api: Api, refusal: Refusal, parameters: dict[str, str]) -> None:
    named = {"restApiId": api.id, "responseType": "DEFAULT_4XX"}
    assert refusal(api.client.put_gateway_response, **named, responseParameters=parameters)[0] == BAD


# Account


def test_the_cloudwatch_role_is_checked_before_it_is_kept(apigateway: Any, aws: Any, refusal: Refusal) -> None:
    account = apigateway.get_account()
    assert (account["features"], account["apiKeyVersion"]) == (["UsagePlans"], "4")
    update = apigateway.update_account
    arn = f"arn:aws:iam::{ACCOUNT}:role/logs"
    operation = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    untrusted = (
        "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and "
        "add the required role policy."
    )
    assert refusal(update, patchOperations=operation) == (BAD, untrusted)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {}, "Action": "sts:AssumeRole"}]}
    trust["Statement"][0]["Principal"] = {"Service": "lambda.amazonaws.com"}  # type: ignore[index]
    iam = aws("iam")
    iam.create_role(RoleName="logs", AssumeRolePolicyDocument=json.dumps(trust))
    assert refusal(update, patchOperations=operation) == (BAD, untrusted)
    trust["Statement"][0]["Principal"] = {"Service": "apigateway.amazonaws.com"}  # type: ignore[index]
    iam.update_assume_role_policy(RoleName="logs", PolicyDocument=json.dumps(trust))
    assert update(patchOperations=operation)["cloudwatchRoleArn"] == arn
    assert apigateway.get_account()["cloudwatchRoleArn"] == arn
    assert "cloudwatchRoleArn" not in update(patchOperations=[{**operation[0], "value": ""}])


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (
            {"op": "replace", "path": "/throttleSettings/rateLimit", "value": "1"},
            "Invalid patch path  '/throttleSettings/rateLimit' specified for op 'replace'. Must be one of: "
            "[/cloudwatchRoleArn]",
        ),
        ({"op": "remove", "path": "/features", "value": "UsagePlans"}, "The feature UsagePlans cannot be removed"),
    ],
)
def test_other_settings_of_the_account_are_refused(
    apigateway: Any, refusal: Refusal, operation: dict[str, str], message: str
) -> None:
    assert refusal(apigateway.update_account, patchOperations=[operation]) == (BAD, message)


# Tags


def test_apis_and_stages_are_tagged_by_their_arns(api: Api, refusal: Refusal) -> None:
    api.mock()
    api.deploy()
    client = api.client
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api.id}"
    for one in (arn, f"{arn}/stages/dev"):
        client.tag_resource(resourceArn=one, tags={"a": "1", "b": "2"})
        client.tag_resource(resourceArn=one, tags={"b": "3"})
        client.untag_resource(resourceArn=one, tagKeys=["a", "unknown"])
        assert client.get_tags(resourceArn=one)["tags"] == {"b": "3"}
    assert client.get_rest_api(restApiId=api.id)["tags"] == {"b": "3"}
    assert client.get_stage(restApiId=api.id, stageName="dev")["tags"] == {"b": "3"}
    for wrong in (arn + "x", f"{arn}/stages/unknown", f"{arn}/deployments/x", arn.replace("us-east-1", "eu-west-1")):
        assert refusal(client.tag_resource, resourceArn=wrong, tags={"a": "1"})[0] == "NotFoundException"
    assert refusal(client.tag_resource, resourceArn=arn, tags={"aws:x": "1"})[0] == BAD
    assert refusal(client.tag_resource, resourceArn=arn, tags={str(n): "" for n in range(50)})[0] == BAD
