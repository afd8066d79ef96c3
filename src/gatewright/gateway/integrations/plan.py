"""How a method's integration is carried out, compiled once: templates, mappings, the choice of the response.

In: the settings of a method. Out: a `LiveIntegration`. Law: what cannot be compiled is a `ValueError` that names it;
what is constant is computed here and not for each request.
Source: API Gateway developer guide, "Set up an integration response" and "Set up mock integrations".
"""

import base64
import binascii
import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from gatewright.gateway.deployment import Integration, IntegrationResponse, Method, MethodResponse, StageSnapshot
from gatewright.gateway.errors import ApiConfigurationError
from gatewright.gateway.expressions import Expression, compile_expression
from gatewright.gateway.integrations import mock
from gatewright.gateway.media import JSON, header_value, is_header_name
from gatewright.gateway.velocity import Template, TemplateError, compile_template

_HEADER = "method.response.header."
_SHARED_LENGTH = 1_024  # bytes of a body; longer ones are hardly the same
_BODILESS = frozenset({204, 304})

# What an integration may not set in an answer, or sets under another name.
# Source: "Important notes for REST APIs", table of headers, column Response.
_DROPPED = frozenset(
    {"content-length", "expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}
)
_REMAPPED = frozenset(
    {"authorization", "connection", "content-md5", "date", "max-forwards", "server", "user-agent", "www-authenticate"}
)


class Prepared(msgspec.Struct, frozen=True):
    """A whole answer but for its ids."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class RequestTemplate(msgspec.Struct, frozen=True):
    """A request template; `status` is what a MOCK reads from it where it is constant."""

    template: Template
    status: int | None


class LiveIntegrationResponse(msgspec.Struct, frozen=True):
    """One integration response, compiled. `prepared` holds whole answers, by the template that is chosen."""

    status: int
    pattern: re.Pattern[str] | None
    templates: Mapping[str, Template]
    headers: tuple[tuple[str, Expression], ...]
    to_binary: bool
    prepared: Mapping[str | None, Prepared]
    problem: str = ""


class LiveIntegration:
    """What stands behind one method."""

    __slots__ = ("_chosen", "latest", "passthrough", "request_parameters", "responses", "settings", "templates")

    def __init__(
        self,
        settings: Integration,
        templates: Mapping[str, RequestTemplate],
        request_parameters: tuple[tuple[str, Expression], ...],
        responses: tuple[LiveIntegrationResponse, ...],
    ) -> None:
        self.settings = settings
        self.templates = templates
        self.passthrough = settings.passthrough_behavior
        self.request_parameters = request_parameters
        self.responses = responses
        self.latest: tuple[str | None, str | None, Prepared | None] | None = None  # see `gateway/constant.py`
        self._chosen: dict[int, LiveIntegrationResponse] = {}  # bounded: only status codes of three digits are kept

    def select(self, status: int) -> LiveIntegrationResponse:
        """Return the response whose pattern the whole status code matches, else the default one.

        Of several that match, the one for this very status wins (as measured on the service), else the first.

        Raises:
            ApiConfigurationError: there is none, or it refers to a method response that does not exist.
        """
        response = self._chosen.get(status)
        if response is None:
            response = self._search(status)
            if 0 <= status <= 999:
                self._chosen[status] = response
        if response.problem:
            raise ApiConfigurationError(reason=response.problem)
        return response

    def _search(self, status: int) -> LiveIntegrationResponse:
        matching = [one for one in self.responses if one.pattern is not None and one.pattern.fullmatch(str(status))]
        if matching:
            return next((one for one in matching if one.status == status), matching[0])
        fallback = next((one for one in self.responses if one.pattern is None), None)
        if fallback is None:
            raise ApiConfigurationError(
                reason=f"no integration response matches the status code {status}, and there is no default one: "
                "add one without selectionPattern"
            )
        return fallback


def compile_integration(method: Method, snapshot: StageSnapshot) -> LiveIntegration:
    """Compile the integration of a method.

    Raises:
        ValueError: something in it cannot be carried out as it is configured.
    """
    settings = method.integration
    if settings is None or settings.type != "MOCK":
        raise ValueError(f"integration type {settings.type if settings else None} is not implemented; MOCK is")
    if settings.content_handling not in (None, "CONVERT_TO_TEXT"):
        raise ValueError("contentHandling of a MOCK request other than CONVERT_TO_TEXT has nothing to convert for")
    declared = {response.status_code: response for response in method.method_responses}
    return LiveIntegration(
        settings,
        {key.lower(): _request_template(key, text) for key, text in settings.request_templates.items()},
        tuple((target, compile_expression(source)) for target, source in settings.request_parameters.items()),
        tuple(_response(response, declared.get(response.status_code)) for response in settings.integration_responses),
    )


def _request_template(key: str, text: str) -> RequestTemplate:
    template = _template(f"request template {key}", text)
    if template.constant is None:
        return RequestTemplate(template, None)
    try:
        return RequestTemplate(template, mock.read_status(template.constant))
    except ValueError:
        return RequestTemplate(template, None)  # said again, with its reason, to whoever invokes it


def _template(what: str, text: str) -> Template:
    try:
        return compile_template(text)
    except TemplateError as error:
        raise ValueError(f"the {what} is not a mapping template: {error}") from error


def _response(settings: IntegrationResponse, declared: MethodResponse | None) -> LiveIntegrationResponse:
    status = int(settings.status_code)
    templates = {
        key.lower(): _template(f"response template {key} of {status}", text)
        for key, text in settings.response_templates.items()
    }
    response = LiveIntegrationResponse(
        status=status,
        pattern=_pattern(settings.selection_pattern),
        templates=templates,
        headers=tuple(_headers(settings, declared)),
        to_binary=settings.content_handling == "CONVERT_TO_BINARY",
        prepared={},
        problem=_problem(status, declared),
    )
    return msgspec.structs.replace(response, prepared=_prepare(response))


def _problem(status: int, declared: MethodResponse | None) -> str:
    if declared is None:
        return f"output mapping refers to a method response that does not exist: {status}"
    # AWS takes such codes; sent, they would leave the client waiting, and the connection out of step.
    return f"a status code of {status} ends no request" if status < 200 else ""


def _pattern(text: str | None) -> re.Pattern[str] | None:
    if not text:
        return None
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"the selectionPattern {text!r} is not a regular expression: {error}") from error


def _headers(settings: IntegrationResponse, declared: MethodResponse | None) -> list[tuple[str, Expression]]:
    """Compile the header mappings; only what the method response declares reaches the caller."""
    allowed = {target.lower() for target in declared.response_parameters} if declared else set()
    headers = []
    for target, source in settings.response_parameters.items():
        name = visible_name(target.removeprefix(_HEADER))
        if target.startswith(_HEADER) and target.lower() in allowed and name:
            headers.append((name, compile_expression(source)))
    return headers


def visible_name(name: str) -> str:
    """Return the name under which a header reaches the caller, empty where it does not."""
    lower = name.lower()
    if lower in _DROPPED or not is_header_name(name):
        return ""
    return f"x-amzn-Remapped-{name}" if lower in _REMAPPED else name


def encode_body(text: str, status: int, to_binary: bool) -> bytes:
    """Return the bytes of an answer.

    Raises:
        ValueError: they should be Base64 and are not.
    """
    if status in _BODILESS:
        return b""
    if not to_binary:
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("contentHandling is CONVERT_TO_BINARY, and the body is not Base64") from error


def _prepare(response: LiveIntegrationResponse) -> dict[str | None, Prepared]:
    """Compute the answers that are the same for every request, by the template that `Accept` chooses.

    Only where nothing in the response depends on the request; the request template is looked at when it is rendered.
    """
    literals = [(name, expression.literal) for name, expression in response.headers if expression.literal is not None]
    if len(literals) != len(response.headers) or any(t.constant is None for t in response.templates.values()):
        return {}
    prepared: dict[str | None, Prepared] = {}
    for chosen in response.templates or (None,):
        text = response.templates[chosen].constant or "" if chosen is not None else ""
        try:
            body = encode_body(text, response.status, response.to_binary)
            headers = [(name, header_value(value)) for name, value in literals]
        except ValueError:
            return {}  # refused, with its reason, when it is asked for
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.insert(0, ("Content-Type", chosen or JSON))
        answer = Prepared(response.status, tuple(headers), body)
        prepared[chosen] = _shared(answer) if len(body) <= _SHARED_LENGTH else answer
    return prepared


@lru_cache(maxsize=1_024)
def _shared(answer: Prepared) -> Prepared:
    """Return equal answers as one object: most of ten thousand methods have the same, and what is near is fast."""
    return answer
