"""Transactions that run side by side on PostgreSQL: one that lost to another is run again from the start.

In: an attempt, which is told how often it was tried. Out: what the first that did not lose returned. Law: an attempt
has no effects outside its transaction. SQLite's writers wait for their turn before they begin, and never lose.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from gatewright.storage.engine import must_retry

T = TypeVar("T")

_TRIES = 10
_WAIT_SECONDS = 0.02  # the longest wait before the second try; it grows with each, and is random


async def until_not_lost(
    attempt: Callable[[int], Awaitable[T]], lost: Callable[[DBAPIError], bool] = must_retry, tries: int = _TRIES
) -> T:
    """Run an attempt, and again while others were quicker.

    Raises:
        DBAPIError: it failed for another reason, or lost every time.
    """
    for number in itertools.count(1):
        try:
            return await attempt(number)
        except DBAPIError as error:
            if number == tries or not lost(error):
                raise
        await asyncio.sleep(random.uniform(0, _WAIT_SECONDS * number))  # noqa: S311 - so that two do not meet again
    raise AssertionError("unreachable")
