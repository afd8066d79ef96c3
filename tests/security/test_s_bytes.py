"""The rows S13 to S15, S19 and S20: the bytes that were signed are those that were received, routed and answered."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvloop

from gatewright.core.clock import SystemClock
from gatewright.core.trace import Allowance
from gatewright.edge.server import Server, bind
from gatewright.settings import Settings, SettingsError, load
from gatewright.wire.http import Request, Response
from gatewright.wire.sigv4.refusal import SignatureRefused
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.sign import Credentials, sign
from gatewright.wire.sigv4.verify import verify
from tests.running import Command, Running, free_port, in_process
from tests.security import scene
from tests.security.attacker import FORM, ROOT, WHO_AM_I, Pen, answers, ask, say
from tests.vectors.sigv4.test_aws_signing_suite import CASES, UNNORMALIZED, credentials, received, seconds

# --- S13


@pytest.fixture(scope="module")
def suite_port() -> Iterator[int]:
    """Our real HTTP server, with nothing behind it but the verifier, at the moment in which the suite was signed."""

    def judge(request: Request) -> Response:
        case = next(iter(CASES.values()))
        try:
            claim = read_authorization(request)
            assert claim is not None
            secret = case["context"]["credentials"]["secret_access_key"]
            verify(request, claim, secret, seconds(case), services=("service",), region="us-east-1")
        except SignatureRefused as refused:
            return Response(403, [], str(refused).encode())
        return Response(200, [], b"verified")

    ready, stopped = threading.Event(), threading.Event()
    port = free_port()

    async def main() -> None:
        server = Server(judge, SystemClock())
        await server.start(bind("127.0.0.1", port))
        ready.set()
        await uvloop_wait(stopped)
        await server.stop()

    async def uvloop_wait(event: threading.Event) -> None:
        import asyncio

        await asyncio.get_running_loop().run_in_executor(None, event.wait)

    thread = threading.Thread(target=lambda: uvloop.run(main()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield port
    stopped.set()
    thread.join(10)


def _as_bytes(text: str) -> bytes:
    """Write a request of the suite as HTTP/1.1 has it."""
    head, _, body = text.partition("\n\n")
    length = f"\r\nContent-Length: {len(body.encode())}" if body and "content-length" not in head.lower() else ""
    return (head.replace("\n", "\r\n") + length + "\r\nConnection: close\r\n\r\n" + body).encode()


def _expected(name: str) -> int:
    request = CASES[name]["request"]
    if "\n " in request or " /example space/ " in request or not request.isascii():
        return 400  # a folded header, or a blank or a byte beyond ASCII in the request line: RFC 9112 has none of them
    if name in UNNORMALIZED or name == "post-sts-header-after":
        return 403  # signed for a service that does not normalize paths; a token that was not signed
    return 200


@pytest.mark.parametrize("form", ["header", "query"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_s13_what_aws_signed_is_verified_through_our_http_server(suite_port: int, name: str, form: str) -> None:
    (answer,) = answers(say(suite_port, _as_bytes(CASES[name][form]["signed_request"])))
    assert answer.status == _expected(name), answer.text


@pytest.mark.parametrize("name", sorted(CASES))
def test_s13_each_case_signed_by_us_makes_the_round_trip(suite_port: int, name: str) -> None:
    case = CASES[name]
    request = received(case["request"])
    target = f"{request.path}?{request.query}" if request.query else request.path
    target = quote(target.encode("latin-1"), safe="/?=&%~")  # as every client sends it
    headers = [(key, " ".join(value.split())) for key, value in request.headers]
    url = f"http://example.amazonaws.com{target}"
    added = sign(request.method, url, headers, request.body, credentials(case), "service", "us-east-1", seconds(case))
    sent = [*headers, *added.items()]
    assert ask(suite_port, request.method, target, sent, request.body).status == 200


# --- S14


@pytest.fixture
def greedy(product: Running) -> tuple[int, str]:
    """An API whose one method takes every path, and says which one it took."""
    apigateway = product.client("apigateway")
    api = apigateway.create_rest_api(name="greedy")
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="{proxy+}")
    template = '{"path":"$context.path","query":"$input.params().querystring"}'
    scene.add_method(product, api["id"], resource["id"], "ANY", template=template)
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    return product.port, f"/_aws/execute-api/{api['id']}/dev"


@pytest.mark.parametrize(
    ("tail", "path"),
    [
        ("/a/b", "/dev/a/b"),
        ("/a%2Fb", "/dev/a%2Fb"),
        ("/a%2fb", "/dev/a%2Fb"),
        ("/a%20b", "/dev/a%20b"),
        ("/a+b", "/dev/a+b"),
        ("/a;b=1", "/dev/a;b=1"),
        ("/%61", "/dev/a"),
        ("/a?x", "/dev/a"),
        ("/a?=", "/dev/a"),
        ("/a?x=1&x=2&x=", "/dev/a"),
        ("/a?x=%20+%2B;y=1&&", "/dev/a"),
        ("/a?%E1%88%B4=%e1%88%b4", "/dev/a"),
        ("/a%E1%88%B4", "/dev/a%E1%88%B4"),
    ],
)
def test_s14_what_was_signed_is_what_is_routed(greedy: tuple[int, str], tail: str, path: str) -> None:
    port, base = greedy
    answer = Pen(service="execute-api").ask(port, "GET", base + tail)
    assert answer.status == 200, answer.text
    assert json.loads(answer.text)["path"] == path


@pytest.mark.parametrize(
    "tail", ["/a/../b", "/./a", "/%2e%2e/a", "/a/%2E", "//a", "/a//b", "/a\\b", "/a%5cb", "/a%00", "/%"]
)
def test_s14_what_can_be_read_in_two_ways_is_never_let_in_however_it_is_signed(
    greedy: tuple[int, str], tail: str
) -> None:
    port, base = greedy
    assert Pen(service="execute-api").ask(port, "GET", base + tail).status in (400, 403)


# Each pair is one request to SigV4, which drops `//` and dot segments, and must not be two to us.
@pytest.mark.parametrize("sent", ["/a//b", "/./a/b", "/a/./b", "/x/../a/b", "//a/b", "/a/b/.", "/a/x/../b"])
def test_s14_a_signature_for_one_path_opens_no_other_spelling_of_it(greedy: tuple[int, str], sent: str) -> None:
    port, base = greedy
    headers = Pen(service="execute-api").headers("GET", f"{base}/a/b")
    assert ask(port, "GET", f"{base}/a/b", headers).status == 200
    assert ask(port, "GET", base + sent, headers).status in (400, 403)
    # Before the stage, such a spelling leads to the AWS endpoints, of which none speaks for execute-api.
    assert ask(port, "GET", (base + "/a/b").replace("/execute-api", "//execute-api"), headers).status == 501
    assert ask(port, "GET", "/." + base + "/a/b", headers).status == 501


def test_s14_a_signature_for_one_path_of_an_aws_endpoint_is_for_one_operation(product: Running) -> None:
    api_id = scene.build_api(product)
    headers = Pen(service="apigateway").headers("GET", f"/restapis/{api_id}")
    assert ask(product.port, "GET", f"/restapis/{api_id}", headers).status == 200
    for path in (f"//restapis/{api_id}", f"/restapis/./{api_id}", f"/restapis//{api_id}", f"/x/../restapis/{api_id}"):
        assert ask(product.port, "GET", path, headers).status in (400, 403)
    longer = f"/restapis/{api_id}/stages/.."
    assert ask(product.port, "GET", longer, headers).status in (400, 403)


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("Action=ListUsers", "Action=ListUsers&Action=DeleteUser"),
        ("Action=ListUsers", "Action=ListUsers&UserName=x"),
        ("UserName=a%26Action%3DDeleteUser", "UserName=a&Action=DeleteUser"),
    ],
)
def test_s14_a_query_that_means_something_else_is_not_the_signed_one(product: Running, signed: str, sent: str) -> None:
    headers = Pen(service="iam").headers("GET", f"/?{signed}&Version=2010-05-08")
    assert ask(product.port, "GET", f"/?{sent}&Version=2010-05-08", headers).status in (400, 403)


@pytest.mark.parametrize("where", ["query and body", "query twice", "body twice", "query twice, encoded"])
def test_s14_an_action_that_is_given_twice_is_refused(product: Running, where: str) -> None:
    first, second = "Action=ListUsers&Version=2010-05-08", "Action=CreateUser&UserName=mallory"
    target = {"query and body": f"/?{first}", "query twice": f"/?{first}&{second}", "body twice": "/"}.get(
        where, f"/?{first}&%41ction=CreateUser&UserName=mallory"
    )
    body = {"query and body": second, "body twice": f"{first}&{second}"}.get(where, "")
    answer = Pen(service="iam").ask(product.port, "POST", target, [FORM], body.encode())
    assert answer.status == 400, answer.text
    assert product.client("iam").list_users()["Users"] == []


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_s14_a_body_of_another_type_is_no_form(product: Running, content_type: str) -> None:
    body = b"Action=CreateUser&Version=2010-05-08&UserName=mallory"
    answer = Pen(service="iam").ask(product.port, "POST", "/", [("Content-Type", content_type)], body)
    made = [user["UserName"] for user in product.client("iam").list_users()["Users"]]
    assert answer.status == (200 if made else 400), answer.text
    assert not made or content_type == "", "only a body without a type may be read as what the protocol speaks"


# --- S15

SPOOFED = [
    ("X-Forwarded-For", "203.0.113.9"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Prefix", "/restapis"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Port", "443"),
    ("Forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
    ("X-Real-IP", "203.0.113.9"),
    ("True-Client-IP", "203.0.113.9"),
    ("X-Original-URL", "/dev/other"),
    ("X-Rewrite-URL", "/dev/other"),
    ("X-Original-Host", "evil.example"),
    ("X-Host", "evil.example"),
]


def _mirror(running: Running, **policy: Any) -> str:
    """Deploy an open method that says what it knows of its caller."""
    apigateway = running.client("apigateway")
    given = {"policy": scene.policy(policy)} if policy else {}
    api = apigateway.create_rest_api(name="mirror", **given)
    resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="who")
    template = '{"ip":"$context.identity.sourceIp","host":"$context.domainName","path":"$context.path"}'
    scene.add_method(running, api["id"], resource["id"], "GET", "NONE", template=template)
    apigateway.create_deployment(restApiId=api["id"], stageName="dev")
    return f"/_aws/execute-api/{api['id']}/dev/who"


def test_s15_no_header_of_a_client_changes_who_or_where_it_is(product: Running) -> None:
    who = _mirror(product)
    expected = {"ip": "127.0.0.1", "host": "localhost", "path": "/dev/who"}
    for spoofed in (*([header] for header in SPOOFED), SPOOFED):
        assert json.loads(ask(product.port, "GET", who, spoofed).text) == expected


def test_s15_no_header_of_a_client_changes_what_was_signed(product: Running) -> None:
    sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
    assert ask(product.port, "POST", "/", [*sent, *SPOOFED], WHO_AM_I).status == 200
    moved = [(name, "evil.localhost" if name == "Host" else value) for name, value in sent]
    back = ("X-Forwarded-Host", "localhost")
    assert ask(product.port, "POST", "/", [*moved, back], WHO_AM_I).status == 403


def test_s15_no_header_of_a_client_satisfies_a_policy(product: Running) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    who = _mirror(
        product, Effect="Allow", Principal="*", Action="execute-api:Invoke", Resource="*", Condition=condition
    )
    assert ask(product.port, "GET", who, SPOOFED).status == 403


@pytest.mark.parametrize(
    ("forwarded", "believed"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 127.0.0.1", "203.0.113.7"),
        ("203.0.113.7:443", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.7, <script>", "127.0.0.1"),
        ("203.0.113.7, 1", "127.0.0.1"),
        ("", "127.0.0.1"),
        (",", "127.0.0.1"),
    ],
)
def test_s15_a_trusted_proxy_is_believed_about_the_hop_before_it(tmp_path: Path, forwarded: str, believed: str) -> None:
    with _behind_a_proxy(tmp_path) as running:
        answer = ask(running.port, "GET", _mirror(running), [("X-Forwarded-For", forwarded)])
        assert json.loads(answer.text)["ip"] == believed


@pytest.mark.parametrize(
    ("said", "is_let_in"),
    [("https", True), ("http,https", True), ("https,http", False), ("HTTPS", True), ("gopher", False), (None, False)],
)
def test_s15_a_trusted_proxy_is_believed_about_the_scheme_and_nobody_else(
    product: Running, tmp_path: Path, said: str | None, is_let_in: bool
) -> None:
    only = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
    secure = {"Bool": {"aws:SecureTransport": "true"}}
    headers = [] if said is None else [("X-Forwarded-Proto", said)]
    with _behind_a_proxy(tmp_path) as running:
        answer = ask(running.port, "GET", _mirror(running, **only, Condition=secure), headers)
        assert answer.status == (200 if is_let_in else 403)
    assert ask(product.port, "GET", _mirror(product, **only, Condition=secure), headers).status == 403


@contextlib.contextmanager
def _behind_a_proxy(data: Path) -> Iterator[Running]:
    with in_process(Settings(data=data, port=0, dev=True, trusted_proxies=("127.0.0.1",))) as running:
        yield running


@pytest.mark.parametrize("proxy", ["10.0.0.0/8", "proxy.internal", "::FFFF:10.0.0.1", "10.0.0.1 "])
def test_s15_a_proxy_that_would_never_be_recognized_is_refused_at_the_start(proxy: str) -> None:
    with pytest.raises(SettingsError, match="trusted proxy"):
        load({"trusted_proxies": (proxy,)}, {})


# --- S19

FRAMES = [
    b"5;chunk-signature=" + b"0" * 64 + b"\r\nhello\r\n0;chunk-signature=" + b"0" * 64 + b"\r\n\r\n",
    b"FFFFFFFFFFFFFFFF;chunk-signature=0\r\n",
    b"-1\r\n\r\n",
    b";\r\n",
    b"5\r\nhel",
]


@pytest.mark.parametrize("frames", FRAMES)
@pytest.mark.parametrize("service", ["sts", "apigateway", "cognito-identity"])
def test_s19_streamed_bodies_are_refused_and_break_nothing(product: Running, frames: bytes, service: str) -> None:
    extra = [
        FORM,
        ("Content-Encoding", "aws-chunked"),
        ("X-Amz-Decoded-Content-Length", "5"),
        ("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    ]
    pen = Pen(service=service, payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    target = {"apigateway": "/restapis"}.get(service, "/")
    assert pen.ask(product.port, "POST", target, extra, frames).status in (400, 403)
    unsigned = [("X-Amz-Target", "AWSCognitoIdentityService.GetId"), ("Content-Encoding", "aws-chunked")]
    for content_type in ("application/x-amz-json-1.1", "application/octet-stream"):
        answer = ask(product.port, "POST", "/", [*unsigned, ("Content-Type", content_type)], frames)
        assert answer.status in (400, 404)


# --- S20


@pytest.mark.parametrize("workers", ["1", "2"])
def test_s20_who_comes_before_everything_is_loaded_waits_and_is_never_refused(tmp_path: Path, workers: str) -> None:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", "s" * 40)
    environ = {
        "GATEWRIGHT_ROOT_ACCESS_KEY_ID": key.access_key_id,
        "GATEWRIGHT_ROOT_SECRET_ACCESS_KEY": key.secret_access_key,
    }
    with Command(tmp_path, environ=environ) as first:
        running = Running(first.port, (key.access_key_id, key.secret_access_key))
        running.client("iam").create_user(UserName="alice")
        made = running.client("iam").create_access_key(UserName="alice")["AccessKey"]
        first.stop()
    alice = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    again = Command(tmp_path, "--workers", workers, environ=environ)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                answer = Pen(key=alice, at=time.time()).who_am_i(again.port)
            except (TimeoutError, ConnectionRefusedError):
                continue
            assert answer.status == 200, answer.text
            break
        else:
            pytest.fail("it never answered")
    finally:
        again.__exit__()


def test_s16_everything_about_a_key_is_refused_after_the_same_work(
    product: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gatewright.wire.sigv4 import diagnose as diagnosis
    from gatewright.wire.sigv4 import nobody
    from gatewright.wire.sigv4 import verify as module

    work: list[str] = []
    for name in ("canonical_request", "string_to_sign", "_signing_key", "compare_digest"):
        real = getattr(module, name)

        def counted(*given: Any, _name: str = name, _real: Any = real, **named: Any) -> Any:
            work.append(_name)
            return _real(*given, **named)

        monkeypatch.setattr(module, name, counted)
    real_diagnosis = diagnosis.diagnose
    for owner in (diagnosis, nobody):

        def diagnosed(*given: Any) -> Any:
            work.append("diagnose")
            return real_diagnosis(*given)

        monkeypatch.setattr(owner, "diagnose", diagnosed)
    monkeypatch.setattr(Allowance, "take", lambda _self, _now: True)
    iam = product.client("iam")
    iam.create_user(UserName="alice")
    keys = [iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    iam.update_access_key(UserName="alice", AccessKeyId=keys[1], Status="Inactive")
    target = f"/_aws/execute-api/{scene.build_api(product)}/dev/demo"
    done = {}
    for key_id in (keys[0], keys[1], "AKIAUNKNOWN", "ASIAUNKNOWN", ROOT.access_key_id):
        for plane in ("control", "data"):
            pen = replace(Pen(service="sts"), key=Credentials(key_id, "wrong"))
            work.clear()
            if plane == "control":
                assert pen.who_am_i(product.port).status == 403
            else:
                assert replace(pen, service="execute-api").ask(product.port, "GET", target).status == 403
            done[key_id, plane] = tuple(work)
    assert set(done.values()) == {
        ("canonical_request", "string_to_sign", "_signing_key", "compare_digest", "diagnose")
    }, done
