"""Which page of the product a request is for."""

from sqlalchemy.exc import SQLAlchemyError

from gatewright.control.ports import Ports
from gatewright.control.product.access import PageError, shown
from gatewright.control.product.decisions import list_recorded_decisions
from gatewright.control.product.downloads import find_download
from gatewright.control.product.explain import explain_request
from gatewright.control.product.outbox import list_outbox
from gatewright.control.product.ports import Outside
from gatewright.control.product.requests import get_request, list_kept_requests
from gatewright.core.log import get_log
from gatewright.storage.engine import first_line
from gatewright.wire.http import Request, Response

_PREFIX = "/_gatewright/"
_log = get_log(__name__)


async def product(request: Request, ports: Ports, outside: Outside) -> Response:
    """Answer one of the product's own pages."""
    page = request.path.removeprefix(_PREFIX)
    if page == "health" and request.method in ("GET", "HEAD"):
        return shown(request, 200, {"status": "ready"})
    download = find_download(request, page)
    if download is not None:
        return download
    if page == "reset" and ports.settings.dev:
        if request.method != "POST":
            return shown(request, 405, {"message": "Use POST: this empties everything."})
        await outside.reset()
        return shown(request, 200, {"status": "empty"})
    try:
        return await _guarded(request, page, ports, outside)
    except PageError as refused:
        return shown(request, refused.status, {"__type": refused.code, "message": refused.message})
    except (SQLAlchemyError, OSError) as error:
        _log.error("the database refused", request_id=request.request_id, error=first_line(error))
        failure = {"__type": "ServiceUnavailableException", "message": "The database cannot be used at the moment."}
        return shown(request, 503, failure)


async def _guarded(request: Request, page: str, ports: Ports, outside: Outside) -> Response:
    match request.method, page.split("/"):
        case "GET", ["requests"]:
            return await list_kept_requests(request, ports)
        case "GET", ["requests", request_id]:
            return await get_request(request, request_id, ports, outside)
        case "GET", ["outbox"]:
            return await list_outbox(request, ports)
        case "GET", ["decisions"]:
            return await list_recorded_decisions(request, ports)
        case "POST", ["explain"]:
            return await explain_request(request, ports, outside)
    raise PageError(404, "ResourceNotFoundException", "Not Found")
