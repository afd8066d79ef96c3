"""The attack list, rows S1, S2, S6 to S14 and S16, against the verifier alone; the server's own rows run elsewhere.

Every case begins with a request that verifies, and changes one thing.
"""

from collections.abc import Iterable
from hashlib import sha256
from hmac import digest

import pytest

from gatewright.core.clock import amz_date
from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import canonical_request, string_to_sign
from gatewright.wire.sigv4.refusal import Dialect, Kind, SignatureRefused, words
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.sign import Credentials, presign, sign, signing_key
from gatewright.wire.sigv4.verify import Verified, verify, verify_unknown

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z
HOST = "abc123.execute-api.us-east-1.localhost:4566"
URL = f"http://{HOST}/dev/demo"
SECRET = "s" * 40
KEY = Credentials("AKIAIOSFODNN7EXAMPLE", SECRET)
SESSION = Credentials("ASIAIOSFODNN7EXAMPLE", SECRET, "session/token+==")
Pairs = Iterable[tuple[str, str]]


def request(method: str, url: str, headers: Pairs, body: bytes = b"") -> Request:
    path, _, query = url.removeprefix(f"http://{HOST}").partition("?")
    lower = tuple((name.lower(), value) for name, value in headers)
    return Request(method, path, query, (("host", HOST), *lower), body)


def signed(url: str = URL, extra: Pairs = (), body: bytes = b"", key: Credentials = KEY, at: float = NOW) -> Request:
    method = "POST" if body else "GET"
    added = sign(method, url, extra, body, key, "execute-api", "us-east-1", at)
    return request(method, url, [*extra, *added.items()], body)


def presigned(url: str = URL, key: Credentials = KEY, at: float = NOW, expires: int = 900) -> Request:
    return request("GET", presign("GET", url, (), key, "execute-api", "us-east-1", at, expires), ())


def changed(
    original: Request,
    *,
    headers: Pairs | None = None,
    path: str | None = None,
    query: str | None = None,
    body: bytes | None = None,
    method: str | None = None,
) -> Request:
    return Request(
        method or original.method,
        original.path if path is None else path,
        original.query if query is None else query,
        original.headers if headers is None else tuple(headers),
        original.body if body is None else body,
    )


def replaced(original: Request, name: str, value: str | None) -> Request:
    kept = [header for header in original.headers if header[0] != name]
    return changed(original, headers=kept if value is None else [*kept, (name, value)])


def checked(received: Request, now: float = NOW, skew: float = 300.0) -> Verified:
    claim = read_authorization(received)
    assert claim is not None, "the request carries no signature"
    return verify(received, claim, SECRET, now, services=("execute-api",), region="us-east-1", skew=skew)


def refusal(received: Request, now: float = NOW, skew: float = 300.0) -> SignatureRefused:
    with pytest.raises(SignatureRefused) as refused:
        checked(received, now, skew)
    return refused.value


def hand_signed(
    scope: str,
    names: str,
    *,
    date: str = amz_date(NOW),
    headers: Pairs = (),
    path: str = "/dev/demo",
    payload: str = "",
) -> Request:
    """Sign as an attacker does who holds the secret, in ways that no client would."""
    sent = (("host", HOST), ("x-amz-date", date), *headers)
    bare = Request("GET", path, "", sent)
    day, region, service = scope.split("/")[:3]
    canonical = canonical_request(bare, tuple(names.split(";")), payload or sha256(b"").hexdigest(), service=service)
    key = signing_key(SECRET, day, region, service)
    signature = digest(key, string_to_sign(canonical, date, scope).encode(), "sha256").hex()
    text = f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{scope}, SignedHeaders={names}, Signature={signature}"
    return changed(bare, headers=[*sent, ("authorization", text)])


def test_the_requests_that_the_cases_change_do_verify() -> None:
    assert checked(signed())
    assert checked(signed(key=SESSION))
    assert checked(signed(body=b"{}"))
    assert checked(presigned())
    assert checked(presigned(key=SESSION))
    assert checked(hand_signed("20260101/us-east-1/execute-api/aws4_request", "host;x-amz-date"))


def test_s1_a_request_that_does_not_sign_its_host_is_refused() -> None:
    refused = refusal(hand_signed("20260101/us-east-1/execute-api/aws4_request", "x-amz-date"))
    assert refused.kind is Kind.UNSIGNED_HEADER
    assert words(refused, Dialect.EXECUTE_API)[:2] == ("InvalidSignatureException", 403)


