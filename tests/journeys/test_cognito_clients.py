"""Other people's clients at a user pool: amazon-cognito-identity-js in Node, pycognito, the AWS command line."""

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
from tests.services.cognito_idp.conftest import PASSWORD, Inside
from tests.services.cognito_idp.signing_in import claims, make_user

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

    def node(self, story: str, username: str = "jane", **task: str) -> Any:
        """Run a story in Node, with amazon-cognito-identity-js."""
        told = {
            "story": story,
            "endpoint": self.product.endpoint,
            "poolId": self.pool_id,
            "clientId": self.client_id,
            "username": username,
            "password": PASSWORD,
            "newPassword": NEW,
            **task,
        }
        done = subprocess.run(
            ["node", JS / "cognito_story.cjs"], input=json.dumps(told), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert "error" not in answer or "wrong" in task, answer
        return answer


@pytest.fixture
def place(product: Running) -> Callable[..., Place]:
    return lambda **pool: Place(product, **pool)


def test_seed_001_a_browser_library_logs_in_and_keeps_its_session(place: Callable[..., Place]) -> None:
    at = place()
    sub = make_user(at.idp, at.pool_id, email="jane@example.com", email_verified="true")
    done = at.node("login")
    assert done["seen"] == []
    assert done["sameSession"] is True
    assert claims(done["idToken"])["sub"] == done["refreshed"]["sub"] == sub
    assert done["attributes"] == {"sub": sub, "email": "jane@example.com", "email_verified": "true"}
    wrong = at.node("login", password="Wrong-horse-1", wrong="password")
    assert wrong == {"error": "NotAuthorizedException", "message": "Incorrect username or password."}


def test_a_browser_library_sets_a_new_password(place: Callable[..., Place]) -> None:
    at = place()
    at.idp.admin_create_user(
        UserPoolId=at.pool_id, Username="jane", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    done = at.node("newPassword")
    assert done["seen"] == ["newPasswordRequired"]
    assert done["claims"]["name"] == "Jane"
    assert at.node("login", password=NEW)["seen"] == []


def test_a_browser_library_sets_up_an_authenticator_app_and_uses_it(place: Callable[..., Place]) -> None:
    at = place()
    make_user(at.idp, at.pool_id)
    at.idp.set_user_pool_mfa_config(
        UserPoolId=at.pool_id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    done = at.node("mfa")
    assert done["seen"] == ["mfaSetup", "totpRequired"]
    assert done["claims"]["cognito:username"] == "jane"


def test_a_browser_library_confirms_its_device_and_proves_it(place: Callable[..., Place]) -> None:
    at = place(DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False})
    make_user(at.idp, at.pool_id)
    done = at.node("device")
    assert done["key"] == done["first"] == done["again"]
    listed = at.idp.admin_list_devices(UserPoolId=at.pool_id, Username="jane")["Devices"]
    assert [one["DeviceKey"] for one in listed] == [done["key"]]


def test_a_browser_library_signs_out_everywhere(place: Callable[..., Place]) -> None:
    at = place()
    make_user(at.idp, at.pool_id)
    assert at.node("signOut")["refused"] == "NotAuthorizedException"


def test_a_browser_library_signs_up_and_recovers_a_forgotten_password(place: Callable[..., Place]) -> None:
    at = place(AutoVerifiedAttributes=["email"])
    inside = Inside(at.product)
    made = at.node("signUp", email="jane@example.com")
    assert made["confirmed"] is False
    done = at.node("confirm", code=inside.sent()[-1].code)
    assert done["claims"]["email_verified"] is True
    assert at.node("forgot")["CodeDeliveryDetails"]["Destination"] == "j***@e***"
    done = at.node("reset", code=inside.sent()[-1].code, newPassword="Third-horse-33")
    assert done["claims"]["sub"] == made["sub"]


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
