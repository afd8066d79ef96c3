"""Amplify v6 in a real browser, on a page of a foreign origin: signing in, credentials, a REST call signed with IAM."""

from collections.abc import Iterator

import pytest

from tests.javascript import bundle
from tests.journeys.amplify import App
from tests.journeys.club import Club
from tests.journeys.site import Site
from tests.running import Running
from tests.services.cognito_idp.conftest import PASSWORD, Inside
from tests.services.cognito_idp.test_challenges import code_of, offer_totp
from tests.user_pool_people import said

pytestmark = [pytest.mark.xdist_group("amplify"), pytest.mark.usefixtures("early_in_a_step")]
NEW = "Another-horse-2"


@pytest.fixture(scope="module")
def club(operated: Running) -> Club:
    return Club(operated, AutoVerifiedAttributes=["email"])


@pytest.fixture
def app(site: Site, club: Club) -> Iterator[App]:
    site.add_page("amplify.html", bundle("amplify_page.mjs"))
    with site.visit("amplify.html") as page:
        yield App(page, club)


def test_a_member_signs_in_and_calls_the_api_with_iam(app: App) -> None:
    sub = app.club.people.person("jane", email="jane@example.com", email_verified="true")
    done = app.tell("signIn", username="jane", password=PASSWORD)
    assert done == {"isSignedIn": True, "nextStep": {"signInStep": "DONE"}}
    user, attributes = app.tell("whoami")
    assert (user["username"], user["userId"]) == ("jane", sub)
    assert attributes == {"sub": sub, "email": "jane@example.com", "email_verified": "true"}

    session = app.tell("session")
    assert session["temporary"] is True
    assert said(session["idToken"])["sub"] == sub
    seen = app.tell("get", path="/mine")
    assert seen["status"] == 200, seen
    assert seen["body"]["id"] == session["identityId"]
    assert seen["body"]["how"] == "authenticated"
    assert seen["body"]["by"].endswith(f":CognitoSignIn:{sub}")
    wild = {"a b": "c/é=&'!()*~😀", "empty": ""}
    assert app.tell("get", path="/mine", queryParams=wild)["status"] == 200
    assert app.tell("post", path="/mine", body={"name": "é😀"})["status"] == 200
    refused = app.tell("get", path="/closed")
    assert refused["status"] == 403
    assert app.tell("get", path="/token")["status"] == 401
    bearer = app.tell("get", path="/token", headers={"Authorization": session["idToken"]})
    assert (bearer["status"], bearer["body"]["sub"]) == (200, sub)


def test_a_session_outlives_the_page_and_is_refreshed(app: App) -> None:
    app.club.people.person("rose")
    app.tell("signIn", username="rose", password=PASSWORD)
    before = app.tell("session")
    app.reload()
    kept = app.tell("session")
    assert kept["idToken"] == before["idToken"]
    assert kept["identityId"] == before["identityId"]
    fresh = app.tell("session", forceRefresh=True)
    assert fresh["accessToken"] != before["accessToken"]
    assert fresh["key"] != kept["key"]
    assert said(fresh["idToken"])["origin_jti"] == said(before["idToken"])["origin_jti"]
    assert app.tell("get", path="/mine")["status"] == 200


def test_who_signed_out_everywhere_has_nothing_left(app: App, site: Site) -> None:
    app.club.people.person("elsewhere")
    app.tell("signIn", username="elsewhere", password=PASSWORD)
    with site.visit("amplify.html") as page:
        other = App(page, app.club)
        other.tell("signIn", username="elsewhere", password=PASSWORD)
        assert app.tell("signOut", everywhere=True) is None
        refused = other.tell("session", forceRefresh=True)
        assert refused["idToken"] is None, refused
    assert app.tell("session")["idToken"] is None
    assert app.tell("get", path="/mine")["status"] == 403


def test_a_visitor_calls_what_visitors_may(app: App) -> None:
    session = app.tell("session")
    assert session["temporary"] is True
    seen = app.tell("get", path="/open")
    assert (seen["status"], seen["body"]["id"]) == (200, session["identityId"])
    assert seen["body"]["how"] == "unauthenticated"
    assert app.tell("get", path="/mine")["status"] == 403


def test_a_visitor_who_signs_in_becomes_a_member(app: App) -> None:
    app.club.people.person("late")
    visitor = app.tell("session")["identityId"]
    app.tell("signIn", username="late", password=PASSWORD)
    member = app.tell("session")["identityId"]
    assert app.tell("get", path="/mine")["body"]["id"] == member
    assert app.tell("get", path="/open")["status"] == 403
    assert visitor


def test_a_wrong_password_and_an_unknown_name_are_told_alike(app: App) -> None:
    app.club.people.person("known")
    wrong = {"error": "NotAuthorizedException", "message": "Incorrect username or password."}
    assert app.tell("signIn", username="known", password="Wrong-horse-1") == wrong
    assert app.tell("signIn", username="nobody", password="Wrong-horse-1") == wrong


def test_a_temporary_password_is_changed(app: App) -> None:
    people = app.club.people
    people.idp.admin_create_user(
        UserPoolId=people.id, Username="invited", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    step = app.tell("signIn", username="invited", password=PASSWORD)["nextStep"]["signInStep"]
    assert step == "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED"
    assert app.tell("confirmSignIn", answer=NEW)["isSignedIn"] is True
    app.tell("updatePassword", password=NEW, newPassword="Third-horse-33")
    app.tell("signOut", everywhere=False)
    assert app.tell("signIn", username="invited", password="Third-horse-33")["isSignedIn"] is True


def test_an_authenticator_app_is_set_up_and_asked_for(app: App) -> None:
    people = app.club.people
    people.person("careful")
    offer_totp(people.idp, people.id, "OPTIONAL")
    app.tell("signIn", username="careful", password=PASSWORD)
    secret = app.tell("setUpTotp")
    assert app.tell("verifyTotp", code=code_of(secret, -1)) is None
    app.tell("signOut", everywhere=False)
    step = app.tell("signIn", username="careful", password=PASSWORD)["nextStep"]["signInStep"]
    assert step == "CONFIRM_SIGN_IN_WITH_TOTP_CODE"
    assert app.tell("confirmSignIn", answer="000000")["error"] == "CodeMismatchException"
    assert app.tell("confirmSignIn", answer=code_of(secret))["isSignedIn"] is True


def test_somebody_signs_up_and_recovers_a_forgotten_password(app: App) -> None:
    inside = Inside(app.club.product)
    made = app.tell("signUp", username="new", password=PASSWORD, email="new@example.com")
    assert made["nextStep"]["signUpStep"] == "CONFIRM_SIGN_UP", made
    assert made["nextStep"]["codeDeliveryDetails"]["destination"] == "n***@e***"
    early = app.tell("signIn", username="new", password=PASSWORD)
    assert early["nextStep"]["signInStep"] == "CONFIRM_SIGN_UP", early
    assert app.tell("confirmSignUp", username="new", code="000000")["error"] == "CodeMismatchException"
    assert app.tell("confirmSignUp", username="new", code=inside.sent()[-1].code)["isSignUpComplete"] is True
    step = app.tell("resetPassword", username="new")["nextStep"]["resetPasswordStep"]
    assert step == "CONFIRM_RESET_PASSWORD_WITH_CODE"
    done = app.tell("confirmResetPassword", username="new", code=inside.sent()[-1].code, newPassword=NEW)
    assert done is None
    assert app.tell("signIn", username="new", password=NEW)["isSignedIn"] is True
