"""Sessions after the sign-in: refreshed, rotated, ended."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cognito_idp.conftest import Inside
from tests.services.cognito_idp.signing_in import by_password, claims, make_user, refused

Make = Callable[..., Any]
REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")
DEAD = ("NotAuthorizedException", "Access Token has been revoked")


@pytest.fixture
def pool_id(make_pool: Make) -> str:
    made: str = make_pool()
    return made


@pytest.fixture
def client_id(make_client: Make, pool_id: str) -> str:
    return str(make_client(pool_id)["ClientId"])


def refresh(anyone: Any, client_id: str, token: str, flow: str = "REFRESH_TOKEN_AUTH", **more: str) -> Any:
    return anyone.initiate_auth(AuthFlow=flow, ClientId=client_id, AuthParameters={"REFRESH_TOKEN": token, **more})[
        "AuthenticationResult"
    ]


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_a_refresh_token_brings_new_tokens_of_the_same_session(
    idp: Any, anyone: Any, pool_id: str, client_id: str, flow: str
) -> None:
    make_user(idp, pool_id)
    first = by_password(anyone, client_id)["AuthenticationResult"]
    again = refresh(anyone, client_id, first["RefreshToken"], flow)
    assert "RefreshToken" not in again
    before, after = claims(first["IdToken"]), claims(again["IdToken"])
    for name in ("origin_jti", "auth_time", "event_id", "sub"):
        assert after[name] == before[name]
    assert after["jti"] != before["jti"]


def test_what_changed_of_the_user_is_in_the_new_tokens(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    make_user(idp, pool_id)
    first = by_password(anyone, client_id)["AuthenticationResult"]
    role = "arn:aws:iam::000000000000:role/readers"
    idp.create_group(UserPoolId=pool_id, GroupName="readers", RoleArn=role, Precedence=5)
    idp.create_group(UserPoolId=pool_id, GroupName="guests")
    for group in ("readers", "guests"):
        idp.admin_add_user_to_group(UserPoolId=pool_id, Username="jane", GroupName=group)
    again = refresh(anyone, client_id, first["RefreshToken"])
    said = claims(again["IdToken"])
    assert said["cognito:groups"] == ["readers", "guests"]
    assert said["cognito:roles"] == [role]
    assert said["cognito:preferred_role"] == role
    assert claims(again["AccessToken"])["cognito:groups"] == ["readers", "guests"]


def test_a_refresh_token_is_good_for_its_client_only_and_has_one_spelling(
    idp: Any, anyone: Any, pool_id: str, client_id: str, make_client: Make
) -> None:
    make_user(idp, pool_id)
    token = by_password(anyone, client_id)["AuthenticationResult"]["RefreshToken"]
    other = make_client(pool_id, ClientName="other")["ClientId"]
    invalid = ("NotAuthorizedException", "Invalid Refresh Token")
    assert refused(ClientError, lambda: refresh(anyone, other, token)) == invalid
    for altered in (token[:-2], token + "A", token + "=", "A" + token, "A" * len(token), "x"):
        assert refused(ClientError, lambda altered=altered: refresh(anyone, client_id, altered)) == invalid
    assert refresh(anyone, client_id, token)


def test_a_client_with_a_secret_refreshes_with_the_hash_of_username_or_sub(
    idp: Any, anyone: Any, pool_id: str, make_client: Make
) -> None:
    from gatewright.services.cognito_idp.sign_in.secret_hash import secret_hash

    sub = make_user(idp, pool_id)
    made = make_client(pool_id, GenerateSecret=True)
    client_id, secret = made["ClientId"], made["ClientSecret"]
    hashed = {name: secret_hash(secret, name, client_id) for name in ("jane", sub, "joe")}
    token = by_password(anyone, client_id, SECRET_HASH=hashed["jane"])["AuthenticationResult"]["RefreshToken"]
    assert refresh(anyone, client_id, token, SECRET_HASH=hashed["jane"])
    assert refresh(anyone, client_id, token, SECRET_HASH=hashed[sub])
    for wrong in ({"SECRET_HASH": hashed["joe"]}, {}):
        code, _ = refused(ClientError, lambda wrong=wrong: refresh(anyone, client_id, token, **wrong))
        assert code == "NotAuthorizedException"


def test_i8_who_is_disabled_or_deleted_gets_nothing_more_at_once(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id)
    result = by_password(anyone, client_id)["AuthenticationResult"]
    idp.admin_disable_user(UserPoolId=pool_id, Username="jane")
    disabled = ("NotAuthorizedException", "User is disabled.")
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=result["AccessToken"])) in (disabled, DEAD)
    assert refused(ClientError, lambda: refresh(anyone, client_id, result["RefreshToken"])) in (disabled, REVOKED)
    idp.admin_enable_user(UserPoolId=pool_id, Username="jane")
    result = by_password(anyone, client_id)["AuthenticationResult"]
    idp.admin_delete_user(UserPoolId=pool_id, Username="jane")
    make_user(idp, pool_id)  # another user under the same name
    code, _ = refused(ClientError, lambda: anyone.get_user(AccessToken=result["AccessToken"]))
    assert code == "UserNotFoundException"
    code, _ = refused(ClientError, lambda: refresh(anyone, client_id, result["RefreshToken"]))
    assert code == "NotAuthorizedException"


def test_a_revoked_session_is_dead_at_once_and_others_are_not(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id)
    one, other = (by_password(anyone, client_id)["AuthenticationResult"] for _ in range(2))
    anyone.revoke_token(Token=one["RefreshToken"], ClientId=client_id)
    anyone.revoke_token(Token=one["RefreshToken"], ClientId=client_id)
    assert refused(ClientError, lambda: refresh(anyone, client_id, one["RefreshToken"])) == REVOKED
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=one["AccessToken"])) == DEAD
    assert refresh(anyone, client_id, other["RefreshToken"])
    assert anyone.get_user(AccessToken=other["AccessToken"])
    code, _ = refused(ClientError, lambda: anyone.revoke_token(Token=one["AccessToken"], ClientId=client_id))
    assert code == "UnsupportedTokenTypeException"


@pytest.mark.parametrize("by_administrator", [False, True])
def test_signing_out_everywhere_ends_every_session_and_not_the_next(
    idp: Any, anyone: Any, pool_id: str, client_id: str, by_administrator: bool
) -> None:
    make_user(idp, pool_id)
    sessions = [by_password(anyone, client_id)["AuthenticationResult"] for _ in range(2)]
    if by_administrator:
        idp.admin_user_global_sign_out(UserPoolId=pool_id, Username="jane")
    else:
        anyone.global_sign_out(AccessToken=sessions[0]["AccessToken"])
    for one in sessions:
        assert refused(ClientError, lambda one=one: refresh(anyone, client_id, one["RefreshToken"])) == REVOKED
        assert refused(ClientError, lambda one=one: anyone.get_user(AccessToken=one["AccessToken"])) == DEAD
    assert anyone.get_user(AccessToken=by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"])


def test_a_client_without_token_revocation_has_no_origin_and_is_signed_out_all_the_same(
    idp: Any, anyone: Any, pool_id: str, make_client: Make
) -> None:
    make_user(idp, pool_id)
    client_id = make_client(pool_id, EnableTokenRevocation=False)["ClientId"]
    time.sleep(
        1.0 - time.time() % 1.0
    )  # what follows is within one second, which is all that a token tells of its time
    result = by_password(anyone, client_id)["AuthenticationResult"]
    assert "origin_jti" not in claims(result["AccessToken"])
    code, _ = refused(ClientError, lambda: anyone.revoke_token(Token=result["RefreshToken"], ClientId=client_id))
    assert code == "UnsupportedOperationException"
    idp.admin_user_global_sign_out(UserPoolId=pool_id, Username="jane")
    again = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=result["AccessToken"])) == DEAD
    assert anyone.get_user(AccessToken=again)["Username"] == "jane"
    anyone.global_sign_out(AccessToken=again)
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=again)) == DEAD


def test_whoever_is_enabled_again_signs_in_anew(idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
    make_user(idp, pool_id)
    result = by_password(anyone, client_id)["AuthenticationResult"]
    idp.admin_disable_user(UserPoolId=pool_id, Username="jane")
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=result["AccessToken"]))[1] == "User is disabled."
    idp.admin_enable_user(UserPoolId=pool_id, Username="jane")
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=result["AccessToken"])) == DEAD
    assert refused(ClientError, lambda: refresh(anyone, client_id, result["RefreshToken"])) == REVOKED
    assert by_password(anyone, client_id)["AuthenticationResult"]


def test_a_refresh_token_ends(idp: Any, anyone: Any, pool_id: str, client_id: str, inside: Inside) -> None:
    make_user(idp, pool_id)
    token = by_password(anyone, client_id)["AuthenticationResult"]["RefreshToken"]
    inside.execute("UPDATE cognito_idp_token_families SET expires_at = :now", now=time.time())
    assert refused(ClientError, lambda: refresh(anyone, client_id, token)) == (
        "NotAuthorizedException",
        "Refresh Token has expired",
    )


def rotating(make_client: Make, pool_id: str, grace: int) -> str:
    return str(
        make_client(
            pool_id,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
            RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": grace},
        )["ClientId"]
    )


def test_a_rotated_refresh_token_is_good_once_and_its_reuse_ends_the_session(
    idp: Any, anyone: Any, pool_id: str, make_client: Make
) -> None:
    make_user(idp, pool_id)
    client_id = rotating(make_client, pool_id, 0)
    first = by_password(anyone, client_id)["AuthenticationResult"]["RefreshToken"]

    def rotate(token: str) -> Any:
        return anyone.get_tokens_from_refresh_token(RefreshToken=token, ClientId=client_id)["AuthenticationResult"]

    second = rotate(first)["RefreshToken"]
    third = rotate(second)
    assert third["RefreshToken"] not in (first, second)
    assert refused(ClientError, lambda: rotate(second))[0] == "RefreshTokenReuseException"
    assert refused(ClientError, lambda: rotate(third["RefreshToken"])) == REVOKED
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=third["AccessToken"])) == DEAD
    code, _ = refused(ClientError, lambda: refresh(anyone, client_id, first))
    assert code == "InvalidParameterException"


def test_a_retry_within_the_grace_period_brings_a_good_token_again(
    idp: Any, anyone: Any, pool_id: str, make_client: Make, inside: Inside
) -> None:
    make_user(idp, pool_id)
    client_id = rotating(make_client, pool_id, 60)
    first = by_password(anyone, client_id)["AuthenticationResult"]["RefreshToken"]

    def rotate(token: str) -> str:
        answer = anyone.get_tokens_from_refresh_token(RefreshToken=token, ClientId=client_id)
        return str(answer["AuthenticationResult"]["RefreshToken"])

    rotate(first)
    retried = rotate(first)
    last = rotate(retried)
    assert refused(ClientError, lambda: rotate(first))[0] == "RefreshTokenReuseException"
    assert refused(ClientError, lambda: rotate(last)) == REVOKED


def test_without_rotation_the_same_operation_brings_no_refresh_token(
    idp: Any, anyone: Any, pool_id: str, client_id: str
) -> None:
    make_user(idp, pool_id)
    token = by_password(anyone, client_id)["AuthenticationResult"]["RefreshToken"]
    answer = anyone.get_tokens_from_refresh_token(RefreshToken=token, ClientId=client_id)["AuthenticationResult"]
    assert answer["AccessToken"]
    assert "RefreshToken" not in answer


def test_an_access_token_is_proved_in_full(
    idp: Any, anyone: Any, pool_id: str, client_id: str, make_client: Make
) -> None:
    make_user(idp, pool_id)
    result = by_password(anyone, client_id)["AuthenticationResult"]
    head, body, signature = result["AccessToken"].split(".")
    invalid = ("NotAuthorizedException", "Invalid Access Token")
    swapped = "B" if signature[0] == "A" else "A"
    for token in (result["IdToken"], f"{head}.{body}.{swapped}{signature[1:]}", f"{head}.{body}.", "x.y.z", "x"):
        assert refused(ClientError, lambda token=token: anyone.get_user(AccessToken=token)) == invalid
    idp.delete_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    assert refused(ClientError, lambda: anyone.get_user(AccessToken=result["AccessToken"])) == invalid
