import random

from gatewright.services.cognito_idp.importing.csv_lines import Line, Lines, fields_of
from gatewright.services.cognito_idp.importing.limits import ROW_CHARACTERS


def cut(data: bytes, sizes: random.Random | None = None, at: int = 0, number: int = 0) -> list[Line]:
    """Cut bytes into lines, fed in pieces of any size."""
    lines, found, start = Lines(at, number), [], 0
    while start < len(data):
        step = sizes.randint(1, 40_000) if sizes else len(data)
        found += lines.feed(data[start : start + step])
        start += step
    return [*found, *lines.finish()]


def test_a_line_ends_with_lf_or_crlf_and_the_last_one_may_end_with_the_file():
    assert cut(b"a\r\nb\n\nc") == [Line(1, "a", 3), Line(2, "b", 5), Line(3, "", 6), Line(4, "c", 7)]
    assert cut(b"") == []


def test_only_a_comma_is_escaped_and_quotation_marks_are_letters():
    assert fields_of(' a ,b\\,c,"d,e",\\n,\\\\,f') == ["a", "b,c", '"d', 'e"', "\\n", "\\,f"]
    assert fields_of("") == [""]


def test_a_row_that_is_too_long_is_passed_over_whatever_pieces_it_comes_in():
    whole = b"first\n" + b"x" * 300_000 + b"\n" + "é".encode() * ROW_CHARACTERS + b"\nlast\n"
    expected = cut(whole)
    assert [line.text if line.text is None else line.text[:5] for line in expected] == [
        "first",
        None,
        "é" * 5,
        "last",
    ]
    assert expected[-1].end == len(whole)
    for seed in range(20):
        assert cut(whole, random.Random(seed)) == expected


def test_one_character_more_than_a_row_has_is_too_long():
    assert cut(b"x" * ROW_CHARACTERS)[0].text is not None
    assert cut(b"x" * (ROW_CHARACTERS + 1))[0].text is None


def test_what_is_not_utf_8_is_broken():
    assert cut(b"\xff\n")[0].broken
    assert cut("\ud800".encode("utf-8", "surrogatepass"))[0].broken


def test_lines_go_on_where_they_were_left():
    whole = b"a\nbb\nccc\n" * 1_000
    lines = cut(whole)
    left = lines[1_234]
    assert cut(whole[left.end :], at=left.end, number=left.number) == lines[1_235:]