def test_s1_another_host_than_the_signed_one_is_refused() -> None:
    assert refusal(replaced(signed(), "host", "other.execute-api.us-east-1.localhost:4566")).kind is Kind.MISMATCH


@pytest.mark.parametrize("name", ["x-amz-meta", "x-amz-security-token", "x-amz-target", "x-amz-content-sha256"])
@pytest.mark.parametrize("form", [signed, presigned])
def test_s2_an_unsigned_x_amz_header_is_refused(name: str, form: object) -> None:
    original = signed() if form is signed else presigned()
    refused = refusal(changed(original, headers=[*original.headers, (name, "x")]))
    if name == "x-amz-content-sha256":  # may be unsigned, but not untrue
        assert refused.kind is Kind.PAYLOAD
    elif name == "x-amz-security-token" and form is presigned:  # a second place for the token
        assert refused.kind is Kind.INCOMPLETE
    else:
        assert refused.kind is Kind.UNSIGNED_HEADER
        assert words(refused, Dialect.QUERY)[:2] == ("SignatureDoesNotMatch", 403)


def test_s2_a_header_that_only_looks_like_one_of_amazons_needs_no_signature() -> None:
    original = signed()
    assert checked(changed(original, headers=[*original.headers, ("x-amzn-trace-id", "Root=1")]))


@pytest.mark.parametrize(
    ("scope", "words_in_message"),
    [
        ("20251231/us-east-1/execute-api/aws4_request", "Date in Credential scope does not match YYYYMMDD"),
        (
            "20260101/eu-west-1/execute-api/aws4_request",
            "Credential should be scoped to a valid region, not 'eu-west-1'. ",
        ),
        ("20260101//execute-api/aws4_request", "Credential should be scoped to a valid region, not ''. "),
        ("20260101/us-east-1/iam/aws4_request", "Credential should be scoped to correct service: 'execute-api'. "),
        ("20260101/us-east-1/execute-api/aws5_request", "Credential should be scoped with a valid terminator"),
    ],
)
def test_s6_a_signature_for_another_scope_is_refused(scope: str, words_in_message: str) -> None:
    refused = refusal(hand_signed(scope, "host;x-amz-date"))
    assert refused.kind is Kind.SCOPE
    assert words_in_message in refused.message
    assert words(refused, Dialect.EXECUTE_API)[:2] == ("InvalidSignatureException", 403)
    assert words(refused, Dialect.QUERY)[:2] == ("SignatureDoesNotMatch", 403)


@pytest.mark.parametrize("minutes", [-4.9, 0, 4.9])
def test_s7_a_clock_less_than_five_minutes_off_is_accepted(minutes: float) -> None:
    assert checked(signed(at=NOW + minutes * 60))


@pytest.mark.parametrize(
    ("minutes", "kind"), [(-6, Kind.EXPIRED), (6, Kind.NOT_YET_CURRENT), (-60 * 24 * 400, Kind.EXPIRED)]
)
def test_s7_a_clock_more_than_five_minutes_off_is_refused(minutes: float, kind: Kind) -> None:
    assert refusal(signed(at=NOW + minutes * 60)).kind is kind


@pytest.mark.parametrize("minutes", [-16, 16])
def test_s7_the_wider_window_of_s3_ends_too(minutes: float) -> None:
    assert checked(signed(at=NOW + (minutes - 2 * (minutes > 0) + 2 * (minutes < 0)) * 60), skew=900)
    assert refusal(signed(at=NOW + minutes * 60), skew=900).kind in (Kind.EXPIRED, Kind.NOT_YET_CURRENT)


def test_s8_an_identical_request_within_the_window_is_accepted_again_as_on_aws() -> None:
    original = signed()
    assert checked(original).string_to_sign == checked(original, NOW + 299).string_to_sign


@pytest.mark.parametrize(
    "expires", ["0", "-1", "604801", "1e3", "text", "", "٣٠", "99999999999999999999", "60.0", " 60"]
)
def test_s9_an_expiry_that_is_not_from_one_second_to_seven_days_is_refused(expires: str) -> None:
    query = presigned().query.replace("X-Amz-Expires=900", f"X-Amz-Expires={expires}")
    refused = refusal(changed(presigned(), query=query))
    assert refused.kind is Kind.INCOMPLETE
    assert words(refused, Dialect.QUERY)[:2] == ("IncompleteSignature", 400)


