"""Method and MethodResponse through boto3. Messages and shapes as recorded from AWS."""

from typing import Any

import pytest

from tests.services.apigateway.conftest import Api, Refusal

BAD = "BadRequestException"
NO_AUTHORIZER = (
    BAD,
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid "
    "authorizer.",
)
UNKNOWN_RESOURCE = ("NotFoundException", "Invalid Resource identifier specified")
UNKNOWN_METHOD = ("NotFoundException", "Invalid Method identifier specified")


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in answer.items() if member != "ResponseMetadata"}


def patch(*operations: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    return [{"op": op, "path": path} | ({} if value is None else {"value": value}) for op, path, value in operations]


def test_a_method_is_put_read_and_deleted(api: Api, refusal: Refusal) -> None:
    named = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "ANY"}
    made = api.client.put_method(**named, authorizationType="NONE")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    shape = {"apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "ANY"}
    assert without_metadata(made) == without_metadata(api.client.get_method(**named)) == shape
    assert refusal(api.client.put_method, **named, authorizationType="NONE")[0] == "ConflictException"
    assert api.client.delete_method(**named)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(api.client.get_method, **named) == UNKNOWN_METHOD
    assert refusal(api.client.delete_method, **named) == UNKNOWN_METHOD


def test_request_parameters_are_declared(api: Api, refusal: Refusal) -> None:
    declared = {
        "method.request.header.h_optional": False,
        "method.request.header.h_required": True,
        "method.request.querystring.q_optional": False,
    }
    named = api.method(requestParameters=declared)
    assert api.client.get_method(**named)["requestParameters"] == declared
    same = {"method.request.header.foo": True, "method.request.querystring.foo": True}
    again = {**named, "httpMethod": "PUT", "authorizationType": "NONE"}
    assert refusal(api.client.put_method, **again, requestParameters=same) == (
        BAD,
        "Parameter names must be unique across querystring, header and path",
    )
    assert refusal(api.client.put_method, **again, requestParameters={"method.request.cookie.x": True})[0] == BAD


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"restApiId": "unknown"}, UNKNOWN_RESOURCE),
        ({"resourceId": "unknown"}, UNKNOWN_RESOURCE),
        (
            {"httpMethod": "MADE-UP"},
            (BAD, "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"),
        ),
        ({"authorizationType": "CUSTOM"}, NO_AUTHORIZER),
        ({"authorizationType": "COGNITO_USER_POOLS"}, NO_AUTHORIZER),
        ({"authorizationType": "CUSTOM", "authorizerId": "abc123"}, NO_AUTHORIZER),
        ({"requestValidatorId": "abc123"}, (BAD, "Invalid Request Validator identifier specified")),
        (
            {"requestModels": {"application/json": "petModel"}},
            (BAD, "Invalid model identifier specified: petModel"),
        ),
    ],
)
def test_what_aws_refuses_in_a_method_is_refused_in_its_words(
    api: Api, refusal: Refusal, settings: dict[str, Any], expected: tuple[str, str]
) -> None:
    params = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "GET", "authorizationType": "NONE"}
    assert refusal(api.client.put_method, **{**params, **settings}) == expected


@pytest.mark.parametrize(
    "settings",
    [{"apiKeyRequired": True}, {"authorizationScopes": ["pets/read"]}, {"authorizationType": "aws_iam"}],
)
def test_what_is_not_enforced_is_never_stored(api: Api, refusal: Refusal, settings: dict[str, Any]) -> None:
    params = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "GET", "authorizationType": "NONE"}
    assert refusal(api.client.put_method, **{**params, **settings})[0] == BAD
    assert "resourceMethods" not in api.client.get_resource(restApiId=api.id, resourceId=api.root)


def test_patches_add_replace_and_remove(api: Api) -> None:
    named = api.method(verb="ANY")
    added = api.client.update_method(
        **named,
        patchOperations=patch(
            ("add", "/requestParameters/method.request.querystring.optional", "true"),
            ("add", "/requestModels/application~1json", "Empty"),
        ),
    )
    assert added["requestParameters"] == {"method.request.querystring.optional": True}
    assert added["requestModels"] == {"application/json": "Empty"}
    replaced = api.client.update_method(
        **named,
        patchOperations=patch(
            ("replace", "/operationName", "ReplacedOperationName"),
            ("replace", "/authorizationType", "AWS_IAM"),
            ("replace", "/requestParameters/method.request.querystring.optional", "false"),
        ),
    )
    assert (replaced["authorizationType"], replaced["operationName"]) == ("AWS_IAM", "ReplacedOperationName")
    assert replaced["requestParameters"] == {"method.request.querystring.optional": False}
    removed = api.client.update_method(
        **named,
        patchOperations=patch(
            ("remove", "/requestParameters/method.request.querystring.optional", None),
            ("remove", "/requestModels/application~1json", None),
        ),
    )
    assert without_metadata(removed) == {
        "apiKeyRequired": False,
        "authorizationType": "AWS_IAM",
        "httpMethod": "ANY",
        "operationName": "ReplacedOperationName",
    }


