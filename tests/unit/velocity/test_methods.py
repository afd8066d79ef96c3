"""Java's methods, as far as templates call them."""

import pytest

from gatewright.gateway.velocity import TemplateError
from tests.unit.velocity.rendering import render


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("length()", "11"),
        ("charAt(4)", "o"),
        ("substring(6)", "World"),
        ("substring(0, 5)", "Hello"),
        ("substring(11)", ""),
        ("toLowerCase()", "hello world"),
        ("toUpperCase()", "HELLO WORLD"),
        ("concat('!')", "Hello World!"),
        ("indexOf('o')", "4"),
        ("indexOf('o', 5)", "7"),
        ("indexOf('x')", "-1"),
        ("lastIndexOf('o')", "7"),
        ("endsWith('World')", "true"),
        ("startsWith('World', 6)", "true"),
        ("equals('Hello World')", "true"),
        ("equals(5)", "false"),
        ("equalsIgnoreCase('hello WORLD')", "true"),
        ("isEmpty()", "false"),
        ("empty", "false"),
        ("replace('l', 'L')", "HeLLo WorLd"),
        ("replace('.', 'x')", "Hello World"),
        ("replaceFirst('o', '0')", "Hell0 World"),
        ("replaceAll('([A-Z])', '<$1>')", "<H>ello <W>orld"),
        ("matches('.*World')", "true"),
        ("matches('Hello')", "false"),
        ("split(' ')[1]", "World"),
        ("split(' ').size()", "2"),
        ("split('l')", "[He, , o Wor, d]"),
        ("hashCode()", "-862545276"),
        ("compareTo('Hellp')", "-1"),
        ("repeat(2)", "Hello WorldHello World"),
        ("contains(5)", ""),
        ("noSuchMethod()", ""),
        ("length(1)", ""),
        ("substring('1')", ""),
    ],
)
def test_a_string_has_the_methods_of_java(call: str, result: str) -> None:
    assert render(f"$s.{call}", s="Hello World") == result


def test_trim_removes_blanks_and_control_characters() -> None:
    assert render("[$s.trim()]", s=" \t\n\x01x \x00") == "[x]"


@pytest.mark.parametrize(
    ("text", "pattern", "result"),
    [
        ("a,b,,", ",", "[a, b]"),
        (",a", ",", "[, a]"),
        ("", ",", "[]"),
        ("a.b", "\\.", "[a, b]"),
        ("a1b22c", "[0-9]+", "[a, b, c]"),
        ("a=b=c", "=", "[a, b, c]"),
    ],
)
def test_split_drops_empty_parts_at_the_end_only(text: str, pattern: str, result: str) -> None:
    assert render(f"$s.split('{pattern}')", s=text) == result


def test_split_keeps_to_its_limit() -> None:
    assert render("$s.split('=', 2)", s="a=b=c") == "[a, b=c]"


def test_a_text_without_parts_is_its_own_part() -> None:
    assert render("$s.split(',').size()", s="") == "1"


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("size()", "3"),
        ("get(0)", "a"),
        ("contains('b')", "true"),
        ("contains(1)", "false"),
        ("isEmpty()", "false"),
        ("empty", "false"),
        ("indexOf('c')", "2"),
        ("lastIndexOf('a')", "0"),
        ("subList(1, 3)", "[b, c]"),
        ("containsAll(['a', 'c'])", "true"),
        ("remove(0)", "a"),
        ("remove('b')", "true"),
        ("remove('x')", "false"),
        ("set(1, 'B')", "b"),
        ("equals(['a', 'b', 'c'])", "true"),
        ("toString()", "[a, b, c]"),
    ],
)
def test_a_list_has_the_methods_of_java(call: str, result: str) -> None:
    assert render(f"#set($l = ['a', 'b', 'c'])$l.{call}") == result


def test_a_list_can_be_changed() -> None:
    template = "#set($l = [])$l.add('a')#set($x = $l.add(0, 'b'))#set($x = $l.addAll([1, 2]))#set($x = $l.remove(1))$l"
    assert render(template) == "true[b, 1, 2]"


def test_a_negative_index_counts_from_the_end() -> None:
    assert render("#set($l = [1, 2, 3])$l[-1]$l[0]#set($l[-1] = 9)$l") == "31[1, 2, 9]"


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("size()", "2"),
        ("get('a')", "1"),
        ("get('x')", ""),
        ("containsKey('a')", "true"),
        ("containsKey('x')", "false"),
        ("containsValue(2)", "true"),
        ("keySet()", "[a, b]"),
        ("values()", "[1, 2]"),
        ("entrySet()", "[a=1, b=2]"),
        ("isEmpty()", "false"),
        ("getOrDefault('x', 'y')", "y"),
        ("getOrDefault('a', 'y')", "1"),
        ("put('a', 3)", "1"),
        ("put('c', 3)", ""),
        ("putIfAbsent('a', 9)", "1"),
        ("remove('a')", "1"),
        ("equals({'a': 1, 'b': 2})", "true"),
        ("toString()", "{a=1, b=2}"),
    ],
)
def test_a_map_has_the_methods_of_java(call: str, result: str) -> None:
    assert render(f"#set($m = {{'a': 1, 'b': 2}})$m.{call}") == result


def test_entries_have_a_key_and_a_value() -> None:
    template = "#set($m = {'a': 1, 'b': 2})#foreach($e in $m.entrySet())$e.key=$e.value,$e.getKey()=$e.getValue();#end"
    assert render(template) == "a=1,a=1;b=2,b=2;"


def test_numbers_have_methods() -> None:
    assert (
        render("#set($n = 7)#set($d = 2.9)$n.toString().length()$d.intValue()$n.equals(7)$n.compareTo(8)") == "12true-1"
    )


def test_a_number_parses_text_as_the_static_method_does() -> None:
    assert render("#set($Integer = 0)#set($x = $Integer.parseInt('41') + 1)$x") == "42"


@pytest.mark.parametrize(
    "template",
    [
        "#set($l = [1])$l[1]",
        "#set($l = [1])$l.get(1)",
        "#set($l = [1])$l.get(-1)",
        "#set($l = [])#set($l[0] = 1)",
        "$s.substring(9)",
        "$s.substring(2, 1)",
        "$s.charAt(3)",
        "#set($n = 0)$n.parseInt('x')",
        "$s.replaceAll('(', '')",
        "$s.replaceAll('a', '$1')",
    ],
)
def test_what_throws_in_java_fails_the_template_and_names_the_line(template: str) -> None:
    with pytest.raises(TemplateError) as failed:
        render(f"a\n{template}", s="abc")
    assert failed.value.line == 2


@pytest.mark.parametrize("call", ["format('x')", "getBytes()", "toCharArray()", "getClass()"])
def test_a_method_that_java_has_and_we_lack_is_refused_by_name(call: str) -> None:
    with pytest.raises(TemplateError, match=r"is not supported"):
        render(f"$s.{call}", s="abc")


@pytest.mark.parametrize(
    "name",
    ["__class__", "__dict__", "__init__", "_scope", "format_map", "encode", "class", "mro", "properties", "methods"],
)
def test_no_attribute_of_a_python_object_is_reachable(name: str) -> None:
    template = "[$s.{0}][$s.{0}()][$l.{0}][$n.{0}][$input.{0}][$input.{0}()][$util.{0}][$context.{0}][$foreach.{0}]"
    result = render("#foreach($x in [1])" + template.replace("{0}", name) + "#end", s="abc", l=[1], n=1)
    assert result == "[]" * 9
