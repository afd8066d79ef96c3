import json

import pytest

from tests.services.cognito_idp.conftest import PASSWORD, attributes, read
from tests.services.policies import refused

TEXTS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts"}
NOBODY = ("UserNotFoundException", "User does not exist.")


@pytest.fixture
def pool(make_pool):
    return make_pool(AutoVerifiedAttributes=["email"])


def status(idp, pool, name):
    return idp.admin_get_user(UserPoolId=pool, Username=name)["UserStatus"]


def test_an_invited_user_has_a_temporary_password(idp, pool, inside):
    user = idp.admin_create_user(
        UserPoolId=pool,
        Username="ann",
        TemporaryPassword=PASSWORD,
        UserAttributes=attributes(email="ann@example.com", email_verified="true"),
        DesiredDeliveryMediums=["EMAIL"],
    )["User"]
    assert user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert user["Enabled"] is True
    assert read(user["Attributes"])["email_verified"] == "true"
    (message,) = inside.sent()
    assert message.kind == "CustomMessage_AdminCreateUser"
    assert message.body == f"Your username is ann and temporary password is {PASSWORD}."


def test_a_password_that_the_pool_makes_fulfils_its_own_policy(idp, make_pool, inside):
    pool = make_pool(Policies={"PasswordPolicy": {"MinimumLength": 20, "RequireSymbols": True, "RequireNumbers": True}})
    idp.admin_create_user(
        UserPoolId=pool,
        Username="ann",
        UserAttributes=attributes(email="a@example.com"),
        DesiredDeliveryMediums=["EMAIL"],
    )
    assert "temporary password is " in inside.sent()[0].body


def test_nobody_is_written_to_where_the_message_is_suppressed_or_no_medium_fits(idp, pool, inside):
    email = attributes(email="a@example.com")
    idp.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=email, MessageAction="SUPPRESS")
    idp.admin_create_user(UserPoolId=pool, Username="bob", UserAttributes=email)
    assert inside.sent() == []
    answer = refused(idp.admin_create_user, UserPoolId=pool, Username="eve", DesiredDeliveryMediums=["EMAIL"])
    assert answer[0] == "InvalidParameterException"


def test_an_invitation_is_sent_again_with_another_password(idp, pool, inside):
    asked = {
        "UserPoolId": pool,
        "Username": "ann",
        "UserAttributes": attributes(email="a@example.com"),
        "DesiredDeliveryMediums": ["EMAIL"],
    }
    idp.admin_create_user(**asked)
    assert refused(idp.admin_create_user, **asked) == ("UsernameExistsException", "User account already exists")
    idp.admin_create_user(**asked, MessageAction="RESEND")
    first, second = inside.sent()
    assert first.body != second.body
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    assert refused(idp.admin_create_user, **asked, MessageAction="RESEND")[0] == "UnsupportedUserStateException"
    nobody = {**asked, "Username": "eve", "MessageAction": "RESEND"}
    assert refused(idp.admin_create_user, **nobody) == NOBODY


def test_a_password_is_set_for_good_or_until_the_next_sign_in(idp, pool):
    idp.admin_create_user(UserPoolId=pool, Username="ann")
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    assert status(idp, pool, "ann") == "CONFIRMED"
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD)
    assert status(idp, pool, "ann") == "FORCE_CHANGE_PASSWORD"
    short = refused(idp.admin_set_user_password, UserPoolId=pool, Username="ann", Password="short")
    assert short == ("InvalidPasswordException", "Password did not conform with policy: Password not long enough")


def test_the_last_passwords_are_not_taken_again(idp, make_pool):
    pool = make_pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}})
    idp.admin_create_user(UserPoolId=pool, Username="ann", TemporaryPassword="temporary-0")

    def replace(password):
        return {"UserPoolId": pool, "Username": "ann", "Password": password, "Permanent": True}

    idp.admin_set_user_password(**replace("password-1"))
    idp.admin_set_user_password(**replace("password-2"))
    for used in ("password-1", "password-2"):
        code, _ = refused(idp.admin_set_user_password, **replace(used))
        assert code == "PasswordHistoryPolicyViolationException"
    idp.admin_set_user_password(**replace("password-3"))
    idp.admin_set_user_password(**replace("password-1"))


def test_whoever_signed_up_is_confirmed_by_an_administrator_once(idp, anyone, pool, make_client):
    app = make_client(pool)["ClientId"]
    anyone.sign_up(ClientId=app, Username="ann", Password=PASSWORD)
    idp.admin_confirm_sign_up(UserPoolId=pool, Username="ann")
    assert status(idp, pool, "ann") == "CONFIRMED"
    again = refused(idp.admin_confirm_sign_up, UserPoolId=pool, Username="ann")
    assert again == ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")


def test_a_user_is_disabled_enabled_and_deleted(idp, pool):
    idp.admin_create_user(UserPoolId=pool, Username="ann")
    idp.admin_disable_user(UserPoolId=pool, Username="ann")
    assert idp.admin_get_user(UserPoolId=pool, Username="ann")["Enabled"] is False
    idp.admin_enable_user(UserPoolId=pool, Username="ann")
    assert idp.admin_get_user(UserPoolId=pool, Username="ann")["Enabled"] is True
    idp.admin_delete_user(UserPoolId=pool, Username="ann")
    for call in (idp.admin_get_user, idp.admin_delete_user, idp.admin_disable_user, idp.admin_list_groups_for_user):
        assert refused(call, UserPoolId=pool, Username="ann") == NOBODY
    idp.admin_create_user(UserPoolId=pool, Username="ann")