ONE_OF_REPLACE = (BAD, "Invalid patch operation specified. Must be one of: [replace]")


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (("add", "/operationName", "x"), ONE_OF_REPLACE),
        (("remove", "/authorizationType", None), ONE_OF_REPLACE),
        (("replace", "/httpMethod", "GET"), (BAD, "Invalid patch path /httpMethod")),
        (("replace", "/requestParameters", "x"), (BAD, "Invalid patch path /requestParameters")),
        (
            ("add", "/requestModels/application/json", "Empty"),
            (BAD, "Invalid patch path /requestModels/application/json"),
        ),
        (("replace", "/authorizationType", "CUSTOM"), NO_AUTHORIZER),
        (("replace", "/requestValidatorId", "abc123"), (BAD, "Invalid Request Validator identifier specified")),
        (
            ("remove", "/requestParameters/method.request.header.x", None),
            ("NotFoundException", "Invalid parameter name specified"),
        ),
    ],
)
def test_a_wrong_patch_of_a_method_is_refused_in_aws_words(
    api: Api, refusal: Refusal, operation: tuple[str, str, str | None], expected: tuple[str, str]
) -> None:
    named = api.method(verb="ANY")
    assert refusal(api.client.update_method, **named, patchOperations=patch(operation)) == expected


def test_a_patch_reads_booleans_and_authorizers_as_aws_does(api: Api, refusal: Refusal) -> None:
    named = api.method()
    whatever = patch(("replace", "/apiKeyRequired", "whatever"), ("replace", "/authorizerId", "abc123"))
    answer = api.client.update_method(**named, patchOperations=whatever)
    assert answer["apiKeyRequired"] is False
    assert "authorizerId" not in answer
    assert (
        refusal(api.client.update_method, **named, patchOperations=patch(("replace", "/apiKeyRequired", "true")))[0]
        == BAD
    )


# Method responses


def test_a_method_response_is_put_read_patched_and_deleted(api: Api, refusal: Refusal) -> None:
    named = {**api.method(), "statusCode": "200"}
    made = api.client.put_method_response(**named, responseParameters={}, responseModels={})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert without_metadata(made) == {"statusCode": "200", "responseParameters": {}, "responseModels": {}}
    assert refusal(api.client.put_method_response, **named)[0] == "ConflictException"
    header = "/responseParameters/method.response.header.my-header"
    model = "/responseModels/application~1json"
    added = api.client.update_method_response(
        **named, patchOperations=patch(("add", header, "true"), ("add", model, "Empty"))
    )
    assert without_metadata(added) == {
        "statusCode": "200",
        "responseParameters": {"method.response.header.my-header": True},
        "responseModels": {"application/json": "Empty"},
    }
    assert api.client.get_method(**api_method(named))["methodResponses"] == {"200": without_metadata(added)}
    removed = api.client.update_method_response(
        **named, patchOperations=patch(("remove", header, None), ("remove", model, None))
    )
    assert without_metadata(removed) == {"statusCode": "200"}
    assert api.client.delete_method_response(**named)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(api.client.get_method_response, **named) == (
        "NotFoundException",
        "Invalid Response status code specified",
    )


def api_method(named: dict[str, str]) -> dict[str, str]:
    return {member: value for member, value in named.items() if member != "statusCode"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            ("remove", "/responseParameters/method.response.header.x", None),
            ("NotFoundException", "Invalid parameter name specified"),
        ),
        (
            ("replace", "/responseParameters/method.response.header.x", "true"),
            ("NotFoundException", "Invalid parameter name specified"),
        ),
        (
            ("remove", "/responseModels/application~1json", None),
            ("NotFoundException", "Content-Type specified was not found"),
        ),
        (
            ("add", "/wrong/method.response.header.my-header", "true"),
            (BAD, "Invalid patch path /wrong/method.response.header.my-header"),
        ),
    ],
)
def test_a_wrong_patch_of_a_method_response_is_refused_in_aws_words(
    api: Api, refusal: Refusal, operation: tuple[str, str, str | None], expected: tuple[str, str]
) -> None:
    named = {**api.method(), "statusCode": "200"}
    api.client.put_method_response(**named)
    assert refusal(api.client.update_method_response, **named, patchOperations=patch(operation)) == expected


def test_status_codes_are_checked_before_anything_else(api: Api, refusal: Refusal) -> None:
    named = api.method()
    code, message = refusal(api.client.put_method_response, **named, statusCode="wrong")
    assert code == "ValidationException"
    assert message == (
        "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: [1-5]\\d\\d"
    )
    assert refusal(api.client.update_method_response, **named, statusCode="404", patchOperations=[]) == (
        "NotFoundException",
        "Invalid Response status code specified",
    )
    assert refusal(api.client.put_method_response, **{**named, "httpMethod": "PUT"}, statusCode="200") == UNKNOWN_METHOD


def test_a_response_header_and_a_model_must_be_real(api: Api, refusal: Refusal) -> None:
    named = {**api.method(), "statusCode": "200"}
    for bad in ("method.response.header.", "method.response.body", "integration.response.header.x", "x\r\ny"):
        assert refusal(api.client.put_method_response, **named, responseParameters={bad: True})[0] == BAD
    assert refusal(api.client.put_method_response, **named, responseModels={"application/json": "Pet"}) == (
        BAD,
        "Invalid model identifier specified: Pet",
    )
