"""Settings of an app client: defaults, and what is not taken. Pure.

In: the parameters of `CreateUserPoolClient` or `UpdateUserPoolClient`. Out: the settings as `DescribeUserPoolClient`
shows them. Law: what cannot be enforced is refused by its name.
Assumed, after the API reference: a client without `ReadAttributes` reads, and one without `WriteAttributes` writes, the
standard attributes only. Source: Cognito API reference, `CreateUserPoolClient`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gatewright.services.cognito_idp.faults import invalid_parameter, not_yet
from gatewright.services.cognito_idp.pools.pool_settings import is_lite, not_in_tier
from gatewright.services.cognito_idp.pools.user_pool_schema import STANDARD
from gatewright.storage.user_pools import UserPool, UserPoolClient

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_DAY = 86_400
_LIMITS = {  # member -> unit where none is said, default, shortest and longest in seconds
    "AccessTokenValidity": ("AccessToken", "hours", 1, 300, _DAY),
    "IdTokenValidity": ("IdToken", "hours", 1, 300, _DAY),
    "RefreshTokenValidity": ("RefreshToken", "days", 30, 3_600, 3_650 * _DAY),
}
_LEGACY_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"})
_DEFAULT_FLOWS = ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")
_OAUTH = (
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "AllowedOAuthFlowsUserPoolClient",
    "CallbackURLs",
    "LogoutURLs",
    "DefaultRedirectURI",
)
_UNWRITABLE = frozenset({"sub", "email_verified", "phone_number_verified", "identities"})
_UNREADABLE = frozenset({"identities"})


def settings_of(
    params: Mapping[str, Any], pool: Mapping[str, Any], schema: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the settings of a client of a pool with these settings and this schema.

    Raises:
        Fault: `InvalidParameterException`, `FeatureUnavailableInTierException`.
    """
    _refuse(params)
    revocation, context = params.get("EnableTokenRevocation"), params.get("EnablePropagateAdditionalUserContextData")
    if context:
        raise not_yet("EnablePropagateAdditionalUserContextData, which is for threat protection,")
    settings: dict[str, Any] = {
        "ExplicitAuthFlows": _flows(params.get("ExplicitAuthFlows") or ()),
        "RefreshTokenValidity": params.get("RefreshTokenValidity") or _LIMITS["RefreshTokenValidity"][2],
        "TokenValidityUnits": params.get("TokenValidityUnits") or None,
        "AllowedOAuthFlowsUserPoolClient": False,
        "EnableTokenRevocation": True if revocation is None else revocation,
        "EnablePropagateAdditionalUserContextData": False,
        "AuthSessionValidity": params.get("AuthSessionValidity") or 3,
        "ReadAttributes": _attributes(params, "ReadAttributes", schema, _UNREADABLE),
        "WriteAttributes": _attributes(params, "WriteAttributes", schema, frozenset({"sub", "identities"})),
    }
    for member in (
        "AccessTokenValidity",
        "IdTokenValidity",
        "PreventUserExistenceErrors",
        "SupportedIdentityProviders",
        "RefreshTokenRotation",
    ):
        settings[member] = params.get(member)
    settings = {name: value for name, value in settings.items() if value is not None}
    for member in _LIMITS:
        _check_validity(settings, member)
    _check_rotation(settings)
    _check_tier(settings, pool)
    _check_required(settings, schema)
    return settings


def _refuse(params: Mapping[str, Any]) -> None:
    for member in _OAUTH:
        if params.get(member):
            raise not_yet(member, "The OAuth endpoints of a user pool domain come later; leave it out.")
    if params.get("AnalyticsConfiguration"):
        raise not_yet("AnalyticsConfiguration")
    for provider in params.get("SupportedIdentityProviders") or ():
        if provider != "COGNITO":
            raise not_yet(f"the identity provider {provider}", "Use COGNITO.")
    for flow in params.get("ExplicitAuthFlows") or ():
        if flow.startswith("ALLOW_TOKEN_EXCHANGE"):
            raise not_yet(flow)


def _flows(asked: Sequence[str]) -> list[str]:
    flows = sorted(set(asked))
    if not flows:
        return list(_DEFAULT_FLOWS)
    legacy = _LEGACY_FLOWS.intersection(flows)
    if legacy and len(legacy) < len(flows):
        raise invalid_parameter(
            f"{', '.join(sorted(legacy))} cannot be mixed with the flows that begin with ALLOW_ in ExplicitAuthFlows."
        )
    return flows


def _attributes(
    params: Mapping[str, Any], member: str, schema: Sequence[Mapping[str, Any]], never: frozenset[str]
) -> list[str] | None:
    """Return the list of attributes a client was given, None where it was given none."""
    if not params.get(member):
        return None
    known = {attribute["Name"] for attribute in schema if not attribute["DeveloperOnlyAttribute"]} - never
    if not known.issuperset(params[member]):
        kind = "read" if member == "ReadAttributes" else "write"
        raise invalid_parameter(f"Invalid {kind} attributes specified while creating a client")
    if member == "WriteAttributes" and _UNWRITABLE.intersection(params[member]):
        raise invalid_parameter("Invalid write attributes specified while creating a client")
    return sorted(set(params[member]))


