"""What a request says about its own signature, and the words for what it says wrong."""

import pytest

from gatewright.wire.http import Request
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused
from gatewright.wire.sigv4.scope import Authorization, read_authorization

HEX = "0123456789abcdef" * 4
SCOPE = "AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/execute-api/aws4_request"
HEADER = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host;x-amz-date, Signature={HEX}"
QUERY = (
    f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={SCOPE}&X-Amz-Date=20260131T120000Z&X-Amz-Expires=60"
    f"&X-Amz-SignedHeaders=host&X-Amz-Signature={HEX}"
)
NOON = 1_769_860_800.0


def in_header(text: str, *, date: str = "20260131T120000Z", **others: str) -> Authorization | None:
    pairs = (("host", "h"), ("x-amz-date", date), ("authorization", text), *others.items())
    return read_authorization(Request("GET", "/", "", pairs))


def refused(text: str, **more: str) -> SignatureRefused:
    with pytest.raises(SignatureRefused) as caught:
        in_header(text, **more)
    assert caught.value.kind is Kind.INCOMPLETE
    return caught.value


def refused_query(query: str, *pairs: tuple[str, str]) -> SignatureRefused:
    with pytest.raises(SignatureRefused) as caught:
        read_authorization(Request("GET", "/", query, pairs))
    assert caught.value.kind is Kind.INCOMPLETE
    return caught.value


def test_a_header_is_read() -> None:
    claim = in_header(HEADER)
    assert claim is not None
    assert (claim.access_key_id, claim.date, claim.region) == ("AKIAIOSFODNN7EXAMPLE", "20260131", "us-east-1")
    assert (claim.service, claim.signed_headers, claim.signature) == ("execute-api", ("host", "x-amz-date"), HEX)
    assert (claim.amz_date, claim.signed_at, claim.expires) == ("20260131T120000Z", NOON, None)
    assert claim.scope == "20260131/us-east-1/execute-api/aws4_request"
    assert (claim.presigned, claim.session_token) == (False, None)


def test_a_query_is_read_encoded_or_not() -> None:
    for query in (QUERY, QUERY.replace("/", "%2F"), f"{QUERY}&X-Amz-Security-Token=a%2Bb"):
        claim = read_authorization(Request("GET", "/", query))
        assert claim is not None
        assert (claim.access_key_id, claim.signature, claim.expires) == ("AKIAIOSFODNN7EXAMPLE", HEX, 60)
        assert claim.presigned
        assert claim.session_token == ("a+b" if "Token" in query else None)


def test_a_request_without_a_signature_has_no_claim() -> None:
    assert read_authorization(Request("GET", "/")) is None
    assert read_authorization(Request("GET", "/", "a=1&X-Amz-Date=20260131T120000Z")) is None
    assert read_authorization(Request("GET", "/", "x-amz-signature=1")) is None
    assert read_authorization(Request("GET", "/", "", (("x-amz-security-token", "t"),))) is None


@pytest.mark.parametrize(
    "text",
    [
        HEADER.replace(", ", ","),
        HEADER.replace(", ", " "),
        HEADER.replace(", ", " ,\t"),
        f"AWS4-HMAC-SHA256 Signature={HEX}, SignedHeaders=host;x-amz-date, Credential={SCOPE}",
        HEADER.replace("host;x-amz-date", "X-Amz-Date;Host"),
        HEADER.replace("host;x-amz-date", "host;x-amz-date;host"),
    ],
)
def test_blanks_commas_order_and_case_do_not_matter(text: str) -> None:
    assert in_header(text) == in_header(HEADER)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Authorization header cannot be empty."),
        ("a=b", "Authorization header must begin with the algorithm name, which cannot include an equal-sign."),
        ("AWS4-ECDSA-P256-SHA256 a=b", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'."),
        (
            "Bearer abc",  # the hash is that of the header: openssl dgst -sha256 -binary | base64
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with "
            "Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='.",
        ),
        (
            "AWS4-HMAC-SHA256",
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter."
            " Authorization header requires 'SignedHeaders' parameter. "
            "(Hashed with SHA-256 and encoded with Base64) Authorization=",
        ),
        (HEADER.replace("SignedHeaders", "Signed"), "Authorization header requires 'SignedHeaders' parameter. ("),
        (f"{HEADER}, Other=1", "Authorization header must be 'AWS4-HMAC-SHA256' with Credential,"),
        (
            HEADER.replace("AWS4-HMAC-SHA256", "Digest"),
            "Authorization header must be 'AWS4-HMAC-SHA256' with Credential,",
        ),
        (HEADER.replace("/us-east-1", ""), "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/"),
        (HEADER.replace("AKIAIOSFODNN7EXAMPLE", ""), "Credential must have exactly 5 slash-delimited elements"),
        (HEADER.replace("host;x", "host;;x"), "SignedHeaders must be header names"),
        (HEADER.replace(HEX, "é"), "Signature must be hexadecimal."),
    ],
)
def test_a_malformed_header_is_refused_in_aws_words(text: str, message: str) -> None:
    assert message in refused(text).message


