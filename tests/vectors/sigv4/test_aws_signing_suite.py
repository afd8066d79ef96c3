"""AWS's own 38 cases, in the header and in the query: what we sign is what AWS signs, and what AWS signed we verify."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import canonical_request, string_to_sign
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.sign import Credentials, presign, sign
from gatewright.wire.sigv4.verify import verify

CASES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "aws-signing-test-suite-v4.json").read_text(encoding="utf-8")
)
FORMS = ("header", "query")
EVERY_CASE = pytest.mark.parametrize("name", sorted(CASES))
BOTH_FORMS = pytest.mark.parametrize("form", FORMS)

# The suite signs these as a service does that does not normalize paths. A service that does must see another path.
UNNORMALIZED = {
    name
    for name, case in CASES.items()
    if not case["context"]["normalize"] and case["header"]["canonical_request"].split("\n")[1] != "/example%20space/"
}


def received(text: str) -> Request:
    """Read a request as a server gets it: bytes, one character each."""
    head, _, body = text.encode().decode("latin-1").partition("\n\n")
    lines = head.split("\n")
    method, target = lines[0].removesuffix(" HTTP/1.1").split(" ", 1)
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line.startswith(" "):  # a folded header goes on
            headers[-1] = (headers[-1][0], f"{headers[-1][1]}\n{line}")
        elif line:
            name, _, value = line.partition(":")
            headers.append((name.lower(), value.strip(" ")))
    path, _, query = target.partition("?")
    return Request(method, path, query, tuple(headers), body.encode("latin-1"))


def seconds(case: dict[str, Any]) -> float:
    return datetime.fromisoformat(case["context"]["timestamp"]).timestamp()


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 38
    assert len(UNNORMALIZED) == 6


@EVERY_CASE
@BOTH_FORMS
def test_canonical_request_and_string_to_sign_are_those_of_aws(name: str, form: str) -> None:
    case = CASES[name]
    request = received(case[form]["signed_request"])
    claim = read_authorization(request)
    assert claim is not None
    service = claim.service if case["context"]["normalize"] else "s3"
    if form == "query" and case["context"].get("omit_session_token"):  # AWS appends the token after it has signed
        kept = [part for part in request.query.split("&") if not part.startswith("X-Amz-Security-Token")]
        request = Request(request.method, request.path, "&".join(kept), request.headers, request.body)
    canonical = canonical_request(request, claim.signed_headers, sha256(request.body).hexdigest(), service=service)
    assert canonical == case[form]["canonical_request"]
    assert string_to_sign(canonical, claim.amz_date, claim.scope) == case[form]["string_to_sign"]


@pytest.mark.parametrize("name", sorted(CASES.keys() - UNNORMALIZED - {"post-sts-header-after"}))
@BOTH_FORMS
def test_what_aws_signed_verifies(name: str, form: str) -> None:
    case = CASES[name]
    request = received(case[form]["signed_request"])
    claim = read_authorization(request)
    assert claim is not None
    secret = case["context"]["credentials"]["secret_access_key"]
    verified = verify(request, claim, secret, seconds(case), services=("service",), region="us-east-1")
    assert claim.signature == case[form]["signature"]
    assert verified.string_to_sign == case[form]["string_to_sign"]
    assert claim.session_token == case["context"]["credentials"].get("token")
    assert claim.presigned == (form == "query")


@pytest.mark.parametrize("name", sorted(UNNORMALIZED))
@BOTH_FORMS
def test_a_service_that_normalizes_refuses_a_path_signed_without(name: str, form: str) -> None:
    case = CASES[name]
    request = received(case[form]["signed_request"])
    claim = read_authorization(request)
    assert claim is not None
    secret = case["context"]["credentials"]["secret_access_key"]
    with pytest.raises(SignatureRefused) as refused:
        verify(request, claim, secret, seconds(case), services=("service",))
    assert refused.value.kind is Kind.MISMATCH


def test_a_token_appended_to_the_headers_after_signing_is_refused_and_signs_right_without_it() -> None:
    case = CASES["post-sts-header-after"]
    whole = received(case["header"]["signed_request"])
    claim = read_authorization(whole)
    assert claim is not None
    secret = case["context"]["credentials"]["secret_access_key"]
    with pytest.raises(SignatureRefused) as refused:
        verify(whole, claim, secret, seconds(case), services=("service",))
    assert refused.value.kind is Kind.UNSIGNED_HEADER
    kept = tuple(header for header in whole.headers if header[0] != "x-amz-security-token")
    bare = Request(whole.method, whole.path, whole.query, kept, whole.body)
    assert verify(bare, claim, secret, seconds(case), services=("service",))


def test_a_token_appended_to_the_query_after_signing_is_refused() -> None:
    case = CASES["post-sts-header-after"]
    request = received(case["query"]["signed_request"])
    claim = read_authorization(request)
    assert claim is not None
    secret = case["context"]["credentials"]["secret_access_key"]
    with pytest.raises(SignatureRefused) as refused:
        verify(request, claim, secret, seconds(case), services=("service",))
    assert refused.value.kind is Kind.MISMATCH


def credentials(case: dict[str, Any]) -> Credentials:
    given = case["context"]["credentials"]
    token = None if case["context"].get("omit_session_token") else given.get("token")
    return Credentials(given["access_key_id"], given["secret_access_key"], token)


@pytest.mark.parametrize("name", sorted(CASES.keys() - UNNORMALIZED))
def test_we_sign_headers_as_aws_does(name: str) -> None:
    case = CASES[name]
    request = received(case["request"])
    headers = list(request.headers)
    if case["context"]["sign_body"]:
        headers.append(("X-Amz-Content-Sha256", sha256(request.body).hexdigest()))
    url = f"https://example.amazonaws.com{request.path}" + (f"?{request.query}" if request.query else "")
    added = sign(request.method, url, headers, request.body, credentials(case), "service", "us-east-1", seconds(case))
    assert added["Authorization"].endswith(f"Signature={case['header']['signature']}")


WITH_BODY = {name for name, case in CASES.items() if case["context"]["sign_body"]}  # presign() is for the others


@pytest.mark.parametrize("name", sorted(CASES.keys() - UNNORMALIZED - WITH_BODY))
def test_we_presign_as_aws_does(name: str) -> None:
    case = CASES[name]
    request = received(case["request"])
    url = f"https://example.amazonaws.com{request.path}" + (f"?{request.query}" if request.query else "")
    signed = presign(
        request.method, url, request.headers, credentials(case), "service", "us-east-1", seconds(case), 3600
    )
    assert signed.endswith(f"X-Amz-Signature={case['query']['signature']}")
