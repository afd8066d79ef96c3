"""Seed 003: a client with a secret and a Cognito authorizer; nobody without a token, 200 with the ID token."""

import json
from typing import Any

import httpx
import pytest
from pycognito.aws_srp import AWSSRP

from tests.chains.test_cognito_authorizer import Guarded, refused
from tests.user_pool_people import PASSWORD, People, said


@pytest.fixture
def people(product: Any) -> People:
    made = People(product, GenerateSecret=True)
    made.person("jane", email="jane@example.com")
    return made


def test_seed_003_a_token_from_srp_with_a_client_secret_opens_the_api(product: Any, people: People) -> None:
    described = people.idp.describe_user_pool_client(UserPoolId=people.id, ClientId=people.client_id)
    secret = described["UserPoolClient"]["ClientSecret"]
    guarded = Guarded(product, [people])
    guarded.method()
    guarded.api.deploy()
    assert refused(guarded.call())
    srp = AWSSRP(
        "jane", PASSWORD, people.id, people.client_id, client=people.anyone, client_secret=secret
    ).authenticate_user()["AuthenticationResult"]
    answer = guarded.call(srp["IdToken"])
    assert answer.status_code == 200
    assert json.loads(answer.text)["sub"] == said(srp["IdToken"])["sub"]
    assert refused(guarded.call(srp["AccessToken"]))
    assert refused(guarded.call(srp["IdToken"][:-4]))


def test_an_authorizer_that_was_made_in_the_browser_s_way_takes_preflights(product: Any, people: People) -> None:
    guarded = Guarded(product, [people])
    resource = guarded.api.resource("pets")
    guarded.api.mock(resource, authorizationType="COGNITO_USER_POOLS", authorizerId=guarded.authorizer)
    guarded.api.mock(resource, "OPTIONS")
    guarded.api.deploy()
    url = f"{product.endpoint}/_aws/execute-api/{guarded.api.id}/dev/pets"
    assert httpx.options(url).status_code == 200
    assert refused(httpx.get(url))
