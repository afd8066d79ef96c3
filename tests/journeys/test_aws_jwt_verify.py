"""aws-jwt-verify, unmodified, proves our tokens, and nobody else's, for our own issuer and for AWS's form of it."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from gatewright.settings import Settings
from tests.javascript import JS, node
from tests.running import Running, in_process
from tests.services.cognito_idp.conftest import Inside
from tests.user_pool_people import People, now, said

pytestmark = pytest.mark.xdist_group("aws-jwt-verify")


def jwt_header(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))


class Verified:
    """A pool of one style of issuer, and what the library says of tokens."""

    def __init__(self, product: Running, style: str) -> None:
        self.style = style
        self.product = product
        self.people = People(product)
        self.people.person("jane", email="jane@example.com")

    @property
    def issuer(self) -> str:
        if self.style == "aws":
            return f"https://cognito-idp.us-east-1.amazonaws.com/{self.people.id}"
        return f"http://localhost:{self.product.port}/{self.people.id}"

    def task(self, token: str, use: str, **more: Any) -> dict[str, Any]:
        return {"token": token, "tokenUse": use, "clientId": self.people.client_id, **more}

    def verify(self, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
        told = {
            "style": self.style,
            "issuer": self.issuer,
            "keys": f"{self.product.endpoint}/{self.people.id}/.well-known/jwks.json",
            "userPoolId": self.people.id,
            "tasks": tasks,
        }
        self.fetched, results = node(JS / "verify_tokens.mjs", told)
        return list(results)


@pytest.fixture(scope="module", params=["own", "aws"])
def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verified]:
    data = tmp_path_factory.mktemp("issuer")
    with ExitStack() as stack:
        settings = Settings(data=data, port=0, dev=True, issuer_style=request.param)
        yield Verified(stack.enter_context(in_process(settings)), request.param)


def test_tokens_of_both_kinds_are_proven(at: Verified) -> None:
    people = at.people
    people.idp.create_group(UserPoolId=people.id, GroupName="staff")
    people.idp.admin_add_user_to_group(UserPoolId=people.id, Username="jane", GroupName="staff")
    tokens = people.sign_in()
    proven, access = at.verify(
        at.task(tokens["IdToken"], "id", groups="staff"), at.task(tokens["AccessToken"], "access", groups=["staff"])
    )
    assert proven == {"claims": said(tokens["IdToken"])}
    assert access == {"claims": said(tokens["AccessToken"])}
    assert at.fetched == 1  # one key set has the keys of both kinds
    assert proven["claims"]["iss"] == at.issuer
    assert proven["claims"]["aud"] == access["claims"]["client_id"] == people.client_id


def test_tokens_of_old_keys_are_proven_beside_those_of_new_ones(at: Verified) -> None:
    people = at.people
    before = people.sign_in()["IdToken"]
    Inside(at.product).execute("UPDATE cognito_idp_signing_keys SET created_at = created_at - 31536000")  # a year
    people.idp.update_user_pool(UserPoolId=people.id)  # publishes what the test changed behind the product's back
    after = people.sign_in()["IdToken"]
    assert jwt_header(before)["kid"] != jwt_header(after)["kid"]
    assert ["claims" in one for one in at.verify(at.task(before, "id"), at.task(after, "id"))] == [True, True]
    assert at.fetched == 1


def test_what_is_not_as_wanted_is_refused(at: Verified) -> None:
    people = at.people
    tokens = people.sign_in()
    token = tokens["IdToken"]
    head, payload, signature = token.split(".")
    other = People(at.product, "others")
    other.person("jane")
    results = at.verify(
        at.task(token, "access"),
        at.task(tokens["AccessToken"], "id"),
        at.task(token, "id", clientId=other.client_id),
        at.task(token, "id", groups="admins"),
        at.task(other.sign_in()["IdToken"], "id"),
        at.task(f"{head}.{payload}.{signature[:-8]}AAAAAAAA", "id"),
        at.task(people.forged(token, exp=now() - 10), "id"),
        at.task(people.forged(token, iss=at.issuer + "x"), "id"),
        at.task(people.forged(token), "id"),
    )
    # The verifier of Cognito looks for the issuer first, the one of a single issuer for the key.
    foreign = {"pool": "KidNotFoundInJwksError", "issuer": "JwtInvalidIssuerError"}
    if at.style == "aws":
        foreign = dict.fromkeys(foreign, "ParameterValidationError")
    assert [one.get("error") for one in results] == [
        "CognitoJwtInvalidTokenUseError",
        "CognitoJwtInvalidTokenUseError",
        "CognitoJwtInvalidClientIdError",
        "CognitoJwtInvalidGroupError",
        foreign["pool"],
        "JwtInvalidSignatureError",
        "JwtExpiredError",
        foreign["issuer"],
        None,
    ]
