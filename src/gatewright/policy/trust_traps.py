"""The traps of trust policies: an identity provider is trusted, and it is not said whose users are meant.

In: a trust policy's text. Out: findings. Source: IAM user guide, "OIDC federation", "Configuring a role for an OIDC
provider"; Cognito developer guide, "IAM roles"; CVE-2024-28056.
"""

import json
from collections.abc import Iterator
from typing import Any

from gatewright.policy.audience import PROVIDER, trusts_any_pool
from gatewright.policy.finding import Finding, Level
from gatewright.policy.grammar import as_list

_OF_WHOM = ("aud", "oaud", "sub", "app_id")  # claims that tell one application or user from another


def open_trust(text: str) -> list[Finding]:
    """Return what is wrong with a trust policy: it trusts a provider, and does not say for which audience."""
    found = []
    if trusts_any_pool(text):
        message = (
            f"It trusts every identity pool of everybody: AWS refuses it, for want of a condition on {PROVIDER}:aud."
        )
        remedy = f'Add "StringEquals": {{"{PROVIDER}:aud": "REGION:POOL-ID"}}.'
        found.append(Finding(Level.ERROR, "no-audience", message, remedy))
    for number, statement in enumerate(as_list(json.loads(text)["Statement"]), 1):
        where = f"statement {statement.get('Sid') or f'#{number}'}"
        found += [finding.at(where) for finding in _federated(statement)]
    return found


def _federated(statement: dict[str, Any]) -> Iterator[Finding]:
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or statement["Effect"] != "Allow":
        return
    tested = {key.lower() for keys in (statement.get("Condition") or {}).values() for key in keys}
    for provider in as_list(principal.get("Federated", [])):
        if provider == PROVIDER:
            if f"{PROVIDER}:amr" not in tested:
                message = "It trusts visitors of the pool whether they have signed in or not."
                remedy = f'Add "ForAnyValue:StringLike": {{"{PROVIDER}:amr": "authenticated"}}, or "unauthenticated".'
                yield Finding(Level.WARNING, "no-amr", message, remedy)
        elif ":saml-provider/" not in provider:
            name = provider.rpartition("oidc-provider/")[2].lower()
            if not {f"{name}:{claim}" for claim in _OF_WHOM} & tested:
                message = f"It trusts everybody to whom {name} gives a token, of whatever application."
                remedy = f'Add "StringEquals": {{"{name}:aud": "CLIENT-ID"}}, and {name}:sub where only some may.'
                yield Finding(Level.WARNING, "no-audience", message, remedy)
