"""An e-mail address that becomes the second factor during the sign-in that demands one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cognito_idp.conftest import Inside, attributes, read
from tests.services.cognito_idp.signing_in import by_password, make_user, refused
from tests.services.cognito_idp.test_text_messages import SMS, answer

Make = Callable[..., Any]
ADDRESS = "jane@example.com"


@pytest.fixture
def pool_id(idp: Any, make_pool: Make) -> str:
    """A pool that demands a code by e-mail or an authenticator app, and has Jane in it."""
    made: str = make_pool(SmsConfiguration=SMS)
    idp.set_user_pool_mfa_config(
        UserPoolId=made,
        MfaConfiguration="ON",
        SmsMfaConfiguration={},
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={},
    )
    return made


@pytest.fixture
def client_id(make_client: Make, pool_id: str) -> str:
    return str(make_client(pool_id)["ClientId"])


def test_an_address_is_set_up_and_then_asked_for(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    make_user(idp, pool_id)
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert set(json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"])) == {
        "SOFTWARE_TOKEN_MFA",
        "EMAIL_OTP",
        "SMS_MFA",
    }
    code_asked = answer(anyone, client_id, asked, EMAIL=ADDRESS)
    assert code_asked["ChallengeName"] == "EMAIL_OTP"
    assert code_asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "j***@e***"
    (sent,) = inside.sent()
    assert sent.to == ADDRESS
    assert "email" not in read(idp.admin_get_user(UserPoolId=pool_id, Username="jane")["UserAttributes"])
    wrong = "000000" if sent.code != "000000" else "000001"
    assert refused(ClientError, lambda: answer(anyone, client_id, code_asked, EMAIL_OTP_CODE=wrong))[0] == (
        "CodeMismatchException"
    )
    done = answer(anyone, client_id, code_asked, EMAIL_OTP_CODE=sent.code)["AuthenticationResult"]
    mine = anyone.get_user(AccessToken=done["AccessToken"])
    told = read(mine["UserAttributes"])
    assert (told["email"], told["email_verified"]) == (ADDRESS, "true")
    assert (mine["UserMFASettingList"], mine["PreferredMfaSetting"]) == (["EMAIL_OTP"], "EMAIL_OTP")
    assert by_password(anyone, client_id)["ChallengeName"] == "EMAIL_OTP"


def test_an_address_that_is_not_verified_is_asked_for_its_code_and_verified_by_it(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    make_user(idp, pool_id, email=ADDRESS)
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "EMAIL_OTP"
    done = answer(anyone, client_id, asked, EMAIL_OTP_CODE=inside.sent()[-1].code)["AuthenticationResult"]
    assert read(anyone.get_user(AccessToken=done["AccessToken"])["UserAttributes"])["email_verified"] == "true"


def test_a_code_to_an_address_that_was_changed_meanwhile_lets_nobody_in(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    make_user(idp, pool_id, email=ADDRESS, email_verified="true")
    asked = by_password(anyone, client_id)
    code = inside.sent()[-1].code
    changed = attributes(email="new@example.com", email_verified="true")
    idp.admin_update_user_attributes(UserPoolId=pool_id, Username="jane", UserAttributes=changed)
    assert refused(ClientError, lambda: answer(anyone, client_id, asked, EMAIL_OTP_CODE=code))[0] == (
        "NotAuthorizedException"
    )


def test_a_factor_by_mail_takes_no_alias_of_somebody_else(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool(AliasAttributes=["email"])
    client_id = make_client(pool_id)["ClientId"]
    idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="ON", EmailMfaConfiguration={})
    make_user(idp, pool_id, "owner", email=ADDRESS, email_verified="true")
    make_user(idp, pool_id, email=ADDRESS)
    asked = by_password(anyone, client_id)
    assert answer(anyone, client_id, asked, EMAIL_OTP_CODE=inside.sent()[-1].code)["AuthenticationResult"]
    told = read(idp.admin_get_user(UserPoolId=pool_id, Username="jane")["UserAttributes"])
    assert told.get("email_verified") != "true"
    assert by_password(anyone, client_id, ADDRESS)["ChallengeParameters"]["USER_ID_FOR_SRP"] == "owner"


def test_an_address_that_the_user_has_is_not_replaced(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    make_user(idp, pool_id)
    asked = by_password(anyone, client_id)
    idp.admin_update_user_attributes(UserPoolId=pool_id, Username="jane", UserAttributes=attributes(email=ADDRESS))
    code, message = refused(ClientError, lambda: answer(anyone, client_id, asked, EMAIL="eve@example.net"))
    assert (code, "another email" in message) == ("InvalidParameterException", True)
    assert inside.sent() == []


@pytest.mark.parametrize(
    "address",
    [
        "=?utf-8?q?x=0d=0aBcc:_eve?=@example.com",
        "a\x7fb@example.com",
        "nonsense",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
    ],
)
def test_what_is_no_address_is_refused(idp: Any, anyone: Any, pool_id: str, client_id: str, address: str) -> None:
    make_user(idp, pool_id)
    asked = by_password(anyone, client_id)
    assert refused(ClientError, lambda: answer(anyone, client_id, asked, EMAIL=address)) == (
        "InvalidParameterException",
        "Invalid email address format.",
    )


def test_a_code_for_one_address_proves_no_other(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    make_user(idp, pool_id)
    first = answer(anyone, client_id, by_password(anyone, client_id), EMAIL=ADDRESS)
    answer(anyone, client_id, by_password(anyone, client_id), EMAIL="eve@example.net")
    code = inside.sent()[-1].code  # the newest, which went to Eve
    assert inside.sent()[-1].to == "eve@example.net"
    assert refused(ClientError, lambda: answer(anyone, client_id, first, EMAIL_OTP_CODE=code))[0] == (
        "NotAuthorizedException"
    )
    assert "email" not in read(idp.admin_get_user(UserPoolId=pool_id, Username="jane")["UserAttributes"])


def test_an_address_that_signs_in_somebody_else_is_not_taken(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool(AliasAttributes=["email"])
    client_id = make_client(pool_id)["ClientId"]
    idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="ON", EmailMfaConfiguration={})
    make_user(idp, pool_id, "owner", email=ADDRESS, email_verified="true")
    make_user(idp, pool_id)
    asked = answer(anyone, client_id, by_password(anyone, client_id), EMAIL=ADDRESS)
    code = inside.sent()[-1].code
    assert refused(ClientError, lambda: answer(anyone, client_id, asked, EMAIL_OTP_CODE=code))[0] == (
        "AliasExistsException"
    )


def test_a_client_that_may_not_write_the_address_sets_none_up(
    idp: Any, anyone: Any, make_client: Make, pool_id: str
) -> None:
    client_id = make_client(pool_id, WriteAttributes=["name"])["ClientId"]
    make_user(idp, pool_id)
    asked = by_password(anyone, client_id)
    assert refused(ClientError, lambda: answer(anyone, client_id, asked, EMAIL=ADDRESS))[0] == "NotAuthorizedException"


def test_codes_by_mail_are_of_the_plans_that_have_them(idp: Any, make_pool: Make) -> None:
    pool_id = make_pool(UserPoolTier="LITE")
    with pytest.raises(ClientError, match="FeatureUnavailableInTierException"):
        idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="ON", EmailMfaConfiguration={})


def test_an_administrator_adds_the_contact_and_the_next_sign_in_asks_for_its_code(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    make_user(idp, pool_id)
    assert by_password(anyone, client_id)["ChallengeName"] == "MFA_SETUP"
    idp.admin_update_user_attributes(
        UserPoolId=pool_id,
        Username="jane",
        UserAttributes=attributes(phone_number="+15550100", phone_number_verified="true"),
    )
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "SMS_MFA"
    assert answer(anyone, client_id, asked, SMS_MFA_CODE=inside.sent()[-1].code)["AuthenticationResult"]
