"""What a trace keeps of an explanation: what decided, and what missed by how little.

In: an `Explanation`. Out: plain values, bounded. Law: only statements about the very action are told; the nearest
misses come first: a condition that failed is nearer than a resource, and a resource nearer than a principal.
"""

from typing import Any

from gatewright.policy.explain import Explanation, Miss, PolicyTrail, StatementTrail

_MOST = 12  # near misses
_VALUES = 8  # of one element
_LONGEST = 256  # characters of one value
_NEARNESS = {"Condition": 0, "Resource": 1, "NotResource": 1, "Principal": 2, "NotPrincipal": 2}


def findings(explanation: Explanation) -> dict[str, Any]:
    """Return what is worth keeping of an explanation."""
    decision = explanation.decision
    near = [
        (policy, statement, statement.miss)
        for policy in explanation.policies
        for statement in policy.statements
        if statement.near and statement.miss is not None and statement.effect == "Allow"
    ]
    near.sort(key=lambda found: _NEARNESS.get(found[2].element, 3))
    return {
        "action": explanation.action,
        "resource": explanation.resource,
        "caller": explanation.caller,
        "outcome": decision.outcome.value,
        "policy_kind": decision.kind.value if decision.kind is not None else "",
        "policy": decision.policy,
        "statement": decision.statement,
        "policies": [f"{policy.kind.value} {policy.name}".strip() for policy in explanation.policies][:_MOST],
        "near_misses": [_told(*found) for found in near[:_MOST]],
    }


def _told(policy: PolicyTrail, statement: StatementTrail, miss: Miss) -> dict[str, Any]:
    told: dict[str, Any] = {
        "policy_kind": policy.kind.value,
        "policy": policy.name,
        "statement": statement.name,
        "effect": statement.effect,
        "element": miss.element,
        "needed": _bounded(miss.needed),
        "seen": _bounded(miss.seen),
    }
    if miss.element == "Condition":
        told |= {"operator": miss.operator, "key": miss.key}
    if miss.unresolved:
        told["unresolved"] = list(miss.unresolved[:_VALUES])
    return told


def _bounded(values: tuple[str, ...]) -> list[str]:
    return [value[:_LONGEST] for value in values[:_VALUES]]
