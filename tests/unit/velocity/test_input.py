"""`$input`: the payload and the parameters."""

import pytest

from gatewright.gateway.velocity import BodyError, TemplateError
from tests.unit.velocity.rendering import render

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_the_body_is_given_as_it_came() -> None:
    assert render("$input.body", '{ "price": 10.00 }') == '{ "price": 10.00 }'


def test_an_empty_body_is_an_empty_object_for_body_and_json() -> None:
    assert (
        render("$input.body|$input.json('$')|$input.json('$.x')|$input.path('$')|$input.path('$.x')|") == '{}|{}|""|||'
    )


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("$", '{"a":1,"b":[true,null,"x"],"c":{"d":2.5}}'),
        ("$.a", "1"),
        ("$.b", '[true,null,"x"]'),
        ("$.b[2]", '"x"'),
        ("$.b[1]", "null"),
        ("$.c", '{"d":2.5}'),
        ("$.c.d", "2.5"),
        ("$['c']['d']", "2.5"),
        ("c.d", "2.5"),
        ("$.missing", '""'),
        ("$.a.b.c", '""'),
        ("$.b[9]", '""'),
    ],
)
def test_json_writes_a_part_of_the_payload_without_blanks(path: str, result: str) -> None:
    body = '{ "a": 1, "b": [ true, null, "x" ], "c": { "d": 2.5 } }'
    assert render(f'$input.json("{path}")', body, header=JSON) == result


def test_json_keeps_characters_beyond_ascii_and_escapes_quotes() -> None:
    assert render("$input.json('$.a')", '{"a": "Gr\\u00fc\\u00df \\"e\\" \\ud83d\\ude00"}') == '"Grüß \\"e\\" 😀"'


@pytest.mark.parametrize(
    ("number", "result"),
    [
        ("10.00", "10.0"),
        ("1e2", "100.0"),
        ("12345678.5", "1.23456785E7"),
        ("0.0001", "1.0E-4"),
        ("12345678901234567890", None),
    ],
)
def test_numbers_are_written_as_java_writes_them(number: str, result: str | None) -> None:
    expected = result or number
    assert render("$input.json('$') $input.path('$.n')", f'{{"n":{number}}}') == f'{{"n":{expected}}} {expected}'


def test_path_finds_values_to_walk_through() -> None:
    template = "#set($r = $input.path('$'))$r.pets.size()#foreach($p in $r.pets)$p.type#if($foreach.hasNext),#end#end"
    assert render(template, '{"pets": [{"type": "dog"}, {"type": "cat"}]}') == "2dog,cat"


def test_path_prints_maps_as_java_and_lists_as_json() -> None:
    body = '{"a": 1, "b": [{"c": 5, "d": ["x"]}], "e": {"f": "g"}}'
    assert render("$input.path('$')", body) == '{a=1, b=[{"c":5,"d":["x"]}], e={f=g}}'
    assert render("$input.path('$.b')", body) == '[{"c":5,"d":["x"]}]'


def test_count_is_what_the_reference_says_of_it() -> None:
    assert render("$input.path('$.pets').count()", '{"pets": [1, 2, 3]}') == "3"


def test_a_change_to_the_payload_shows_in_json() -> None:
    assert render("#set($x = $input.path('$').put('b', [1]))$input.json('$')", '{"a": 1}') == '{"a":1,"b":[1]}'


def test_a_body_that_claims_to_be_json_and_is_not_is_the_clients_fault() -> None:
    for header in (JSON, {}, {"Content-Type": "application/vnd.api+json; charset=utf-8"}):
        with pytest.raises(BodyError):
            render("$input.json('$')", "{not json", header=header)


def test_a_body_error_tells_nothing_of_the_body() -> None:
    with pytest.raises(BodyError) as failed:
        render("$input.path('$.a')", '{"password": "hunter2"', header=JSON)
    assert "hunter2" not in str(failed.value)
    assert "password" not in str(failed.value)


def test_a_body_that_no_template_asks_for_is_not_parsed() -> None:
    assert render('#set($a = 1){"statusCode": 200, "raw": "$input.body"}', "{not json", header=JSON).endswith(
        '{not json"}'
    )


def test_a_form_is_one_text() -> None:
    template = "#foreach($pair in $input.path('$').split('&'))#set($kv = $pair.split('='))$kv[0]:$kv[1];#end"
    assert render(template, "a=1&b=2", header=FORM) == "a:1;b:2;"
    assert render("$input.json('$')", 'a="1"', header=FORM) == '"a=\\"1\\""'


def test_json_of_another_media_type_is_still_json() -> None:
    assert render("$input.path('$.a')", '{"a": 1}', header={"content-type": "text/plain"}) == "1"


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a":' * 50_000, "NaN", "Infinity", "1" * 5_000, "\x00", '{"a": 1} x']
)
def test_a_hostile_body_is_refused_and_nothing_worse(body: str) -> None:
    with pytest.raises(BodyError):
        render("$input.json('$')", body, header=JSON)


def test_params_looks_in_path_then_querystring_then_header() -> None:
    template = "$input.params('x')$input.params('y')$input.params('z') [$input.params('none')]"
    headers = {"x": "h", "y": "h", "z": "h"}
    assert render(template, path={"x": "p"}, querystring={"x": "q", "y": "q"}, header=headers) == "pqh []"


def test_headers_are_found_in_any_case_and_listed_as_they_came() -> None:
    template = "$input.params('X-THING')$input.params().header.get('x-thing')$input.params().header['X-Thing']"
    template += "$input.params().header.keySet()$input.params().header.containsKey('x-tHING')"
    assert render(template, header={"X-Thing": "v"}) == "vvv[X-Thing]true"


def test_the_other_parameters_keep_their_case() -> None:
    assert render("[$input.params('NAME')]", querystring={"name": "v"}) == "[]"


def test_all_parameters_can_be_listed() -> None:
    template = (
        "#set($all = $input.params()){#foreach($type in $all.keySet())#set($params = $all.get($type))"
        '"$type":{#foreach($name in $params.keySet())"$name":"$util.escapeJavaScript($params.get($name))"'
        "#if($foreach.hasNext),#end#end}#if($foreach.hasNext),#end#end}"
    )
    result = render(template, path={"id": "1"}, querystring={"q": 'a"b'}, header={"h": "v"})
    assert result == '{"path":{"id":"1"},"querystring":{"q":"a\\"b"},"header":{"h":"v"}}'


@pytest.mark.parametrize(
    "template", ["$input", "$input.json(1)", "$input.path(null)", "$input.json()", "$input.params(1)"]
)
def test_what_input_does_not_have_prints_as_nothing(template: str) -> None:
    assert render(template, '{"a": 1}') == ""


def test_parameters_cannot_be_written_to() -> None:
    parameters: dict[str, object] = {"a": "b"}
    for place in ("path", "querystring", "header"):
        with pytest.raises(TemplateError, match="cannot be changed"):
            render(f"$input.params().{place}.put('a', 'c')", **{place: parameters})  # type: ignore[arg-type]
    assert parameters == {"a": "b"}
