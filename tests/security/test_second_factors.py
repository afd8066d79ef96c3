"""Second factors: a password alone never puts another one in their place, and nobody who must have one is without."""

# ruff: noqa: F811  # fixtures are imported by their names
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cognito_idp.conftest import (  # noqa: F401  # fixtures
    PASSWORD,
    Inside,
    anyone,
    attributes,
    idp,
    inside,
    make_client,
    make_pool,
    read,
)
from tests.services.cognito_idp.signing_in import by_password, make_user, refused, srp
from tests.services.cognito_idp.test_challenges import code_of
from tests.services.cognito_idp.test_text_messages import answer

Make = Callable[..., Any]
ATTACKERS, JANES = "attacker@example.org", "jane@example.com"


@pytest.fixture
def pool_id(idp: Any, make_pool: Make) -> str:
    """A pool that demands a code by e-mail or of an authenticator app, and has Jane in it, who has neither yet."""
    made: str = make_pool()
    idp.set_user_pool_mfa_config(
        UserPoolId=made,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={},
    )
    make_user(idp, made)
    return made


@pytest.fixture
def client_id(make_client: Make, pool_id: str) -> str:
    return str(make_client(pool_id)["ClientId"])


def set_up_an_app(anyone: Any, client_id: str, asked: Any) -> Any:
    """Set up an authenticator app during a sign-in; returns the tokens and the app's seed."""
    given = anyone.associate_software_token(Session=asked["Session"])
    verified = anyone.verify_software_token(Session=given["Session"], UserCode=code_of(given["SecretCode"]))
    done = answer(anyone, client_id, {"ChallengeName": "MFA_SETUP", "Session": verified["Session"]})
    return done["AuthenticationResult"], given["SecretCode"]


def test_who_began_to_set_up_an_address_does_not_get_past_an_app_that_was_set_up_meanwhile(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    attackers = answer(anyone, client_id, by_password(anyone, client_id), EMAIL=ATTACKERS)
    code = inside.sent()[-1].code
    set_up_an_app(anyone, client_id, by_password(anyone, client_id))
    again = refused(ClientError, lambda: answer(anyone, client_id, attackers, EMAIL_OTP_CODE=code))
    assert again[0] == "NotAuthorizedException"
    jane = idp.admin_get_user(UserPoolId=pool_id, Username="jane")
    assert "email" not in read(jane["UserAttributes"])
    assert jane["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]


def test_who_began_to_set_up_an_address_does_not_replace_one_that_the_user_got_meanwhile(
    idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside
) -> None:
    attackers = answer(anyone, client_id, by_password(anyone, client_id), EMAIL=ATTACKERS)
    code = inside.sent()[-1].code
    idp.admin_update_user_attributes(UserPoolId=pool_id, Username="jane", UserAttributes=attributes(email=JANES))
    again = refused(ClientError, lambda: answer(anyone, client_id, attackers, EMAIL_OTP_CODE=code))
    assert again[0] == "NotAuthorizedException"
    assert read(idp.admin_get_user(UserPoolId=pool_id, Username="jane")["UserAttributes"])["email"] == JANES


def test_nobody_begins_to_set_up_an_address_where_an_app_was_set_up_meanwhile(
    anyone: Any, client_id: str, inside: Inside
) -> None:
    attackers = by_password(anyone, client_id)
    set_up_an_app(anyone, client_id, by_password(anyone, client_id))
    sent = len(inside.sent())
    begun = refused(ClientError, lambda: answer(anyone, client_id, attackers, EMAIL=ATTACKERS))
    assert begun[0] == "NotAuthorizedException"
    assert len(inside.sent()) == sent


def test_a_new_seed_is_not_taken_for_the_one_whose_code_was_shown(anyone: Any, client_id: str) -> None:
    given = anyone.associate_software_token(Session=by_password(anyone, client_id)["Session"])
    verified = anyone.verify_software_token(Session=given["Session"], UserCode=code_of(given["SecretCode"]))
    other = anyone.associate_software_token(Session=verified["Session"])
    asked = {"ChallengeName": "MFA_SETUP", "Session": other["Session"]}
    assert refused(ClientError, lambda: answer(anyone, client_id, asked))[0] == "NotAuthorizedException"


def test_where_a_second_factor_is_demanded_nobody_switches_theirs_off(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    tokens, _ = set_up_an_app(anyone, client_id, by_password(anyone, client_id))
    off = {"SoftwareTokenMfaSettings": {"Enabled": False}}
    for act in (
        lambda: anyone.set_user_mfa_preference(AccessToken=tokens["AccessToken"], **off),
        lambda: idp.admin_set_user_mfa_preference(UserPoolId=pool_id, Username="jane", **off),
    ):
        assert refused(ClientError, act)[0] == "InvalidParameterException"
    assert by_password(anyone, client_id)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    none = {"EmailMfaSettings": {"Enabled": False}}  # it is off, and stays so
    anyone.set_user_mfa_preference(AccessToken=tokens["AccessToken"], **none)


def test_an_answer_in_another_user_s_name_is_refused_whoever_s_session_it_is_with(
    idp: Any, anyone: Any, make_pool: Make, make_client: Make
) -> None:
    """A server that only looks whether the answer was right, and in whose name, must not be deceived."""
    pool_id = make_pool(AliasAttributes=["email"])
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    sub = make_user(idp, pool_id, "eve", email="eve@example.com", email_verified="true")
    make_user(idp, pool_id, "jane", email=JANES, email_verified="true")
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"]
    client_id = make_client(pool_id, ExplicitAuthFlows=flows)["ClientId"]
    invalid = ("NotAuthorizedException", "Invalid session for the user.")

    def choose(name: str) -> Any:
        asked = anyone.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters={"USERNAME": "eve"})
        return answer(anyone, client_id, asked, name, ANSWER="PASSWORD", PASSWORD=PASSWORD)

    def prove(name: str) -> Any:
        client = srp(anyone, pool_id, client_id, "eve")
        asked = anyone.initiate_auth(
            AuthFlow="USER_SRP_AUTH", ClientId=client_id, AuthParameters=client.get_auth_params()
        )
        proof = client.process_challenge(asked["ChallengeParameters"], client.get_auth_params())
        return anyone.respond_to_auth_challenge(
            ClientId=client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses={**proof, "USERNAME": name}
        )

    for act in (choose, prove):
        for name in ("jane", JANES, "nobody"):
            assert refused(ClientError, lambda act=act, name=name: act(name)) == invalid
        for name in ("eve", "eve@example.com", sub):
            assert act(name)["AuthenticationResult"]
