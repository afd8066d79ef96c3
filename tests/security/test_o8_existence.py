"""O8: who exists is told to nobody: not by another spelling of a name, not by a limit, not by where a code goes."""

# ruff: noqa: F811  # fixtures are imported by their names
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cognito_idp.conftest import (  # noqa: F401  # fixtures
    Inside,
    anyone,
    attributes,
    idp,
    inside,
    make_client,
    make_pool,
)
from tests.services.cognito_idp.signing_in import make_user, refused, srp

Make = Callable[..., Any]
FLOWS = [f"ALLOW_{name}" for name in ("USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH")]
LIMIT = "LimitExceededException"


@pytest.fixture
def make_place(idp: Any, make_pool: Make, make_client: Make) -> Make:
    """Make a pool with Jane in it, and a client that hides her."""

    def make(**settings: Any) -> tuple[str, str]:
        pool_id = make_pool(AutoVerifiedAttributes=["email"], **settings)
        make_user(idp, pool_id, email="jane@example.com", email_verified="true")
        hides = {"ExplicitAuthFlows": FLOWS, "PreventUserExistenceErrors": "ENABLED"}
        return pool_id, str(make_client(pool_id, **hides)["ClientId"])

    return make


NO_CASE = {"UsernameConfiguration": {"CaseSensitive": False}}


def first_code(act: Callable[[], Any]) -> str:
    """Return the error that something is answered with, "" for none."""
    try:
        act()
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize("name", ["jane", "nobody"])
def test_o8_a_limit_counts_every_spelling_of_a_name_alike(anyone: Any, make_place: Make, name: str) -> None:
    _, client_id = make_place(**NO_CASE)
    spellings = [name, name.upper(), name.title()] * 2

    def forget(one: str) -> Any:
        return anyone.forgot_password(ClientId=client_id, Username=one)

    answers = [first_code(lambda one=one: forget(one)) for one in spellings]
    assert answers == [""] * 5 + [LIMIT]


@pytest.mark.parametrize("name", ["jane", "nobody"])
def test_o8_a_code_seems_to_go_to_one_address_whatever_the_spelling(anyone: Any, make_place: Make, name: str) -> None:
    _, client_id = make_place(**NO_CASE)
    told = [anyone.forgot_password(ClientId=client_id, Username=one) for one in (name, name.upper(), name.title())]
    assert len({one["CodeDeliveryDetails"]["Destination"] for one in told}) == 1


def names_of(anyone: Any, pool_id: str, client_id: str, *names: str) -> list[str]:
    """Return what the first answer of SRP calls users of these names."""
    found = []
    for name in names:
        parameters = srp(anyone, pool_id, client_id, name).get_auth_params()
        asked = anyone.initiate_auth(AuthFlow="USER_SRP_AUTH", ClientId=client_id, AuthParameters=parameters)
        assert asked["ChallengeParameters"]["USERNAME"] == asked["ChallengeParameters"]["USER_ID_FOR_SRP"]
        found.append(asked["ChallengeParameters"]["USER_ID_FOR_SRP"])
    return found


def test_o8_every_spelling_of_a_name_is_called_the_same(anyone: Any, make_place: Make) -> None:
    pool_id, client_id = make_place(**NO_CASE)
    assert names_of(anyone, pool_id, client_id, "jane", "JANE") == ["jane", "jane"]
    assert names_of(anyone, pool_id, client_id, "nobody", "NOBODY") == ["nobody", "nobody"]


def test_o8_an_address_in_a_pool_of_aliases_is_called_by_a_username_whether_or_not_it_is_anybodys(
    anyone: Any, make_place: Make
) -> None:
    pool_id, client_id = make_place(AliasAttributes=["email"])
    janes, nobodys, again = names_of(
        anyone, pool_id, client_id, "jane@example.com", "nobody@example.com", "nobody@example.com"
    )
    assert janes == "jane"
    assert "@" not in nobodys  # no username of such a pool looks like an address
    assert nobodys == again
    assert names_of(anyone, pool_id, client_id, "nobody") == ["nobody"]


def test_o8_a_wrong_reset_code_tells_nothing_of_users_who_were_sent_none(
    idp: Any, anyone: Any, make_place: Make
) -> None:
    pool_id, client_id = make_place()
    idp.admin_create_user(UserPoolId=pool_id, Username="invited", MessageAction="SUPPRESS")
    make_user(idp, pool_id, "unreachable")

    def confirm(name: str) -> str:
        given = {"Username": name, "ConfirmationCode": "123456", "Password": "Another-horse-2"}
        return refused(ClientError, lambda: anyone.confirm_forgot_password(ClientId=client_id, **given))[0]

    for name in ("jane", "invited", "unreachable", "nobody"):
        assert confirm(name) == "ExpiredCodeException", name
        anyone.forgot_password(ClientId=client_id, Username=name)
        assert [confirm(name) for _ in range(6)] == ["CodeMismatchException"] * 5 + [LIMIT], name


def test_o8_a_wrong_confirmation_code_tells_nothing_of_who_signed_up_without_an_address(
    anyone: Any, make_place: Make
) -> None:
    _, client_id = make_place()
    anyone.sign_up(ClientId=client_id, Username="silent", Password="Correct-horse-1")

    def confirm(name: str) -> str:
        given = {"Username": name, "ConfirmationCode": "123456"}
        return refused(ClientError, lambda: anyone.confirm_sign_up(ClientId=client_id, **given))[0]

    for name in ("silent", "jane", "nobody"):
        assert confirm(name) == "ExpiredCodeException", name
        anyone.resend_confirmation_code(ClientId=client_id, Username=name)
        assert confirm(name) == "CodeMismatchException", name


@pytest.mark.parametrize("name", ["waiting", "nobody"])
def test_o8_a_code_that_was_asked_for_seems_to_live_as_long_whoever_it_is_of(
    anyone: Any, make_place: Make, inside: Inside, name: str
) -> None:
    _, client_id = make_place()
    mail = attributes(email="waiting@example.com")
    anyone.sign_up(ClientId=client_id, Username="waiting", Password="Correct-horse-1", UserAttributes=mail)
    anyone.resend_confirmation_code(ClientId=client_id, Username=name)

    def confirm_after(hours: int) -> str:
        seconds = hours * 3_600
        inside.execute("UPDATE cognito_idp_counters SET until = until - :seconds", seconds=seconds)
        inside.execute("UPDATE cognito_idp_codes SET expires_at = expires_at - :seconds", seconds=seconds)
        given = {"Username": name, "ConfirmationCode": "123456"}
        return refused(ClientError, lambda: anyone.confirm_sign_up(ClientId=client_id, **given))[0]

    assert [confirm_after(hours) for hours in (2, 21, 2)] == ["CodeMismatchException"] * 2 + ["ExpiredCodeException"]
