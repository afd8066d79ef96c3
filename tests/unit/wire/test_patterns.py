"""Java's regular expressions in Python's words."""

import re
import sys
import time
import unicodedata
from itertools import product

import pytest

from gatewright.wire.patterns import _members, compiled
from tests.unit.wire.calls import CATALOGUE


def matches(pattern: str, value: str) -> bool:
    expression = compiled(pattern)
    assert expression is not None
    return expression.fullmatch(value) is not None


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        (r"[\w+=,.@-]+", "a+b@c", True),
        (r"[\w+=,.@-]+", "é", False),
        (r"\d+", "\u0663", False),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "Größe 1", True),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "a#b", False),
        (r"[^\p{L}]+", "12 !", True),
        (r"[^\p{L}]+", "12a", False),
        (r"\p{Lu}\p{Ll}*", "Abc", True),
        (r"\p{Lu}\p{Ll}*", "abc", False),
        (r"\P{L}", "1", True),
        (r"\P{L}", "x", False),
        (r"\p{Alnum}+", "aZ9", True),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "a\U0001f600b", True),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "\x00", False),
        (r"(?s).*", "a\nb", True),
        (r"\Aab\z", "ab", True),
        (r"^ab$", "ab\n", False),
        (r"a|bc", "bcx", False),
        (r"a++b", "aab", True),
    ],
)
def test_a_java_pattern_means_the_same_in_python(pattern: str, value: str, expected: bool) -> None:
    assert matches(pattern, value) is expected


def test_a_pattern_that_python_cannot_express_is_none() -> None:
    assert compiled(r"[a-z&&[^bc]]") is None
    assert compiled(r"\p{Nonsense}") is None


@pytest.mark.parametrize("category", ["L", "M", "N", "P", "S", "Z", "Lu"])
def test_the_ranges_of_a_category_are_all_of_unicode(category: str) -> None:
    members = {code for first, last in _members(category) for code in range(first, last + 1)}
    everything = range(sys.maxunicode + 1)
    assert members == {code for code in everything if unicodedata.category(chr(code)).startswith(category)}


def every_pattern() -> set[tuple[str, int]]:
    found = set()
    for service in CATALOGUE.services:
        model = CATALOGUE.service(service)
        for metadata in (model.shape_for(name).metadata for name in model.shape_names):
            if "pattern" in metadata:
                found.add((metadata["pattern"], min(metadata.get("max") or 20_000, 20_000)))
    return found


def test_every_pattern_of_our_services_can_be_expressed() -> None:
    assert [pattern for pattern, _ in every_pattern() if compiled(pattern) is None] == []


def test_no_pattern_of_our_services_takes_long_to_fail() -> None:
    for pattern, length in every_pattern():
        expression = compiled(pattern)
        assert expression is not None
        for unit in ("a", "0", "/", "a.", "a:", "a-", " ", "aA0", "=", "arn:aws:", "@", "{####}", "{##", "{####}##}"):
            started = time.process_time()
            expression.fullmatch((unit * length)[: length - 1] + "\x00")
            assert time.process_time() - started < 0.5, pattern


@pytest.mark.parametrize(
    "pattern",
    [r"[a@]+@[a@]+", r"[a@]*@[a@]*", r"[a@]*@@[a@]+", r"[a@]*@[a@]*a@[a@]*", r"[a]+@[a]+", r"x[a@]+@[a@]+x"],
)
def test_text_between_two_runs_of_one_class_matches_what_it_matched_when_every_place_was_tried(pattern: str) -> None:
    texts = ["".join(letters) for length in range(8) for letters in product("a@x", repeat=length)]
    assert [text for text in texts if matches(pattern, text)] == [text for text in texts if re.fullmatch(pattern, text)]