def test_s9_a_presigned_request_is_good_until_it_expires_and_not_after() -> None:
    assert checked(presigned(expires=604_800), NOW + 604_800)
    assert refusal(presigned(expires=604_800), NOW + 604_801).kind is Kind.EXPIRED
    assert refusal(presigned(expires=60), NOW + 61).kind is Kind.EXPIRED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("X-Amz-Expires=900", "X-Amz-Expires=90000"),
        ("X-Amz-Date=20260101T000000Z", "X-Amz-Date=20260101T000001Z"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF"),
        ("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host%3Bhost"),
        ("a=1", "a=2"),
    ],
)
def test_s9_an_altered_presigned_request_is_refused(before: str, after: str) -> None:
    original = presigned(f"{URL}?a=1")
    assert before in original.query
    assert refusal(changed(original, query=original.query.replace(before, after))).kind is Kind.MISMATCH


def test_s10_another_body_than_the_signed_one_is_refused() -> None:
    assert refusal(changed(signed(body=b'{"a":1}'), body=b'{"a":2}')).kind is Kind.MISMATCH
    assert refusal(changed(signed(body=b'{"a":1}'), body=b"")).kind is Kind.MISMATCH
    assert refusal(changed(presigned(), body=b"added")).kind is Kind.MISMATCH


def test_s10_a_body_that_is_not_the_one_its_header_names_is_refused() -> None:
    named = ("X-Amz-Content-Sha256", sha256(b"{}").hexdigest())
    assert checked(signed(extra=[named], body=b"{}"))
    refused = refusal(changed(signed(extra=[named], body=b"{}"), body=b"[]"))
    assert refused.kind is Kind.PAYLOAD
    assert words(refused, Dialect.EXECUTE_API)[:2] == ("InvalidSignatureException", 403)


@pytest.mark.parametrize(
    "mode",
    [
        "UNSIGNED-PAYLOAD",
        "unsigned-payload",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
        "STREAMING-ANYTHING",
        "",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        sha256(b"{}").hexdigest().upper(),
    ],
)
def test_s11_a_body_signed_in_any_other_mode_is_refused(mode: str) -> None:
    assert refusal(signed(extra=[("X-Amz-Content-Sha256", mode)], body=b"{}")).kind in (Kind.PAYLOAD, Kind.MISMATCH)


