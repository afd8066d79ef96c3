"""Authorizers through boto3: what is taken, what is refused, and what methods make of them."""

from typing import Any

import pytest

from tests.services.apigateway.conftest import Api, Refusal
from tests.services.apigateway.test_methods import NO_AUTHORIZER, patch, without_metadata

BAD = "BadRequestException"
SOURCE = "method.request.header.Authorization"


@pytest.fixture
def pool(aws: Any) -> str:
    return str(aws("cognito-idp").create_user_pool(PoolName="people")["UserPool"]["Arn"])


@pytest.fixture
def made(api: Api, pool: str) -> dict[str, Any]:
    return without_metadata(
        api.client.create_authorizer(
            restApiId=api.id, name="people", type="COGNITO_USER_POOLS", providerARNs=[pool], identitySource=SOURCE
        )
    )


def test_an_authorizer_is_made_listed_changed_and_deleted(
    api: Api, made: dict[str, Any], pool: str, refusal: Refusal
) -> None:
    named = {"restApiId": api.id, "authorizerId": made["id"]}
    assert made == {
        "id": made["id"],
        "name": "people",
        "type": "COGNITO_USER_POOLS",
        "authType": "cognito_user_pools",
        "providerARNs": [pool],
        "identitySource": SOURCE,
        "authorizerResultTtlInSeconds": 300,
    }
    assert without_metadata(api.client.get_authorizer(**named)) == made
    assert api.client.get_authorizers(restApiId=api.id)["items"] == [made]
    changes = patch(
        ("replace", "/name", "members"),
        ("replace", "/authorizerResultTtlInSeconds", "0"),
        ("replace", "/identityValidationExpression", "[a-z0-9]+"),
    )
    changed = without_metadata(api.client.update_authorizer(**named, patchOperations=changes))
    assert changed == made | {
        "name": "members",
        "authorizerResultTtlInSeconds": 0,
        "identityValidationExpression": "[a-z0-9]+",
    }
    assert api.client.delete_authorizer(**named)["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert refusal(api.client.get_authorizer, **named) == (
        "NotFoundException",
        "Invalid Authorizer identifier specified",
    )


OF_TOKENS = {
    "issuers": [{"issuer": "https://id.example.com", "audiences": ["a"]}],
    "defaultAlgorithms": ["RS256"],
}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"name": ""}, "name cannot be an empty string"),
        ({"name": "people"}, "must be unique"),
        ({"type": "TOKEN"}, "TOKEN is not supported by Gatewright yet"),
        ({"type": "REQUEST"}, "REQUEST is not supported by Gatewright yet"),
        ({"providerARNs": []}, "ProviderARNs need to be specified"),
        ({"providerARNs": ["nonsense"]}, "ProviderARNs need to be valid Cognito Userpools. Invalid ARNs- \n nonsense"),
        ({"providerARNs": ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_nobody"]}, "valid Cognito"),
        ({"identitySource": ""}, "Invalid identity source"),
        ({"identitySource": "method.request.querystring.token"}, "Invalid identity source"),
        ({"identitySource": f"{SOURCE},{SOURCE}"}, "Invalid identity source"),
        ({"identityValidationExpression": "(a+)+b"}, "Invalid identity validation expression"),
        ({"authorizerResultTtlInSeconds": 3601}, "between 0 and 3600"),
        ({"authorizerUri": "arn:aws:lambda:x"}, "authorizerUri is for the types"),
        ({"type": "JWT"}, "Invalid authorizer type"),
        ({"jwtConfiguration": OF_TOKENS}, "jwtConfiguration"),
    ],
)
def test_what_could_not_be_enforced_is_refused(
    api: Api, made: dict[str, Any], pool: str, refusal: Refusal, settings: dict[str, Any], words: str
) -> None:
    whole = {"name": "second", "type": "COGNITO_USER_POOLS", "providerARNs": [pool], "identitySource": SOURCE}
    code, message = refusal(api.client.create_authorizer, restApiId=api.id, **{**whole, **settings})
    assert code == BAD
    assert words in message
    assert len(api.client.get_authorizers(restApiId=api.id)["items"]) == 1


@pytest.mark.parametrize("seconds", ["", "-1", "3601", "\u0663", "\u00b2", "9" * 5_000])
def test_a_time_to_live_that_is_none_is_refused(api: Api, made: dict[str, Any], refusal: Refusal, seconds: str) -> None:
    named = {"restApiId": api.id, "authorizerId": made["id"]}
    asked = patch(("replace", "/authorizerResultTtlInSeconds", seconds))
    if seconds:
        assert refusal(api.client.update_authorizer, **named, patchOperations=asked)[0] == BAD
    else:  # AWS's default
        assert api.client.update_authorizer(**named, patchOperations=asked)["authorizerResultTtlInSeconds"] == 300


def test_the_last_user_pool_cannot_be_taken_away(api: Api, made: dict[str, Any], pool: str, refusal: Refusal) -> None:
    named = {"restApiId": api.id, "authorizerId": made["id"]}
    gone = patch(("remove", "/providerARNs", pool))
    assert refusal(api.client.update_authorizer, **named, patchOperations=gone)[0] == BAD


def test_a_method_holds_its_authorizer_and_scopes(api: Api, made: dict[str, Any], refusal: Refusal) -> None:
    named = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "GET"}
    kind = {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": made["id"]}
    api.client.put_method(**named, **kind, authorizationScopes=["pets/read"])
    more = patch(("add", "/authorizationScopes", "pets/write"), ("remove", "/authorizationScopes", "pets/read"))
    changed = without_metadata(api.client.update_method(**named, patchOperations=more))
    assert changed == {"httpMethod": "GET", "apiKeyRequired": False, **kind, "authorizationScopes": ["pets/write"]}
    assert refusal(api.client.delete_authorizer, restApiId=api.id, authorizerId=made["id"]) == (
        "ConflictException",
        "Cannot delete authorizer 'people', is referenced in method: GET//",
    )
    opened = patch(("remove", "/authorizationScopes", "pets/write"), ("replace", "/authorizationType", "NONE"))
    assert "authorizerId" not in api.client.update_method(**named, patchOperations=opened)
    api.client.delete_authorizer(restApiId=api.id, authorizerId=made["id"])


def test_an_authorizer_of_another_api_or_type_is_none(api: Api, made: dict[str, Any], refusal: Refusal) -> None:
    other = api.client.create_rest_api(name="other")
    named = {"restApiId": other["id"], "resourceId": other["rootResourceId"], "httpMethod": "GET"}
    put = api.client.put_method
    assert refusal(put, **named, authorizationType="COGNITO_USER_POOLS", authorizerId=made["id"]) == NO_AUTHORIZER
    own = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "GET"}
    assert refusal(put, **own, authorizationType="CUSTOM", authorizerId=made["id"]) == NO_AUTHORIZER
