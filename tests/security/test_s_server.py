"""The rows S1 to S12 of the attack list, as bytes to the real server, on AWS endpoints and on a deployed API."""

import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from gatewright.wire.sigv4.sign import Credentials, presign
from tests.running import Running
from tests.security import scene
from tests.security.attacker import FORM, ROOT, WHO_AM_I, Answer, Pen, ask, user

Plane = Callable[..., Answer]  # (pen, extra headers) -> answer


class Planes:
    """Both ways in: an AWS endpoint, and a method that asks for AWS_IAM."""

    def __init__(self, running: Running) -> None:
        self.port = running.port
        self.running = running
        self.api_id = scene.build_api(running)

    def control(self, pen: Pen, extra: list[tuple[str, str]] | None = None) -> Answer:
        return replace(pen, service="sts" if pen.service == "?" else pen.service).who_am_i(self.port, extra or [])

    def data(self, pen: Pen, extra: list[tuple[str, str]] | None = None) -> Answer:
        pen = replace(pen, service="execute-api" if pen.service == "?" else pen.service)
        return pen.ask(self.port, "GET", f"/_aws/execute-api/{self.api_id}/dev/demo", extra or [])

    def both(self, pen: Pen, extra: list[tuple[str, str]] | None = None) -> tuple[Answer, Answer]:
        return self.control(pen, extra), self.data(pen, extra)


@pytest.fixture
def planes(product: Running) -> Planes:
    return Planes(product)


def pen(**choices: object) -> Pen:
    return Pen(service="?", **choices)  # type: ignore[arg-type]


def refused(answers: tuple[Answer, Answer], control: str, data: str) -> None:
    on_control, on_data = answers
    assert on_control.status == 403, on_control.text
    assert f"<Code>{control}</Code>" in on_control.text
    assert (on_data.status, on_data.error) == (403, data), on_data.text


def test_s0_the_requests_that_the_cases_change_are_let_in(planes: Planes) -> None:
    assert [answer.status for answer in planes.both(pen())] == [200, 200]


def test_s1_a_host_that_is_not_signed_is_refused(planes: Planes) -> None:
    names = ("content-type", "x-amz-date")
    assert "must be a 'SignedHeader'" in planes.control(pen(names=names)).text
    refused(planes.both(pen(names=("x-amz-date",))), "SignatureDoesNotMatch", "InvalidSignatureException")


def test_s1_a_request_for_another_host_than_the_signed_one_is_refused(planes: Planes) -> None:
    sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
    moved = [(name, "sts.us-east-1.localhost" if name == "Host" else value) for name, value in sent]
    assert ask(planes.port, "POST", "/", moved, WHO_AM_I).status == 403


def test_s1_the_same_host_in_other_letters_or_with_another_port_is_another_host(planes: Planes) -> None:
    sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
    for host in ("LOCALHOST", "localhost:80", "localhost."):
        moved = [(name, host if name == "Host" else value) for name, value in sent]
        assert ask(planes.port, "POST", "/", moved, WHO_AM_I).status == 403


@pytest.mark.parametrize("header", ["X-Amz-Meta", "x-amz-target", "X-AMZ-SECURITY-TOKEN", "x-amz-acl"])
def test_s2_an_amazon_header_that_is_not_signed_is_refused(planes: Planes, header: str) -> None:
    names = ("host", "x-amz-date")
    on_data = planes.data(pen(names=names), [(header, "x")])
    assert on_data.status == 403
    assert on_data.error in ("InvalidSignatureException", "UnrecognizedClientException")
    assert planes.control(pen(names=("content-type", *names)), [(header, "x")]).status in (400, 403)


def test_s3_a_temporary_key_without_its_token_is_unknown(planes: Planes) -> None:
    pool_id = scene.build_pool(planes.running)
    visitor = scene.visitor(planes.running, pool_id)
    assert [answer.status for answer in planes.both(pen(key=visitor))] == [200, 200]
    bare = Credentials(visitor.access_key_id, visitor.secret_access_key)
    refused(planes.both(pen(key=bare)), "InvalidClientTokenId", "UnrecognizedClientException")


