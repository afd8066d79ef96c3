"""What a sign-in asks beside the password: a new password, an authenticator app, a code, a device."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pycognito.aws_srp import generate_hash_device

from gatewright.core.clock import SystemClock
from gatewright.core.totp import code_at, step_at
from tests.services.cognito_idp.conftest import PASSWORD, Inside, attributes, read
from tests.services.cognito_idp.signing_in import by_password, claims, make_user, refused, srp

pytestmark = pytest.mark.usefixtures("early_in_a_step")

Make = Callable[..., Any]
NEW = "Another-horse-2"


@pytest.fixture
def pool_id(make_pool: Make) -> str:
    made: str = make_pool()
    return made


@pytest.fixture
def client_id(make_client: Make, pool_id: str) -> str:
    flows = [f"ALLOW_{name}" for name in ("USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH", "REFRESH_TOKEN_AUTH")]
    return str(make_client(pool_id, ExplicitAuthFlows=flows)["ClientId"])


@pytest.fixture
def respond(anyone: Any, client_id: str) -> Callable[..., Any]:
    """Answer a challenge."""

    def answer(asked: Any, name: str = "jane", **answers: str) -> Any:
        session = {"Session": asked["Session"]} if "Session" in asked else {}
        return anyone.respond_to_auth_challenge(
            ClientId=client_id,
            ChallengeName=asked["ChallengeName"],
            ChallengeResponses={"USERNAME": name, **answers},
            **session,
        )

    return answer


def code_of(secret: str, steps_ahead: int = 0) -> str:
    """Return what an authenticator app shows for a seed, now or in the next steps."""
    seed = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return code_at(seed, step_at(SystemClock().now()) + steps_ahead)


def offer_totp(idp: Any, pool_id: str, mode: str) -> None:
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration=mode, SoftwareTokenMfaConfiguration={"Enabled": True}
    )


def test_who_comes_with_a_temporary_password_sets_a_new_one(
    idp: Any, anyone: Any, pool_id: str, client_id: str, respond: Make
) -> None:
    idp.admin_create_user(
        UserPoolId=pool_id,
        Username="jane",
        TemporaryPassword=PASSWORD,
        UserAttributes=attributes(email="jane@example.com"),
        MessageAction="SUPPRESS",
    )
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert json.loads(asked["ChallengeParameters"]["userAttributes"])["email"] == "jane@example.com"
    assert json.loads(asked["ChallengeParameters"]["requiredAttributes"]) == []
    code, _ = refused(ClientError, lambda: respond(asked, NEW_PASSWORD="short"))
    assert code == "InvalidPasswordException"
    done = respond(asked, NEW_PASSWORD=NEW, **{"userAttributes.name": "Jane"})
    assert claims(done["AuthenticationResult"]["IdToken"])["name"] == "Jane"
    code, message = refused(ClientError, lambda: respond(asked, NEW_PASSWORD="Third-horse-3"))
    assert (code, message) == (
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    )
    assert by_password(anyone, client_id, password=NEW)["AuthenticationResult"]
    assert refused(ClientError, lambda: by_password(anyone, client_id))[0] == "NotAuthorizedException"


def test_a_new_password_is_set_after_srp_too(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    idp.admin_create_user(UserPoolId=pool_id, Username="jane", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    done = srp(anyone, pool_id, client_id).set_new_password_challenge(NEW)
    assert done["AuthenticationResult"]["IdToken"]
    assert srp(anyone, pool_id, client_id, password=NEW).authenticate_user()["AuthenticationResult"]


def test_a_second_factor_that_was_set_up_is_not_replaced_by_whoever_knows_the_password(
    idp: Any, anyone: Any, pool_id: str, client_id: str, respond: Make
) -> None:
    make_user(idp, pool_id)
    offer_totp(idp, pool_id, "ON")

    def set_up(step: int) -> Any:
        given = anyone.associate_software_token(Session=by_password(anyone, client_id)["Session"])
        code = code_of(given["SecretCode"], step)
        return anyone.verify_software_token(Session=given["Session"], UserCode=code)["Session"]

    owners, attackers = set_up(-1), set_up(0)
    assert respond({"ChallengeName": "MFA_SETUP", "Session": owners})["AuthenticationResult"]
    code, _ = refused(ClientError, lambda: respond({"ChallengeName": "MFA_SETUP", "Session": attackers}))
    assert code == "NotAuthorizedException"


def test_a_pool_that_demands_a_second_factor_has_it_set_up_at_the_first_sign_in(
    idp: Any, anyone: Any, pool_id: str, client_id: str, respond: Make
) -> None:
    make_user(idp, pool_id)
    offer_totp(idp, pool_id, "ON")
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    assert refused(ClientError, lambda: respond(asked))[0] == "NotAuthorizedException"
    given = anyone.associate_software_token(Session=asked["Session"])
    code, _ = refused(ClientError, lambda: anyone.verify_software_token(Session=given["Session"], UserCode="000000"))
    assert code == "EnableSoftwareTokenMFAException"
    verified = anyone.verify_software_token(
        Session=given["Session"], UserCode=code_of(given["SecretCode"], -1), FriendlyDeviceName="phone"
    )
    assert verified["Status"] == "SUCCESS"
    done = respond({"ChallengeName": "MFA_SETUP", "Session": verified["Session"]})
    assert done["AuthenticationResult"]["AccessToken"]
    mine = anyone.get_user(AccessToken=done["AuthenticationResult"]["AccessToken"])
    assert mine["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert asked["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "phone"
    wrong = refused(ClientError, lambda: respond(asked, SOFTWARE_TOKEN_MFA_CODE="000000"))
    assert wrong == ("CodeMismatchException", "Invalid code received for user")
    right = code_of(given["SecretCode"])
    assert respond(asked, SOFTWARE_TOKEN_MFA_CODE=right)["AuthenticationResult"]["AccessToken"]
    again = by_password(anyone, client_id)
    assert refused(ClientError, lambda: respond(again, SOFTWARE_TOKEN_MFA_CODE=right))[0] == "ExpiredCodeException"


def test_a_user_switches_an_authenticator_app_on_and_off(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    make_user(idp, pool_id)
    offer_totp(idp, pool_id, "OPTIONAL")
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    settings = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    code, message = refused(ClientError, lambda: anyone.set_user_mfa_preference(AccessToken=token, **settings))
    assert (code, message) == ("InvalidParameterException", "User has not verified software token mfa")
    secret = anyone.associate_software_token(AccessToken=token)["SecretCode"]
    anyone.verify_software_token(AccessToken=token, UserCode=code_of(secret))
    assert by_password(anyone, client_id)["AuthenticationResult"]  # set up, and not yet asked for
    anyone.set_user_mfa_preference(AccessToken=token, **settings)
    assert by_password(anyone, client_id)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    off = {"SoftwareTokenMfaSettings": {"Enabled": False}}
    idp.admin_set_user_mfa_preference(UserPoolId=pool_id, Username="jane", **off)
    assert by_password(anyone, client_id)["AuthenticationResult"]


def test_an_administrator_takes_a_lost_authenticator_app_away_and_another_is_set_up(
    idp: Any, anyone: Any, pool_id: str, client_id: str, respond: Make
) -> None:
    make_user(idp, pool_id)
    offer_totp(idp, pool_id, "OPTIONAL")
    named = {"UserPoolId": pool_id, "Username": "jane"}
    answer = refused(ClientError, lambda: idp.admin_delete_software_token(**named))
    assert answer == ("ResourceNotFoundException", "User has no software token.")
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    settings = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}

    def set_up(steps_ahead: int = 0) -> str:
        secret = str(anyone.associate_software_token(AccessToken=token)["SecretCode"])
        anyone.verify_software_token(AccessToken=token, UserCode=code_of(secret, steps_ahead))
        anyone.set_user_mfa_preference(AccessToken=token, **settings)
        return secret

    lost = set_up()
    idp.admin_delete_software_token(**named)
    shown = idp.admin_get_user(**named)
    assert "UserMFASettingList" not in shown
    assert "PreferredMfaSetting" not in shown
    assert by_password(anyone, client_id)["AuthenticationResult"]
    assert set_up(1) != lost  # a step of time is good once, whatever the app
    asked = by_password(anyone, client_id)
    wrong = refused(ClientError, lambda: respond(asked, SOFTWARE_TOKEN_MFA_CODE=code_of(lost)))
    assert wrong[0] == "CodeMismatchException"


def test_a_code_by_mail_is_the_second_factor(
    idp: Any, anyone: Any, pool_id: str, client_id: str, respond: Make, inside: Inside
) -> None:
    make_user(idp, pool_id, email="jane@example.com", email_verified="true")
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id,
        MfaConfiguration="ON",
        EmailMfaConfiguration={"Message": "Code {####}", "Subject": "Your code"},
    )
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "j***@e***"
    sent = inside.sent()[-1]
    assert sent.to == "jane@example.com"
    assert refused(ClientError, lambda: respond(asked, EMAIL_OTP_CODE="abcdef"))[0] == "CodeMismatchException"
    assert respond(asked, EMAIL_OTP_CODE=sent.code)["AuthenticationResult"]
    assert refused(ClientError, lambda: respond(asked, EMAIL_OTP_CODE=sent.code))[0] == "ExpiredCodeException"


def test_a_user_with_two_factors_chooses_one(
    idp: Any, anyone: Any, pool_id: str, client_id: str, respond: Make, inside: Inside
) -> None:
    make_user(idp, pool_id, email="jane@example.com", email_verified="true")
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={},
    )
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    secret = anyone.associate_software_token(AccessToken=token)["SecretCode"]
    anyone.verify_software_token(AccessToken=token, UserCode=code_of(secret))
    anyone.set_user_mfa_preference(
        AccessToken=token,
        SoftwareTokenMfaSettings={"Enabled": True},
        EmailMfaSettings={"Enabled": True},
    )
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    assert set(json.loads(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"])) == {"SOFTWARE_TOKEN_MFA", "EMAIL_OTP"}
    assert refused(ClientError, lambda: respond(asked, ANSWER="SMS_MFA"))[0] == "InvalidParameterException"
    chosen = respond(asked, ANSWER="EMAIL_OTP")
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    assert respond(chosen, EMAIL_OTP_CODE=inside.sent()[-1].code)["AuthenticationResult"]


def test_a_user_chooses_how_to_sign_in(
    idp: Any, anyone: Any, make_client: Make, make_pool: Make, inside: Inside
) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool_id = make_pool(Policies=factors)
    client_id = make_client(pool_id, ExplicitAuthFlows=["ALLOW_USER_AUTH"])["ClientId"]
    make_user(idp, pool_id, email="jane@example.com", email_verified="true")

    def begin(**more: str) -> Any:
        return anyone.initiate_auth(
            AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters={"USERNAME": "jane", **more}
        )

    def answer(asked: Any, name: str, **answers: str) -> Any:
        return anyone.respond_to_auth_challenge(
            ClientId=client_id,
            ChallengeName=name,
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "jane", **answers},
        )

    asked = begin()
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert set(asked["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"}
    assert answer(asked, "SELECT_CHALLENGE", ANSWER="PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
    sent = answer(begin(), "SELECT_CHALLENGE", ANSWER="EMAIL_OTP")
    assert sent["ChallengeName"] == "EMAIL_OTP"
    assert answer(sent, "EMAIL_OTP", EMAIL_OTP_CODE=inside.sent()[-1].code)["AuthenticationResult"]
    assert begin(PREFERRED_CHALLENGE="EMAIL_OTP")["ChallengeName"] == "EMAIL_OTP"
    preferred = begin(PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert preferred["AuthenticationResult"]
    client = srp(anyone, pool_id, client_id)
    srp_a = client.get_auth_params()["SRP_A"]
    proving = begin(PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=srp_a)
    answers = client.process_challenge(proving["ChallengeParameters"], {"USERNAME": "jane"})
    done = anyone.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=answers
    )
    assert done["AuthenticationResult"]


def test_a_remembered_device_stands_in_for_the_second_factor(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, respond: Make, inside: Inside
) -> None:
    tracking = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
    pool_id = make_pool(DeviceConfiguration=tracking)
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id)
    client = srp(anyone, pool_id, client_id)
    result = client.authenticate_user()["AuthenticationResult"]
    token, key = result["AccessToken"], result["NewDeviceMetadata"]["DeviceKey"]
    assert claims(token)["device_key"] == key
    group = result["NewDeviceMetadata"]["DeviceGroupKey"]
    device_password, secret = generate_hash_device(group, key)
    confirmed = anyone.confirm_device(AccessToken=token, DeviceKey=key, DeviceSecretVerifierConfig=secret)
    assert confirmed["UserConfirmationNecessary"] is True
    anyone.update_device_status(AccessToken=token, DeviceKey=key, DeviceRememberedStatus="remembered")
    listed = anyone.list_devices(AccessToken=token)["Devices"]
    assert [one["DeviceKey"] for one in listed] == [key]
    assert read(listed[0]["DeviceAttributes"])["dev:device_remembered_status"] == "remembered"
    offer_totp(idp, pool_id, "ON")
    assert by_password(anyone, client_id)["ChallengeName"] == "MFA_SETUP"

    known = srp(anyone, pool_id, client_id, device_key=key, device_group_key=group, device_password=device_password)
    srp_a = known.get_auth_params()["SRP_A"]

    def answer(asked: Any, name: str, **answers: str) -> Any:
        session = {"Session": asked["Session"]} if "Session" in asked else {}
        return anyone.respond_to_auth_challenge(
            ClientId=client_id, ChallengeName=name, ChallengeResponses={"USERNAME": "jane", **answers}, **session
        )

    asked = by_password(anyone, client_id, DEVICE_KEY=key)
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    proving = answer(asked, "DEVICE_SRP_AUTH", SRP_A=srp_a, DEVICE_KEY=key)
    assert proving["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    claimed = known.process_device_challenge(proving["ChallengeParameters"])
    wrong = {**claimed, "PASSWORD_CLAIM_SIGNATURE": "AAAA"}
    assert refused(ClientError, lambda: answer({}, "DEVICE_PASSWORD_VERIFIER", **wrong))[0] == "NotAuthorizedException"
    inside.execute("UPDATE cognito_idp_devices SET authenticated_at = 1")
    done = answer({}, "DEVICE_PASSWORD_VERIFIER", **claimed)["AuthenticationResult"]
    shown = idp.admin_get_device(UserPoolId=pool_id, Username="jane", DeviceKey=key)["Device"]
    assert shown["DeviceLastAuthenticatedDate"].year > 1970
    assert claims(done["AccessToken"])["device_key"] == key
    assert "NewDeviceMetadata" not in done

    def refresh(**more: str) -> Any:
        return anyone.initiate_auth(
            AuthFlow="REFRESH_TOKEN_AUTH",
            ClientId=client_id,
            AuthParameters={"REFRESH_TOKEN": done["RefreshToken"], **more},
        )

    assert refresh(DEVICE_KEY=key)["AuthenticationResult"]["IdToken"]
    assert refused(ClientError, refresh) == ("NotAuthorizedException", "Invalid Refresh Token")
    anyone.forget_device(AccessToken=done["AccessToken"], DeviceKey=key)
    assert refused(ClientError, lambda: refresh(DEVICE_KEY=key)) == ("NotAuthorizedException", "Invalid Refresh Token")
    assert anyone.get_user(AccessToken=done["AccessToken"])["Username"] == "jane", "until it expires, as at AWS"
    assert idp.admin_list_devices(UserPoolId=pool_id, Username="jane")["Devices"] == []
    code, message = refused(ClientError, lambda: by_password(anyone, client_id, DEVICE_KEY=key))
    assert (code, message) == ("ResourceNotFoundException", "Device does not exist.")


def test_a_device_that_is_never_confirmed_leaves_nothing_behind(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool(DeviceConfiguration={"DeviceOnlyRememberedOnUserPrompt": False})
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id)
    first, second, third = [by_password(anyone, client_id)["AuthenticationResult"] for _ in range(3)]
    assert idp.admin_list_devices(UserPoolId=pool_id, Username="jane")["Devices"] == []
    assert inside.count("cognito_idp_devices") == 0

    def refresh(tokens: Any, **more: str) -> Any:
        given = {"REFRESH_TOKEN": tokens["RefreshToken"], **more}
        return anyone.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=client_id, AuthParameters=given)

    def confirm(tokens: Any, device: Any) -> Any:
        _, secret = generate_hash_device(device["DeviceGroupKey"], device["DeviceKey"])
        return anyone.confirm_device(
            AccessToken=tokens["AccessToken"], DeviceKey=device["DeviceKey"], DeviceSecretVerifierConfig=secret
        )

    gone = ("ResourceNotFoundException", "Device does not exist.")
    mine = second["NewDeviceMetadata"]
    assert refresh(first)["AuthenticationResult"]
    assert refused(ClientError, lambda: confirm(first, mine)) == gone, "a key is confirmed by its own sign-in"
    assert refused(ClientError, lambda: by_password(anyone, client_id, DEVICE_KEY=mine["DeviceKey"])) == gone
    confirm(second, mine)
    assert refused(ClientError, lambda: confirm(second, mine))[0] == "DeviceKeyExistsException"
    assert refused(ClientError, lambda: refresh(second)) == ("NotAuthorizedException", "Invalid Refresh Token")
    assert refresh(second, DEVICE_KEY=mine["DeviceKey"])["AuthenticationResult"]
    anyone.forget_device(AccessToken=first["AccessToken"], DeviceKey=mine["DeviceKey"])
    assert refused(ClientError, lambda: confirm(second, mine)) == gone, "whoever has the device cannot bring it back"
    inside.execute("UPDATE cognito_idp_token_families SET expires_at = 1")
    assert refused(ClientError, lambda: confirm(third, third["NewDeviceMetadata"])) == gone
