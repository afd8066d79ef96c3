"""How long somebody who gave wrong passwords has to wait, and how wrong guesses of anything are counted.

In: whose secret, known user or not, and the time. Out: whether another guess is looked at. Law: the count is in the
database, so that it survives a restart and spans nodes; guesses of one secret are looked at one after another in a
worker, so that a thousand at once are not a thousand free ones; a user who does not exist is locked like one who does.

After five wrong passwords the user is locked for a second, and each further one doubles it, up to fifteen minutes;
attempts while locked count for nothing. Signing in, or fifteen minutes without an attempt, forgets the count.
Source: Cognito developer guide, "Authentication with Amazon Cognito user pools", lockout behavior.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from sqlalchemy import bindparam, delete, select

from gatewright.control.service import Call
from gatewright.services.cognito_idp.faults import not_authorized
from gatewright.services.cognito_idp.session_tables import CounterRow
from gatewright.storage.sweep import sweep

FREE = 5
LONGEST = 900.0  # seconds
STEP = "lockout"
_COUNT = select(CounterRow.count, CounterRow.since, CounterRow.until).where(CounterRow.scope == bindparam("scope"))
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # holds only the scopes that are being tried now


def seconds_locked(failures: int) -> float:
    """Return how long the lock after so many failures lasts."""
    return 0.0 if failures < FREE else min(2.0 ** min(failures - FREE, 20), LONGEST)


def scope_of_user(sub: str) -> str:
    """Return the scope of a user's password."""
    return f"password:{sub}"


def scope_of_stranger(user_pool_id: str, name: str) -> str:
    """Return the scope of a name that is nobody's."""
    return f"password:{user_pool_id}:{hashlib.sha256(name.encode()).hexdigest()}"


@asynccontextmanager
async def guess(call: Call, scope: str) -> AsyncIterator["Guess"]:
    """Look at one guess of a secret, after those that came before it have been counted.

    Raises:
        Fault: `NotAuthorizedException`, the scope is locked.
    """
    turn = _turns.get(scope)
    if turn is None:
        turn = _turns[scope] = asyncio.Lock()
    async with turn:
        yield Guess(call, scope, await _count(call, scope))


class Guess:
    """One guess that may be looked at."""

    __slots__ = ("_call", "_failures", "_scope")

    def __init__(self, call: Call, scope: str, failures: int) -> None:
        self._call = call
        self._scope = scope
        self._failures = failures

    async def was_wrong(self) -> None:
        """Count a wrong guess, durably, whatever the call answers."""
        await self._call.apart(self._fail)

    async def was_right(self) -> None:
        """Forget the wrong guesses, if there were any."""
        if self._failures:
            await self._call.apart(self._forget)

    async def _fail(self, call: Call) -> None:
        await sweep(call.session, CounterRow.scope, CounterRow.until <= call.now)  # whoever they were
        row = await call.session.get(CounterRow, self._scope)
        if row is None:
            row = CounterRow(scope=self._scope, count=0)
            call.session.add(row)
        elif call.now >= row.until:
            row.count = 0
        row.count += 1
        row.since = call.now  # of the last failure: the lock begins there
        row.until = call.now + seconds_locked(row.count) + LONGEST
        await call.session.flush()

    async def _forget(self, call: Call) -> None:
        await call.session.execute(delete(CounterRow).where(CounterRow.scope == self._scope))


async def _count(call: Call, scope: str) -> int:
    for count, since, until in await call.look_up(_COUNT, scope=scope):
        if call.now >= until:
            return 0
        if call.now < since + seconds_locked(count):
            call.trace.refused(STEP, f"{count} wrong passwords: locked for {seconds_locked(count):.0f} seconds")
            raise not_authorized("Password attempts exceeded")
        return int(count)
    return 0
