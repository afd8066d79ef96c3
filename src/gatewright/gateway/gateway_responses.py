"""Gateway responses: how a refusal is worded, by AWS's defaults or by the API's own settings.

In: a `GatewayError` and what is known of the invocation. Out: the one `Response`. Law: templates here are not
Velocity; only `$context…`, `$stageVariables…` and `$method.request…` are replaced, once, and what was put in is never
read again. A type that is not customized falls back to `DEFAULT_4XX` or `DEFAULT_5XX`, then to AWS's wording.
Source: API Gateway developer guide, "Gateway responses in API Gateway" and "Gateway response types".
"""

import json
import re
from collections.abc import Iterable, Mapping

import msgspec

from gatewright.gateway.deployment import GatewayResponse
from gatewright.gateway.errors import GatewayError
from gatewright.gateway.expressions import Expression, Sources, compile_expression, look_up
from gatewright.gateway.media import JSON, HeaderRefused, choose, header_value, is_header_name
from gatewright.wire.http import Response

STATUS_OF_TYPE: Mapping[str, int | None] = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
_HEADER = "gatewayresponse.header."
_VARIABLE = re.compile(
    r"\$(context|stageVariables|method\.request\.(?:path|querystring|header))\.([A-Za-z0-9_.-]*[A-Za-z0-9_-])"
)


class LiveGatewayResponse(msgspec.Struct, frozen=True):
    """A customized gateway response, compiled."""

    status: int | None
    headers: tuple[tuple[str, Expression], ...]
    templates: Mapping[str, str]


def compile_gateway_responses(responses: Iterable[GatewayResponse]) -> dict[str, LiveGatewayResponse]:
    """Compile an API's customized gateway responses, by type. A mapping that cannot be read maps nothing."""
    return {response.response_type: _compile(response) for response in responses}


def _compile(response: GatewayResponse) -> LiveGatewayResponse:
    headers = []
    for target, source in response.response_parameters.items():
        name = target.removeprefix(_HEADER)
        # Other targets (gatewayresponse.path, .querystring) mean nothing in an answer. A bad source was refused by the
        # control plane; a refusal must be rendered in any case.
        if target.startswith(_HEADER) and is_header_name(name):
            try:
                headers.append((name, compile_expression(source)))
            except ValueError:
                continue
    status = int(response.status_code) if response.status_code else None
    if status is not None and status < 200:
        status = None  # 1xx ends no request: the connection would be out of step
    return LiveGatewayResponse(status, tuple(headers), dict(response.response_templates))


def default_body(error: GatewayError) -> str:
    """Return AWS's own body for an error."""
    return f'{{"{error.message_key}":{json.dumps(error.message)}}}'


def render(
    error: GatewayError, customized: Mapping[str, LiveGatewayResponse], accept: str | None, sources: Sources | None
) -> Response:
    """Return the answer to a refused invocation.

    `sources` is None where the API is not known: then nothing can be customized.
    """
    own = _customization(error, customized) if sources is not None and error.response_type is not None else None
    status = own.status if own is not None and own.status is not None else error.status
    content_type, body = JSON, default_body(error)
    headers: list[tuple[str, str]] = []
    if own is not None and sources is not None:
        context = {**sources.context(), "error": _error_context(error)}
        sources = msgspec.structs.replace(sources, context=lambda: context)
        chosen = choose(own.templates, accept)
        if chosen is not None:
            content_type, body = chosen, _substitute(own.templates[chosen], sources)
        headers = list(_mapped_headers(own, sources))
    answer = [(name, value) for name, value in headers if name.lower() == "content-type"] or [
        ("Content-Type", content_type)
    ]
    answer.append(("x-amzn-ErrorType", error.named))
    answer += [(name, value) for name, value in headers if name.lower() != "content-type"]
    return Response(status, answer, body.encode())


def _customization(error: GatewayError, customized: Mapping[str, LiveGatewayResponse]) -> LiveGatewayResponse | None:
    return customized.get(error.response_type or "") or customized.get(f"DEFAULT_{error.status // 100}XX")


def _error_context(error: GatewayError) -> dict[str, str]:
    return {
        "message": error.message or "",
        "messageString": json.dumps(error.message),
        "responseType": error.response_type or "",
        "validationErrorString": error.validation_error,
    }


def _mapped_headers(own: LiveGatewayResponse, sources: Sources) -> Iterable[tuple[str, str]]:
    for name, expression in own.headers:
        for value in expression.read(sources):
            try:
                yield name, header_value(value)
            except HeaderRefused:
                continue  # a refusal is answered in any case; a value with a line break is left out


def _substitute(template: str, sources: Sources) -> str:
    """Replace variables in one pass, so that a value that looks like a variable stays text."""

    def value(found: re.Match[str]) -> str:
        root, name = found.group(1), found.group(2)
        if root == "context":
            return look_up(sources.context(), name) or ""
        if root == "stageVariables":
            return sources.stage_variables.get(name, "")
        return sources.parameters.get(root.rpartition(".")[2], name) or ""

    return _VARIABLE.sub(value, template)
