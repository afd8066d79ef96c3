import re

import pytest

from tests.services.cognito_idp.conftest import PASSWORD, attributes, read
from tests.services.policies import refused

NOBODY = ("UserNotFoundException", "Username/client id combination not found.")
WRONG = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
TOO_MANY = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
TEXTS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts"}


@pytest.fixture
def pool(make_pool):
    return make_pool(AutoVerifiedAttributes=["email"])


@pytest.fixture
def app(pool, make_client):
    return make_client(pool)["ClientId"]


def sign_up(anyone, client_id, name="ann", **values):
    given = values or {"email": f"{name}@example.com"}
    return anyone.sign_up(ClientId=client_id, Username=name, Password=PASSWORD, UserAttributes=attributes(**given))


def test_a_user_signs_up_and_is_confirmed_by_the_code(idp, anyone, pool, app, inside):
    answer = sign_up(anyone, app)
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    user = idp.admin_get_user(UserPoolId=pool, Username="ann")
    assert user["UserStatus"] == "UNCONFIRMED"
    assert read(user["UserAttributes"]) == {
        "sub": answer["UserSub"],
        "email": "ann@example.com",
        "email_verified": "false",
    }
    (message,) = inside.sent()
    assert (message.to, message.medium, message.kind) == ("ann@example.com", "EMAIL", "CustomMessage_SignUp")
    assert message.body == f"Your confirmation code is {message.code}"
    anyone.confirm_sign_up(ClientId=app, Username="ann", ConfirmationCode=message.code)
    user = idp.admin_get_user(UserPoolId=pool, Username="ann")
    assert user["UserStatus"] == "CONFIRMED"
    assert read(user["UserAttributes"])["email_verified"] == "true"
    again = refused(anyone.confirm_sign_up, ClientId=app, Username="ann", ConfirmationCode=message.code)
    assert again == ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")


def test_the_code_is_not_readable_in_the_database(anyone, app, inside, product):
    sign_up(anyone, app)
    code = inside.sent()[0].code
    stored = b"".join(path.read_bytes() for path in product.product.settings.data.glob("gatewright.sqlite3*"))
    assert b"ann@example.com" in stored
    assert code.encode() not in stored
    assert PASSWORD.encode() not in stored


def test_a_wrong_code_is_counted_although_the_call_fails(anyone, app, inside):
    sign_up(anyone, app)
    code = inside.sent()[0].code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert refused(anyone.confirm_sign_up, ClientId=app, Username="ann", ConfirmationCode=wrong) == WRONG
    assert refused(anyone.confirm_sign_up, ClientId=app, Username="ann", ConfirmationCode=code) == TOO_MANY
    inside.execute("UPDATE cognito_idp_counters SET until = 0")
    anyone.confirm_sign_up(ClientId=app, Username="ann", ConfirmationCode=code)


def test_a_new_code_does_not_give_new_guesses(anyone, app, inside):
    sign_up(anyone, app)
    for _ in range(5):
        refused(anyone.confirm_sign_up, ClientId=app, Username="ann", ConfirmationCode="x")
    anyone.resend_confirmation_code(ClientId=app, Username="ann")
    code = inside.sent()[-1].code
    assert refused(anyone.confirm_sign_up, ClientId=app, Username="ann", ConfirmationCode=code) == TOO_MANY


def test_a_code_expires_after_a_day(anyone, app, inside):
    sign_up(anyone, app)
    code = inside.sent()[0].code
    inside.execute("UPDATE cognito_idp_codes SET expires_at = expires_at - 86400")
    assert refused(anyone.confirm_sign_up, ClientId=app, Username="ann", ConfirmationCode=code) == EXPIRED


def test_a_resent_code_replaces_the_first(anyone, app, inside):
    sign_up(anyone, app)
    answer = anyone.resend_confirmation_code(ClientId=app, Username="ann")
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    first, second = (message.code for message in inside.sent())
    if first != second:
        assert refused(anyone.confirm_sign_up, ClientId=app, Username="ann", ConfirmationCode=first) == WRONG
    anyone.confirm_sign_up(ClientId=app, Username="ann", ConfirmationCode=second)
    again = refused(anyone.resend_confirmation_code, ClientId=app, Username="ann")
    assert again == ("InvalidParameterException", "User is already confirmed.")


