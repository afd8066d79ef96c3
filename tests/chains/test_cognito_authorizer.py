"""COGNITO_USER_POOLS over the wire: who passes, who is refused and how, and what the templates see."""

import json
from typing import Any

import httpx
import pytest

from tests.services.apigateway.conftest import Api
from tests.user_pool_people import People

SCOPE = "aws.cognito.signin.user.admin"
CLAIMS = '{"sub":"$context.authorizer.claims.sub","name":"$context.authorizer.claims[\'cognito:username\']",'
CLAIMS += '"exp":"$context.authorizer.claims.exp","verified":"$context.authorizer.claims.email_verified",'
CLAIMS += '"groups":"$context.authorizer.claims[\'cognito:groups\']"}'


class Guarded:
    """An API with a method that wants a token."""

    def __init__(self, product: Any, pools: list[People], **authorizer: Any) -> None:
        self.product = product
        client = product.client("apigateway", parameter_validation=False)
        made = client.create_rest_api(name="guarded")
        self.api = Api(made["id"], made["rootResourceId"], client)
        settings = {"identitySource": "method.request.header.Authorization", **authorizer}
        self.authorizer = client.create_authorizer(
            restApiId=self.api.id,
            name="people",
            type="COGNITO_USER_POOLS",
            providerARNs=[pool.arn for pool in pools],
            **settings,
        )["id"]

    def method(self, path: str = "demo", **settings: Any) -> None:
        settings = {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": self.authorizer, **settings}
        self.api.mock(self.api.resource(path), body=CLAIMS, **settings)

    def call(self, token: str | None = None, path: str = "demo", header: str = "Authorization") -> httpx.Response:
        headers = {} if token is None else {header: token}
        url = f"{self.product.endpoint}/_aws/execute-api/{self.api.id}/dev/{path}"
        return httpx.get(url, headers=headers)


def refused(response: httpx.Response) -> bool:
    """Say whether this is AWS's one answer to whoever has no good token."""
    assert response.headers["content-type"] == "application/json"
    return (response.status_code, response.json(), response.headers["x-amzn-errortype"]) == (
        401,
        {"message": "Unauthorized"},
        "UnauthorizedException",
    )


@pytest.fixture
def people(product: Any) -> People:
    made = People(product)
    made.person("jane", email="jane@example.com", email_verified="true")
    return made


@pytest.fixture
def guarded(product: Any, people: People) -> Guarded:
    made = Guarded(product, [people])
    made.method()
    made.method("scoped", authorizationScopes=["pets/read", SCOPE])
    made.method("other", authorizationScopes=["pets/read"])
    made.api.deploy()
    return made


def test_an_id_token_passes_and_its_claims_are_in_the_context(guarded: Guarded, people: People) -> None:
    for group in ("b", "a"):
        people.idp.create_group(UserPoolId=people.id, GroupName=group)
        people.idp.admin_add_user_to_group(UserPoolId=people.id, Username="jane", GroupName=group)
    token = people.sign_in()["IdToken"]
    for sent in (token, f"Bearer {token}", token):
        answer = guarded.call(sent)
        assert answer.status_code == 200, answer.text
        seen = json.loads(answer.text)
        assert (seen["name"], seen["verified"], seen["groups"]) == ("jane", "true", "a,b")
        assert " UTC 20" in seen["exp"]


@pytest.mark.parametrize("token", [None, "", "x", "Bearer", "Bearer x", "a.b.c", "Basic eDp5"])
def test_without_a_token_nobody_passes(guarded: Guarded, token: str | None) -> None:
    assert refused(guarded.call(token))


def test_each_method_takes_its_own_kind_of_token(guarded: Guarded, people: People) -> None:
    tokens = people.sign_in()
    assert refused(guarded.call(tokens["AccessToken"]))
    assert guarded.call(tokens["AccessToken"], "scoped").status_code == 200
    assert refused(guarded.call(tokens["IdToken"], "scoped"))
    assert refused(guarded.call(tokens["AccessToken"], "other"))
    assert refused(guarded.call(tokens["RefreshToken"]))


def test_a_token_of_any_of_several_pools_passes_and_of_no_other(product: Any, people: People) -> None:
    second, stranger = People(product, "second"), People(product, "stranger")
    for pool in (second, stranger):
        pool.person("jane")
    both = Guarded(product, [people, second])
    both.method()
    both.api.deploy()
    assert both.call(people.sign_in()["IdToken"]).status_code == 200
    assert both.call(second.sign_in()["IdToken"]).status_code == 200
    assert refused(both.call(stranger.sign_in()["IdToken"]))


def test_the_token_is_read_from_the_authorizer_s_own_header_only(product: Any, people: People) -> None:
    guarded = Guarded(product, [people], identitySource="method.request.header.X-Token")
    guarded.method()
    guarded.api.deploy()
    token = people.sign_in()["IdToken"]
    assert guarded.call(token, header="x-token").status_code == 200
    assert refused(guarded.call(token))


def test_the_validation_expression_is_matched_with_the_audience(product: Any, people: People) -> None:
    guarded = Guarded(product, [people], identityValidationExpression=people.client_id)
    guarded.method()
    guarded.api.deploy()
    assert guarded.call(people.sign_in()["IdToken"]).status_code == 200
    assert refused(guarded.call(people.sign_in(client_id=people.client())["IdToken"]))


def test_two_headers_are_no_token(guarded: Guarded, people: People) -> None:
    token = people.sign_in()["IdToken"]
    url = f"{guarded.product.endpoint}/_aws/execute-api/{guarded.api.id}/dev/demo"
    assert refused(httpx.get(url, headers=[("Authorization", token), ("Authorization", token)]))


def test_a_change_of_the_authorizer_counts_after_the_next_deployment(guarded: Guarded, people: People) -> None:
    token = people.sign_in()["IdToken"]
    patch = [{"op": "replace", "path": "/identityValidationExpression", "value": "nobody"}]
    guarded.api.client.update_authorizer(
        restApiId=guarded.api.id, authorizerId=guarded.authorizer, patchOperations=patch
    )
    assert guarded.call(token).status_code == 200
    guarded.api.deploy()
    assert refused(guarded.call(token))


def test_the_resource_policy_must_allow_besides(guarded: Guarded, people: People) -> None:
    token = people.sign_in()["IdToken"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    patch = [{"op": "replace", "path": "/policy", "value": json.dumps({"Version": "2012-10-17", "Statement": [deny]})}]
    guarded.api.client.update_rest_api(restApiId=guarded.api.id, patchOperations=patch)
    guarded.api.deploy()
    assert guarded.call(token).status_code == 403
    assert refused(guarded.call("x"))


def test_the_trace_tells_the_owner_why_and_never_shows_the_token(guarded: Guarded, people: People) -> None:
    token = people.sign_in()["AccessToken"]
    kept = guarded.product.product.traces.find(guarded.call(token).headers["x-amzn-requestid"])
    step = kept.stopped_by
    assert step.reason == "the token is refused: an id token is wanted here, and this is another kind"
    assert token not in str(step)
