"""No secret is anywhere but with whom it was given to: not in the log, not in errors, not in the data directory."""

import sqlite3
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from gatewright.settings import Settings
from gatewright.wire.sigv4.sign import Credentials, presign
from tests.running import Command, Running
from tests.security import scene
from tests.security.attacker import FORM, Pen, ask, user

ROOT = Credentials("AKIAIOSFODNN7EXAMPLE", "root-secret-root-secret-root-secret-root")
MASTER = "ab" * 32
ENVIRON = {
    "GATEWRIGHT_ROOT_ACCESS_KEY_ID": ROOT.access_key_id,
    "GATEWRIGHT_ROOT_SECRET_ACCESS_KEY": ROOT.secret_access_key,
}


def _use_everything(running: Running) -> tuple[list[str], str]:
    """Use secrets in every way, rightly and wrongly; return them, and what errors and explanations said."""
    alice = user(running, "alice", {"Effect": "Allow", "Action": "sts:*", "Resource": "*"})
    pool_id, api_id = scene.build_pool(running), scene.build_api(running)
    identity = running.client("cognito-identity")
    identity.update_identity_pool(
        IdentityPoolId=pool_id, IdentityPoolName="app", AllowUnauthenticatedIdentities=True, AllowClassicFlow=True
    )
    visitor = scene.visitor(running, pool_id)
    token = identity.get_open_id_token(IdentityId=identity.get_id(IdentityPoolId=pool_id)["IdentityId"])["Token"]
    secrets = [ROOT.secret_access_key, alice.secret_access_key, visitor.secret_access_key, token.rpartition(".")[2]]
    assert visitor.session_token is not None
    secrets += [visitor.session_token, visitor.session_token[:80]]
    said, port = "", running.port
    target = f"/_aws/execute-api/{api_id}/dev/demo"
    for key in (ROOT, alice, visitor, replace_secret(visitor), replace_secret(alice)):
        for pen in (Pen(key, "sts"), Pen(key, "execute-api"), Pen(key, "iam", at=time.time() - 3600)):
            for answer in (
                pen.who_am_i(port),
                pen.ask(port, "GET", target),
                pen.ask(port, "POST", "/", [FORM], b"Action=CreateUser&Version=2010-05-08&UserName=%00"),
                pen.ask(port, "GET", target, [("X-Api-Key", "api-key-value"), ("Cookie", "cookie-value")]),
            ):
                said += answer.text
                page = f"/_gatewright/requests/{answer.headers['x-amzn-requestid']}"
                said += Pen(ROOT, "gatewright").ask(port, "GET", page).text
        url = presign("GET", f"http://localhost{target}?a=1", (), key, "execute-api", "us-east-1", time.time(), 60)
        said += ask(port, "GET", url.removeprefix("http://localhost").replace("a=1", "a=2")).text
    for bad in (token, token[:-4] + "AAAA"):
        try:
            running.client("sts").assume_role_with_web_identity(
                RoleArn="arn:aws:iam::000000000000:role/nobody", RoleSessionName="session", WebIdentityToken=bad
            )
        except ClientError as error:
            said += str(error)
    return [*secrets, "api-key-value", "cookie-value"], said


def replace_secret(key: Credentials) -> Credentials:
    return Credentials(key.access_key_id, "wrong", key.session_token)


def test_no_secret_is_in_the_log_in_errors_or_in_explanations(tmp_path: Path) -> None:
    with Command(tmp_path, environ=ENVIRON) as command:
        running = Running(command.port, (ROOT.access_key_id, ROOT.secret_access_key))
        secrets, said = _use_everything(running)
        command.stop()
        log = command.log
    for secret in secrets:
        assert secret not in log
        assert secret not in said
    assert "Traceback" not in log


def test_no_secret_is_readable_in_the_data_directory(tmp_path: Path) -> None:
    with Command(tmp_path, environ=ENVIRON | {"GATEWRIGHT_MASTER_KEY": MASTER}) as command:
        secrets, _ = _use_everything(Running(command.port, (ROOT.access_key_id, ROOT.secret_access_key)))
        command.stop()
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in (*secrets, MASTER, "PRIVATE KEY"):
        assert secret.encode() not in written
    with sqlite3.connect(tmp_path / "gatewright.sqlite3") as database:
        dump = "\n".join(database.iterdump())
    assert not any(secret in dump for secret in secrets)