def test_s3_a_token_beside_a_long_term_key_is_refused(planes: Planes) -> None:
    pool_id = scene.build_pool(planes.running)
    token = scene.visitor(planes.running, pool_id).session_token
    for own in (ROOT, user(planes.running)):
        key = Credentials(own.access_key_id, own.secret_access_key, token)
        refused(planes.both(pen(key=key)), "InvalidClientTokenId", "UnrecognizedClientException")


def test_s3_the_token_of_one_visitor_with_the_key_of_another_is_refused(planes: Planes) -> None:
    pool_id = scene.build_pool(planes.running)
    mine, theirs = scene.visitor(planes.running, pool_id), scene.visitor(planes.running, pool_id)
    swapped = Credentials(mine.access_key_id, mine.secret_access_key, theirs.session_token)
    refused(planes.both(pen(key=swapped)), "InvalidClientTokenId", "UnrecognizedClientException")
    renamed = Credentials(theirs.access_key_id, mine.secret_access_key, theirs.session_token)
    refused(planes.both(pen(key=renamed)), "SignatureDoesNotMatch", "InvalidSignatureException")
    # Once the true owners have been in, and everything about them is remembered, the swap is still refused.
    assert planes.data(pen(key=mine)).status == planes.data(pen(key=theirs)).status == 200
    refused(planes.both(pen(key=swapped)), "InvalidClientTokenId", "UnrecognizedClientException")


@pytest.mark.parametrize("token", ["", "x", "=", "A" * 9000, "é" * 20, "null"])
def test_s3_what_is_no_token_at_all_is_refused(planes: Planes, token: str) -> None:
    key = Credentials("ASIAIOSFODNN7EXAMPLE", "s", token)
    for answer in planes.both(pen(key=key)):
        assert answer.status in (400, 403)


@pytest.mark.parametrize(
    "choices",
    [
        {"day": "20200101"},
        {"service": "iam"},
        {"service": "STS"},
        {"service": "execute-api;sts"},
        {"terminator": "aws4_request2"},
        {"terminator": "AWS4_REQUEST"},
        {"region": "us-east-1:x"},
        {"region": "*"},
        {"region": "US-EAST-1"},
        {"region": "x" * 40},
    ],
)
def test_s6_a_signature_for_elsewhere_is_refused(planes: Planes, choices: dict[str, str]) -> None:
    chosen = Pen(**{"service": "?", **choices})  # type: ignore[arg-type]
    on_control, on_data = planes.both(chosen)
    assert on_control.status in (400, 403, 501), on_control.text
    assert on_data.status == 403


def test_s6_a_signature_for_another_region_opens_no_stage_of_this_one(planes: Planes) -> None:
    assert planes.data(pen(region="eu-west-1")).error == "InvalidSignatureException"


def test_s6_a_signature_for_one_service_is_none_for_another(planes: Planes) -> None:
    body = b"Action=ListUsers&Version=2010-05-08"
    crossed = Pen(service="sts").ask(planes.port, "POST", "/", [FORM], body)
    assert crossed.status in (400, 403)
    assert "<UserName>" not in crossed.text
    target = ("X-Amz-Target", "AWSCognitoIdentityService.ListIdentityPools")
    answer = Pen(service="sts").ask(planes.port, "POST", "/", [target], b'{"MaxResults":1}')
    assert answer.status == 400
    assert "InvalidSignatureException" in answer.text


@pytest.mark.parametrize("minutes", [-6, 6, -16, 16, -60 * 24 * 365])
def test_s7_a_clock_that_is_far_off_is_refused(planes: Planes, minutes: int) -> None:
    at = time.time() + minutes * 60
    refused(planes.both(pen(at=at)), "SignatureDoesNotMatch", "InvalidSignatureException")


@pytest.mark.parametrize("minutes", [-4, 4])
def test_s7_a_clock_that_is_a_little_off_is_let_in(planes: Planes, minutes: int) -> None:
    assert [answer.status for answer in planes.both(pen(at=time.time() + minutes * 60))] == [200, 200]


