"""STORY 3: one AWS API call: identify, authenticate, parse, perform, serialize.

In: a request to an AWS endpoint. Out: the service's answer in its own protocol, errors too. Law: nothing of a call is
looked at before its caller is known, and nothing is done before the caller is allowed to.
"""

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseBusy

from gatewright.control.authenticate import authenticate
from gatewright.control.cors import is_preflight, preflight, share
from gatewright.control.perform import perform
from gatewright.control.ports import Ports
from gatewright.core.trace import Kept, Trace
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.identify import Unidentified, identify
from gatewright.wire.protocols import parse, render_fault, serialize
from gatewright.wire.target import Target
from gatewright.wire.validate import validate

_KEPT_CHARACTERS = 2_048  # of a host and of a path: whoever is refused must not fill the memory
_log = structlog.get_logger()


async def invoke(request: Request, ports: Ports) -> Response:
    """Answer one AWS API call."""
    if is_preflight(request):
        return preflight(request)
    trace = Trace(request.request_id)
    try:
        target = identify(request, ports.catalogue)
    except Unidentified as refusal:
        trace.refused("identify", refusal.message)
        response = render_fault(refusal.protocol, refusal, request.request_id)
    else:
        response = await _answer(request, target, ports, trace)
    if response.status >= 400 or ports.traces.wants_success:
        _keep(request, response, ports, trace)
    return share(request, response)


async def _answer(request: Request, target: Target, ports: Ports, trace: Trace) -> Response:
    try:
        caller = authenticate(request, target, ports.credentials, ports.clock.now(), trace)
        params = parse(target, request)
        validate(target, params)
        result = await perform(request, target, caller, params, ports, trace)
        return serialize(target, result, request.request_id)
    except Fault as fault:
        return render_fault(target, fault, request.request_id)
    except (OperationalError, DatabaseBusy, OSError) as error:
        # Locked, full or away: nothing was done, and the client may try again.
        _log.error("the database refused", request_id=request.request_id, error=str(error).splitlines()[0])
        trace.refused("perform", "the database could not be used; the log has it under this request id")
        failure = Fault("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503)
        return render_fault(target, failure, request.request_id)
    except Exception:
        # A bug of ours: told once, with the id that the client was given, and never with the request's content.
        _log.exception("internal failure", request_id=request.request_id, operation=target.operation)
        trace.refused("perform", "an error of ours; the log has it under this request id")
        failure = Fault("InternalFailure", "The request processing has failed because of an unknown error.", 500)
        return render_fault(target, failure, request.request_id)


def _keep(request: Request, response: Response, ports: Ports, trace: Trace) -> None:
    ports.traces.keep(
        Kept(
            request_id=request.request_id,
            at=request.received,
            method=request.method,
            host=request.host[:_KEPT_CHARACTERS],
            path=request.path[:_KEPT_CHARACTERS],
            status=response.status,
            steps=tuple(trace.steps),
        )
    )
