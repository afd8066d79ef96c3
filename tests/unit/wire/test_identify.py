"""Which operation a request means, and what is said to one that means none."""

import pytest

from gatewright.wire.http import Request
from gatewright.wire.identify import Target, Unidentified, identify, target_for
from gatewright.wire.models import Catalogue
from tests.unit.wire.calls import CATALOGUE, scope

JSON = ("content-type", "application/x-amz-json-1.1")
FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")
HOST = ("host", "localhost:4566")


def found(method: str, path: str, *headers: tuple[str, str], query: str = "", body: bytes = b"") -> Target:
    return identify(Request(method, path, query, (HOST, *headers), body), CATALOGUE)


def refused(method: str, path: str, *headers: tuple[str, str], query: str = "", body: bytes = b"") -> Unidentified:
    with pytest.raises(Unidentified) as caught:
        found(method, path, *headers, query=query, body=body)
    return caught.value


def test_an_unsigned_browser_call_is_found_by_its_target_header() -> None:
    target = found("POST", "/", JSON, ("x-amz-target", "AWSCognitoIdentityService.GetId"), body=b"{}")
    assert (target.service, target.operation, target.protocol) == ("cognito-identity", "GetId", "json")
    assert (target.signing_region, target.signing_name) == (None, None)
    assert target.unsigned


def test_a_signed_call_says_its_region_and_service_in_its_scope() -> None:
    target = found("POST", "/", FORM, scope("iam", "us-west-2"), body=b"Action=ListRoles&Version=2010-05-08")
    assert (target.service, target.operation, target.protocol) == ("iam", "ListRoles", "query")
    assert (target.signing_region, target.signing_name) == ("us-west-2", "iam")
    assert target.accepted_signing_names == ("iam",)
    assert not target.unsigned


def test_a_presigned_call_is_found_by_its_query_string() -> None:
    credential = "X-Amz-Credential=AKID%2F20260203%2Fus-east-1%2Fsts%2Faws4_request"
    target = found("GET", "/", query=f"Action=GetCallerIdentity&Version=2011-06-15&{credential}")
    assert (target.service, target.operation, target.signing_name) == ("sts", "GetCallerIdentity", "sts")


def test_an_unsigned_form_is_found_by_action_and_version() -> None:
    target = found("POST", "/", FORM, body=b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=x")
    assert (target.service, target.operation) == ("sts", "AssumeRoleWithWebIdentity")
    assert target.unsigned


def test_a_route_is_found_with_its_labels() -> None:
    target = found("GET", "/restapis/a1b2/resources/c3/methods/GET", scope("apigateway"))
    assert (target.operation, target.protocol) == ("GetMethod", "rest-json")
    assert target.path_params == {"restapi_id": "a1b2", "resource_id": "c3", "http_method": "GET"}


def test_a_fixed_query_parameter_tells_two_operations_apart() -> None:
    assert found("POST", "/restapis", scope("apigateway")).operation == "CreateRestApi"
    assert found("POST", "/restapis", scope("apigateway"), query="mode=import").operation == "ImportRestApi"


@pytest.mark.parametrize("host", ["apigateway.eu-west-1.amazonaws.com", "apigateway.eu-west-1.localhost:4566"])
def test_an_unsigned_rest_call_is_found_by_its_host(host: str) -> None:
    target = identify(Request("GET", "/restapis", "", (("host", host),)), CATALOGUE)
    assert (target.operation, target.signing_region, target.signing_name) == ("GetRestApis", "eu-west-1", None)


def test_an_unsigned_call_without_any_evidence_misses_its_token() -> None:
    refusal = refused("GET", "/restapis")
    assert (refusal.code, refusal.status) == ("MissingAuthenticationTokenException", 403)
    assert (refusal.message, refusal.protocol) == ("Missing Authentication Token", "rest-json")


@pytest.mark.parametrize("service", ["s3", "dynamodb", "monitoring", "states"])
def test_a_service_of_aws_that_we_do_not_have_is_named(service: str) -> None:
    refusal = refused("GET", "/bucket", scope(service))
    assert (refusal.code, refusal.status) == ("NotImplemented", 501)
    assert service in refusal.message
    assert "apigateway, cognito-identity, cognito-idp, iam, sts" in refusal.message


@pytest.mark.parametrize("service", ["s3", "cloudfront", "route53"])
def test_a_service_that_speaks_xml_is_refused_in_xml(service: str) -> None:
    assert refused("GET", "/2020-05-31/distribution", scope(service)).protocol == "rest-xml"


@pytest.mark.parametrize(
    ("method", "path", "host", "named"),
    [
        ("GET", "/login", "panda.auth.us-east-1.localhost:4566", "hosted sign-in pages"),
        ("POST", "/oauth2/token", "panda.auth.eu-west-1.amazoncognito.com", "OAuth 2.0"),
        ("GET", "/", "d111111abcdef8.cloudfront.localhost:4566", "CloudFront"),
        ("GET", "/", "D111111ABCDEF8.CLOUDFRONT.NET", "CloudFront"),
    ],
)
def test_a_front_door_that_is_not_here_yet_says_so(method: str, path: str, host: str, named: str) -> None:
    with pytest.raises(Unidentified, match=named) as caught:
        identify(Request(method, path, "", (("host", host), FORM), b"grant_type=client_credentials"), CATALOGUE)
    assert (caught.value.code, caught.value.status, caught.value.protocol) == ("NotImplemented", 501, "rest-json")


def test_a_service_that_we_do_not_have_is_named_by_its_target_header_too() -> None:
    refusal = refused("POST", "/", JSON, ("x-amz-target", "DynamoDB_20120810.ListTables"), scope("dynamodb"))
    assert (refusal.code, refusal.protocol) == ("NotImplemented", "json")


def test_the_other_api_gateway_is_not_mistaken_for_this_one() -> None:
    refusal = refused("GET", "/v2/apis", scope("apigateway"))
    assert refusal.code == "NotImplemented"
    assert "apigatewayv2" in refusal.message


def test_a_scope_of_no_service_is_refused() -> None:
    refusal = refused("GET", "/", scope("nonsense"))
    assert (refusal.code, refusal.status) == ("InvalidSignatureException", 403)


def test_an_unknown_json_operation_is_refused_in_json() -> None:
    refusal = refused("POST", "/", JSON, ("x-amz-target", "AWSCognitoIdentityService.Nope"))
    assert (refusal.code, refusal.status, refusal.protocol) == ("UnknownOperationException", 400, "json")


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/other")])
def test_a_target_header_counts_only_where_aws_takes_it(method: str, path: str) -> None:
    refusal = refused(method, path, JSON, ("x-amz-target", "AWSCognitoIdentityService.GetId"))
    assert refusal.code == "UnknownOperationException"


def test_two_target_headers_name_no_operation() -> None:
    one = ("x-amz-target", "AWSCognitoIdentityService.GetId")
    assert refused("POST", "/", JSON, one, one).code == "UnknownOperationException"


def test_a_json_call_without_target_is_told_what_is_missing() -> None:
    refusal = refused("POST", "/", JSON, scope("cognito-identity"), body=b"{}")
    assert refusal.code == "UnknownOperationException"
    assert "X-Amz-Target" in refusal.message


def test_a_form_without_action_misses_its_action() -> None:
    refusal = refused("POST", "/", FORM, scope("iam"), body=b"Version=2010-05-08")
    assert (refusal.code, refusal.status, refusal.protocol) == ("MissingAction", 400, "query")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (b"Action=Nope&Version=2010-05-08", "Could not find operation Nope for version 2010-05-08"),
        (b"Action=ListRoles", "Could not find operation ListRoles for version NO_VERSION_SPECIFIED"),
        (b"Action=ListRoles&Version=2011-06-15", "Could not find operation ListRoles for version 2011-06-15"),
    ],
)
def test_an_unknown_action_or_version_is_invalid(form: bytes, message: str) -> None:
    refusal = refused("POST", "/", FORM, scope("iam"), body=form)
    assert (refusal.code, refusal.message, refusal.status) == ("InvalidAction", message, 400)