def test_a_secret_in_the_place_of_the_key_id_is_not_repeated() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    caught = refused(HEADER.replace("AKIAIOSFODNN7EXAMPLE", secret))
    assert "wJalr" not in str(caught) + str(caught.details)
    assert "got 7 elements" in caught.message


def test_a_bearer_token_is_not_repeated() -> None:
    assert "eyJhbGciOi" not in str(refused("Bearer eyJhbGciOi"))


@pytest.mark.parametrize(
    "date",
    [
        "",
        "20260131",
        "2026-01-31T12:00:00Z",
        "20260131T120000",
        "20261331T120000Z",
        "\u0662\u0660\u0662\u0666\u0660\u0661\u0663\u0661T120000Z",
        "20260131T120000Z,1",
    ],
)
def test_a_date_that_is_not_iso_basic_is_refused(date: str) -> None:
    assert "Date must be in ISO-8601 'basic format'" in refused(HEADER, date=date).message
    assert refused_query(QUERY.replace("20260131T120000Z", date))


@pytest.mark.parametrize(
    "date",
    [
        "20260131T120000Z",
        "Sat, 31 Jan 2026 12:00:00 GMT",
        "Sat, 31 Jan 2026 12:00:00 +0000",
        "Sat, 31 Jan 2026 13:00:00 +0100",
    ],
)
def test_the_date_header_serves_where_there_is_no_x_amz_date(date: str) -> None:
    claim = read_authorization(Request("GET", "/", "", (("authorization", HEADER), ("date", date))))
    assert claim is not None
    assert (claim.amz_date, claim.signed_at) == ("20260131T120000Z", NOON)


def test_x_amz_date_wins_over_date() -> None:
    dates = (("date", "Sat, 31 Jan 2026 15:00:00 GMT"), ("x-amz-date", "20260131T120000Z"))
    claim = read_authorization(Request("GET", "/", "", (("authorization", HEADER), *dates)))
    assert claim is not None
    assert claim.signed_at == NOON


@pytest.mark.parametrize(
    "date", ["31 Jan 2026", "Sun, 31 Jan 2026 12:00:00 GMT", "Sat, 31 Jan 2026 12:00:00 GMT, x", "x" * 99]
)
def test_a_date_header_that_has_to_be_guessed_is_refused(date: str) -> None:
    with pytest.raises(SignatureRefused, match="Date must be"):
        read_authorization(Request("GET", "/", "", (("authorization", HEADER), ("date", date))))


def test_a_header_without_any_date_is_refused() -> None:
    with pytest.raises(SignatureRefused) as caught:
        read_authorization(Request("GET", "/", "", (("authorization", "AWS4-HMAC-SHA256 Credential=a"),)))
    assert (
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header." in caught.value.message
    )
    with pytest.raises(SignatureRefused, match="Date must be"):
        read_authorization(Request("GET", "/", "", (("authorization", HEADER),)))


@pytest.mark.parametrize("name", ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date"])
def test_a_query_lacking_a_part_is_refused_in_aws_words(name: str) -> None:
    query = "&".join([part for part in QUERY.split("&") if not part.startswith(f"X-Amz-{name}=")])
    expected = f"AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string parameters."
    assert refused_query(query).message == expected


def test_a_query_with_another_algorithm_is_refused() -> None:
    assert "Unsupported AWS 'algorithm'" in refused_query(QUERY.replace("HMAC-SHA256", "ECDSA-P256-SHA256")).message


def test_a_presigned_request_may_leave_out_its_expiry() -> None:
    claim = read_authorization(Request("GET", "/", QUERY.replace("&X-Amz-Expires=60", "")))
    assert claim is not None
    assert claim.expires is None


def test_a_presigned_request_with_a_token_in_a_header_is_refused() -> None:
    assert "session token in the query" in refused_query(QUERY, ("x-amz-security-token", "t")).message


def test_a_long_header_is_read_like_a_short_one() -> None:
    names = ";".join(["host", *[f"x-{number:04}" for number in range(200)]])
    claim = in_header(HEADER.replace("host;x-amz-date", names))
    assert claim is not None
    assert len(claim.signed_headers) == 201


def test_a_claim_does_not_print_its_token_or_signature() -> None:
    claim = in_header(HEADER, **{"x-amz-security-token": "verysecret"})
    assert claim is not None
    assert claim.session_token == "verysecret"
    assert "verysecret" not in repr(claim)
    assert HEX not in repr(claim)
