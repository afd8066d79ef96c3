"""What a person would read of a page."""

import pytest

from gatewright.core.page_text import text_of


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("plain", "plain\n"),
        ("a<br>b<br/>c", "a\nb\nc\n"),
        ("<style>p{}</style><p>seen</p>", "seen\n"),
        ('<a href="https://example.com/x">here</a>', "https://example.com/x here\n"),
        ("1 &lt; 2 &amp;&amp; 3", "1 < 2 && 3\n"),
        ("</style><p>still seen", "still seen\n"),
        ("<p", "<p\n"),
        ("<P CLASS='x'>a</P >b", "a\nb\n"),
        ("a<!-- <p>hidden</p> -->b<!DOCTYPE html><?x?>c", "abc\n"),
        ("<a class=x HREF = 'https://example.com/?a=1&amp;b=2'>here</a>", "https://example.com/?a=1&b=2 here\n"),
        ("<a>no target</a> <a hreflang=en>none</a>", "no target none\n"),
        ("<b>bold</b><i>er</i>", "bolder\n"),
        ("<head><title>t</title></head>seen", "seen\n"),
        ("1 < 2, 2 > 1", "1 < 2, 2 > 1\n"),
        ("&#65;&#x42;&#99999999999;&bogus;", "AB\ufffd&bogus;\n"),
        ("", "\n"),
    ],
)
def test_the_text_of_a_page_is_what_one_reads(page: str, text: str) -> None:
    assert text_of(page) == text


PIECES = (
    "<a b=",
    "<a b='",
    '<a b="',
    "<!--",
    "<!-- <",
    "<a",
    "<",
    "</",
    "<?",
    "&",
    "&#",
    "<a href=",
    "<a  href ='",
    " ",
)


@pytest.mark.parametrize("piece", PIECES)
def test_a_page_of_any_length_takes_no_longer_than_its_length(piece: str) -> None:
    """Found by hand: Python's reader of HTML took 22 seconds for fifty kilobytes of the first of these."""
    for page in (piece * 200_000, piece + "a" * 200_000, "<" + piece[-1] * 200_000):
        assert isinstance(text_of(page), str)  # quadratic, this would take hours


def test_a_number_of_any_length_is_no_error() -> None:
    assert text_of("a&#" + "9" * 20_000 + ";b") == "a\ufffdb\n"
