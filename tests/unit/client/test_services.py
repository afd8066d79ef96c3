"""The calls that a client makes: where to, what of them is told, and what is done when a pool has forgotten."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gatewright.client import (
    CallRefused,
    ChallengeRequired,
    DishonestServer,
    IdentityPool,
    Kept,
    SessionFile,
    SignedOut,
    Tokens,
    Unreachable,
    UserPool,
)
from gatewright.core.clock import FixedClock

POOL, IDENTITIES = "eu-central-1_Abc123", "eu-central-1:0a1b2c3d-0000-0000-0000-000000000000"


class Server:
    """Answers calls with what a test wants."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], Any]) -> None:
        self.calls: list[str] = []
        self.urls: list[str] = []
        self._answer = answer
        self.http = httpx.Client(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        operation = request.headers["x-amz-target"].partition(".")[2]
        self.calls.append(operation)
        self.urls.append(str(request.url))
        try:
            return httpx.Response(200, json=self._answer(operation, json.loads(request.content)))
        except CallRefused as refusal:
            told = {"__type": f"com.amazonaws#{refusal.code}", "message": refusal.message}
            return httpx.Response(refusal.status, json=told, headers={"x-amzn-RequestId": "abc"})


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("", "_COGNITO_IDENTITY", "_COGNITO_IDENTITY_PROVIDER"):
        monkeypatch.delenv(f"AWS_ENDPOINT_URL{name}", raising=False)
    monkeypatch.delenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", raising=False)


def test_the_address_is_the_given_one_or_the_environment_s_or_aws_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def where(pool: str = POOL, **more: Any) -> str:
        return UserPool(pool, "client", **more).api.endpoint

    assert where() == "https://cognito-idp.eu-central-1.amazonaws.com"
    assert where("cn-north-1_Abc") == "https://cognito-idp.cn-north-1.amazonaws.com.cn"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    assert where() == "http://localhost:4566"
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://localhost:4567")
    assert where() == "http://localhost:4567"
    assert where(endpoint="http://localhost:4568") == "http://localhost:4568"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert where() == "https://cognito-idp.eu-central-1.amazonaws.com"


@pytest.mark.parametrize("identifier", ["", "Abc", "us-east-1", "us-east-1_", "evil.com/_x", "us-east-1.evil.com_x"])
def test_an_id_that_would_make_another_host_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match="region"):
        UserPool(identifier, "client")
    with pytest.raises(ValueError, match="region"):
        IdentityPool(identifier.replace("_", ":"))


def test_a_refusal_tells_code_message_and_request_and_no_secret() -> None:
    def answer(operation: str, parameters: dict[str, Any]) -> Any:
        assert parameters["AuthParameters"]["PASSWORD"] == "Secret-horse-1"
        raise CallRefused("NotAuthorizedException", "Incorrect username or password.", operation, 400)

    pool = UserPool(POOL, "client", http=Server(answer).http)
    with pytest.raises(CallRefused) as refused:
        pool.sign_in("jane", "Secret-horse-1", flow="USER_PASSWORD_AUTH")
    told = refused.value
    assert (told.code, told.message) == ("NotAuthorizedException", "Incorrect username or password.")
    assert (told.operation, told.request_id, told.status) == ("InitiateAuth", "abc", 400)
    assert "Secret-horse" not in f"{told!s}{told!r}"


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"\xff", b'"text"'])
def test_somebody_who_is_not_aws_is_told_apart(content: bytes) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(502, content=content)))
    with pytest.raises(Unreachable, match=r"status 502"):
        UserPool(POOL, "client", http=http).sign_in("jane", "x")


