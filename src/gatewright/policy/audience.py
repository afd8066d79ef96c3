"""Trust policies that would let in everybody whom a shared identity provider knows.

In: a trust policy's JSON text, already known to be in the policy language. Out: the shared provider that a statement
trusts without saying which pool or app its users must come by. Law: such a statement is refused when it is written, and
counts for nothing when it is evaluated. Source: Cognito developer guide, "IAM roles", Set up a trust policy;
CVE-2024-28056; IAM user guide, "Create a role for OpenID Connect federation" (conditions on `aud` and `app_id`).

Strict readings, where AWS's exact rule is not published: only a positive string condition on `…:aud` counts, not
one that also holds where the key is absent (`…IfExists`, `ForAllValues:`), not a pattern that every pool of a
region matches, not a policy variable.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.core.identity import anonymous
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.match import pattern_set

PROVIDER = "cognito-identity.amazonaws.com"
ACTION = "sts:AssumeRoleWithWebIdentity"
_KEYS = {  # shared providers, and the condition keys that say whose users are meant
    PROVIDER: ("aud",),
    "accounts.google.com": ("aud",),
    "appleid.apple.com": ("aud",),
    "graph.facebook.com": ("aud", "app_id"),
    "www.amazon.com": ("aud", "app_id"),
}
_NOTHING = AuthorizationRequest(anonymous(), "", "")  # actions have no variables
_OPERATORS = {"stringequals", "stringequalsignorecase", "stringlike"}


def trusts_any_pool(document: str) -> bool:
    """Say whether a statement lets every identity pool take the role."""
    return any(_is_open(statement, PROVIDER) for statement in _statements(document))


def open_provider(document: str) -> str | None:
    """Return a shared provider all of whose users could take the role, None where there is none.

    `"Principal": "*"` is not meant: in trust policies it stands for callers with AWS credentials only.
    """
    for statement in _statements(document):
        for provider in _KEYS:
            if _is_open(statement, provider):
                return provider
    return None


def _is_open(statement: Mapping[str, Any], provider: str) -> bool:
    return _is_for(statement, provider) and not _names_whose(statement.get("Condition") or {}, provider)


def _statements(document: str) -> Iterator[Mapping[str, Any]]:
    statements = json.loads(document).get("Statement", [])
    yield from [statements] if isinstance(statements, dict) else statements


def _is_for(statement: Mapping[str, Any], provider: str) -> bool:
    if statement.get("Effect") != "Allow" or not _covers_action(statement):
        return False
    if "NotPrincipal" in statement:
        return provider == PROVIDER
    principal = statement.get("Principal")
    return isinstance(principal, dict) and not {provider, "*"}.isdisjoint(_texts(principal.get("Federated")))


def _covers_action(statement: Mapping[str, Any]) -> bool:
    if "Action" in statement:
        return pattern_set(_texts(statement["Action"]), fold=True).match(ACTION.lower(), _NOTHING)
    return not pattern_set(_texts(statement.get("NotAction")), fold=True).match(ACTION.lower(), _NOTHING)


def _names_whose(condition: Mapping[str, Mapping[str, Any]], provider: str) -> bool:
    wanted = {f"{provider}:{key}" for key in _KEYS[provider]}
    for operator, keys in condition.items():
        if operator.lower().removeprefix("foranyvalue:") not in _OPERATORS:
            continue
        for key, values in keys.items():
            if key.lower() in wanted and all(_is_specific(value, provider) for value in _texts(values)):
                return True
    return False


def _is_specific(value: str, provider: str) -> bool:
    """Say whether a value stands for certain pools or apps: a pool's id says something after its region."""
    literal = value.partition(":")[2] if provider == PROVIDER else value
    return "${" not in value and bool(literal.strip("*?-."))


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)