@pytest.mark.parametrize(
    "date", ["", "now", "20260101T000000", "2026-01-01T00:00:00Z", "99999999T999999Z", "\xb2" * 16]
)
def test_s7_a_date_that_is_none_is_refused(planes: Planes, date: str) -> None:
    sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
    redated = [(name, date if name == "X-Amz-Date" else value) for name, value in sent]
    assert ask(planes.port, "POST", "/", redated, WHO_AM_I).status in (400, 403)


def test_s7_an_old_date_beside_a_fresh_one_does_not_help(planes: Planes) -> None:
    old = Pen(service="sts", at=time.time() - 3600)
    sent = old.headers("POST", "/", [FORM], WHO_AM_I)
    fresh = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    assert ask(planes.port, "POST", "/", [*sent, ("Date", fresh)], WHO_AM_I).status == 403


def test_s8_the_same_bytes_are_accepted_again_within_the_window_as_on_aws(planes: Planes) -> None:
    sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
    assert [ask(planes.port, "POST", "/", sent, WHO_AM_I).status for _ in range(2)] == [200, 200]


def _presigned(planes: Planes, expires: int = 60, at: float | None = None, key: Credentials = ROOT) -> str:
    url = f"http://localhost/_aws/execute-api/{planes.api_id}/dev/demo"
    signed = presign("GET", url, (), key, "execute-api", "us-east-1", time.time() if at is None else at, expires)
    return signed.removeprefix("http://localhost")


def test_s9_a_presigned_url_is_let_in(planes: Planes) -> None:
    assert ask(planes.port, "GET", _presigned(planes)).status == 200


@pytest.mark.parametrize("expires", [0, -1, 604_801, 10**30])
def test_s9_an_expiry_out_of_range_is_refused(planes: Planes, expires: int) -> None:
    assert ask(planes.port, "GET", _presigned(planes, expires)).status in (400, 403)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        ("X-Amz-Expires=60", "X-Amz-Expires=abc"),
        ("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=6000"),
        ("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders="),
        ("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host%3Bx-amz-date"),
        ("test%2F", "other%2F"),
        ("us-east-1", "eu-west-1"),
        ("/dev/demo?", "/dev/demo?added=1&"),
        ("/dev/demo?", "/dev/demo/?"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
    ],
)
def test_s9_an_altered_presigned_url_is_refused(planes: Planes, before: str, after: str) -> None:
    url = _presigned(planes)
    assert before in url
    assert ask(planes.port, "GET", url.replace(before, after, 1)).status == 403


def test_s9_an_expired_or_a_future_presigned_url_is_refused(planes: Planes) -> None:
    assert ask(planes.port, "GET", _presigned(planes, 60, time.time() - 61)).status == 403
    assert ask(planes.port, "GET", _presigned(planes, 60, time.time() + 400)).status == 403


def test_s9_a_presigned_get_is_no_permission_for_another_verb_or_body(planes: Planes) -> None:
    url = _presigned(planes)
    assert ask(planes.port, "POST", url).status == 403
    assert ask(planes.port, "GET", url, [("X-HTTP-Method-Override", "POST")]).status == 403
    assert ask(planes.port, "GET", url, body=b"added").status == 403


def test_s10_another_body_than_the_signed_one_is_refused(planes: Planes) -> None:
    sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
    other = WHO_AM_I.replace(b"GetCallerIdentity", b"GetSessionToken")
    answer = ask(planes.port, "POST", "/", sent, other)
    assert answer.status == 403
    assert "SignatureDoesNotMatch" in answer.text
    assert ask(planes.port, "POST", "/", sent, b"").status in (400, 403)  # it names no operation any more


def test_s10_a_declared_hash_is_no_substitute_for_the_bodys_own(planes: Planes) -> None:
    declared = ("X-Amz-Content-Sha256", sha256(WHO_AM_I).hexdigest())
    sent = Pen(service="sts").headers("POST", "/", [FORM, declared], WHO_AM_I)
    assert ask(planes.port, "POST", "/", sent, WHO_AM_I).status == 200
    assert ask(planes.port, "POST", "/", sent, b"Action=GetSessionToken&Version=2011-06-15").status == 403


