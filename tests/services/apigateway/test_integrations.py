"""Integration and IntegrationResponse through boto3. Messages and shapes as recorded from AWS."""

from typing import Any

import pytest

from tests.services.apigateway.conftest import Api, Refusal

BAD = "BadRequestException"
UNKNOWN_RESOURCE = ("NotFoundException", "Invalid Resource identifier specified")
UNKNOWN_METHOD = ("NotFoundException", "Invalid Method identifier specified")
UNKNOWN_INTEGRATION = ("NotFoundException", "Invalid Integration identifier specified")
UNKNOWN_STATUS = ("NotFoundException", "Invalid Response status code specified")
TEMPLATES = {"application/json": '{"statusCode": 200}'}


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in answer.items() if member != "ResponseMetadata"}


def patch(*operations: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    return [{"op": op, "path": path} | ({} if value is None else {"value": value}) for op, path, value in operations]


def mapping_error(text: str, parameter: str = "") -> tuple[str, str]:
    return (
        BAD,
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
        f"[Invalid mapping expression {parameter}specified: {text}]",
    )


def test_a_mock_integration_has_the_defaults_of_aws(api: Api, refusal: Refusal) -> None:
    named = api.method()
    assert refusal(api.client.get_integration, **named) == UNKNOWN_INTEGRATION
    made = api.client.put_integration(**named, type="MOCK", requestTemplates=TEMPLATES)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    shape = {
        "type": "MOCK",
        "requestTemplates": TEMPLATES,
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "cacheNamespace": api.root,
        "cacheKeyParameters": [],
    }
    assert without_metadata(made) == without_metadata(api.client.get_integration(**named)) == shape
    assert api.client.get_method(**named)["methodIntegration"] == shape
    assert api.client.delete_integration(**named)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(api.client.delete_integration, **named) == UNKNOWN_INTEGRATION


def test_an_integration_needs_its_method(api: Api, refusal: Refusal) -> None:
    named = api.method()
    assert refusal(api.client.put_integration, **{**named, "httpMethod": "PUT"}, type="MOCK") == UNKNOWN_METHOD
    assert refusal(api.client.put_integration, **{**named, "resourceId": "unknown"}, type="MOCK") == UNKNOWN_RESOURCE
    code, message = refusal(api.client.put_integration, **named, type="HTTPS_PROXY")
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed")


LAMBDA = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"
)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"type": "HTTP", "uri": "http://example.com"}, "Enumeration value for HttpMethod must be non-empty"),
        (
            {"type": "HTTP", "uri": "ftp://x", "integrationHttpMethod": "GET"},
            "Invalid HTTP endpoint specified for URI",
        ),
        (
            {"type": "AWS", "uri": "lambda", "integrationHttpMethod": "POST"},
            "Invalid ARN specified in the request",
        ),
        (
            {"type": "AWS", "uri": "arn:aws:lambda:us-east-1:1:function:f", "integrationHttpMethod": "POST"},
            "AWS ARN for integration must contain path or action",
        ),
        (
            {
                "type": "AWS_PROXY",
                "uri": "arn:aws:apigateway:us-east-1:dynamodb:action/Query",
                "integrationHttpMethod": "POST",
            },
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
        ),
        ({"type": "MOCK", "timeoutInMillis": 49}, "Timeout should be between 50 ms and 29000 ms"),
        ({"type": "MOCK", "timeoutInMillis": 29001}, "Timeout should be between 50 ms and 29000 ms"),
        (
            {"type": "MOCK", "requestTemplates": {"123": "x"}},
            "Validation Result: warnings : [], errors : [Invalid content type specified: 123]",
        ),
        (
            {"type": "MOCK", "requestParameters": {"integration.request.path.testPath": "true"}},
            mapping_error("true")[1],
        ),
        (
            {"type": "MOCK", "requestParameters": {"integration.request.header.x": "method.request.header.undeclared"}},
            mapping_error("method.request.header.undeclared", "parameter ")[1],
        ),
    ],
)
def test_what_aws_refuses_in_an_integration_is_refused_in_its_words(
    api: Api, refusal: Refusal, settings: dict[str, Any], message: str
) -> None:
    assert refusal(api.client.put_integration, **api.method(), **settings) == (BAD, message)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"type": "HTTP", "uri": "https://example.com", "integrationHttpMethod": "GET"}, "integration type HTTP"),
        ({"type": "HTTP_PROXY", "uri": "http://example.com", "integrationHttpMethod": "GET"}, "HTTP_PROXY"),
        ({"type": "AWS", "uri": LAMBDA, "integrationHttpMethod": "POST"}, "integration type AWS"),
        ({"type": "AWS_PROXY", "uri": LAMBDA, "integrationHttpMethod": "POST"}, "AWS_PROXY"),
        ({"type": "MOCK", "credentials": "arn:aws:iam::000000000000:role/x"}, "credentials"),
        ({"type": "MOCK", "contentHandling": "CONVERT_TO_TEXT"}, "contentHandling"),
        ({"type": "MOCK", "connectionType": "VPC_LINK"}, "connectionType"),
        ({"type": "MOCK", "cacheKeyParameters": ["method.request.header.x"]}, "Caching"),
        ({"type": "MOCK", "cacheNamespace": "other"}, "Caching"),
        ({"type": "MOCK", "tlsConfig": {"insecureSkipVerification": True}}, "tlsConfig"),
        ({"type": "MOCK", "responseTransferMode": "STREAM"}, "responseTransferMode"),
    ],
)
def test_an_integration_that_is_not_carried_out_is_refused_by_name(
    api: Api, refusal: Refusal, settings: dict[str, Any], named: str
) -> None:
    method = api.method()
    code, message = refusal(api.client.put_integration, **method, **settings)
    assert (code, named in message, "not supported by Gatewright yet" in message) == (BAD, True, True)
    assert "methodIntegration" not in api.client.get_method(**method)


