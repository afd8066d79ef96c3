"""From the integration's answer to the method response: selection, template, headers, overrides.

In: what the integration answered. Out: the response, but for its ids. Law: only headers that the method response
declares are mapped; the status is the integration response's, unless a template overrode it; no value can end a
header line.
Source: API Gateway developer guide, "Set up method responses", "Set up an integration response" and "Use a mapping
template to override an API's request and response parameters and status codes".
"""

from collections.abc import Mapping

import msgspec

from gatewright.gateway.authorize import Authorized
from gatewright.gateway.errors import ApiConfigurationError, InternalFailure
from gatewright.gateway.expressions import Values
from gatewright.gateway.integrations.plan import LiveIntegration, LiveIntegrationResponse, encode_body, visible_name
from gatewright.gateway.map_request import render, sources_of
from gatewright.gateway.media import JSON, choose, header_value
from gatewright.gateway.velocity import TemplateError
from gatewright.wire.http import Response


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What an integration answered; a MOCK's body is empty and it has no headers."""

    integration: LiveIntegration
    status: int
    headers: Mapping[str, Values] = {}
    body: str = ""


def map_response(authorized: Authorized, answer: Answer) -> Response:
    """Make the method response.

    Raises:
        ApiConfigurationError: no integration response fits, or its body cannot be converted.
        InternalFailure: the template broke, or overrode something with what cannot be sent.
    """
    response = answer.integration.select(answer.status)
    chosen = choose(response.templates, authorized.match.request.header("accept"))
    if not authorized.touched:  # no template has seen $context, so there is nothing that it could have overridden
        prepared = response.prepared.get(chosen)
        if prepared is not None:
            return Response(prepared.status, prepared.headers, prepared.body)
    return _map(authorized, answer, response, chosen)


def _map(authorized: Authorized, answer: Answer, response: LiveIntegrationResponse, chosen: str | None) -> Response:
    text = answer.body
    if chosen is not None:
        text = render(response.templates[chosen], authorized, lambda: answer.body, "response template")
    try:
        headers = _headers(authorized, answer, response)
    except ValueError as error:
        raise InternalFailure(reason=f"a response header cannot be sent: {error}") from error
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.insert(0, ("Content-Type", chosen or JSON))
    status = _status(authorized, response)
    try:
        body = encode_body(text, status, response.to_binary)
    except ValueError as error:
        raise ApiConfigurationError(reason=str(error)) from error
    return Response(status, headers, body)


def _headers(authorized: Authorized, answer: Answer, response: LiveIntegrationResponse) -> list[tuple[str, str]]:
    """Map the declared headers, then apply what templates overrode.

    Raises:
        ValueError: a value cannot stand in a header.
    """
    sources = msgspec.structs.replace(sources_of(authorized), answer_headers=answer.headers, answer_body=answer.body)
    mapped = [(name, value) for name, expression in response.headers for value in expression.read(sources)]
    overrides = authorized.context().response_headers if authorized.touched else {}
    if overrides:
        replaced = {name.lower() for name in overrides}
        mapped = [(name, value) for name, value in mapped if name.lower() not in replaced]
        named = ((visible_name(name), value) for name, values in overrides.items() for value in values)
        mapped += [(name, value) for name, value in named if name]
    return [(name, header_value(value)) for name, value in mapped]


def _status(authorized: Authorized, response: LiveIntegrationResponse) -> int:
    """Return the status; 1xx would leave the client waiting for the real answer."""
    if not authorized.touched:
        return response.status
    try:
        override = authorized.context().response_status
    except TemplateError as error:
        raise InternalFailure(reason=str(error)) from error
    if override is not None and override < 200:
        raise InternalFailure(reason=f"$context.responseOverride.status is {override}, which ends no request")
    return response.status if override is None else override