def test_a_reset_sends_a_code_that_replaces_the_password(idp, anyone, pool, make_client, inside):
    app = make_client(pool)["ClientId"]
    idp.admin_create_user(UserPoolId=pool, Username="ann")
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    unreachable = refused(idp.admin_reset_user_password, UserPoolId=pool, Username="ann")
    assert unreachable[0] == "InvalidParameterException"
    given = attributes(email="a@example.com", email_verified="true")
    idp.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=given)
    idp.admin_reset_user_password(UserPoolId=pool, Username="ann")
    assert status(idp, pool, "ann") == "RESET_REQUIRED"
    code = inside.sent()[-1].code
    anyone.confirm_forgot_password(ClientId=app, Username="ann", ConfirmationCode=code, Password="Another-one-1")
    assert status(idp, pool, "ann") == "CONFIRMED"


def test_attributes_are_changed_and_deleted(idp, make_pool):
    pool = make_pool(Schema=[{"Name": "tenant", "Mutable": False}, {"Name": "email", "Required": True}])
    given = attributes(email="a@example.com", email_verified="true", custom__tenant="one", nickname="a")
    idp.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=given)

    def change(**values):
        return {"UserPoolId": pool, "Username": "ann", "UserAttributes": attributes(**values)}

    def attributes_now():
        return read(idp.admin_get_user(UserPoolId=pool, Username="ann")["UserAttributes"])

    fixed = refused(idp.admin_update_user_attributes, **change(custom__tenant="two"))
    assert fixed == ("InvalidParameterException", "user.custom:tenant: Attribute cannot be updated.\n")
    idp.admin_update_user_attributes(**change(email="b@example.com"))
    assert attributes_now()["email_verified"] == "false"
    idp.admin_update_user_attributes(**change(email_verified="true", nickname=""))
    assert attributes_now()["email_verified"] == "true"
    assert "nickname" not in attributes_now()
    named = {"UserPoolId": pool, "Username": "ann"}
    required = refused(idp.admin_delete_user_attributes, **named, UserAttributeNames=["email"])
    assert required[0] == "InvalidParameterException"
    unknown = refused(idp.admin_update_user_attributes, **change(phone_number_verified="true"))
    assert unknown == ("InvalidParameterException", "Phone Number is required to verify/un-verify a phone number")


def test_deleting_a_contact_takes_its_flag_along(idp, pool):
    given = attributes(email="a@example.com", email_verified="true", nickname="a")
    idp.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=given)
    idp.admin_delete_user_attributes(UserPoolId=pool, Username="ann", UserAttributeNames=["email"])
    assert set(read(idp.admin_get_user(UserPoolId=pool, Username="ann")["UserAttributes"])) == {"sub", "nickname"}


def test_a_user_of_another_provider_is_linked_to_one_user(idp, pool):
    for name in ("ann", "bob"):
        idp.admin_create_user(UserPoolId=pool, Username=name)
    source = {
        "ProviderName": "Google",
        "ProviderAttributeName": "Cognito_Subject",
        "ProviderAttributeValue": "1234",
    }

    def link(name):
        return {
            "UserPoolId": pool,
            "DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": name},
            "SourceUser": source,
        }

    idp.admin_link_provider_for_user(**link("ann"))
    idp.admin_link_provider_for_user(**link("ann"))
    assert refused(idp.admin_link_provider_for_user, **link("bob"))[0] == "AliasExistsException"
    by_mail = link("ann") | {"SourceUser": {**source, "ProviderAttributeName": "email"}}
    refusal = refused(idp.admin_link_provider_for_user, **by_mail)
    assert (refusal[0], "Cognito_Subject" in refusal[1]) == ("InvalidParameterException", True)
    shown = json.loads(read(idp.admin_get_user(UserPoolId=pool, Username="ann")["UserAttributes"])["identities"])
    assert [(one["userId"], one["providerName"], one["providerType"]) for one in shown] == [
        ("1234", "Google", "Google")
    ]
    gone = {"UserPoolId": pool, "Username": "ann", "UserAttributeNames": ["identities"]}
    assert refused(idp.admin_delete_user_attributes, **gone)[0] == "InvalidParameterException"
    idp.admin_disable_provider_for_user(UserPoolId=pool, User=source)
    assert "identities" not in read(idp.admin_get_user(UserPoolId=pool, Username="ann")["UserAttributes"])
    idp.admin_link_provider_for_user(**link("bob"))
    assert refused(idp.admin_link_provider_for_user, **link("eve")) == NOBODY


def test_a_text_message_needs_the_pools_settings_for_it(idp, pool, make_pool, inside):
    asked = {
        "Username": "ann",
        "UserAttributes": attributes(phone_number="+14325551212"),
        "DesiredDeliveryMediums": ["SMS"],
    }
    assert refused(idp.admin_create_user, UserPoolId=pool, **asked)[0] == "CodeDeliveryFailureException"
    idp.admin_create_user(UserPoolId=make_pool(SmsConfiguration=TEXTS), **asked)
    assert [(one.medium, one.to) for one in inside.sent()] == [("SMS", "+14325551212")]


def test_a_pool_with_another_first_factor_takes_users_without_a_password(idp, make_pool):
    pool = make_pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}})
    made = idp.admin_create_user(UserPoolId=pool, Username="ann")["User"]
    assert made["UserStatus"] == "CONFIRMED"
