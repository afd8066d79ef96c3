"""Whatever a template or its data asks for, rendering ends, and ends soon."""

import contextlib
import time

import pytest

from gatewright.gateway.velocity import TemplateError, compile_template
from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.patterns import java_pattern, matches, replace
from tests.unit.velocity.rendering import render


def test_a_template_of_more_than_300_kilobytes_is_refused() -> None:
    assert compile_template("x" * 300 * 1024).constant is not None
    with pytest.raises(TemplateError, match="bytes"):
        compile_template("x" * 300 * 1024 + "y")
    with pytest.raises(TemplateError, match="bytes"):
        compile_template("ü" * 160 * 1024)


def test_a_loop_of_a_thousand_rounds_is_allowed_and_of_one_more_is_not() -> None:
    assert render("#foreach($i in [1..1000])x#end") == "x" * 1000
    with pytest.raises(TemplateError, match="allows 1000"):
        render("#foreach($i in [1..1001])x#end")


@pytest.mark.parametrize(
    "template",
    [
        "#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])x#end#end#end",
        "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = \"$s$s\")#end",
        "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = $s + $s)#end",
        "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = $s.concat($s))#end",
        "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = $s.replaceAll('x', 'xx'))#end",
        "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = $s.replaceAll('.', '$0$0'))#end",
        "#set($s = 'x')#set($s = $s.repeat(1000000000))",
        "#set($l = [1])#foreach($i in [1..100])#set($x = $l.addAll($l))#end",
        "#set($l = [1])#foreach($i in [1..100])#set($l = [$l, $l])#end$l",
        "#set($m = {})#foreach($i in [1..100])#set($m = {'a': $m, 'b': $m})#end$m",
        "#set($l = [1])#set($m = [1])#foreach($i in [1..99])#set($l = [$l, $l])#set($m = [$m, $m])#end#if($l==$m)#end",
        "#set($m = {})#set($x = $m.put('m', $m))$m",
        "#set($l = [])#set($x = $l.add($l))#if($l == [1])#end$l",
        "#set($n = 10)#foreach($i in [1..1000])#set($n = $n * $n)#end$n",
        "#set($x = [1..1000000000])",
        "#foreach($i in [1..1000])$big#end",
        "#set($l = [])#foreach($i in [1..1000])#set($x = $l.add($big.toUpperCase()))#end",
        "#foreach($i in [1..1000])#set($x = $big.split(''))#end",
    ],
)
def test_what_grows_without_bounds_is_stopped(template: str) -> None:
    began = time.perf_counter()
    with pytest.raises(TemplateError):
        render(template, big="x" * 1_000_000)
    assert time.perf_counter() - began < 20  # seconds; a loose bound for a busy machine: without limits it is for ever


@pytest.mark.parametrize(
    "template",
    [
        "#define($a)x$b$b$b$b#end#define($b)$c$c$c$c#end#define($c)$a$a$a$a#end$a",
        "#if(true)" * 500 + "#end" * 500,
        "#set($a = " + "(" * 5_000 + "1" + ")" * 5_000 + ")",
        "#set($a = " + "!" * 5_000 + "true)",
        "#set($a = " + "[" * 5_000 + "]" * 5_000 + ")",
        "#set($a = 1" + " + 1" * 5_000 + ")",
        "$a.b(" * 5_000,
        "$a[" * 20_000,
        "#x(" * 20_000,
        "#x($a[" * 10_000,
        "\\" * 100_000 + "$a",
        "$a" + ".b" * 50_000,
        "$a.b()" * 20_000,
    ],
)
def test_a_monstrous_template_compiles_or_is_refused_soon(template: str) -> None:
    began = time.perf_counter()
    with contextlib.suppress(TemplateError):
        compile_template(template).render({})
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a*)*", "(.*)*x", "(x+x+)+y", "(\\w+\\s?)*", "(a|a)*b", "((ab)+)+"]
)
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(JavaException, match="for ever"):
        java_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^[\\w.+-]+@([\\w-]+\\.)+[\\w-]{2,}$", "some.one@mail.example.org"),
        ("(foo|bar)+", "foobarfoo"),
        ("([a-z]+,)*[a-z]+", "a,bc,d"),
        ("(,[0-9]+)*", ",1,22"),
        ("\\Qa.b\\E", "a.b"),
        ("(?<year>\\d{4})-\\d\\d", "2026-01"),
        ("(?i)ABC", "abc"),
    ],
)
def test_a_harmless_pattern_is_used(pattern: str, text: str) -> None:
    assert matches(text, pattern)


@pytest.mark.parametrize("pattern", ["\\p{L}", "[a-z&&[^b]]", "\\R", "\\h", "(", "[", "*", "a{2,1}", "x" * 1_001])
def test_a_pattern_that_python_reads_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(JavaException):
        java_pattern(pattern)


def test_a_slow_pattern_is_not_used_on_a_long_text() -> None:
    with pytest.raises(JavaException, match="too long"):
        matches("a" * 100_000, ".*b.*c")
    assert replace("a b\n" * 100_000, "\\s+", "") == "ab" * 100_000
    assert replace("it\\'s" * 100_000, "\\\\'", "'") == "it's" * 100_000


def test_digits_are_those_of_ascii_as_in_java() -> None:
    assert not matches("٣", "\\d")
