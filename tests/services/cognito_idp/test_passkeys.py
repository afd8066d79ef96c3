"""Passkeys with an authenticator in software: made, listed, deleted; and signing in with them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.authenticator import BACKED_UP, ELIGIBLE, ES256, GOOD, PRESENT, RS256, Passkey, raw
from tests.services.cognito_idp.conftest import PASSWORD, Inside
from tests.services.cognito_idp.passkeys import FLOWS, PARTY, Place, options_of
from tests.services.cognito_idp.signing_in import by_password, claims, make_user, refused

Make = Callable[..., Any]
ALLOWED = {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}
MULTI = "MULTI_FACTOR_WITH_USER_VERIFICATION"


@pytest.fixture
def place(idp: Any, anyone: Any, make_pool: Make, make_client: Make) -> Place:
    pool_id = make_pool(Policies={"SignInPolicy": ALLOWED})
    made = Place(idp, anyone, pool_id, make_client(pool_id, ExplicitAuthFlows=FLOWS)["ClientId"])
    made.configure()
    return made


@pytest.mark.parametrize("algorithm", [ES256, RS256])
@pytest.mark.parametrize("attestation", ["none", "packed"])
def test_a_passkey_signs_its_user_in(place: Place, algorithm: int, attestation: str) -> None:
    token = place.person()
    asked = place.start(token)
    assert asked["rp"] == {"id": PARTY, "name": PARTY}
    assert raw(asked["user"]["id"]).decode() == claims(token)["sub"]
    assert [one["alg"] for one in asked["pubKeyCredParams"]] == [ES256, RS256]
    assert asked["authenticatorSelection"]["userVerification"] == "preferred"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    passkey = Passkey(algorithm)
    place.complete(token, passkey.register(asked, attestation=attestation))
    begun = place.begin()
    assert set(begun["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", "WEB_AUTHN"}
    options = options_of(begun)
    assert options["rpId"] == PARTY
    assert [one["id"] for one in options["allowCredentials"]] == [passkey.written_id]
    done = place.show(passkey, begun, handle=claims(token)["sub"].encode())["AuthenticationResult"]
    assert claims(done["AccessToken"])["sub"] == claims(token)["sub"]
    factors = place.anyone.get_user_auth_factors(AccessToken=done["AccessToken"])
    assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]
    told = place.idp.admin_get_user_auth_factors(UserPoolId=place.pool_id, Username="jane")
    assert told["ConfiguredUserAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]


def test_the_credential_may_come_as_text(place: Place) -> None:
    token, passkey = place.person(), Passkey()
    place.complete(token, json.dumps(passkey.register(place.start(token))))
    assert place.show(passkey)["AuthenticationResult"]


def test_a_user_who_chooses_the_passkey_answers_at_once_or_is_asked(place: Place) -> None:
    passkey = place.register(place.person())
    choosing = place.begin(preferred=None)
    assert choosing["ChallengeName"] == "SELECT_CHALLENGE"
    assert "WEB_AUTHN" in choosing["AvailableChallenges"]
    credential = json.dumps(passkey.use(options_of(choosing)))
    assert place.answer(choosing, ANSWER="WEB_AUTHN", CREDENTIAL=credential)["AuthenticationResult"]
    asked = place.answer(place.begin(preferred=None), ANSWER="WEB_AUTHN")
    assert place.show(passkey, asked)["AuthenticationResult"]


def test_a_server_signs_its_users_in_by_passkey_too(place: Place) -> None:
    passkey = place.register(place.person())
    asked = place.idp.admin_initiate_auth(
        UserPoolId=place.pool_id,
        ClientId=place.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "jane", "PREFERRED_CHALLENGE": "WEB_AUTHN"},
    )
    done = place.idp.admin_respond_to_auth_challenge(
        UserPoolId=place.pool_id,
        ClientId=place.client_id,
        ChallengeName="WEB_AUTHN",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "jane", "CREDENTIAL": json.dumps(passkey.use(options_of(asked)))},
    )
    assert done["AuthenticationResult"]


def test_whoever_has_no_passkey_is_offered_none(place: Place) -> None:
    place.person()
    asked = place.begin()
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert set(asked["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP"}
    assert refused(ClientError, lambda: place.answer(asked, ANSWER="WEB_AUTHN"))[0] == "InvalidParameterException"


def test_a_sign_in_by_a_passkey_ends_with_the_passkey(place: Place) -> None:
    token = place.person()
    passkey = place.register(token)
    place.idp.admin_set_user_password(UserPoolId=place.pool_id, Username="jane", Password=PASSWORD, Permanent=False)
    asked = place.show(passkey)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    place.anyone.delete_web_authn_credential(AccessToken=token, CredentialId=passkey.written_id)
    told = refused(ClientError, lambda: place.answer(asked, NEW_PASSWORD="Another-horse-2"))
    assert told[0] == "NotAuthorizedException"
    assert place.anyone.get_user(AccessToken=token)["Username"] == "jane"


def test_a_list_has_pages_and_a_deleted_passkey_signs_nobody_in(place: Place) -> None:
    token = place.person()
    first = place.register(token)
    second = place.register(token, attachment="cross-platform")
    assert [one["id"] for one in place.start(token)["excludeCredentials"]] == [first.written_id, second.written_id]
    page = place.anyone.list_web_authn_credentials(AccessToken=token, MaxResults=1)
    shown = page["Credentials"][0]
    assert (shown["CredentialId"], shown["RelyingPartyId"]) == (first.written_id, PARTY)
    assert (shown["AuthenticatorAttachment"], shown["FriendlyCredentialName"]) == ("platform", "Platform passkey")
    assert shown["AuthenticatorTransports"] == ["internal", "hybrid"]
    rest = place.anyone.list_web_authn_credentials(AccessToken=token, NextToken=page["NextToken"])
    assert [one["FriendlyCredentialName"] for one in rest["Credentials"]] == ["Roaming passkey"]
    assert "NextToken" not in rest
    begun = place.begin()
    place.anyone.delete_web_authn_credential(AccessToken=token, CredentialId=first.written_id)
    assert refused(ClientError, lambda: place.show(first, begun))[0] == "NotAuthorizedException"
    assert place.show(second)["AuthenticationResult"]
    again = refused(
        ClientError,
        lambda: place.anyone.delete_web_authn_credential(AccessToken=token, CredentialId=first.written_id),
    )
    assert again[0] == "ResourceNotFoundException"


def test_a_pool_says_whose_passkeys_are_taken(idp: Any, anyone: Any, make_pool: Make, make_client: Make) -> None:
    pool_id = make_pool()
    place = Place(idp, anyone, pool_id, make_client(pool_id, ExplicitAuthFlows=FLOWS)["ClientId"])
    token = place.person()
    place.configure()
    assert refused(ClientError, lambda: place.start(token))[0] == "WebAuthnNotEnabledException"
    idp.update_user_pool(UserPoolId=pool_id, Policies={"SignInPolicy": ALLOWED})
    shown = idp.get_user_pool_mfa_config(UserPoolId=pool_id)
    assert shown["WebAuthnConfiguration"] == {"RelyingPartyId": PARTY, "UserVerification": "preferred"}
    passkey = place.register(token)
    place.configure(RelyingPartyId="example.com")
    assert place.begin()["ChallengeName"] == "SELECT_CHALLENGE"  # passkeys are of the party that made them
    assert anyone.list_web_authn_credentials(AccessToken=token)["Credentials"][0]["RelyingPartyId"] == PARTY
    place.configure()
    assert place.show(passkey)["AuthenticationResult"]
    idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="OFF")
    assert refused(ClientError, lambda: place.start(token))[0] == "WebAuthnConfigurationMissingException"
    assert place.begin()["ChallengeName"] == "SELECT_CHALLENGE"


@pytest.mark.parametrize(
    "domain", ["192.0.2.1", "https://example.com", "com", "Example.com", "example.com:443", "a..b"]
)
def test_a_relying_party_is_a_domain(place: Place, domain: str) -> None:
    code, message = refused(ClientError, lambda: place.configure(RelyingPartyId=domain))
    assert code == "InvalidParameterException"
    assert "RelyingPartyId" in message


def test_the_plan_lite_has_no_passkeys(idp: Any, make_pool: Make) -> None:
    pool_id = make_pool(UserPoolTier="LITE")
    with pytest.raises(ClientError, match="FeatureUnavailableInTierException"):
        idp.set_user_pool_mfa_config(UserPoolId=pool_id, WebAuthnConfiguration={"RelyingPartyId": PARTY})


def test_twenty_passkeys_are_the_most(place: Place) -> None:
    token = place.person()
    early = place.start(token)
    for _ in range(20):
        place.register(token)
    assert refused(ClientError, lambda: place.start(token))[0] == "LimitExceededException"
    late = Passkey().register(early)
    assert refused(ClientError, lambda: place.complete(token, late))[0] == "LimitExceededException"
    assert len(place.anyone.list_web_authn_credentials(AccessToken=token)["Credentials"]) == 20


def test_where_users_must_be_verified_nobody_else_registers_or_comes_in(place: Place) -> None:
    token = place.person()
    lax = place.register(token, flags=PRESENT)
    assert place.show(lax, flags=PRESENT)["AuthenticationResult"]
    place.configure(UserVerification="required")
    assert place.start(token)["authenticatorSelection"]["userVerification"] == "required"
    code, _ = refused(ClientError, lambda: place.register(token, flags=PRESENT))
    assert code == "WebAuthnCredentialNotSupportedException"
    assert refused(ClientError, lambda: place.show(lax, flags=PRESENT))[0] == "NotAuthorizedException"
    assert place.show(lax)["AuthenticationResult"]


def test_what_is_said_of_backups_is_kept_and_eligibility_never_changes(place: Place, inside: Inside) -> None:
    passkey = place.register(place.person(), flags=GOOD | ELIGIBLE)
    assert place.show(passkey, flags=GOOD | ELIGIBLE | BACKED_UP)["AuthenticationResult"]
    assert inside.rows("SELECT backup_eligible, backed_up FROM cognito_idp_web_authn_credentials") == [(1, 1)]
    assert refused(ClientError, lambda: place.show(passkey))[0] == "NotAuthorizedException"


def test_a_demanded_second_factor_takes_passkeys_only_as_both_and_only_of_who_says_so(place: Place) -> None:
    token = place.person()
    passkey = place.register(token)
    code, message = refused(ClientError, lambda: place.configure("ON"))
    assert code == "InvalidParameterException"
    assert MULTI in message
    refusal = refused(ClientError, lambda: switch_on(place, token))
    assert refusal[0] == "InvalidParameterException"
    place.configure("ON", FactorConfiguration=MULTI)
    assert set(place.begin()["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP"}
    assert "one more factor" in refused(ClientError, lambda: switch_on(place, token))[1]
    secret = place.anyone.associate_software_token(AccessToken=token)["SecretCode"]
    place.anyone.verify_software_token(AccessToken=token, UserCode=totp(secret))
    switch_on(place, token, SoftwareTokenMfaSettings={"Enabled": True})
    begun = place.begin()
    assert options_of(begun)["userVerification"] == "required"
    assert refused(ClientError, lambda: place.show(passkey, begun, flags=PRESENT))[0] == "NotAuthorizedException"
    assert place.show(passkey, begun)["AuthenticationResult"]
    assert by_password(place.anyone, place.client_id)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    off = {"Enabled": False}
    code, _ = refused(
        ClientError,
        lambda: place.anyone.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=off),
    )
    assert code == "InvalidParameterException"
    place.anyone.set_user_mfa_preference(AccessToken=token, WebAuthnMfaSettings=off)
    assert set(place.begin()["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP"}


def switch_on(place: Place, token: str, **more: Any) -> Any:
    on = {"Enabled": True}
    return place.anyone.set_user_mfa_preference(AccessToken=token, WebAuthnMfaSettings=on, **more)


def totp(secret: str) -> str:
    from tests.services.cognito_idp.test_challenges import code_of

    return code_of(secret)


def test_a_disabled_user_is_told_so_after_the_passkey(place: Place) -> None:
    passkey = place.register(place.person())
    place.idp.admin_disable_user(UserPoolId=place.pool_id, Username="jane")
    begun = place.begin()
    assert begun["ChallengeName"] == "WEB_AUTHN"
    assert refused(ClientError, lambda: place.show(passkey, begun)) == ("NotAuthorizedException", "User is disabled.")


def test_passkeys_go_with_their_user(place: Place, inside: Inside) -> None:
    token = place.person()
    place.register(token)
    place.anyone.delete_user(AccessToken=token)
    assert inside.rows("SELECT count(*) FROM cognito_idp_web_authn_credentials") == [(0,)]


def test_whoever_must_set_a_new_password_registers_no_passkey_before(place: Place) -> None:
    token = place.person(email="jane@example.com", email_verified="true")
    place.idp.admin_reset_user_password(UserPoolId=place.pool_id, Username="jane")
    assert refused(ClientError, lambda: place.start(token))[0] == "PasswordResetRequiredException"


def test_only_a_password_or_a_passkey_is_offered_to_whoever_has_another_second_factor(place: Place) -> None:
    token = place.person()
    place.register(token)
    place.configure("OPTIONAL")
    secret = place.anyone.associate_software_token(AccessToken=token)["SecretCode"]
    place.anyone.verify_software_token(AccessToken=token, UserCode=totp(secret))
    assert "WEB_AUTHN" in place.begin()["AvailableChallenges"]
    place.anyone.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
    assert set(place.begin()["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP"}


def test_a_password_still_signs_in_by_choice(place: Place) -> None:
    make_user(place.idp, place.pool_id)
    asked = place.begin(preferred=None)
    assert place.answer(asked, ANSWER="PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
