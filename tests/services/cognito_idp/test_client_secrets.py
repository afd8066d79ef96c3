"""A client that has a secret is asked for it wherever AWS asks, and one that has none must not send one."""

import base64
import hmac
from typing import Any

import pytest

from tests.services.cognito_idp.conftest import PASSWORD
from tests.services.cognito_idp.signing_in import make_user, srp
from tests.services.policies import refused

UNSIGNED_CALLS = {  # which take SecretHash
    "sign_up": {"Password": PASSWORD},
    "confirm_sign_up": {"ConfirmationCode": "123456"},
    "resend_confirmation_code": {},
    "forgot_password": {},
    "confirm_forgot_password": {"ConfirmationCode": "123456", "Password": PASSWORD},
}
FLOWS = {  # which take SECRET_HASH
    "USER_SRP_AUTH": {"SRP_A": "ab"},
    "USER_PASSWORD_AUTH": {"PASSWORD": PASSWORD},
    "ADMIN_USER_PASSWORD_AUTH": {"PASSWORD": PASSWORD},
    "ADMIN_NO_SRP_AUTH": {"PASSWORD": PASSWORD},
    "USER_AUTH": {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD},
}
CHALLENGES = (
    "PASSWORD_VERIFIER",
    "NEW_PASSWORD_REQUIRED",
    "MFA_SETUP",
    "SELECT_MFA_TYPE",
    "SOFTWARE_TOKEN_MFA",
    "SMS_MFA",
    "EMAIL_OTP",
    "SMS_OTP",
    "SELECT_CHALLENGE",
    "WEB_AUTHN",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
)
WRONG = "a" * 24
ALL_FLOWS = [
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]


def hash_of(client: dict[str, Any], name: str) -> str:
    digest = hmac.digest(client["ClientSecret"].encode(), (name + client["ClientId"]).encode(), "sha256")
    return base64.b64encode(digest).decode()


@pytest.fixture
def pool_id(idp, make_pool):
    made = make_pool(AutoVerifiedAttributes=["email"])
    make_user(idp, made)
    return made


@pytest.fixture
def secretive(pool_id, make_client):
    return make_client(pool_id, GenerateSecret=True, ExplicitAuthFlows=ALL_FLOWS)


def must_ask(call, asked, member, client):
    """Show that a call wants the hash, and that of its own user; `member` is where it is put."""

    def said(value):
        inner = dict(asked)
        if value is not None:
            inner |= {member[0]: {**inner[member[0]], member[1]: value}} if len(member) > 1 else {member[0]: value}
        return refused(call, **inner)

    client_id = asked["ClientId"]
    missing = f"Client {client_id} is configured with secret but SECRET_HASH was not received"
    assert said(None) == ("NotAuthorizedException", missing)
    wrong = ("NotAuthorizedException", f"Unable to verify secret hash for client {client_id}")
    assert [said(value) for value in ("x", hash_of(client, "bob"))] == [wrong, wrong]


@pytest.mark.parametrize("name", UNSIGNED_CALLS)
def test_users_calls_ask_for_the_hash(anyone, secretive, name):
    asked = {"ClientId": secretive["ClientId"], "Username": "jane", **UNSIGNED_CALLS[name]}
    must_ask(getattr(anyone, name), asked, ("SecretHash",), secretive)


@pytest.mark.parametrize("flow", FLOWS)
def test_every_flow_asks_for_the_hash(idp, anyone, pool_id, secretive, flow):
    call, more = (idp.admin_initiate_auth, {"UserPoolId": pool_id}) if "ADMIN" in flow else (anyone.initiate_auth, {})
    asked = {"ClientId": secretive["ClientId"], "AuthFlow": flow, **more}
    asked["AuthParameters"] = {"USERNAME": "jane", **FLOWS[flow]}
    must_ask(call, asked, ("AuthParameters", "SECRET_HASH"), secretive)


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_refreshing_asks_for_the_hash(anyone, pool_id, secretive, flow):
    tokens = srp(anyone, pool_id, secretive["ClientId"], client_secret=secretive["ClientSecret"]).authenticate_user()
    refresh = {"REFRESH_TOKEN": tokens["AuthenticationResult"]["RefreshToken"]}
    asked = {"ClientId": secretive["ClientId"], "AuthFlow": flow, "AuthParameters": refresh}
    must_ask(anyone.initiate_auth, asked, ("AuthParameters", "SECRET_HASH"), secretive)


