"""How long a lock lasts, which role is preferred, and which second factor is asked for."""

from typing import Any

import pytest

from gatewright.services.cognito_idp.factors.mfa_choice import Asked, second_factor
from gatewright.services.cognito_idp.sign_in.lockout import seconds_locked
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.tokens import Group, by_precedence, preferred_role
from gatewright.storage.user_pools import UserPool

SMS_ON = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}


def test_the_lock_doubles_after_five_failures_up_to_a_quarter_of_an_hour() -> None:
    assert [seconds_locked(n) for n in range(8)] == [0, 0, 0, 0, 0, 1, 2, 4]
    assert seconds_locked(14) == 512
    assert seconds_locked(15) == seconds_locked(10**9) == 900


def test_groups_are_listed_by_precedence_and_those_without_come_last() -> None:
    groups = [Group("z", None, None), Group("b", None, 2), Group("a", None, None), Group("c", None, 0)]
    assert [group.name for group in by_precedence(groups)] == ["c", "b", "a", "z"]


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ([], None),
        ([Group("a", None, 0), Group("b", "B", 3)], "B"),
        ([Group("a", "A", 1), Group("b", "B", 3)], "A"),
        ([Group("a", "A", 1), Group("b", "B", 1)], None),
        ([Group("a", "A", 1), Group("b", "A", 1)], "A"),
        ([Group("a", "A", None), Group("b", "B", 1000)], "B"),
    ],
)
def test_the_preferred_role_is_of_the_lowest_precedence_unless_two_differ(
    groups: list[Group], role: str | None
) -> None:
    assert preferred_role(groups) == role


def pool(mode: str, *factors: str, sms: bool = False) -> UserPool:
    on: dict[str, Any] = {
        "SOFTWARE_TOKEN_MFA": ("SoftwareTokenMfaConfiguration", {"Enabled": True}),
        "SMS_MFA": ("SmsMfaConfiguration", {}),
        "EMAIL_OTP": ("EmailMfaConfiguration", {}),
    }
    settings = {"MfaConfiguration": mode} | ({"SmsConfiguration": SMS_ON} if sms else {})
    return UserPool(
        id="us-east-1_a",
        name="a",
        account="000000000000",
        region="us-east-1",
        settings=settings,
        schema={},
        mfa=dict(on[name] for name in factors),
        keys={},
        signing={},
        client_ids=frozenset(),
    )


def user(*enabled: str, preferred: str | None = None, totp: bool = False, **attributes: str) -> UserRow:
    mfa: dict[str, Any] = {"enabled": list(enabled), "preferred": preferred}
    return UserRow(mfa=mfa, sealed_totp=b"sealed" if totp else None, attributes=attributes)


TOTP, SMS, EMAIL = "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP"
MAIL = {"email": "j@example.com", "email_verified": "true"}


@pytest.mark.parametrize(
    ("of", "whose", "asked"),
    [
        (pool("OFF", TOTP), user(TOTP, totp=True), None),
        (pool("OPTIONAL", TOTP), user(), None),
        (pool("OPTIONAL", TOTP), user(TOTP, totp=True), Asked(TOTP)),
        (pool("OPTIONAL", EMAIL), user(TOTP, totp=True), None),
        (pool("OPTIONAL", TOTP, EMAIL), user(TOTP, EMAIL, totp=True, **MAIL), Asked("SELECT_MFA_TYPE", (TOTP, EMAIL))),
        (pool("OPTIONAL", TOTP, EMAIL), user(TOTP, EMAIL, preferred=EMAIL, totp=True, **MAIL), Asked(EMAIL)),
        (pool("ON", TOTP), user(), Asked("MFA_SETUP", (TOTP,))),
        (pool("ON", TOTP), user(TOTP), Asked("MFA_SETUP", (TOTP,))),
        (pool("ON", EMAIL), user(**MAIL), Asked(EMAIL)),
        (pool("ON", EMAIL), user(email="j@example.com", email_verified="false"), Asked(EMAIL)),
        (pool("ON", EMAIL, sms=True), user(phone_number="+15550100", **MAIL), Asked(EMAIL)),
        (pool("ON", EMAIL), user(), Asked("MFA_SETUP", (EMAIL,))),
        (pool("ON", sms=True), user(phone_number="+15550100", phone_number_verified="true"), Asked(SMS)),
    ],
)
def test_a_second_factor_is_asked_for_where_the_pool_demands_or_the_user_wants_it(
    of: UserPool, whose: UserRow, asked: Asked | None
) -> None:
    assert second_factor(of, whose) == asked
