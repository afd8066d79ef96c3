"""STORY 3: one AWS API call: identify, authenticate, parse, perform, serialize.

In: a request to an AWS endpoint. Out: the service's answer in its own protocol, errors too. Law: nothing of a call is
looked at before its caller is known, and nothing is done before the caller is allowed to.
"""

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseBusy

from gatewright.control.authenticate import authenticate
from gatewright.control.cors import is_preflight, preflight, share
from gatewright.control.keeping import keep
from gatewright.control.pages import find_page, follow_link
from gatewright.control.perform import perform, region_of
from gatewright.control.ports import Ports
from gatewright.core.log import get_log
from gatewright.core.trace import Outcome, Step, Trace
from gatewright.storage.engine import first_line, must_retry
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.identify import Unidentified, identify
from gatewright.wire.protocols import parse, render_fault, serialize
from gatewright.wire.target import Target
from gatewright.wire.validate import validate

_log = get_log(__name__)


async def invoke(request: Request, ports: Ports) -> Response:
    """Answer one AWS API call."""
    if is_preflight(request):
        return preflight(request)
    page = find_page(request, ports)
    if page is not None:
        return share(request, page)
    trace = Trace(request.request_id)
    behind = await follow_link(request, ports, trace)
    if behind is not None:
        return share(request, behind)
    try:
        target = identify(request, ports.catalogue)
    except Unidentified as refusal:
        trace.refused("identify", refusal.message, error_type=refusal.code)
        response = render_fault(refusal.protocol, refusal, request.request_id)
        _keep(request, response, None, refusal.code, "", ports, trace)
    else:
        response = await _answer(request, target, ports, trace)
    return share(request, response)


async def _answer(request: Request, target: Target, ports: Ports, trace: Trace) -> Response:
    arn = ""
    try:
        caller = authenticate(request, target, ports.credentials, ports.clock.now(), trace, ports.diagnoses)
        arn = caller.arn
        params = parse(target, request)
        validate(target, params)
        trace.passed("parse", "the parameters fit the model of the operation")
        result = await perform(request, target, caller, params, ports, trace)
        response = serialize(target, result, request.request_id)
    except Exception as failure:
        fault = as_fault(failure, request, target, trace)
        response = render_fault(target, fault, request.request_id)
        _keep(request, response, target, fault.code, arn, ports, trace)
    else:
        if ports.traces.wants_success:
            _keep(request, response, target, "", arn, ports, trace)
    return response


def as_fault(failure: Exception, request: Request, target: Target, trace: Trace) -> Fault:
    """Return the fault that ended a call, and put it into the trace; what is no fault is told once in the log."""
    step = "perform" if trace.has_passed("parse") else "parse"
    if isinstance(failure, Fault):
        if not trace.was_refused:
            trace.refused(step, f"{failure.code}: {failure.message}", error_type=failure.code)
        return failure
    lost = isinstance(failure, DBAPIError) and must_retry(failure)
    if lost or isinstance(failure, OperationalError | DatabaseBusy | OSError):
        # Locked, full, away or too busy: nothing was done, and the client may try again.
        _log.error("the database refused", request_id=request.request_id, error=first_line(failure))
        trace.refused(step, "the database could not be used; the log has it under this request id")
        return Fault("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503)
    # A bug of ours: told once, with the id that the client was given, and never with the request's content.
    _log.error("internal failure", request_id=request.request_id, operation=target.operation, exc_info=failure)
    trace.refused(step, "an error of ours; the log has it under this request id")
    return Fault("InternalFailure", "The request processing has failed because of an unknown error.", 500)


def _keep(
    request: Request, response: Response, target: Target | None, error: str, caller: str, ports: Ports, trace: Trace
) -> None:
    if target is None:
        keep(request, response.status, ports, trace, plane="aws", error=error)
        return
    meant = Step("identify", Outcome.PASSED, f"{target.service}:{target.operation} is meant")
    trace.steps.insert(0, meant)
    region = region_of(request, target)
    names = {"plane": target.service, "operation": target.operation, "region": region}
    keep(request, response.status, ports, trace, **names, error=error, caller=caller)
