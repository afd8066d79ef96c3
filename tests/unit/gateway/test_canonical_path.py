"""One canonical path, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.errors import MalformedRequest
from gatewright.gateway.paths import canonical_path, encode_segment


@pytest.mark.parametrize(
    ("raw", "segments", "text"),
    [
        ("", (), "/"),
        ("/", (), "/"),
        ("/demo", ("demo",), "/demo"),
        ("/demo/", ("demo",), "/demo"),
        ("/%64emo", ("demo",), "/demo"),
        ("/Demo", ("Demo",), "/Demo"),
        ("/a%2Fb", ("a/b",), "/a%2Fb"),
        ("/a%2fb/c", ("a/b", "c"), "/a%2Fb/c"),
        ("/%252e%252e/x", ("%2e%2e", "x"), "/%252e%252e/x"),
        ("/caf%C3%A9", ("café",), "/caf%C3%A9"),
        ("/a;b=1", ("a;b=1",), "/a;b=1"),
        ("/a%3Bb", ("a;b",), "/a;b"),
        ("/a%20b+c", ("a b+c",), "/a%20b+c"),
        ("/a//b", ("a", "", "b"), "/a//b"),
        ("//a", ("", "a"), "//a"),
        ("/a//", ("a", ""), "/a//"),
        ("//", ("",), "//"),
        ("/...", ("...",), "/..."),
        ("/a%23b%3Fc", ("a#b?c",), "/a%23b%3Fc"),
    ],
)
def test_a_path_has_one_reading(raw: str, segments: tuple[str, ...], text: str) -> None:
    path = canonical_path(raw)
    assert (path.segments, path.text) == (segments, text)


@pytest.mark.parametrize(
    "raw",
    [
        "/.",
        "/..",
        "/a/../b",
        "/a/./b",
        "/%2e",
        "/%2E%2e/b",
        "/.%2e",
        "/a/%2e%2e",
        "/a\\b",
        "/a%5Cb",
        "/a%5cb",
        "/%00",
        "/a%0d%0ab",
        "/a\tb",
        "/%7f",
        "/%C2%85",
        "/%",
        "/%2",
        "/%zz",
        "/%+1",
        "/%ff",
        "/%C0%AE",
        "/%ED%A0%80",
        "/caf\xe9",
        "demo",
    ],
)
def test_a_path_with_two_readings_is_refused(raw: str) -> None:
    with pytest.raises(MalformedRequest):
        canonical_path(raw)


@given(st.text(max_size=40).map(lambda text: "/" + text))
def test_every_path_is_read_or_refused_and_reading_twice_changes_nothing(raw: str) -> None:
    try:
        path = canonical_path(raw)
    except MalformedRequest:
        return
    assert canonical_path(path.text) == path


@given(
    st.lists(
        st.text(
            st.characters(min_codepoint=32, blacklist_categories=("Cs", "Cc"), blacklist_characters="\\"), min_size=1
        ),
        min_size=1,
    )
)
def test_any_segments_survive_being_encoded(segments: list[str]) -> None:
    if any(segment in (".", "..") for segment in segments):
        return
    path = canonical_path("/" + "/".join(encode_segment(segment) for segment in segments))
    assert path.segments == tuple(segments)
