"""What pools and clients are set to is what happens: one test for each setting that no other file shows."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from pycognito.aws_srp import generate_hash_device

from gatewright.core.clock import SystemClock
from tests.services.cognito_idp.conftest import PASSWORD, attributes, read
from tests.services.cognito_idp.signing_in import by_password, claims, make_user, srp
from tests.services.policies import refused

WITH_TEXTS = {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts"}}
DAY = 86_400


@pytest.fixture
def later(monkeypatch) -> Callable[[float], None]:
    """Move the product's clock."""

    def move(seconds: float) -> None:
        monkeypatch.setattr(SystemClock, "now", lambda _: time.time() + seconds)

    return move


def sign_in(anyone: Any, client_id: str, name: str = "jane", password: str = PASSWORD) -> dict[str, Any]:
    return {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": client_id,
        "AuthParameters": {"USERNAME": name, "PASSWORD": password},
    }


def test_a_temporary_password_is_good_for_so_many_days_and_then_an_administrator_sends_another(
    idp, anyone, make_pool, make_client, inside
):
    policy = {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 2}}
    pool_id = make_pool(Policies=policy)
    client_id = make_client(pool_id)["ClientId"]
    named = {"UserPoolId": pool_id, "Username": "jane"}
    idp.admin_create_user(**named, TemporaryPassword="temporary-1", MessageAction="SUPPRESS")
    asked = sign_in(anyone, client_id, password="temporary-1")
    inside.execute("UPDATE cognito_idp_users SET password_set_at = password_set_at - :n", n=2 * DAY - 60)
    assert anyone.initiate_auth(**asked)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    inside.execute("UPDATE cognito_idp_users SET password_set_at = password_set_at - 60")
    assert refused(anyone.initiate_auth, **asked) == (
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
    )
    idp.admin_create_user(**named, TemporaryPassword="temporary-1", MessageAction="RESEND")
    assert anyone.initiate_auth(**asked)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_the_older_operations_switch_text_messages_on_and_off(idp, anyone, make_pool, make_client):
    pool_id = make_pool(MfaConfiguration="OPTIONAL", **WITH_TEXTS)
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id, phone_number="+12065550100", phone_number_verified="true")
    make_user(idp, pool_id, "mute")
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    on, named = (
        [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}],
        {"UserPoolId": pool_id, "Username": "jane"},
    )
    for switch in (
        lambda options: anyone.set_user_settings(AccessToken=token, MFAOptions=options),
        lambda options: idp.admin_set_user_settings(**named, MFAOptions=options),
    ):
        switch(on)
        assert idp.admin_get_user(**named)["UserMFASettingList"] == ["SMS_MFA"]
        assert by_password(anyone, client_id)["ChallengeName"] == "SMS_MFA"
        switch([])
        assert by_password(anyone, client_id)["AuthenticationResult"]
    mute = refused(idp.admin_set_user_settings, UserPoolId=pool_id, Username="mute", MFAOptions=on)
    assert mute == ("InvalidParameterException", "User does not have delivery config set to turn on SMS_MFA")
    by_mail = [{"DeliveryMedium": "EMAIL", "AttributeName": "email"}]
    assert "Use SetUserMFAPreference" in refused(idp.admin_set_user_settings, **named, MFAOptions=by_mail)[1]


@pytest.mark.parametrize("setting", [{}, {"PreventUserExistenceErrors": "LEGACY"}])
def test_a_client_of_the_older_kind_tells_who_is_not_there(idp, anyone, make_pool, make_client, setting):
    client = make_client(make_pool(), **setting)
    assert client.get("PreventUserExistenceErrors") == setting.get("PreventUserExistenceErrors")
    answer = refused(anyone.initiate_auth, **sign_in(anyone, client["ClientId"], "nobody"))
    assert answer == ("UserNotFoundException", "User does not exist.")
    assert refused(anyone.forgot_password, ClientId=client["ClientId"], Username="nobody")[0] == "UserNotFoundException"


