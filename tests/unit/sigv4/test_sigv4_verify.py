"""The proof itself: windows, scopes, payloads, caches, and what a refusal tells."""

import hmac
from hashlib import sha256

import pytest

from gatewright.wire.http import Request
from gatewright.wire.sigv4.refusal import (
    Dialect,
    Kind,
    SignatureRefused,
    missing,
    token_expired,
    unknown_key,
    words,
)
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.sign import Credentials, KeyedHash, presign, sign
from gatewright.wire.sigv4.verify import Verified, verify

NOW = 1_769_860_800.0  # 2026-01-31T12:00:00Z
KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "one" * 10, "session+token")


def request(
    service: str = "iam",
    region: str = "us-east-1",
    body: bytes = b"",
    key: Credentials = KEY,
    at: float = NOW,
    **extra: str,
) -> Request:
    pairs = [(name.replace("_", "-"), value) for name, value in extra.items()]
    added = sign("POST", "http://localhost:4566/", pairs, body, key, service, region, at)
    sent = [(name.lower(), value) for name, value in [*pairs, *added.items()]]
    return Request("POST", "/", "", (("host", "localhost:4566"), *sent), body)


def checked(
    received: Request, secret: str = KEY.secret_access_key, now: float = NOW, region: str | None = None
) -> Verified:
    claim = read_authorization(received)
    assert claim is not None
    return verify(received, claim, secret, now, services=("iam", "sts", "s3"), region=region)


def refusal(received: Request, secret: str = KEY.secret_access_key, now: float = NOW) -> SignatureRefused:
    with pytest.raises(SignatureRefused) as caught:
        checked(received, secret, now)
    return caught.value


def test_any_of_the_accepted_services_and_regions_will_do() -> None:
    assert checked(request("sts", "eu-west-1")).authorization.service == "sts"
    assert checked(request("iam", "eu-west-1"), region="eu-west-1")
    with pytest.raises(SignatureRefused, match="Credential should be scoped to a valid region, not 'eu-west-1'"):
        checked(request("iam", "eu-west-1"), region="us-east-1")


def test_a_scope_without_a_region_is_refused_even_where_any_region_will_do() -> None:
    assert refusal(request("iam", "")).message == "Credential should be scoped to a valid region, not ''. "


def test_a_verified_request_holds_what_was_signed() -> None:
    verified = checked(request())
    digest = sha256(verified.canonical_request.encode()).hexdigest()
    assert (
        verified.string_to_sign == f"AWS4-HMAC-SHA256\n20260131T120000Z\n20260131/us-east-1/iam/aws4_request\n{digest}"
    )


def test_a_changed_secret_is_in_force_with_the_next_request() -> None:
    old, new = request(), request(key=Credentials(KEY.access_key_id, "another secret"))
    assert checked(old)
    assert refusal(old, "another secret").kind is Kind.MISMATCH
    assert checked(new, "another secret")
    assert refusal(new).kind is Kind.MISMATCH


def test_two_keys_with_the_same_secret_are_two_keys() -> None:
    received = request()
    text = (received.header("authorization") or "").replace(KEY.access_key_id, "AKIAOTHER")
    kept = [pair for pair in received.headers if pair[0] != "authorization"]
    other = checked(Request("POST", "/", "", (*kept, ("authorization", text))))
    assert other.authorization.access_key_id == "AKIAOTHER", "the key id is no part of what is signed: look it up by id"


def test_the_words_for_a_request_out_of_time_are_those_of_aws() -> None:
    assert refusal(request(), now=NOW + 301).message == (
        "Signature expired: 20260131T120000Z is now earlier than 20260131T120001Z (20260131T120501Z - 5 min.)"
    )
    assert refusal(request(), now=NOW - 301).message == (
        "Signature not yet current: 20260131T120000Z is still later than 20260131T115959Z (20260131T115459Z + 5 min.)"
    )


def test_the_words_for_a_presigned_request_out_of_time_name_its_own_expiry() -> None:
    url = presign("GET", "http://localhost:4566/", (), KEY, "iam", "us-east-1", NOW, 90)
    received = Request("GET", "/", url.partition("?")[2], (("host", "localhost:4566"),))
    assert checked(received, now=NOW + 90)
    assert refusal(received, now=NOW + 91).message.endswith("(20260131T120131Z - 90 sec.)")
    assert refusal(received, now=NOW - 301).kind is Kind.NOT_YET_CURRENT


