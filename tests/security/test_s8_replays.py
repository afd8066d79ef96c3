"""S8: the same signed request again. AWS admits it until it expires, and so do we; `--refuse-replays` does not."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from gatewright.settings import Settings, SettingsError, load
from gatewright.storage.replays import Replays
from gatewright.wire.http import Request
from gatewright.wire.sigv4.refusal import SignatureRefused
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.sign import Credentials, presign, sign
from tests.journeys import story
from tests.running import Command, Running, in_process

ROOT = Credentials("test", "test")


def _iam_call(running: Running, name: str) -> tuple[dict[str, str], bytes]:
    body = f"Action=CreateUser&Version=2010-05-08&UserName={name}".encode()
    given = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = sign("POST", f"{running.endpoint}/", list(given.items()), body, ROOT, "iam", "us-east-1", time.time())
    return given | signed, body


def _twice(running: Running) -> list[int]:
    api = story.guarded_mock(running.client("apigateway"))
    url = f"{running.endpoint}/_aws/execute-api/{api}/dev/demo"
    headers = sign("GET", url, [], b"", ROOT, "execute-api", "us-east-1", time.time())
    return [httpx.get(url, headers=headers).status_code for _ in range(2)]


def test_s8_by_default_a_signature_is_good_until_it_expires(product: Running) -> None:
    assert _twice(product) == [200, 200]


def test_s8_where_replays_are_refused_a_signature_is_spent_by_its_first_use(tmp_path: Path) -> None:
    with in_process(Settings(data=tmp_path, port=0, dev=True, refuse_replays=True)) as running:
        assert _twice(running) == [200, 403]
        headers, body = _iam_call(running, "alice")
        assert httpx.post(f"{running.endpoint}/", headers=headers, content=body).status_code == 200
        answer = httpx.post(f"{running.endpoint}/", headers=headers, content=body)
        assert answer.status_code == 403
        assert "SignatureDoesNotMatch" in answer.text
        assert "has been used before" in answer.text


def test_s8_a_presigned_url_is_good_once(tmp_path: Path) -> None:
    with in_process(Settings(data=tmp_path, port=0, dev=True, refuse_replays=True)) as running:
        api = story.guarded_mock(running.client("apigateway"))
        plain = f"{running.endpoint}/_aws/execute-api/{api}/dev/demo"
        url = presign("GET", plain, [], ROOT, "execute-api", "us-east-1", time.time())
        assert [httpx.get(url).status_code for _ in range(2)] == [200, 403]


def test_s8_a_refused_request_spends_nothing(tmp_path: Path) -> None:
    with in_process(Settings(data=tmp_path, port=0, dev=True, refuse_replays=True)) as running:
        headers, body = _iam_call(running, "alice")
        forged = httpx.post(f"{running.endpoint}/", headers=headers, content=body + b"x")
        assert forged.status_code == 403
        assert httpx.post(f"{running.endpoint}/", headers=headers, content=body).status_code == 200


def test_s8_it_is_refused_where_it_could_not_be_kept(tmp_path: Path) -> None:
    nodes = {"refuse_replays": True, "database": "postgresql://x/y"}
    with pytest.raises(SettingsError, match="use SQLite"):
        load(nodes, {})
    command = [sys.executable, "-m", "gatewright", "serve", "--refuse-replays", "--database", "postgresql://x/y"]
    ended = subprocess.run([*command, "--data", tmp_path], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "--refuse-replays" in ended.stderr


def test_s8_a_signature_is_good_once_whichever_worker_it_comes_to_and_after_a_restart(tmp_path: Path) -> None:
    options = ("--dev", "--workers", "2", "--refuse-replays")
    with Command(tmp_path, *options) as server:
        running = Running(server.port)
        for number in range(20):
            headers, body = _iam_call(running, f"user-{number}")
            answers = [httpx.post(f"{running.endpoint}/", headers=headers, content=body) for _ in range(4)]
            assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
            assert all("has been used before" in answer.text for answer in answers if answer.status_code == 403)
        server.stop(signal.SIGKILL)
    with Command(tmp_path, *options, port=server.port):
        again = httpx.post(f"{running.endpoint}/", headers=headers, content=body)
        assert (again.status_code, "has been used before" in again.text) == (403, True)


def test_s8_of_many_who_send_one_signature_at_once_one_is_let_in(tmp_path: Path) -> None:
    spending = (
        "import sys, time, pathlib\n"
        "from gatewright.storage.replays import Replays\n"
        "from gatewright.wire.sigv4.refusal import SignatureRefused\n"
        "from tests.security.test_s8_replays import _claim\n"
        "replays, let_in = Replays(pathlib.Path(sys.argv[1]), buckets=64), []\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for number in range(500):\n"
        "    try:\n"
        "        replays.spend(_claim(1000.0 + number), 1000.0)\n"
        "        let_in.append(str(number))\n"
        "    except SignatureRefused:\n"
        "        pass\n"
        "print(' '.join(let_in))\n"
    )
    command = [sys.executable, "-c", spending, str(tmp_path / "spent")]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    let_in = [int(number) for one in both for number in one.communicate(timeout=60)[0].split()]
    assert sorted(let_in) == list(range(500))


def _claim(at: float):
    url = "http://localhost/"
    headers = sign("GET", url, [], b"", ROOT, "execute-api", "us-east-1", at)
    pairs = (("host", "localhost"), *((name.lower(), value) for name, value in headers.items()))
    claim = read_authorization(Request("GET", "/", headers=pairs))
    assert claim is not None
    return claim


def test_s8_what_cannot_be_remembered_is_not_admitted(tmp_path: Path) -> None:
    replays = Replays(tmp_path / "spent", buckets=1)
    for number in range(32):
        replays.spend(_claim(1000.0 + number), 1000.0)
    with pytest.raises(SignatureRefused, match="Too many"):
        replays.spend(_claim(1032.0), 1032.0)
    with pytest.raises(SignatureRefused, match="before"):
        replays.spend(_claim(1031.0), 1032.0)
    replays.spend(_claim(1301.0), 1301.0)  # the first one has expired by now
    replays.close()
    with pytest.raises(SignatureRefused, match="Too many"):  # nor where the file cannot be written
        replays.spend(_claim(1400.0), 1400.0)
