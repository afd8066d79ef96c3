"""`$context` and what templates may set in it."""

import pytest

from gatewright.gateway.velocity import Context, TemplateError, compile_template
from tests.unit.velocity.rendering import render


def rendered(template: str, context: Context) -> str:
    return compile_template(template).render({"context": context})


def test_the_variables_of_the_gateway_are_read() -> None:
    context = {"requestId": "r", "identity": {"sourceIp": "127.0.0.1"}}
    assert (
        render("$context.requestId $context.identity.sourceIp [$context.identity.userArn]", context=context)
        == "r 127.0.0.1 []"
    )


def test_overrides_are_collected() -> None:
    context = Context({"stage": "dev"})
    template = """
        #set($context.requestOverride.header.X-One = "1")
        #set($context.requestOverride.header.many = ["1", "2"])
        #set($context.requestOverride.path.proxy = "p")
        #set($context.requestOverride.querystring.q = 5)
        #set($context.responseOverride.header['X-Two'] = "2")
        #set($context.responseOverride.status = 444)
    """
    rendered(template, context)
    assert context.request_headers == {"X-One": ["1"], "many": ["1", "2"]}
    assert context.request_path == {"proxy": "p"}
    assert context.request_querystring == {"q": ["5"]}
    assert context.response_headers == {"X-Two": ["2"]}
    assert context.response_status == 444


def test_what_the_request_template_sets_the_response_template_reads() -> None:
    """Recorded on the real service: overrides and variables of one's own are passed around."""
    context = Context({})
    first = """#set($context.responseOverride.status = 444)
#set($context.responseOverride.header.foo = "bar")
#set($context.custom = "is also passed around")
{"statusCode": 200}"""
    second = """{"statusOverride": "$context.responseOverride.status",
"fooHeader": "$context.responseOverride.header.foo", "custom": "$context.custom"}"""
    assert rendered(first, context) == '{"statusCode": 200}'
    assert (
        rendered(second, context) == '{"statusOverride": "444",\n"fooHeader": "bar", "custom": "is also passed around"}'
    )
    assert context.response_status == 444


def test_a_map_may_be_assigned_to_in_three_ways() -> None:
    """Recorded on the real service: bar, putBar and nestedFoo."""
    template = """#set($m = {})
#set($m.foo = "bar")
#set($dummy = $m.put("foo2", "putBar"))
#set($m.nested = {})
#set($m.nested.foo = "nestedFoo")
{"value": "$m.foo", "value2": "$m.foo2", "value3": "$m.nested.foo"}"""
    assert render(template) == '{"value": "bar", "value2": "putBar", "value3": "nestedFoo"}'


def test_nothing_set_means_no_override() -> None:
    context = Context({})
    rendered("[$context.responseOverride.status][$context.requestOverride.header.x]", context)
    assert context.response_status is None
    assert context.response_headers == context.request_headers == context.request_path == {}


@pytest.mark.parametrize("status", ["'abc'", "99", "600", "'20 '", "2000", "{}"])
def test_an_override_that_is_no_status_code_fails(status: str) -> None:
    context = Context({})
    rendered(f"#set($context.responseOverride.status = {status})", context)
    with pytest.raises(TemplateError, match="status"):
        _ = context.response_status


def test_a_template_does_not_write_to_the_variables_of_the_gateway() -> None:
    base: dict[str, object] = {"stage": "dev", "identity": {"user": "u"}, "list": [1]}
    context = Context(base)
    assert rendered('#set($context.stage = "prod")$context.stage', context) == "prod"
    rendered("#set($x = $context.list.add(2))", context)
    with pytest.raises(TemplateError, match="cannot be changed"):
        rendered('#set($context.identity.user = "root")', context)
    assert base == {"stage": "dev", "identity": {"user": "u"}, "list": [1]}


def test_a_template_does_not_write_to_the_stage_variables() -> None:
    variables = {"stage": "dev"}
    for template in (
        "$stageVariables.put('stage', 'x')",
        "#set($stageVariables.stage = 'x')",
        "$stageVariables.clear()",
    ):
        with pytest.raises(TemplateError, match="cannot be changed"):
            render(template, stageVariables=variables)
    assert variables == {"stage": "dev"}


def test_the_keys_of_the_context_can_be_listed() -> None:
    context = Context({"a": 1})
    assert rendered("#set($context.b = 2)#foreach($k in $context.keySet())$k #end", context).split() == [
        "a",
        "requestOverride",
        "responseOverride",
        "b",
    ]


@pytest.mark.parametrize("call", ["remove('stage')", "remove('requestOverride')", "clear()"])
def test_variables_of_the_context_cannot_be_removed(call: str) -> None:
    with pytest.raises(TemplateError, match="cannot be removed"):
        render(f"$context.{call}", context={"stage": "dev"})


def test_a_key_of_another_kind_is_no_variable() -> None:
    template = "[$context.get(1)$context[true]$context.containsKey(1)$context.get([1])$input.params().header.get(1)"
    assert render(template + "$input.params().header.containsKey(1)]", context={"stage": "dev"}) == "[falsefalse]"
