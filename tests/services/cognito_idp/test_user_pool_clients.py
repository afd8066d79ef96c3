import base64
import hashlib
import hmac

import pytest

from tests.services.cognito_idp.conftest import PASSWORD
from tests.services.policies import refused


def hash_of(secret, username, client_id):
    digest = hmac.new(secret.encode(), (username + client_id).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def test_a_client_shows_awss_defaults(idp, make_pool):
    client = idp.create_user_pool_client(UserPoolId=make_pool(), ClientName="app")["UserPoolClient"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
    assert client["RefreshTokenValidity"] == 30
    assert client["AuthSessionValidity"] == 3
    assert client["EnableTokenRevocation"] is True
    assert "ClientSecret" not in client


def test_an_update_keeps_the_secret_and_puts_back_what_it_does_not_give(idp, make_pool, make_client):
    pool_id = make_pool()
    client = make_client(pool_id, GenerateSecret=True, AccessTokenValidity=2, PreventUserExistenceErrors="ENABLED")
    named = {"UserPoolId": pool_id, "ClientId": client["ClientId"]}
    idp.update_user_pool_client(**named)
    shown = idp.describe_user_pool_client(**named)["UserPoolClient"]
    assert shown["ClientSecret"] == client["ClientSecret"]
    assert shown["ClientName"] == "app"
    assert "AccessTokenValidity" not in shown
    assert "PreventUserExistenceErrors" not in shown


def test_clients_are_listed_and_deleted(idp, make_pool, make_client):
    pool_id = make_pool()
    made = sorted(make_client(pool_id)["ClientId"] for _ in range(3))
    first = idp.list_user_pool_clients(UserPoolId=pool_id, MaxResults=2)
    second = idp.list_user_pool_clients(UserPoolId=pool_id, MaxResults=2, NextToken=first["NextToken"])
    assert [one["ClientId"] for one in first["UserPoolClients"] + second["UserPoolClients"]] == made
    regular = idp.list_user_pool_clients(UserPoolId=pool_id, ClientType="REGULAR")
    assert len(regular["UserPoolClients"]) == 3
    assert idp.list_user_pool_clients(UserPoolId=pool_id, ClientType="DCR")["UserPoolClients"] == []
    idp.delete_user_pool_client(UserPoolId=pool_id, ClientId=made[0])
    assert refused(idp.describe_user_pool_client, UserPoolId=pool_id, ClientId=made[0]) == (
        "ResourceNotFoundException",
        f"User pool client {made[0]} does not exist.",
    )


def test_a_client_of_another_pool_is_not_there(idp, make_pool, make_client):
    client_id = make_client(make_pool())["ClientId"]
    answer = refused(idp.describe_user_pool_client, UserPoolId=make_pool(), ClientId=client_id)
    assert answer[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"AllowedOAuthFlows": ["code"]}, "AllowedOAuthFlows"),
        ({"AllowedOAuthFlowsUserPoolClient": True}, "AllowedOAuthFlowsUserPoolClient"),
        ({"CallbackURLs": ["https://example.com"]}, "CallbackURLs"),
        ({"SupportedIdentityProviders": ["Google"]}, "Google"),
        ({"AnalyticsConfiguration": {"ApplicationId": "ab"}}, "AnalyticsConfiguration"),
        ({"EnablePropagateAdditionalUserContextData": True}, "EnablePropagateAdditionalUserContextData"),
        ({"ExplicitAuthFlows": ["USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]}, "USER_PASSWORD_AUTH"),
        ({"ReadAttributes": ["custom:nothing"]}, "Invalid read attributes"),
        ({"WriteAttributes": ["email_verified"]}, "Invalid write attributes"),
        ({"AccessTokenValidity": 2, "TokenValidityUnits": {"AccessToken": "minutes"}}, "AccessTokenValidity"),
        ({"IdTokenValidity": 25}, "IdTokenValidity"),
        (
            {"RefreshTokenValidity": 1, "AccessTokenValidity": 2, "TokenValidityUnits": {"RefreshToken": "hours"}},
            "AccessTokenValidity is longer than RefreshTokenValidity",
        ),
        ({"RefreshTokenValidity": 10, "TokenValidityUnits": {"RefreshToken": "minutes"}}, "RefreshTokenValidity"),
        (
            {
                "RefreshTokenRotation": {"Feature": "ENABLED"},
                "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
            },
            "rotation",
        ),
    ],
)
def test_what_a_client_cannot_have_is_refused_by_its_name(idp, make_pool, settings, named):
    code, message = refused(idp.create_user_pool_client, UserPoolId=make_pool(), ClientName="app", **settings)
    assert code == "InvalidParameterException"
    assert named in message


MINUTE, HOUR, DAY = 60, 3_600, 86_400
UNITS = {"seconds": 1, "minutes": MINUTE, "hours": HOUR, "days": DAY}
LIMITS = {"AccessToken": (5 * MINUTE, DAY), "IdToken": (5 * MINUTE, DAY), "RefreshToken": (HOUR, 3_650 * DAY)}
OTHERS = {"AccessTokenValidity": 5, "IdTokenValidity": 5}
IN_MINUTES = {"AccessToken": "minutes", "IdToken": "minutes"}


@pytest.mark.parametrize("token", LIMITS)
@pytest.mark.parametrize("unit", UNITS)
def test_a_token_lives_within_awss_limits_in_every_unit(idp, make_pool, make_client, token, unit):
    pool_id = make_pool()
    named = {"UserPoolId": pool_id, "ClientId": make_client(pool_id)["ClientId"]}
    shortest, longest = LIMITS[token]

    def set_to(value):
        units = {**IN_MINUTES, token: unit}
        idp.update_user_pool_client(**named, **{**OTHERS, f"{token}Validity": value}, TokenValidityUnits=units)
        shown = idp.describe_user_pool_client(**named)["UserPoolClient"]
        assert (shown[f"{token}Validity"], shown["TokenValidityUnits"][token]) == (value, unit)

    lowest, highest = max(1, -(-shortest // UNITS[unit])), longest // UNITS[unit]
    most = 86_400 if token != "RefreshToken" else 315_360_000  # the model's own limits of the number
    for value in (lowest, highest):
        set_to(value)
    for value in (lowest - 1, highest + 1):
        if 1 <= value <= most:  # a refresh token of 0 is AWS's 30 days
            with pytest.raises(idp.exceptions.InvalidParameterException, match=f"{token}Validity"):
                set_to(value)


def test_a_client_that_may_not_write_what_is_required_is_refused(idp, make_pool):
    pool_id = make_pool(Schema=[{"Name": "email", "Required": True}])
    answer = refused(idp.create_user_pool_client, UserPoolId=pool_id, ClientName="app", WriteAttributes=["nickname"])
    assert answer[0] == "InvalidParameterException"


def test_a_client_with_a_secret_is_asked_for_its_hash(anyone, make_pool, make_client):
    client = make_client(make_pool(), GenerateSecret=True)
    client_id, secret = client["ClientId"], client["ClientSecret"]
    asked = {"ClientId": client_id, "Username": "ann", "Password": PASSWORD}
    assert refused(anyone.sign_up, **asked) == (
        "NotAuthorizedException",
        f"Client {client_id} is configured with secret but SECRET_HASH was not received",
    )
    wrong = hash_of(secret, "bob", client_id)
    assert refused(anyone.sign_up, **asked, SecretHash=wrong) == (
        "NotAuthorizedException",
        f"Unable to verify secret hash for client {client_id}",
    )
    assert anyone.sign_up(**asked, SecretHash=hash_of(secret, "ann", client_id))["UserConfirmed"] is False
    for call, more in (
        (anyone.confirm_sign_up, {"ConfirmationCode": "123456"}),
        (anyone.resend_confirmation_code, {}),
        (anyone.forgot_password, {}),
        (anyone.confirm_forgot_password, {"ConfirmationCode": "123456", "Password": PASSWORD}),
    ):
        assert "SECRET_HASH was not received" in refused(call, ClientId=client_id, Username="ann", **more)[1]


def test_a_client_without_a_secret_must_not_send_a_hash(anyone, make_pool, make_client):
    client_id = make_client(make_pool())["ClientId"]
    asked = {"ClientId": client_id, "Username": "ann", "Password": PASSWORD, "SecretHash": "x"}
    assert refused(anyone.sign_up, **asked)[0] == "NotAuthorizedException"


def test_two_secrets_are_good_while_one_replaces_the_other(idp, anyone, make_pool, make_client):
    pool_id = make_pool()
    client = make_client(pool_id, GenerateSecret=True)
    named = {"UserPoolId": pool_id, "ClientId": client["ClientId"]}
    old = idp.list_user_pool_client_secrets(**named)["ClientSecrets"]
    assert len(old) == 1
    assert "ClientSecretValue" not in old[0]
    only = refused(idp.delete_user_pool_client_secret, **named, ClientSecretId=old[0]["ClientSecretId"])
    assert only[0] == "InvalidParameterException"
    new = idp.add_user_pool_client_secret(**named)["ClientSecretDescriptor"]["ClientSecretValue"]
    assert refused(idp.add_user_pool_client_secret, **named)[0] == "LimitExceededException"

    def sign_up(name, secret):
        hashed = hash_of(secret, name, client["ClientId"])
        return {"ClientId": client["ClientId"], "Username": name, "Password": PASSWORD, "SecretHash": hashed}

    anyone.sign_up(**sign_up("ann", client["ClientSecret"]))
    anyone.sign_up(**sign_up("bob", new))
    idp.delete_user_pool_client_secret(**named, ClientSecretId=old[0]["ClientSecretId"])
    assert refused(anyone.sign_up, **sign_up("eve", client["ClientSecret"]))[0] == "NotAuthorizedException"
    anyone.sign_up(**sign_up("joe", new))
    assert idp.describe_user_pool_client(**named)["UserPoolClient"]["ClientSecret"] == new
