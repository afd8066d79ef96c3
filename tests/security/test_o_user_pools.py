"""O8, O9: who exists is told to nobody, and no short secret can be tried out."""

# ruff: noqa: F811  # fixtures are imported by their names
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.running import Running
from tests.services.cognito_idp.conftest import (  # noqa: F401  # fixtures
    PASSWORD,
    Inside,
    anyone,
    idp,
    inside,
    make_client,
    make_pool,
)
from tests.services.cognito_idp.signing_in import by_password, make_user, refused, srp

Make = Callable[..., Any]
WRONG = ("NotAuthorizedException", "Incorrect username or password.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")


@pytest.fixture
def pool_id(make_pool: Make) -> str:
    made: str = make_pool()
    return made


@pytest.fixture
def client_id(make_client: Make, pool_id: str) -> str:
    flows = [f"ALLOW_{name}" for name in ("USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH", "REFRESH_TOKEN_AUTH")]
    return str(make_client(pool_id, ExplicitAuthFlows=flows, PreventUserExistenceErrors="ENABLED")["ClientId"])


def test_o8_a_wrong_password_and_a_wrong_name_are_answered_alike(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id)
    for name in ("jane", "nobody"):
        answer = refused(ClientError, lambda name=name: by_password(anyone, client_id, name, "Wrong-horse-1"))
        assert answer == WRONG
        client = srp(anyone, pool_id, client_id, name, "Wrong-horse-1")
        assert refused(ClientError, client.authenticate_user) == WRONG


def test_o8_the_first_answer_of_srp_looks_alike_and_has_a_stable_salt(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id)

    def begin(name: str) -> dict[str, str]:
        asked = anyone.initiate_auth(
            AuthFlow="USER_SRP_AUTH",
            ClientId=client_id,
            AuthParameters=srp(anyone, pool_id, client_id, name).get_auth_params(),
        )
        assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
        parameters: dict[str, str] = asked["ChallengeParameters"]
        return parameters

    jane, nobody, again, other = begin("jane"), begin("nobody"), begin("nobody"), begin("somebody")
    assert jane.keys() == nobody.keys()
    assert nobody["SALT"] == again["SALT"] != other["SALT"]
    assert nobody["SRP_B"] != again["SRP_B"]
    assert nobody["USER_ID_FOR_SRP"] == "nobody"
    assert len(begin("nina")["SECRET_BLOCK"]) == len(jane["SECRET_BLOCK"])
    assert begin("NOBODY")["SALT"] == begin("NOBODY")["SALT"]


def test_o8_a_pool_of_mail_addresses_gives_nobody_a_username_that_stays(
    anyone: Any, make_pool: Make, make_client: Make
) -> None:
    pool_id = make_pool(UsernameAttributes=["email"])
    client_id = make_client(pool_id, PreventUserExistenceErrors="ENABLED")["ClientId"]

    def name_of(mail: str) -> str:
        parameters = srp(anyone, pool_id, client_id, mail).get_auth_params()
        asked = anyone.initiate_auth(AuthFlow="USER_SRP_AUTH", ClientId=client_id, AuthParameters=parameters)
        return str(asked["ChallengeParameters"]["USER_ID_FOR_SRP"])

    assert name_of("a@example.com") == name_of("a@example.com") != name_of("b@example.com")
    assert len(name_of("a@example.com")) == 36


@pytest.mark.parametrize("name", ["jane", "nobody"])
def test_o8_o9_who_guesses_is_locked_out_whether_or_not_the_user_exists(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside, name: str
) -> None:
    make_user(idp, pool_id)
    answers = [refused(ClientError, lambda: by_password(anyone, client_id, name, "Wrong-horse-1")) for _ in range(5)]
    assert answers == [WRONG] * 5
    inside.execute("UPDATE cognito_idp_counters SET since = since + 60, until = until + 60")
    assert refused(ClientError, lambda: by_password(anyone, client_id, name, PASSWORD)) == LOCKED
    client = srp(anyone, pool_id, client_id, name)
    assert refused(ClientError, client.authenticate_user) == LOCKED