def test_what_is_private_is_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "made"
    with Command(data) as command:
        for name in ("master.key", "root-key.json"):
            assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        command.stop()


@pytest.mark.parametrize("name", ["master.key", "root-key.json"])
def test_a_damaged_key_file_is_one_line_and_no_new_key(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("damaged")
    command = Command(tmp_path)
    try:
        assert command.process.wait(60) == 2
        text = command.log
        assert len(text.strip().splitlines()) == 1, text
        assert (tmp_path / name).read_text() == "damaged"
    finally:
        command.__exit__()


def test_a_database_whose_retired_key_was_dropped_gives_nobodys_secret_away(tmp_path: Path) -> None:
    """The rows are there and cannot be opened: users' keys are refused as unknown ones are, and nothing breaks."""
    with Command(tmp_path, environ=ENVIRON | {"GATEWRIGHT_MASTER_KEY": MASTER}) as command:
        running = Running(command.port, (ROOT.access_key_id, ROOT.secret_access_key))
        alice = user(running)
        pool_id = scene.build_pool(running)
        scene.visitor(running, pool_id)
        command.stop()
    new = "cd" * 32
    with Command(tmp_path, environ=ENVIRON | {"GATEWRIGHT_MASTER_KEY": f"{new} {MASTER}"}) as command:
        assert Pen(alice, at=time.time()).who_am_i(command.port).status == 200
        command.stop()
    with Command(tmp_path, environ=ENVIRON | {"GATEWRIGHT_MASTER_KEY": new}) as command:
        running = Running(command.port, (ROOT.access_key_id, ROOT.secret_access_key))
        answer = Pen(alice, at=time.time()).who_am_i(running.port)
        assert answer.status in (403, 500), answer.text
        assert "<UserId>" not in answer.text
        assert scene.visitor(running, pool_id), "visitors' sessions are sealed anew"
        assert replace(Pen(ROOT), at=time.time()).who_am_i(running.port).status == 200


def test_a_database_is_not_opened_without_its_master_key_nor_with_another_one(tmp_path: Path) -> None:
    with Command(tmp_path) as command:
        command.stop()
    kept = (tmp_path / "master.key").read_text()
    (tmp_path / "master.key").unlink()
    assert "master.key is missing" in _refused(tmp_path, {})
    assert not (tmp_path / "master.key").exists(), "no new key is made beside what the old one sealed"
    assert "sealed with another master key" in _refused(tmp_path, {"GATEWRIGHT_MASTER_KEY": "cd" * 32})
    (tmp_path / "master.key").write_text(kept)
    with Command(tmp_path) as command:
        command.stop()


def _refused(data: Path, environ: dict[str, str]) -> str:
    """Return the one line with which a start ends."""
    command = Command(data, environ=environ)
    try:
        assert command.process.wait(60) == 2
        text = command.log
        assert len(text.strip().splitlines()) == 1, text
        return text
    finally:
        command.__exit__()


def test_the_command_line_of_a_database_shows_no_password(tmp_path: Path) -> None:
    command = Command(tmp_path, "--database", "postgresql://someone:hidden-password@127.0.0.1:1/nothing")
    try:
        assert command.process.wait(30) == 2
        text = command.log
        assert "hidden-password" not in text
        assert len(text.strip().splitlines()) == 1, text
    finally:
        command.__exit__()


def test_settings_and_credentials_do_not_show_their_secrets() -> None:
    settings = Settings(
        root_access_key_id="AKIA",
        root_secret_access_key="hidden-secret",
        master_key="hidden-key",
        database="postgresql://someone:hidden-password@host/name",
    )
    assert "hidden" not in repr(settings) + str(settings)
    assert "hidden" not in repr(Credentials("AKIA", "hidden-secret", "hidden-token"))
