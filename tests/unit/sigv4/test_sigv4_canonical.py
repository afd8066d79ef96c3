"""The canonical request, rule by rule."""

import pytest

from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import canonical_headers, canonical_path, canonical_query, canonical_request, shown
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/", "/"),
        ("", "/"),
        ("/dev/demo", "/dev/demo"),
        ("/dev/demo/", "/dev/demo/"),
        ("//dev//demo//", "/dev/demo/"),
        ("/a/./b/../c", "/a/c"),
        ("/a/..", "/"),
        ("/../../a", "/a"),
        ("/a/.", "/a"),
        ("/a/./", "/a/"),
        ("/.hidden", "/.hidden"),
        ("/..hidden/a", "/..hidden/a"),
        ("/a%2Fb", "/a%252Fb"),
        ("/a%20b", "/a%2520b"),
        ("/%2e%2e/b", "/%252e%252e/b"),
        ("/a b", "/a%20b"),
        ("/*'();:@&=+$,", "/%2A%27%28%29%3B%3A%40%26%3D%2B%24%2C"),
        ("/\xc3\xa9", "/%C3%A9"),
        ("/ሴ", "/%E1%88%B4"),
    ],
)
def test_a_path_is_normalized_and_encoded_once_more(path: str, canonical: str) -> None:
    assert canonical_path(path, "execute-api") == canonical


@pytest.mark.parametrize(
    ("path", "canonical"),
    [("/a/../b", "/a/../b"), ("//a", "//a"), ("/a%20b", "/a%20b"), ("/a%2fb", "/a/b"), ("/a*", "/a%2A"), ("", "/")],
)
def test_on_s3_a_path_is_neither_normalized_nor_encoded_again(path: str, canonical: str) -> None:
    assert canonical_path(path, "s3") == canonical


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("a=1", "a=1"),
        ("a", "a="),
        ("=", "="),
        ("&&", ""),
        ("b=1&a=2&a=1", "a=1&a=2&b=1"),
        ("a-b=1&a=2", "a=2&a-b=1"),  # by name first: as whole strings they would be the other way round
        ("Z=1&a=2", "Z=1&a=2"),
        ("a=b=c", "a=b%3Dc"),
        ("a=x+y", "a=x%20y"),
        ("a=x%2By", "a=x%2By"),
        ("a=%7e%2f%41", "a=~%2FA"),
        ("a=%zz&b=%", "a=%25zz&b=%25"),
        ("a=/?:@", "a=%2F%3F%3A%40"),
        ("%E1%88%B4=bar", "%E1%88%B4=bar"),
        ("\xe1\x88\xb4=bar", "%E1%88%B4=bar"),
        ("X-Amz-Signature=abc&a=1", "a=1"),
        ("X%2DAmz%2DSignature=abc&a=1", "a=1"),
        ("x-amz-signature=abc", "x-amz-signature=abc"),
    ],
)
def test_a_query_is_encoded_anew_and_sorted(query: str, canonical: str) -> None:
    assert canonical_query(query) == canonical


def headers(*pairs: tuple[str, str]) -> str:
    return canonical_headers(Request("GET", "/", "", pairs), tuple(sorted({name for name, _ in pairs})))


def test_values_of_a_repeated_header_are_joined_in_the_order_received() -> None:
    assert headers(("a", "2"), ("b", "x"), ("a", "1"), ("a", "")) == "a:2,1,\nb:x\n"


def test_runs_of_blanks_in_a_value_become_one() -> None:
    assert headers(("a", '"x   y\t z"')) == 'a:"x y z"\n'


def test_a_blank_that_is_not_ascii_is_kept() -> None:
    assert headers(("a", "x\xa0\xa0  y\x85")) == "a:x\xa0\xa0 y\x85\n"


def test_a_header_over_several_lines_becomes_one_line() -> None:
    assert headers(("a", "x\n  y\r\n\tz"), ("b", "p\nq")) == "a:x y z\nb:p q\n"


def test_a_header_beyond_latin_1_can_only_come_from_a_client_in_process_and_is_folded_too() -> None:
    assert headers(("a", "ሴ  b")) == "a:ሴ b\n"


def test_a_signed_header_that_was_not_sent_is_refused() -> None:
    with pytest.raises(SignatureRefused, match="'gone' is listed in SignedHeaders") as refused:
        canonical_headers(Request("GET", "/"), ("gone",))
    assert refused.value.kind is Kind.UNSIGNED_HEADER


def test_the_parts_stand_in_aws_order() -> None:
    request = Request("POST", "/a b", "b=1&a", (("x-own", "1"), ("host", "h")))
    expected = "POST\n/a%20b\na=&b=1\nhost:h\nx-own:1\n\nhost;x-own\nhash"
    assert canonical_request(request, ("host", "x-own"), "hash", service="execute-api") == expected


def test_what_authenticates_by_itself_is_not_shown() -> None:
    canonical = (
        "GET\n/\nX-Amz-Date=1&X-Amz-Security-Token=secret1&a=1\nx-amz-security-token:secret2\nx-api-key:secret3\n"
        "cookie:secret4\nhost:h\n\nhost\nhash"
    )
    text = shown(canonical)
    assert "secret" not in text
    assert "X-Amz-Security-Token=(7 characters, not shown)&a=1" in text
    assert "x-amz-security-token:(7 characters, not shown)\n" in text
    assert text.endswith("\nhost:h\n\nhost\nhash")