def test_a_client_shows_what_it_may_read_and_nothing_else(idp, anyone, make_pool, make_client):
    pool_id = make_pool(Schema=[{"Name": "tenant"}, {"Name": "rank"}])
    make_user(idp, pool_id, email="jane@example.com", given_name="Jane", custom__tenant="blue", custom__rank="1")
    some = make_client(pool_id, ReadAttributes=["given_name", "custom:tenant"])["ClientId"]
    standard = make_client(pool_id)["ClientId"]
    for client_id, seen in ((some, {"given_name", "custom:tenant"}), (standard, {"given_name", "email"})):
        tokens = by_password(anyone, client_id)["AuthenticationResult"]
        shown = read(anyone.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"])
        assert set(shown) == seen | {"sub"}
        said = claims(tokens["IdToken"])
        assert {"given_name", "email", "custom:tenant", "custom:rank"}.intersection(said) == seen
        assert "custom:tenant" not in claims(tokens["AccessToken"])


def test_the_users_of_other_providers_that_a_user_is_linked_to_are_in_the_id_token(idp, anyone, make_pool, make_client):
    pool_id = make_pool()
    make_user(idp, pool_id)
    for name in ("Google", "Club"):
        source = {"ProviderName": name, "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "12"}
        target = {"ProviderName": "Cognito", "ProviderAttributeValue": "jane"}
        idp.admin_link_provider_for_user(UserPoolId=pool_id, DestinationUser=target, SourceUser=source)
    tokens = by_password(anyone, make_client(pool_id)["ClientId"])["AuthenticationResult"]
    first, second = claims(tokens["IdToken"])["identities"]
    assert (first["userId"], first["providerName"], first["primary"]) == ("12", "Google", "false")
    assert first["dateCreated"].isdecimal()
    assert second["providerName"] == "Club"
    assert "identities" not in claims(tokens["AccessToken"])


def test_whoever_sets_a_new_password_is_shown_what_the_client_may_read(idp, anyone, make_pool, make_client):
    pool_id = make_pool(Schema=[{"Name": "tenant"}])
    given = attributes(email="jane@example.com", given_name="Jane", custom__tenant="blue")
    idp.admin_create_user(UserPoolId=pool_id, Username="jane", TemporaryPassword="temporary-1", UserAttributes=given)
    some = make_client(pool_id, ReadAttributes=["given_name", "custom:tenant"])["ClientId"]
    standard = make_client(pool_id)["ClientId"]
    for client_id, seen in ((some, {"given_name", "custom:tenant"}), (standard, {"given_name", "email"})):
        asked = anyone.initiate_auth(**sign_in(anyone, client_id, password="temporary-1"))
        assert set(json.loads(asked["ChallengeParameters"]["userAttributes"])) == seen


def test_tokens_live_as_long_as_the_client_says_in_its_units(idp, anyone, make_pool, make_client, later):
    pool_id = make_pool()
    make_user(idp, pool_id)
    client_id = make_client(
        pool_id,
        AccessTokenValidity=10,
        IdTokenValidity=7_200,
        RefreshTokenValidity=3,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "seconds", "RefreshToken": "hours"},
    )["ClientId"]
    tokens = by_password(anyone, client_id)["AuthenticationResult"]
    lives = [claims(tokens[name]) for name in ("AccessToken", "IdToken")]
    assert [said["exp"] - said["iat"] for said in lives] == [600, 7_200]
    assert tokens["ExpiresIn"] == 600
    refresh = {"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": client_id}
    refresh["AuthParameters"] = {"REFRESH_TOKEN": tokens["RefreshToken"]}  # type: ignore[assignment]
    later(300)
    anyone.get_user(AccessToken=tokens["AccessToken"])
    later(601)
    assert "expired" in refused(anyone.get_user, AccessToken=tokens["AccessToken"])[1]
    later(2 * 3_600)
    anyone.initiate_auth(**refresh)
    later(3 * 3_600 + 1)
    assert refused(anyone.initiate_auth, **refresh) == ("NotAuthorizedException", "Refresh Token has expired")


@pytest.mark.parametrize("minutes", [3, 15])
def test_a_challenge_is_answered_within_the_time_that_the_client_gives(
    idp, anyone, make_pool, make_client, later, minutes
):
    pool_id = make_pool()
    client_id = make_client(pool_id, AuthSessionValidity=minutes)["ClientId"]
    idp.admin_create_user(UserPoolId=pool_id, Username="jane", TemporaryPassword="temporary-1")
    asked = anyone.initiate_auth(**sign_in(anyone, client_id, password="temporary-1"))
    answer = {
        "ClientId": client_id,
        "ChallengeName": asked["ChallengeName"],
        "Session": asked["Session"],
        "ChallengeResponses": {"USERNAME": "jane", "NEW_PASSWORD": PASSWORD},
    }
    later(minutes * 60 + 1)
    assert refused(anyone.respond_to_auth_challenge, **answer)[0] == "NotAuthorizedException"
    later(minutes * 30)
    assert anyone.respond_to_auth_challenge(**answer)["AuthenticationResult"]


def test_custom_challenges_are_refused_by_name_until_there_is_lambda(idp, anyone, make_pool, make_client):
    pool_id = make_pool()
    make_user(idp, pool_id)
    client = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]
    assert "ALLOW_CUSTOM_AUTH" in client["ExplicitAuthFlows"]  # AWS's default, which everybody has
    asked = {"ClientId": client["ClientId"], "AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": "jane"}}
    for call, more in ((anyone.initiate_auth, {}), (idp.admin_initiate_auth, {"UserPoolId": pool_id})):
        code, message = refused(call, **asked, **more)
        assert code == "InvalidParameterException"
        assert "CUSTOM_AUTH" in message
    answer = {"ClientId": client["ClientId"], "ChallengeName": "CUSTOM_CHALLENGE", "Session": "x" * 20}
    answer["ChallengeResponses"] = {"USERNAME": "jane", "ANSWER": "1"}
    code, message = refused(anyone.respond_to_auth_challenge, **answer)
    assert (code, "CUSTOM_CHALLENGE" in message) == ("InvalidParameterException", True)


