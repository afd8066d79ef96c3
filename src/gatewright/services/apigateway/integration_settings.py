"""The settings of an integration: which are taken, which are refused, and what may be patched. Pure.

Source: API Gateway API reference, "PutIntegration" and "Patch Operations"; messages as recorded from the service.
"""

from collections.abc import Iterable
from typing import Any

from gatewright.core.arn import parse_arn
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request, unsupported
from gatewright.services.apigateway.mappings import check_integration_parameters, check_templates
from gatewright.services.apigateway.patches import (
    NO_CONTENT_TYPE,
    NO_PARAMETER,
    Draft,
    Patch,
    Patchable,
    Target,
    entries,
    plain,
    refused,
    text,
    whole_number,
)
from gatewright.wire.faults import Fault

_PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
_REFUSED = ("credentials", "connectionId", "contentHandling", "tlsConfig", "integrationTarget")


def check_integration(integration: dict[str, Any], resource_id: str, declared: Iterable[str]) -> None:
    """Check a whole integration; `declared` is the request parameters of its method.

    Raises:
        Fault: a setting is wrong, or not built yet.
    """
    kind = integration["type"]
    if kind != "MOCK":
        _check_endpoint(kind, integration)
        raise unsupported(f"The integration type {kind}", "Use MOCK; other types come with a later version.")
    for member in _REFUSED:
        if integration.get(member):
            raise _meaningless(member)
    if integration.get("connectionType", "INTERNET") != "INTERNET":
        raise _meaningless("connectionType")
    if integration.get("responseTransferMode", "BUFFERED") != "BUFFERED":
        raise _meaningless("responseTransferMode")
    if integration.get("cacheKeyParameters") or integration.get("cacheNamespace") != resource_id:
        raise unsupported("Caching of responses", "Leave cacheKeyParameters and cacheNamespace out.")
    if integration["passthroughBehavior"] not in _PASSTHROUGH:
        raise bad_request(f"Invalid passthrough behavior specified. Valid options are {', '.join(_PASSTHROUGH)}")
    shortest, longest = limits.TIMEOUT_MILLISECONDS
    if not shortest <= integration["timeoutInMillis"] <= longest:
        raise bad_request(f"Timeout should be between {shortest} ms and {longest} ms")
    check_integration_parameters(integration.get("requestParameters") or {}, declared)
    check_templates(integration.get("requestTemplates") or {})


def _meaningless(member: str) -> Fault:
    return unsupported(f"{member} of an integration", "Leave it out: a MOCK integration connects to nothing.")


def _check_endpoint(kind: str, integration: dict[str, Any]) -> None:
    """Check verb and URI as AWS does before it takes an integration of another type."""
    if not integration.get("httpMethod"):
        raise bad_request("Enumeration value for HttpMethod must be non-empty")
    uri = integration.get("uri") or ""
    if kind.startswith("HTTP"):
        if not uri.startswith(("http://", "https://")):
            raise bad_request("Invalid HTTP endpoint specified for URI")
        return
    try:
        arn = parse_arn(uri)
    except ValueError:
        raise bad_request("Invalid ARN specified in the request") from None
    if not arn.resource.startswith(("path/", "action/")):
        raise bad_request("AWS ARN for integration must contain path or action")
    if kind == "AWS_PROXY" and arn.account not in ("lambda", "firehose"):
        # In an integration URI the place of the account names the service: arn:aws:apigateway:{region}:lambda:path/…
        raise bad_request(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
        )


def _set_timeout(draft: Draft, patch: Patch) -> None:
    milliseconds = whole_number(patch.value or "")
    draft["timeoutInMillis"] = -1 if milliseconds is None else milliseconds


_no_cache_keys = refused(lambda _: unsupported("cacheKeyParameters", "Leave them out: responses are not cached."))

INTEGRATION = Patchable(
    targets=(
        *(
            Target(f"/{member}", {"replace": text(member)})
            for member in (
                "httpMethod",
                "uri",
                "passthroughBehavior",
                "credentials",
                "contentHandling",
                "connectionType",
                "connectionId",
                "cacheNamespace",
                "responseTransferMode",
                "integrationTarget",
            )
        ),
        Target("/timeoutInMillis", {"replace": _set_timeout}),
        Target("/cacheKeyParameters/{name}", {"add": _no_cache_keys, "remove": _no_cache_keys}),
        Target("/tlsConfig/insecureSkipVerification", {"replace": refused(lambda _: _meaningless("tlsConfig"))}),
        entries("/requestParameters/{name}", NO_PARAMETER),
        entries("/requestTemplates/{contentType}", NO_CONTENT_TYPE),
    ),
    refuse=plain,
)
