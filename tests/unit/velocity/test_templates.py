"""The language: what the recordings of tests/vectors/velocity do not say."""

import pytest

from gatewright.gateway.velocity import TemplateError, compile_template
from tests.unit.velocity.rendering import render


def test_a_template_without_references_is_constant() -> None:
    template = compile_template('{"statusCode": 200}')
    assert template.constant == '{"statusCode": 200}'
    assert template.render({}) == '{"statusCode": 200}'


def test_comments_alone_leave_a_template_constant() -> None:
    assert compile_template("## the default\n{}#* nothing *#").constant == "{}"


def test_an_empty_template_is_constant() -> None:
    assert compile_template("").constant == ""


def test_a_template_with_a_directive_is_not_constant() -> None:
    assert compile_template("#set($a = 1)").constant is None


def test_a_template_names_the_variables_that_it_needs() -> None:
    template = compile_template("$context.stage #if($input.body == \"$stageVariables.x\")$!{util.urlEncode('a')}#end")
    assert template.names == {"context", "input", "stageVariables", "util"}


def test_rendering_twice_gives_the_same() -> None:
    template = compile_template("#set($n = $n + 1)$n #foreach($i in [1..3])$i#end")
    assert template.render({"n": 1}) == template.render({"n": 1}) == "2 123"


def test_rendering_does_not_change_the_given_variables() -> None:
    variables: dict[str, object] = {"a": 1}
    compile_template("#set($a = 2)#set($b = 3)").render(variables)
    assert variables == {"a": 1}


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("${a}b", "xb"),
        ("$a.", "x."),
        ("$a..b", "x..b"),
        ("$$a", "$x"),
        ("$ a $1 $.a $!", "$ a $1 $.a $!"),
        ("$!{a}$!a", "xx"),
        ("$a()", "x()"),
        ("${a}.length()", "x.length()"),
        ("$a [1]", "x [1]"),
        ("$a[", "x["),
        ("$a[not an index]", "x[not an index]"),
        ("$no-such-name.", "."),
        ("$a.length()$a.length().toString()", "11"),
        ("$m.k.inner $m['k'].inner $m.get('k').get(\"inner\") ${m.k}", "v v v {inner=v}"),
    ],
)
def test_a_reference_ends_where_its_grammar_ends(template: str, result: str) -> None:
    assert render(template, a="x", m={"k": {"inner": "v"}}) == result


@pytest.mark.parametrize(
    "template", ["${", "${a", "${a.", "$!{a", "${a|'x'}", "${a b}", "${1}", "$a.b(", "$a.b(1", "$a.b(,)"]
)
def test_an_unclosed_reference_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(template)


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("#if(true)", "#if has no #end"),
        ("a\n#foreach($i in [1])\n", "line 2: #foreach has no #end"),
        ("#end", "#end without"),
        ("#else", "#else without"),
        ("#if(true)#else#else#end", "#else without"),
        ("#foreach($i in [1])#else#end", "#else without"),
        ("#set($a = )", "expected a value"),
        ("#set($a == 1)", "expected a value"),
        ("#set(a = 1)", "expected a reference"),
        ("#set($a.b() = 1)", "cannot assign to the method"),
        ("#set($a = 'x)", "no closing '"),
        ("#set($a = [1, 2)", "expected ']'"),
        ("#set($a = {'b' 1})", "expected ':'"),
        ("#foreach($a.b in [1])#end", "plain variable"),
        ("#foreach($a on [1])#end", "expected 'in'"),
        ("#if true#end", "expected '('"),
        ("#* never closed", "no closing *#"),
        ("#[[ never closed", "no closing ]]#"),
        ("#parse('x')", "#parse reads another template"),
        ("#include('x')", "#include reads another template"),
        ("a\n\n#set($x = $)", "line 3"),
        ('\n#set($x = "\n$y.z(")', "line 3"),
    ],
)
def test_a_malformed_template_is_refused_with_its_line_and_reason(template: str, part: str) -> None:
    with pytest.raises(TemplateError) as refused:
        compile_template(template)
    assert part in str(refused.value)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("-7 % 2", "-1"),
        ("7 % -2", "1"),
        ("7.0 / 2", "3.5"),
        ("1 + 'a' + 2", "1a2"),
        ("'a' + $missing", "a"),
        ("2 - 3", "-1"),
        ("10 - 2 - 3", "5"),
        ("1 == 1.0", "true"),
        ("1 == '1'", "true"),
        ("'true' == true", "true"),
        ("1 != 2", "true"),
        ("'b' > 'a'", "false"),
        ("$missing == ''", "true"),
        ("$missing == $null", "true"),
        ("$m != $null", "true"),
        ("[1, 2] == [1, 2]", "true"),
        ("{'a': 1} == {'a': 1}", "true"),
        ("not true or true", "true"),
        ("!true && false || true", "true"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("1.5e3", "1500.0"),
        ("-.5", "-0.5"),
        ("100000000.0", "1.0E8"),
        ("true == !false", "true"),
    ],
)
def test_an_expression_has_its_java_value(expression: str, result: str) -> None:
    assert render(f"#set($x = {expression})$x", m={"k": 1}) == result


@pytest.mark.parametrize("expression", ["1 / 0", "1 % 0", "1.0 / 0", "{} + 1", "true * 2", "$missing * 2", "null"])
def test_a_set_without_a_value_changes_nothing(expression: str) -> None:
    assert render(f"#set($x = 'before')#set($x = {expression})$x") == "before"


