"""Where the two planes meet for the sake of explanations: traces of both in one place, rehearsals across both.

Only `app.py` knows this file. The gateway hands its traces over here; the product's pages ask the gateway through here.
"""

import msgspec

from gatewright.control.perform import region_of
from gatewright.control.ports import Ports as ControlPorts
from gatewright.core.address import StageAddress
from gatewright.core.identity import Caller
from gatewright.core.trace import EXECUTE_API, Kept, Outcome, Step, Trace, Traces
from gatewright.edge.hosts import Hosts
from gatewright.gateway.deployment import PublishedStage
from gatewright.gateway.ports import Ports as GatewayPorts
from gatewright.gateway.ports import RequestSummary
from gatewright.gateway.rehearse import rehearse
from gatewright.storage.snapshots import Shelf
from gatewright.wire.http import Request
from gatewright.wire.identify import Unidentified, identify

_KEPT_CHARACTERS = 2_048  # of a host and of a path: whoever is refused must not fill the memory


class StageTraces:
    """Hands the gateway's traces to where all are kept."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    @property
    def wants_success(self) -> bool:
        """Whether the success that is being answered now is wanted."""
        return self._traces.wants_success

    def keep(self, trace: Trace, summary: RequestSummary) -> None:
        """Keep the trace of one invocation."""
        self._traces.keep(
            Kept(
                request_id=summary.request_id,
                at=summary.at,
                method=summary.method,
                host=summary.host[:_KEPT_CHARACTERS],
                path=summary.path[:_KEPT_CHARACTERS],
                status=summary.status,
                plane=EXECUTE_API,
                api_id=summary.api_id[:64],
                stage_name=summary.stage_name[:128],
                client=summary.client,
                caller=summary.caller,
                error=summary.error_type,
                steps=tuple(trace.steps),
            )
        )


def turned_away(request: Request, reason: str, traces: Traces) -> None:
    """Keep that the door let somebody not in."""
    step = Step("visitor", Outcome.REFUSED, reason, {"origin": (request.header("origin") or "")[:_KEPT_CHARACTERS]})
    traces.keep(
        Kept(
            request_id=request.request_id,
            at=request.received,
            method=request.method,
            host=request.host[:_KEPT_CHARACTERS],
            path=request.path[:_KEPT_CHARACTERS],
            status=403,
            plane="edge",
            client=request.client,
            error="AccessDeniedException",
            steps=(step,),
        )
    )


class Surroundings:
    """The product as its pages see it."""

    def __init__(
        self, hosts: Hosts, gateway: GatewayPorts, control: ControlPorts, stages: Shelf[PublishedStage]
    ) -> None:
        self._hosts = hosts
        self._gateway = gateway
        self._control = control
        self._stages = stages

    def rehearse(self, request: Request, caller: Caller | None) -> Kept:
        """Tell what would happen to a request."""
        address = self._hosts.locate(request)
        if isinstance(address, StageAddress):
            return rehearse(request, address, self._gateway, caller)
        return _rehearse_call(request, self._control, caller)

    def stages(self) -> list[str]:
        """Return `{api_id}/{stage_name}` of every deployed stage."""
        return sorted(self._stages.keys())

    def methods(self, api_id: str, stage_name: str) -> list[str]:
        """Return `GET /demo` and so on for a deployed stage."""
        published = self._stages.get(f"{api_id}/{stage_name}")
        if published is None:
            return []
        resources = published.snapshot.api.resources
        return [f"{verb} {resource.path}" for resource in resources for verb in resource.methods]


def _rehearse_call(request: Request, ports: ControlPorts, caller: Caller | None) -> Kept:
    """Tell which AWS operation a request would call; its parameters, and so its resource, are not known."""
    trace = Trace(request.request_id)
    kept = Kept(
        request_id=request.request_id,
        at=request.received,
        method=request.method,
        host=request.host,
        path=request.path,
        status=200,
        plane="aws",
        client=request.client,
        caller=caller.arn if caller is not None else "",
    )
    try:
        target = identify(request, ports.catalogue)
    except Unidentified as refusal:
        trace.refused("identify", refusal.message)
        return msgspec.structs.replace(kept, status=refusal.status or 400, error=refusal.code, steps=tuple(trace.steps))
    trace.passed("identify", f"{target.service}:{target.operation} is meant")
    if not target.unsigned:
        names = " or ".join(target.accepted_signing_names)
        trace.steps.append(Step("authenticate", Outcome.NOT_APPLICABLE, f"it must be signed for the service {names}"))
        reason = "whoever signs it must be allowed the operation's action; the resource follows from its parameters"
        trace.steps.append(Step("authorize", Outcome.NOT_APPLICABLE, reason))
    return msgspec.structs.replace(
        kept,
        plane=target.service,
        operation=target.operation,
        region=region_of(request, target),
        steps=tuple(trace.steps),
    )
