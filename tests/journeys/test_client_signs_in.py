"""`gatewright.client` at a running server: every way to sign in, and how a session goes on."""

import base64
import json
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gatewright.client import (
    CallRefused,
    Challenge,
    ChallengeRequired,
    Credentials,
    SessionFile,
    SignedOut,
    Unreachable,
    UserPool,
)
from gatewright.core.clock import FixedClock
from gatewright.core.totp import code_at, step_at
from tests.journeys.aws_model import check_every_call
from tests.running import Running
from tests.services.cognito_idp.conftest import Inside
from tests.services.cognito_idp.passkeys import Place
from tests.user_pool_people import PASSWORD, People, said

NEW = "Another-horse-2"
TRACKS = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}


class Club:
    """A user pool with jane in it, and the client's view of it."""

    def __init__(self, product: Running, **client: Any) -> None:
        self.people = People(product, **client)
        self.idp, self.id = self.people.idp, self.people.id
        described = self.idp.describe_user_pool_client(UserPoolId=self.id, ClientId=self.people.client_id)
        self.secret = described["UserPoolClient"].get("ClientSecret")
        self.endpoint = product.endpoint

    def pool(self, **more: Any) -> UserPool:
        """Return the pool as an app has it."""
        return UserPool(self.id, self.people.client_id, self.secret, endpoint=self.endpoint, **more)


@pytest.fixture
def club(product: Running) -> Callable[..., Club]:
    return lambda **client: Club(product, **client)


@pytest.fixture(autouse=True)
def _as_aws_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    check_every_call(monkeypatch)


class App:
    """An authenticator app."""

    def __init__(self) -> None:
        self.seed = b""
        self.asked: list[str] = []
        self._step = 0

    def read(self, secret_code: str) -> None:
        """Type the seed in."""
        self.seed = base64.b32decode(secret_code + "=" * (-len(secret_code) % 8))

    def code(self) -> str:
        """Return a code that was not shown before; the next step's is good too."""
        self._step = max(step_at(time.time()), self._step + 1)
        return code_at(self.seed, self._step)

    def answer(self, challenge: Challenge) -> str:
        """Answer for the person."""
        self.asked.append(challenge.name)
        if challenge.name == "MFA_SETUP":
            shown = challenge.authenticator()
            assert shown.uri.startswith("otpauth://totp/")
            assert shown.secret_code in shown.uri
            assert shown.secret_code not in repr(shown)
            self.read(shown.secret_code)
        return self.code()


def _demands_totp(club: Club) -> None:
    club.idp.set_user_pool_mfa_config(
        UserPoolId=club.id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )


def test_a_password_is_proved_by_srp_and_never_sent(club: Callable[..., Club]) -> None:
    at = club(ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    sub = at.people.person("jane", email="jane@example.com")
    session = at.pool().sign_in("jane", PASSWORD)
    assert session.claims()["sub"] == said(session.access_token())["sub"] == sub
    assert session.claims()["email"] == "jane@example.com"
    with pytest.raises(CallRefused, match="Incorrect username or password") as refused:
        at.pool().sign_in("jane", "Wrong-horse-1")
    assert (refused.value.code, refused.value.status) == ("NotAuthorizedException", 400)
    assert refused.value.request_id
    assert "Wrong-horse-1" not in str(refused.value)


def test_a_client_with_a_secret_shows_it_at_every_step(club: Callable[..., Club]) -> None:
    at = club(GenerateSecret=True)
    at.people.person("jane")
    pool = at.pool()
    session = pool.sign_in("jane", PASSWORD)
    before = session.access_token()
    assert session.refresh().access_token != before
    session.sign_out()
    assert pool.sign_in("jane", PASSWORD, flow="USER_PASSWORD_AUTH").signed_in
    assert at.secret not in repr(pool)
    with pytest.raises(CallRefused, match="configured with secret"):
        UserPool(at.id, at.people.client_id, endpoint=at.endpoint).sign_in("jane", PASSWORD)


def test_a_server_signs_in_for_its_users_with_credentials_of_its_own(club: Callable[..., Club]) -> None:
    at = club(ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"], GenerateSecret=True)
    at.people.person("jane")
    flow = "ADMIN_USER_PASSWORD_AUTH"
    assert at.pool().sign_in("jane", PASSWORD, flow=flow, credentials=Credentials("test", "test")).signed_in
    with pytest.raises(CallRefused) as refused:
        at.pool().sign_in("jane", PASSWORD, flow=flow, credentials=Credentials("test", "wrong"))
    assert refused.value.status in (400, 403)


def test_whoever_has_a_temporary_password_sets_a_new_one(club: Callable[..., Club]) -> None:
    at = club()
    at.idp.admin_create_user(UserPoolId=at.id, Username="jane", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    with pytest.raises(ChallengeRequired) as stopped:
        at.pool().sign_in("jane", PASSWORD)
    challenge = stopped.value.challenge
    assert challenge.name == "NEW_PASSWORD_REQUIRED"
    with pytest.raises(CallRefused, match="InvalidPasswordException"):
        challenge.respond("weak")
    session = challenge.respond({"NEW_PASSWORD": NEW, "userAttributes.name": "Jane"})
    assert session.claims()["name"] == "Jane"
    assert at.pool().sign_in("jane", NEW).signed_in


def test_a_weak_new_password_is_asked_for_again(club: Callable[..., Club]) -> None:
    at = club()
    at.idp.admin_create_user(UserPoolId=at.id, Username="jane", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    answers, mistakes = ["weak", NEW], []

    def answer(challenge: Challenge) -> str:
        mistakes.append(challenge.mistake)
        return answers.pop(0)

    assert at.pool().sign_in("jane", PASSWORD, answer=answer).signed_in
    assert mistakes[0] == ""
    assert "Password" in mistakes[1]


def test_an_authenticator_app_is_set_up_and_asked_for(club: Callable[..., Club]) -> None:
    at, app = club(GenerateSecret=True), App()
    at.people.person("jane")
    _demands_totp(at)
    assert at.pool().sign_in("jane", PASSWORD, answer=app.answer).signed_in
    with pytest.raises(ChallengeRequired) as stopped:
        at.pool().sign_in("jane", PASSWORD)
    challenge = stopped.value.challenge
    with pytest.raises(CallRefused, match="CodeMismatchException"):
        challenge.respond("000000")
    assert challenge.respond(app.code()).signed_in
    assert [*app.asked, challenge.name] == ["MFA_SETUP", "SOFTWARE_TOKEN_MFA"]


def test_a_function_that_never_knows_the_code_is_asked_three_times(club: Callable[..., Club]) -> None:
    at, app = club(), App()
    at.people.person("jane")
    _demands_totp(at)
    at.pool().sign_in("jane", PASSWORD, answer=app.answer)
    asked: list[str] = []

    def answer(challenge: Challenge) -> str:
        asked.append(challenge.mistake)
        return "000000"

    with pytest.raises(CallRefused, match="CodeMismatchException"):
        at.pool().sign_in("jane", PASSWORD, answer=answer)
    assert len(asked) == 3


def test_a_remembered_device_stands_in_for_the_second_factor(club: Callable[..., Club]) -> None:
    at, app = club(GenerateSecret=True), App()
    at.people.person("jane")
    at.idp.update_user_pool(UserPoolId=at.id, DeviceConfiguration=TRACKS)
    _demands_totp(at)
    first = at.pool().sign_in("jane", PASSWORD, answer=app.answer, device_name="laptop")
    assert first.device is not None
    assert first.device.password not in repr(first.device)
    listed = at.idp.admin_list_devices(UserPoolId=at.id, Username="jane")["Devices"]
    assert [one["DeviceKey"] for one in listed] == [first.device.key]
    first.refresh()
    again = at.pool().sign_in("jane", PASSWORD, answer=app.answer, device=first.device)
    assert again.device == first.device
    assert app.asked == ["MFA_SETUP"]
    again.refresh()


def test_a_device_that_was_forgotten_is_made_anew(club: Callable[..., Club], tmp_path: Path) -> None:
    at, store = club(), SessionFile(tmp_path / "session.json")
    at.people.person("jane")
    at.idp.update_user_pool(UserPoolId=at.id, DeviceConfiguration=TRACKS)
    first = at.pool().sign_in("jane", PASSWORD, store=store)
    assert first.device is not None
    assert at.pool().sign_in("jane", PASSWORD, store=store).device == first.device
    at.idp.admin_forget_device(UserPoolId=at.id, Username="jane", DeviceKey=first.device.key)
    again = at.pool().sign_in("jane", PASSWORD, store=store)
    assert again.device not in (None, first.device)
    kept = store.load()
    assert kept is not None
    assert kept.device == again.device


def test_the_user_says_whether_a_device_is_remembered(club: Callable[..., Club]) -> None:
    at = club()
    at.people.person("jane")
    on_prompt = {**TRACKS, "DeviceOnlyRememberedOnUserPrompt": True}
    at.idp.update_user_pool(UserPoolId=at.id, DeviceConfiguration=on_prompt)
    no, yes = at.pool().sign_in("jane", PASSWORD), at.pool().sign_in("jane", PASSWORD, remember_device=True)
    assert no.device is not None
    assert yes.device is not None
    listed = at.idp.admin_list_devices(UserPoolId=at.id, Username="jane")["Devices"]
    status = {
        one["DeviceKey"]: next(
            said["Value"] for said in one["DeviceAttributes"] if said["Name"] == "dev:device_remembered_status"
        )
        for one in listed
        if any(said["Name"] == "dev:device_remembered_status" for said in one["DeviceAttributes"])
    }
    assert status.get(yes.device.key) == "remembered"
    assert status.get(no.device.key) != "remembered"


def test_a_user_chooses_how_to_sign_in(club: Callable[..., Club]) -> None:
    at = club(ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    at.people.person("jane")
    assert at.pool().sign_in("jane", PASSWORD, flow="USER_AUTH").signed_in
    assert at.pool().sign_in("jane", PASSWORD, flow="USER_AUTH", preferred="PASSWORD").signed_in
    with pytest.raises(ChallengeRequired) as stopped:
        at.pool().sign_in("jane", flow="USER_AUTH")
    challenge = stopped.value.challenge
    assert challenge.name == "SELECT_CHALLENGE"
    assert set(challenge.choices) >= {"PASSWORD", "PASSWORD_SRP"}
    assert challenge.respond({"ANSWER": "PASSWORD", "PASSWORD": PASSWORD}).signed_in


def _allows(at: Club, *factors: str) -> None:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}}
    at.idp.update_user_pool(UserPoolId=at.id, Policies=policy, AutoVerifiedAttributes=["email"])


def test_a_code_by_mail_signs_in_without_a_password(club: Callable[..., Club], product: Running) -> None:
    at = club(ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], GenerateSecret=True)
    _allows(at, "EMAIL_OTP")
    sub = at.people.person("jane", email="jane@example.com", email_verified="true")
    seen: list[Challenge] = []

    def answer(challenge: Challenge) -> str:
        seen.append(challenge)
        return Inside(product).sent()[-1].code if challenge.name == "EMAIL_OTP" else "EMAIL_OTP"

    by_wish = at.pool().sign_in("jane", flow="USER_AUTH", preferred="EMAIL_OTP", answer=answer)
    by_choice = at.pool().sign_in("jane", flow="USER_AUTH", answer=answer)
    assert by_wish.claims()["sub"] == by_choice.claims()["sub"] == sub
    assert [challenge.name for challenge in seen] == ["EMAIL_OTP", "SELECT_CHALLENGE", "EMAIL_OTP"]
    assert seen[0].destination == "j***@e***"


def test_a_passkey_is_a_challenge_for_whoever_has_an_authenticator(club: Callable[..., Club], product: Running) -> None:
    at = club(ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    _allows(at, "WEB_AUTHN")
    at.people.person("jane")
    place = Place(at.idp, at.people.anyone, at.id, at.people.client_id)
    place.configure()
    passkey = place.register(at.pool().sign_in("jane", PASSWORD, flow="USER_AUTH").access_token())

    def answer(challenge: Challenge) -> str:
        return json.dumps(passkey.use(json.loads(challenge.parameters["CREDENTIAL_REQUEST_OPTIONS"])))

    assert at.pool().sign_in("jane", flow="USER_AUTH", preferred="WEB_AUTHN", answer=answer).signed_in


def test_a_session_is_kept_for_its_owner_only_and_goes_on_later(club: Callable[..., Club], tmp_path: Path) -> None:
    at, store = club(), SessionFile(tmp_path / "kept" / "session.json")
    at.people.person("jane")
    first = at.pool().sign_in("jane", PASSWORD, store=store)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    later = at.pool().resume(store)
    assert later.username == "jane"
    assert later.id_token() == first.id_token()
    later.refresh()
    assert at.pool().resume(store).id_token() == later.id_token() != first.id_token()
    store.path.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        at.pool().resume(store)
    store.path.chmod(0o600)
    later.sign_out()
    with pytest.raises(SignedOut, match="sign in"):
        at.pool().resume(store)
    with pytest.raises(SignedOut):
        later.id_token()


def test_a_session_that_ended_elsewhere_is_told_to_be_over(club: Callable[..., Club]) -> None:
    at = club()
    at.people.person("jane")
    one, other = at.pool().sign_in("jane", PASSWORD), at.pool().sign_in("jane", PASSWORD)
    one.sign_out(everywhere=True)
    with pytest.raises(SignedOut, match="Sign in again"):
        other.refresh()


def test_tokens_are_refreshed_before_they_end_once_for_all_threads(club: Callable[..., Club]) -> None:
    at = club(
        AccessTokenValidity=5,
        IdTokenValidity=5,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
    )
    at.people.person("jane")
    clock = FixedClock(time.time())
    pool = at.pool(clock=clock)
    session = pool.sign_in("jane", PASSWORD)
    calls: list[str] = []
    call = pool.api.call

    def counted(operation: str, *arguments: Any) -> Any:
        calls.append(operation)
        return call(operation, *arguments)

    pool.api.call = counted  # type: ignore[method-assign]
    before = session.id_token()
    clock.at += 230
    assert session.id_token() == before
    clock.at += 20
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(session.id_token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert set(found) != {before}
    assert len(set(found)) == 1
    assert calls == ["GetTokensFromRefreshToken"]


def _rotating(club: Callable[..., Club]) -> Club:
    return club(
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        GenerateSecret=True,
    )


def test_a_refresh_token_that_rotates_is_kept_each_time(club: Callable[..., Club], tmp_path: Path) -> None:
    at, store = _rotating(club), SessionFile(tmp_path / "session.json")
    at.people.person("jane")
    session = at.pool().sign_in("jane", PASSWORD, store=store)
    seen = {session.tokens().refresh_token, session.refresh().refresh_token, session.refresh().refresh_token}
    assert len(seen) == 3
    other = at.pool().resume(store)  # another process
    fresh = other.refresh()
    assert session.refresh() == fresh, "what the other has refreshed is taken over, and not the old token used again"
    session.refresh()
    assert at.pool().resume(store).tokens() == session.tokens()
    session.sign_out()
    with pytest.raises(SignedOut):
        other.refresh()


def test_a_disk_that_is_full_does_not_end_the_session(club: Callable[..., Club], tmp_path: Path) -> None:
    at, store = _rotating(club), SessionFile(tmp_path / "session.json")
    at.people.person("jane")
    session = at.pool().sign_in("jane", PASSWORD, store=store)
    save = store.save

    def full(_: Any) -> None:
        raise OSError("No space left on device")

    store.save = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="No space left"):
        session.refresh()
    store.save = save  # type: ignore[method-assign]
    session.refresh()
    assert at.pool().resume(store).tokens() == session.tokens()


def test_processes_that_share_a_file_use_each_refresh_token_once(club: Callable[..., Club], tmp_path: Path) -> None:
    at, store = _rotating(club), SessionFile(tmp_path / "session.json")
    at.people.person("jane")
    at.pool().sign_in("jane", PASSWORD, store=store)
    clock = FixedClock(time.time() + 3_550)
    # A file's lock is between descriptors, so sessions of one process stand for several processes.
    sessions = [at.pool(clock=clock).resume(SessionFile(store.path)) for _ in range(4)]
    before = sessions[0]._tokens
    found: list[Any] = []

    def ask(session: Any) -> None:
        try:
            found.append(session.tokens())
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=ask, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert found == [found[0]] * 4
    assert found[0] != before
    assert at.pool().resume(store).refresh().refresh_token != found[0].refresh_token, "the session lives"


def test_a_store_in_which_somebody_else_signed_in_is_left_to_them(club: Callable[..., Club], tmp_path: Path) -> None:
    at, store = club(), SessionFile(tmp_path / "session.json")
    at.people.person("jane")
    at.people.person("john")
    jane = at.pool().sign_in("jane", PASSWORD, store=store)
    john = at.pool().sign_in("john", PASSWORD, store=store)
    jane.refresh()
    assert jane.claims()["cognito:username"] == "jane"
    jane.sign_out()
    assert at.pool().resume(store).id_token() == john.id_token()


def test_good_tokens_are_used_on_while_the_server_is_away(club: Callable[..., Club]) -> None:
    at = club()
    at.people.person("jane")
    clock = FixedClock(time.time())
    pool = at.pool(clock=clock)
    session = pool.sign_in("jane", PASSWORD)
    before = session.id_token()
    pool.api.endpoint = "http://127.0.0.1:9"
    clock.at += 3_570  # less than a minute before the end
    assert session.id_token() == before
    clock.at += 40
    with pytest.raises(Unreachable, match="no answer"):
        session.id_token()


def test_what_is_kept_is_nothing_but_the_session(club: Callable[..., Club], tmp_path: Path) -> None:
    at, store = club(GenerateSecret=True), SessionFile(tmp_path / "session.json")
    at.people.person("jane")
    at.pool().sign_in("jane", PASSWORD, store=store)
    content = store.path.read_text()
    assert PASSWORD not in content
    assert at.secret not in content
    assert set(json.loads(content)) == {"username", "tokens", "device", "given"}
