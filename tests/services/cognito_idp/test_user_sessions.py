"""Sessions that a pool tracks: seen, limited, and ended one by one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.services.cognito_idp.signing_in import by_password, make_user
from tests.services.policies import refused

NOBODYS = "tkn" + "0" * 25


class Place:
    """A pool that tracks sessions, a client and a user."""

    def __init__(self, idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
        self.idp, self.anyone, self.pool_id, self.client_id = idp, anyone, pool_id, client_id
        self.jane = {"UserPoolId": pool_id, "Username": "jane"}
        make_user(idp, pool_id)

    def track(self, most: int = 20, tracking: str = "ENABLED") -> Any:
        return self.idp.set_user_pool_session_configuration(
            UserPoolId=self.pool_id, UserSessionTracking=tracking, TokenSession={"MaxPerUser": most}
        )

    def sign_in(self, name: str = "jane") -> dict[str, Any]:
        tokens: dict[str, Any] = by_password(self.anyone, self.client_id, name)["AuthenticationResult"]
        return tokens

    def sessions(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.idp.admin_list_user_sessions(**self.jane)["Sessions"]
        return listed

    def is_dead(self, tokens: dict[str, Any]) -> bool:
        """Say whether a session gives nothing more; both of its tokens must agree."""
        refresh = {"REFRESH_TOKEN": tokens["RefreshToken"]}
        asked = {"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": self.client_id, "AuthParameters": refresh}
        outcomes = set()
        for call, parameters in (
            (self.anyone.get_user, {"AccessToken": tokens["AccessToken"]}),
            (self.anyone.initiate_auth, asked),
        ):
            try:
                call(**parameters)
                outcomes.add(False)
            except self.anyone.exceptions.NotAuthorizedException as error:
                outcomes.add("revoked" in str(error))
        assert len(outcomes) == 1
        return outcomes.pop()


@pytest.fixture
def at(idp, anyone, make_pool, make_client) -> Place:
    pool_id = make_pool()
    return Place(idp, anyone, pool_id, make_client(pool_id)["ClientId"])


def test_a_pool_tracks_nothing_until_it_is_told_to(at, inside):
    shown = at.idp.get_user_pool_session_configuration(UserPoolId=at.pool_id)
    assert shown["UserSessionTracking"] == "DISABLED"
    assert shown["TokenSession"] == {"MaxPerUser": 20}
    tokens = at.sign_in()
    code = "OperationNotEnabledException"
    assert refused(at.anyone.list_user_sessions, AccessToken=tokens["AccessToken"])[0] == code
    assert refused(at.idp.admin_list_user_sessions, **at.jane)[0] == code
    assert refused(at.idp.admin_revoke_user_session, **at.jane, SessionId=NOBODYS)[0] == code
    assert at.track(3)["TokenSession"] == {"MaxPerUser": 3}
    again = at.idp.get_user_pool_session_configuration(UserPoolId=at.pool_id)
    assert (again["UserSessionTracking"], again["TokenSession"]) == ("ENABLED", {"MaxPerUser": 3})
    at.idp.update_user_pool(UserPoolId=at.pool_id)  # which says nothing of sessions
    assert len(at.sessions()) == 1


def test_users_see_their_sessions_and_which_one_they_call_from(at):
    at.track()
    first, second = at.sign_in(), at.sign_in()
    make_user(at.idp, at.pool_id, "eve")
    at.sign_in("eve")
    listed = at.anyone.list_user_sessions(AccessToken=first["AccessToken"])["Sessions"]
    assert [one["IsCurrentSession"] for one in listed] == [False, True]  # the last that was used comes first
    assert {one["SessionType"] for one in listed} == {"TOKEN"}
    assert {one["ClientId"] for one in listed} == {at.client_id}
    assert {one["LastIPAddress"] for one in listed} == {"127.0.0.1"}
    assert {one["DeviceType"] for one in listed} == {"Linux, Boto3"}
    refresh = {"REFRESH_TOKEN": first["RefreshToken"]}
    at.anyone.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=at.client_id, AuthParameters=refresh)
    used = at.anyone.list_user_sessions(AccessToken=second["AccessToken"])["Sessions"]
    assert [one["SessionId"] for one in used] == [one["SessionId"] for one in reversed(listed)]
    assert used[0]["LastActiveDate"] > used[0]["CreateDate"]
    assert not any(one["IsCurrentSession"] for one in at.sessions())


def test_a_session_that_is_revoked_is_dead_at_once_and_the_others_live(at):
    at.track()
    first, second, third = at.sign_in(), at.sign_in(), at.sign_in()
    mine, theirs = at.anyone.list_user_sessions(AccessToken=third["AccessToken"])["Sessions"][:2]
    own = refused(at.anyone.revoke_user_session, AccessToken=third["AccessToken"], SessionId=mine["SessionId"])
    assert own[0] == "InvalidParameterException"
    ended = {"AccessToken": third["AccessToken"], "SessionId": theirs["SessionId"]}
    at.anyone.revoke_user_session(**ended, RevokeAssociatedSessions="LINKED")
    assert [at.is_dead(tokens) for tokens in (first, second, third)] == [False, True, False]
    assert refused(at.anyone.revoke_user_session, **ended)[0] == "ResourceNotFoundException"
    at.idp.admin_revoke_user_session(**at.jane, SessionId=mine["SessionId"])
    assert [at.is_dead(tokens) for tokens in (first, third)] == [False, True]


def test_a_client_without_token_revocation_has_sessions_like_any_other(at, make_client):
    at.track()
    at.client_id = make_client(at.pool_id, EnableTokenRevocation=False)["ClientId"]
    first, second = at.sign_in(), at.sign_in()
    listed = at.anyone.list_user_sessions(AccessToken=first["AccessToken"])["Sessions"]
    (mine,) = [one for one in listed if one["IsCurrentSession"]]
    own = refused(at.anyone.revoke_user_session, AccessToken=first["AccessToken"], SessionId=mine["SessionId"])
    assert own[0] == "InvalidParameterException"
    at.idp.admin_revoke_user_session(**at.jane, SessionId=mine["SessionId"])
    assert [at.is_dead(first), at.is_dead(second)] == [True, False]


def test_nobody_ends_a_session_of_somebody_else(at):
    at.track()
    make_user(at.idp, at.pool_id, "eve")
    jane, eve = at.sign_in(), at.sign_in("eve")
    (hers,) = at.sessions()
    for call, asked in (
        (at.anyone.revoke_user_session, {"AccessToken": eve["AccessToken"]}),
        (at.idp.admin_revoke_user_session, {"UserPoolId": at.pool_id, "Username": "eve"}),
    ):
        answer = refused(call, **asked, SessionId=hers["SessionId"])
        assert answer == ("ResourceNotFoundException", "Session does not exist.")
        assert refused(call, **asked, SessionId=NOBODYS) == answer
    assert not at.is_dead(jane)


def test_one_session_more_than_the_pool_allows_ends_the_least_recently_used(at):
    at.track(2)
    first, second = at.sign_in(), at.sign_in()
    refresh = {"REFRESH_TOKEN": first["RefreshToken"]}
    at.anyone.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=at.client_id, AuthParameters=refresh)
    third = at.sign_in()
    assert [at.is_dead(tokens) for tokens in (first, second, third)] == [False, True, False]
    at.track(1)
    assert len(at.sessions()) == 2  # a lower limit ends nothing by itself
    at.sign_in()
    assert len(at.sessions()) == 1


def test_many_who_sign_in_at_once_are_not_more_than_the_pool_allows(at):
    at.track(3)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: at.sign_in(), range(8)))
    assert len(at.sessions()) == 3


def test_the_plan_lite_has_no_sessions_to_track(idp, make_pool, make_client):
    pool_id = make_pool(UserPoolTier="LITE")
    asked = {"UserPoolId": pool_id, "UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}}
    assert refused(idp.set_user_pool_session_configuration, **asked)[0] == "FeatureUnavailableInTierException"


def test_single_sign_on_of_a_client_has_its_default_until_there_is_a_hosted_ui(at):
    named = {"UserPoolId": at.pool_id, "ClientId": at.client_id}
    asked = {**named, "SSOSession": {"MaxValidityMinutes": 60}}
    assert "does not track sessions" in refused(at.idp.set_user_pool_client_session_configuration, **asked)[1]
    at.track()
    assert at.idp.set_user_pool_client_session_configuration(**asked)["SSOSession"] == {"MaxValidityMinutes": 60}
    assert at.idp.get_user_pool_client_session_configuration(**named)["SSOSession"] == {"MaxValidityMinutes": 60}
    other = {**named, "SSOSession": {"MaxValidityMinutes": 0}}
    assert "SSOSession.MaxValidityMinutes" in refused(at.idp.set_user_pool_client_session_configuration, **other)[1]
