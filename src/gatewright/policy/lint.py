"""A policy read by a critic: what AWS would refuse, and what it would take although nobody may have meant it.

In: a document's text and what it will be to requests. Out: `Finding`s, the errors first. Law: an error is something
that AWS refuses; a warning is something that does other than it seems; a note is worth a second look. The traps are in
`traps.py`, `trust_traps.py` and `overlap.py`.
"""

import json
from collections.abc import Callable
from typing import Any

from gatewright.policy import traps
from gatewright.policy.document import CURRENT_VERSION, MalformedPolicy, PolicyKind, parse_policy, policy_size
from gatewright.policy.finding import Finding, Level
from gatewright.policy.grammar import as_list
from gatewright.policy.overlap import overlaps
from gatewright.policy.trust_traps import open_trust

__all__ = ["Finding", "Level", "lint", "looks_like"]

Actions = Callable[[str], frozenset[str] | None]

_SIZES = {
    PolicyKind.IDENTITY: (6_144, "a managed policy (2,048 inline for a user, 10,240 for a role)"),
    PolicyKind.BOUNDARY: (6_144, "a permissions boundary"),
    PolicyKind.SESSION: (2_048, "a session policy"),
    PolicyKind.TRUST: (2_048, "a trust policy, unless the quota is raised"),
    PolicyKind.RESOURCE: (8_192, "an API's resource policy"),
}


def looks_like(text: str) -> PolicyKind:
    """Guess what a document is: trust and resource policies name principals, and trust policies no resource."""
    try:
        statements = [one for one in as_list(json.loads(text)["Statement"]) if isinstance(one, dict)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return PolicyKind.IDENTITY
    if not any("Principal" in one or "NotPrincipal" in one for one in statements):
        return PolicyKind.IDENTITY
    trust = all("Resource" not in one and "NotResource" not in one for one in statements)
    return PolicyKind.TRUST if trust else PolicyKind.RESOURCE


def lint(text: str, *, kind: PolicyKind, actions: Actions) -> list[Finding]:
    """Return what is wrong or doubtful in a document; `actions` knows the actions of our services."""
    found = list(_refused(text, kind))
    if found:
        return found
    document: dict[str, Any] = json.loads(text)
    statements: list[dict[str, Any]] = as_list(document["Statement"])
    found += _as_a_whole(text, document, kind)
    for number, statement in enumerate(statements, 1):
        where = f"statement {statement.get('Sid') or f'#{number}'}"
        for trap in traps.TRAPS:
            found += [finding.at(where) for finding in trap(statement, kind, actions)]
    found += overlaps(statements)
    if kind is PolicyKind.TRUST:
        found += open_trust(text)
    return sorted(found, key=lambda finding: list(Level).index(finding.level))


def _refused(text: str, kind: PolicyKind) -> list[Finding]:
    try:
        parse_policy(text, kind=kind)
    except MalformedPolicy as error:
        where, hint = _where(text, kind)
        return [Finding(Level.ERROR, "refused", f"AWS refuses it: {error.message}", hint, where)]
    return []


def _where(text: str, kind: PolicyKind) -> tuple[str, str]:
    """Find the statement that is refused by itself; JSON that cannot be read has its place in the text."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return "", f"It is not JSON: {error}."
    if not isinstance(document, dict) or not document.get("Statement"):
        return "", "A policy is a JSON object with a Statement."
    for number, statement in enumerate(as_list(document["Statement"]), 1):
        try:
            parse_policy(json.dumps({**document, "Statement": [statement]}), kind=kind)
        except MalformedPolicy:
            name = statement.get("Sid") if isinstance(statement, dict) else None
            return f"statement {name or f'#{number}'}", "This statement alone is refused too."
    return "", "Each statement alone is in order: look for a Sid that is used twice, or at the other elements."


def _as_a_whole(text: str, document: dict[str, Any], kind: PolicyKind) -> list[Finding]:
    found = []
    if document.get("Version") != CURRENT_VERSION:
        variables = "${" in text
        message = "It has no Version 2012-10-17, so it is read by the rules of 2008"
        message += (
            ": its ${…} are plain text and no variables."
            if variables
            else ", and IAM takes no managed policy without it."
        )
        level = Level.ERROR if variables else Level.WARNING
        found.append(Finding(level, "version", message, f'Add "Version": "{CURRENT_VERSION}".'))
    most, what = _SIZES[kind]
    size = policy_size(text)
    if size > most:
        message = f"It has {size} characters without white space; {most} is the most for {what}."
        found.append(Finding(Level.WARNING, "size", message, "Split it, or write patterns for lists of resources."))
    return found
