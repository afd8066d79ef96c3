"""What services show beside their operations.

Public documents (key sets, discovery) may be read by everybody, and are read from memory. Links are addresses that an
operation gave out; what lies behind one asks for the proof that is in it.
"""

from gatewright.control.keeping import keep
from gatewright.control.ports import Ports
from gatewright.control.service import Link, Visit
from gatewright.core.trace import Outcome, Trace
from gatewright.wire.http import Request, Response, Upload


def find_page(request: Request, ports: Ports) -> Response | None:
    """Return a public document, None where no service has it."""
    if request.method not in ("GET", "HEAD") or "/.well-known/" not in request.path:
        return None
    visit = Visit(request, ports.settings, ports.snapshots.shelf)
    for service in ports.services.values():
        answer = service.page(visit) if service.page is not None else None
        if answer is not None:
            return answer
    return None


async def follow_link(request: Request, ports: Ports, trace: Trace) -> Response | None:
    """Return what lies behind a link, None where no service gave such a one out; what is refused is kept."""
    service, link = _link(request, ports)
    if link is None:
        return None
    response = await link.answer(request, ports.backstage, trace)
    if trace.was_refused or ports.traces.wants_success:
        refused = next((step for step in trace.steps if step.outcome is Outcome.REFUSED), None)
        error = str(refused.details.get("error_type", "")) if refused is not None else ""
        keep(request, response.status, ports, trace, plane=service, error=error)
    return response


def begin_upload(request: Request, ports: Ports) -> Upload | None:
    """Return what takes the body of a request that is longer than usual; None where nothing does.

    Asked before the body has come, so that nobody fills the database who could not prove that they may.
    """
    _, link = _link(request, ports)
    return None if link is None else link.begin_upload(request, ports.backstage)


def _link(request: Request, ports: Ports) -> tuple[str, Link | None]:
    """Return the link that a request is for, and whose it is."""
    if not request.path.startswith("/_aws/"):
        return "", None
    links = ((service.name, link) for service in ports.services.values() for link in service.links)
    return next((found for found in links if request.path.startswith(found[1].prefix)), ("", None))
