"""Whatever AWS's and other people's clients sign, we verify; and nothing that differs by one bit.

The clients: botocore (header and presigned), requests-aws4auth, aws-requests-auth, and our own.
"""

import time
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st
from requests_aws4auth import AWS4Auth

from gatewright.wire.http import Request
from gatewright.wire.sigv4.refusal import SignatureRefused
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.sign import Credentials, presign, sign
from gatewright.wire.sigv4.verify import Verified, verify
from tests.chance import examples

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KEY = "AKIAIOSFODNN7EXAMPLE"
HOST = "abc123.execute-api.eu-west-1.amazonaws.com"

TOKENS = st.none() | st.text("abcXYZ019+/=", min_size=1, max_size=60)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
SEGMENTS = st.lists(TEXT, max_size=4).map(lambda parts: "/".join(["", *[quote(part, safe="-_.~") for part in parts]]))
PATHS = SEGMENTS.map(lambda path: path or "/")
QUERIES = st.lists(st.tuples(TEXT, TEXT), max_size=4).map(
    lambda pairs: "&".join([f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs])
)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20).map(str.strip)
HEADERS = st.dictionaries(st.from_regex(r"x-[a-z]{1,6}|accept|content-type", fullmatch=True), VALUES, max_size=3)
BODIES = st.binary(max_size=40)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])


def received(method: str, url: str, headers: Any, body: bytes) -> Request:
    """Return what a server gets of a request that a client sends; clients send `Host` themselves."""
    place = urlsplit(url)
    pairs = [(name.lower(), value.strip()) for name, value in headers if name.lower() != "host"]
    return Request(method, place.path or "/", place.query, (("host", place.netloc), *pairs), body)


def checked(request: Request) -> Verified:
    claim = read_authorization(request)
    assert claim is not None
    return verify(request, claim, SECRET, time.time(), services=("execute-api",), region="eu-west-1")


def address(path: str, query: str) -> str:
    return f"https://{HOST}{path}" + (f"?{query}" if query else "")


@given(METHODS, PATHS, QUERIES, HEADERS, BODIES, TOKENS)
@examples(150)
def test_what_botocore_signs_in_its_headers_verifies(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes, token: str | None
) -> None:
    ours = AWSRequest(method=method, url=address(path, query), headers=headers, data=body)
    SigV4Auth(BotocoreCredentials(KEY, SECRET, token), "execute-api", "eu-west-1").add_auth(ours)
    verified = checked(received(method, ours.url, ours.headers.items(), body))
    assert verified.authorization.session_token == token


@given(METHODS, PATHS, QUERIES, TOKENS, st.integers(1, 604_800))
@examples(100)
def test_what_botocore_presigns_verifies(method: str, path: str, query: str, token: str | None, expires: int) -> None:
    ours = AWSRequest(method=method, url=address(path, query))
    credentials = BotocoreCredentials(KEY, SECRET, token)
    SigV4QueryAuth(credentials, "execute-api", "eu-west-1", expires=expires).add_auth(ours)
    verified = checked(received(method, ours.url, (), b""))
    assert verified.authorization.presigned
    assert verified.authorization.session_token == token


@given(METHODS, PATHS, QUERIES, HEADERS, BODIES, TOKENS, st.integers(1, 604_800))
@examples(100)
def test_what_we_sign_verifies(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes, token: str | None, expires: int
) -> None:
    credentials = Credentials(KEY, SECRET, token)
    url = address(path, query)
    added = sign(method, url, headers.items(), body, credentials, "execute-api", "eu-west-1", time.time())
    assert checked(received(method, url, [*headers.items(), *added.items()], body))
    signed = presign(method, url, headers.items(), credentials, "execute-api", "eu-west-1", time.time(), expires)
    assert checked(received(method, signed, headers.items(), b""))


# Plain text: these two clients encode a URL again in ways of their own, and then disagree with AWS as well.
PLAIN = st.text("abcXYZ019-_.~", min_size=1, max_size=8).filter(lambda part: part.strip("."))
PLAIN_PATHS = st.lists(PLAIN, max_size=3).map(lambda parts: "/" + "/".join(parts))
NAMES = st.sampled_from(
    ["alpha", "beta", "gamma", "Delta"]
)  # none the beginning of another: one sorts `a=1` as a whole
PLAIN_QUERIES = st.dictionaries(NAMES, PLAIN, max_size=3).map(
    lambda pairs: "&".join([f"{name}={value}" for name, value in pairs.items()])
)


@given(METHODS, PLAIN_PATHS, PLAIN_QUERIES, BODIES, TOKENS)
@examples(60)
def test_what_requests_aws4auth_signs_verifies(
    method: str, path: str, query: str, body: bytes, token: str | None
) -> None:
    auth = AWS4Auth(KEY, SECRET, "eu-west-1", "execute-api", session_token=token)
    sent = requests.Request(method, address(path, query), data=body, auth=auth).prepare()
    assert checked(received(method, sent.url or "", sent.headers.items(), body))


