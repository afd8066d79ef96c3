"""Who may read what the product decided: a signature for the service `gatewright`, and its IAM action.

The pages speak JSON; errors have the shape that AWS's JSON services give theirs. Who was refused is kept, as whoever
calls an AWS API.
"""

import msgspec

from gatewright.control.authenticate import STEP as AUTHENTICATE
from gatewright.control.authenticate import prove
from gatewright.control.authorize import may
from gatewright.control.keeping import keep
from gatewright.control.ports import Ports
from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.wire.http import Request, Response
from gatewright.wire.sigv4.diagnose import evidence, reason
from gatewright.wire.sigv4.refusal import Dialect, SignatureRefused, words

SERVICE = "gatewright"


class PageError(Exception):
    """A page that is not shown, in the words of AWS's JSON errors."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def admit(request: Request, ports: Ports, action: str) -> Caller:
    """Return the caller of a page, who may see it.

    Raises:
        PageError: nobody signed the request, or whoever did may not.
    """
    now, trace = ports.clock.now(), Trace(request.request_id)
    asked = {"plane": SERVICE, "operation": action}
    try:
        caller = prove(request, ports.credentials, now, (SERVICE,), ports.diagnoses)
    except SignatureRefused as refused:
        said = words(refused, Dialect.REST_JSON)
        trace.refused(AUTHENTICATE, reason(refused), **evidence(refused))
        keep(request, said.status, ports, trace, **asked, error=said.code)
        raise PageError(said.status, said.code, said.message) from None
    decision = may(ports.credentials, caller, f"{SERVICE}:{action}", request, now, trace)
    if not decision.allowed:
        message = f"User: {caller.arn} is not authorized to perform: {SERVICE}:{action} on resource: * "
        keep(request, 403, ports, trace, **asked, error="AccessDeniedException", caller=caller.arn)
        raise PageError(403, "AccessDeniedException", message + decision.aws_phrase(f"{SERVICE}:{action}"))
    return caller


def invalid(message: str) -> PageError:
    """Return the answer to parameters that cannot be used."""
    return PageError(400, "ValidationException", message)


def shown(request: Request, status: int, content: object) -> Response:
    """Return a page."""
    headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", request.request_id)]
    return Response(status, [*headers, ("Cache-Control", "no-store")], msgspec.json.encode(content))


def number(name: str, text: str) -> float:
    """Return a filter's number.

    Raises:
        PageError: it is none, or out of all bounds.
    """
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not 0 <= found < 1e12:
        raise invalid(f"{name} must be a number{' of seconds since the epoch' if name == 'since' else ''}.")
    return found
