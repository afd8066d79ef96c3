"""What is signed, by whichever door: compared with botocore's own signer, and with the wire's verifier."""

import asyncio
import datetime
import json
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
import httpx
import pytest
import requests
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from gatewright.client import Credentials, SigV4Client
from gatewright.client.httpx_auth import SigV4Auth, TokenAuth
from gatewright.client.requests_auth import SigV4Auth as RequestsSigV4Auth
from gatewright.client.requests_auth import TokenAuth as RequestsTokenAuth
from gatewright.client.signing import host_of, region_of
from gatewright.core.clock import FixedClock

AT = 1_793_700_303.0
KEY = Credentials("ASIAEXAMPLE", "secret", "session-token")
STAGE = "https://abc123.execute-api.eu-central-1.amazonaws.com/dev"


def _by_botocore(method: str, url: str, headers: dict[str, str], body: bytes, region: str) -> str:
    """Return the Authorization header that botocore makes for a request; it writes a space in a query as %20 only."""
    keys = BotoCredentials(KEY.access_key_id, KEY.secret_access_key, KEY.session_token)
    request = AWSRequest(method, url.replace("+", "%20"), data=body, headers=headers)
    now = datetime.datetime.fromtimestamp(AT, datetime.UTC)
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=now):
        botocore.auth.SigV4Auth(keys, "execute-api", region).add_auth(request)
    return str(request.headers["Authorization"])


class _Caught(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Catches what would have been sent."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", f"{STAGE}/pets", {}),
    ("GET", f"{STAGE}/pets", {"params": {"b": "2 3", "a": ["1", "0"], "c": ""}}),
    ("GET", f"{STAGE}/caf%C3%A9/a%2Fb", {}),
    ("POST", f"{STAGE}/pets", {"json": {"name": "café"}}),
    ("POST", f"{STAGE}/pets", {"data": {"a": "1"}, "headers": {"X-Amz-Meta": "x", "X-Other": "y"}}),
    ("DELETE", "http://localhost:4566/_aws/execute-api/abc/dev/x", {}),
]


@pytest.mark.parametrize(("method", "url", "more"), CASES)
def test_httpx_sends_what_botocore_would_have_signed(method: str, url: str, more: dict[str, Any]) -> None:
    caught = _Caught()
    auth = SigV4Auth(KEY, "eu-central-1", clock=FixedClock(AT))
    with httpx.Client(transport=caught) as client:
        client.request(method, url, auth=auth, **more)

    async def again() -> None:
        async with httpx.AsyncClient(transport=caught) as client:
            await client.request(method, url, auth=auth, **more)

    asyncio.run(again())
    plain, awaited = caught.requests
    assert plain.headers["authorization"] == awaited.headers["authorization"]
    signed = plain.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    kept = {name: plain.headers[name] for name in signed if name not in ("x-amz-date", "x-amz-security-token", "host")}
    expected = _by_botocore(method, str(plain.url), kept, plain.content, "eu-central-1")
    assert plain.headers["authorization"] == expected
    assert "x-other" not in signed
    assert "user-agent" not in signed


@pytest.mark.parametrize(("method", "url", "more"), CASES)
def test_requests_sends_what_botocore_would_have_signed(method: str, url: str, more: dict[str, Any]) -> None:
    auth = RequestsSigV4Auth(KEY, "eu-central-1", clock=FixedClock(AT))
    ready = requests.Session().prepare_request(requests.Request(method, url, auth=auth, **more))
    signed = str(ready.headers["Authorization"]).partition("SignedHeaders=")[2].partition(",")[0].split(";")
    ours = ("x-amz-date", "x-amz-security-token", "host")
    kept = {name: str(ready.headers[name]) for name in signed if name not in ours}
    body = ready.body.encode() if isinstance(ready.body, str) else ready.body or b""
    assert isinstance(body, bytes)
    assert ready.headers["Authorization"] == _by_botocore(method, str(ready.url), kept, body, "eu-central-1")


def test_a_stream_is_not_signed_as_if_it_were_empty() -> None:
    with pytest.raises(TypeError, match="read it first"):
        requests.Request("POST", STAGE, data=iter([b"a"]), auth=RequestsSigV4Auth(KEY)).prepare()


def test_a_stream_of_httpx_is_read_and_signed() -> None:
    caught = _Caught()
    with httpx.Client(transport=caught, auth=SigV4Auth(KEY, "eu-central-1", clock=FixedClock(AT))) as client:
        client.post(STAGE, content=iter([b"a", b"b"]))
        client.post(STAGE, content=b"ab")
    assert caught.requests[0].headers["authorization"] == caught.requests[1].headers["authorization"]


def test_a_request_that_is_signed_twice_has_one_signature() -> None:
    caught, clock = _Caught(), FixedClock(AT)
    auth = SigV4Auth(KEY, "eu-central-1", clock=clock)
    with httpx.Client(transport=caught, auth=auth) as client:
        request = client.build_request("GET", STAGE)
        client.send(request)
        clock.at += 60
        client.send(request)
        fresh = client.get(STAGE).request
    assert request.headers.get_list("authorization") == [fresh.headers["authorization"]]


