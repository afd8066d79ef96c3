"""AWS's words for every constraint, as API Gateway, Cognito and IAM were seen to use them."""

from typing import Any

import pytest
from botocore.model import ServiceModel

from gatewright.wire.faults import Fault
from gatewright.wire.identify import target_for
from gatewright.wire.models import Catalogue
from gatewright.wire.target import Target
from gatewright.wire.validate import validate

CATALOGUE = Catalogue(["apigateway", "iam", "sts", "cognito-identity", "cognito-idp"])
FAILED = "failed to satisfy constraint:"


def complaint(service: str, operation: str, **params: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        validate(target_for(CATALOGUE, service, operation), params)
    assert caught.value.status == 400
    return caught.value


def test_valid_parameters_raise_nothing() -> None:
    validate(target_for(CATALOGUE, "sts", "GetCallerIdentity"), {})
    validate(target_for(CATALOGUE, "iam", "GetRole"), {"RoleName": "one"})


def test_a_required_member_must_not_be_null() -> None:
    fault = complaint("cognito-identity", "GetId")
    assert fault.code == "ValidationException"
    expected = f"1 validation error detected: Value null at 'identityPoolId' {FAILED} Member must not be null"
    assert fault.message == expected


def test_a_pattern_is_named_as_cognito_names_it() -> None:
    fault = complaint("cognito-identity", "GetId", IdentityPoolId="YOUR_POOL")
    assert fault.message == (
        f"1 validation error detected: Value 'YOUR_POOL' at 'identityPoolId' {FAILED} "
        r"Member must satisfy regular expression pattern: [\w-]+:[0-9a-f-]+"
    )


def test_user_pools_have_a_code_of_their_own() -> None:
    fault = complaint("cognito-idp", "AdminConfirmSignUp", UserPoolId="no pool", Username="admin@example.com")
    assert fault.code == "InvalidParameterException"
    assert "Value 'no pool' at 'userPoolId' failed" in fault.message


def test_a_sensitive_value_is_not_repeated() -> None:
    fault = complaint("cognito-idp", "SignUp", ClientId="x1", Username="", Password="secret word")
    assert "Value at 'password' failed" in fault.message
    assert "secret" not in fault.message


def test_iam_calls_it_a_validation_error() -> None:
    tags = [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "SourceIP, x"}]
    fault = complaint("iam", "TagRole", RoleName="r", Tags=tags)
    assert fault.code == "ValidationError"
    assert fault.message == (
        f"1 validation error detected: Value 'SourceIP, x' at 'tags.2.member.value' {FAILED} "
        r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*"
    )


def test_several_errors_are_counted_and_joined() -> None:
    fault = complaint("iam", "CreateRole", RoleName="", AssumeRolePolicyDocument="{}")
    assert fault.message == (
        f"2 validation errors detected: Value '' at 'roleName' {FAILED} "
        f"Member must have length greater than or equal to 1; Value '' at 'roleName' {FAILED} "
        r"Member must satisfy regular expression pattern: [\w+=,.@-]+"
    )


def test_a_value_that_is_too_long_is_named() -> None:
    fault = complaint("iam", "GetRole", RoleName="r" * 65)
    assert fault.message.endswith(f"at 'roleName' {FAILED} Member must have length less than or equal to 64")


def test_a_number_out_of_range_is_named() -> None:
    fault = complaint(
        "sts", "AssumeRole", RoleArn="arn:aws:iam::000000000000:role/x", RoleSessionName="me", DurationSeconds=899
    )
    expected = f"Value '899' at 'durationSeconds' {FAILED} Member must have value greater than or equal to 900"
    assert fault.message == f"1 validation error detected: {expected}"


def test_api_gateway_names_body_members_after_the_input() -> None:
    fault = complaint(
        "apigateway", "PutIntegration", restApiId="a", resourceId="b", httpMethod="GET", type="HTTPS_PROXY"
    )
    start = f"1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' {FAILED} "
    assert fault.message == start + "Member must satisfy enum value set: [HTTP, AWS, MOCK, HTTP_PROXY, AWS_PROXY]"


def test_api_gateway_names_members_of_the_path_alone() -> None:
    given = {"restApiId": "a", "resourceId": "b", "httpMethod": "GET", "statusCode": "wrong"}
    fault = complaint("apigateway", "PutIntegrationResponse", **given)
    assert fault.message == (
        f"1 validation error detected: Value 'wrong' at 'statusCode' {FAILED} "
        r"Member must satisfy regular expression pattern: [1-5]\d\d"
    )


