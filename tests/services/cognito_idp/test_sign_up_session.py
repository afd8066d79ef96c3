"""From a sign-up to the first sign-in in one go: the session of `SignUp`, `ConfirmSignUp` and `InitiateAuth`."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from gatewright.core.clock import SystemClock
from tests.services.cognito_idp.conftest import PASSWORD, Inside, attributes
from tests.services.cognito_idp.signing_in import by_password, claims, refused

Make = Callable[..., Any]
FLOWS = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]


class Newcomers:
    """A client whose users sign up."""

    def __init__(self, anyone: Any, inside: Inside, client_id: str) -> None:
        self.anyone = anyone
        self.inside = inside
        self.client_id = client_id

    def sign_up(self, name: str = "ann") -> Any:
        return self.anyone.sign_up(
            ClientId=self.client_id,
            Username=name,
            Password=PASSWORD,
            UserAttributes=attributes(email=f"{name}@example.com"),
        )

    def confirm(self, name: str = "ann", code: str = "", **more: Any) -> Any:
        code = code or self.inside.sent()[-1].code
        return self.anyone.confirm_sign_up(ClientId=self.client_id, Username=name, ConfirmationCode=code, **more)

    def go_on(self, session: str, name: str = "ann") -> Any:
        return self.anyone.initiate_auth(
            AuthFlow="USER_AUTH", ClientId=self.client_id, AuthParameters={"USERNAME": name}, Session=session
        )


@pytest.fixture
def pool_id(make_pool: Make) -> str:
    return str(make_pool(AutoVerifiedAttributes=["email"]))


@pytest.fixture
def newcomers(anyone: Any, inside: Inside, pool_id: str, make_client: Make) -> Newcomers:
    client = make_client(pool_id, ExplicitAuthFlows=FLOWS, PreventUserExistenceErrors="ENABLED")
    return Newcomers(anyone, inside, client["ClientId"])


def test_whoever_signs_up_and_confirms_is_signed_in_once(newcomers: Newcomers) -> None:
    begun = newcomers.sign_up()
    session = newcomers.confirm(Session=begun["Session"])["Session"]
    done = newcomers.go_on(session)["AuthenticationResult"]
    assert claims(done["AccessToken"])["sub"] == begun["UserSub"]
    code, message = refused(ClientError, lambda: newcomers.go_on(session))
    assert (code, "first sign-in" in message) == ("NotAuthorizedException", True)


def test_a_session_is_of_its_user_and_for_its_step(newcomers: Newcomers) -> None:
    ann = newcomers.sign_up()["Session"]
    anns = newcomers.inside.sent()[-1].code
    newcomers.sign_up("bob")
    bobs = newcomers.inside.sent()[-1].code
    told = refused(ClientError, lambda: newcomers.confirm("bob", bobs, Session=ann))
    assert told[0] == "NotAuthorizedException"
    assert refused(ClientError, lambda: newcomers.confirm("nobody", "000000", Session=ann)) == told
    assert refused(ClientError, lambda: newcomers.confirm("bob", bobs, Session="made-up-but-long-enough")) == told
    assert refused(ClientError, lambda: newcomers.go_on(ann)) == told
    assert newcomers.confirm("bob", bobs)["Session"]
    session = newcomers.confirm("ann", anns, Session=ann)["Session"]
    assert refused(ClientError, lambda: newcomers.go_on(session, "bob")) == told
    assert refused(ClientError, lambda: newcomers.go_on(session, "nobody")) == told
    assert newcomers.go_on(session)["AuthenticationResult"]


def test_a_wrong_code_leads_no_further(newcomers: Newcomers) -> None:
    begun = newcomers.sign_up()
    wrong = f"{(int(newcomers.inside.sent()[-1].code) + 1) % 10**6:06}"
    code, _ = refused(ClientError, lambda: newcomers.confirm(code=wrong, Session=begun["Session"]))
    assert code == "CodeMismatchException"


def test_after_another_sign_in_the_session_is_good_for_nothing(newcomers: Newcomers) -> None:
    session = newcomers.confirm(Session=newcomers.sign_up()["Session"])["Session"]
    by_password(newcomers.anyone, newcomers.client_id, "ann")
    assert refused(ClientError, lambda: newcomers.go_on(session))[0] == "NotAuthorizedException"


def test_a_disabled_user_is_not_signed_in(newcomers: Newcomers, idp: Any, pool_id: str) -> None:
    session = newcomers.confirm(Session=newcomers.sign_up()["Session"])["Session"]
    idp.admin_disable_user(UserPoolId=pool_id, Username="ann")
    assert refused(ClientError, lambda: newcomers.go_on(session)) == ("NotAuthorizedException", "User is disabled.")


def test_whoever_is_slow_is_confirmed_all_the_same_and_must_then_be_quick(
    newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, now = newcomers.sign_up(), time.time()
    monkeypatch.setattr(SystemClock, "now", lambda self: now + 1_000)
    session = newcomers.confirm(Session=begun["Session"])["Session"]
    monkeypatch.setattr(SystemClock, "now", lambda self: now + 1_181)
    assert "session is expired" in refused(ClientError, lambda: newcomers.go_on(session))[1]


def test_a_client_without_choice_and_a_pool_that_demands_a_second_factor_give_no_session(
    newcomers: Newcomers, idp: Any, pool_id: str, make_client: Make, anyone: Any, inside: Inside
) -> None:
    other = make_client(pool_id, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["ClientId"]
    plain = Newcomers(anyone, inside, other)
    assert "Session" not in plain.sign_up() | plain.confirm()
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    assert "Session" not in newcomers.sign_up("bob") | newcomers.confirm("bob")