def test_a_redirect_is_not_followed_with_a_password() -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(307, headers={"location": "http://evil.example/"})

    http = httpx.Client(transport=httpx.MockTransport(handle))
    with pytest.raises((Unreachable, CallRefused)):
        UserPool(POOL, "client", http=http).sign_in("jane", "x", flow="USER_PASSWORD_AUTH")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"flow": "REFRESH_TOKEN_AUTH"}, "not a flow"),
        ({"password": None}, "needs a password"),
        ({"flow": "ADMIN_NO_SRP_AUTH"}, "need credentials"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        UserPool(POOL, "client").sign_in("jane", **{"password": "x", **arguments})


class Identities:
    """An identity pool that forgets when it is told to."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.known = 1
        self.server = Server(self.answer)

    def answer(self, operation: str, parameters: dict[str, Any]) -> Any:
        """Answer a call."""
        if operation == "GetId":
            return {"IdentityId": f"eu-central-1:{self.known}"}
        if parameters["IdentityId"] != f"eu-central-1:{self.known}":
            raise CallRefused("ResourceNotFoundException", "Identity not found.", operation, 400)
        keys = {"AccessKeyId": f"ASIA{len(self.server.calls)}", "SecretKey": "s", "SessionToken": "t"}
        return {"IdentityId": parameters["IdentityId"], "Credentials": {**keys, "Expiration": self.clock.at + 3600}}


def test_credentials_are_asked_for_once_and_again_before_they_end() -> None:
    clock = FixedClock(1_000_000.0)
    pool = Identities(clock)
    visitor = IdentityPool(IDENTITIES, http=pool.server.http, clock=clock)
    first = visitor.credentials()
    assert visitor.credentials() is first
    assert visitor.identity_id == "eu-central-1:1"
    assert pool.server.calls == ["GetId", "GetCredentialsForIdentity"]
    clock.at += 3_301
    assert visitor.credentials() != first
    assert pool.server.calls == ["GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity"]
    assert pool.server.urls[0] == "https://cognito-identity.eu-central-1.amazonaws.com/"


def test_an_identity_that_the_pool_forgot_is_asked_for_again() -> None:
    clock = FixedClock(1_000_000.0)
    pool = Identities(clock)
    visitor = IdentityPool(IDENTITIES, identity_id="eu-central-1:0", http=pool.server.http, clock=clock)
    assert visitor.credentials().access_key_id.startswith("ASIA")
    assert pool.server.calls == ["GetCredentialsForIdentity", "GetId", "GetCredentialsForIdentity"]
    pool.known, clock.at = 2, clock.at + 3_600
    visitor.credentials()
    assert visitor.identity_id == "eu-central-1:2"


def test_a_pool_that_does_not_exist_is_not_asked_for_ever() -> None:
    def answer(operation: str, parameters: dict[str, Any]) -> Any:
        raise CallRefused("ResourceNotFoundException", "IdentityPool not found.", operation, 400)

    server = Server(answer)
    with pytest.raises(CallRefused, match="not found"):
        IdentityPool(IDENTITIES, http=server.http).credentials()
    assert server.calls == ["GetId"]


def test_other_logins_may_be_fetched_each_time() -> None:
    clock, seen = FixedClock(0.0), []
    pool = Identities(clock)

    def answer(operation: str, parameters: dict[str, Any]) -> Any:
        seen.append(parameters["Logins"])
        return pool.answer(operation, parameters)

    tokens = iter(["one", "two"])
    logins = IdentityPool(
        IDENTITIES, logins=lambda: {"accounts.google.com": next(tokens)}, http=Server(answer).http, clock=clock
    )
    logins.credentials()
    clock.at += 4_000
    logins.credentials()
    assert [one["accounts.google.com"] for one in seen] == ["one", "one", "two"]


def test_whoever_signed_out_has_no_credentials_any_more() -> None:
    clock = FixedClock(0.0)
    pool = Identities(clock)
    session: Any = type("Session", (), {"signed_in": True, "username": "jane", "logins": lambda _: {}})()
    club = IdentityPool(IDENTITIES, session, http=pool.server.http, clock=clock)
    club.credentials()
    session.signed_in = False
    with pytest.raises(SignedOut, match="jane"):
        club.credentials()
    with pytest.raises(ValueError, match="not both"):
        IdentityPool(IDENTITIES, session, logins={})


TOKENS = Tokens("id", "access", "refresh", 1.0, 2.0)


def test_a_session_file_is_replaced_as_a_whole_and_read_by_its_owner_only(tmp_path: Path) -> None:
    store = SessionFile(tmp_path / "below" / "session.json")
    assert store.load() is None
    store.save(Kept("jane", TOKENS))
    assert store.load() == Kept("jane", TOKENS)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    store.save(Kept("jane"))
    assert [path.name for path in store.path.parent.iterdir()] == ["session.json"]
    store.path.chmod(0o640)
    with pytest.raises(PermissionError, match="chmod 600"):
        store.load()


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"username": 1}'])
def test_a_file_that_holds_something_else_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ValueError, match=r"session\.json"):
        SessionFile(path).load()


def test_tokens_are_in_no_message() -> None:
    shown = repr(Kept("jane", TOKENS)) + repr(TOKENS)
    assert "access" not in shown
    assert "refresh" not in shown


@pytest.mark.parametrize("asked", ["PASSWORD", "SELECT_CHALLENGE", "PASSWORD_SRP"])
def test_a_server_cannot_talk_a_client_into_sending_what_it_would_only_prove(asked: str) -> None:
    sent: list[str] = []

    def answer(operation: str, parameters: dict[str, Any]) -> Any:
        sent.append(json.dumps(parameters))
        return {"ChallengeName": asked, "Session": "s", "AvailableChallenges": ["PASSWORD"]}

    pool = UserPool(POOL, "client", http=Server(answer).http)
    with pytest.raises(DishonestServer, match="not sent"):
        pool.sign_in("jane", "Secret-horse-1", answer=lambda _: "Secret-horse-1")
    assert len(sent) == 1
    assert "Secret-horse" not in "".join(sent)


def test_a_password_that_is_to_be_proved_by_choice_is_not_sent_either() -> None:
    sent: list[str] = []

    def answer(operation: str, parameters: dict[str, Any]) -> Any:
        sent.append(json.dumps(parameters))
        return {"ChallengeName": "PASSWORD", "Session": "s"}

    pool = UserPool(POOL, "client", http=Server(answer).http)
    with pytest.raises(ChallengeRequired):
        pool.sign_in("jane", "Secret-horse-1", flow="USER_AUTH")
    assert "Secret-horse" not in "".join(sent)


def test_what_is_sent_in_srp_is_neither_the_password_nor_made_of_it_alone() -> None:
    sent: list[dict[str, Any]] = []

    def answer(operation: str, parameters: dict[str, Any]) -> Any:
        sent.append(parameters)
        if operation == "InitiateAuth":
            asked = {"SALT": "a1", "SRP_B": "ab" * 300, "SECRET_BLOCK": "YQ==", "USER_ID_FOR_SRP": "jane"}
            return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": asked, "Session": "s"}
        raise CallRefused("NotAuthorizedException", "Incorrect username or password.", operation, 400)

    pool = UserPool(POOL, "client", "the-client-secret", http=Server(answer).http)
    for _ in range(2):
        with pytest.raises(CallRefused):
            pool.sign_in("jane", "Secret-horse-1")
    assert "Secret-horse" not in json.dumps(sent)
    assert "the-client-secret" not in json.dumps(sent)
    first, second = (one["ChallengeResponses"]["PASSWORD_CLAIM_SIGNATURE"] for one in (sent[1], sent[3]))
    assert first != second
    assert set(sent[1]["ChallengeResponses"]) == {
        "PASSWORD_CLAIM_SECRET_BLOCK",
        "PASSWORD_CLAIM_SIGNATURE",
        "SECRET_HASH",
        "TIMESTAMP",
        "USERNAME",
    }


def test_a_lock_is_not_made_through_somebody_s_link(tmp_path: Path) -> None:
    store, victim = SessionFile(tmp_path / "session.json"), tmp_path / "victim"
    (tmp_path / "session.json.lock").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"), store.locked():
        pass
    assert not victim.exists()
