import pytest

from tests.services.cognito_idp.conftest import attributes, read
from tests.services.cognito_idp.signing_in import by_password, make_user
from tests.services.policies import refused

WRONG = "CodeMismatchException"
EXPIRED = "ExpiredCodeException"
UNWRITABLE = ("NotAuthorizedException", "A client attempted to write unauthorized attribute")


@pytest.fixture
def pool(make_pool):
    return make_pool(AutoVerifiedAttributes=["email"], Schema=[{"Name": "role"}, {"Name": "color"}])


@pytest.fixture
def app(pool, make_client):
    return make_client(pool)["ClientId"]


@pytest.fixture
def token(idp, anyone, pool, app):
    make_user(idp, pool, email="jane@example.com", email_verified="true", custom__role="user")
    return by_password(anyone, app)["AuthenticationResult"]["AccessToken"]


def now(idp, pool, name="jane"):
    return read(idp.admin_get_user(UserPoolId=pool, Username=name)["UserAttributes"])


def test_a_new_address_is_not_verified_until_its_code_came(idp, anyone, pool, token, inside):
    answer = anyone.update_user_attributes(AccessToken=token, UserAttributes=attributes(email="new@other.org"))
    assert answer["CodeDeliveryDetailsList"] == [
        {"Destination": "n***@o***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    ]
    assert (now(idp, pool)["email"], now(idp, pool)["email_verified"]) == ("new@other.org", "false")
    (message,) = inside.sent()
    assert (message.to, message.kind) == ("new@other.org", "CustomMessage_UpdateUserAttribute")
    asked = {"AccessToken": token, "AttributeName": "email"}
    assert refused(anyone.verify_user_attribute, **asked, Code="x")[0] == WRONG
    anyone.verify_user_attribute(**asked, Code=message.code)
    assert now(idp, pool)["email_verified"] == "true"
    assert refused(anyone.verify_user_attribute, **asked, Code=message.code)[0] == EXPIRED


def test_the_same_address_again_changes_nothing(idp, anyone, pool, token, inside):
    answer = anyone.update_user_attributes(AccessToken=token, UserAttributes=attributes(email="jane@example.com"))
    assert answer["CodeDeliveryDetailsList"] == []
    assert now(idp, pool)["email_verified"] == "true"
    assert inside.sent() == []


def test_a_code_for_an_address_is_void_when_the_address_changes_again(idp, anyone, token, pool, inside):
    anyone.update_user_attributes(AccessToken=token, UserAttributes=attributes(email="first@other.org"))
    first = inside.sent()[-1].code
    idp.admin_update_user_attributes(
        UserPoolId=pool,
        Username="jane",
        UserAttributes=attributes(email="second@other.org", email_verified="true"),
    )
    answer = refused(anyone.verify_user_attribute, AccessToken=token, AttributeName="email", Code=first)
    assert answer[0] == EXPIRED


def test_a_reset_code_that_went_to_the_old_address_is_void(anyone, app, token, inside):
    anyone.forgot_password(ClientId=app, Username="jane")
    code = inside.sent()[-1].code
    anyone.update_user_attributes(AccessToken=token, UserAttributes=attributes(email="new@other.org"))
    asked = {"ClientId": app, "Username": "jane", "ConfirmationCode": code, "Password": "Another-one-2"}
    assert refused(anyone.confirm_forgot_password, **asked)[0] == EXPIRED


def test_an_address_that_must_be_verified_first_is_kept_until_then(idp, anyone, make_pool, make_client, inside):
    settings = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    pool = make_pool(
        AutoVerifiedAttributes=["email"], UserAttributeUpdateSettings=settings, UsernameAttributes=["email"]
    )
    app = make_client(pool)["ClientId"]
    make_user(idp, pool, "old@example.com", email_verified="true")
    token = by_password(anyone, app, "old@example.com")["AuthenticationResult"]["AccessToken"]
    anyone.update_user_attributes(AccessToken=token, UserAttributes=attributes(email="new@example.com"))
    shown = now(idp, pool, "old@example.com")
    assert (shown["email"], shown["email_verified"]) == ("old@example.com", "true")
    assert refused(idp.admin_get_user, UserPoolId=pool, Username="new@example.com")[0] == "UserNotFoundException"
    asked = {"AccessToken": token, "AttributeName": "email"}
    anyone.get_user_attribute_verification_code(**asked)
    assert [message.to for message in inside.sent()] == ["new@example.com", "new@example.com"]
    anyone.verify_user_attribute(**asked, Code=inside.sent()[-1].code)
    assert now(idp, pool, "new@example.com")["email_verified"] == "true"
    assert refused(idp.admin_get_user, UserPoolId=pool, Username="old@example.com")[0] == "UserNotFoundException"


def test_an_address_that_is_anothers_name_is_refused(idp, anyone, make_pool, make_client):
    pool = make_pool(UsernameAttributes=["email"])
    app = make_client(pool)["ClientId"]
    for name in ("a@example.com", "b@example.com"):
        make_user(idp, pool, name)
    token = by_password(anyone, app, "a@example.com")["AuthenticationResult"]["AccessToken"]
    answer = refused(anyone.update_user_attributes, AccessToken=token, UserAttributes=attributes(email="b@example.com"))
    assert answer == ("AliasExistsException", "An account with the given email already exists.")
    none = refused(anyone.delete_user_attributes, AccessToken=token, UserAttributeNames=["email"])
    assert none[0] == "InvalidParameterException"


def test_i7_nobody_gives_themselves_a_role_or_a_verified_address(idp, anyone, pool, token):
    for values in ({"custom__role": "admin"}, {"email_verified": "true"}, {"phone_number_verified": "true"}):
        answer = refused(anyone.update_user_attributes, AccessToken=token, UserAttributes=attributes(**values))
        assert answer == UNWRITABLE
    answer = refused(anyone.delete_user_attributes, AccessToken=token, UserAttributeNames=["custom:role"])
    assert answer == UNWRITABLE
    answer = refused(anyone.update_user_attributes, AccessToken=token, UserAttributes=attributes(sub="x"))
    assert answer[0] == "InvalidParameterException"
    assert now(idp, pool)["custom:role"] == "user"


def test_i7_an_address_in_another_case_is_another_address(idp, anyone, pool, token):
    anyone.update_user_attributes(AccessToken=token, UserAttributes=attributes(email="JANE@example.com"))
    assert now(idp, pool)["email_verified"] == "false"


def test_a_client_writes_what_it_may(idp, anyone, pool, make_client):
    make_user(idp, pool)
    app = make_client(pool, WriteAttributes=["custom:color", "nickname"])["ClientId"]
    token = by_password(anyone, app)["AuthenticationResult"]["AccessToken"]
    given = attributes(custom__color="red", nickname="j")
    anyone.update_user_attributes(AccessToken=token, UserAttributes=given)
    anyone.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname"])
    assert "nickname" not in now(idp, pool)
    assert now(idp, pool)["custom:color"] == "red"
    other = refused(anyone.update_user_attributes, AccessToken=token, UserAttributes=attributes(name="Jane"))
    assert other == UNWRITABLE


def test_only_contacts_are_verified(anyone, token):
    asked = {"AccessToken": token, "AttributeName": "nickname"}
    assert refused(anyone.get_user_attribute_verification_code, **asked)[0] == "InvalidParameterException"
    assert refused(anyone.verify_user_attribute, **asked, Code="1")[0] == "InvalidParameterException"
    phone = {"AccessToken": token, "AttributeName": "phone_number"}
    assert refused(anyone.get_user_attribute_verification_code, **phone)[0] == "InvalidParameterException"


def test_a_user_goes_and_the_token_is_dead(idp, anyone, pool, token):
    anyone.delete_user(AccessToken=token)
    assert refused(idp.admin_get_user, UserPoolId=pool, Username="jane")[0] == "UserNotFoundException"
    assert refused(anyone.delete_user, AccessToken=token)[0] in ("UserNotFoundException", "NotAuthorizedException")
    assert idp.list_users(UserPoolId=pool, Filter='email = "jane@example.com"')["Users"] == []


def test_i8_a_disabled_user_changes_nothing(idp, anyone, pool, token):
    idp.admin_disable_user(UserPoolId=pool, Username="jane")
    answer = refused(anyone.update_user_attributes, AccessToken=token, UserAttributes=attributes(nickname="x"))
    assert answer[0] == "NotAuthorizedException"
