"""What a client sends is data: it is never evaluated."""

import json

import pytest

from tests.unit.velocity.rendering import render

HOSTILE = [
    "$context.identity.accessKey",
    "${util.base64Encode('x')}",
    "#set($context.responseOverride.status = 200)",
    "#if(true)x#end",
    "#end",
    "#stop",
    "\\$a ## comment #* #[[",
    '"',
    "'",
    "\\",
    "\n\r\t\x00\x1f",
    "</script><script>",
    "\ud800",
    "$",
    "#",
    "{{7*7}}",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_written_as_it_is(value: str) -> None:
    expected = value.encode("utf-8", "replace").decode()
    assert render("[$v]", v=value) == f"[{expected}]"


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_that_went_through_strings_and_variables_is_still_data(value: str) -> None:
    expected = value.encode("utf-8", "replace").decode()
    template = '#set($a = "<$v>")#set($b = "$a")#define($d)$b#end#set($m = {"k": "$d"})$m.k'
    assert render(template, v=value) == f"<{expected}>"


@pytest.mark.parametrize("value", HOSTILE)
def test_json_of_a_value_is_json(value: str) -> None:
    result = render("{\"v\": $input.json('$.v')}", json.dumps({"v": value}))
    assert json.loads(result) == {"v": value.encode("utf-8", "replace").decode()}


@pytest.mark.parametrize("value", [value for value in HOSTILE if "'" not in value])
def test_an_escaped_value_stays_within_its_quotes(value: str) -> None:
    result = render('{"v": "$util.escapeJavaScript($v)"}', v=value)
    assert json.loads(result) == {"v": value}


def test_a_key_is_data_too() -> None:
    body = json.dumps({"#set($x = 1)": "$context.stage", "__class__": "y"})
    template = "#foreach($k in $input.path('$').keySet())$k=$input.path('$')[$k];#end"
    assert render(template, body, context={"stage": "dev"}) == "#set($x = 1)=$context.stage;__class__=y;"
