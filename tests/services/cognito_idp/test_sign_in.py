"""Signing in: by SRP with a client of somebody else's, by password, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cognito_idp.conftest import PASSWORD
from tests.services.cognito_idp.signing_in import by_password, claims, make_user, refused, srp

Make = Callable[..., Any]


@pytest.fixture
def pool_id(make_pool: Make) -> str:
    made: str = make_pool()
    return made


@pytest.fixture
def client_id(make_client: Make, pool_id: str) -> str:
    return str(make_client(pool_id)["ClientId"])


def test_a_user_signs_in_by_srp(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    sub = make_user(idp, pool_id, email="jane@example.com", email_verified="true")
    result = srp(anyone, pool_id, client_id).authenticate_user()["AuthenticationResult"]
    assert result["TokenType"] == "Bearer"
    assert result["ExpiresIn"] == 3600
    said = claims(result["IdToken"])
    assert said["sub"] == sub
    assert said["cognito:username"] == "jane"
    assert said["email"] == "jane@example.com"
    assert said["email_verified"] is True
    assert said["aud"] == client_id
    assert said["token_use"] == "id"
    assert said["exp"] - said["iat"] == 3600
    access = claims(result["AccessToken"])
    assert access["client_id"] == client_id
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert access["username"] == "jane"
    assert access["token_use"] == "access"
    for name in ("origin_jti", "event_id", "auth_time"):
        assert access[name] == said[name]
    assert access["jti"] != said["jti"]
    assert "email" not in access
    assert anyone.get_user(AccessToken=result["AccessToken"])["Username"] == "jane"


def test_a_wrong_password_by_srp_is_refused(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    make_user(idp, pool_id)
    code, message = refused(ClientError, srp(anyone, pool_id, client_id, password="Wrong-horse-1").authenticate_user)
    assert (code, message) == ("NotAuthorizedException", "Incorrect username or password.")


def test_an_exchange_is_good_once(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    make_user(idp, pool_id)
    client = srp(anyone, pool_id, client_id)
    asked = anyone.initiate_auth(AuthFlow="USER_SRP_AUTH", ClientId=client_id, AuthParameters=client.get_auth_params())
    answers = client.process_challenge(asked["ChallengeParameters"], {"USERNAME": "jane"})

    def respond() -> Any:
        return anyone.respond_to_auth_challenge(
            ClientId=client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=answers
        )

    assert respond()["AuthenticationResult"]["AccessToken"]
    code, message = refused(ClientError, respond)
    assert (code, message) == (
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    )


@pytest.mark.parametrize("srp_a", ["0", "00", "xyz", "f" * 5000])
def test_a_public_value_that_no_client_sends_is_refused(
    idp: Any, anyone: Any, pool_id: str, client_id: str, srp_a: str
) -> None:
    make_user(idp, pool_id)
    code, _ = refused(
        ClientError,
        lambda: anyone.initiate_auth(
            AuthFlow="USER_SRP_AUTH", ClientId=client_id, AuthParameters={"USERNAME": "jane", "SRP_A": srp_a}
        ),
    )
    assert code == "InvalidParameterException"


def test_a_client_with_a_secret_shows_it_at_every_step(idp: Any, anyone: Any, pool_id: str, make_client: Make) -> None:
    make_user(idp, pool_id)
    made = make_client(pool_id, GenerateSecret=True)
    client_id, secret = made["ClientId"], made["ClientSecret"]
    code, message = refused(ClientError, srp(anyone, pool_id, client_id).authenticate_user)
    assert (code, message) == (
        "NotAuthorizedException",
        f"Client {client_id} is configured with secret but SECRET_HASH was not received",
    )
    code, message = refused(ClientError, srp(anyone, pool_id, client_id, client_secret="wrong" * 8).authenticate_user)
    assert (code, message) == ("NotAuthorizedException", f"Unable to verify secret hash for client {client_id}")
    answer = srp(anyone, pool_id, client_id, client_secret=secret).authenticate_user()
    assert answer["AuthenticationResult"]["IdToken"]


def test_a_user_signs_in_with_a_password_in_plain(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    make_user(idp, pool_id)
    assert by_password(anyone, client_id)["AuthenticationResult"]["IdToken"]
    code, message = refused(ClientError, lambda: by_password(anyone, client_id, password="Wrong-horse-1"))
    assert (code, message) == ("NotAuthorizedException", "Incorrect username or password.")


def test_a_flow_that_the_client_does_not_allow_is_refused(
    idp: Any, anyone: Any, pool_id: str, make_client: Make
) -> None:
    make_user(idp, pool_id)
    client_id = make_client(pool_id, ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"])["ClientId"]
    code, message = refused(ClientError, lambda: by_password(anyone, client_id))
    assert (code, message) == (
        "InvalidParameterException",
        "USER_PASSWORD_AUTH flow not enabled for this client",
    )
    code, message = refused(ClientError, srp(anyone, pool_id, client_id).authenticate_user)
    assert (code, message) == ("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client.")


def test_a_server_signs_its_users_in_with_a_permission(idp: Any, anyone: Any, pool_id: str, make_client: Make) -> None:
    make_user(idp, pool_id)
    client_id = make_client(pool_id, ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"])["ClientId"]
    for flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
        answer = idp.admin_initiate_auth(
            UserPoolId=pool_id,
            ClientId=client_id,
            AuthFlow=flow,
            AuthParameters={"USERNAME": "jane", "PASSWORD": PASSWORD},
        )
        assert answer["AuthenticationResult"]["AccessToken"]
    code, _ = refused(
        ClientError,
        lambda: anyone.admin_initiate_auth(
            UserPoolId=pool_id, ClientId=client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={}
        ),
    )
    assert code == "MissingAuthenticationTokenException"


def test_a_user_who_is_not_there_is_said_to_be_so_where_the_client_does_not_mind(
    anyone: Any, pool_id: str, client_id: str
) -> None:
    assert refused(ClientError, lambda: by_password(anyone, client_id, name="nobody")) == (
        "UserNotFoundException",
        "User does not exist.",
    )


def test_a_user_who_must_not_sign_in_is_told_why_only_with_the_right_password(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id)
    idp.admin_disable_user(UserPoolId=pool_id, Username="jane")
    wrong = refused(ClientError, lambda: by_password(anyone, client_id, password="Wrong-horse-1"))
    assert wrong == ("NotAuthorizedException", "Incorrect username or password.")
    right = refused(ClientError, lambda: by_password(anyone, client_id))
    assert right == ("NotAuthorizedException", "User is disabled.")


def test_a_user_who_has_not_confirmed_does_not_come_in(anyone: Any, client_id: str) -> None:
    anyone.sign_up(ClientId=client_id, Username="new", Password=PASSWORD)
    assert refused(ClientError, lambda: by_password(anyone, client_id, name="new")) == (
        "UserNotConfirmedException",
        "User is not confirmed.",
    )
