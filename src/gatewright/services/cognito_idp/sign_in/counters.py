"""How often something was done within a while: the limits on codes.

Law: the count is in the database, so that it survives a restart and spans nodes; a name that is nobody's is counted
like that of a user, whatever its spelling, so that a limit tells nobody who exists. What a call counts and then refuses
is kept.
"""

import hashlib

from sqlalchemy import delete, update

from gatewright.control.service import Call
from gatewright.services.cognito_idp.session_tables import CounterRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.directory import name_key
from gatewright.storage.sweep import sweep
from gatewright.storage.user_pools import UserPool


def scope_of(what: str, pool: UserPool, user: UserRow | None, name: str) -> str:
    """Return the scope of what is done about a user, or about a name that is nobody's."""
    if user is not None:
        return f"{what}:{user.sub}"
    return f"{what}:{pool.id}:{hashlib.sha256(name_key(pool, name).encode()).hexdigest()}"


async def times(call: Call, scope: str) -> int:
    """Return how often something was counted and is not yet forgotten."""
    row = await call.session.get(CounterRow, scope)
    return 0 if row is None or call.now >= row.until else row.count


async def count(call: Call, scope: str, seconds: float) -> int:
    """Count once, and return how often it was since the first time, which is forgotten after so many seconds."""
    row = await call.session.get(CounterRow, scope)
    if row is None:
        await sweep(call.session, CounterRow.scope, CounterRow.until < call.now)  # pays for the new row
        row = CounterRow(scope=scope, count=0, since=call.now, until=call.now + seconds)
        call.session.add(row)
    elif call.now >= row.until:
        row.count, row.since, row.until = 0, call.now, call.now + seconds
    row.count += 1
    await call.session.flush()
    return row.count


async def remember(call: Call, scope: str, seconds: float) -> None:
    """Count once what `times` shall know of for so many seconds from now, however often it was done before."""
    await count(call, scope, seconds)
    chosen = update(CounterRow).where(CounterRow.scope == scope)
    await call.session.execute(chosen.values(until=call.now + seconds))


async def forget(call: Call, scope: str) -> None:
    """Forget a count."""
    await call.session.execute(delete(CounterRow).where(CounterRow.scope == scope))
