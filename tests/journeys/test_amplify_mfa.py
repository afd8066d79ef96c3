"""Amplify v6 on a page of a foreign origin: second factors by text and e-mail, chosen among several, and set up."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.javascript import bundle
from tests.journeys.amplify import App
from tests.journeys.club import Club
from tests.journeys.site import Site
from tests.running import Running
from tests.services.cognito_idp.conftest import PASSWORD, Inside
from tests.services.cognito_idp.test_challenges import code_of

pytestmark = [pytest.mark.xdist_group("amplify-mfa"), pytest.mark.usefixtures("early_in_a_step")]
DONE = {"isSignedIn": True, "nextStep": {"signInStep": "DONE"}}
TEXTS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts"}
CONTACTS = {"email": "jane@example.com", "phone_number": "+14325551212"}


@pytest.fixture(scope="module")
def club(operated: Running) -> Club:
    return Club(operated, SmsConfiguration=TEXTS)


@pytest.fixture
def app(site: Site, club: Club) -> Iterator[App]:
    site.add_page("amplify.html", bundle("amplify_page.mjs"))
    with site.visit("amplify.html") as page:
        yield App(page, club)


def offer(club: Club, mode: str, **factors: Any) -> None:
    club.people.idp.set_user_pool_mfa_config(UserPoolId=club.people.id, MfaConfiguration=mode, **factors)


def last_code(club: Club, medium: str) -> str:
    message = Inside(club.product).sent()[-1]
    assert message.medium == medium
    return message.code


def test_a_second_factor_is_chosen_among_several(app: App) -> None:
    people = app.club.people
    offer(app.club, "OPTIONAL", SmsMfaConfiguration={"SmsConfiguration": TEXTS}, EmailMfaConfiguration={})
    people.person("several", **CONTACTS, email_verified="true", phone_number_verified="true")
    people.idp.admin_set_user_mfa_preference(
        UserPoolId=people.id,
        Username="several",
        SMSMfaSettings={"Enabled": True},
        EmailMfaSettings={"Enabled": True},
    )
    for factor, step, medium, to in (
        ("SMS", "CONFIRM_SIGN_IN_WITH_SMS_CODE", "SMS", "+*******1212"),
        ("EMAIL", "CONFIRM_SIGN_IN_WITH_EMAIL_CODE", "EMAIL", "j***@e***"),
    ):
        asked = app.tell("signIn", username="several", password=PASSWORD)["nextStep"]
        assert asked["signInStep"] == "CONTINUE_SIGN_IN_WITH_MFA_SELECTION", asked
        assert set(asked["allowedMFATypes"]) == {"SMS", "EMAIL"}
        chosen = app.tell("confirmSignIn", answer=factor)["nextStep"]
        assert chosen["signInStep"] == step, chosen
        assert chosen["codeDeliveryDetails"] == {"deliveryMedium": medium, "destination": to}
        assert app.tell("confirmSignIn", answer=last_code(app.club, medium)) == DONE
        app.tell("signOut", everywhere=False)


def test_who_has_no_second_factor_sets_one_up_where_the_pool_wants_it(app: App) -> None:
    people = app.club.people
    offer(app.club, "ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    people.person("bare")
    asked = app.tell("signIn", username="bare", password=PASSWORD)["nextStep"]
    assert asked["signInStep"] == "CONTINUE_SIGN_IN_WITH_TOTP_SETUP", asked
    secret = asked["totpSetupDetails"]["sharedSecret"]
    assert app.tell("confirmSignIn", answer=code_of(secret, -1)) == DONE
    app.tell("signOut", everywhere=False)
    asked = app.tell("signIn", username="bare", password=PASSWORD)["nextStep"]
    assert asked["signInStep"] == "CONFIRM_SIGN_IN_WITH_TOTP_CODE", asked
    assert app.tell("confirmSignIn", answer=code_of(secret)) == DONE
