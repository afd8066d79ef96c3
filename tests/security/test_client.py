"""The client as an attacker has it: another's file, another's address, another's folder to work in."""

import subprocess
import sys
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from typer.testing import CliRunner

from gatewright.cli.commands import cli
from gatewright.client import Credentials, Kept, Session, SessionFile, Tokens, UserPool
from gatewright.client.requests_auth import SigV4Auth, TokenAuth


def token(**claims: Any) -> str:
    """Return something that looks like a token."""
    parts = ({"alg": "RS256", "kid": "x"}, claims)
    return ".".join(urlsafe_b64encode(msgspec.json.encode(part)).rstrip(b"=").decode() for part in parts) + ".c2ln"


def tokens(name: str, until: float = 9e9) -> Tokens:
    """Return the tokens of a client without token revocation: they name no session."""
    said = token(sub=name, username=name, auth_time=1, exp=9_000_000_000, iat=1)
    return Tokens(said, said, f"refresh of {name}", until, until)


def test_a_session_is_never_taken_for_another_user_s_although_neither_names_itself(tmp_path: Path) -> None:
    pool, file = UserPool("us-east-1_Aaaaaaaaa", "client", endpoint="http://127.0.0.1:9"), SessionFile(tmp_path / "s")
    janes = Session(pool, Kept("jane", tokens("jane", until=9e8)), file)
    file.save(Kept("joe", tokens("joe")))
    with pytest.raises(Exception, match="no answer"):  # it asks for tokens of its own instead of taking Joe's
        janes.access_token()
    with pytest.raises(Exception, match="no answer"):
        janes.sign_out()
    kept = file.load()
    assert kept is not None
    assert (kept.username, kept.tokens) == ("joe", tokens("joe"))


@contextmanager
def place(*answers: tuple[int, dict[str, str]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve answers in a row at an address of its own; also yields the headers of the requests."""
    seen: list[dict[str, str]] = []
    rest = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            status, headers = next(rest)
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("kind", ["token", "own header", "signature"])
def test_what_lets_somebody_in_goes_to_no_other_host_that_an_answer_names(kind: str) -> None:
    jane = Session(UserPool("us-east-1_Aaaaaaaaa", "client"), Kept("jane", tokens("jane")), None)
    auth: Any = {
        "token": TokenAuth(jane),
        "own header": TokenAuth(jane, header="X-Token", scheme=""),
        "signature": SigV4Auth(Credentials("AKIA", "secret", "the session token")),
    }[kind]
    with place((200, {})) as (evil, stolen), place((302, {"Location": evil})) as (url, asked):
        assert requests.get(url, auth=auth, timeout=60).status_code == 200
    assert {"authorization", "x-token"}.intersection(asked[0])
    assert not {"authorization", "x-token", "x-amz-security-token", "x-amz-date"}.intersection(stolen[0])


def test_a_token_still_follows_within_the_place_that_it_was_sent_to() -> None:
    jane = Session(UserPool("us-east-1_Aaaaaaaaa", "client"), Kept("jane", tokens("jane")), None)
    with place((302, {"Location": "/there"}), (200, {})) as (url, asked):
        assert requests.get(url, auth=TokenAuth(jane, header="X-Token"), timeout=60).status_code == 200
    assert all("x-token" in headers for headers in asked)


def test_a_folder_s_settings_are_no_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    evil = "http://localhost:1/$(touch owned);touch owned;`touch owned`"
    key = 'root_access_key_id = "x;touch owned"\nroot_secret_access_key = "$(touch owned)"'
    Path("gatewright.toml").write_text(f'dev = true\npublic_url = "{evil}"\n{key}\n')
    printed = CliRunner().invoke(cli, ["env"])
    shown = subprocess.run(
        ["sh", "-c", f'{printed.stdout}\nprintf %s "$AWS_ENDPOINT_URL"'], capture_output=True, text=True, check=False
    )
    assert not Path("owned").exists()
    assert shown.stdout in ("", evil), (printed.output, sys.argv)
