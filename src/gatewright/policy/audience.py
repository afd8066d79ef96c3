"""Trust policies that would let in every identity pool there is, of whoever.

In: a trust policy's JSON text, already known to be in the policy language. Out: the statements that trust
`cognito-identity.amazonaws.com` without saying which pool. Law: such a statement is refused when it is written, and
counts for nothing when it is evaluated. Source: Cognito developer guide, "IAM roles", Set up a trust policy;
CVE-2024-28056.

Strict readings, where AWS's exact rule is not published: only a positive string condition on `…:aud` counts, not
one that also holds where the key is absent (`…IfExists`, `ForAllValues:`), not a pattern that every pool of a
region matches, not a policy variable.
"""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

PROVIDER = "cognito-identity.amazonaws.com"
ACTION = "sts:AssumeRoleWithWebIdentity"
_KEY = f"{PROVIDER}:aud"
_OPERATORS = {"stringequals", "stringequalsignorecase", "stringlike"}


def trusts_any_pool(document: str) -> bool:
    """Say whether a statement lets every identity pool take the role.

    `"Principal": "*"` is not meant: in trust policies it stands for callers with AWS credentials only.
    """
    return any(
        _is_for_pools(statement) and not _names_a_pool(statement.get("Condition") or {})
        for statement in _statements(document)
    )


def _statements(document: str) -> Iterator[Mapping[str, Any]]:
    statements = json.loads(document).get("Statement", [])
    yield from [statements] if isinstance(statements, dict) else statements


def _is_for_pools(statement: Mapping[str, Any]) -> bool:
    if statement.get("Effect") != "Allow" or not _covers_action(statement):
        return False
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    return isinstance(principal, dict) and not {PROVIDER, "*"}.isdisjoint(_texts(principal.get("Federated")))


def _covers_action(statement: Mapping[str, Any]) -> bool:
    wanted = ACTION.lower()
    if "Action" in statement:
        return any(fnmatchcase(wanted, pattern.lower()) for pattern in _texts(statement["Action"]))
    return not any(fnmatchcase(wanted, pattern.lower()) for pattern in _texts(statement.get("NotAction")))


def _names_a_pool(condition: Mapping[str, Mapping[str, Any]]) -> bool:
    for operator, keys in condition.items():
        if operator.lower().removeprefix("foranyvalue:") not in _OPERATORS:
            continue
        for key, values in keys.items():
            if key.lower() == _KEY and all(_is_specific(value) for value in _texts(values)):
                return True
    return False


def _is_specific(value: str) -> bool:
    """Say whether a value stands for certain pools: there is something literal in the part after the region."""
    return "${" not in value and bool(value.partition(":")[2].strip("*?-"))


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)