def test_credentials_are_asked_for_at_each_request() -> None:
    caught, given = _Caught(), iter([KEY, Credentials("AKIAEXAMPLE", "other")])
    with httpx.Client(transport=caught, auth=SigV4Auth(lambda: next(given), clock=FixedClock(AT))) as client:
        client.get(STAGE)
        client.get(STAGE)
    assert [request.headers["authorization"].split("=")[1].partition("/")[0] for request in caught.requests] == [
        "ASIAEXAMPLE",
        "AKIAEXAMPLE",
    ]
    assert caught.requests[0].headers["x-amz-security-token"] == "session-token"
    assert "x-amz-security-token" not in caught.requests[1].headers


class _Session:
    """Brings tokens, as a session does."""

    def __init__(self) -> None:
        self.brought = 0

    def id_token(self) -> str:
        self.brought += 1
        return f"id{self.brought}"

    def access_token(self) -> str:
        return "access"


def test_a_token_is_sent_as_the_authorizer_wants_it() -> None:
    session: Any = _Session()
    caught = _Caught()
    with httpx.Client(transport=caught) as client:
        client.get(STAGE, auth=TokenAuth(session))
        client.get(STAGE, auth=TokenAuth(session))
        client.get(STAGE, auth=TokenAuth(session, "access", header="X-Token", scheme=""))
    sent = [request.headers.get("authorization") or request.headers["x-token"] for request in caught.requests]
    assert sent == ["Bearer id1", "Bearer id2", "access"]
    ready = requests.Request("GET", STAGE, auth=RequestsTokenAuth(session, "access")).prepare()
    assert ready.headers["Authorization"] == "Bearer access"
    with pytest.raises(ValueError, match="'id' or 'access'"):
        TokenAuth(session, "refresh")


@pytest.mark.parametrize(
    ("url", "region"),
    [
        (STAGE, "eu-central-1"),
        ("http://abc.execute-api.ap-south-1.localhost:4566/dev", "ap-south-1"),
        ("http://localhost:4566/_aws/execute-api/abc/dev", "us-west-2"),
        ("https://api.example.com/", "us-west-2"),
    ],
)
def test_the_region_is_the_api_s_or_the_environment_s(url: str, region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert region_of(url) == region
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert region_of("https://api.example.com/") == "us-east-1"


def test_the_host_is_signed_as_libraries_send_it() -> None:
    assert host_of("https://user@api.example.com:443/x") == "api.example.com"
    assert host_of("http://api.example.com:80/x") == "api.example.com"
    assert host_of("http://[::1]:4566/x") == "[::1]:4566"


def _client(**more: Any) -> SigV4Client:
    return SigV4Client(
        access_key=KEY.access_key_id,
        secret_key=KEY.secret_access_key,
        session_token=KEY.session_token,
        region="eu-central-1",
        endpoint=STAGE,
        clock=FixedClock(AT),
        **more,
    )


def test_a_request_is_signed_in_the_article_s_shape() -> None:
    signed = _client().sign_request(
        method="POST", path="/pets", headers={"X-Api-Key": "k"}, query_params={"b": "2 3", "a": [1, 0]}, body={"n": "é"}
    )
    assert signed.url == f"{STAGE}/pets?b=2%203&a=1&a=0"
    assert json.loads(signed.body) == {"n": "é"}
    assert signed.body == json.dumps({"n": "é"}).encode()
    assert signed.headers["Accept"] == signed.headers["Content-Type"] == "application/json"
    assert signed.headers["X-Api-Key"] == "k"
    kept = {"Content-Type": "application/json"}
    assert signed.headers["Authorization"] == _by_botocore("POST", signed.url, kept, signed.body, "eu-central-1")
    assert "session-token" not in repr(signed)
    assert "Host" not in signed.headers, "a browser would not let it be set; a library sets it itself"


def test_what_is_not_said_is_as_in_the_article() -> None:
    signed = _client().sign_request(path="pets/caf\u00e9/1%2F2", body={"ignored": True})
    assert (signed.method, signed.body) == ("GET", b"")
    assert urlsplit(signed.url).path == "/dev/pets/caf%C3%A9/1%2F2"
    assert "Content-Type" not in signed.headers
    assert _client().sign_request().url == STAGE
    assert _client().sign_request("PUT", "/x", body="text").body == b"text"
    mine = _client().sign_request("PUT", "/x", {"content-type": "text/plain"}, body=b"\0")
    assert mine.headers["content-type"] == "text/plain"
    assert "Content-Type" not in mine.headers


def test_a_path_with_a_query_is_not_signed_wrongly() -> None:
    with pytest.raises(ValueError, match="query_params"):
        _client().sign_request("GET", "/pets?a=1")
    with pytest.raises(ValueError, match="endpoint"):
        SigV4Client("a", "b")
