"""Public documents of services: key sets, discovery. Everybody may read them; they are read from memory."""

from gatewright.control.ports import Ports
from gatewright.control.service import Visit
from gatewright.wire.http import Request, Response


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