def test_declared_parameters_and_surroundings_may_be_mapped(api: Api) -> None:
    named = api.method(requestParameters={"method.request.header.h": False, "method.request.querystring.q": True})
    mappings = {
        "integration.request.header.a": "method.request.header.h",
        "integration.request.header.b": "method.request.multivalueheader.h",
        "integration.request.querystring.c": "method.request.querystring.q",
        "integration.request.path.d": "context.requestId",
        "integration.request.header.e": "stageVariables.name",
        "integration.request.header.f": "'a literal'",
        "integration.request.header.g": "method.request.body.pets[0].name",
    }
    assert api.client.put_integration(**named, type="MOCK", requestParameters=mappings)["requestParameters"] == mappings


def test_an_integration_is_patched_and_checked_as_a_whole(api: Api, refusal: Refusal) -> None:
    named = api.mock()
    answer = api.client.update_integration(
        **named,
        patchOperations=patch(
            ("replace", "/requestTemplates/application~1json", '{"statusCode": 201}'),
            ("add", "/requestTemplates/text~1plain", "x"),
            ("add", "/requestParameters/integration.request.header.x", "'y'"),
            ("replace", "/passthroughBehavior", "NEVER"),
            ("replace", "/timeoutInMillis", "100"),
        ),
    )
    assert answer["requestTemplates"] == {"application/json": '{"statusCode": 201}', "text/plain": "x"}
    assert (answer["passthroughBehavior"], answer["timeoutInMillis"]) == ("NEVER", 100)
    assert answer["integrationResponses"]["200"]["statusCode"] == "200"
    wrong: list[tuple[tuple[str, str, str | None], str]] = [
        (("replace", "/type", "HTTP"), "Invalid patch path /type"),
        (("add", "/passthroughBehavior", "NEVER"), "Invalid patch operation specified. Must be one of: [replace]"),
        (("replace", "/timeoutInMillis", "soon"), "Timeout should be between 50 ms and 29000 ms"),
        (
            ("add", "/requestTemplates/123", "x"),
            "Validation Result: warnings : [], errors : [Invalid content type specified: 123]",
        ),
        (("add", "/requestParameters/integration.request.header.x", "true"), mapping_error("true")[1]),
    ]
    for operation, message in wrong:
        assert refusal(api.client.update_integration, **named, patchOperations=patch(operation)) == (BAD, message)
    for path, value in (("/contentHandling", "CONVERT_TO_TEXT"), ("/credentials", "x"), ("/cacheNamespace", "x")):
        code, message = refusal(api.client.update_integration, **named, patchOperations=patch(("replace", path, value)))
        assert (code, "not supported by Gatewright yet" in message) == (BAD, True)


def test_a_put_replaces_the_whole_integration(api: Api) -> None:
    named = api.mock()
    again = api.client.put_integration(**named, type="MOCK")
    assert "requestTemplates" not in again
    assert "integrationResponses" not in again


