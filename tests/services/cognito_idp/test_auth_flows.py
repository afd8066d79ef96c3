"""`ExplicitAuthFlows`: every value, old and new, lets in by the flows that AWS says, and by no other."""

import pytest

from tests.services.cognito_idp.conftest import PASSWORD
from tests.services.cognito_idp.signing_in import make_user, srp
from tests.services.policies import refused

SRP, PLAIN, ADMIN, OLD_ADMIN = "USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"
CHOICE, REFRESH, OLD_REFRESH = "USER_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"
FLOWS = (SRP, PLAIN, ADMIN, OLD_ADMIN, CHOICE, REFRESH, OLD_REFRESH)
ANYBODYS = (SRP, PLAIN, CHOICE, REFRESH, OLD_REFRESH)  # of InitiateAuth

ALLOWED = {
    "ALLOW_ADMIN_USER_PASSWORD_AUTH": {ADMIN, OLD_ADMIN},
    "ALLOW_CUSTOM_AUTH": set(),
    "ALLOW_USER_PASSWORD_AUTH": {PLAIN},
    "ALLOW_USER_SRP_AUTH": {SRP},
    "ALLOW_REFRESH_TOKEN_AUTH": {REFRESH, OLD_REFRESH},
    "ALLOW_USER_AUTH": {CHOICE},
    "ADMIN_NO_SRP_AUTH": {ADMIN, OLD_ADMIN, SRP, REFRESH, OLD_REFRESH},
    "USER_PASSWORD_AUTH": {PLAIN, SRP, REFRESH, OLD_REFRESH},
    "CUSTOM_AUTH_FLOW_ONLY": {REFRESH, OLD_REFRESH},
}


@pytest.fixture
def world(idp, anyone, make_pool, make_client):
    pool_id = make_pool()
    make_user(idp, pool_id)
    return idp, anyone, pool_id, make_client(pool_id)["ClientId"]


def answer_to(world, flow):
    """Return how a flow is answered: with tokens, a challenge, or the message of a refusal."""
    idp, anyone, pool_id, client_id = world
    parameters = {"USERNAME": "jane", "PASSWORD": PASSWORD, "PREFERRED_CHALLENGE": "PASSWORD", "REFRESH_TOKEN": "none"}
    if flow == SRP:
        parameters["SRP_A"] = srp(anyone, pool_id, client_id).get_auth_params()["SRP_A"]
    call, more = (anyone.initiate_auth, {}) if flow in ANYBODYS else (idp.admin_initiate_auth, {"UserPoolId": pool_id})
    asked = {"AuthFlow": flow, "ClientId": client_id, "AuthParameters": parameters, **more}
    try:
        answer = call(**asked)
    except idp.exceptions.ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return answer.get("ChallengeName") or "AuthenticationResult", ""


@pytest.mark.parametrize("value", ALLOWED)
def test_a_client_lets_in_by_the_flows_that_its_setting_allows(world, value):
    idp, _, pool_id, client_id = world
    idp.update_user_pool_client(UserPoolId=pool_id, ClientId=client_id, ExplicitAuthFlows=[value])
    for flow in FLOWS:
        code, message = answer_to(world, flow)
        if flow not in ALLOWED[value]:
            assert code == "InvalidParameterException", (flow, code, message)
            assert "enabled" in message, (flow, message)
        elif flow in (REFRESH, OLD_REFRESH):  # the flow is open; the token is none
            assert (code, message) == ("NotAuthorizedException", "Invalid Refresh Token"), flow
        else:
            assert code == ("PASSWORD_VERIFIER" if flow == SRP else "AuthenticationResult"), (flow, code, message)


def test_a_flow_of_administrators_is_for_nobody_else_and_theirs_is_not_for_them(world):
    idp, anyone, pool_id, client_id = world
    asked = {"ClientId": client_id, "AuthParameters": {"USERNAME": "jane", "PASSWORD": PASSWORD}}
    for flow in (ADMIN, OLD_ADMIN):
        answer = refused(anyone.initiate_auth, **asked, AuthFlow=flow)
        assert answer == ("InvalidParameterException", "Initiate Auth method not supported.")
    theirs = refused(idp.admin_initiate_auth, **asked, AuthFlow=PLAIN, UserPoolId=pool_id)
    assert theirs[0] == "InvalidParameterException"


@pytest.mark.parametrize("value", ["ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"])
def test_a_flow_that_is_not_built_is_refused_where_it_is_set(world, value):
    idp, _, pool_id, client_id = world
    named = {"UserPoolId": pool_id, "ClientId": client_id}
    code, message = refused(idp.update_user_pool_client, **named, ExplicitAuthFlows=[value])
    assert (code, value in message) == ("InvalidParameterException", True)


def test_every_value_of_the_model_is_in_this_table(idp):
    shape = idp.meta.service_model.operation_model("CreateUserPoolClient").input_shape
    values = set(shape.members["ExplicitAuthFlows"].member.enum)
    assert {value for value in values if not value.startswith("ALLOW_TOKEN_EXCHANGE")} == set(ALLOWED)


class TestThePlanLite:
    @pytest.mark.parametrize(
        ("settings", "named"),
        [
            ({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}, "ALLOW_USER_AUTH"),
            (
                {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED"}},
                "RefreshTokenRotation",
            ),
        ],
    )
    def test_it_has_neither_a_choice_of_factors_nor_rotation(self, idp, make_pool, make_client, settings, named):
        pool_id = make_pool(UserPoolTier="LITE")
        client_id = make_client(pool_id)["ClientId"]
        for call, more in (
            (idp.create_user_pool_client, {"ClientName": "other"}),
            (idp.update_user_pool_client, {"ClientId": client_id}),
        ):
            code, message = refused(call, UserPoolId=pool_id, **more, **settings)
            assert (code, named in message) == ("FeatureUnavailableInTierException", True)

    def test_a_client_of_before_offers_no_choice_any_more(self, world):
        idp, _, pool_id, client_id = world
        named = {"UserPoolId": pool_id, "ClientId": client_id}
        idp.update_user_pool_client(**named, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
        assert answer_to(world, CHOICE)[0] == "AuthenticationResult"
        idp.update_user_pool(UserPoolId=pool_id, UserPoolTier="LITE")
        assert answer_to(world, CHOICE)[0] == "FeatureUnavailableInTierException"

    @pytest.mark.parametrize(
        "setting", [{"EmailMfaConfiguration": {}}, {"WebAuthnConfiguration": {"RelyingPartyId": "localhost"}}]
    )
    def test_a_pool_that_has_more_does_not_become_it(self, idp, make_pool, setting):
        pool_id = make_pool()
        mode = "OPTIONAL" if "EmailMfaConfiguration" in setting else "OFF"
        idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration=mode, **setting)
        lite = {"UserPoolId": pool_id, "UserPoolTier": "LITE", "MfaConfiguration": mode}
        code, message = refused(idp.update_user_pool, **lite)
        assert (code, next(iter(setting)) in message) == ("FeatureUnavailableInTierException", True)
        idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="OFF")
        idp.update_user_pool(**lite | {"MfaConfiguration": "OFF"})
