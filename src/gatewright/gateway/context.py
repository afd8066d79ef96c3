"""`$context`: what mapping templates, parameter mappings and gateway responses may read about an invocation.

In: the request, the stage, and as much as was found before the invocation ended. Out: a fresh mapping for one
invocation. Law: everything under `identity` was proven (the caller) or
seen on the socket (the address); no header gives anybody an identity.
Source: API Gateway developer guide, "$context variables for data models, authorizers, mapping templates".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gatewright.core.address import StageAddress
from gatewright.core.identity import Caller, PrincipalType
from gatewright.wire.http import Request

if TYPE_CHECKING:
    from gatewright.gateway.live import LiveStage, Match

_COGNITO = "cognito-identity.amazonaws.com"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def id_headers(request_id: str, now: float) -> tuple[tuple[str, str], ...]:
    """Return the headers that every answer carries.

    All are made of the digits of the request id, so that logs join them. `x-amz-apigw-id` has 15 characters and `=`;
    the trace id has X-Ray's form, and is ours whatever the client sent.
    """
    digits = request_id.replace("-", "")
    return (
        ("x-amzn-RequestId", request_id),
        ("x-amz-apigw-id", f"{digits[:15]}="),
        ("X-Amzn-Trace-Id", f"Root=1-{int(now):08x}-{digits[8:]}"),
    )


def common_log_time(now: float) -> str:
    """Return `$context.requestTime`: `31/Jan/2026:12:00:00 +0000`, whatever the machine's locale."""
    at = datetime.fromtimestamp(now, UTC)
    return f"{at.day:02d}/{_MONTHS[at.month - 1]}/{at.year}:{at.hour:02d}:{at.minute:02d}:{at.second:02d} +0000"


def build_context(
    request: Request,
    address: StageAddress,
    stage: "LiveStage",
    match: "Match | None",
    caller: Caller | None,
    claims: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return `$context` for one invocation; what is not known yet is absent, and reads as empty."""
    now = request.received
    _, (_, extended_id), (_, trace_id) = id_headers(request.request_id, now)
    context: dict[str, Any] = {
        "accountId": stage.snapshot.account,
        "apiId": stage.snapshot.api.api_id,
        "stage": stage.snapshot.stage_name,
        "deploymentId": stage.snapshot.deployment_id,
        "requestId": request.request_id,
        "extendedRequestId": extended_id,
        "xrayTraceId": trace_id.removeprefix("Root="),
        "httpMethod": request.method if match is None else match.verb,
        "protocol": "HTTP/1.1",
        "requestTime": common_log_time(now),
        "requestTimeEpoch": int(now * 1000),
        "domainName": address.domain_name,
        "domainPrefix": address.domain_name.partition(".")[0],
        "identity": _identity(request, caller),
    }
    if claims is not None:
        context["authorizer"] = {"claims": claims}
    if match is not None:
        context["path"] = f"/{stage.snapshot.stage_name}{match.path}"
        context["resourcePath"] = match.method.resource.path
        context["resourceId"] = match.method.resource.id
    return context


def _identity(request: Request, caller: Caller | None) -> dict[str, str]:
    identity = {"sourceIp": request.client}
    user_agent = request.header("user-agent")
    if user_agent is not None:
        identity["userAgent"] = user_agent
    if caller is None or caller.type is PrincipalType.ANONYMOUS:
        return identity
    identity |= {
        "accountId": caller.account,
        "caller": caller.user_id,
        "user": caller.user_id,
        "userArn": caller.arn,
        "accessKey": caller.access_key_id,
    }
    return identity | _cognito(caller)


def _cognito(caller: Caller) -> dict[str, str]:
    """Read what the identity pool put into the session: sub (identity), aud (pool), amr (how, by which providers)."""
    sub, aud = caller.context.get(f"{_COGNITO}:sub"), caller.context.get(f"{_COGNITO}:aud")
    if not sub or not aud:
        return {}
    how, *providers = caller.context.get(f"{_COGNITO}:amr") or ("unauthenticated",)
    found = {
        "cognitoIdentityId": sub[0],
        "cognitoIdentityPoolId": aud[0],
        "cognitoAuthenticationType": how,
    }
    if providers:
        found["cognitoAuthenticationProvider"] = ",".join(providers)
    return found
