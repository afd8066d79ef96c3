"""S8: the same signed request again. AWS admits it until it expires, and so do we; `--refuse-replays` does not."""

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
from tests.running import Running, in_process

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


@pytest.mark.parametrize("other", [{"workers": 2}, {"database": "postgresql://x/y"}])
def test_s8_it_is_refused_where_it_could_not_be_kept(other: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="one worker"):
        load({"refuse_replays": True, **other}, {})


def _claim(at: float):
    url = "http://localhost/"
    headers = sign("GET", url, [], b"", ROOT, "execute-api", "us-east-1", at)
    pairs = (("host", "localhost"), *((name.lower(), value) for name, value in headers.items()))
    claim = read_authorization(Request("GET", "/", headers=pairs))
    assert claim is not None
    return claim


def test_s8_what_cannot_be_remembered_is_not_admitted() -> None:
    replays = Replays(most=2)
    replays.spend(_claim(1000.0), 1000.0)
    replays.spend(_claim(1001.0), 1001.0)
    with pytest.raises(SignatureRefused, match="Too many"):
        replays.spend(_claim(1002.0), 1002.0)
    replays.spend(_claim(1302.0), 1302.0)  # the first two have expired by now
