"""What is remembered of a request to the control plane, whatever kind of address it went to.

In: a request, how it was answered, and its trace. Out: a `Kept`. Law: no header, no body and nothing of the query is
kept, because a signature, a token or a password may be in it; what is kept is bounded.
"""

from gatewright.control.ports import Ports
from gatewright.core.trace import Kept, Trace
from gatewright.wire.http import Request

_CHARACTERS = 2_048  # of a host and of a path: whoever is refused must not fill the memory


def keep(
    request: Request,
    status: int,
    ports: Ports,
    trace: Trace,
    *,
    plane: str,
    operation: str = "",
    region: str = "",
    error: str = "",
    caller: str = "",
) -> None:
    """Remember how a request was answered."""
    ports.traces.keep(
        Kept(
            request_id=request.request_id,
            at=request.received,
            method=request.method,
            host=request.host[:_CHARACTERS],
            path=request.path[:_CHARACTERS],
            status=status,
            plane=plane,
            operation=operation,
            region=region[:_CHARACTERS],
            client=request.client,
            caller=caller,
            error=error,
            steps=tuple(trace.steps),
        )
    )
