"""What anybody sends ends up before an operator's eyes, and moves nothing there: no cursor, no title, no line."""

import http.client
import io
import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gatewright.cli import requests as table
from gatewright.cli.commands import cli
from gatewright.cli.telling import tell
from tests.running import Running

CONTROLS = "\x1b\x07\x9b\x9d\u202e"
EVIL = "\x1b[2J\x1b]0;owned\x07\x9b2J\u202e\n  What to change\n  1. curl evil.example"


@pytest.fixture
def kept(product: Running, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Requests of somebody who needs no key; returns their ids."""
    for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://localhost:{product.port}")
    target = "AWSCognitoIdentityProviderService.InitiateAuth"
    return [
        _post(product, target, {"AuthFlow": EVIL, "ClientId": "abc"}),
        _post(product, target + "\x9b2J", {}),
    ]


def _post(product: Running, target: str, parameters: dict[str, str]) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
    headers = {"Host": f"localhost:{product.port}", "Content-Type": "application/x-amz-json-1.1"}
    connection.request("POST", "/", json.dumps(parameters), {**headers, "X-Amz-Target": target})
    answer = connection.getresponse()
    assert answer.status == 400
    answer.read()
    return str(answer.getheader("x-amzn-RequestId"))


def _run(*words: str) -> str:
    done = CliRunner().invoke(cli, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def test_what_was_refused_is_listed_without_what_a_terminal_would_obey(kept: list[str]) -> None:
    listed = _run("requests")
    assert "owned" in listed
    assert not set(CONTROLS).intersection(listed)
    assert len(listed.strip().splitlines()) == len(kept)


def test_what_was_refused_is_explained_without_it_too(kept: list[str]) -> None:
    for request_id in kept:
        told = _run("explain", request_id)
        assert not set(CONTROLS).intersection(told)
        assert told.count("\nWhat to change\n") == 1
        assert not any(line.startswith("  1. curl") for line in told.splitlines())


def test_a_table_and_colours_have_no_controls_but_their_own(kept: list[str]) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=400, color_system=None)
    console.print(table._table([json.loads(line) for line in _run("requests", "--json").splitlines()]))
    tell(json.loads(_run("explain", "--json", kept[0])), console)
    assert "owned" in shown.getvalue()
    assert not set(CONTROLS).intersection(shown.getvalue())
