import re

import pytest

from tests.services.cognito_idp.conftest import PASSWORD
from tests.services.cognito_idp.signing_in import by_password, make_user
from tests.services.policies import refused

NEW = "Another-one-2"
WRONG = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
TOO_MANY = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
NOBODY = ("UserNotFoundException", "Username/client id combination not found.")
UNREACHABLE = (
    "InvalidParameterException",
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
)
VERIFIED = {"email": "jane@example.com", "email_verified": "true"}


@pytest.fixture
def pool(make_pool):
    return make_pool(AutoVerifiedAttributes=["email"])


@pytest.fixture
def app(pool, make_client):
    return make_client(pool)["ClientId"]


@pytest.fixture
def hidden(pool, make_client):
    return make_client(pool, PreventUserExistenceErrors="ENABLED")["ClientId"]


@pytest.fixture
def jane(idp, pool):
    return make_user(idp, pool, **VERIFIED)


def recover(client_id, code, name="jane", password=NEW):
    return {"ClientId": client_id, "Username": name, "ConfirmationCode": code, "Password": password}


def test_a_forgotten_password_is_replaced_by_the_code(anyone, app, jane, inside):
    answer = anyone.forgot_password(ClientId=app, Username="jane")
    assert answer["CodeDeliveryDetails"]["Destination"] == "j***@e***"
    (message,) = inside.sent()
    assert message.kind == "CustomMessage_ForgotPassword"
    anyone.confirm_forgot_password(**recover(app, message.code))
    assert refused(by_password, anyone=anyone, client_id=app)[0] == "NotAuthorizedException"
    assert "AuthenticationResult" in by_password(anyone, app, password=NEW)
    assert refused(anyone.confirm_forgot_password, **recover(app, message.code)) == EXPIRED


def test_a_password_that_the_policy_does_not_take_spends_no_code(anyone, app, jane, inside):
    anyone.forgot_password(ClientId=app, Username="jane")
    code = inside.sent()[0].code
    short = refused(anyone.confirm_forgot_password, **recover(app, code, password="short"))
    assert short[0] == "InvalidPasswordException"
    anyone.confirm_forgot_password(**recover(app, code))


def test_the_code_is_good_for_an_hour_and_five_guesses(anyone, app, jane, inside):
    anyone.forgot_password(ClientId=app, Username="jane")
    code = inside.sent()[0].code
    for _ in range(5):
        assert refused(anyone.confirm_forgot_password, **recover(app, "x")) == WRONG
    assert refused(anyone.confirm_forgot_password, **recover(app, code)) == TOO_MANY
    inside.execute("UPDATE cognito_idp_counters SET until = 0")
    inside.execute("UPDATE cognito_idp_codes SET expires_at = expires_at - 3600")
    assert refused(anyone.confirm_forgot_password, **recover(app, code)) == EXPIRED


def test_a_reset_unlocks_whoever_was_locked_out(anyone, app, jane, inside):
    for _ in range(6):
        refused(by_password, anyone=anyone, client_id=app, password="wrong")
    anyone.forgot_password(ClientId=app, Username="jane")
    anyone.confirm_forgot_password(**recover(app, inside.sent()[0].code))
    assert "AuthenticationResult" in by_password(anyone, app, password=NEW)


def test_a_user_who_cannot_be_reached_is_told_so(idp, anyone, pool, app):
    make_user(idp, pool, email="jane@example.com")
    assert refused(anyone.forgot_password, ClientId=app, Username="jane") == UNREACHABLE
    assert refused(anyone.forgot_password, ClientId=app, Username="eve") == NOBODY
    idp.admin_create_user(UserPoolId=pool, Username="new")
    answer = refused(anyone.forgot_password, ClientId=app, Username="new")
    assert answer == ("NotAuthorizedException", "User password cannot be reset in the current state.")
    idp.admin_disable_user(UserPoolId=pool, Username="jane")
    answer = refused(anyone.forgot_password, ClientId=app, Username="jane")
    assert answer == ("NotAuthorizedException", "User is disabled.")


def test_a_client_that_hides_users_tells_everybody_that_a_code_was_sent(idp, anyone, pool, hidden, inside):
    make_user(idp, pool, "noreach")
    make_user(idp, pool, "off", **VERIFIED)
    idp.admin_disable_user(UserPoolId=pool, Username="off")
    idp.admin_create_user(UserPoolId=pool, Username="new")
    for name in ("noreach", "off", "new", "eve"):
        details = anyone.forgot_password(ClientId=hidden, Username=name)["CodeDeliveryDetails"]
        assert details["DeliveryMedium"] == "EMAIL"  # the pool sends no text messages, so nobody is told of one
        again = anyone.forgot_password(ClientId=hidden, Username=name)["CodeDeliveryDetails"]
        assert again == details
    assert inside.sent() == []


