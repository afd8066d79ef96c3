"""Passkeys in a real browser with its virtual authenticator: with plain `fetch`, and with Amplify v6."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.javascript import JS, bundle
from tests.journeys.site import Site
from tests.running import Running
from tests.services.cognito_idp.conftest import PASSWORD, Inside
from tests.services.cognito_idp.signing_in import by_password
from tests.services.cognito_idp.test_challenges import code_of
from tests.user_pool_people import People, said

pytestmark = pytest.mark.xdist_group("passkeys")
FLOWS = [f"ALLOW_{name}" for name in ("USER_AUTH", "USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH")]
POOL = {
    "AutoVerifiedAttributes": ["email"],
    "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
}
MULTI = "MULTI_FACTOR_WITH_USER_VERIFICATION"


class Authenticator:
    """The authenticator that is built into a page's browser."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = {"authenticatorId": made["authenticatorId"]}

    def passkeys(self) -> list[dict[str, Any]]:
        """Return what it keeps."""
        kept: list[dict[str, Any]] = self._devtools.send("WebAuthn.getCredentials", self._id)["credentials"]
        return kept

    def knows_its_user(self, yes: bool) -> None:
        """Recognize the user's finger from now on, or not."""
        self._devtools.send("WebAuthn.setUserVerified", {**self._id, "isUserVerified": yes})

    def copy(self, passkey: dict[str, Any]) -> None:
        """Replace a passkey by a copy of it as it was before."""
        self._devtools.send("WebAuthn.removeCredential", {**self._id, "credentialId": passkey["credentialId"]})
        self._devtools.send("WebAuthn.addCredential", {**self._id, "credential": passkey})


@pytest.fixture(scope="module")
def people(operated: Running) -> People:
    made = People(operated, pool=POOL, ExplicitAuthFlows=FLOWS, PreventUserExistenceErrors="ENABLED")
    demand(made, "OFF")
    return made


def demand(people: People, mode: str, **configuration: str) -> None:
    more = {} if mode == "OFF" else {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    configuration = {"RelyingPartyId": "localhost", **configuration}
    people.idp.set_user_pool_mfa_config(
        UserPoolId=people.id, MfaConfiguration=mode, WebAuthnConfiguration=configuration, **more
    )


def told(people: People) -> dict[str, str]:
    endpoint = f"http://localhost:{people.product.port}"
    return {"endpoint": endpoint, "userPoolId": people.id, "clientId": people.client_id}


@contextmanager
def visit(site: Site, name: str, origin: str) -> Iterator[tuple[Any, Authenticator]]:
    """Open a page; gives out how to tell it a story, and the browser's authenticator."""
    with site.visit(name, origin) as page:
        yield (
            lambda story, **task: page.evaluate("([story, task]) => stories[story](task)", [story, task]),
            (Authenticator(page)),
        )


def test_a_page_registers_a_passkey_and_signs_in_with_it(site: Site, people: People) -> None:
    site.add_page("passkeys.html", JS / "passkeys_page.js")
    sub = people.person("jane")
    with visit(site, "passkeys.html", site.local) as (tell, authenticator):
        token = people.sign_in("jane")["AccessToken"]
        made = tell("register", told=told(people), token=token)
        assert isinstance(made, str), made
        (kept,) = authenticator.passkeys()
        listed = people.anyone.list_web_authn_credentials(AccessToken=token)["Credentials"]
        assert [one["CredentialId"] for one in listed] == [made]
        assert (listed[0]["AuthenticatorAttachment"], listed[0]["RelyingPartyId"]) == ("platform", "localhost")
        again = tell("register", told=told(people), token=token)
        assert again["error"] == "InvalidStateError", again  # the browser found the passkey among those to exclude
        for _ in range(2):
            done = tell("signIn", told=told(people), username="jane")
            assert said(done["AccessToken"])["sub"] == sub, done
        authenticator.copy(kept)  # its counter is behind what was seen
        assert tell("signIn", told=told(people), username="jane")["error"] == "NotAuthorizedException"
        people.anyone.delete_web_authn_credential(AccessToken=token, CredentialId=made)
        assert tell("signIn", told=told(people), username="jane") == {"challenge": "SELECT_CHALLENGE"}


def test_a_passkey_that_verifies_its_user_stands_for_both_factors(site: Site, people: People) -> None:
    site.add_page("passkeys.html", JS / "passkeys_page.js")
    people.person("rose", email="rose@example.com", email_verified="true")
    token = people.sign_in("rose")["AccessToken"]
    demand(people, "OPTIONAL", FactorConfiguration=MULTI)
    try:
        with visit(site, "passkeys.html", site.local) as (tell, authenticator):
            assert isinstance(tell("register", told=told(people), token=token), str)
            secret = people.anyone.associate_software_token(AccessToken=token)["SecretCode"]
            people.anyone.verify_software_token(AccessToken=token, UserCode=code_of(secret))
            on = {"Enabled": True}
            people.anyone.set_user_mfa_preference(
                AccessToken=token, SoftwareTokenMfaSettings=on, WebAuthnMfaSettings=on
            )
            assert by_password(people.anyone, people.client_id, "rose")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
            assert tell("signIn", told=told(people), username="rose")["AccessToken"]
            authenticator.knows_its_user(False)
            assert tell("signIn", told=told(people), username="rose")["error"] == "NotAllowedError"
    finally:
        demand(people, "OFF")


def test_amplify_registers_a_passkey_and_signs_in_with_it(site: Site, people: People) -> None:
    site.add_page("amplify_passkeys.html", bundle("passkeys_amplify.mjs"))
    with visit(site, "amplify_passkeys.html", site.local) as (tell, authenticator):
        tell("configure", **told(people))
        begun = tell("signUp", username="new", password=PASSWORD, email="new@example.com")
        assert begun["nextStep"]["signUpStep"] == "CONFIRM_SIGN_UP", begun
        code = Inside(people.product).sent()[-1].code
        confirmed = tell("confirmSignUp", username="new", code=code)
        assert confirmed["nextStep"]["signUpStep"] == "COMPLETE_AUTO_SIGN_IN", confirmed
        assert tell("autoSignIn")["isSignedIn"] is True
        sub = tell("whoami")["sub"]
        assert sub == begun["userId"]
        assert tell("associate") is None
        (kept,) = authenticator.passkeys()
        (listed,) = tell("list")
        tell("signOut")
        assert tell("signIn", username="new")["isSignedIn"] is True
        assert said(tell("whoami")["token"])["sub"] == sub
        tell("signOut")
        step = tell("choose", username="new")["nextStep"]
        assert step["signInStep"] == "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION", step
        assert set(step["availableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", "WEB_AUTHN"}
        assert tell("confirmSignIn", answer="WEB_AUTHN")["isSignedIn"] is True
        assert tell("remove", credentialId=listed) is None
        assert tell("list") == []
        assert kept["rpId"] == "localhost"