def test_api_gateway_names_items_of_lists_by_number() -> None:
    operations = [{"op": "replace", "path": "/name"}, {"op": "wrong_op", "path": "/x"}]
    fault = complaint("apigateway", "UpdateRestApi", restApiId="a", patchOperations=operations)
    assert f"Value 'wrong_op' at 'updateRestApiInput.patchOperations.2.member.op' {FAILED}" in fault.message
    assert "Member must satisfy enum value set: [add, remove, replace, move, copy, test]" in fault.message


def test_a_wrong_item_of_a_list_is_the_lists_error() -> None:
    fault = complaint("apigateway", "CreateRestApi", name="x", endpointConfiguration={"types": ["wrong"]})
    assert fault.message == (
        f"1 validation error detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' {FAILED} "
        "Member must satisfy constraint: [Member must satisfy enum value set: [REGIONAL, EDGE, PRIVATE]]"
    )


MODEL = ServiceModel(
    {
        "metadata": {"protocol": "json", "endpointPrefix": "toy"},
        "operations": {"Do": {"name": "Do", "http": {}, "input": {"shape": "In"}}},
        "shapes": {
            "In": {
                "type": "structure",
                "members": {"Map": {"shape": "Map"}, "Tree": {"shape": "Tree"}, "Nested": {"shape": "Deep"}},
            },
            "Map": {"type": "map", "key": {"shape": "Word"}, "value": {"shape": "Word"}, "max": 1},
            "Word": {"type": "string", "min": 1, "max": 3, "pattern": "[a-z]*"},
            "Tree": {
                "type": "structure",
                "required": ["Name"],
                "members": {"Name": {"shape": "Word"}, "Child": {"shape": "Tree"}},
            },
            "Deep": {"type": "map", "key": {"shape": "Free"}, "value": {"shape": "Trees"}},
            "Trees": {"type": "list", "member": {"shape": "Tree"}},
            "Free": {"type": "string"},
        },
    },
    "toy",
)
TOY = Target("toy", "Do", MODEL.operation_model("Do"), MODEL, "json")
WORD = (
    "Member must have length less than or equal to 3, Member must have length greater than or equal to 1, "
    "Member must satisfy regular expression pattern: [a-z]*"
)


NOT_NULL = f"{FAILED} Member must not be null"
KEYS, VALUES = (
    f"{FAILED} Map keys must satisfy constraint: [{WORD}]",
    f"{FAILED} Map value must satisfy constraint: [{WORD}]",
)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"Map": {"long": "a"}}, f"Value '{{long=a}}' at 'map' {KEYS}"),
        ({"Map": {"a": "A"}}, f"Value '{{a=A}}' at 'map' {VALUES}"),
        ({"Map": {"a": None}}, f"Value '{{a=null}}' at 'map' {VALUES}"),
        (
            {"Map": {"a": "a", "b": "b"}},
            f"Value '{{a=a, b=b}}' at 'map' {FAILED} Member must have length less than or equal to 1",
        ),
        ({"Tree": {"Child": {"Name": "a"}}}, f"Value null at 'tree.name' {NOT_NULL}"),
        ({"Tree": {"Name": "a", "Child": {}}}, f"Value null at 'tree.child.name' {NOT_NULL}"),
        ({"Nested": {"k": [{"Name": "a"}, {}]}}, f"Value null at 'nested.k.member.2.member.name' {NOT_NULL}"),
        (
            {"Nested": {"k": [None]}},
            f"Value '[null]' at 'nested.k.member' {FAILED} Member must satisfy constraint: [Member must not be null]",
        ),
    ],
)
def test_maps_and_structures_are_walked(params: dict[str, Any], expected: str) -> None:
    with pytest.raises(Fault) as caught:
        validate(TOY, params)
    assert caught.value.message == f"1 validation error detected: {expected}"


def test_a_structure_can_be_checked_alone() -> None:
    with pytest.raises(Fault, match=r"'tree\.name'"):
        validate(MODEL.operation_model("Do").input_shape, {"Tree": {}})
    validate(None, {"anything": 1})


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(Fault) as caught:
        validate(TOY, {"Tree": {"Name": "x" * 1_000_000}})
    assert len(caught.value.message) < 2_000


def test_what_is_said_is_bounded_however_much_is_wrong() -> None:
    fault = complaint("cognito-idp", "SignUp", ClientId="a", Username="b", UserAttributes=[{}] * 60_000)
    assert fault.message.startswith("100 validation errors detected: Value null at 'userAttributes.1.member.name'")
    assert len(fault.message) < 20_000


def test_a_text_that_the_model_leaves_open_is_still_held_to_its_pattern() -> None:
    pool = {"UserPoolId": "us-east-1_Aaaaaaaaa"}
    for long in ("@" * 200_000, "a@b" * 70_000):
        fault = complaint("cognito-idp", "UpdateUserPool", **pool, EmailConfiguration={"ReplyToEmailAddress": long})
        assert "emailConfiguration.replyToEmailAddress" in fault.message
