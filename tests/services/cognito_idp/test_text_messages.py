"""Codes and invitations by text message, from the pool's settings to what a user does with the code."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cognito_idp.conftest import LAX, PASSWORD, Inside, attributes, read
from tests.services.cognito_idp.signing_in import by_password, make_user, refused
from tests.services.cognito_idp.test_challenges import code_of

pytestmark = pytest.mark.usefixtures("early_in_a_step")

Make = Callable[..., Any]
NUMBER, OTHER = "+15550100", "+15550199"
SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x", "SnsRegion": "us-east-1"}
FLOWS = [f"ALLOW_{name}" for name in ("USER_PASSWORD_AUTH", "USER_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH")]
HIDES = {"ExplicitAuthFlows": FLOWS, "PreventUserExistenceErrors": "ENABLED"}


def answer(anyone: Any, client_id: str, asked: Any, name: str = "jane", **answers: str) -> Any:
    """Answer a challenge."""
    return anyone.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, **answers},
    )


def test_a_phone_number_confirms_a_sign_up_with_the_pools_own_words(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool(
        AutoVerifiedAttributes=["phone_number", "email"],
        SmsConfiguration=SMS,
        SmsVerificationMessage="{username}, your code: {####}",
    )
    client_id = make_client(pool_id)["ClientId"]
    made = anyone.sign_up(
        ClientId=client_id,
        Username="jane",
        Password=PASSWORD,
        UserAttributes=attributes(phone_number=NUMBER, email="jane@example.com"),
    )
    assert made["CodeDeliveryDetails"] == {
        "Destination": "+****0100",
        "DeliveryMedium": "SMS",
        "AttributeName": "phone_number",
    }
    (sent,) = inside.sent()
    assert (sent.to, sent.medium, sent.body) == (NUMBER, "SMS", f"jane, your code: {sent.code}")
    anyone.confirm_sign_up(ClientId=client_id, Username="jane", ConfirmationCode=sent.code)
    told = read(idp.admin_get_user(UserPoolId=pool_id, Username="jane")["UserAttributes"])
    assert told["phone_number_verified"] == "true"
    assert told["email_verified"] == "false"


def test_a_name_in_a_text_message_is_no_html(idp: Any, make_pool: Make, inside: Inside) -> None:
    template = {"SMSMessage": "{username} / {####}", "EmailMessage": "{username} / {####}", "EmailSubject": "Hello"}
    pool_id = make_pool(SmsConfiguration=SMS, AdminCreateUserConfig={"InviteMessageTemplate": template})
    idp.admin_create_user(
        UserPoolId=pool_id,
        Username="<b>&{####}",
        TemporaryPassword=PASSWORD,
        UserAttributes=attributes(phone_number=NUMBER, email="jane@example.com"),
        DesiredDeliveryMediums=["SMS", "EMAIL"],
    )
    sent = {one.medium: one for one in inside.sent()}
    assert sent["SMS"].body == f"<b>&{{####}} / {PASSWORD}"
    assert sent["EMAIL"].body == f"&lt;b&gt;&amp;{{####}} / {PASSWORD}"
    assert sent["EMAIL"].subject == "Hello"


def test_an_invitation_goes_by_text_message_unless_another_medium_is_asked_for(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool(SmsConfiguration=SMS)
    client_id = make_client(pool_id)["ClientId"]
    both = attributes(phone_number=NUMBER, email="jane@example.com")
    idp.admin_create_user(UserPoolId=pool_id, Username="jane", UserAttributes=both)
    (sent,) = inside.sent()
    assert (sent.medium, sent.to) == ("SMS", NUMBER)
    password = sent.body.removeprefix("Your username is jane and temporary password is ").removesuffix(".")
    assert by_password(anyone, client_id, password=password)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    idp.admin_create_user(UserPoolId=pool_id, Username="jane", MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
    assert [one.medium for one in inside.sent()] == ["SMS", "EMAIL"]
    assert refused(ClientError, lambda: by_password(anyone, client_id, password=password))[0] == (
        "NotAuthorizedException"
    )


def test_a_code_by_text_message_is_the_second_factor_with_the_pools_own_words(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool()
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id, phone_number=NUMBER, phone_number_verified="true")
    told = idp.set_user_pool_mfa_config(
        UserPoolId=pool_id,
        MfaConfiguration="ON",
        SmsMfaConfiguration={"SmsConfiguration": SMS, "SmsAuthenticationMessage": "Sign in with {####}"},
    )
    assert told["SmsMfaConfiguration"]["SmsConfiguration"] == SMS
    assert idp.get_user_pool_mfa_config(UserPoolId=pool_id)["SmsMfaConfiguration"] == told["SmsMfaConfiguration"]
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "SMS_MFA"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "+****0100"
    sent = inside.sent()[-1]
    assert sent.body == f"Sign in with {sent.code}"
    wrong = "000000" if sent.code != "000000" else "000001"
    assert refused(ClientError, lambda: answer(anyone, client_id, asked, SMS_MFA_CODE=wrong))[0] == (
        "CodeMismatchException"
    )
    assert answer(anyone, client_id, asked, SMS_MFA_CODE=sent.code)["AuthenticationResult"]["IdToken"]
    assert refused(ClientError, lambda: answer(anyone, client_id, asked, SMS_MFA_CODE=sent.code))[0] == (
        "ExpiredCodeException"
    )


def test_who_has_no_phone_cannot_sign_in_where_a_text_message_is_the_only_second_factor(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make
) -> None:
    pool_id = make_pool(SmsConfiguration=SMS, MfaConfiguration="ON", AutoVerifiedAttributes=["phone_number"])
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id)
    assert refused(ClientError, lambda: by_password(anyone, client_id)) == (
        "InvalidParameterException",
        "User does not have delivery config set to turn on SMS_MFA",
    )


def test_a_user_chooses_among_three_second_factors(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool(SmsConfiguration=SMS)
    client_id = make_client(pool_id)["ClientId"]
    verified = {"phone_number_verified": "true", "email_verified": "true"}
    make_user(idp, pool_id, phone_number=NUMBER, email="jane@example.com", **verified)
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={},
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={"Subject": "Sign in", "Message": "<i>{####}</i>"},
    )
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    secret = anyone.associate_software_token(AccessToken=token)["SecretCode"]
    anyone.verify_software_token(AccessToken=token, UserCode=code_of(secret, -1))
    on = {"Enabled": True}
    anyone.set_user_mfa_preference(
        AccessToken=token, SMSMfaSettings=on, SoftwareTokenMfaSettings=on, EmailMfaSettings=on
    )
    asked = by_password(anyone, client_id)
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    choices = json.loads(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"])
    assert set(choices) == {"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"}
    by_text = answer(anyone, client_id, asked, ANSWER="SMS_MFA")
    assert answer(anyone, client_id, by_text, SMS_MFA_CODE=inside.sent()[-1].code)["AuthenticationResult"]
    by_mail = answer(anyone, client_id, by_password(anyone, client_id), ANSWER="EMAIL_MFA")
    assert by_mail["ChallengeName"] == "EMAIL_OTP"
    sent = inside.sent()[-1]
    assert (sent.subject, sent.body) == ("Sign in", f"<i>{sent.code}</i>")
    assert answer(anyone, client_id, by_mail, EMAIL_OTP_CODE=sent.code)["AuthenticationResult"]
    by_app = answer(anyone, client_id, by_password(anyone, client_id), ANSWER="SOFTWARE_TOKEN_MFA")
    assert answer(anyone, client_id, by_app, SOFTWARE_TOKEN_MFA_CODE=code_of(secret))["AuthenticationResult"]
    idp.admin_set_user_mfa_preference(
        UserPoolId=pool_id, Username="jane", SMSMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    assert by_password(anyone, client_id)["ChallengeName"] == "SMS_MFA"


@pytest.mark.parametrize(("factor", "contact"), [("SMS_OTP", "phone_number"), ("EMAIL_OTP", "email")])
def test_a_code_alone_signs_in_where_the_pool_takes_it_as_first_factor(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside, factor: str, contact: str
) -> None:
    policies = {**LAX, "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", factor]}}
    pool_id = make_pool(SmsConfiguration=SMS, Policies=policies)
    client_id = make_client(pool_id, **HIDES)["ClientId"]
    value = {"phone_number": NUMBER, "email": "jane@example.com"}[contact]
    make_user(idp, pool_id, **{contact: value, f"{contact}_verified": "true"})

    def begin(name: str, **more: str) -> Any:
        return anyone.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters={"USERNAME": name, **more})

    asked = begin("jane", PREFERRED_CHALLENGE=factor)
    sent = inside.sent()[-1]
    assert (asked["ChallengeName"], sent.to) == (factor, value)
    assert answer(anyone, client_id, asked, **{f"{factor}_CODE": sent.code})["AuthenticationResult"]["AccessToken"]
    chosen = begin("jane")
    assert set(chosen["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", factor}
    asked = answer(anyone, client_id, chosen, ANSWER=factor)
    code = inside.sent()[-1].code
    assert answer(anyone, client_id, asked, **{f"{factor}_CODE": code})["AuthenticationResult"]
    before = len(inside.sent())
    nobody = begin("nobody", PREFERRED_CHALLENGE=factor)
    assert (nobody["ChallengeName"], nobody.keys()) == (factor, begin("jane", PREFERRED_CHALLENGE=factor).keys())
    assert len(inside.sent()) == before + 1  # Jane's, and none to nobody
    told = refused(ClientError, lambda: answer(anyone, client_id, nobody, "nobody", **{f"{factor}_CODE": "123456"}))
    assert told[0] == "CodeMismatchException"


def test_a_pool_without_settings_for_text_messages_offers_and_sends_none(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    policies = {**LAX, "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "SMS_OTP"]}}
    pool_id = make_pool(Policies=policies)
    client_id = make_client(pool_id, ExplicitAuthFlows=FLOWS)["ClientId"]
    make_user(idp, pool_id, phone_number=NUMBER, phone_number_verified="true")
    asked = anyone.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters={"USERNAME": "jane"})
    assert "SMS_OTP" not in asked["AvailableChallenges"]
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    code, _ = refused(
        ClientError,
        lambda: anyone.get_user_attribute_verification_code(AccessToken=token, AttributeName="phone_number"),
    )
    assert code == "CodeDeliveryFailureException"
    with pytest.raises(ClientError, match="SmsConfiguration is required"):
        idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="ON", SmsMfaConfiguration={})
    assert inside.sent() == []


def test_a_new_phone_number_is_verified_before_it_takes_the_place_of_the_old_one(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    pool_id = make_pool(
        AutoVerifiedAttributes=["phone_number"],
        SmsConfiguration=SMS,
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["phone_number"]},
    )
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id, phone_number=NUMBER, phone_number_verified="true")
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    changed = anyone.update_user_attributes(AccessToken=token, UserAttributes=attributes(phone_number=OTHER))
    assert changed["CodeDeliveryDetailsList"][0]["Destination"] == "+****0199"
    assert read(anyone.get_user(AccessToken=token)["UserAttributes"])["phone_number"] == NUMBER
    again = anyone.get_user_attribute_verification_code(AccessToken=token, AttributeName="phone_number")
    assert again["CodeDeliveryDetails"]["DeliveryMedium"] == "SMS"
    first, second = inside.sent()
    assert (first.to, second.to) == (OTHER, OTHER)
    anyone.verify_user_attribute(AccessToken=token, AttributeName="phone_number", Code=second.code)
    told = read(anyone.get_user(AccessToken=token)["UserAttributes"])
    assert (told["phone_number"], told["phone_number_verified"]) == (OTHER, "true")


@pytest.mark.parametrize(
    ("mechanisms", "medium"),
    [
        (["verified_email", "verified_phone_number"], "EMAIL"),
        (["verified_phone_number", "verified_email"], "SMS"),
        (["verified_phone_number"], "SMS"),
        ([], "SMS"),
    ],
)
def test_a_password_is_recovered_by_the_contact_that_the_pool_prefers(
    idp: Any,
    anyone: Any,
    make_pool: Make,
    make_client: Make,
    inside: Inside,
    mechanisms: list[str],
    medium: str,
) -> None:
    listed = [{"Name": name, "Priority": number} for number, name in enumerate(mechanisms, 1)]
    setting = {"AccountRecoverySetting": {"RecoveryMechanisms": listed}} if listed else {}
    pool_id = make_pool(SmsConfiguration=SMS, **setting)
    client_id = make_client(pool_id)["ClientId"]
    verified = {"phone_number_verified": "true", "email_verified": "true"}
    make_user(idp, pool_id, phone_number=NUMBER, email="jane@example.com", **verified)
    told = anyone.forgot_password(ClientId=client_id, Username="jane")
    assert told["CodeDeliveryDetails"]["DeliveryMedium"] == medium
    anyone.confirm_forgot_password(
        ClientId=client_id, Username="jane", ConfirmationCode=inside.sent()[-1].code, Password="Another-horse-2"
    )
    assert by_password(anyone, client_id, password="Another-horse-2")["AuthenticationResult"]


def test_no_password_is_recovered_by_where_the_second_factor_comes_from(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside
) -> None:
    listed = [{"Name": "verified_phone_number", "Priority": 1}, {"Name": "verified_email", "Priority": 2}]
    pool_id = make_pool(SmsConfiguration=SMS, AccountRecoverySetting={"RecoveryMechanisms": listed})
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id, phone_number=NUMBER, phone_number_verified="true", email="jane@example.com")
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="OPTIONAL", SmsMfaConfiguration={}, EmailMfaConfiguration={}
    )
    anyone.forgot_password(ClientId=client_id, Username="jane")
    assert inside.sent()[-1].medium == "SMS"
    factor = {"Enabled": True}
    idp.admin_set_user_mfa_preference(UserPoolId=pool_id, Username="jane", SMSMfaSettings=factor)
    assert refused(ClientError, lambda: anyone.forgot_password(ClientId=client_id, Username="jane"))[0] == (
        "InvalidParameterException"
    )
    idp.admin_update_user_attributes(
        UserPoolId=pool_id, Username="jane", UserAttributes=attributes(email_verified="true")
    )
    anyone.forgot_password(ClientId=client_id, Username="jane")
    assert inside.sent()[-1].medium == "EMAIL"


def test_one_number_is_not_flooded_by_sign_ups(anyone: Any, make_pool: Make, make_client: Make, inside: Inside) -> None:
    client_id = make_client(make_pool(AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS))["ClientId"]

    def sign_up(number: int, to: str = NUMBER) -> None:
        anyone.sign_up(
            ClientId=client_id,
            Username=f"user{number}",
            Password=PASSWORD,
            UserAttributes=attributes(phone_number=to),
        )

    for number in range(30):
        sign_up(number)
    assert refused(ClientError, lambda: sign_up(30))[0] == "LimitExceededException"
    sign_up(31, OTHER)
    assert len(inside.sent()) == 31


def test_settings_for_text_messages_name_a_role_that_the_caller_may_pass(idp: Any, aws: Make, make_pool: Make) -> None:
    with pytest.raises(ClientError, match=r"SnsCallerArn is required"):
        make_pool(SmsConfiguration={"ExternalId": "x"})
    with pytest.raises(ClientError, match=r"EumsSms"):
        make_pool(SmsConfiguration={"EumsSms": {"CallerArn": SMS["SnsCallerArn"]}})
    pool_id = make_pool()
    iam = aws("iam")
    iam.create_user(UserName="clerk")
    document = {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}
    iam.put_user_policy(
        UserName="clerk", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [document]})
    )
    key = iam.create_access_key(UserName="clerk")["AccessKey"]
    clerk = aws("cognito-idp", key=(key["AccessKeyId"], key["SecretAccessKey"]))
    with pytest.raises(ClientError, match=r"not authorized to perform: iam:PassRole"):
        clerk.set_user_pool_mfa_config(
            UserPoolId=pool_id, MfaConfiguration="ON", SmsMfaConfiguration={"SmsConfiguration": SMS}
        )


@pytest.mark.parametrize("member", ["From", "ReplyToEmailAddress"])
@pytest.mark.parametrize("text", ["a@example.com\r\nBcc: eve@example.net", "a@example.com, eve@example.net", "a@b c@d"])
def test_an_address_of_a_pool_is_one_address(make_pool: Make, member: str, text: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException"):
        make_pool(EmailConfiguration={member: text})
