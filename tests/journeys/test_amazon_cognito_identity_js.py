"""amazon-cognito-identity-js, unmodified, in Node and on a page of a foreign origin: the same stories in both."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.javascript import JS, node
from tests.journeys.site import Site
from tests.running import Running
from tests.services.cognito_idp.conftest import PASSWORD, Inside
from tests.services.cognito_idp.signing_in import claims, make_user
from tests.services.cognito_idp.test_challenges import code_of, offer_totp

pytestmark = pytest.mark.xdist_group("amazon-cognito-identity-js")
NEW = "Another-horse-2"
LIBRARY = Path("amazon-cognito-identity-js/dist/amazon-cognito-identity.min.js")
PAGE_STORY = "task => tellStory(AmazonCognitoIdentity, totp, task)"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]

Told = Callable[[dict[str, Any]], Any]  # a story's task -> what happened


@pytest.fixture(params=["node", "page"])
def told(request: pytest.FixtureRequest) -> Any:
    """Where the library runs: in Node, or on a page in a browser."""
    if request.param == "node":
        yield lambda task: node(JS / "cognito_story.cjs", task)
        return
    site: Site = request.getfixturevalue("site")
    modules: Path = request.getfixturevalue("node_modules")
    site.add_page("cognito.html", modules / LIBRARY, JS / "cognito_stories.js")
    with site.visit("cognito.html") as page:
        page.expose_function("totp", code_of)
        page.expose_function("texted", lambda: Inside(request.getfixturevalue("operated")).sent()[-1].code)
        yield lambda task: page.evaluate(PAGE_STORY, task)


class Place:
    """A pool, its client, and what the library does there."""

    def __init__(self, product: Running, told: Told, **pool: Any) -> None:
        self.product = product
        self.idp = product.client("cognito-idp")
        self.pool_id = self.idp.create_user_pool(PoolName="people", **pool)["UserPool"]["Id"]
        self.client_id = self.idp.create_user_pool_client(
            UserPoolId=self.pool_id, ClientName="app", ExplicitAuthFlows=FLOWS, PreventUserExistenceErrors="ENABLED"
        )["UserPoolClient"]["ClientId"]
        self._told = told

    def tell(self, story: str, username: str = "jane", **task: str) -> Any:
        """Run a story."""
        answer = self._told(
            {
                "story": story,
                "endpoint": self.product.endpoint,
                "poolId": self.pool_id,
                "clientId": self.client_id,
                "username": username,
                "password": PASSWORD,
                "newPassword": NEW,
                **task,
            }
        )
        assert "error" not in answer or "wrong" in task, answer
        return answer


@pytest.fixture
def place(operated: Running, told: Told) -> Callable[..., Place]:
    return lambda **pool: Place(operated, told, **pool)


def test_seed_001_somebody_logs_in_and_keeps_the_session(place: Callable[..., Place]) -> None:
    at = place()
    sub = make_user(at.idp, at.pool_id, email="jane@example.com", email_verified="true")
    done = at.tell("login")
    assert done["seen"] == []
    assert done["sameSession"] is True
    assert claims(done["idToken"])["sub"] == done["refreshed"]["sub"] == sub
    assert done["attributes"] == {"sub": sub, "email": "jane@example.com", "email_verified": "true"}
    assert at.tell("plainPassword")["claims"]["sub"] == sub
    wrong = {"error": "NotAuthorizedException", "message": "Incorrect username or password."}
    assert at.tell("login", password="Wrong-horse-1", wrong="password") == wrong
    assert at.tell("login", username="nobody", wrong="name") == wrong


def test_a_temporary_password_is_changed(place: Callable[..., Place]) -> None:
    at = place()
    at.idp.admin_create_user(
        UserPoolId=at.pool_id, Username="jane", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    done = at.tell("arrive")
    assert done["seen"] == ["newPasswordRequired"]
    assert done["claims"]["name"] == "Jane"
    assert at.tell("login", password=NEW)["seen"] == []


def test_an_authenticator_app_is_set_up_and_used(place: Callable[..., Place]) -> None:
    at = place()
    make_user(at.idp, at.pool_id)
    offer_totp(at.idp, at.pool_id, "ON")
    done = at.tell("mfa")
    assert done["seen"] == ["mfaSetup", "totpRequired"]
    assert done["claims"]["cognito:username"] == "jane"


def test_a_device_is_confirmed_proven_and_forgotten(place: Callable[..., Place]) -> None:
    at = place(DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False})
    make_user(at.idp, at.pool_id)
    done = at.tell("device")
    assert done["key"] == done["first"] == done["again"]
    assert done["listed"] == [done["key"]]
    assert at.idp.admin_list_devices(UserPoolId=at.pool_id, Username="jane")["Devices"] == []


def test_who_signs_out_everywhere_cannot_refresh(place: Callable[..., Place]) -> None:
    at = place()
    make_user(at.idp, at.pool_id)
    done = at.tell("signOut")
    assert done["left"] is None
    refresh = {"REFRESH_TOKEN": done["refreshToken"]}
    with pytest.raises(at.idp.exceptions.NotAuthorizedException):
        at.idp.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=at.client_id, AuthParameters=refresh)


def test_somebody_signs_up_and_recovers_a_forgotten_password(place: Callable[..., Place]) -> None:
    at = place(AutoVerifiedAttributes=["email"])
    inside = Inside(at.product)
    made = at.tell("signUp", email="jane@example.com")
    assert made["confirmed"] is False
    assert made["again"]["Destination"] == "j***@e***"
    assert made["early"] == "UserNotConfirmedException"
    done = at.tell("confirm", code=inside.sent()[-1].code)
    assert done["claims"]["email_verified"] is True
    assert at.tell("forgot")["CodeDeliveryDetails"]["Destination"] == "j***@e***"
    done = at.tell("reset", code=inside.sent()[-1].code, newPassword="Third-horse-33")
    assert done["claims"]["sub"] == made["sub"]


def test_somebody_changes_and_proves_an_address_and_leaves(place: Callable[..., Place]) -> None:
    at = place(AutoVerifiedAttributes=["email"])
    make_user(at.idp, at.pool_id, email="old@example.com", email_verified="true")
    at.tell("changeEmail", email="new@example.com")
    assert at.tell("verifyEmail", code="000000", wrong="code")["error"] == "CodeMismatchException"
    done = at.tell("verifyEmail", code=Inside(at.product).sent()[-1].code)
    assert (done["attributes"]["email"], done["attributes"]["email_verified"]) == ("new@example.com", "true")
    assert at.idp.list_users(UserPoolId=at.pool_id)["Users"] == []


@pytest.mark.parametrize("told", ["page"], indirect=True)
def test_a_session_outlives_the_page(place: Callable[..., Place]) -> None:
    at = place()
    sub = make_user(at.idp, at.pool_id)
    at.tell("login")
    assert at.tell("comeBack")["claims"]["sub"] == sub


@pytest.mark.parametrize("told", ["page"], indirect=True)
def test_a_second_factor_by_text_is_chosen(place: Callable[..., Place]) -> None:
    texts = {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts"}
    at = place(SmsConfiguration=texts, MfaConfiguration="OPTIONAL")
    at.idp.set_user_pool_mfa_config(
        UserPoolId=at.pool_id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={"SmsConfiguration": texts},
        EmailMfaConfiguration={},
    )
    verified = {"email_verified": "true", "phone_number_verified": "true"}
    make_user(at.idp, at.pool_id, email="jane@example.com", phone_number="+14325551212", **verified)
    both = {"SMSMfaSettings": {"Enabled": True}, "EmailMfaSettings": {"Enabled": True}}
    at.idp.admin_set_user_mfa_preference(UserPoolId=at.pool_id, Username="jane", **both)
    done = at.tell("arrive", factor="SMS_MFA")
    assert done["seen"] == ["selectMFAType", "EMAIL_OTP", "SMS_MFA", "mfaRequired", "+*******1212"]
    assert done["claims"]["phone_number"] == "+14325551212"