@pytest.mark.parametrize("condition", ["1", "'text'", '"$a"', "[1]", "{}", "1 + 1", "null"])
def test_a_literal_does_not_hold_as_a_condition(condition: str) -> None:
    assert render(f"#if({condition})yes#{{else}}no#end") == "no"


@pytest.mark.parametrize("value", ["", "false", 0, 0.0, [], {}])
def test_a_reference_to_anything_but_false_holds(value: object) -> None:
    assert render("#if($v)yes#{else}no#end", v=value) == "yes"


def test_and_does_not_evaluate_what_it_need_not() -> None:
    assert render("#set($l = [])#if(false && $l.add(1))#end#if(true || $l.add(1))#end$l.size()") == "0"


def test_a_range_may_have_references_as_its_ends() -> None:
    assert render("#set($a = 2)#set($b = 4)#foreach($i in [$a..$b])$i#end#foreach($i in [ $a .. 1 ])$i#end") == "23421"


def test_a_foreach_runs_over_the_values_of_a_map() -> None:
    assert render("#foreach($v in {'a': 1, 'b': 2})$v,#end") == "1,2,"


@pytest.mark.parametrize("value", ["text", 5, True, None])
def test_a_foreach_over_what_is_no_collection_does_nothing(value: object) -> None:
    assert render("[#foreach($i in $v)x#end]", v=value) == "[]"


def test_a_break_leaves_only_the_innermost_loop() -> None:
    template = "#foreach($i in [1..3])$i#foreach($j in [1..3])#if($j == 2)#break#end.#end#end"
    assert render(template) == "1.2.3."


def test_a_break_outside_of_loops_ends_the_template() -> None:
    assert render("a#break b") == "a"


def test_a_stop_ends_the_template_from_within_a_loop() -> None:
    assert render("#foreach($i in [1..3])$i#if($i == 2)#stop#end,#end never") == "1,2"


def test_the_outer_loop_is_the_parent() -> None:
    template = "#foreach($i in [1..2])#foreach($j in [1])$foreach.parent.count/$foreach.topmost.index #end#end"
    assert render(template) == "1/0 2/1 "


def test_the_methods_of_foreach_are_its_properties() -> None:
    template = "#foreach($i in [7, 8])$foreach.getIndex()$foreach.getCount()$foreach.hasNext()$foreach.isFirst() #end"
    assert render(template) == "01truetrue 12falsefalse "


def test_a_loop_gives_back_the_variables_of_the_loop_around_it() -> None:
    assert render("#foreach($i in [1,2])#foreach($i in [9])$velocityCount#end$velocityCount$i #end") == "111 122 "


def test_unparsed_text_is_left_alone() -> None:
    assert render("#[[ $a #if( \\$b ]]#!", a="x") == " $a #if( \\$b !"


def test_a_literal_block_is_left_alone() -> None:
    assert render("#literal()$a #if(true)b#end#end.", a="x") == "$a #if(true)b#end."


def test_strings_in_double_quotes_run_directives_too() -> None:
    assert render('#set($s = "#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end")$s') == "1,2,3"


def test_a_dollar_or_hash_may_end_a_string() -> None:
    assert render('#set($a = "5$")#set($b = "#")$a$b') == "5$#"


def test_a_define_that_renders_itself_comes_to_an_end() -> None:
    assert render("#define($d)($d)#end$d") == "(())"


def test_an_unknown_directive_is_text_with_its_arguments() -> None:
    assert render("#foo($a) #bar $a #baz('x', [1]) #q(", a="x") == "#foo($a) #bar x #baz('x', [1]) #q("


def test_set_swallows_the_blanks_before_it_and_its_line() -> None:
    assert render("#set($a = 1)  \n\t #set($b = 2)\r\n  x$a \t#set($c = 3).") == "  x1."


def test_text_before_set_keeps_its_blanks() -> None:
    assert render("a  #set($b = 2)c\n  #set($b = 2)d") == "a  c\n  d"


def test_if_and_else_swallow_the_rest_of_their_line_but_not_the_blanks_before() -> None:
    assert render("a\n  #if(true) \n  b\n  #else\n  c\n  #end\nd") == "a\n    b\n  d"


def test_a_reference_keeps_the_line_break_behind_it() -> None:
    assert render("$a\n$a.length()\n", a="xy") == "xy\n2\n"


@pytest.mark.parametrize(
    ("template", "result"),
    [
        (r"\$missing", "$missing"),
        (r"\\$a", "\\x"),
        (r"\\\$a", "\\$a"),
        (r"\${a.length()}", "${a.length()}"),
        (r"\#if(true)", "#if(true)"),
        (r"\\#if(true)y#end", "\\y"),
        (r"\#{end}", "#{end}"),
        (r"\#unknown \d \\ \n", r"\#unknown \d \\ \n"),
        (r"\$", "\\$"),
    ],
)
def test_a_backslash_escapes_references_and_directives_only(template: str, result: str) -> None:
    assert render(template + ".", a="x") == result + "."


def test_members_may_be_set() -> None:
    template = "#set($m = {})#set($m.a = 1)#set($m['b'] = 2)#set($m.c = {})#set($m.c.d = 3)#set($no.such = 4)$m"
    assert render(template) == "{a=1, b=2, c={d=3}}"


def test_a_map_keeps_the_order_of_its_keys() -> None:
    assert render("#set($m = {'z': 1, 'a': 2})#set($m.m = 3)$m.keySet() $m.values()") == "[z, a, m] [1, 2, 3]"


def test_a_null_in_a_collection_prints_as_null_there_and_as_nothing_alone() -> None:
    assert render("$input.path('$') [$input.path('$').a]", '{"a": null}') == "{a=null} []"
