"""STORY 2: one invocation of a deployed method, read top to bottom.

In: a request, the stage that it is addressed to, the outside. Out: a response, always. Law: each step takes what the
step before made, so that nothing can be mapped or integrated that was not matched and authorized; a step that says no
raises `GatewayError`.
Source: API Gateway developer guide, "Set up REST API methods in API Gateway".
"""

from gatewright.core.address import StageAddress
from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.gateway.authorize import Authorized, authorize
from gatewright.gateway.constant import constant_answer
from gatewright.gateway.context import id_headers
from gatewright.gateway.errors import (
    HeadersTooLarge,
    InternalFailure,
    RequestTooLarge,
    StageNotFound,
    UriTooLong,
)
from gatewright.gateway.integrations import mock
from gatewright.gateway.limits import BODY_BYTES, HEADER_VALUE_BYTES, URL_CHARACTERS
from gatewright.gateway.live import LiveStage, Match
from gatewright.gateway.map_request import Outgoing, map_request
from gatewright.gateway.map_response import Answer, map_response
from gatewright.gateway.ports import Ports, RequestSummary
from gatewright.gateway.refuse import as_refusal, refuse
from gatewright.gateway.tell import tell
from gatewright.wire.http import Request, Response

_WITHIN = min(HEADER_VALUE_BYTES, URL_CHARACTERS)  # bytes of a head that can pass neither limit


async def invoke(request: Request, address: StageAddress, ports: Ports) -> Response:
    """Answer one request to a stage."""
    trace = Trace(request.request_id)
    stage: LiveStage | None = None
    match: Match | None = None
    authorized: Authorized | None = None
    outgoing: Outgoing | None = None
    answer: Answer | None = None
    try:
        stage = find(address, ports)
        within_limits(request)
        match = stage.match(request, address, trace)
        authorized = await authorize(match, address, ports, trace)
        response = constant_answer(authorized)
        if response is None:
            outgoing = map_request(authorized)
            answer = await integrate(outgoing)
            response = map_response(authorized, answer)
    except Exception as failure:
        refusal = as_refusal(failure, request)
        caller = authorized.caller if authorized is not None else refusal.caller
        claims = authorized.claims if authorized is not None else None
        response = refuse(refusal, request, address, stage, match, caller, claims)
        tell(trace, (stage, match, authorized, outgoing, answer), refusal)
        said = f"answered {response.status} {refusal.named}"
        trace.refused("answer", said, status=response.status, error_type=refusal.named)
        _keep(trace, request, address, ports, response, caller, refusal.named)
    else:
        if ports.traces.wants_success:
            tell(trace, (stage, match, authorized, outgoing or response, answer or response))
            trace.passed("answer", "the request was answered", status=response.status)
            _keep(trace, request, address, ports, response, authorized.caller)
    response.headers += id_headers(request.request_id, request.received)
    return response


def within_limits(request: Request) -> None:
    """Refuse what is larger than API Gateway takes.

    Raises:
        RequestTooLarge, HeadersTooLarge, UriTooLong: which of the limits was passed.
    """
    if 0 < request.head_bytes <= _WITHIN and not request.body:
        return
    if len(request.body) > BODY_BYTES:
        raise RequestTooLarge(reason=f"the body is {len(request.body)} bytes long, and {BODY_BYTES} is the most")
    size = sum(map(len, request.index.values()))
    if size > HEADER_VALUE_BYTES:
        raise HeadersTooLarge(reason=f"the header values are {size} bytes long, and {HEADER_VALUE_BYTES} is the most")
    if len(request.path) + len(request.query) > URL_CHARACTERS:
        raise UriTooLong(reason=f"the URL is longer than {URL_CHARACTERS} characters")


def find(address: StageAddress, ports: Ports) -> LiveStage:
    """Return the stage that is addressed.

    Raises:
        StageNotFound: there is none, or it does not answer here. AWS does not tell which; the trace does.
    """
    stage = ports.stages(address)
    if stage is None:
        raise StageNotFound(reason=f"there is no stage {address.stage_name!r} of an API {address.api_id!r}")
    if address.region is not None and address.region != stage.region:
        raise StageNotFound(reason=f"the stage is in {stage.region}, and the host name says {address.region}")
    if stage.disabled:
        raise StageNotFound(reason="the API's execute-api endpoint is disabled")
    return stage


async def integrate(outgoing: Outgoing) -> Answer:
    """Ask what stands behind the method.

    Only MOCK is built; a method with anything else was refused when it was compiled.

    Raises:
        InternalFailure: the integration broke.
    """
    if outgoing.status is not None:
        return Answer(outgoing.integration, outgoing.status)
    try:
        return Answer(outgoing.integration, mock.read_status(outgoing.payload))
    except ValueError as error:
        raise InternalFailure(reason=str(error)) from error


def _keep(
    trace: Trace,
    request: Request,
    address: StageAddress,
    ports: Ports,
    response: Response,
    caller: Caller | None,
    error_type: str = "",
) -> None:
    summary = RequestSummary(
        request_id=request.request_id,
        at=request.received,
        method=request.method,
        host=request.host,
        path=request.path,
        client=request.client,
        api_id=address.api_id,
        stage_name=address.stage_name,
        status=response.status,
        error_type=error_type,
        caller=caller.arn if caller is not None else "",
    )
    ports.traces.keep(trace, summary)