@given(METHODS, PLAIN_PATHS, PLAIN_QUERIES, BODIES, TOKENS)
@examples(60)
def test_what_aws_requests_auth_signs_verifies(
    method: str, path: str, query: str, body: bytes, token: str | None
) -> None:
    auth = AWSRequestsAuth(KEY, SECRET, HOST, "eu-west-1", "execute-api", aws_token=token)
    sent = requests.Request(method, address(path, query), data=body, auth=auth).prepare()
    assert checked(received(method, sent.url or "", sent.headers.items(), body))


def flipped(text: str, at: int, bit: int) -> str:
    return text[:at] + chr(ord(text[at]) ^ (1 << bit)) + text[at + 1 :]


@given(st.data(), BODIES.filter(bool), TOKENS, st.booleans())
@examples(400)
def test_one_flipped_bit_in_anything_that_is_signed_does_not_verify(
    data: st.DataObject, body: bytes, token: str | None, in_query: bool
) -> None:
    url = address("/dev/demo/x", "name=value&other=1")
    headers = {"content-type": "text/plain", "x-own": "one"}
    credentials = Credentials(KEY, SECRET, token)
    if in_query:
        body = b""
        url = presign("POST", url, headers.items(), credentials, "execute-api", "eu-west-1", time.time())
        original = received("POST", url, headers.items(), body)
    else:
        added = sign("POST", url, headers.items(), body, credentials, "execute-api", "eu-west-1", time.time())
        original = received("POST", url, [*headers.items(), *added.items()], body)
    method, path, query, sent = original.method, original.path, original.query, list(original.headers)
    bit = data.draw(st.integers(0, 6))
    part = data.draw(st.sampled_from(["method", "path", "query", "header", *(["body"] if body else [])]))
    if part == "method":
        method = flipped(method, data.draw(st.integers(0, len(method) - 1)), bit)
    elif part == "path":
        path = flipped(path, data.draw(st.integers(0, len(path) - 1)), bit)
    elif part == "query":
        query = flipped(query, data.draw(st.integers(0, len(query) - 1)), bit)
    elif part == "body":
        at = data.draw(st.integers(0, len(body) - 1))
        body = body[:at] + bytes([body[at] ^ (1 << bit)]) + body[at + 1 :]
    else:
        number = data.draw(st.integers(0, len(sent) - 1))
        name, value = sent[number]
        sent[number] = (name, flipped(value, data.draw(st.integers(0, len(value) - 1)), bit))
    altered = Request(method, path, query, tuple(sent), body)
    claim = None
    try:
        claim = read_authorization(altered)
        if claim is None:
            return
        secret = SECRET if claim.access_key_id == KEY else "another"  # the header's key id only finds the secret
        verified = verify(altered, claim, secret, time.time(), services=("execute-api",), region="eu-west-1")
    except SignatureRefused:
        return
    # What AWS's rules call equal: blanks around a term of the header, the case of a percent escape, of a header's name.
    before = read_authorization(original)
    assert before is not None
    expected = verify(original, before, SECRET, time.time(), services=("execute-api",), region="eu-west-1")
    assert verified.canonical_request == expected.canonical_request


LATIN = st.text(st.characters(max_codepoint=0xFF), max_size=60)
HEADER_PARTS = [
    "AWS4-HMAC-SHA256",
    " ",
    ",",
    "=",
    "Credential=",
    "SignedHeaders=host",
    "Signature=",
    "0" * 64,
    ";",
    "é",
]
OTHER_PARTS = [
    "AK/20260101/r/execute-api/aws4_request",
    "X-Amz-Signature=",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    "&",
    "%",
]
FRAGMENTS = st.sampled_from([*HEADER_PARTS, *OTHER_PARTS, "20260101T000000Z"])
ODD = LATIN | st.lists(FRAGMENTS, max_size=12).map("".join)


@given(ODD, ODD, ODD, ODD, st.none() | ODD)
@examples(300)
def test_nothing_that_is_sent_makes_the_reader_fail_in_any_other_way(
    path: str, query: str, authorization: str, date: str, own_date: str | None
) -> None:
    headers = [("host", HOST), ("date", date), ("authorization", authorization)]
    if own_date is not None:
        headers.append(("x-amz-date", own_date))
    for sent in (headers, headers[:2]):
        request = Request("GET", path, query, tuple(sent))
        try:
            claim = read_authorization(request)
            if claim is None:
                continue
            with pytest.raises(SignatureRefused):
                verify(request, claim, SECRET, claim.signed_at, services=("execute-api",))
        except SignatureRefused:
            continue
