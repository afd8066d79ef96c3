"""What the client's commands say when something cannot be done, and how they are careful."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gatewright.cli.commands import cli
from gatewright.cli.sessions import NamedSession, Place


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "GATEWRIGHT_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("GATEWRIGHT_PASSWORD", "Secret-horse-1")
    return tmp_path


NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("send", "ftp://x/"), "http:// or https://"),
        (("send", "http:///x"), "http:// or https://"),
        (("send", f"{NOWHERE}/x"), f"no answer from {NOWHERE}/x"),
        (("send", NOWHERE, "--token", "id", "--sign"), "choose one"),
        (("send", NOWHERE, "--key", "--visitor", "us-east-1:x"), "choose one"),
        (("send", NOWHERE, "-H", "nonsense"), "Name: value"),
        (("send", NOWHERE, "-d", "@/does/not/exist"), "cannot read"),
        (("send", NOWHERE, "--token", "id"), "gatewright login"),
        (("send", NOWHERE, "--token", "access", "--session", "work"), "gatewright login"),
        (("send", NOWHERE, "--token", "a\r\nX-Evil: 1"), "no token"),
        (("token", "jane", "evil.com/_x", "client"), "not the id of a pool"),
        (("token", "jane", "us-east-1_x", "client", "--endpoint", NOWHERE), "no answer"),
        (("token", "jane"), "USER POOL CLIENT"),
        (("token", "--only", "all"), "id, access or refresh"),
        (("login", "jane", "us-east-1_x", "client", "--flow", "NONE"), "not a flow"),
        (("login", "--session", "../x"), "no name of a session"),
        (("logout",), "gatewright login"),
    ],
)
def test_what_cannot_be_done_is_one_line(words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(cli, list(words))
    assert done.exit_code == 1, done.output
    assert said in done.stderr
    assert done.stderr.startswith("gatewright: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Secret-horse-1" not in done.output


def test_a_session_that_others_can_read_is_not_used() -> None:
    kept = NamedSession("default")
    kept.keep(Place("jane", "us-east-1_x", "client"))
    (kept.folder / "place.json").chmod(0o644)
    done = CliRunner().invoke(cli, ["send", NOWHERE, "--token", "id"])
    assert done.exit_code == 1
    assert "chmod 600" in done.stderr
    assert repr(Place("jane", "pool", "client", "the-secret")).find("the-secret") == -1


@contextmanager
def _server(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[Any]]]:
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            seen.append((self.command, self.path, dict(self.headers.items()), self.rfile.read(length)))
            status, headers, body = answers[len(seen) - 1]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_DELETE = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()


def test_a_token_does_not_follow_a_redirect() -> None:
    with _server((302, {"Location": "/elsewhere"}, b"")) as (url, seen):
        done = CliRunner().invoke(cli, ["send", url, "--token", "abc"])
    assert done.exit_code == 1
    assert done.stdout.startswith("302 Found\n")
    assert [path for _, path, _, _ in seen] == ["/"]
    assert seen[0][2]["authorization"] == "abc"


def test_what_a_server_says_does_not_reach_the_terminal_s_controls() -> None:
    with _server((200, {"X-Title": "a\x1b]0;evil\x07b"}, b"body")) as (url, _):
        done = CliRunner().invoke(cli, ["send", url])
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_a_request_is_made_as_it_was_asked_for() -> None:
    with _server((204, {}, b""), *[(200, {}, b"x")] * 3) as (url, seen):
        assert (
            CliRunner().invoke(cli, ["send", f"{url}/a%2Fb?c=%20d", "-X", "delete", "-H", "X-A: b: c"]).exit_code == 0
        )
        assert CliRunner().invoke(cli, ["send", url, "-d", "-"], input='{"a": 1}').exit_code == 0
        signed = CliRunner().invoke(cli, ["send", url, "--sign", "-d", "x", "-H", "content-type: text/plain"])
        assert signed.exit_code == 0, signed.output
        with_key = CliRunner().invoke(cli, ["send", url, "--key"])
        assert "environment" in with_key.stderr
    assert seen[0][:2] == ("DELETE", "/a%2Fb?c=%20d")
    assert seen[0][2]["x-a"] == "b: c"
    assert (seen[1][0], seen[1][3], seen[1][2]["content-type"]) == ("POST", b'{"a": 1}', "application/json")
    assert seen[2][2]["content-type"] == "text/plain"
    assert "/us-east-1/execute-api/aws4_request" in seen[2][2]["Authorization"]
    assert "environment" in signed.stderr


def test_what_a_server_refuses_with_does_not_reach_the_terminal_s_controls_either() -> None:
    told = b'{"__type": "X", "message": "a\\u001b[2Jb\\u0007"}'
    with _server((400, {"x-amzn-RequestId": "abc"}, told)) as (url, _):
        done = CliRunner().invoke(cli, ["token", "jane", "us-east-1_x", "client", "--endpoint", url])
    assert done.exit_code == 1
    assert "a�[2Jb�" in done.stderr
    assert "gatewright explain abc" in done.stderr