# Integration responses


def test_an_integration_response_is_put_overwritten_patched_and_deleted(api: Api, refusal: Refusal) -> None:
    named = api.method()
    api.client.put_integration(**named, type="MOCK", requestTemplates=TEMPLATES)
    put = api.client.put_integration_response
    made = put(**named, statusCode="200", selectionPattern="", responseTemplates={"application/json": '"created"'})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    shape = {"responseTemplates": {"application/json": '"created"'}, "selectionPattern": "", "statusCode": "200"}
    get = api.client.get_integration_response
    assert without_metadata(made) == without_metadata(get(**named, statusCode="200")) == shape
    updated = api.client.update_integration_response(
        **named, statusCode="200", patchOperations=patch(("replace", "/selectionPattern", "updated-pattern"))
    )
    assert without_metadata(updated) == {**shape, "selectionPattern": "updated-pattern"}
    again = put(**named, statusCode="200", selectionPattern="x", responseTemplates={"application/json": "overwrite"})
    assert again["responseTemplates"] == {"application/json": "overwrite"}
    assert set(api.client.get_method(**named)["methodIntegration"]["integrationResponses"]) == {"200"}
    gone = api.client.delete_integration_response(**named, statusCode="200")
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(get, **named, statusCode="200") == UNKNOWN_STATUS
    assert "integrationResponses" not in api.client.get_method(**named)["methodIntegration"]


def test_what_an_integration_response_needs_is_refused_in_the_order_of_aws(api: Api, refusal: Refusal) -> None:
    named = api.method()
    assert refusal(api.client.get_integration_response, **named, statusCode="200") == UNKNOWN_INTEGRATION
    api.client.put_integration(**named, type="MOCK")
    for operation in (api.client.put_integration_response, api.client.get_integration_response):
        assert refusal(operation, **{**named, "restApiId": "unknown"}, statusCode="200") == UNKNOWN_RESOURCE
        assert refusal(operation, **{**named, "resourceId": "unknown"}, statusCode="200") == UNKNOWN_RESOURCE
        assert refusal(operation, **{**named, "httpMethod": "PUT"}, statusCode="200") == UNKNOWN_METHOD
        assert refusal(operation, **named, statusCode="wrong")[0] == "ValidationException"
    delete = api.client.delete_integration_response
    assert refusal(delete, **{**named, "httpMethod": "PUT"}, statusCode="200") == UNKNOWN_INTEGRATION
    assert refusal(delete, **{**named, "resourceId": "unknown"}, statusCode="200") == UNKNOWN_RESOURCE
    assert refusal(delete, **named, statusCode="200") == UNKNOWN_STATUS


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"responseTemplates": {"123": "x"}},
            (BAD, "Validation Result: warnings : [], errors : [Invalid content type specified: 123]"),
        ),
        (
            {"responseParameters": {"method.response.header.undeclared": "'x'"}},
            mapping_error("method.response.header.undeclared", "parameter "),
        ),
        ({"responseParameters": {"method.response.header.declared": "true"}}, mapping_error("true")),
        (
            {"responseParameters": {"method.response.header.declared": "'a\r\nSet-Cookie: b'"}},
            mapping_error("'a\r\nSet-Cookie: b'"),
        ),
        ({"selectionPattern": "("}, (BAD, "Invalid selection pattern specified: (")),
    ],
)
def test_a_wrong_integration_response_is_refused(
    api: Api, refusal: Refusal, settings: dict[str, Any], expected: tuple[str, str]
) -> None:
    named = api.method()
    api.client.put_method_response(
        **named, statusCode="200", responseParameters={"method.response.header.declared": True}
    )
    api.client.put_integration(**named, type="MOCK")
    assert refusal(api.client.put_integration_response, **named, statusCode="200", **settings) == expected
    assert refusal(api.client.get_integration_response, **named, statusCode="200") == UNKNOWN_STATUS


def test_values_of_another_type_are_refused_by_the_wire(api: Api, refusal: Refusal) -> None:
    named = api.method()
    api.client.put_integration(**named, type="MOCK")
    refused = refusal(
        api.client.put_integration_response, **named, statusCode="200", responseTemplates={"application/json": 123}
    )
    assert refused[0] == "SerializationException"
    refused = refusal(
        api.client.put_integration, **named, type="MOCK", requestParameters={"integration.request.path.p": True}
    )
    assert refused[0] == "SerializationException"