def test_only_so_many_codes_are_sent_in_an_hour(anyone, app, inside):
    sign_up(anyone, app)
    for _ in range(4):
        anyone.resend_confirmation_code(ClientId=app, Username="ann")
    assert refused(anyone.resend_confirmation_code, ClientId=app, Username="ann") == TOO_MANY
    assert len(inside.sent()) == 5


def test_a_name_is_taken_once(anyone, app):
    sign_up(anyone, app)
    taken = refused(anyone.sign_up, ClientId=app, Username="ann", Password=PASSWORD)
    assert taken == ("UsernameExistsException", "User already exists")
    sign_up(anyone, app, "Ann", nickname="another")  # the pool's names have a case


def test_names_without_case_are_taken_in_any(idp, anyone, make_pool, make_client):
    pool = make_pool(UsernameConfiguration={"CaseSensitive": False})
    app = make_client(pool)["ClientId"]
    sign_up(anyone, app, "Ann")
    assert refused(anyone.sign_up, ClientId=app, Username="aNN", Password=PASSWORD)[0] == "UsernameExistsException"
    assert idp.admin_get_user(UserPoolId=pool, Username="ANN")["Username"] == "Ann"


def test_an_unknown_name_is_told_unless_the_client_hides_it(anyone, pool, app, make_client):
    assert refused(anyone.confirm_sign_up, ClientId=app, Username="eve", ConfirmationCode="1") == NOBODY
    assert refused(anyone.resend_confirmation_code, ClientId=app, Username="eve") == NOBODY
    hidden = make_client(pool, PreventUserExistenceErrors="ENABLED")["ClientId"]
    details = anyone.resend_confirmation_code(ClientId=hidden, Username="eve")["CodeDeliveryDetails"]
    assert details["DeliveryMedium"] == "EMAIL"
    assert re.fullmatch(r"e\*\*\*@[a-z]\*\*\*", details["Destination"])
    assert anyone.resend_confirmation_code(ClientId=hidden, Username="eve")["CodeDeliveryDetails"] == details
    assert refused(anyone.confirm_sign_up, ClientId=hidden, Username="eve", ConfirmationCode="1") == WRONG
    assert refused(anyone.confirm_sign_up, ClientId=hidden, Username="new", ConfirmationCode="1") == EXPIRED


def test_a_hidden_name_meets_the_same_limits_as_a_user(anyone, pool, make_client):
    hidden = make_client(pool, PreventUserExistenceErrors="ENABLED")["ClientId"]
    sign_up(anyone, hidden)  # one message
    for _ in range(4):
        anyone.resend_confirmation_code(ClientId=hidden, Username="ann")
    for _ in range(5):
        anyone.resend_confirmation_code(ClientId=hidden, Username="eve")
    for name in ("ann", "eve"):
        assert refused(anyone.resend_confirmation_code, ClientId=hidden, Username=name) == TOO_MANY
        for _ in range(5):
            assert refused(anyone.confirm_sign_up, ClientId=hidden, Username=name, ConfirmationCode="x") == WRONG
        assert refused(anyone.confirm_sign_up, ClientId=hidden, Username=name, ConfirmationCode="x") == TOO_MANY


def test_whoever_is_confirmed_looks_like_nobody_to_a_client_that_hides_users(idp, anyone, pool, make_client):
    hidden = make_client(pool, PreventUserExistenceErrors="ENABLED")["ClientId"]
    idp.admin_create_user(UserPoolId=pool, Username="ann")
    answers = {
        refused(anyone.confirm_sign_up, ClientId=hidden, Username=name, ConfirmationCode="x") for name in ("ann", "eve")
    }
    assert answers == {EXPIRED}


def test_a_pool_for_invited_users_takes_no_sign_ups(anyone, make_pool, make_client):
    pool = make_pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    answer = refused(sign_up, anyone=anyone, client_id=make_client(pool)["ClientId"])
    assert answer == ("NotAuthorizedException", "SignUp is not permitted for this user pool")