def test_known_and_unknown_names_meet_the_same_answers_and_limits(anyone, hidden, jane):
    told = {}
    for name in ("jane", "eve"):
        answers = [refused(anyone.confirm_forgot_password, **recover(hidden, "x", name))]
        for _ in range(5):
            anyone.forgot_password(ClientId=hidden, Username=name)
        answers.append(refused(anyone.forgot_password, ClientId=hidden, Username=name))
        answers += [refused(anyone.confirm_forgot_password, **recover(hidden, "x", name)) for _ in range(6)]
        told[name] = answers
    assert told["jane"] == told["eve"]
    assert told["jane"][0] == EXPIRED
    assert told["jane"][1] == TOO_MANY
    assert told["jane"][2] == WRONG
    assert told["jane"][-1] == TOO_MANY


def test_an_address_is_answered_with_itself_masked(anyone, make_pool, make_client):
    pool = make_pool(UsernameAttributes=["email"], AccountRecoverySetting=_by("verified_email"))
    app = make_client(pool, PreventUserExistenceErrors="ENABLED")["ClientId"]
    details = anyone.forgot_password(ClientId=app, Username="eve@example.com")["CodeDeliveryDetails"]
    assert details == {"Destination": "e***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}


def _by(*names):
    mechanisms = [{"Name": name, "Priority": number} for number, name in enumerate(names, 1)]
    return {"RecoveryMechanisms": mechanisms}


def test_the_preferred_verified_contact_is_written_to(idp, anyone, make_pool, make_client, inside):
    texts = {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts"}
    both = {**VERIFIED, "phone_number": "+14325551212", "phone_number_verified": "true"}
    for names, medium in ((("verified_email", "verified_phone_number"), "EMAIL"), (("verified_phone_number",), "SMS")):
        pool = make_pool(AccountRecoverySetting=_by(*names), SmsConfiguration=texts)
        make_user(idp, pool, **both)
        anyone.forgot_password(ClientId=make_client(pool)["ClientId"], Username="jane")
        assert inside.sent()[-1].medium == medium


def test_only_an_administrator_recovers_where_the_pool_says_so(idp, anyone, make_pool, make_client):
    pool = make_pool(AccountRecoverySetting=_by("admin_only"))
    make_user(idp, pool, **VERIFIED)
    answer = refused(anyone.forgot_password, ClientId=make_client(pool)["ClientId"], Username="jane")
    assert answer == ("NotAuthorizedException", "Contact administrator to reset password.")
    both = refused(idp.create_user_pool, PoolName="p", AccountRecoverySetting=_by("admin_only", "verified_email"))
    assert both[0] == "InvalidParameterException"


class TestChangePassword:
    def token(self, anyone, app, password=PASSWORD):
        return by_password(anyone, app, password=password)["AuthenticationResult"]["AccessToken"]

    def test_whoever_knows_the_old_one_replaces_it(self, anyone, app, jane):
        token = self.token(anyone, app)
        anyone.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)
        self.token(anyone, app, NEW)
        wrong = refused(anyone.change_password, AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="x" * 8)
        assert wrong == ("NotAuthorizedException", "Incorrect username or password.")
        none = refused(anyone.change_password, AccessToken=token, ProposedPassword="x" * 8)
        assert none == ("NotAuthorizedException", "Incorrect username or password.")

    def test_guesses_lock_as_they_do_at_sign_in(self, anyone, app, jane):
        token = self.token(anyone, app)
        asked = {"AccessToken": token, "ProposedPassword": NEW}
        for _ in range(5):
            refused(anyone.change_password, **asked, PreviousPassword="wrong")
        answer = refused(anyone.change_password, **asked, PreviousPassword=PASSWORD)
        assert answer == ("NotAuthorizedException", "Password attempts exceeded")

    def test_the_policy_and_the_history_are_kept(self, idp, anyone, make_pool, make_client):
        pool = make_pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}})
        app = make_client(pool)["ClientId"]
        make_user(idp, pool)
        asked = {"AccessToken": self.token(anyone, app), "PreviousPassword": PASSWORD}
        assert refused(anyone.change_password, **asked, ProposedPassword="short")[0] == "InvalidPasswordException"
        again = refused(anyone.change_password, **asked, ProposedPassword=PASSWORD)
        assert again[0] == "PasswordHistoryPolicyViolationException"

    def test_a_token_that_is_none_changes_nothing(self, anyone):
        answer = refused(anyone.change_password, AccessToken="a.b.c", PreviousPassword="x", ProposedPassword="y" * 8)
        assert answer == ("NotAuthorizedException", "Invalid Access Token")


def test_a_made_up_destination_looks_like_a_real_one(anyone, hidden):
    answer = anyone.forgot_password(ClientId=hidden, Username="somebody")["CodeDeliveryDetails"]
    assert re.fullmatch(r"[a-z]\*\*\*@[a-z]\*\*\*", answer["Destination"])
