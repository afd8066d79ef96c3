"""What would happen to an invocation: the story's first steps, with nothing performed.

In: a request as somebody imagines it, the stage it is addressed to, and perhaps the caller who would sign it. Out: a
`Kept`, as if the request had been made. Law: the steps are the real ones, asked the real questions; where a caller is
given, it is taken as proven; the integration is not asked.
"""

from gatewright.core.address import StageAddress
from gatewright.core.identity import Caller
from gatewright.core.trace import EXECUTE_API, Kept, Outcome, Step, Trace
from gatewright.gateway.authorizers import aws_iam, cognito_user_pools, resource_policy
from gatewright.gateway.authorizers.decisions import ACTION, must_allow, resource_arn
from gatewright.gateway.errors import GatewayError
from gatewright.gateway.invoke import find, within_limits
from gatewright.gateway.live import LiveStage, Match
from gatewright.gateway.ports import Ports
from gatewright.gateway.tell import tell
from gatewright.wire.http import Request


def rehearse(request: Request, address: StageAddress, ports: Ports, caller: Caller | None) -> Kept:
    """Tell what would happen to a request."""
    trace = Trace(request.request_id)
    stage: LiveStage | None = None
    match: Match | None = None
    status, error = 200, ""
    try:
        stage = find(address, ports)
        within_limits(request)
        match = stage.match(request, address, trace)
        _authorize(match, caller, ports, trace)
        tell(trace, (stage,))
    except GatewayError as refusal:
        status, error = refusal.status, refusal.named
        tell(trace, (stage, match, None), refusal)
    return Kept(
        request_id=request.request_id,
        at=request.received,
        method=request.method,
        host=request.host,
        path=request.path,
        status=status,
        plane=EXECUTE_API,
        region=stage.region if stage is not None else "",
        api_id=address.api_id,
        stage_name=address.stage_name,
        client=request.client,
        caller=caller.arn if caller is not None else "",
        error=error,
        steps=tuple(step for step in trace.steps if step.name != "map_response"),
    )


def _authorize(match: Match, caller: Caller | None, ports: Ports, trace: Trace) -> None:
    kind = match.method.settings.authorization_type
    if kind == cognito_user_pools.TYPE:
        trace.steps.append(Step("authenticate", Outcome.NOT_APPLICABLE, _token_wanted(match)))
    if kind != "AWS_IAM":
        resource_policy.authorize_anonymous(match, ports, trace)
        return
    arn = resource_arn(match)
    if caller is None:
        trace.steps.append(
            Step("authenticate", Outcome.NOT_APPLICABLE, f"it must be signed for execute-api in {match.stage.region}")
        )
        reason = f"whoever signs it must be allowed {ACTION} on {arn}; name a caller to ask that too"
        trace.steps.append(Step("authorize", Outcome.NOT_APPLICABLE, reason, {"action": ACTION, "resource": arn}))
        return
    trace.steps.append(Step("authenticate", Outcome.NOT_APPLICABLE, f"taken as signed by {caller.arn}"))
    explanation = aws_iam.explain_policies(match, caller, arn, ports)
    must_allow(explanation.decision, caller, arn, match.stage.snapshot.account, trace, lambda: explanation)


def _token_wanted(match: Match) -> str:
    """Return which token a request must carry; that of somebody else is not made up here."""
    authorizer = cognito_user_pools.authorizer_of(match)
    scopes = match.method.settings.authorization_scopes
    kind = f"an access token with one of the scopes {', '.join(scopes)}" if scopes else "an ID token"
    header = authorizer.identity_source.removeprefix(cognito_user_pools.SOURCE)
    pools = ", ".join(arn.rpartition("/")[2] for arn in authorizer.provider_arns)
    return f"the header {header} must carry {kind} of {pools}"
