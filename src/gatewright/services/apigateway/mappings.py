"""What may be written in parameter mappings, mapping templates and models of a method: pure rules.

In: names and expressions as they are saved. Out: nothing, or AWS's refusal. Law: whatever passes here the gateway
can compile; a literal holds no line break, so that no saved value can add a header of its own.
Source: API Gateway developer guide, "API request and response data mapping reference".
"""

import re
from collections.abc import Iterable, Mapping

from gatewright.gateway.expressions import compile_expression
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request, invalid_mapping, invalid_mapping_parameter

_NAME = r"[a-zA-Z0-9._$-]+"
_LITERAL = r"'[^\x00-\x08\x0a-\x1f\x7f]*'"
_SURROUNDINGS = rf"context\.{_NAME}|stageVariables\.{_NAME}|{_LITERAL}"
_REQUEST = rf"method\.request\.(?:path|(?:multivalue)?querystring|(?:multivalue)?header)\.{_NAME}"
_REQUEST_BODY = r"method\.request\.body(?:\..+)?"
_ANSWER = rf"integration\.response\.(?:(?:multivalue)?header\.{_NAME}|body(?:\..+)?)"

_METHOD_PARAMETER = re.compile(_REQUEST)
_INTEGRATION_PARAMETER = re.compile(rf"integration\.request\.(?:path|querystring|header)\.{_NAME}")
_RESPONSE_HEADER = re.compile(rf"method\.response\.header\.{_NAME}")
_GATEWAY_RESPONSE_HEADER = re.compile(rf"gatewayresponse\.header\.{_NAME}")
_TO_INTEGRATION = re.compile(rf"(?:{_REQUEST}|{_REQUEST_BODY}|{_SURROUNDINGS})")
_TO_RESPONSE = re.compile(rf"(?:{_ANSWER}|{_SURROUNDINGS})")
_TO_GATEWAY_RESPONSE = re.compile(rf"(?:{_REQUEST}|{_SURROUNDINGS})")
_CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+*-]+(?:\s*;[^\x00-\x1f]*)?", re.ASCII)

DEFAULT_MODELS = frozenset({"Empty", "Error"})  # every API has them; they describe, and check nothing


def check_method_parameters(names: Iterable[str]) -> None:
    """Check the request parameters that a method declares.

    Raises:
        Fault: a name has another form, or two places have the same name.
    """
    seen: set[str] = set()
    for parameter in names:
        if not _METHOD_PARAMETER.fullmatch(parameter):
            raise invalid_mapping_parameter(parameter)
        name = parameter.split(".", 3)[3]
        if name in seen:
            raise bad_request("Parameter names must be unique across querystring, header and path")
        seen.add(name)


def check_integration_parameters(mappings: Mapping[str, str], declared: Iterable[str]) -> None:
    """Check `integration.request.…` mappings against the parameters that the method declares.

    Raises:
        Fault: a target or an expression has another form, or a parameter is not declared.
    """
    known = set(declared)
    for target, expression in mappings.items():
        if not _INTEGRATION_PARAMETER.fullmatch(target):
            raise invalid_mapping_parameter(target)
        _check_expression(expression, _TO_INTEGRATION)
        if _METHOD_PARAMETER.fullmatch(expression) and known.isdisjoint({expression, _single(expression)}):
            raise invalid_mapping_parameter(expression)


def _check_expression(expression: str, allowed: re.Pattern[str]) -> None:
    """Check an expression by the rules of its place, and that the gateway can read it."""
    if not allowed.fullmatch(expression):
        raise invalid_mapping(expression)
    try:
        compile_expression(expression)
    except ValueError:
        raise invalid_mapping(expression) from None


def _single(expression: str) -> str:
    """Return the declaration that a multi-value expression reads."""
    return expression.replace(".multivalue", ".", 1)


def check_method_response_headers(names: Iterable[str]) -> None:
    """Check the headers that a method response declares.

    Raises:
        Fault: a name has another form.
    """
    for name in names:
        if not _RESPONSE_HEADER.fullmatch(name):
            raise invalid_mapping_parameter(name)


def check_response_mappings(mappings: Mapping[str, str], declared: Iterable[str]) -> None:
    """Check `method.response.header.…` mappings against the headers that the method response declares.

    Raises:
        Fault: a target is not declared, or an expression has another form.
    """
    known = set(declared)
    for target, expression in mappings.items():
        if target not in known or not _RESPONSE_HEADER.fullmatch(target):
            raise invalid_mapping_parameter(target)
        _check_expression(expression, _TO_RESPONSE)


def check_gateway_response_mappings(mappings: Mapping[str, str]) -> None:
    """Check `gatewayresponse.header.…` mappings.

    Raises:
        Fault: a target or an expression has another form.
    """
    for target, expression in mappings.items():
        if not _GATEWAY_RESPONSE_HEADER.fullmatch(target):
            raise invalid_mapping_parameter(target)
        if not expression:
            raise bad_request("Invalid null or empty value in responseParameters")
        _check_expression(expression, _TO_GATEWAY_RESPONSE)


def check_templates(templates: Mapping[str, str]) -> None:
    """Check the content types and sizes of mapping templates. As in AWS, a broken template is an error when it is used.

    Raises:
        Fault: a key is no content type, or a template is too long.
    """
    for content_type, template in templates.items():
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise bad_request(
                f"Validation Result: warnings : [], errors : [Invalid content type specified: {content_type}]"
            )
        if len((template or "").encode()) > limits.TEMPLATE_BYTES:
            raise bad_request(f"Mapping template for {content_type} exceeds {limits.TEMPLATE_BYTES} bytes")


def check_models(models: Mapping[str, str]) -> None:
    """Check the models that a method names; only AWS's two default models exist so far.

    Raises:
        Fault: there is no such model.
    """
    for name in models.values():
        if name not in DEFAULT_MODELS:
            raise bad_request(f"Invalid model identifier specified: {name}")


def check_selection_pattern(pattern: str) -> None:
    """Check that a selection pattern is a regular expression.

    Raises:
        Fault: it is not, or it is one of Java's that we cannot run as it is meant.
    """
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        raise bad_request(f"Invalid selection pattern specified: {pattern}") from None
