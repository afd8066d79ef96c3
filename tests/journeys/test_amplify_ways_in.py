"""Amplify v6 on a page of a foreign origin: the other ways in, devices, rotating tokens, and leaving."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.javascript import bundle
from tests.journeys.amplify import App
from tests.journeys.club import Club
from tests.journeys.site import Site
from tests.running import Running
from tests.services.cognito_idp.conftest import PASSWORD, Inside
from tests.user_pool_people import said

pytestmark = pytest.mark.xdist_group("amplify-ways-in")
DONE = {"isSignedIn": True, "nextStep": {"signInStep": "DONE"}}
FLOWS = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@pytest.fixture(scope="module")
def club(operated: Running) -> Club:
    return Club(
        operated,
        AutoVerifiedAttributes=["email"],
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True},
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
    )


@pytest.fixture
def open_app(site: Site, club: Club) -> Iterator[Callable[..., App]]:
    """Open the app for a client of the pool, made with these settings."""
    site.add_page("amplify.html", bundle("amplify_page.mjs"))
    with ExitStack() as stack:

        def opened(**client: Any) -> App:
            settings = {"ExplicitAuthFlows": FLOWS, "PreventUserExistenceErrors": "ENABLED", **client}
            client_id = club.people.client(**settings)
            page = stack.enter_context(site.visit("amplify.html"))
            return App(page, club, clientId=client_id, identityPoolId=None)  # which names another client

        yield opened


def test_the_flows_with_a_password_lead_in(open_app: Callable[..., App]) -> None:
    app = open_app()
    app.club.people.person("flows")
    for flow in (
        {"authFlowType": "USER_PASSWORD_AUTH"},
        {"authFlowType": "USER_AUTH", "preferredChallenge": "PASSWORD"},
        {"authFlowType": "USER_AUTH", "preferredChallenge": "PASSWORD_SRP"},
    ):
        assert app.tell("signIn", username="flows", password=PASSWORD, **flow) == DONE, flow
        app.tell("signOut", everywhere=False)


def test_a_factor_is_chosen_among_those_that_the_user_has(open_app: Callable[..., App]) -> None:
    app = open_app()
    app.club.people.person("chooser", email="chooser@example.com", email_verified="true")
    step = app.tell("signIn", username="chooser", authFlowType="USER_AUTH")["nextStep"]
    assert step["signInStep"] == "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION", step
    assert set(step["availableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"}
    step = app.tell("confirmSignIn", answer="EMAIL_OTP")["nextStep"]
    assert step["signInStep"] == "CONFIRM_SIGN_IN_WITH_EMAIL_CODE", step
    assert step["codeDeliveryDetails"]["destination"] == "c***@e***"
    code = re.search(r"\b\d{6,8}\b", Inside(app.club.product).sent()[-1].body)
    assert code is not None
    assert app.tell("confirmSignIn", answer=code.group()) == DONE


def test_a_session_goes_on_while_its_refresh_token_rotates(open_app: Callable[..., App]) -> None:
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    flows = [flow for flow in FLOWS if flow != "ALLOW_REFRESH_TOKEN_AUTH"]  # which AWS does not have beside rotation
    app = open_app(RefreshTokenRotation=rotation, ExplicitAuthFlows=flows)
    app.club.people.person("rotating")
    app.tell("signIn", username="rotating", password=PASSWORD)
    seen = {app.tell("session")["accessToken"]}
    for _ in range(3):
        seen.add(app.tell("session", forceRefresh=True)["accessToken"])
    assert len(seen) == 4
    assert len({said(token)["origin_jti"] for token in seen}) == 1


def test_a_device_is_remembered_proven_and_forgotten(open_app: Callable[..., App]) -> None:
    app = open_app()
    app.club.people.person("settled")
    app.tell("signIn", username="settled", password=PASSWORD)
    assert app.tell("rememberDevice") is None
    [device] = app.tell("devices")
    app.tell("signOut", everywhere=False)
    assert app.tell("signIn", username="settled", password=PASSWORD) == DONE
    assert said(app.tell("session")["accessToken"])["device_key"] == device
    assert app.tell("forgetDevice") is None
    listed = app.club.people.idp.admin_list_devices(UserPoolId=app.club.people.id, Username="settled")
    assert listed["Devices"] == []


def test_an_address_is_changed_and_proven_and_the_user_leaves(open_app: Callable[..., App]) -> None:
    app = open_app()
    app.club.people.person("mover", email="old@example.com", email_verified="true")
    app.tell("signIn", username="mover", password=PASSWORD)
    step = app.tell("updateEmail", email="new@example.com")["email"]["nextStep"]
    assert step["updateAttributeStep"] == "CONFIRM_ATTRIBUTE_WITH_CODE"
    assert app.tell("confirmEmail", code="000000")["error"] == "CodeMismatchException"
    assert app.tell("confirmEmail", code=Inside(app.club.product).sent()[-1].code) is None
    _, attributes = app.tell("whoami")
    assert (attributes["email"], attributes["email_verified"]) == ("new@example.com", "true")
    assert app.tell("deleteUser") is None
    assert app.tell("signIn", username="mover", password=PASSWORD)["error"] == "NotAuthorizedException"


def test_a_page_imports_the_signer_and_reads_the_pools_keys(open_app: Callable[..., App]) -> None:
    app = open_app()
    keys = f"{app.told['endpoint']}/{app.told['userPoolId']}/.well-known/jwks.json"
    read = app.page.evaluate("async url => (await (await fetch(url)).json()).keys.map(key => key.use)", keys)
    assert set(read) == {"sig"}
    module = f"{app.told['endpoint']}/_gatewright/sigV4Client.mjs"
    assert app.page.evaluate("async url => typeof (await import(url)).default.newClient", module) == "function"
