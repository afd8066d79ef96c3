"""Who may read what the product decided: a signature for the service `gatewright`, and its IAM action.

The pages speak JSON; errors have the shape that AWS's JSON services give theirs.
"""

import msgspec

from gatewright.control.authenticate import prove
from gatewright.control.authorize import may
from gatewright.control.ports import Ports
from gatewright.core.identity import Caller
from gatewright.wire.http import Request, Response
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
    now = ports.clock.now()
    try:
        caller = prove(request, ports.credentials, now, (SERVICE,), ports.diagnoses)
    except SignatureRefused as refused:
        said = words(refused, Dialect.REST_JSON)
        raise PageError(said.status, said.code, said.message) from None
    decision = may(ports.credentials, caller, f"{SERVICE}:{action}", request, now)
    if not decision.allowed:
        message = f"User: {caller.arn} is not authorized to perform: {SERVICE}:{action} on resource: * "
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