@pytest.mark.parametrize("challenge", CHALLENGES)
def test_every_challenge_asks_for_the_hash_before_its_session_is_looked_at(idp, anyone, pool_id, secretive, challenge):
    asked = {"ClientId": secretive["ClientId"], "ChallengeName": challenge, "Session": "x" * 20}
    asked["ChallengeResponses"] = {"USERNAME": "jane"}
    where = ("ChallengeResponses", "SECRET_HASH")
    must_ask(anyone.respond_to_auth_challenge, asked, where, secretive)
    theirs = asked | {"UserPoolId": pool_id}
    must_ask(idp.admin_respond_to_auth_challenge, theirs, where, secretive)


def test_two_calls_take_the_secret_itself(anyone, pool_id, secretive):
    tokens = srp(anyone, pool_id, secretive["ClientId"], client_secret=secretive["ClientSecret"]).authenticate_user()
    client, token = {"ClientId": secretive["ClientId"]}, tokens["AuthenticationResult"]["RefreshToken"]
    for wrong in ({}, {"ClientSecret": WRONG}):
        refusal = refused(anyone.get_tokens_from_refresh_token, **client, RefreshToken=token, **wrong)
        assert refusal[0] == "NotAuthorizedException"
        assert refused(anyone.revoke_token, **client, Token=token, **wrong)[0] == "UnauthorizedException"
    right = {"ClientSecret": secretive["ClientSecret"]}
    assert anyone.get_tokens_from_refresh_token(**client, RefreshToken=token, **right)["AuthenticationResult"]
    anyone.revoke_token(**client, Token=token, **right)
    refusal = refused(anyone.get_tokens_from_refresh_token, **client, RefreshToken=token, **right)
    assert refusal == ("NotAuthorizedException", "Refresh Token has been revoked")


def test_a_client_without_a_secret_must_not_send_one(anyone, pool_id, make_client):
    client_id = make_client(pool_id)["ClientId"]
    for name, more in UNSIGNED_CALLS.items():
        asked = {"ClientId": client_id, "Username": "jane", "SecretHash": "x", **more}
        assert "configured without secret" in refused(getattr(anyone, name), **asked)[1], name
    parameters = {"USERNAME": "jane", "PASSWORD": PASSWORD, "SECRET_HASH": "x"}
    asked = {"ClientId": client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    assert "configured without secret" in refused(anyone.initiate_auth, **asked)[1]
    tokens = srp(anyone, pool_id, client_id).authenticate_user()["AuthenticationResult"]
    secret = {"ClientId": client_id, "ClientSecret": WRONG}
    for call, more in (
        (anyone.get_tokens_from_refresh_token, {"RefreshToken": tokens["RefreshToken"]}),
        (anyone.revoke_token, {"Token": tokens["RefreshToken"]}),
    ):
        assert "configured without secret" in refused(call, **secret, **more)[1]
    assert anyone.get_user(AccessToken=tokens["AccessToken"])["Username"] == "jane"  # nothing was revoked


def test_the_operations_that_take_a_secret_are_these(idp):
    model = idp.meta.service_model
    takes = set()
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        if {"SecretHash", "ClientSecret", "AuthParameters", "ChallengeResponses"}.intersection(shape.members):
            takes.add(name)
    users = {"SignUp", "ConfirmSignUp", "ResendConfirmationCode", "ForgotPassword", "ConfirmForgotPassword"}
    signing_in = {"InitiateAuth", "AdminInitiateAuth", "RespondToAuthChallenge", "AdminRespondToAuthChallenge"}
    plain = {"GetTokensFromRefreshToken", "RevokeToken"}
    making = {"CreateUserPoolClient", "AddUserPoolClientSecret"}
    unbuilt = {name for name in takes if name in {"GetClientToken", "GetDerivedToken"}}
    assert takes == users | signing_in | plain | making | unbuilt
