"""Parameter-mapping expressions: where one header, query parameter or path variable takes its value from.

In: `method.request.header.X`, `integration.response.body.a.b[0]`, `context.identity.sourceIp`, `stageVariables.x`,
`'literal'`. Out: the values, none where there is nothing to map. Law: compiled once for a deployment; what is not an
expression is refused then; what a client sent is a value here and never an expression.
Source: API Gateway developer guide, "API request and response data mapping reference".
"""

from collections.abc import Callable, Mapping

import msgspec

from gatewright.gateway.parameters import Parameters
from gatewright.gateway.velocity.errors import BodyError, JavaException
from gatewright.gateway.velocity.input import Input
from gatewright.gateway.velocity.jsonpath import compile_path
from gatewright.gateway.velocity.values import to_text

Values = tuple[str, ...]
_SINGLE = {"path": "path", "querystring": "querystring", "header": "header"}
_MULTI = {"multivaluequerystring": "querystring", "multivalueheader": "header"}


class Sources(msgspec.Struct):
    """What expressions may read. The thunks cost nothing where no expression asks."""

    parameters: Parameters
    context: Callable[[], Mapping[str, object]]
    stage_variables: Mapping[str, str]
    request_body: Callable[[], str]
    answer_headers: Mapping[str, Values] = {}
    answer_body: str = ""


class Expression(msgspec.Struct, frozen=True):
    """One compiled expression; `literal` is its value where it is constant."""

    text: str
    read: Callable[[Sources], Values]
    literal: str | None = None


def compile_expression(text: str) -> Expression:
    """Compile an expression.

    Raises:
        ValueError: it is none of those that API Gateway has.
    """
    if len(text) >= 2 and text[0] == text[-1] == "'":
        values = (text[1:-1],)
        return Expression(text, lambda _: values, text[1:-1])
    root, _, rest = text.partition(".")
    if root == "context" and rest:
        return Expression(text, lambda sources: _one(look_up(sources.context(), rest)))
    if root == "stageVariables" and rest:
        return Expression(text, lambda sources: _one(sources.stage_variables.get(rest)))
    if text.startswith("method.request."):
        return Expression(text, _from_request(text, text[len("method.request.") :]))
    if text.startswith("integration.response."):
        return Expression(text, _from_answer(text, text[len("integration.response.") :]))
    raise ValueError(f"{text!r} is not a mapping expression: write 'text' in single quotes for a literal")


def look_up(tree: Mapping[str, object], dotted: str) -> str | None:
    """Return a leaf of nested mappings as text, None where there is none."""
    found: object = tree
    for part in dotted.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    if found is None or isinstance(found, Mapping):
        return None
    return to_text(found)


def _from_request(text: str, rest: str) -> Callable[[Sources], Values]:
    place, _, name = rest.partition(".")
    if place in _SINGLE and name:
        return lambda sources: _one(sources.parameters.get(place, name))
    if place in _MULTI and name:
        return lambda sources: sources.parameters.all(_MULTI[place], name)
    if place == "body":
        return _from_body(name, lambda sources: sources.request_body())
    raise ValueError(f"{text!r} is not a mapping expression of a method request")


def _from_answer(text: str, rest: str) -> Callable[[Sources], Values]:
    place, _, name = rest.partition(".")
    if place == "header" and name:
        return lambda sources: sources.answer_headers.get(name.lower(), ())[-1:]
    if place == "multivalueheader" and name:
        return lambda sources: sources.answer_headers.get(name.lower(), ())
    if place == "body":
        return _from_body(name, lambda sources: sources.answer_body)
    raise ValueError(f"{text!r} is not a mapping expression of an integration response")


def _from_body(path: str, body: Callable[[Sources], str]) -> Callable[[Sources], Values]:
    if not path:
        return lambda sources: _one(body(sources) or None)
    try:
        compile_path("$." + path)
    except JavaException as error:
        raise ValueError(f"{path!r} is not a JSONPath expression: {error}") from error
    return lambda sources: _one(_read_json(body(sources), "$." + path))


def _read_json(body: str, path: str) -> str | None:
    """Return what a JSONPath finds: a string as it is, anything else as JSON, None where there is nothing."""
    try:
        document = Input(body)
        found = document.path(path)
        return None if found is None else found if isinstance(found, str) else str(document.json(path))
    except (BodyError, JavaException):
        return None


def _one(value: str | None) -> Values:
    return () if value is None else (value,)
