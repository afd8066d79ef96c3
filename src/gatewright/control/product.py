"""The product's own pages, below `/_gatewright/`: is it ready, what did it decide, and (with `--dev`) empty it.

`health` is for everybody and says nothing but that. `requests/{id}` needs a signature for the service `gatewright`
and the IAM action `gatewright:GetRequest`. `reset` exists with `--dev` only.
"""

from collections.abc import Awaitable, Callable

import msgspec

from gatewright.control.authenticate import prove
from gatewright.control.authorize import may
from gatewright.control.ports import Ports
from gatewright.core.trace import Kept
from gatewright.wire.http import Request, Response
from gatewright.wire.sigv4.refusal import Dialect, SignatureRefused, words

_SERVICE = "gatewright"
_PREFIX = "/_gatewright/"


async def product(request: Request, ports: Ports, reset: Callable[[], Awaitable[None]]) -> Response:
    """Answer one of the product's own pages."""
    page = request.path.removeprefix(_PREFIX)
    if page == "health" and request.method in ("GET", "HEAD"):
        return _json(request, 200, {"status": "ready"})
    if page == "reset" and ports.settings.dev:
        if request.method != "POST":
            return _json(request, 405, {"message": "Use POST: this empties everything."})
        await reset()
        return _json(request, 200, {"status": "empty"})
    if page.startswith("requests/") and request.method == "GET":
        return _kept(request, page.removeprefix("requests/"), ports)
    return _json(request, 404, {"message": "Not Found"})


def _kept(request: Request, request_id: str, ports: Ports) -> Response:
    try:
        caller = prove(request, ports.credentials, ports.clock.now(), (_SERVICE,))
    except SignatureRefused as refused:
        said = words(refused, Dialect.REST_JSON)
        return _json(request, said.status, {"__type": said.code, "message": said.message})
    decision = may(ports.credentials, caller, "gatewright:GetRequest", "*", request, {})
    if not decision.allowed:
        return _json(request, 403, {"__type": "AccessDeniedException", "message": decision.reason})
    kept: Kept | None = ports.traces.find(request_id)
    if kept is None:
        return _json(request, 404, {"message": "Nothing is kept of this request: it succeeded, or it is too long ago."})
    return _json(request, 200, kept)


def _json(request: Request, status: int, content: object) -> Response:
    headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", request.request_id)]
    return Response(status, [*headers, ("Cache-Control", "no-store")], msgspec.json.encode(content))