@pytest.mark.parametrize(
    ("policy", "password", "reason"),
    [
        ({"MinimumLength": 12}, "short-pw", "Password not long enough"),
        ({"RequireUppercase": True}, "all-lower-1", "Password must have uppercase characters"),
        ({"RequireLowercase": True}, "ALL-UPPER-1", "Password must have lowercase characters"),
        ({"RequireNumbers": True}, "no-digits", "Password must have numeric characters"),
        ({"RequireSymbols": True}, "NoSymbols1", "Password must have symbol characters"),
    ],
)
def test_a_password_is_held_against_the_policy(anyone, make_pool, make_client, policy, password, reason):
    pool = make_pool(Policies={"PasswordPolicy": {"MinimumLength": 6, **policy}})
    app = make_client(pool)["ClientId"]
    answer = refused(anyone.sign_up, ClientId=app, Username="ann", Password=password)
    assert answer == ("InvalidPasswordException", f"Password did not conform with policy: {reason}")


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"custom__none": "1"}, "InvalidParameterException", "custom:none: Attribute does not exist in the schema."),
        ({"email": "nobody"}, "InvalidParameterException", "Invalid email address format."),
        ({"phone_number": "0123"}, "InvalidParameterException", "Invalid phone number format."),
        ({"birthdate": "2000"}, "InvalidParameterException", "birthdate: String must be longer than 10 characters"),
        ({"updated_at": "x"}, "InvalidParameterException", "updated_at: Value must be a number."),
        ({"sub": "x"}, "InvalidParameterException", "Cannot modify the non-mutable attribute sub"),
        ({"email": "a@b.c", "email_verified": "true"}, "NotAuthorizedException", "write unauthorized attribute"),
    ],
)
def test_attributes_are_held_against_the_schema(anyone, app, given, code, message):
    answer = refused(sign_up, anyone=anyone, client_id=app, **given)
    assert answer[0] == code
    assert message in answer[1]


def test_what_the_client_may_not_write_is_not_written(anyone, make_pool, make_client):
    pool = make_pool(Schema=[{"Name": "role"}, {"Name": "team"}])
    closed = make_client(pool)["ClientId"]
    for values in ({"custom__role": "admin"}, {"nickname": "a", "custom__role": "admin"}):
        answer = refused(sign_up, anyone=anyone, client_id=closed, **values)
        assert answer == ("NotAuthorizedException", "A client attempted to write unauthorized attribute")
    opened = make_client(pool, WriteAttributes=["custom:team", "email"])["ClientId"]
    sign_up(anyone, opened, custom__team="red")
    assert refused(sign_up, anyone=anyone, client_id=opened, name="bob", custom__role="admin")[0] == (
        "NotAuthorizedException"
    )


def test_what_the_pool_requires_must_be_given(anyone, make_pool, make_client):
    pool = make_pool(Schema=[{"Name": "email", "Required": True}, {"Name": "given_name", "Required": True}])
    app = make_client(pool)["ClientId"]
    answer = refused(sign_up, anyone=anyone, client_id=app, email="a@example.com")
    assert answer == (
        "InvalidParameterException",
        "Attributes did not conform to the schema: name.givenName: The attribute is required\n",
    )


def test_the_phone_is_confirmed_where_both_are_asked_for(idp, anyone, make_pool, make_client, inside):
    pool = make_pool(AutoVerifiedAttributes=["email", "phone_number"], SmsConfiguration=TEXTS)
    app = make_client(pool)["ClientId"]
    answer = sign_up(anyone, app, email="a@example.com", phone_number="+14325551212")
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "+*******1212",
        "DeliveryMedium": "SMS",
        "AttributeName": "phone_number",
    }
    anyone.confirm_sign_up(ClientId=app, Username="ann", ConfirmationCode=inside.sent()[0].code)
    user = read(idp.admin_get_user(UserPoolId=pool, Username="ann")["UserAttributes"])
    assert (user["phone_number_verified"], user["email_verified"]) == ("true", "false")


def test_the_pools_own_text_is_sent_and_a_name_in_it_is_no_html(anyone, make_pool, make_client, inside):
    template = {"EmailSubject": "Welcome", "EmailMessage": "Hello {username}, {####}!"}
    pool = make_pool(AutoVerifiedAttributes=["email"], VerificationMessageTemplate=template)
    sign_up(anyone, make_client(pool)["ClientId"], "<b>ann", email="ann@example.com")
    (message,) = inside.sent()
    assert message.subject == "Welcome"
    assert message.body == f"Hello &lt;b&gt;ann, {message.code}!"


