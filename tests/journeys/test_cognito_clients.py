"""Other people's clients at a user pool: pycognito, the AWS command line."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pycognito import Cognito

from tests.running import Running
from tests.services.cognito_idp.conftest import PASSWORD
from tests.services.cognito_idp.signing_in import make_user

JS = Path(__file__).parents[1] / "js"
NEW = "Another-horse-2"


class Place:
    """A pool, its client, and what Node's library does there."""

    def __init__(self, product: Running, **pool: Any) -> None:
        self.product = product
        self.idp = product.client("cognito-idp")
        self.pool_id = self.idp.create_user_pool(PoolName="people", **pool)["UserPool"]["Id"]
        self.client_id = self.idp.create_user_pool_client(UserPoolId=self.pool_id, ClientName="app")["UserPoolClient"][
            "ClientId"
        ]


@pytest.fixture
def place(product: Running) -> Callable[..., Place]:
    return lambda **pool: Place(product, **pool)


def test_pycognito_logs_in_and_verifies_what_it_gets(
    place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = place()
    make_user(at.idp, at.pool_id)
    monkeypatch.setenv("AWS_ENDPOINT_URL", at.product.endpoint)
    at_home = Cognito(at.pool_id, at.client_id, username="jane", user_pool_region="us-east-1")
    at_home.pool_jwk = _keys(at)
    issuer = f"http://localhost:{at.product.port}/{at.pool_id}"  # the library knows only AWS's own
    monkeypatch.setattr(Cognito, "user_pool_url", property(lambda _: issuer))
    at_home.authenticate(password=PASSWORD)
    assert at_home.id_claims["cognito:username"] == "jane"
    before = at_home.access_token
    at_home.renew_access_token()
    assert at_home.access_token != before


def _keys(at: Place) -> Any:
    import httpx

    return httpx.get(f"{at.product.endpoint}/{at.pool_id}/.well-known/jwks.json").json()


def test_the_command_line_signs_in_and_out(place: Callable[..., Place]) -> None:
    at = place()
    make_user(at.idp, at.pool_id)
    at.idp.update_user_pool_client(
        UserPoolId=at.pool_id,
        ClientId=at.client_id,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )

    def run(*words: str) -> Any:
        aws = Path(sys.executable).with_name("aws")
        done = subprocess.run(
            [aws, "cognito-idp", *words], env=at.product.environ(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "{}")

    answer = run(
        "initiate-auth",
        *("--auth-flow", "USER_PASSWORD_AUTH", "--client-id", at.client_id),
        *("--auth-parameters", f"USERNAME=jane,PASSWORD={PASSWORD}"),
    )
    token = answer["AuthenticationResult"]["AccessToken"]
    assert run("get-user", "--access-token", token)["Username"] == "jane"
    run("global-sign-out", "--access-token", token)
    with pytest.raises(AssertionError, match=re.escape("Access Token has been revoked")):
        run("get-user", "--access-token", token)
