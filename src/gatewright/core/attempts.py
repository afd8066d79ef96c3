"""Wrong guesses of a short secret, counted, so that nobody can try them all.

In: whose secret, and when. Out: whether another guess is looked at. Law: after so many wrong guesses within the window
none is looked at, not even the right one, until the window has passed. The memory is bounded: where it is full, the
oldest count is forgotten. Counted in one worker: with N of them there are N times as many guesses, which is still
nothing against a million codes.
"""

from collections import OrderedDict

_MOST_KEYS = 10_000


class Attempts:
    """Counts of wrong guesses."""

    __slots__ = ("_counts", "_limit", "_seconds")

    def __init__(self, limit: int = 5, seconds: float = 300.0) -> None:
        self._limit = limit
        self._seconds = seconds
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()  # key -> wrong guesses, when the first was

    def may_try(self, key: str, now: float) -> bool:
        """Say whether another guess is to be looked at."""
        count, since = self._counts.get(key, (0, now))
        return count < self._limit or not 0 <= now - since < self._seconds

    def failed(self, key: str, now: float) -> None:
        """Count a wrong guess."""
        count, since = self._counts.pop(key, (0, now))
        if not 0 <= now - since < self._seconds:
            count, since = 0, now
        if len(self._counts) >= _MOST_KEYS:
            self._counts.popitem(last=False)
        self._counts[key] = (count + 1, since)

    def succeeded(self, key: str) -> None:
        """Forget the wrong guesses: the right one came."""
        self._counts.pop(key, None)
