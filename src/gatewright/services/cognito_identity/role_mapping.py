"""Which role an authenticated identity gets. Pure.

In: a pool's roles and role mappings, the proven logins, and the role that the request asks for. Out: a role's ARN, or
`NoRole` with the reason. Law: a role comes from a claim that its provider has signed, from a rule, or is the pool's
default; a role that is asked for must be one of those that the login offers; where the mapping says *Deny*, nobody gets
a default.
Source: Cognito developer guide, "Role-based access control"; "SAML identity providers (identity pools)" (the roles of
an assertion count without a mapping); API reference, `RoleMapping`.

AWS does not say how a claim that is a list is compared: here a rule matches where it does for one of the values, and
`NotEqual` where it does for all. Nor what happens where two logins of one request lead to different roles: then none is
given, and the app asks with one of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gatewright.services.cognito_identity.pools import provider_name

_AUTHENTICATED = "authenticated"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What one proven login brings to the choice."""

    provider: str
    client: str = ""
    claims: Mapping[str, Any] = {}
    roles: tuple[str, ...] = ()  # of a SAML assertion


class NoRole(Exception):
    """There is no role for this login; `configured` says whether the pool could have given one."""

    def __init__(self, reason: str, *, configured: bool = True) -> None:
        super().__init__(reason)
        self.configured = configured


def choose_role(
    roles: Mapping[str, str], mappings: Mapping[str, Any], offers: Sequence[Offer], asked: str | None
) -> str:
    """Return the ARN of the role that logins lead to.

    Raises:
        NoRole: they lead to none.
    """
    found = [_of_login(roles, _mapping_of(mappings, offer), offer, asked) for offer in offers]
    chosen = {role for role in found if role is not None}
    if len(chosen) > 1:
        raise NoRole("The logins lead to different roles: ask with one of them.")
    if chosen:
        return chosen.pop()
    if asked is not None:
        raise NoRole(f"No login offers the role {asked}.")
    return _default(roles)


def _default(roles: Mapping[str, str]) -> str:
    if _AUTHENTICATED not in roles:
        raise NoRole(
            "The pool has no role for authenticated identities: set it with SetIdentityPoolRoles.", configured=False
        )
    return roles[_AUTHENTICATED]


def _mapping_of(mappings: Mapping[str, Any], offer: Offer) -> Mapping[str, Any] | None:
    """Return the mapping of a login's provider; one that names the client, too, is nearer."""
    named = {provider_name(name): mapping for name, mapping in mappings.items()}
    return named.get(f"{offer.provider}:{offer.client}") or named.get(offer.provider)


def _of_login(
    roles: Mapping[str, str], mapping: Mapping[str, Any] | None, offer: Offer, asked: str | None
) -> str | None:
    """Return the role that one login leads to, None where it says nothing about roles."""
    if mapping is None:
        return _of_assertion(offer, asked) if offer.roles else None
    if mapping["Type"] == "Token":
        role = _of_token(offer, asked)
    else:
        role = _of_rules(mapping["RulesConfiguration"]["Rules"], offer.claims, asked)
    if role is not None:
        return role
    if asked is not None:
        raise NoRole(f"The login of {offer.provider} does not offer the role {asked}.")
    if mapping.get("AmbiguousRoleResolution") == "AuthenticatedRole":
        return _default(roles)
    raise NoRole(f"The role mapping of {offer.provider} finds no single role, and its resolution is Deny.")


def _of_assertion(offer: Offer, asked: str | None) -> str:
    if asked is not None:
        if asked not in offer.roles:
            raise NoRole(f"The assertion does not offer the role {asked}.")
        return asked
    if len(offer.roles) > 1:
        raise NoRole("The assertion offers several roles: name one with CustomRoleArn.")
    return offer.roles[0]


def _of_token(offer: Offer, asked: str | None) -> str | None:
    """Return the role of the claims `cognito:preferred_role` and `cognito:roles`, or of an assertion."""
    offered = offer.roles or _listed(offer.claims.get("cognito:roles"))
    if asked is not None:
        return asked if asked in offered else None
    preferred = offer.claims.get("cognito:preferred_role")
    if isinstance(preferred, str) and preferred:
        return preferred
    return offered[0] if len(offered) == 1 else None


def _listed(claim: Any) -> tuple[str, ...]:
    """Return the roles in a claim: a list, or one string with commas."""
    if isinstance(claim, str):
        claim = claim.split(",")
    return tuple(str(role).strip() for role in claim if str(role).strip()) if isinstance(claim, list) else ()


def _of_rules(rules: Sequence[Mapping[str, Any]], claims: Mapping[str, Any], asked: str | None) -> str | None:
    for rule in rules:
        if asked in (None, rule["RoleARN"]) and matches(rule, claims.get(rule["Claim"])):
            return str(rule["RoleARN"])
    return None


def matches(rule: Mapping[str, Any], claim: Any) -> bool:
    """Say whether a rule matches a claim. One that is not in the token matches nothing, not even `NotEqual`."""
    if claim is None:
        return False
    seen = [_text(value) for value in (claim if isinstance(claim, list) else [claim])]
    wanted = str(rule["Value"])
    match rule["MatchType"]:
        case "Equals":
            return wanted in seen
        case "NotEqual":
            return wanted not in seen
        case "StartsWith":
            return any(value.startswith(wanted) for value in seen)
        case "Contains":
            return any(wanted in value for value in seen)
    return False


def _text(value: Any) -> str:
    """Return a claim's value as rules compare it: JSON's words for truth, not Python's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