def test_a_client_with_the_older_names_of_flows_lets_in_by_srp_and_what_it_names(idp, anyone, make_pool, make_client):
    pool_id = make_pool()
    make_user(idp, pool_id)
    client_id = make_client(pool_id, ExplicitAuthFlows=["ADMIN_NO_SRP_AUTH"])["ClientId"]
    assert srp(anyone, pool_id, client_id).authenticate_user()["AuthenticationResult"]
    asked = sign_in(anyone, client_id)
    assert "USER_PASSWORD_AUTH flow not enabled" in refused(anyone.initiate_auth, **asked)[1]
    tokens = idp.admin_initiate_auth(**asked | {"AuthFlow": "ADMIN_NO_SRP_AUTH", "UserPoolId": pool_id})
    refresh = {"REFRESH_TOKEN": tokens["AuthenticationResult"]["RefreshToken"]}
    assert anyone.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=client_id, AuthParameters=refresh)


def test_an_alias_signs_in_once_it_is_verified_and_names_without_case_in_any(idp, anyone, make_pool, make_client):
    pool_id = make_pool(AliasAttributes=["email", "preferred_username"], UsernameConfiguration={"CaseSensitive": False})
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id, email="Jane@example.com", preferred_username="Jay")
    named = {"UserPoolId": pool_id, "Username": "jane"}
    assert refused(anyone.initiate_auth, **sign_in(anyone, client_id, "jane@example.com"))[0] == "UserNotFoundException"
    idp.admin_update_user_attributes(**named, UserAttributes=attributes(email_verified="true"))
    for name in ("jane@example.com", "JANE@EXAMPLE.COM", "JANE", "jay"):
        assert srp(anyone, pool_id, client_id, name).authenticate_user()["AuthenticationResult"], name
    idp.admin_update_user_attributes(**named, UserAttributes=attributes(preferred_username="other"))
    assert refused(anyone.initiate_auth, **sign_in(anyone, client_id, "jay"))[0] == "UserNotFoundException"
    token = by_password(anyone, client_id)["AuthenticationResult"]["IdToken"]
    assert claims(token)["cognito:username"] == "jane"


