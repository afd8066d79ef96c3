"""A MOCK's whole answer, where nothing but two headers of the request decides it: found, not made.

In: an authorized request. Out: the answer, or None where templates and mappings must be asked. Law: it is the answer
that `map_request`, `integrate` and `map_response` would give, chosen by the same functions; what is found with an
integration goes with it at the next deployment.
"""

from gatewright.gateway.authorize import Authorized
from gatewright.gateway.errors import ApiConfigurationError
from gatewright.gateway.integrations.plan import LiveIntegration, Prepared
from gatewright.gateway.media import choose, media_type
from gatewright.wire.http import Response

_REMEMBERED = 16  # pairs of headers for each method: clients choose them
_LONGEST = 128  # characters of both


def constant_answer(authorized: Authorized) -> Response | None:
    """Return the answer where it is constant."""
    match = authorized.match
    integration, header = match.method.integration, match.request.header
    if integration is None:
        return None
    asked = (header("content-type"), header("accept"))
    prepared = integration.constant.get(asked)
    if prepared is None:
        if asked in integration.constant:
            return None
        prepared = _remember(integration, asked)
        if prepared is None:
            return None
    return Response(prepared.status, prepared.headers, prepared.body)


def _remember(integration: LiveIntegration, asked: tuple[str | None, str | None]) -> Prepared | None:
    prepared = _find(integration, *asked)
    if len(asked[0] or "") + len(asked[1] or "") <= _LONGEST:
        if len(integration.constant) >= _REMEMBERED:
            integration.constant.clear()
        integration.constant[asked] = prepared
    return prepared


def _find(integration: LiveIntegration, content_type: str | None, accept: str | None) -> Prepared | None:
    template = integration.templates.get(media_type(content_type))
    if template is None or template.status is None:
        return None
    try:
        response = integration.select(template.status)
    except ApiConfigurationError:  # said to whoever is answered, with the trace of the steps
        return None
    return response.prepared.get(choose(response.templates, accept))
