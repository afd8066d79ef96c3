"""What each step of a request saw and decided: the raw material of every explanation.

A step appends one `Step`; nothing here formats, stores or judges. Values must already be free of secrets and whole
tokens.
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


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one request."""

    request_id: str
    at: float  # seconds since the epoch
    method: str
    host: str
    path: str  # without the query, which may hold a signature
    status: int
    caller: str = ""  # ARN, empty where nobody was proven
    steps: tuple[Step, ...] = ()


class Traces:
    """The last refusals (and, where wanted, the last successes), the oldest out first."""

    __slots__ = ("_kept", "_limit", "wants_success")

    def __init__(self, limit: int = 1_000, wants_success: bool = False) -> None:
        self._kept: dict[str, Kept] = {}
        self._limit = limit
        self.wants_success = wants_success

    def keep(self, kept: Kept) -> None:
        """Remember one request."""
        if len(self._kept) >= self._limit:
            del self._kept[next(iter(self._kept))]
        self._kept[kept.request_id] = kept

    def find(self, request_id: str) -> Kept | None:
        """Return what is remembered of a request."""
        return self._kept.get(request_id)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