def _check_required(settings: Mapping[str, Any], schema: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a client with which nobody could sign up, because it must not write what the pool requires."""
    writable = settings.get("WriteAttributes")
    required = {one["Name"] for one in schema if one["Required"]} - {"sub"}
    if writable is not None and not required.issubset(writable):
        raise invalid_parameter(
            "Invalid write attributes specified while creating a client: required ones are missing."
        )


def _check_validity(settings: Mapping[str, Any], member: str) -> None:
    seconds = _validity(settings, member)
    _, _, _, shortest, longest = _LIMITS[member]
    if not shortest <= seconds <= longest:
        raise invalid_parameter(f"Invalid range for token validity: {member} is {shortest} to {longest} seconds.")
    if seconds > _validity(settings, "RefreshTokenValidity"):  # the console's rule; a session ends for all its tokens
        raise invalid_parameter(f"Invalid range for token validity: {member} is longer than RefreshTokenValidity.")


def _validity(settings: Mapping[str, Any], member: str) -> int:
    token, unit, default, _, _ = _LIMITS[member]
    units: Mapping[str, str] = settings.get("TokenValidityUnits") or {}
    value: int = settings.get(member) or default
    # The default is a number of its own unit, whatever unit the client has for what it says itself.
    return value * _SECONDS[(units.get(token) or unit) if settings.get(member) else unit]


def _check_rotation(settings: Mapping[str, Any]) -> None:
    rotation: Mapping[str, Any] = settings.get("RefreshTokenRotation") or {}
    if rotation.get("Feature") == "ENABLED" and "ALLOW_REFRESH_TOKEN_AUTH" in settings["ExplicitAuthFlows"]:
        raise invalid_parameter(
            "ALLOW_REFRESH_TOKEN_AUTH cannot be enabled together with refresh token rotation; "
            "clients then use GetTokensFromRefreshToken. Leave it out of ExplicitAuthFlows."
        )


def _check_tier(settings: Mapping[str, Any], pool: Mapping[str, Any]) -> None:
    """Refuse what the pool's feature plan does not have: choice-based sign-in, and rotation."""
    if not is_lite(pool):
        return
    if "ALLOW_USER_AUTH" in settings["ExplicitAuthFlows"]:
        raise not_in_tier("ALLOW_USER_AUTH")
    if (settings.get("RefreshTokenRotation") or {}).get("Feature") == "ENABLED":
        raise not_in_tier("RefreshTokenRotation")


def validity_seconds(client: UserPoolClient, token: str) -> int:
    """Return how long a client's tokens are good: `token` is AccessToken, IdToken or RefreshToken."""
    return _validity(client.settings, f"{token}Validity")


def allows_flow(client: UserPoolClient, flow: str) -> bool:
    """Say whether a client may use an authentication flow, named as `InitiateAuth` names it.

    With the older names of flows, SRP and refreshing need not be named; `CUSTOM_AUTH_FLOW_ONLY` allows nothing else.
    """
    flows: Sequence[str] = client.settings["ExplicitAuthFlows"]
    if flow == "REFRESH_TOKEN":
        flow = "REFRESH_TOKEN_AUTH"
    if not _LEGACY_FLOWS.intersection(flows):
        modern = "ADMIN_USER_PASSWORD_AUTH" if flow == "ADMIN_NO_SRP_AUTH" else flow
        return f"ALLOW_{modern}" in flows
    if flow == "REFRESH_TOKEN_AUTH":
        return True
    if "CUSTOM_AUTH_FLOW_ONLY" in flows:
        return flow == "CUSTOM_AUTH"
    if flow in {"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}:
        return "ADMIN_NO_SRP_AUTH" in flows
    return flow in {"USER_SRP_AUTH", "CUSTOM_AUTH"} or (flow == "USER_PASSWORD_AUTH" and flow in flows)


def hides_users(client: UserPoolClient) -> bool:
    """Say whether nobody may learn from this client which users exist (`PreventUserExistenceErrors`)."""
    return client.settings.get("PreventUserExistenceErrors") == "ENABLED"


def readable(client: UserPoolClient) -> frozenset[str]:
    """Return which attributes a client shows to its user, `sub` always."""
    named = client.settings.get("ReadAttributes")
    return STANDARD if named is None else frozenset(named) | {"sub"}


def writable(client: UserPoolClient, pool: UserPool) -> frozenset[str]:
    """Return which attributes a client's user may write; those that the pool requires always are."""
    named = client.settings.get("WriteAttributes")
    required = frozenset(name for name, attribute in pool.schema.items() if attribute["Required"])
    return (STANDARD if named is None else required.union(named)) - _UNWRITABLE
