"""The settings of a RestApi that are more than a text: which are taken, which are refused, and what may be patched.

Law: `EDGE` and `REGIONAL`, `ipv4` and `dualstack` are taken as AWS's names for where an API listens; here that is
decided by the listener's address, for all APIs alike. Nothing else is taken that the gateway does not enforce.
Source: API Gateway API reference, "CreateRestApi" and "Patch Operations".
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Params
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request, unsupported
from gatewright.services.apigateway.patches import (
    Draft,
    Patch,
    Patchable,
    Target,
    flag,
    plain,
    refused,
    removed,
    text,
    whole_number,
)
from gatewright.wire.faults import Fault

_TYPES = ("REGIONAL", "EDGE", "PRIVATE")
_IP_ADDRESS_TYPES = ("ipv4", "dualstack")
_ONE_TYPE = "Cannot create an api with multiple Endpoint Types."
_NO_TYPE = "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."


def endpoint_of(configuration: Mapping[str, Any]) -> tuple[str, str]:
    """Return the type and the IP address type of an endpoint configuration, by AWS's defaults.

    Raises:
        Fault: the types are none or several, do not go together, or ask for a private endpoint.
    """
    types = configuration.get("types")
    if types is None:
        types = ["EDGE"]
    if not types:
        raise bad_request(_NO_TYPE)
    if len(types) > 1:
        raise bad_request(_ONE_TYPE)
    ip_address_type = configuration.get("ipAddressType")
    if types == ["PRIVATE"]:
        if ip_address_type == "ipv4":
            raise bad_request("Only dualstack ipAddressType is supported for Private APIs.")
        raise _private("The endpoint type PRIVATE")
    if configuration.get("vpcEndpointIds"):
        raise _private("endpointConfiguration.vpcEndpointIds")
    return types[0], ip_address_type or "ipv4"


def check_settings(params: Params) -> None:
    """Refuse what an API may not be created with.

    Raises:
        Fault: a setting is out of range, or not built yet.
    """
    if params.get("minimumCompressionSize") is not None:
        raise _compression(str(params["minimumCompressionSize"]))
    if params.get("binaryMediaTypes"):
        raise _binary()
    if params.get("apiKeySource") == "AUTHORIZER":
        raise _key_source()
    if params.get("cloneFrom"):
        raise unsupported("cloneFrom", "Create the API and its resources one by one.")
    if params.get("securityPolicy") not in (None, "TLS_1_0"):
        raise _tls("securityPolicy")
    if params.get("endpointAccessMode") not in (None, "BASIC"):
        raise _tls("endpointAccessMode")


def _private(setting: str) -> Fault:
    return unsupported(setting, "Use EDGE or REGIONAL, and close the network with a resource policy on aws:SourceIp.")


def _compression(value: str) -> Fault:
    low, high = limits.COMPRESSION_BYTES
    size = whole_number(value)
    if size is None or not low <= size <= high:
        return bad_request(f"Invalid minimum compression size, must be between {low} and {high}")
    return unsupported("minimumCompressionSize", "Leave it out: payloads are sent as they are.")


def _binary() -> Fault:
    return unsupported("binaryMediaTypes", "Leave it out: payloads are treated as UTF-8 text.")


def _key_source() -> Fault:
    return unsupported("apiKeySource AUTHORIZER", "Use HEADER.")


def _tls(setting: str) -> Fault:
    return unsupported(setting, "Leave it out: the TLS policy is the one of whatever terminates TLS in front.")


def _check_name(value: str) -> None:
    if not value:
        raise bad_request("API name cannot be an empty string")


def _set_type(draft: Draft, patch: Patch) -> None:
    if patch.value not in _TYPES:
        raise bad_request(f"Invalid EndpointTypes specified. Valid options are {','.join(_TYPES)}")
    configuration = draft["endpointConfiguration"]
    configuration["types"] = [patch.value]
    if patch.value == "PRIVATE":
        configuration["ipAddressType"] = "dualstack"


def _add_type(draft: Draft, patch: Patch) -> None:
    raise bad_request(_ONE_TYPE)


def _remove_type(draft: Draft, patch: Patch) -> None:
    raise bad_request(_NO_TYPE)


def _set_ip_address_type(draft: Draft, patch: Patch) -> None:
    if patch.value not in _IP_ADDRESS_TYPES:
        raise bad_request("ipAddressType must be either ipv4 or dualstack.")
    draft["endpointConfiguration"]["ipAddressType"] = patch.value


_no_binary = refused(lambda _: _binary())
_no_vpc_endpoints = refused(lambda _: _private("endpointConfiguration.vpcEndpointIds"))

REST_API = Patchable(
    targets=(
        Target("/name", {"replace": text("name", _check_name)}),
        Target("/description", {"replace": text("description"), "remove": removed("description")}),
        Target("/policy", {"replace": text("policy"), "remove": removed("policy")}),
        Target("/disableExecuteApiEndpoint", {"replace": flag("disableExecuteApiEndpoint")}),
        Target("/apiKeySource", {"replace": refused(lambda _: _key_source(), lambda patch: patch.value == "HEADER")}),
        Target(
            "/minimumCompressionSize",
            {"replace": refused(lambda patch: _compression(patch.value or ""), lambda patch: not patch.value)},
        ),
        Target("/binaryMediaTypes/{type}", {"add": _no_binary, "replace": _no_binary, "remove": _no_binary}),
        Target(
            "/endpointConfiguration/types/{type}",
            {"add": _add_type, "remove": _remove_type, "replace": _set_type},
            wrong_operation="Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
        ),
        Target("/endpointConfiguration/ipAddressType", {"replace": _set_ip_address_type}),
        Target("/endpointConfiguration/vpcEndpointIds", {"add": _no_vpc_endpoints, "remove": _no_vpc_endpoints}),
        Target("/securityPolicy", {"replace": refused(lambda _: _tls("securityPolicy"))}),
        Target("/endpointAccessMode", {"replace": refused(lambda _: _tls("endpointAccessMode"))}),
    ),
    refuse=plain,
)
