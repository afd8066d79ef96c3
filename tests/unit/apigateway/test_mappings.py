"""What may be written in parameter mappings."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.expressions import compile_expression
from gatewright.services.apigateway.mappings import (
    check_gateway_response_mappings,
    check_integration_parameters,
    check_response_mappings,
    check_selection_pattern,
    check_templates,
)
from gatewright.wire.faults import Fault
from tests.chance import examples

HEADER = "method.response.header.x"


def to_integration(expression: str) -> None:
    check_integration_parameters({"integration.request.header.x": expression}, ["method.request.header.h"])


def to_response(expression: str) -> None:
    check_response_mappings({HEADER: expression}, [HEADER])


def to_gateway_response(expression: str) -> None:
    check_gateway_response_mappings({"gatewayresponse.header.x": expression})


PLACES = (to_integration, to_response, to_gateway_response)


@pytest.mark.parametrize(
    "expression", ["'a literal'", "''", "'it''s'", "context.identity.sourceIp", "stageVariables.a_b"]
)
@pytest.mark.parametrize("check", PLACES)
def test_literals_and_surroundings_may_be_mapped_everywhere(check: Callable[[str], None], expression: str) -> None:
    check(expression)


@pytest.mark.parametrize(
    "expression",
    ["true", "", "x", "'", "'open", "'a\r\nb'", "'a\x00'", "context.", "stageVariables.a b", "context.a\n"],
)
@pytest.mark.parametrize("check", PLACES)
def test_what_is_no_expression_is_refused_everywhere(check: Callable[[str], None], expression: str) -> None:
    with pytest.raises(Fault):
        check(expression)


def test_each_place_reads_only_what_exists_there() -> None:
    to_integration("method.request.header.h")
    to_integration("method.request.multivalueheader.h")
    to_integration("method.request.body.a.b")
    to_response("integration.response.header.h")
    to_response("integration.response.body.a")
    to_gateway_response("method.request.path.id")
    for check, expression in (
        (to_integration, "integration.response.header.h"),
        (to_integration, "method.request.header.other"),
        (to_response, "method.request.header.h"),
        (to_gateway_response, "integration.response.header.h"),
    ):
        with pytest.raises(Fault):
            check(expression)


@examples(200)
@given(
    st.one_of(
        st.text(max_size=30),
        st.builds(
            "{}.{}".format, st.sampled_from(["context", "stageVariables", "method.request.body"]), st.text(max_size=10)
        ),
        st.text(max_size=10).map("'{}'".format),
    )
)
def test_whatever_passes_the_gateway_can_compile_and_no_literal_breaks_a_line(expression: str) -> None:
    for check in PLACES:
        try:
            check(expression)
        except Fault:
            continue
        compiled = compile_expression(expression)
        assert compiled.literal is None or not {"\r", "\n", "\0"} & set(compiled.literal)


@pytest.mark.parametrize("templates", [{"": "x"}, {"json": "x"}, {"a/b\n": "x"}, {"a/b": "x" * (300 * 1024 + 1)}])
def test_templates_have_a_content_type_and_a_bounded_size(templates: Mapping[str, str]) -> None:
    with pytest.raises(Fault):
        check_templates(templates)
    check_templates({"application/json": "x", "application/vnd.api+json; charset=utf-8": "", "text/*": "y"})


def test_selection_patterns_are_regular_expressions() -> None:
    check_selection_pattern(r"4\d{2}|5\d{2}")
    for pattern in ("(", "[", "*", "(?<n", "a{99999999999999999999}"):
        with pytest.raises(Fault):
            check_selection_pattern(pattern)
