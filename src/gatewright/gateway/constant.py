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

_LONGEST = 128  # characters of both headers: clients choose them


def constant_answer(authorized: Authorized) -> Response | None:
    """Return the answer where it is constant."""
    match = authorized.match
    integration, index = match.method.integration, match.request.index
    if integration is None:
        return None
    content_type, accept = index.get("content-type"), index.get("accept")
    latest = integration.latest
    if latest is None or latest[0] != content_type or latest[1] != accept:
        latest = content_type, accept, _find(integration, content_type, accept)
        if len(content_type or "") + len(accept or "") <= _LONGEST:
            integration.latest = latest
    prepared = latest[2]
    return None if prepared is None else Response(prepared.status, prepared.headers, prepared.body)


def _find(integration: LiveIntegration, content_type: str | None, accept: str | None) -> Prepared | None:
    template = integration.templates.get(media_type(content_type))
    if template is None or template.status is None:
        return None
    try:
        response = integration.select(template.status)
    except ApiConfigurationError:  # said to whoever is answered, with the trace of the steps
        return None
    return response.prepared.get(choose(response.templates, accept))
