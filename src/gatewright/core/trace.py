"""What each step of a request saw and decided: the raw material of every explanation.

In: steps, as they happen. Out: a `Kept` for each request that is remembered: every refusal, and one success in so many.
Law: a step appends one `Step`; nothing here formats or judges. Values must already be free of secrets and whole tokens.
What is not kept costs the list of its steps and nothing else. `storage/journal.py` writes down what is kept here.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

_LONGEST_REASON = 4_096  # characters; a sentence may quote what a client sent, and thousands of them are kept
_LONGEST_DETAIL = 6_144  # characters of one; a canonical request has this length where nobody wants to fill a memory
_MOST_DETAILS = 16_384  # characters of all of a step's
EXECUTE_API = "execute-api"  # the plane of a deployed API's requests; AWS API calls bear their service's name


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

    @property
    def was_refused(self) -> bool:
        """Whether a step has stopped the request."""
        return any(step.outcome is Outcome.REFUSED for step in self.steps)

    def has_passed(self, name: str) -> bool:
        """Say whether a step has let the request go on."""
        return any(step.name == name and step.outcome is Outcome.PASSED for step in self.steps)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one request. It holds no header, no body, and of the URL no query."""

    request_id: str
    at: float  # seconds since the epoch
    method: str
    host: str
    path: str  # without the query, which may hold a signature
    status: int
    plane: str = ""  # execute-api, or the AWS service that was called
    operation: str = ""  # of an AWS service
    region: str = ""
    api_id: str = ""
    stage_name: str = ""
    client: str = ""  # address
    caller: str = ""  # ARN, empty where nobody was proven
    error: str = ""  # AWS's code, empty where the request was answered
    steps: tuple[Step, ...] = ()

    @property
    def stopped_by(self) -> Step | None:
        """The step that stopped the request."""
        return next((step for step in self.steps if step.outcome is Outcome.REFUSED), None)

    @property
    def refused(self) -> bool:
        """Whether a step stopped the request: an API may answer 404 to a request that was let in."""
        return self.stopped_by is not None


class Allowance:
    """So many a second and no more: for work that refusals cause, and that must not become a lever."""

    __slots__ = ("_left", "_most", "_second")

    def __init__(self, most: int = 10) -> None:
        self._most = most
        self._left = most
        self._second = 0

    def take(self, now: float) -> bool:
        """Take one, if one is left in this second."""
        if int(now) != self._second:
            self._second, self._left = int(now), self._most
        self._left -= 1
        return self._left >= 0


class Traces:
    """The last refusals and, of the successes, one in so many: the oldest out first.

    What is kept is found here at once, and waits here to be written down.
    """

    __slots__ = ("_countdown", "_each", "_limit", "_passed", "_refused", "_waiting", "wake")

    def __init__(self, limit: int = 1_000, share: float = 0.0) -> None:
        self._refused: OrderedDict[str, Kept] = OrderedDict()
        self._passed: OrderedDict[str, Kept] = OrderedDict()
        self._limit = limit
        self._each = round(1 / share) if share > 0 else 0  # 0: no success is wanted; 1: every one
        self._countdown = self._each
        self._waiting: deque[Kept] = deque(maxlen=limit)
        self.wake: Callable[[], None] | None = None  # told when the first one waits to be written

    @property
    def wants_success(self) -> bool:
        """Whether the success that is being answered now is wanted: asking counts it."""
        if self._each <= 1:
            return self._each == 1
        self._countdown -= 1
        if self._countdown > 0:
            return False
        self._countdown = self._each
        return True

    def keep(self, kept: Kept) -> None:
        """Remember one request."""
        if any(len(step.reason) > _LONGEST_REASON or _size(step.details) > _LONGEST_DETAIL for step in kept.steps):
            kept = msgspec.structs.replace(kept, steps=tuple(map(_shortened, kept.steps)))
        ring = self._refused if kept.refused else self._passed
        if len(ring) >= self._limit:
            ring.popitem(last=False)
        ring[kept.request_id] = kept
        self._waiting.append(kept)
        if self.wake is not None and len(self._waiting) == 1:
            self.wake()

    def find(self, request_id: str) -> Kept | None:
        """Return what this worker remembers of a request."""
        return self._refused.get(request_id) or self._passed.get(request_id)

    @property
    def waits(self) -> bool:
        """Whether anything waits to be written down."""
        return bool(self._waiting)

    def take(self) -> list[Kept]:
        """Take what waits to be written down."""
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

    def give_back(self, kept: Iterable[Kept]) -> None:
        """Let what could not be written wait again, before all else; what does not fit is lost."""
        free = self._limit - len(self._waiting)
        self._waiting.extendleft(list(kept)[::-1][:free])

    def clear(self) -> None:
        """Forget everything."""
        self._refused.clear()
        self._passed.clear()
        self._waiting.clear()


def _shortened(step: Step) -> Step:
    """Return a step as it is kept: long texts cut, and what is still too much left out."""
    details, left = {}, _MOST_DETAILS
    for name, value in step.details.items():
        short = _cut(value, _LONGEST_DETAIL) if isinstance(value, str) else value
        if _size(short) <= left:
            left -= _size(short)
            details[name] = short
    return msgspec.structs.replace(step, reason=_cut(step.reason, _LONGEST_REASON), details=details)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _size(value: Any) -> int:
    """Return about how many characters a detail has."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_size, value.values()))
    return sum(map(_size, value)) if isinstance(value, list | tuple) else 0
