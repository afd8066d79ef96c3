"""Each protocol's own shape of answers and errors, and what is said to a request that cannot be read."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import Any

import pytest

from gatewright.wire.faults import Fault
from gatewright.wire.http import Request
from gatewright.wire.identify import target_for
from gatewright.wire.models import Catalogue
from gatewright.wire.protocols import MAX_BODY, MAX_UNSIGNED_BODY, parse, render_fault, serialize
from gatewright.wire.target import Target
from tests.unit.wire.calls import read

CATALOGUE = Catalogue(["apigateway", "iam", "sts", "cognito-identity", "cloudfront"])
JSON = ("content-type", "application/x-amz-json-1.1")
REST_JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded")
XML = ("content-type", "application/xml")


def target(service: str, operation: str, **labels: str) -> Target:
    return target_for(CATALOGUE, service, operation, labels)


def parsed(to: Target, body: bytes, *headers: tuple[str, str], query: str = "") -> dict[str, Any]:
    return parse(to, Request("POST", "/", query, headers, body))


def refused(to: Target, body: bytes, *headers: tuple[str, str], query: str = "") -> Fault:
    with pytest.raises(Fault) as caught:
        parsed(to, body, *headers, query=query)
    return caught.value


GET_ID = target("cognito-identity", "GetId")
CREATE_POOL = target("cognito-identity", "CreateIdentityPool")
PUT_METHOD = target("apigateway", "PutMethod", restapi_id="a", resource_id="b", http_method="GET")
CREATE_ROLE = target("iam", "CreateRole")


# Answers


def test_a_json_answer_names_its_request_and_its_type() -> None:
    response = serialize(GET_ID, {"IdentityId": "us-east-1:1"}, "the-id")
    assert (response.status, response.body) == (200, b'{"IdentityId":"us-east-1:1"}')
    assert response.header("x-amzn-RequestId") == "the-id"
    assert response.header("content-type") == "application/x-amz-json-1.1"


def test_a_json_operation_without_output_has_an_empty_body() -> None:
    assert serialize(target("cognito-identity", "DeleteIdentityPool"), None, "id").body == b""


def test_members_that_are_none_are_left_out_and_values_of_maps_are_not() -> None:
    assert serialize(GET_ID, {"IdentityId": None}, "id").body == b"{}"
    integration = target("apigateway", "GetIntegration")
    body = serialize(integration, {"requestTemplates": {"application/json": None}, "uri": None}, "id").body
    assert body == b'{"requestTemplates":{"application/json":null}}'


def test_moments_are_seconds_in_json_and_iso_8601_in_xml() -> None:
    at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    body = serialize(target("apigateway", "GetRestApi"), {"createdDate": at}, "id").body
    assert body == b'{"createdDate":1770091506}'
    credentials = {"AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": at.timestamp()}
    text = serialize(target("sts", "AssumeRole"), {"Credentials": credentials}, "id").body.decode()
    assert "<Expiration>2026-02-03T04:05:06Z</Expiration>" in text


def test_the_model_gives_the_status_of_a_rest_operation() -> None:
    assert serialize(target("apigateway", "CreateRestApi"), {"id": "x"}, "id").status == 201
    deleted = serialize(target("apigateway", "DeleteRestApi"), {}, "id")
    assert (deleted.status, deleted.body, deleted.header("content-type")) == (202, b"", None)


def test_a_query_answer_wraps_its_result_and_names_its_request() -> None:
    response = serialize(target("sts", "GetCallerIdentity"), {"Account": "000000000000", "UserId": "<&>"}, "the-id")
    assert response.body.decode() == (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        "<GetCallerIdentityResult><UserId>&lt;&amp;&gt;</UserId><Account>000000000000</Account></GetCallerIdentityResult>"
        "<ResponseMetadata><RequestId>the-id</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
    assert (response.header("content-type"), response.header("x-amzn-requestid")) == ("text/xml", "the-id")


def test_a_query_operation_without_output_has_no_result() -> None:
    text = serialize(target("iam", "DeleteRole"), None, "the-id").body.decode()
    assert "DeleteRoleResult" not in text
    assert "<RequestId>the-id</RequestId>" in text


def test_a_carriage_return_survives_xml_and_a_control_character_does_not_break_it() -> None:
    response = serialize(target("iam", "GetRole"), {"Role": {"Description": "a\r\nb\x01\x7f"}}, "id")
    role = read("iam", CATALOGUE.service("iam").operation_model("GetRole"), response)["Role"]
    assert role["Description"] == "a\r\nb\ufffd\x7f"


@pytest.mark.parametrize(
    ("to", "result"),
    [
        (GET_ID, {"Nope": 1}),
        (GET_ID, {"IdentityId": 1}),
        (CREATE_POOL, {"AllowUnauthenticatedIdentities": 1}),
        (target("cognito-identity", "DeleteIdentityPool"), {"IdentityId": "x"}),
        (target("iam", "GetRole"), {"Role": {"Nope": 1}}),
        (target("iam", "DeleteRole"), {"Role": {}}),
        (target("iam", "GetRole"), {"Role": {"MaxSessionDuration": True}}),
        (target("iam", "GetRole"), {"Role": {"CreateDate": datetime(2026, 1, 1)}}),
        (target("apigateway", "DeleteRestApi"), {"id": "x"}),
        (target("apigateway", "GetSdk"), {"contentDisposition": "a\r\nSet-Cookie: x"}),
    ],
)
def test_a_result_that_does_not_fit_is_a_bug_and_says_so(to: Target, result: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        serialize(to, result, "id")


# Faults


def test_a_json_fault_has_its_name_twice() -> None:
    response = render_fault(GET_ID, Fault("ResourceNotFoundException", "IdentityPool 'x' not found."), "the-id")
    assert json.loads(response.body) == {
        "__type": "ResourceNotFoundException",
        "message": "IdentityPool 'x' not found.",
    }
    assert (response.status, response.header("x-amzn-ErrorType")) == (400, "ResourceNotFoundException")
    assert response.header("x-amzn-RequestId") == "the-id"


def test_a_fault_of_the_server_has_status_500_if_the_model_says_so() -> None:
    assert render_fault(GET_ID, Fault("InternalErrorException", "x"), "id").status == 500


def test_a_rest_json_fault_has_its_name_in_a_header_and_the_status_of_the_model() -> None:
    response = render_fault(PUT_METHOD, Fault("NotFoundException", "Invalid Method identifier specified"), "id")
    assert (response.status, response.header("x-amzn-ErrorType")) == (404, "NotFoundException")
    assert json.loads(response.body) == {"message": "Invalid Method identifier specified"}


def test_a_member_of_an_error_that_is_bound_to_a_header_is_sent_there() -> None:
    fault = Fault("TooManyRequestsException", "slow down", fields={"retryAfterSeconds": "7"})
    response = render_fault(PUT_METHOD, fault, "id")
    assert (response.status, response.header("Retry-After")) == (429, "7")
    assert json.loads(response.body) == {"message": "slow down"}


def test_the_fault_itself_may_say_its_status_and_headers() -> None:
    response = render_fault(PUT_METHOD, Fault("NotFoundException", "x", 418, headers={"X-More": "1"}), "id")
    assert (response.status, response.header("x-more")) == (418, "1")


@pytest.mark.parametrize("code", ["NoSuchEntity", "NoSuchEntityException"])
def test_a_query_fault_is_called_by_its_code(code: str) -> None:
    response = render_fault(CREATE_ROLE, Fault(code, "The role <x> cannot be found."), "the-id")
    assert response.body.decode() == (
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>'
        "<Code>NoSuchEntity</Code><Message>The role &lt;x&gt; cannot be found.</Message></Error>"
        "<RequestId>the-id</RequestId></ErrorResponse>"
    )
    assert response.status == 404


def test_a_rest_xml_fault_is_an_error_response() -> None:
    response = render_fault(target("cloudfront", "GetDistribution"), Fault("NoSuchDistribution", "none"), "the-id")
    error = ET.fromstring(response.body)
    found = {part: error.findtext(f"Error/{part}") for part in ("Type", "Code", "Message")}
    assert found == {"Type": "Sender", "Code": "NoSuchDistribution", "Message": "none"}
    assert (response.status, error.findtext("RequestId")) == (404, "the-id")


@pytest.mark.parametrize("protocol", ["json", "rest-json", "query", "rest-xml"])
def test_a_fault_of_no_service_is_rendered_in_a_protocol_by_its_name(protocol: str) -> None:
    response = render_fault(protocol, Fault("SomethingElse", "words", 403, fields={"more": "x"}), "the-id")
    assert response.status == 403
    assert b"words" in response.body
    assert b"more" in response.body
    assert response.header("x-amzn-RequestId") == "the-id"


# Requests that cannot be read


@pytest.mark.parametrize(
    ("to", "headers", "code"),
    [
        (CREATE_POOL, (JSON,), "RequestEntityTooLargeException"),
        (PUT_METHOD, (REST_JSON,), "RequestEntityTooLargeException"),
        (CREATE_ROLE, (FORM,), "RequestEntityTooLarge"),
    ],
)
def test_a_body_that_is_too_large_is_413(to: Target, headers: tuple[tuple[str, str]], code: str) -> None:
    fault = refused(to, b" " * (MAX_BODY + 1), *headers)
    assert (fault.code, fault.status) == (code, 413)


def test_a_call_that_nobody_signs_may_be_less_large() -> None:
    assert refused(GET_ID, b" " * (MAX_UNSIGNED_BODY + 1), JSON).status == 413
    large = b'{"IdentityPoolName": "' + b"x" * MAX_UNSIGNED_BODY + b'"}'
    assert parsed(CREATE_POOL, large, JSON) == {"IdentityPoolName": "x" * MAX_UNSIGNED_BODY}


def test_a_form_of_too_many_parameters_is_refused_before_it_is_read() -> None:
    fault = refused(CREATE_ROLE, b"a&" * 10_000, FORM)
    assert (fault.code, fault.message) == ("MalformedInput", "There are more than 10000 parameters.")


def test_a_name_that_comes_twice_among_very_many_is_found_at_once() -> None:
    names = ",".join(f'"{number:x}":0' for number in range(250_000))
    fault = refused(CREATE_POOL, f'{{{names},"1":0}}'.encode(), JSON)
    assert fault.message == "Duplicate field '1'"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Could not parse request body into json: Expecting property name"),
        (b'{"IdentityPoolId": "x"} x', "Could not parse request body into json: Extra data"),
        (b'{"IdentityPoolId": "a", "IdentityPoolId": "b"}', "Duplicate field 'IdentityPoolId'"),
        (b'{"AccountId": "\xff"}', "Could not parse request body into json: it is not UTF-8"),
        (b'{"AccountId": NaN}', "Could not parse request body into json: NaN is not JSON"),
        (b'{"AccountId": 1}', "NUMBER_VALUE can not be converted to a String"),
        (b'{"AccountId": true}', "TRUE_VALUE can not be converted to a String"),
        (b'{"AccountId": {}}', "Start of structure or map found where not expected."),
        (b'{"AccountId": []}', "Start of list found where not expected"),
        (b'{"Logins": {"a": 1}}', "NUMBER_VALUE can not be converted to a String"),
        (b'{"AccountId": "\\ud800"}', "Strings must not contain half of a surrogate pair."),
        (b'{"AccountId": "\\u0000"}', "Strings must not contain the character U+0000."),
        (b"[]", "Start of list found where not expected"),
        (b"null", "NULL_VALUE found where a structure was expected"),
        (b'{"AccountId": ' + b"1" * 5000 + b"}", "Number is out of range"),
        (b'{"AccountId": 1e999}', "Number is out of range"),
    ],
)
def test_json_that_cannot_be_read_is_a_serialization_exception(body: bytes, message: str) -> None:
    fault = refused(GET_ID, body, JSON)
    assert (fault.code, fault.status) == ("SerializationException", 400)
    assert fault.message.startswith(message)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("true", "class java.lang.Boolean can not be converted to an String"),
        ("7", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"),
    ],
)
def test_api_gateway_names_java_classes(value: str, message: str) -> None:
    fault = refused(PUT_METHOD, f'{{"authorizationType": {value}}}'.encode(), REST_JSON)
    assert (fault.code, fault.message) == ("SerializationException", message)


def test_numbers_may_be_whole_floats_and_nothing_else() -> None:
    resolve = target("cognito-identity", "ListIdentityPools")
    assert parsed(resolve, b'{"MaxResults": 7.0}', JSON) == {"MaxResults": 7}
    for value in (b"7.5", b'"7"', b"2147483648", b"true"):
        assert refused(resolve, b'{"MaxResults": ' + value + b"}", JSON).code == "SerializationException"


def test_members_that_the_model_does_not_know_are_ignored_as_aws_ignores_them() -> None:
    assert parsed(GET_ID, b'{"Nope": {"a": []}, "AccountId": null}', JSON) == {}


def test_an_empty_json_body_has_no_parameters() -> None:
    assert parsed(GET_ID, b"", JSON) == {}


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", "application/x-www-form-urlencoded"])
def test_json_needs_its_own_content_type(content_type: str) -> None:
    fault = refused(GET_ID, b"{}", ("content-type", content_type))
    assert (fault.code, fault.status) == ("UnknownOperationException", 404)
    assert "application/x-amz-json-1.1" in fault.message


def test_a_content_type_may_have_parameters() -> None:
    assert parsed(GET_ID, b"{}", ("content-type", "application/x-amz-json-1.1; charset=UTF-8")) == {}


def test_a_rest_document_of_another_type_is_415() -> None:
    fault = refused(PUT_METHOD, b"{}", ("content-type", "text/plain"))
    assert (fault.code, fault.status) == ("UnsupportedMediaTypeException", 415)
    assert refused(target("cloudfront", "CreateDistribution"), b"<a/>", REST_JSON).status == 415


def test_a_payload_that_is_a_blob_may_be_of_any_type() -> None:
    found = parsed(target("apigateway", "ImportRestApi"), b"swagger: 2", ("content-type", "text/yaml"))
    assert found == {"body": b"swagger: 2"}


@pytest.mark.parametrize(
    "body",
    [
        b"RoleName=a&RoleName=b",
        b"RoleName=%zz",
        b"RoleName=%ff",
        b"RoleName=%00",
        b"RoleName.x=a",
        b"MaxSessionDuration=abc",
        b"Tags.member.x.Key=a",
        b"Tags.member.1.Key=a&Tags.member.01.Key=b",
    ],
)
def test_a_form_that_cannot_be_read_is_malformed_input(body: bytes) -> None:
    fault = refused(CREATE_ROLE, body, FORM)
    assert (fault.code, fault.status) == ("MalformedInput", 400)


def test_a_parameter_may_stand_in_the_query_string_but_not_there_as_well() -> None:
    assert parsed(CREATE_ROLE, b"", FORM, query="RoleName=a+b%2Bc") == {"RoleName": "a b+c"}
    assert refused(CREATE_ROLE, b"RoleName=b", FORM, query="RoleName=a").code == "MalformedInput"


def test_a_body_that_is_no_form_has_no_parameters() -> None:
    assert parsed(CREATE_ROLE, b"RoleName=a", ("content-type", "text/plain")) == {}


def test_items_come_in_the_order_of_their_numbers() -> None:
    form = b"Tags.member.10.Key=c&Tags.member.2.Key=b&Tags.member.1.Key=a"
    assert parsed(CREATE_ROLE, form, FORM) == {"Tags": [{"Key": "a"}, {"Key": "b"}, {"Key": "c"}]}
    assert parsed(CREATE_ROLE, b"Tags=", FORM) == {"Tags": []}


def test_a_query_parameter_of_a_rest_call_is_read_once() -> None:
    listing = target("apigateway", "GetRestApis")
    assert parsed(listing, b"", query="limit=7&position=a%2Bb") == {"limit": 7, "position": "a+b"}
    assert refused(listing, b"", query="limit=7&limit=8").code == "SerializationException"
    assert refused(listing, b"", query="limit=seven").code == "SerializationException"
    embedded = target("apigateway", "GetResources", restapi_id="a")
    assert parsed(embedded, b"", query="embed=methods&embed=x")["embed"] == ["methods", "x"]


@pytest.mark.parametrize(
    "body",
    [
        b"<a",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://169.254.169.254/"><a/>',
        "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"),
        b"<a>&undefined;</a>",
        b"<a><Enabled>true</Enabled><Enabled>false</Enabled></a>",
        b"<a><Enabled>yes</Enabled></a>",
        b"<a><Comment><b/></Comment></a>",
    ],
)
def test_xml_that_cannot_be_read_is_malformed_input(body: bytes) -> None:
    fault = refused(target("cloudfront", "CreateDistribution"), body, XML)
    assert (fault.code, fault.status) == ("MalformedInput", 400)