def test_o9_a_lock_ends_and_the_right_password_forgets_it(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    make_user(idp, pool_id)
    for _ in range(5):
        refused(ClientError, lambda: by_password(anyone, client_id, password="Wrong-horse-1"))
    inside.execute("UPDATE cognito_idp_counters SET since = since - 10")
    assert refused(ClientError, lambda: by_password(anyone, client_id, password="Wrong-horse-1")) == WRONG
    inside.execute("UPDATE cognito_idp_counters SET since = since - 10")
    assert by_password(anyone, client_id)["AuthenticationResult"]
    for _ in range(4):
        assert refused(ClientError, lambda: by_password(anyone, client_id, password="Wrong-horse-1")) == WRONG
    assert by_password(anyone, client_id)["AuthenticationResult"]


def test_o9_guesses_at_the_same_moment_are_counted_one_after_another(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id)
    answers: list[tuple[str, str]] = []

    def guess() -> None:
        answers.append(refused(ClientError, lambda: by_password(anyone, client_id, password="Wrong-horse-1")))

    threads = [threading.Thread(target=guess) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(WRONG) <= 7  # five, and one for each second that a slow machine takes
    assert LOCKED in answers


def test_o9_codes_of_an_authenticator_app_cannot_be_tried_out(
    idp: Any, anyone: Any, pool_id: str, client_id: str, product: Running
) -> None:
    make_user(idp, pool_id)
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    session = by_password(anyone, client_id)["Session"]
    given = anyone.associate_software_token(Session=session)

    def guess(code: int) -> tuple[str, str]:
        return refused(
            ClientError, lambda: anyone.verify_software_token(Session=given["Session"], UserCode=f"{code:06}")
        )

    assert LOCKED in [guess(code) for code in range(8)]


def test_j14_a_session_that_was_altered_or_is_of_another_client_is_refused(
    idp: Any, anyone: Any, pool_id: str, client_id: str, make_client: Make
) -> None:
    idp.admin_create_user(UserPoolId=pool_id, Username="jane", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    session = by_password(anyone, client_id)["Session"]
    other = make_client(pool_id, ClientName="other")["ClientId"]

    def respond(session: str, client: str = client_id, name: str = "NEW_PASSWORD_REQUIRED") -> Any:
        return anyone.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName=name,
            Session=session,
            ChallengeResponses={"USERNAME": "jane", "NEW_PASSWORD": "Another-horse-2", "ANSWER": "PASSWORD"},
        )

    for act in (
        lambda: respond(session[:-4]),
        lambda: respond("A" * len(session)),
        lambda: respond(session + "AAAA"),
        lambda: respond(session, other),
        lambda: respond(session, name="SELECT_CHALLENGE"),
    ):
        assert refused(ClientError, act) == ("NotAuthorizedException", "Invalid session for the user.")
    assert respond(session)["AuthenticationResult"]


@pytest.mark.parametrize("state", ["disabled", "reset"])
def test_o8_who_asks_for_a_code_learns_nothing_of_a_user_who_may_not_sign_in(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make, inside: Inside, state: str
) -> None:
    pool_id = make_pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}})
    flows = ["ALLOW_USER_AUTH"]
    client_id = make_client(pool_id, ExplicitAuthFlows=flows, PreventUserExistenceErrors="ENABLED")["ClientId"]
    make_user(idp, pool_id, email="jane@example.com", email_verified="true")
    if state == "disabled":
        idp.admin_disable_user(UserPoolId=pool_id, Username="jane")
    else:
        idp.admin_reset_user_password(UserPoolId=pool_id, Username="jane")
    sent = len(inside.sent())

    def ask(name: str, **more: str) -> Any:
        parameters = {"USERNAME": name, **more}
        return anyone.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters=parameters)

    def answer(asked: Any, name: str, challenge: str, **answers: str) -> Any:
        return anyone.respond_to_auth_challenge(
            ClientId=client_id,
            ChallengeName=challenge,
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, **answers},
        )

    for begin in (
        lambda name: ask(name, PREFERRED_CHALLENGE="EMAIL_OTP"),
        lambda name: answer(ask(name), name, "SELECT_CHALLENGE", ANSWER="EMAIL_OTP"),
    ):
        jane, nobody = begin("jane"), begin("nobody")
        assert jane.keys() == nobody.keys()

        def guess(name: str, asked: Any) -> tuple[str, str]:
            return refused(ClientError, lambda: answer(asked, name, "EMAIL_OTP", EMAIL_OTP_CODE="123456"))

        assert guess("jane", jane) == guess("nobody", nobody)
    assert len(inside.sent()) == sent


