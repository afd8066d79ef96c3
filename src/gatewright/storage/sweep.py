"""What is over is deleted by whoever comes by, a little at a time.

In: the key of a table, and what makes a row one that is over. Out: rows that are gone. Law: nobody pays for a whole
busy day: as long as each caller deletes more than they add, all of it goes, and no transaction of theirs becomes long.
So a row that is over may still be there: whoever reads one looks at its time.
"""

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

AT_ONCE = 100  # rows


async def sweep(
    session: AsyncSession, key: InstrumentedAttribute[str], over: ColumnElement[bool], most: int = AT_ONCE
) -> None:
    """Delete some of the rows that are over; `over` must have an index. The session must not hold them."""
    some = select(key).where(over).limit(most)
    chosen = delete(key.class_).where(key.in_(some))
    await session.execute(chosen, execution_options={"synchronize_session": False})