def test_names_have_a_case_unless_the_pool_says_otherwise(idp, anyone, make_pool, make_client):
    pool_id = make_pool()
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id, "jane")
    make_user(idp, pool_id, "Jane", password="Another-horse-1")
    assert by_password(anyone, client_id, "Jane", "Another-horse-1")["AuthenticationResult"]
    assert refused(anyone.initiate_auth, **sign_in(anyone, client_id, "Jane"))[0] == "NotAuthorizedException"


def test_an_immutable_attribute_is_written_once_and_by_nobody_again(idp, anyone, make_pool, make_client):
    pool_id = make_pool(Schema=[{"Name": "badge", "Mutable": False, "AttributeDataType": "String"}])
    client_id = make_client(pool_id, WriteAttributes=["custom:badge", "name"])["ClientId"]
    anyone.sign_up(ClientId=client_id, Username="jane", Password=PASSWORD, UserAttributes=attributes(custom__badge="7"))
    named = {"UserPoolId": pool_id, "Username": "jane"}
    idp.admin_confirm_sign_up(**named)
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    other = {"UserAttributes": attributes(custom__badge="8")}
    for call, who in (
        (anyone.update_user_attributes, {"AccessToken": token}),
        (idp.admin_update_user_attributes, named),
    ):
        assert "user.custom:badge: Attribute cannot be updated." in refused(call, **who, **other)[1]
    gone = {"UserAttributeNames": ["custom:badge"]}
    for call, who in (
        (anyone.delete_user_attributes, {"AccessToken": token}),
        (idp.admin_delete_user_attributes, named),
    ):
        assert refused(call, **who, **gone)[0] == "InvalidParameterException"
    assert read(idp.admin_get_user(**named)["UserAttributes"])["custom:badge"] == "7"


def test_an_administrator_remembers_and_forgets_a_device(idp, anyone, make_pool, make_client):
    pool_id = make_pool(DeviceConfiguration={"DeviceOnlyRememberedOnUserPrompt": True})
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id)
    tokens = by_password(anyone, client_id)["AuthenticationResult"]
    device = tokens["NewDeviceMetadata"]
    named = {"UserPoolId": pool_id, "Username": "jane", "DeviceKey": device["DeviceKey"]}

    def status() -> str:
        shown = idp.admin_get_device(**named)["Device"]["DeviceAttributes"]
        return read(shown)["dev:device_remembered_status"]

    remember = {**named, "DeviceRememberedStatus": "remembered"}
    unknown = ("ResourceNotFoundException", "Device does not exist.")
    assert refused(idp.admin_update_device_status, **remember) == unknown, "until it is confirmed"
    _, secret = generate_hash_device(device["DeviceGroupKey"], device["DeviceKey"])
    anyone.confirm_device(
        AccessToken=tokens["AccessToken"], DeviceKey=device["DeviceKey"], DeviceSecretVerifierConfig=secret
    )
    assert status() == "not_remembered"
    idp.admin_update_device_status(**remember)
    assert status() == "remembered"
    idp.admin_update_device_status(**named, DeviceRememberedStatus="not_remembered")
    assert status() == "not_remembered"
    idp.admin_forget_device(**named)
    assert refused(idp.admin_get_device, **named) == ("ResourceNotFoundException", "Device does not exist.")
