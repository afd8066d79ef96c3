"""sigV4Client.js, the file that pages and Node sign with: how it is had, what it hashes, sends and refuses."""

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.javascript import SIGNER, sign_standalone
from tests.running import Running

CONFIG = {"accessKey": "AKIDEXAMPLE", "secretKey": "s3cr3t", "region": "us-east-1", "endpoint": "http://x.example/dev/"}
DATE = "2026-01-02T03:04:05Z"
HASH_ALL = """
const {{ sha256, hmac }} = require({file});
const {{ createHash, createHmac, randomBytes }} = require('crypto');
for (let length = 0; length < 400; length += 1) {{
  const bytes = randomBytes(length), key = randomBytes(length);
  const hashed = createHash('sha256').update(bytes).digest(), coded = createHmac('sha256', key).update(bytes).digest();
  if (Buffer.compare(sha256(bytes), hashed) || Buffer.compare(hmac(key, bytes), coded)) throw new Error(`${{length}}`);
}}
"""


def sign(*requests: dict[str, Any], **config: Any) -> list[dict[str, Any]]:
    return sign_standalone(*[{"config": CONFIG | config, "request": {"date": DATE} | one} for one in requests])


def test_everybody_can_have_the_file(product: Running) -> None:
    answer = httpx.get(f"{product.endpoint}/_gatewright/sigV4Client.js", headers={"Origin": "http://localhost:3000"})
    assert answer.status_code == 200
    assert answer.content == SIGNER.read_bytes()
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert httpx.post(f"{product.endpoint}/_gatewright/sigV4Client.js").status_code == 404
    assert httpx.get(f"{product.endpoint}/_gatewright/sigV4Client.js.map").status_code == 404


def test_its_hashes_are_those_of_openssl() -> None:
    script = HASH_ALL.format(file=f"'{SIGNER}'")
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_module_is_the_same_code(product: Running, tmp_path: Path) -> None:
    answer = httpx.get(f"{product.endpoint}/_gatewright/sigV4Client.mjs")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    module = tmp_path / "sigV4Client.mjs"
    module.write_bytes(answer.content)
    signed = {"method": "POST", "path": "/a b", "body": {"a": 1}, "date": DATE}
    script = f"""
    import sigV4Client from '{module}';
    const request = {json.dumps(signed)};
    request.date = new Date(request.date);
    console.log(JSON.stringify(sigV4Client.newClient({json.dumps(CONFIG)}).signRequest(request)));
    if (globalThis.sigV4Client) throw new Error('a module leaves nothing behind');"""
    done = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert [json.loads(done.stdout)] == sign(signed)


def test_what_is_sent_is_what_fetch_sends() -> None:
    post = {"method": "post", "path": "pets/a b/é%2F", "queryParams": {"b": [2, 1], "a": "x y", "no": None}}
    signed, empty, bare = sign(
        post | {"body": {"name": "é"}, "headers": {"content-type": "application/json;v=1", "User-Agent": "me"}},
        {"method": "POST", "body": ""},
        {"path": "", "body": {"ignored": True}, "headers": {"host": "evil", "AUTHORIZATION": "x", "X-Amz-Date": "y"}},
    )
    assert signed["url"] == "http://x.example/dev/pets/a%20b/%C3%A9%2F?a=x%20y&b=1&b=2"
    assert signed["body"] == '{"name":"é"}'
    headers = signed["headers"]
    authorization = headers.pop("Authorization")
    assert headers == {
        "Accept": "application/json",
        "content-type": "application/json;v=1",
        "User-Agent": "me",
        "x-amz-date": "20260102T030405Z",
    }
    assert "SignedHeaders=accept;content-type;host;x-amz-date," in authorization
    assert "body" not in empty
    assert "body" not in bare
    assert set(empty["headers"]) == set(bare["headers"]) == {"Accept", "x-amz-date", "Authorization"}
    assert bare["url"] == "http://x.example/dev"


def test_a_string_is_sent_as_json_and_bytes_as_they_stand() -> None:
    request = {"method": "PUT", "path": "/x", "date": DATE, "headers": {"x-a": "  one   two "}}
    task = {"config": CONFIG, "request": request}
    text, raw = sign_standalone(
        {"config": CONFIG, "request": request | {"body": "hi"}}, task | {"bytes": base64.b64encode(b'"hi"').decode()}
    )
    assert text["body"] == '"hi"'
    assert text["headers"]["Authorization"] == raw["headers"]["Authorization"]
    assert hashlib.sha256(bytes(raw["body"].values())).digest() == hashlib.sha256(b'"hi"').digest()


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"path": "/a/../b"}, "'..' segment"),
        ({"path": "/a/%2e%2E/b"}, "'..' segment"),
        ({"path": "/pets?limit=1"}, "pass queryParams"),
        ({"path": "/pets#top"}, "pass queryParams"),
        ({"headers": {"x-name": "caf\u00e9"}}, "'x-name' has a character that cannot be signed"),
        ({"headers": {"x-name": "a\r\nx-amz-date: b"}}, "'x-name' has a character that cannot be signed"),
    ],
)
def test_what_would_be_sent_otherwise_is_refused(request_: dict[str, Any], says: str) -> None:
    assert says in sign(request_)[0]["error"]


def test_a_body_that_is_no_json_is_refused_and_an_endpoint_with_a_query_too() -> None:
    script = f"""
    const client = require('{SIGNER}').newClient({json.dumps(CONFIG)});
    for (const body of [new FormData(), new URLSearchParams('a=1'), new Blob(['x']), new Blob(['x']).stream()]) {{
      try {{ console.log(client.signRequest({{method: 'POST', body}})); }}
      catch (error) {{ console.log(error.message); }}
    }}"""
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=60)
    assert [line.split(" is no JSON")[0] for line in done.stdout.splitlines()] == [
        "a FormData",
        "a URLSearchParams",
        "a Blob",
        "a ReadableStream",
    ]
    assert "no query" in sign({}, endpoint="http://x.example/dev?x=1")[0]["error"]


@pytest.mark.parametrize("name", ["accessKey", "secretKey", "endpoint"])
def test_a_missing_setting_is_named(name: str) -> None:
    assert f"needs '{name}'" in sign({}, **{name: None})[0]["error"]