MODES = [
    "UNSIGNED-PAYLOAD",
    "unsigned-payload",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
    "STREAMING-NEW",
    "0" * 64,
]


@pytest.mark.parametrize("mode", MODES)
def test_s11_no_mode_skips_the_verification_of_the_body(planes: Planes, mode: str) -> None:
    chosen = pen(payload=mode)
    refused(planes.both(chosen, [("X-Amz-Content-Sha256", mode)]), "SignatureDoesNotMatch", "InvalidSignatureException")


@pytest.mark.parametrize("mode", MODES[:4])
def test_s11_no_mode_lets_a_request_without_a_signature_in(planes: Planes, mode: str) -> None:
    header = ("X-Amz-Content-Sha256", mode)
    assert ask(planes.port, "POST", "/", [FORM, header], WHO_AM_I).status == 403
    on_data = ask(
        planes.port, "GET", f"/_aws/execute-api/{planes.api_id}/dev/demo?X-Amz-Content-Sha256={mode}", [header]
    )
    assert on_data.error == "MissingAuthenticationTokenException"


def test_s11_a_credential_in_the_query_alone_is_no_signature(planes: Planes) -> None:
    credential = f"test%2F{time.strftime('%Y%m%d', time.gmtime())}%2Fus-east-1%2Fsts%2Faws4_request"
    target = f"/?{WHO_AM_I.decode()}&X-Amz-Credential={credential}"
    assert ask(planes.port, "GET", target).status in (400, 403)
    assert ask(planes.port, "GET", f"{target}&X-Amz-Algorithm=none").status in (400, 403)
    assert ask(planes.port, "GET", f"{target}&X-Amz-Signature=").status in (400, 403)


@pytest.mark.parametrize("name", ["X-Amz-Signature", "X%2DAmz-Signature", "%58-Amz-Signature", "X-Amz%2DSignature"])
def test_s11_a_parameter_named_like_the_signature_cannot_be_slipped_into_a_signed_request(
    planes: Planes, name: str
) -> None:
    # The canonical query leaves the signature's own parameter out, so that a header's signature would not cover it.
    target = f"/_aws/execute-api/{planes.api_id}/dev/demo"
    sent = Pen(service="execute-api").headers("GET", target)
    assert ask(planes.port, "GET", target, sent).status == 200
    assert ask(planes.port, "GET", f"{target}?{name}=slipped-in", sent).status == 403


def test_s12_a_header_and_a_query_signature_together_are_refused(planes: Planes) -> None:
    url = _presigned(planes)
    sent = Pen(service="execute-api").headers("GET", url)
    assert ask(planes.port, "GET", url, sent).error == "IncompleteSignatureException"


def test_s12_two_authorization_headers_are_refused(planes: Planes) -> None:
    sent = Pen(service="sts").headers("POST", "/", [FORM], WHO_AM_I)
    (authorization,) = [header for header in sent if header[0] == "Authorization"]
    for second in (authorization, ("authorization", "Bearer x"), ("AUTHORIZATION", "")):
        for pair in ([*sent, second], [second, *sent]):
            answer = ask(planes.port, "POST", "/", pair, WHO_AM_I)
            assert answer.status in (400, 403)
            assert "<UserId>" not in answer.text


@pytest.mark.parametrize(
    "said",
    ["", "AWS4-HMAC-SHA256", "AWS test:sig", "Bearer test", "Basic dGVzdDp0ZXN0", "AWS4-HMAC-SHA256 Credential=test"],
)
def test_s12_what_is_no_signature_is_none(planes: Planes, said: str) -> None:
    sent = [FORM, ("X-Amz-Date", "20260101T000000Z"), ("Authorization", said)]
    assert ask(planes.port, "POST", "/", sent, WHO_AM_I).status in (400, 403)
    assert ask(planes.port, "GET", f"/_aws/execute-api/{planes.api_id}/dev/demo", sent).status == 403
