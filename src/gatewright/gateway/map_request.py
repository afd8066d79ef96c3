"""From the method request to the integration request: template or passthrough, parameter mappings.

In: an authorized request. Out: what the integration is given. Law: the template is chosen by the MIME type of
`Content-Type` alone; what no template takes is passed through only where the integration says so, else 415.
Source: API Gateway developer guide, "Integration passthrough behaviors" and "Select a VTL mapping template".
"""

import base64
from collections.abc import Callable, Mapping

import msgspec

from gatewright.gateway.authorize import Authorized
from gatewright.gateway.errors import ApiConfigurationError, BadRequestBody, InternalFailure, UnsupportedMediaType
from gatewright.gateway.expressions import Sources, Values
from gatewright.gateway.integrations.plan import LiveIntegration
from gatewright.gateway.media import media_type
from gatewright.gateway.velocity import UTIL, BodyError, Input, Template, TemplateError

_TARGET = "integration.request."


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """The integration request. `status` is what a MOCK will answer where that is known beforehand."""

    integration: LiveIntegration
    payload: str
    status: int | None = None


def map_request(authorized: Authorized) -> Outgoing:
    """Make the integration request.

    Raises:
        UnsupportedMediaType: no template for this Content-Type, and passing through is not allowed.
        InternalFailure: the template broke.
    """
    match = authorized.match
    integration = match.method.integration
    if integration is None:
        raise ApiConfigurationError(reason="the method has no integration")
    content_type = media_type(match.request.header("content-type"))
    chosen = integration.templates.get(content_type)
    if chosen is None:
        return Outgoing(integration, _pass_through(authorized, integration, content_type))
    if chosen.status is not None:
        return Outgoing(integration, chosen.template.constant or "", chosen.status)
    return Outgoing(integration, _render_request(chosen.template, authorized))


def _render_request(template: Template, authorized: Authorized) -> str:
    return render(template, authorized, lambda: request_text(authorized), "request template")


def _pass_through(authorized: Authorized, integration: LiveIntegration, content_type: str) -> str:
    behavior = integration.passthrough
    if behavior == "WHEN_NO_MATCH" or (behavior == "WHEN_NO_TEMPLATES" and not integration.templates):
        return request_text(authorized)
    there = ", ".join(integration.templates) or "none"
    raise UnsupportedMediaType(
        reason=f"no request template is for {content_type} (there is: {there}), and passthroughBehavior is {behavior}"
    )


def request_text(authorized: Authorized) -> str:
    """Return the body as templates and mappings read it: UTF-8, or Base64 where the API says that it is binary."""
    match = authorized.match
    body = match.request.body
    if not body:
        return ""
    integration = match.method.integration
    if integration is not None and integration.settings.content_handling == "CONVERT_TO_TEXT":
        content_type = media_type(match.request.header("content-type"))
        if any(kind in (content_type, "*/*") for kind in match.stage.snapshot.api.binary_media_types):
            return base64.b64encode(body).decode()
    return body.decode("utf-8", "replace")


def render(template: Template, authorized: Authorized, body: Callable[[], str], what: str) -> str:
    """Render a mapping template with everything that it may read.

    Raises:
        BadRequestBody: the template asks for a part of a body that is not the JSON that it claims to be.
        InternalFailure: the template broke; its owner reads why in the trace.
    """
    names, parameters = template.names, authorized.match.parameters
    variables: dict[str, object] = {"util": UTIL, "stageVariables": authorized.match.stage.snapshot.variables}
    if "input" in names:
        variables["input"] = Input(body(), parameters.path, _last(parameters.query), parameters.spelled_headers)
    if "context" in names:
        variables["context"] = authorized.context()
    try:
        return template.render(variables)
    except BodyError as error:
        raise BadRequestBody(f"Could not parse request body into json: {error.message}", reason=str(error)) from error
    except TemplateError as error:
        raise InternalFailure(reason=f"the {what} could not be rendered: {error}") from error


def map_parameters(authorized: Authorized, integration: LiveIntegration) -> dict[str, Values]:
    """Return the integration request's parameters by their targets (`header.X`, `querystring.x`, `path.x`).

    A MOCK has no use for them; integrations that send a request do. Overrides of the template come last, and are final.
    """
    sources = sources_of(authorized)
    mapped = {target.removeprefix(_TARGET): read.read(sources) for target, read in integration.request_parameters}
    context = authorized.context()
    headers, query = context.request_headers, context.request_querystring
    overrides = {f"header.{name}": tuple(values) for name, values in headers.items()}
    overrides |= {f"querystring.{name}": tuple(values) for name, values in query.items()}
    overrides |= {f"path.{name}": (value,) for name, value in context.request_path.items()}
    replaced = {_same(target) for target in overrides}
    kept = {target: values for target, values in mapped.items() if _same(target) not in replaced}
    return {target: values for target, values in (kept | overrides).items() if values}


def _same(target: str) -> str:
    """Return what two targets that set the same parameter have in common: case means nothing in a header's name."""
    return target.lower() if target.startswith("header.") else target


def sources_of(authorized: Authorized) -> Sources:
    """Return what mapping expressions may read before the integration answered."""
    return Sources(
        parameters=authorized.match.parameters,
        context=authorized.context,
        stage_variables=authorized.match.stage.snapshot.variables,
        request_body=lambda: request_text(authorized),
    )


def _last(values: Mapping[str, Values]) -> dict[str, str]:
    return {name: several[-1] for name, several in values.items()}