def test_an_action_of_another_service_than_the_scope_says_is_not_found() -> None:
    form = b"Action=GetCallerIdentity&Version=2011-06-15"
    assert refused("POST", "/", FORM, scope("iam"), body=form).code == "InvalidAction"


def test_the_rest_of_a_form_is_not_decoded_before_the_caller_is_known() -> None:
    form = b"Action=ListRoles&Version=2010-05-08&Broken=%zz"
    assert found("POST", "/", FORM, scope("iam"), body=form).operation == "ListRoles"


def test_two_actions_are_refused() -> None:
    form = b"Action=ListRoles&Action=DeleteRole&Version=2010-05-08"
    assert refused("POST", "/", FORM, scope("iam"), body=form).code == "MalformedInput"
    query = "Action=DeleteRole"
    refusal = refused("POST", "/", FORM, scope("iam"), query=query, body=b"Action=ListRoles&Version=2010-05-08")
    assert refusal.code == "MalformedInput"


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/restapis/",
        "/restapis//resources",
        "/restapis/../account",
        "/restapis/./x",
        "//restapis",
        "/RestApis",
        "",
    ],
)
def test_an_unknown_route_cannot_be_authorized(path: str) -> None:
    refusal = refused("GET", path, scope("apigateway"))
    assert (refusal.code, refusal.status, refusal.protocol) == ("AccessDeniedException", 403, "rest-json")
    assert refusal.message == "Unable to determine service/operation name to be authorized"


def test_a_route_with_another_method_is_unknown() -> None:
    assert refused("TRACE", "/restapis", scope("apigateway")).code == "AccessDeniedException"


def test_a_broken_escape_in_a_path_is_refused() -> None:
    assert refused("GET", "/restapis/%zz", scope("apigateway")).code == "SerializationException"


@pytest.mark.parametrize(
    "header",
    ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=x", "Bearer abc", "AWS4-HMAC-SHA256 Credential=a/b/c//d"],
)
def test_a_malformed_scope_says_nothing(header: str) -> None:
    assert refused("GET", "/restapis", ("authorization", header)).code == "MissingAuthenticationTokenException"


def test_a_target_can_be_had_by_name() -> None:
    assert target_for(CATALOGUE, "sts", "AssumeRole").operation == "AssumeRole"
    with pytest.raises(KeyError):
        target_for(CATALOGUE, "sts", "Nope")
    with pytest.raises(KeyError):
        target_for(CATALOGUE, "s3", "GetObject")


def test_a_service_that_botocore_does_not_have_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Catalogue(["nonsense"])
