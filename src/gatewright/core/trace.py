"""What each step of a request saw and decided: the raw material of every explanation.

A step appends one `Step`; nothing here formats, stores or judges. Values must already be free of secrets and whole tokens.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec


class Outcome(StrEnum):
    """How a step ended."""

    PASSED = "passed"
    REFUSED = "refused"
    NOT_APPLICABLE = "notApplicable"


class Step(msgspec.Struct, frozen=True):
    """One step of the chain: its name on the story page, how it ended, why, and what it saw."""

    name: str
    outcome: Outcome
    reason: str
    details: Mapping[str, Any] = {}


class Trace:
    """The steps of one request, in order."""

    __slots__ = ("request_id", "steps")

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.steps: list[Step] = []

    def passed(self, name: str, reason: str, **details: Any) -> None:
        """Record that a step let the request go on."""
        self.steps.append(Step(name, Outcome.PASSED, reason, details))

    def refused(self, name: str, reason: str, **details: Any) -> None:
        """Record that a step stopped the request."""
        self.steps.append(Step(name, Outcome.REFUSED, reason, details))
