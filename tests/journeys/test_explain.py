"""Why? Asked on the command line, of a server with two workers: requests, explain, policy."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gatewright.cli.server import Server
from gatewright.wire.sigv4.sign import Credentials, sign
from tests.journeys import story
from tests.post_office import eventually
from tests.postgres import Cluster
from tests.running import Command, Running


class Asker:
    """A guarded API on two workers, and somebody at the command line."""

    def __init__(self, port: int, directory: Path) -> None:
        self.running = Running(port)
        self.directory = directory
        self.api = story.guarded_mock(self.running.client("apigateway"))
        pool = story.create_pool(self.running.client)
        policy = story.invoke_policy(self.running.region, self.running.account, self.api)
        story.create_visitors(self.running.client, pool, policy, "visitors")
        given = story.visit(self.running.client, pool)
        self.visitor = Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
        self.url = f"{self.running.endpoint}/_aws/execute-api/{self.api}/dev/demo"

    def call(self, credentials: Credentials | None = None, signed_url: str = "") -> httpx.Response:
        headers: dict[str, str] = {}
        if credentials is not None:
            headers = sign("GET", signed_url or self.url, [], b"", credentials, "execute-api", "us-east-1", time.time())
        return httpx.get(self.url, headers=headers)

    def gatewright(self, *arguments: str, code: int = 0, **environ: str) -> str:
        played = subprocess.run(
            [sys.executable, "-m", "gatewright", *arguments],
            env={**self.running.environ(), "PYTHONIOENCODING": "utf-8", **environ},
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert played.returncode == code, played.stdout + played.stderr
        return played.stdout + played.stderr


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    directory = tmp_path_factory.mktemp("explain")
    with Command(directory / "data", "--dev", "--workers", "2") as server:
        yield Asker(server.port, directory)


def test_a_refused_request_is_listed_and_told_with_what_to_change(asker: Asker) -> None:
    answers = [asker.call(asker.visitor, asker.url.replace(f":{asker.running.port}", "")) for _ in range(6)]
    listed = asker.gatewright("requests", "--refused", "--status", "403", "--api", asker.api)
    for answer in answers:  # whichever worker answered
        assert answer.status_code == 403
        assert answer.headers["x-amzn-requestid"] in listed
    told = asker.gatewright("explain", answers[0].headers["x-amzn-requestid"])
    assert "✓ which method" in told
    assert re.search(r"✗ who is it\s+The signature does not match: .*another Host", told)
    assert f"You signed host:127.0.0.1, the request came with host:127.0.0.1:{asker.running.port}" in told
    assert "What to change" in told


def test_a_method_and_a_url_are_told_of_the_last_request_or_rehearsed(asker: Asker) -> None:
    answer = asker.call()
    told = json.loads(asker.gatewright("explain", "get", asker.url, "--json"))
    assert told["request_id"] == answer.headers["x-amzn-requestid"]
    other = asker.gatewright("explain", "GET", f"{asker.url}/other")
    assert "a rehearsal" in other
    assert "✗ which method" in other
    assert "GET /demo" in other
    assert "✓ may they" in asker.gatewright("explain", "GET", asker.url, "--as", "role/visitors")


def test_a_policy_is_generated_from_what_was_recorded_and_replayed_against_it(asker: Asker) -> None:
    assert asker.call(asker.visitor).status_code == 200
    generated = asker.gatewright("policy", "generate", "--role", "visitors")
    document = json.loads(generated[: generated.rindex("}") + 1])
    (statement,) = document["Statement"]
    assert statement["Resource"] == f"arn:aws:execute-api:us-east-1:000000000000:{asker.api}/dev/GET/demo"
    file = asker.directory / "least.json"
    file.write_text(json.dumps(document))
    assert "0 of" in asker.gatewright("policy", "replay", "--role", "visitors", "--with", str(file))
    file.write_text(json.dumps(document).replace("/dev/GET", "/prod/GET"))
    lost = asker.gatewright("policy", "replay", "--role", "visitors", "--with", str(file), code=1)
    assert "allowed -> implicitDeny: execute-api:Invoke" in lost


def test_following_shows_what_comes(asker: Asker) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gatewright", "requests", "--follow", "--json", "--api", asker.api, "--status", "4xx"],
        env=asker.running.environ(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        wanted = asker.call().headers["x-amzn-requestid"]
        deadline = time.monotonic() + 60
        shown: list[Any] = []
        while wanted not in shown and time.monotonic() < deadline:
            shown.append(json.loads(process.stdout.readline())["request_id"])
        assert wanted in shown
        assert len(shown) == len(set(shown))
    finally:
        process.kill()
        process.wait()


def test_the_critic_says_what_aws_would_refuse_and_the_traps(asker: Asker) -> None:
    file = asker.directory / "policy.json"
    statement = {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    said = asker.gatewright("policy", "lint", str(file))
    assert "[wildcard-action]" in said
    asker.gatewright("policy", "lint", "--strict", str(file), code=1)
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Effect": "Perhaps"}]}))
    assert "AWS refuses it" in asker.gatewright("policy", "lint", str(file), code=1)


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["explain", "00000000-0000-4000-8000-000000000000"], {}, "Nothing is kept of this request"),
        (["explain", "a", "b", "c"], {}, "give a request id, or a method and a URL"),
        (["requests", "--since", "yesterday"], {}, "is no time"),
        (["requests", "--status", "abc"], {}, "status must be"),
        (["requests"], {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "no answer from http://127.0.0.1:1"),
        (["requests"], {"AWS_SECRET_ACCESS_KEY": "wrong"}, "signature we calculated does not match"),
        (["policy", "generate"], {}, "say whose requests"),
        (["policy", "generate", "--role", "nobody"], {}, "no role or user role/nobody"),
        (["policy", "lint", "no-such-file"], {}, "cannot read no-such-file"),
    ],
)
def test_what_goes_wrong_is_one_line(asker: Asker, arguments: list[str], environ: dict[str, str], said: str) -> None:
    told = asker.gatewright(*arguments, code=1, **environ)
    assert said in told
    assert "Traceback" not in told


def test_what_one_node_refused_the_other_one_explains(postgres: Cluster, tmp_path: Path) -> None:
    url, environ = postgres.fresh(), {"GATEWRIGHT_MASTER_KEY": "5e" * 32}
    with (
        Command(tmp_path / "one", "--dev", "--database", url, environ=environ) as one,
        Command(tmp_path / "two", "--dev", "--database", url, environ=environ) as two,
    ):
        answer = httpx.get(f"http://127.0.0.1:{one.port}/_aws/execute-api/abc/dev/demo")
        there = Server(f"http://127.0.0.1:{two.port}", "us-east-1", Credentials("test", "test"))
        request_id = answer.headers["x-amzn-requestid"]
        listed = eventually(lambda: there.get("requests", refused="true")["requests"], "the refusal")  # half a second
        assert [one["request_id"] for one in listed] == [request_id]
        told = there.get(f"requests/{request_id}")
        assert told["steps"][0]["reason"] == "there is no stage 'dev' of an API 'abc'"
