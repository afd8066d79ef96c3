"""The settings of a Stage: which are taken, which are refused, and what may be patched. Pure.

Law: a stage takes its deployment, a description, variables and tags. Caching, throttling, logging, tracing,
canaries, client certificates and documentation versions are refused by name until they are enforced.
Source: API Gateway API reference, "CreateStage" and "Patch Operations"; messages as recorded from the service.
"""

import re
from collections.abc import Mapping

from gatewright.control.service import Params
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request, unsupported
from gatewright.services.apigateway.patches import (
    Draft,
    Patch,
    Patchable,
    Setter,
    Target,
    is_true,
    refused,
    text,
)
from gatewright.wire.faults import Fault

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_VARIABLE_NAME = re.compile(r"[a-zA-Z0-9_]+")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9 ._~:/?#&=,-]+")
_LOG_PATHS = ("/accessLogSettings/destinationArn", "/accessLogSettings/format")

# The families of per-method settings, in AWS's order: the last two segments of /{resourcePath}/{httpMethod}/…
_METHOD_SETTINGS = (
    "metrics/enabled",
    "logging/dataTrace",
    "logging/loglevel",
    "throttling/burstLimit",
    "throttling/rateLimit",
    "caching/ttlInSeconds",
    "caching/enabled",
    "caching/dataEncrypted",
    "caching/requireAuthorizationForCacheControl",
    "caching/unauthorizedCacheControlHeaderStrategy",
)
# AWS's list of paths, with the commas that it forgets.
_PATHS = (
    "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, "
    "/accessLogSettings/destinationArn, /accessLogSettings/format, "
    "/{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, "
    "/{resourcePath}/{httpMethod}/logging/loglevel, "
    "/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit"
    "/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, "
    "/{resourcePath}/{httpMethod}/caching/dataEncrypted, "
    "/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, "
    "/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, "
    "/*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, "
    "/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, "
    "/*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, "
    "/*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled"
)


def check_stage_name(name: str) -> None:
    """Check a new stage's name.

    Raises:
        Fault: it has other characters, or too many.
    """
    if not _NAME.fullmatch(name):
        raise bad_request("Stage name only allows a-zA-Z0-9_-")
    if len(name) > limits.STAGE_NAME_CHARACTERS:
        raise bad_request(f"Stage name should be at most {limits.STAGE_NAME_CHARACTERS} characters")


def check_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Return stage variables as they are stored.

    Raises:
        Fault: there are too many, or a name or a value has other characters.
    """
    if len(variables) > limits.STAGE_VARIABLES:
        raise bad_request(f"A stage can have at most {limits.STAGE_VARIABLES} variables")
    for name, value in variables.items():
        if not _VARIABLE_NAME.fullmatch(name) or len(name) > limits.STAGE_VARIABLE_NAME_CHARACTERS:
            raise bad_request(
                f"Invalid stage variable name: {name}. Please use alphanumeric characters and underscores."
            )
        if not _VARIABLE_VALUE.fullmatch(value or "") or len(value) > limits.STAGE_VARIABLE_VALUE_CHARACTERS:
            raise bad_request(
                f"Invalid stage variable value: {value}. Please use values with alphanumeric characters and the "
                "symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            )
    return dict(variables)


def check_stage_settings(params: Params) -> None:
    """Refuse the settings of `CreateStage` and `CreateDeployment` that are not enforced.

    Raises:
        Fault: there is one.
    """
    for setting in ("cacheClusterEnabled", "cacheClusterSize", "canarySettings", "tracingEnabled"):
        if params.get(setting):
            raise _refusal(setting)
    if params.get("documentationVersion"):
        raise _refusal("documentationVersion")


def _refusal(setting: str) -> Fault:
    return unsupported(f"{setting} of a stage", "Leave it out.")


def _refuse(patchable: Patchable, target: Target | None, patch: Patch) -> Fault:
    """Refuse as Stage does: whatever it does not know is a method setting to it."""
    segments = patch.path.split("/")[1:] or [""]  # a path without a slash is nobody's
    if patch.op == "remove" and len(segments) == 2 and segments[0] != "variables":
        setting = "/".join(segments)
        return bad_request(
            f"Cannot remove method setting {setting} because there is no method setting for this method "
        )
    if segments[0] == "accessLogSettings" and len(segments) > 1 and patch.path not in _LOG_PATHS:
        return bad_request(f"Invalid accessLogSettings path. Must be one of : [{', '.join(_LOG_PATHS)}]")
    if "/".join(segments[-2:]) in _METHOD_SETTINGS and len(segments) >= 4:
        return _refusal(f"The method setting {'/'.join(segments[-2:])}")
    if segments[0] == "canarySettings" or patch.op == "copy":
        return _refusal("canarySettings")
    return bad_request(f"Invalid method setting path: {patch.path}. Must be one of: [{_PATHS}]")


def _unbuilt(setting: str) -> Setter:
    """Take the value that means "none" or "off", and refuse any other."""
    return refused(lambda _: _refusal(setting), lambda patch: (patch.value or "").lower() in ("", "false"))


def _set_log(draft: Draft, patch: Patch) -> None:
    if not patch.value:
        raise bad_request("Access Log value must not be empty")
    raise _refusal("accessLogSettings")


def _set_tracing(draft: Draft, patch: Patch) -> None:
    if is_true(patch.value):
        raise _refusal("tracingEnabled")


def _set_variable(draft: Draft, patch: Patch) -> None:
    draft["variables"] = {**draft["variables"], patch.names[0]: patch.value or ""}


def _remove_variable(draft: Draft, patch: Patch) -> None:
    draft["variables"] = {name: value for name, value in draft["variables"].items() if name != patch.names[0]}


def _nothing_to_remove(draft: Draft, patch: Patch) -> None:
    """There are no access log settings, so taking them away changes nothing."""


STAGE = Patchable(
    targets=(
        Target("/deploymentId", {"replace": text("deploymentId")}),
        Target("/description", {"replace": text("description")}),
        Target("/variables/{name}", {"add": _set_variable, "replace": _set_variable, "remove": _remove_variable}),
        Target("/tracingEnabled", {"replace": _set_tracing}),
        Target("/cacheClusterEnabled", {"replace": _unbuilt("cacheClusterEnabled")}),
        Target("/cacheClusterSize", {"replace": _unbuilt("cacheClusterSize")}),
        Target("/clientCertificateId", {"replace": _unbuilt("clientCertificateId")}),
        Target("/documentationVersion", {"replace": _unbuilt("documentationVersion")}),
        Target("/accessLogSettings", {"remove": _nothing_to_remove}),
        *(Target(path, {"add": _set_log, "replace": _set_log}) for path in _LOG_PATHS),
    ),
    refuse=_refuse,
)
