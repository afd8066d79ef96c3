"""`PreventUserExistenceErrors`: in every operation that AWS names, `LEGACY` tells who is not there, `ENABLED` does not.

Source: Cognito developer guide, "Managing error responses". Times are compared in `tests/security`.
"""

import pytest

from tests.services.cognito_idp.conftest import PASSWORD, attributes
from tests.services.cognito_idp.signing_in import make_user, srp
from tests.services.policies import refused

FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_AUTH",
]
WRONG = ("NotAuthorizedException", "Incorrect username or password.")


@pytest.fixture
def pool_id(idp, make_pool):
    made = make_pool(AutoVerifiedAttributes=["email"])
    make_user(idp, made, email="jane@example.com", email_verified="true")
    return made


@pytest.fixture
def clients(pool_id, make_client):
    """One client of each kind, by the setting."""
    return {
        kind: make_client(pool_id, ExplicitAuthFlows=FLOWS, **({"PreventUserExistenceErrors": kind} if kind else {}))
        for kind in ("ENABLED", "LEGACY", "")
    }


SIGN_INS = {
    "plain": ("USER_PASSWORD_AUTH", {"PASSWORD": "Wrong-horse-1"}),
    "admin": ("ADMIN_USER_PASSWORD_AUTH", {"PASSWORD": "Wrong-horse-1"}),
    "older admin": ("ADMIN_NO_SRP_AUTH", {"PASSWORD": "Wrong-horse-1"}),
    "choice": ("USER_AUTH", {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": "Wrong-horse-1"}),
}


@pytest.mark.parametrize("kind", SIGN_INS)
def test_signing_in(idp, anyone, pool_id, clients, kind):
    flow, parameters = SIGN_INS[kind]
    call, more = (idp.admin_initiate_auth, {"UserPoolId": pool_id}) if "ADMIN" in flow else (anyone.initiate_auth, {})

    def answer(setting, name):
        client_id = clients[setting]["ClientId"]
        asked = {"AuthFlow": flow, "ClientId": client_id, "AuthParameters": {"USERNAME": name, **parameters}}
        return refused(call, **asked, **more)

    assert answer("ENABLED", "nobody") == answer("ENABLED", "jane") == WRONG
    for setting in ("LEGACY", ""):
        assert answer(setting, "nobody") == ("UserNotFoundException", "User does not exist.")


def test_signing_in_by_srp_is_refused_at_the_second_step_or_at_the_first(anyone, pool_id, clients):
    def begin(setting, name):
        client_id = clients[setting]["ClientId"]
        flow = srp(anyone, pool_id, client_id, name, "Wrong-horse-1")
        asked = {"AuthFlow": "USER_SRP_AUTH", "ClientId": client_id, "AuthParameters": flow.get_auth_params()}
        return flow, asked

    answers = []
    for name in ("nobody", "jane"):
        flow, asked = begin("ENABLED", name)
        challenge = anyone.initiate_auth(**asked)
        claim = flow.process_challenge(challenge["ChallengeParameters"], asked["AuthParameters"])
        answer = {"ClientId": asked["ClientId"], "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": claim}
        answers.append((set(challenge["ChallengeParameters"]), refused(anyone.respond_to_auth_challenge, **answer)))
    assert answers[0] == answers[1]
    assert answers[0][1] == WRONG
    assert refused(anyone.initiate_auth, **begin("LEGACY", "nobody")[1])[0] == "UserNotFoundException"


def test_forgetting_a_password(anyone, clients):
    hidden = {"ClientId": clients["ENABLED"]["ClientId"]}
    details = [anyone.forgot_password(**hidden, Username=name)["CodeDeliveryDetails"] for name in ("nobody", "jane")]
    assert [(one["DeliveryMedium"], one["AttributeName"]) for one in details] == [("EMAIL", "email")] * 2
    confirm = {"ConfirmationCode": "000000", "Password": PASSWORD}
    answers = [
        refused(anyone.confirm_forgot_password, **hidden, Username=name, **confirm) for name in ("nobody", "jane")
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == "CodeMismatchException"
    for setting in ("LEGACY", ""):
        named = {"ClientId": clients[setting]["ClientId"], "Username": "nobody"}
        assert refused(anyone.forgot_password, **named)[0] == "UserNotFoundException"
        assert refused(anyone.confirm_forgot_password, **named, **confirm)[0] == "UserNotFoundException"


def test_confirming_a_sign_up(anyone, clients):
    hidden = {"ClientId": clients["ENABLED"]["ClientId"]}
    given = attributes(email="new@example.com")
    anyone.sign_up(**hidden, Username="newcomer", Password=PASSWORD, UserAttributes=given)
    names = ("nobody", "newcomer")
    details = [anyone.resend_confirmation_code(**hidden, Username=name)["CodeDeliveryDetails"] for name in names]
    assert [(one["DeliveryMedium"], one["AttributeName"]) for one in details] == [("EMAIL", "email")] * 2
    wrong = {"ConfirmationCode": "000000"}
    answers = [refused(anyone.confirm_sign_up, **hidden, Username=name, **wrong) for name in names]
    assert answers[0] == answers[1]
    assert answers[0][0] == "CodeMismatchException"
    for setting in ("LEGACY", ""):
        named = {"ClientId": clients[setting]["ClientId"], "Username": "nobody"}
        assert refused(anyone.resend_confirmation_code, **named)[0] == "UserNotFoundException"
        assert refused(anyone.confirm_sign_up, **named, **wrong)[0] == "UserNotFoundException"


def test_a_user_who_is_disabled_or_cannot_be_written_to_looks_like_nobody(idp, anyone, pool_id, clients):
    make_user(idp, pool_id, "mute")
    make_user(idp, pool_id, "gone", email="gone@example.com", email_verified="true")
    idp.admin_disable_user(UserPoolId=pool_id, Username="gone")
    for name in ("mute", "gone"):
        hidden = {"ClientId": clients["ENABLED"]["ClientId"], "Username": name}
        assert anyone.forgot_password(**hidden)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
        assert anyone.resend_confirmation_code(**hidden)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
        told = {"ClientId": clients["LEGACY"]["ClientId"], "Username": name}
        assert refused(anyone.forgot_password, **told)[0] in {"InvalidParameterException", "NotAuthorizedException"}
