"""Parameter-mapping expressions, parameters, media types, header values, a MOCK's status."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.expressions import Sources, compile_expression
from gatewright.gateway.integrations.mock import read_status
from gatewright.gateway.media import HeaderRefused, choose, header_value, is_header_name, media_type
from gatewright.gateway.parameters import Parameters, read_query
from gatewright.wire.http import Request


def sources(body: str = "") -> Sources:
    request = Request(
        "GET",
        "/dev/pets/7",
        "q=1&q=2&empty=&pl+us=a+b&caf%C3%A9=%E2%82%AC",
        (("x-one", "1"), ("x-many", "a"), ("x-many", "b")),
    )
    return Sources(
        parameters=Parameters(request, {"id": "7"}),
        context=lambda: {"apiId": "abc", "identity": {"sourceIp": "203.0.113.7"}, "number": 3, "flag": True},
        stage_variables={"color": "blue"},
        request_body=lambda: body,
        answer_headers={"x-id": ("1", "2")},
        answer_body='{"redirect": {"url": "https://a.example/"}}',
    )


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("'text'", ("text",)),
        ("''", ("",)),
        ("'it''s'", ("it''s",)),
        ("'$context.apiId'", ("$context.apiId",)),
        ("method.request.path.id", ("7",)),
        ("method.request.path.other", ()),
        ("method.request.querystring.q", ("2",)),
        ("method.request.querystring.empty", ("",)),
        ("method.request.querystring.Q", ()),
        ("method.request.multivaluequerystring.q", ("1", "2")),
        ("method.request.header.X-One", ("1",)),
        ("method.request.header.x-many", ("b",)),
        ("method.request.multivalueheader.X-Many", ("a", "b")),
        ("method.request.body", ('{"petstore":{"pets":[{"name":"rex","age":3}]}}',)),
        ("method.request.body.petstore.pets[0].name", ("rex",)),
        ("method.request.body.petstore.pets[0].age", ("3",)),
        ("method.request.body.petstore.pets[0]", ('{"name":"rex","age":3}',)),
        ("method.request.body.petstore.cats", ()),
        ("integration.response.header.X-Id", ("2",)),
        ("integration.response.multivalueheader.x-id", ("1", "2")),
        ("integration.response.body.redirect.url", ("https://a.example/",)),
        ("context.apiId", ("abc",)),
        ("context.identity.sourceIp", ("203.0.113.7",)),
        ("context.number", ("3",)),
        ("context.flag", ("true",)),
        ("context.identity", ()),
        ("context.identity.sourceIp.more", ()),
        ("context.__class__", ()),
        ("stageVariables.color", ("blue",)),
        ("stageVariables.other", ()),
    ],
)
def test_an_expression_reads_its_place(expression: str, values: tuple[str, ...]) -> None:
    assert compile_expression(expression).read(sources('{"petstore":{"pets":[{"name":"rex","age":3}]}}')) == values


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "\x00"])
def test_a_body_that_has_no_such_field_maps_nothing(body: str) -> None:
    assert compile_expression("method.request.body.a.b").read(sources(body)) == ()


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "text",
        "'",
        "'open",
        "context",
        "stageVariables.",
        "method.request",
        "method.request.cookie.x",
        "method.request.header.",
        "integration.response.status",
        "method.request.body.[",
        "input.params",
    ],
)
def test_what_is_no_expression_is_refused_when_it_is_compiled(expression: str) -> None:
    with pytest.raises(ValueError):
        compile_expression(expression)


def test_only_literals_are_known_beforehand() -> None:
    assert compile_expression("'*'").literal == "*"
    assert compile_expression("stageVariables.x").literal is None


def test_a_query_string_is_decoded_once() -> None:
    assert read_query("a=%2541&b+c=d+e&f&=g&&h=1;i=2") == {
        "a": ("%41",),
        "b c": ("d e",),
        "f": ("",),
        "": ("g",),
        "h": ("1",),
        "i": ("2",),
    }
    assert read_query("a=%ff%zz") == {"a": ("\ufffd%zz",)}


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (None, "application/json"),
        ("", "application/json"),
        (";", "application/json"),
        ("Application/JSON; charset=UTF-8", "application/json"),
        ("text/html, */*", "text/html"),
        ("text/html;q=0.1,application/json", "text/html"),
    ],
)
def test_only_the_first_mime_type_counts(header: str | None, kind: str) -> None:
    assert media_type(header) == kind


def test_a_template_is_chosen_by_type_else_json_else_the_first() -> None:
    both = {"text/html": 1, "application/json": 2}
    assert choose(both, "text/html") == "text/html"
    assert choose(both, "image/png") == "application/json"
    assert choose({"text/html": 1, "text/plain": 2}, None) == "text/html"
    assert choose({}, "text/html") is None


@pytest.mark.parametrize("value", ["a\r\nb", "a\nb", "a\rb", "\x00", "\x7f", "a\x0bb"])
def test_a_value_that_ends_its_line_is_refused(value: str) -> None:
    with pytest.raises(HeaderRefused):
        header_value(value)


@given(st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"])))
def test_every_other_value_is_one_line_of_bytes(value: str) -> None:
    sent = header_value(value).encode("latin-1")
    assert sent.decode() == value
    assert not set(sent) & {0, 10, 13}


def test_a_header_name_is_a_token() -> None:
    assert is_header_name("X-Amz_Date.1")
    assert not any(is_header_name(name) for name in ("", "a b", "a:b", "a\r\nb", "é"))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"statusCode": 200}', 200),
        ('{\n  "other": [1, {"statusCode": 1}],\n  "statusCode": 404\n}', 404),
        ("{statusCode: 204}", 204),
        ("{ 'statusCode': 301, text: 'it\\'s \"so\"' }", 301),
        ('{"statusCode": 200,}', 200),
        ("{statusCode: 200, super{ f}oo: [ba r]}", 200),
        ("{statusCode: 200, foo'}: [ba r]}", 200),
        ("{statusCode: 200, }foo: ''}", 200),
        ('{statusCode: 200, "": ""}', 200),
        ("{,a:[,1,,'2',],statusCode:0200}", 200),
        ('{"statusCode": 0}', 0),
        ("{statusCode: -1000}", -1000),
        ('{"statusCode": 2147483647}', 2147483647),
        ('{"a": "statusCode: 1", statusCode: 200}', 200),
    ],
)
def test_a_status_is_read_as_people_write_it(text: str, status: int) -> None:
    assert read_status(text) == status


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"statuscode":200}',
        '{"statusCode":null}',
        '{"statusCode":2147483648}',
        '{"statusCode":-11111111111111111111}',
        '{"statusCode":"200"}',
        "{statusCode: '200'}",
        '{"statusCode":1e3}',
        '{"statusCode":200.0}',
        '{"statusCode":true}',
        '{"statusCode":２００}',
        "{statusCode: 200 x}",
        "statusCode: 200",
        "{statusCode: 200",
        '{"statusCode": 200',
        "{statusCode: 200, {foo: [ba r]}",
        "{statusCode: 200, what:{}foo: [ba r]}}",
        "{statusCode: 200, a: 'b}",
        "{a:" * 100_000,
        "[" * 100_000,
    ],
)
def test_what_names_no_status_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="statusCode"):
        read_status(text)


@given(st.text() | st.text("{}[],:'\"\\ 12.-e\nab"))
def test_any_text_is_a_status_or_refused(text: str) -> None:
    try:
        assert isinstance(read_status(text), int)
    except ValueError:
        pass


def test_a_request_of_the_gateway_gets_parameters_of_its_own() -> None:
    parameters = sources().parameters
    assert parameters.get("header", "X-MANY") == "b"
    assert parameters.query["café"] == ("€",)
    assert parameters.query["pl us"] == ("a b",)
