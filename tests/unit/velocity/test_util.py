"""`$util`: exactly what the Java functions give."""

import pytest

from gatewright.gateway.velocity import TemplateError
from tests.unit.velocity.rendering import render


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain text", "plain text"),
        ("it's", "it\\'s"),
        ('say "hi"', 'say \\"hi\\"'),
        ("a\\b", "a\\\\b"),
        ("a/b", "a\\/b"),
        ("\n\r\t\b\f", "\\n\\r\\t\\b\\f"),
        ("\x00\x1f", "\\u0000\\u001F"),
        ("ü", "\\u00FC"),
        ("😀", "\\uD83D\\uDE00"),
        ("", ""),
        (5, "5"),
        (True, "true"),
        ({"a": "b"}, "{a=b}"),
    ],
)
def test_escape_javascript(text: object, result: str) -> None:
    assert render("$util.escapeJavaScript($t)", t=text) == result


def test_the_escaped_quote_can_be_turned_back_as_the_reference_says() -> None:
    assert render("""$util.escapeJavaScript($t).replaceAll("\\\\'","'")""", t='it\'s "x"') == 'it\'s \\"x\\"'


@pytest.mark.parametrize(
    ("text", "result"),
    [("x=a+b c", "x%3Da%2Bb+c"), ("a-b_c.d*e", "a-b_c.d*e"), ("~/é", "%7E%2F%C3%A9"), ("\ud800", "%3F"), ("", "")],
)
def test_url_encode(text: str, result: str) -> None:
    assert render("$util.urlEncode($t)", t=text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [("x=a+b", "x=a b"), ("%C3%A9%20", "é "), ("%ff", "\ufffd"), ("%41%42C", "ABC"), ("%E2%82x", "\ufffdx")],
)
def test_url_decode(text: str, result: str) -> None:
    assert render("$util.urlDecode($t)", t=text) == result


@pytest.mark.parametrize("text", ["%", "%4", "%zz", "a%2", "%+1"])
def test_url_decode_of_a_malformed_escape_fails(text: str) -> None:
    with pytest.raises(TemplateError, match="URLDecoder"):
        render("$util.urlDecode($t)", t=text)


@pytest.mark.parametrize(("text", "result"), [("Hi", "SGk="), ("ü", "w7w="), ("", "")])
def test_base64_goes_both_ways(text: str, result: str) -> None:
    assert render("$util.base64Encode($t)", t=text) == result
    assert render("$util.base64Decode($t)", t=result) == text


@pytest.mark.parametrize(
    ("text", "result"), [("SGk", "Hi"), ("SG k=\n", "Hi"), ("_-8=", "\ufffd\ufffd"), ("S", ""), ("!", "")]
)
def test_base64_decode_passes_over_what_is_not_base64(text: str, result: str) -> None:
    assert render("$util.base64Decode($t)", t=text) == result


def test_parse_json_gives_an_object() -> None:
    body = '{"errorMessage":"{\\"key1\\":\\"var1\\",\\"key2\\":{\\"arr\\":[1,2,3]}}"}'
    template = '#set ($o = $util.parseJson($input.path(\'$.errorMessage\'))){"v" : $o.key2.arr[0], "k": "$o.key1"}'
    assert render(template, body) == '{"v" : 1, "k": "var1"}'


@pytest.mark.parametrize("text", ["{", "", "x", "[" * 100_000, "NaN"])
def test_parse_json_of_what_is_no_json_fails(text: str) -> None:
    with pytest.raises(TemplateError, match="not JSON"):
        render("$util.parseJson($t)", t=text)


def test_a_function_that_util_does_not_have_prints_as_nothing() -> None:
    assert render("[$util.toJson($t)][$util.qr(1)][$util]", t="x") == "[][][]"
