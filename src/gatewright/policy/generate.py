"""The least policy that recorded requests needed.

In: records of one role or user. Out: a policy document that allows each of them and no more, and nothing that was
refused. Law: what another policy allows anyway is not asked for; a resource is widened only where it was recorded with
a pattern (the path variables of an API's method).
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from gatewright.policy.decision import Outcome
from gatewright.policy.record import Record

_ESCAPES = str.maketrans({"*": "${*}", "?": "${?}", "$": "${$}"})


def least_policy(records: Iterable[Record]) -> dict[str, Any] | None:
    """Return the policy document, None where nothing was needed."""
    actions: dict[str, set[str]] = defaultdict(set)  # resource -> actions
    for record in records:
        if record.outcome is Outcome.ALLOWED and record.silent is not Outcome.ALLOWED:
            actions[_resource(record)].add(record.action)
    resources: dict[tuple[str, ...], list[str]] = defaultdict(list)  # actions -> resources
    for resource, needed in actions.items():
        resources[tuple(sorted(needed))].append(resource)
    if not resources:
        return None
    statements = [
        {"Effect": "Allow", "Action": _one_or_many(list(needed)), "Resource": _one_or_many(sorted(found))}
        for needed, found in sorted(resources.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def written(document: dict[str, Any]) -> str:
    """Return a document as text."""
    return json.dumps(document, indent=2)


def _resource(record: Record) -> str:
    """Return a resource as a policy must write it: `*`, `?` and `$` of a recorded name are those characters only."""
    if record.pattern:
        return record.pattern
    return record.resource if record.resource == "*" else record.resource.translate(_ESCAPES)


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
