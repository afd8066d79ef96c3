"""How an invocation ends that did not pass: which refusal it was, and how the API words it.

In: whatever was raised, and as much of the invocation as was found before. Out: the one `GatewayError`, and the answer.
Law: whatever is not a refusal is a bug of ours: logged once with the request id, answered as the service answers an
internal failure, and worded like any other refusal, so that an API's `DEFAULT_5XX` (and its CORS headers) applies.
Source: API Gateway developer guide, "Gateway responses in API Gateway".
"""

from collections.abc import Mapping
from typing import Any

from gatewright.core.address import StageAddress
from gatewright.core.identity import Caller
from gatewright.core.log import get_log
from gatewright.gateway import gateway_responses
from gatewright.gateway.context import build_context
from gatewright.gateway.errors import GatewayError, InternalFailure
from gatewright.gateway.expressions import Sources
from gatewright.gateway.live import LiveStage, Match
from gatewright.gateway.parameters import Parameters
from gatewright.gateway.paths import canonical_path
from gatewright.gateway.resources import NO_PARAMETERS
from gatewright.wire.http import Request, Response

_log = get_log(__name__)


def as_refusal(failure: Exception, request: Request) -> GatewayError:
    """Return the refusal that ended an invocation; whatever else ended it is a bug of ours, and is logged."""
    if isinstance(failure, GatewayError):
        return failure
    _log.error("an invocation failed: this is a bug", request_id=request.request_id, exc_info=failure)
    return InternalFailure(reason="an unexpected failure; the log has it under this request id")


def refuse(
    refusal: GatewayError,
    request: Request,
    address: StageAddress,
    stage: LiveStage | None,
    match: Match | None,
    caller: Caller | None,
    claims: Mapping[str, str] | None = None,
) -> Response:
    """Word a refusal, by the API's own gateway responses once the API is known."""
    if stage is None:
        return gateway_responses.render(refusal, {}, None, None)

    def context() -> Mapping[str, Any]:
        found = build_context(request, address, stage, match, caller, claims)
        return found if match is not None else {**found, "path": f"/{address.stage_name}{_path(address)}"}

    sources = Sources(
        parameters=match.parameters if match is not None else Parameters(request, NO_PARAMETERS),
        context=context,
        stage_variables=stage.snapshot.variables,
        request_body=lambda: request.body.decode("utf-8", "replace"),
    )
    try:
        return gateway_responses.render(refusal, stage.gateway_responses, request.header("accept"), sources)
    except Exception:
        _log.error("a refusal could not be customized: this is a bug", request_id=request.request_id, exc_info=True)
        return gateway_responses.render(refusal, {}, None, None)


def _path(address: StageAddress) -> str:
    try:
        return canonical_path(address.path).text
    except GatewayError:
        return "/"