def test_o6_a_token_that_was_rotated_out_is_dead_also_when_its_client_rotates_no_more(
    idp: Any, anyone: Any, pool_id: str, make_client: Make
) -> None:
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    client_id = make_client(pool_id, ExplicitAuthFlows=flows, RefreshTokenRotation=rotation)["ClientId"]
    make_user(idp, pool_id)
    stolen = by_password(anyone, client_id)["AuthenticationResult"]["RefreshToken"]
    rotated = anyone.get_tokens_from_refresh_token(ClientId=client_id, RefreshToken=stolen)["AuthenticationResult"]
    flows = [*flows, "ALLOW_REFRESH_TOKEN_AUTH"]
    idp.update_user_pool_client(UserPoolId=pool_id, ClientId=client_id, ExplicitAuthFlows=flows)

    def refresh(token: str) -> Any:
        parameters = {"REFRESH_TOKEN": token}
        return anyone.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=client_id, AuthParameters=parameters)

    for act in (refresh, lambda token: anyone.get_tokens_from_refresh_token(ClientId=client_id, RefreshToken=token)):
        assert refused(ClientError, lambda act=act: act(stolen))[0] == "NotAuthorizedException"
        assert act(rotated["RefreshToken"])["AuthenticationResult"]["IdToken"]


def test_o6_the_older_names_of_flows_lead_around_no_rotation(
    idp: Any, anyone: Any, pool_id: str, make_client: Make
) -> None:
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    flows = ["USER_PASSWORD_AUTH"]
    client_id = make_client(pool_id, ExplicitAuthFlows=flows, RefreshTokenRotation=rotation)["ClientId"]
    make_user(idp, pool_id)
    token = by_password(anyone, client_id)["AuthenticationResult"]["RefreshToken"]
    for flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
        code, _ = refused(
            ClientError,
            lambda flow=flow: anyone.initiate_auth(
                AuthFlow=flow, ClientId=client_id, AuthParameters={"REFRESH_TOKEN": token}
            ),
        )
        assert code == "InvalidParameterException"


@pytest.mark.parametrize(("name", "longest"), [("USERNAME", 512), ("DEVICE_KEY", 55)])
def test_o9_a_session_holds_nothing_of_any_length_that_somebody_sends(
    anyone: Any, client_id: str, name: str, longest: int
) -> None:
    def begin(length: int) -> Any:
        parameters = {"USERNAME": "nobody", name: "x" * length}
        return anyone.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters=parameters)

    assert len(begin(longest)["Session"]) <= 2_048  # AWS's limit of a Session, which must be answered with
    assert refused(ClientError, lambda: begin(longest + 1)) == (
        "InvalidParameterException",
        f"{name} has at most {longest} characters.",
    )


def test_o9_not_every_attribute_that_is_wrong_is_told_of(anyone: Any, client_id: str) -> None:
    listed = [{"Name": f"wrong{number}", "Value": "x"} for number in range(1_000)]
    given = {"ClientId": client_id, "Username": "jane", "Password": PASSWORD, "UserAttributes": listed}
    _, message = refused(ClientError, lambda: anyone.sign_up(**given))
    assert message.count("Attribute does not exist") == 100


def test_o9_who_must_reset_the_password_is_not_kept_in_by_whoever_knows_it_and_has_a_token(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id, email="jane@example.com", email_verified="true")
    token = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    idp.admin_reset_user_password(UserPoolId=pool_id, Username="jane")
    mail = [{"Name": "email", "Value": "eve@example.com"}]
    for act in (
        lambda: anyone.change_password(
            AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Another-horse-2"
        ),
        lambda: anyone.update_user_attributes(AccessToken=token, UserAttributes=mail),
        lambda: anyone.verify_user_attribute(AccessToken=token, AttributeName="email", Code="123456"),
        lambda: anyone.set_user_mfa_preference(AccessToken=token),
        lambda: anyone.associate_software_token(AccessToken=token),
        lambda: anyone.get_user(AccessToken=token),
        lambda: anyone.delete_user(AccessToken=token),
    ):
        assert refused(ClientError, act)[0] == "PasswordResetRequiredException"
    user = idp.admin_get_user(UserPoolId=pool_id, Username="jane")
    assert user["UserStatus"] == "RESET_REQUIRED"
