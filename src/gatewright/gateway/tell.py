"""The trace of an invocation, completed: steps that leave no word of their own, and where the invocation stopped.

In: what each step of the story page made, None from where it stopped. Out: steps in the trace. Law: this runs only for
what is kept, so that an invocation that is not kept pays nothing for it.
"""

from collections.abc import Sequence

from gatewright.core.trace import Outcome, Step, Trace
from gatewright.gateway.errors import GatewayError, HeadersTooLarge, RequestTooLarge, UriTooLong
from gatewright.gateway.live import LiveStage

_STEPS = ("find", "match", "authorize", "map_request", "integrate", "map_response")
_LIMITS = (RequestTooLarge, HeadersTooLarge, UriTooLong)
_PASSED = {
    "map_request": "the request was mapped for the integration",
    "integrate": "the integration answered",
    "map_response": "the integration's answer was mapped",
}


def tell(trace: Trace, made: Sequence[object], refusal: GatewayError | None = None) -> None:
    """Add the steps that said nothing; `made` is what find, match, authorize, map_request and integrate made."""
    stage = made[0]
    if isinstance(stage, LiveStage):
        trace.steps.insert(0, _found(stage))
    reached = next((number for number, each in enumerate(made) if each is None), len(made))
    for name in _STEPS[3:reached]:
        trace.passed(name, _PASSED[name])
    if refusal is None:
        trace.passed("map_response", _PASSED["map_response"])
    elif not trace.was_refused:
        within = reached == 1 and isinstance(refusal, _LIMITS)
        trace.refused("limits" if within else _STEPS[reached], refusal.reason)


def _found(stage: LiveStage) -> Step:
    snapshot = stage.snapshot
    reason = f"the stage {snapshot.stage_name} of the API {snapshot.api.api_id} is deployed"
    details = {"deployment": snapshot.deployment_id, "region": snapshot.region, "account": snapshot.account}
    return Step("find", Outcome.PASSED, reason, details)
