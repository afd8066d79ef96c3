"""JSONPath in the dialect of API Gateway."""

import pytest

from gatewright.gateway.velocity import TemplateError
from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.jsonpath import MISSING, Budget, compile_path
from tests.unit.velocity.rendering import render

STORE = {
    "book": [
        {"title": "A", "price": 8.5, "tags": ["x"]},
        {"title": "B", "price": 12, "isbn": "1"},
        {"title": "C", "price": 22, "isbn": "2"},
    ],
    "bicycle": {"color": "red", "price": 19},
    "odd.name": {"a b": 1, "it's": 2},
    "1": "one",
    "a-b": "hyphen",
}


def find(path: str, root: object = STORE) -> object:
    return compile_path(path).find(root, Budget())


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("$.bicycle.color", "red"),
        ("$['bicycle']['color']", "red"),
        ('$["bicycle"].color', "red"),
        ("bicycle.color", "red"),
        ("$.book[0].title", "A"),
        ("$.book[-1].title", "C"),
        ("$['odd.name']['a b']", 1),
        ("$['odd.name']['it\\'s']", 2),
        ("$.1", "one"),
        ("$.a-b", "hyphen"),
        ("$.book[*].title", ["A", "B", "C"]),
        ("$.book.*.title", ["A", "B", "C"]),
        ("$..title", ["A", "B", "C"]),
        ("$..price", [8.5, 12, 22, 19]),
        ("$.book[0,2].title", ["A", "C"]),
        ("$.book[:2].title", ["A", "B"]),
        ("$.book[1:].title", ["B", "C"]),
        ("$.book[-1:].title", ["C"]),
        ("$.book[0:2:1]", None),
        ("$.book[0]['title','price']", [{"title": "A", "price": 8.5}]),
        ("$.book[?(@.price < 10)].title", ["A"]),
        ("$.book[?(@.isbn)].title", ["B", "C"]),
        ("$.book[?(!@.isbn)].title", ["A"]),
        ("$.book[?(@.title == 'B' || @.price >= 22)].title", ["B", "C"]),
        ("$.book[?(@.price > 8 && (@.price < 20))].title", ["A", "B"]),
        ('$.book[?(@["title"] != "A")].title', ["B", "C"]),
        ("$.book[?(@.tags[0] == 'x')].title", ["A"]),
        ("$.book[?(@.price == '12')].title", []),
        ("$..book[?(@.price==12)].title", ["B"]),
        ("$.book.length()", 3),
        ("$.none[*].x", []),
    ],
)
def test_a_path_finds_what_jayway_finds(path: str, result: object) -> None:
    if result is None:
        with pytest.raises(JavaException):
            find(path)
    else:
        assert find(path) == result


@pytest.mark.parametrize(
    "path", ["$.none", "$.book[7]", "$.book.title", "$.bicycle[0]", "$.bicycle.color.x", "$.1.length"]
)
def test_a_definite_path_that_leads_nowhere_is_missing(path: str) -> None:
    assert find(path) is MISSING


@pytest.mark.parametrize(
    "path",
    [
        "",
        " ",
        "$.",
        "$[",
        "$[]",
        "$['a'",
        "$.a]",
        "$a",
        "$..",
        "$.a[?(@.x =~ /y/)]",
        "$.a[?(@.x",
        "$.a[?]",
        "$.a.max()",
        "$." + "a." * 2000,
    ],
)
def test_a_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(JavaException):
        compile_path(path)


def test_a_search_without_end_is_stopped() -> None:
    root: object = 1
    for _ in range(18):
        root = [root, root]
    with pytest.raises(JavaException, match="visited more than"):
        find("$..*..*", root)


def test_a_deeply_nested_filter_is_refused() -> None:
    with pytest.raises(JavaException):
        compile_path("$[?(" + "(" * 500 + "@.a" + ")" * 500 + ")]")


def test_a_malformed_path_in_a_template_names_the_line() -> None:
    with pytest.raises(TemplateError) as failed:
        render("\n$input.path('$[')", "{}")
    assert failed.value.line == 2
