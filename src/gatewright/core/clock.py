"""Time as a value that is handed in, so that what depends on it can be tested at any moment.

Law: no module below `app.py` calls `time.time()` to decide anything; it asks its `Clock`.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...


class SystemClock:
    """The machine's own clock."""

    __slots__ = ()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()


class FixedClock:
    """A clock that stands still until it is moved: for tests and simulations."""

    __slots__ = ("at",)

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        """Return the moment that was set, in seconds since the epoch."""
        return self.at


def iso8601(at: float) -> str:
    """Return `2026-01-31T12:00:00Z` for seconds since the epoch."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def amz_date(at: float) -> str:
    """Return `20260131T120000Z`, the form of `X-Amz-Date`, for seconds since the epoch."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
