"""JSON as people write it by hand."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.integrations.loose_json import read_loose_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_what_is_strict_json_means_the_same(value: Any, ascii_only: bool, indent: int | None) -> None:
    assert read_loose_json(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: 1}", {"a": 1}),
        ("{'a': 'it\\'s \"so\"'}", {"a": 'it\'s "so"'}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("{,,a:1,,}", {"a": 1}),
        ("[1,,2,]", [1, 2]),
        ("[ba r, true , null]", ["ba r", True, None]),
        ("{a: 1.5e3, b: -2, c: 1x, d: 1.2.3}", {"a": 1500.0, "b": -2, "c": "1x", "d": "1.2.3"}),
        ("{a b : c d}", {"a b": "c d"}),
        ('{"\\x41\\u00e9\\q": 1}', {"Aé": 1}),
        ("{a: 1} and more", {"a": 1}),
        ("  plain text ", "plain text"),
        ("{a: http://x}", {"a": "http://x"}),
    ],
)
def test_what_people_write_is_read(text: str, value: Any) -> None:
    assert read_loose_json(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "}",
        ":",
        "{",
        "{a",
        "{a:",
        "{a:1",
        "{a}",
        "{{a:1}}",
        "{[a]:1}",
        "{a:}",
        "[1",
        "[}",
        "{a:'x}",
        "{a:[] b:1}",
    ],
)
def test_what_has_no_end_or_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"stands where|has no"):
        read_loose_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 99_999,
        "{a:" * 33_000,
        "'" + "\\'" * 49_000,
        "[" + "1 " * 49_000,
        "{a:'" + "\\u0041" * 16_000 + "'}",
        "x" * 100_001,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    try:
        read_loose_json(text)
    except ValueError:
        pass
    assert time.process_time() - started < 1.0