class TestContactsInPlaceOfUsernames:
    @pytest.fixture
    def pool(self, make_pool):
        return make_pool(UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])

    def test_the_username_is_the_sub(self, idp, anyone, pool, app):
        answer = anyone.sign_up(ClientId=app, Username="ann@example.com", Password=PASSWORD)
        user = idp.admin_get_user(UserPoolId=pool, Username="ann@example.com")
        assert user["Username"] == answer["UserSub"]
        assert read(user["UserAttributes"])["email"] == "ann@example.com"
        assert idp.admin_get_user(UserPoolId=pool, Username=answer["UserSub"])["Username"] == answer["UserSub"]

    def test_the_contact_is_taken_once_before_it_is_verified(self, anyone, app):
        anyone.sign_up(ClientId=app, Username="ann@example.com", Password=PASSWORD)
        answer = refused(anyone.sign_up, ClientId=app, Username="ann@example.com", Password=PASSWORD)
        assert answer == ("UsernameExistsException", "An account with the given email already exists.")

    def test_another_name_is_refused(self, anyone, app):
        answer = refused(anyone.sign_up, ClientId=app, Username="ann", Password=PASSWORD)
        assert answer == ("InvalidParameterException", "Username should be an email.")

    def test_a_second_address_that_is_not_the_name_is_refused(self, anyone, app):
        answer = refused(sign_up, anyone=anyone, client_id=app, name="a@example.com", email="b@example.com")
        assert answer[0] == "InvalidParameterException"


class TestAliases:
    @pytest.fixture
    def pool(self, make_pool):
        return make_pool(AliasAttributes=["email", "preferred_username"], AutoVerifiedAttributes=["email"])

    def confirm(self, anyone, app, inside, name, **more):
        code = inside.sent()[-1].code
        return {"ClientId": app, "Username": name, "ConfirmationCode": code, **more}

    def test_an_alias_counts_once_it_is_verified(self, idp, anyone, pool, app, inside):
        sign_up(anyone, app)
        unknown = refused(idp.admin_get_user, UserPoolId=pool, Username="ann@example.com")
        assert unknown == ("UserNotFoundException", "User does not exist.")
        anyone.confirm_sign_up(**self.confirm(anyone, app, inside, "ann"))
        assert idp.admin_get_user(UserPoolId=pool, Username="ann@example.com")["Username"] == "ann"

    def test_an_alias_of_another_is_taken_only_by_force(self, idp, anyone, pool, app, inside):
        sign_up(anyone, app)
        anyone.confirm_sign_up(**self.confirm(anyone, app, inside, "ann"))
        sign_up(anyone, app, "bob", email="ann@example.com")
        asked = self.confirm(anyone, app, inside, "bob")
        answer = refused(anyone.confirm_sign_up, **asked)
        assert answer == ("AliasExistsException", "An account with the given email already exists.")
        anyone.confirm_sign_up(**asked, ForceAliasCreation=True)
        assert idp.admin_get_user(UserPoolId=pool, Username="ann@example.com")["Username"] == "bob"
        ann = read(idp.admin_get_user(UserPoolId=pool, Username="ann")["UserAttributes"])
        assert ann["email_verified"] == "false"

    def test_a_username_must_not_look_like_an_alias(self, anyone, app):
        answer = refused(anyone.sign_up, ClientId=app, Username="ann@example.com", Password=PASSWORD)
        assert answer[0] == "InvalidParameterException"
        assert "cannot be of email format" in answer[1]

    def test_a_preferred_username_comes_after_confirmation(self, idp, anyone, pool, app, inside):
        answer = refused(sign_up, anyone=anyone, client_id=app, preferred_username="annie")
        assert answer[0] == "InvalidParameterException"
        for name in ("ann", "bob"):
            idp.admin_create_user(UserPoolId=pool, Username=name)
        wanted = attributes(preferred_username="annie")
        idp.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=wanted)
        assert idp.admin_get_user(UserPoolId=pool, Username="annie")["Username"] == "ann"
        taken = refused(idp.admin_update_user_attributes, UserPoolId=pool, Username="bob", UserAttributes=wanted)
        assert taken == ("AliasExistsException", "Already found an entry for the provided username.")
