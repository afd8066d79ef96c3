"""No text crashes the interpreter: it compiles or is refused, it renders or fails as a template fails."""

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.velocity import Context, Input, TemplateError, compile_template
from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.jsonpath import Budget, compile_path
from gatewright.gateway.velocity.lists_and_maps import LIST, MAP
from gatewright.gateway.velocity.patterns import java_pattern
from gatewright.gateway.velocity.strings import BOOLEAN, NUMBER, STRING
from gatewright.gateway.velocity.util import (
    Util,
    base64_decode,
    base64_encode,
    escape_javascript,
    url_decode,
    url_encode,
)
from tests.chance import examples

TOKENS = [
    "$",
    "#",
    "\\",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ".",
    ",",
    ":",
    "!",
    "'",
    '"',
    "\n",
    "\t",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "1",
    "2.5",
    "true",
    "null",
    "a",
    "b",
    "$a",
    "$b",
    "${a}",
    "$!{b}",
    "$a.b",
    "$a.b(",
    "$input",
    "$context",
    "$util",
    "$foreach",
    ".size()",
    ".get(",
    ".put(",
    ".add(",
    ".split(",
    ".replaceAll(",
    ".json('$')",
    ".path('$.x')",
    ".params()",
    "#set(",
    "#if(",
    "#elseif(",
    "#else",
    "#end",
    "#foreach(",
    "#define(",
    "#macro(",
    "#stop",
    "#break",
    "#{end}",
    "##",
    "#*",
    "*#",
    "#[[",
    "]]#",
    "in",
    "[1..3]",
    "{'a':1}",
    "$a=",
    '"$a"',
    "ü",
    "�",
]
templates = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(TOKENS), max_size=25).map("".join),
    st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join),
)
METHODS = sorted({*STRING, *NUMBER, *BOOLEAN, *LIST, *MAP, *Util.methods, *Input.methods})
OPERANDS = [
    "$input",
    "$util",
    "$context",
    "$shared",
    "$big",
    "$nan",
    "$none",
    "$context.identity",
    "$input.params().header",
    "$input.path('$')",
    "'abc'",
    "''",
    "'('",
    "{'a':1}",
    "[1,'a']",
    "0",
    "-1",
    "2.5",
    "1e300",
    "99999999999999999999",
    "true",
    "null",
]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@examples(400)
@given(template=templates, a=values, b=values)
def test_any_template_renders_or_fails_as_a_template_fails(template: str, a: Any, b: Any) -> None:
    with contextlib.suppress(TemplateError):
        compiled = compile_template(template)
        result = compiled.render({"a": a, "b": b, "input": Input(json.dumps(a)), "context": Context({"x": b})})
        result.encode("utf-8")
        assert compiled.constant is None or compiled.constant == result


@examples(400)
@given(
    owner=st.sampled_from(OPERANDS),
    name=st.sampled_from(METHODS),
    items=st.lists(st.sampled_from(OPERANDS), max_size=2),
)
def test_any_method_of_any_value_answers_or_fails_as_a_template_fails(owner: str, name: str, items: list[str]) -> None:
    variables = {
        "input": Input('{"a": [1, {"b": 2}]}', {"p": "1"}, {}, {"H": "v"}),
        "context": Context({"stage": "dev", "identity": {"a": "b"}}),
        "shared": {"a": "b"},
        "big": 10**400,
        "nan": float("nan"),
    }
    template = f"#set($own = {owner})#set($x = $own.{name}({', '.join(items)}))$x$own#if($x == $own)#end"
    with contextlib.suppress(TemplateError):
        compile_template(template).render(variables)
    assert variables["shared"] == {"a": "b"}


@examples(200)
@given(text=st.text(alphabet=st.characters(exclude_characters="$#\\"), max_size=200))
def test_text_without_special_characters_stands_for_itself(text: str) -> None:
    assert compile_template(text).constant == text


@examples(200)
@given(value=st.text(max_size=100))
def test_a_value_is_written_as_it_is(value: str) -> None:
    expected = value.encode("utf-8", "replace").decode()
    assert compile_template('#set($b = "$a")<$b>').render({"a": value}) == f"<{expected}>"


@examples(200)
@given(value=values)
def test_json_goes_through_unchanged(value: Any) -> None:
    body = json.dumps(value)
    if body == '""':
        return
    assert json.loads(compile_template("$input.json('$')").render({"input": Input(body)})) == value


@examples(200)
@given(text=st.text(alphabet="$@.*[]()?'\"ab01,:<>=!&| -", max_size=20), value=values)
def test_any_path_is_followed_or_refused(text: str, value: Any) -> None:
    with contextlib.suppress(JavaException):
        compile_path(text).find(value, Budget(10_000))


@examples(200)
@given(text=st.text(alphabet="ab.*+?|()[]{}^$\\dwQE-&<>=!:,0123", max_size=16))
def test_any_pattern_is_compiled_or_refused(text: str) -> None:
    with contextlib.suppress(JavaException):
        java_pattern(text)


@examples(200)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_is_encoded_decodes_to_itself(text: str) -> None:
    assert url_decode(url_encode(text)) == text
    assert base64_decode(base64_encode(text)) == text
    assert json.loads(f'"{escape_javascript(text)}"'.replace("\\'", "'")) == text