def test_everything_that_is_wrong_with_a_scope_is_said_at_once() -> None:
    received = request("lambda", "eu-west-1")
    claim = read_authorization(received)
    assert claim is not None
    with pytest.raises(SignatureRefused) as caught:
        verify(received, claim, KEY.secret_access_key, NOW, services=("iam",), region="us-east-1")
    assert caught.value.message == (
        "Credential should be scoped to a valid region, not 'eu-west-1'. "
        "Credential should be scoped to correct service: 'iam'. "
    )


def test_a_body_may_be_left_unsigned_on_s3_only() -> None:
    assert checked(request("s3", x_amz_content_sha256="UNSIGNED-PAYLOAD", body=b"any"))
    assert refusal(request("iam", x_amz_content_sha256="UNSIGNED-PAYLOAD", body=b"any")).kind is Kind.PAYLOAD
    assert refusal(request("s3", x_amz_content_sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER")).kind is Kind.PAYLOAD


def test_a_refused_signature_shows_what_should_have_been_signed_but_no_secret() -> None:
    refused = refusal(request(), "wrong")
    text = words(refused, Dialect.EXECUTE_API).message
    assert text.startswith("The request signature we calculated does not match the signature you provided. Check your")
    assert "\n\nThe Canonical String for this request should have been\n'POST\n/\n\nhost:localhost:4566\n" in text
    assert "'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260131T120000Z\n" in text
    assert text.endswith("'\n")
    for secret in ("session+token", KEY.secret_access_key, "wrong"):
        assert secret not in text + str(refused.details)


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (Dialect.QUERY, ("MissingAuthenticationToken", 403, "Request is missing Authentication Token")),
        (Dialect.REST_XML, ("MissingAuthenticationToken", 403, "Request is missing Authentication Token")),
        (Dialect.JSON, ("MissingAuthenticationTokenException", 400, "Missing Authentication Token")),
        (Dialect.REST_JSON, ("MissingAuthenticationTokenException", 403, "Missing Authentication Token")),
        (Dialect.EXECUTE_API, ("MissingAuthenticationTokenException", 403, "Missing Authentication Token")),
    ],
)
def test_a_missing_signature_is_worded_for_each_protocol(dialect: Dialect, expected: tuple[str, int, str]) -> None:
    assert tuple(words(missing(), dialect)) == expected


@pytest.mark.parametrize(
    ("refused", "query", "json"),
    [
        (unknown_key(), ("InvalidClientTokenId", 403), "UnrecognizedClientException"),
        (token_expired(), ("ExpiredToken", 403), "ExpiredTokenException"),
        (SignatureRefused(Kind.INCOMPLETE, "m"), ("IncompleteSignature", 400), "IncompleteSignatureException"),
        *[
            (SignatureRefused(kind, "m"), ("SignatureDoesNotMatch", 403), "InvalidSignatureException")
            for kind in (
                Kind.UNSIGNED_HEADER,
                Kind.EXPIRED,
                Kind.NOT_YET_CURRENT,
                Kind.SCOPE,
                Kind.PAYLOAD,
                Kind.MISMATCH,
            )
        ],
    ],
)
def test_each_kind_has_aws_code_and_status_on_each_protocol(
    refused: SignatureRefused, query: tuple[str, int], json: str
) -> None:
    assert words(refused, Dialect.QUERY)[:2] == query
    assert words(refused, Dialect.REST_XML)[:2] == query
    assert words(refused, Dialect.JSON)[:2] == (json, 400)
    assert words(refused, Dialect.REST_JSON)[:2] == (json, 403)
    assert words(refused, Dialect.EXECUTE_API)[:2] == (json, 403)


def test_the_dialects_are_named_as_botocore_names_protocols() -> None:
    assert [Dialect(name) for name in ("query", "rest-xml", "json", "rest-json")]


def test_credentials_do_not_print_their_secret() -> None:
    assert repr(KEY) == "Credentials(AKIAIOSFODNN7EXAMPLE)"


@pytest.mark.parametrize("size", [0, 1, 31, 32, 63, 64])
def test_a_hash_that_is_keyed_once_is_hmac_sha256(size):
    key = bytes(range(100, 100 + size))
    keyed = KeyedHash(key)
    for message in (b"", b"AWS4-HMAC-SHA256", b"x" * 1_000):
        assert keyed.hex(message) == hmac.digest(key, message, "sha256").hex()
        assert keyed.hex(message) == keyed.hex(message)
