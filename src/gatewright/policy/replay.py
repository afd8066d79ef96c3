"""Which recorded decisions would another policy change?

In: records of one role or user, and the policy that would take the place of all its identity policies. Out: one
`Change` for each record whose answer would be another. Law: the policies that were not replaced keep their word of that
time (see `record.py`); a record stands for the first of its requests, whose condition keys it holds.
"""

from collections.abc import Iterable

import msgspec

from gatewright.policy.decision import Decision, Outcome
from gatewright.policy.document import Policy
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.policy.record import Record


class Change(msgspec.Struct, frozen=True):
    """A recorded decision, and what it would become."""

    record: Record
    after: Outcome
    reason: str


def replay(records: Iterable[Record], policy: Policy) -> tuple[Change, ...]:
    """Return the decisions that would change."""
    changes = []
    for record in records:
        after, reason = answer(record, policy)
        if after is not record.outcome:
            changes.append(Change(record, after, reason))
    return tuple(changes)


def answer(record: Record, policy: Policy) -> tuple[Outcome, str]:
    """Return what would be decided with this policy in place of the identity policies, and why."""
    said: Decision = decide(record.question, PolicySet(identity=(policy,), same_account=True))
    if said.outcome is Outcome.EXPLICIT_DENY:
        return said.outcome, said.reason
    if said.outcome is Outcome.ALLOWED:
        if record.granted is Outcome.ALLOWED:
            return record.granted, said.reason
        return record.granted, f"{said.reason} But a boundary, session or resource policy does not."
    if record.silent is Outcome.ALLOWED:
        return record.silent, "The resource's own policy allows it, whatever the identity policies say."
    return record.silent, said.reason