@pytest.mark.parametrize("mode", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_s11_an_unsigned_mode_in_the_query_is_refused(mode: str) -> None:
    original = presigned(f"{URL}?X-Amz-Content-Sha256={mode}")
    assert checked(original), "without a body the value is just a signed parameter"
    assert refusal(changed(original, body=b"smuggled")).kind is Kind.MISMATCH


def test_s11_credentials_in_the_query_do_not_replace_the_signature_of_the_header() -> None:
    original = signed()
    for query in (
        "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/execute-api/aws4_request",
        "X-Amz-Signature=00",
        "X-Amz-Security-Token=other",
        "X%2DAmz%2DAlgorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z",
    ):
        assert refusal(changed(original, query=query)).kind is Kind.INCOMPLETE


def test_s12_a_signature_in_the_header_and_in_the_query_is_refused() -> None:
    both = changed(presigned(), headers=signed().headers)
    refused = refusal(both)
    assert refused.kind is Kind.INCOMPLETE
    assert words(refused, Dialect.QUERY).status == 400


def test_s12_two_authorization_headers_are_refused() -> None:
    original = signed()
    text = original.header("authorization") or ""
    before, mark, signature = text.partition(" Signature=")
    for pair in (
        [text, text],
        [text, "Bearer x"],
        ["Basic eA==", text],
        [text, ""],
        [before.rstrip(","), mark.strip() + signature],
    ):
        kept = [header for header in original.headers if header[0] != "authorization"]
        two = changed(original, headers=[*kept, *[("authorization", value) for value in pair]])
        assert refusal(two).kind is Kind.INCOMPLETE


@pytest.mark.parametrize("name", ["Credential", "SignedHeaders", "Signature"])
def test_s12_a_term_twice_is_refused(name: str) -> None:
    original = signed()
    text = original.header("authorization") or ""
    term = next(word for word in text.replace(",", " ").split() if word.startswith(f"{name}="))
    assert refusal(replaced(original, "authorization", f"{text}, {term}")).kind is Kind.INCOMPLETE


@pytest.mark.parametrize(
    "name", ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature", "X-Amz-Expires"]
)
def test_s12_a_query_parameter_of_the_signature_twice_is_refused(name: str) -> None:
    original = presigned()
    again = next(part for part in original.query.split("&") if part.startswith(f"{name}="))
    assert refusal(changed(original, query=f"{original.query}&{again}")).kind is Kind.INCOMPLETE
    hidden = again.replace("X-Amz", "X%2DAmz")
    assert refusal(changed(original, query=f"{original.query}&{hidden}")).kind is Kind.INCOMPLETE


# Pairs of requests that a router could tell apart: signed as the first, received as the second.
@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("/dev/demo", "/dev/demo/"),
        ("/dev/demo", "/dev/Demo"),
        ("/dev/demo", "/dev/%64emo"),
        ("/dev/a%2Fb", "/dev/a/b"),
        ("/dev/a%2fb", "/dev/a%2Fb"),
        ("/dev/demo", "/dev/demo;x=1"),
        ("/dev/%2e%2e/demo", "/demo"),
        ("/dev/a%20b", "/dev/a+b"),
        ("/dev/demo", "/dev/demo%00"),
    ],
)
def test_s14_a_path_that_is_another_to_the_router_is_another_to_the_signature(sent: str, received: str) -> None:
    assert refusal(changed(signed(f"http://{HOST}{sent}"), path=received)).kind is Kind.MISMATCH


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("a=1", "a=1&b="),
        ("a=1&a=2", "a=1"),
        ("a=1", "A=1"),
        ("a=1", "a=%2B1"),
        ("a=1;b=2", "a=1&b=2"),
        ("a=b%26c=d", "a=b&c=d"),
        ("a%3D1", "a=1"),
        ("a=%00", "a="),
    ],
)
def test_s14_a_query_with_another_meaning_is_another_to_the_signature(sent: str, received: str) -> None:
    assert refusal(changed(signed(f"{URL}?{sent}"), query=received)).kind is Kind.MISMATCH


@pytest.mark.parametrize(
    ("sent", "received"),
    [("a=1&b=2", "b=2&a=1"), ("a", "a="), ("a=%7E%2f", "a=~%2F"), ("a=x%20y", "a=x+y"), ("a=1", "&a=1&"), ("=x", "=x")],
)
def test_s14_a_query_with_the_same_meaning_is_the_same_to_the_signature(sent: str, received: str) -> None:
    assert checked(changed(signed(f"{URL}?{sent}"), query=received))


def test_s14_a_header_value_cannot_forge_the_lines_of_the_canonical_request() -> None:
    date = ("x-amz-date", amz_date(NOW))
    one = Request("GET", "/", "", (("host", HOST), date, ("a", "1\nb:2")))
    two = Request("GET", "/", "", (("host", HOST), date, ("a", "1"), ("b", "2")))
    assert canonical_request(one, ("a", "host", "x-amz-date"), "", service="execute-api") != canonical_request(
        two, ("a", "b", "host", "x-amz-date"), "", service="execute-api"
    )
    assert "a:1 b:2\n" in canonical_request(one, ("a", "host", "x-amz-date"), "", service="execute-api")


def test_s16_an_unknown_key_is_refused_in_other_words_but_after_the_same_checks() -> None:
    claim = read_authorization(signed())
    assert claim is not None
    with pytest.raises(SignatureRefused) as refused:
        verify_unknown(signed(), claim, NOW, services=("execute-api",), region="us-east-1")
    assert refused.value.kind is Kind.UNKNOWN_KEY
    assert words(refused.value, Dialect.QUERY)[:2] == ("InvalidClientTokenId", 403)
    assert words(refused.value, Dialect.EXECUTE_API)[:2] == ("UnrecognizedClientException", 403)
    with pytest.raises(SignatureRefused) as refused:
        verify_unknown(signed(), claim, NOW + 3600, services=("execute-api",), region="us-east-1")
    assert refused.value.kind is Kind.EXPIRED
