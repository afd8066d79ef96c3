"""Attributes for access control: claims of a login that become principal tags of the session.

Source: Cognito developer guide, "Using attributes for access control", "Default provider mappings"; API reference,
`SetPrincipalTagAttributeMap`.

The default mappings' tag keys are the console's: `client` for the audience, `username` for the subject (for SAML, the
name identifier and the name). A claim that a token does not have gives no tag.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_identity.faults import invalid_parameter, not_authorized
from gatewright.services.cognito_identity.identity_pools import pool_row_of
from gatewright.services.cognito_identity.logins import ProvenLogin
from gatewright.services.cognito_identity.pools import SHELF, Pool, pool_of, provider_name, provider_names

_DEFAULTS = {"client": "aud", "username": "sub"}
_SAML_DEFAULTS = {
    "client": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    "username": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
}
_LONGEST_VALUE = 256
_MOST_BYTES = 460  # AWS: of all attribute names together
_FORBIDDEN = re.compile(r"[^\w .:/=+\-@]")


async def set_principal_tag_attribute_map(call: Call, params: Params) -> Result:
    """Say which claims of a provider's logins become tags; without claims and defaults, none does.

    Raises:
        Fault: `InvalidParameterException`, `ResourceNotFoundException`.
    """
    row = await pool_row_of(call, params["IdentityPoolId"])
    name = provider_name(params["IdentityProviderName"])
    if name not in provider_names(pool_of(row)):
        raise invalid_parameter(f"The identity pool has no provider {name}.")
    tags: dict[str, str] = dict(params.get("PrincipalTags") or {})
    defaults = bool(params.get("UseDefaults"))
    if defaults and tags:
        raise invalid_parameter("PrincipalTags and UseDefaults exclude each other: give one of them.")
    if sum(len(claim.encode()) for claim in tags.values()) > _MOST_BYTES:
        raise invalid_parameter(f"The attribute names can have at most {_MOST_BYTES} bytes together.")
    mapping = {"UseDefaults": defaults, "PrincipalTags": tags}
    row.principal_tags = {**row.principal_tags, name: mapping}
    await call.session.flush()
    call.publish(SHELF, row.identity_pool_id)
    return _show(params, mapping)


async def get_principal_tag_attribute_map(call: Call, params: Params) -> Result:
    """Return which claims of a provider's logins become tags."""
    row = await pool_row_of(call, params["IdentityPoolId"])
    name = provider_name(params["IdentityProviderName"])
    return _show(params, row.principal_tags.get(name) or {"UseDefaults": False, "PrincipalTags": {}})


def _show(params: Params, mapping: Mapping[str, Any]) -> Result:
    shown = mapping["PrincipalTags"] or (_DEFAULTS if mapping["UseDefaults"] else {})
    if mapping["UseDefaults"] and ":saml-provider/" in params["IdentityProviderName"]:
        shown = _SAML_DEFAULTS
    return {
        "IdentityPoolId": params["IdentityPoolId"],
        "IdentityProviderName": params["IdentityProviderName"],
        "UseDefaults": mapping["UseDefaults"],
        "PrincipalTags": shown,
    }


def tags_of(pool: Pool, proven: Sequence[ProvenLogin]) -> dict[str, str]:
    """Return the principal tags that logins give a session.

    Raises:
        Fault: `NotAuthorizedException` where a claim cannot be a tag, or two logins disagree.
    """
    tags: dict[str, str] = {}
    for login in proven:
        for key, claim in _claims(pool, login).items():
            value = _value(login, claim)
            if value is None:
                continue
            if len(value) > _LONGEST_VALUE or _FORBIDDEN.search(value):
                raise not_authorized(f"The claim {claim} has a value that no tag can have.")
            if tags.setdefault(key, value) != value:
                raise not_authorized(f"The logins disagree about the tag {key}: ask with one of them.")
    return tags


def _claims(pool: Pool, login: ProvenLogin) -> Mapping[str, str]:
    mapping = pool.principal_tags.get(login.provider)
    if mapping is None:
        return {}
    if mapping["UseDefaults"]:
        return _SAML_DEFAULTS if login.provider in pool.saml_providers else _DEFAULTS
    claims: Mapping[str, str] = mapping["PrincipalTags"]
    return claims


def _value(login: ProvenLogin, claim: str) -> str | None:
    """Return a claim as a tag's value; of several values the first, as a tag has one."""
    known = {"aud": login.client, "sub": login.subject}
    value = known[claim] if known.get(claim) else login.claims.get(claim)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None or isinstance(value, dict):
        return None
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
