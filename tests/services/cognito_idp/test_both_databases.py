"""Signing in on SQLite and on PostgreSQL; and many who show the same thing at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore import UNSIGNED
from botocore.exceptions import ClientError

from tests.running import Running
from tests.services.cognito_idp.signing_in import by_password, make_user, refused, srp


class Place:
    """A pool with a user, and a client whose refresh tokens rotate."""

    def __init__(self, running: Running) -> None:
        self.idp = running.client("cognito-idp")
        self.anyone = running.client("cognito-idp", signature_version=UNSIGNED)
        self.pool_id = self.idp.create_user_pool(PoolName="people")["UserPool"]["Id"]
        self.client_id = self.idp.create_user_pool_client(
            UserPoolId=self.pool_id,
            ClientName="app",
            ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
            RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        )["UserPoolClient"]["ClientId"]
        make_user(self.idp, self.pool_id)


def at_once(act: Callable[[], Any], times: int = 6) -> tuple[int, set[str]]:
    """Do the same several times at once; returns how often it was done, and what the others were told."""

    def attempt(_: int) -> str:
        try:
            act()
        except ClientError as refusal:
            return str(refusal.response["Error"]["Code"])
        return ""

    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(attempt, range(times)))
    return answers.count(""), set(answers) - {""}


def test_the_story_is_the_same_on_both_databases(anywhere: Running) -> None:
    at = Place(anywhere)
    result = srp(at.anyone, at.pool_id, at.client_id).authenticate_user()["AuthenticationResult"]
    assert at.anyone.get_user(AccessToken=result["AccessToken"])["Username"] == "jane"
    for _ in range(5):
        code, _ = refused(ClientError, lambda: by_password(at.anyone, at.client_id, password="Wrong-horse-1"))
        assert code == "NotAuthorizedException"
    refused(ClientError, lambda: by_password(at.anyone, at.client_id))
    new = at.anyone.get_tokens_from_refresh_token(RefreshToken=result["RefreshToken"], ClientId=at.client_id)
    at.anyone.revoke_token(Token=new["AuthenticationResult"]["RefreshToken"], ClientId=at.client_id)
    assert refused(ClientError, lambda: at.anyone.get_user(AccessToken=result["AccessToken"])) == (
        "NotAuthorizedException",
        "Access Token has been revoked",
    )


def test_of_many_who_show_one_rotated_token_at_once_one_wins(anywhere: Running) -> None:
    at = Place(anywhere)
    token = by_password(at.anyone, at.client_id)["AuthenticationResult"]["RefreshToken"]
    done, told = at_once(lambda: at.anyone.get_tokens_from_refresh_token(RefreshToken=token, ClientId=at.client_id))
    assert done == 1
    assert told <= {"RefreshTokenReuseException", "NotAuthorizedException"}


def test_of_many_who_give_one_answer_at_once_one_comes_in(anywhere: Running) -> None:
    at = Place(anywhere)
    client = srp(at.anyone, at.pool_id, at.client_id)
    asked = at.anyone.initiate_auth(
        AuthFlow="USER_SRP_AUTH", ClientId=at.client_id, AuthParameters=client.get_auth_params()
    )
    answers = client.process_challenge(asked["ChallengeParameters"], {"USERNAME": "jane"})
    done, told = at_once(
        lambda: at.anyone.respond_to_auth_challenge(
            ClientId=at.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=answers
        )
    )
    assert (done, told) == (1, {"NotAuthorizedException"})


def test_what_is_too_long_to_be_found_by_is_refused_on_both(anywhere: Running) -> None:
    idp = anywhere.client("cognito-idp")
    pool_id = idp.create_user_pool(PoolName="people", AliasAttributes=["preferred_username"])["UserPool"]["Id"]
    make_user(idp, pool_id)
    for length, taken in ((512, True), (513, False)):
        alias = [{"Name": "preferred_username", "Value": "z" * length}]

        def change(alias: list[dict[str, str]] = alias) -> Any:
            return idp.admin_update_user_attributes(UserPoolId=pool_id, Username="jane", UserAttributes=alias)

        if taken:
            change()
        else:
            assert refused(ClientError, change)[0] == "InvalidParameterException"
    jane = {"ProviderName": "Cognito", "ProviderAttributeValue": "jane"}
    for name, value in (("Cognito_Subject", "v" * 513), ("n" * 65, "v")):
        google = {"ProviderName": "Google", "ProviderAttributeName": name, "ProviderAttributeValue": value}
        code, _ = refused(
            ClientError,
            lambda google=google: idp.admin_link_provider_for_user(
                UserPoolId=pool_id, DestinationUser=jane, SourceUser=google
            ),
        )
        assert code == "InvalidParameterException"


def test_of_many_who_sign_in_at_once_no_more_sessions_live_than_the_pool_allows(anywhere: Running) -> None:
    at = Place(anywhere)
    tracked = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 2}}
    at.idp.set_user_pool_session_configuration(UserPoolId=at.pool_id, **tracked)
    assert at_once(lambda: by_password(at.anyone, at.client_id)) == (6, set())
    assert len(at.idp.admin_list_user_sessions(UserPoolId=at.pool_id, Username="jane")["Sessions"]) == 2
