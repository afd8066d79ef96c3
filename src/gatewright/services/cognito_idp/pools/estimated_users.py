"""`EstimatedNumberOfUsers` of a pool, at a price that does not grow with the pool.

In: a pool's id. Out: a number. Law: small pools are counted. Of a larger one only the users with the smallest `sub` are
read: a `sub` is random, so that the share of all possible ones that they cover is the share of all users that they are
(the estimator of k minimum values; its standard error is 1 to the root of k, one in seventy). Nothing is kept for it,
so that no two sign-ups ever wait for each other.
Source: Cognito API reference, `UserPoolType`, which calls the number an estimate.
"""

from sqlalchemy import func, select

from gatewright.control.service import Call
from gatewright.services.cognito_idp.tables import UserRow

COUNTED = 5_000  # users: up to so many the number is exact
_DIGITS = 12  # of a UUID's hexadecimal ones: the next says of which version it is
_POSSIBLE = 1 << 4 * _DIGITS


async def estimated_users(call: Call, user_pool_id: str) -> int:
    """Return about how many users a pool has."""
    smallest = select(UserRow.sub).where(UserRow.user_pool_id == user_pool_id).order_by(UserRow.sub)
    some = smallest.limit(COUNTED + 1).subquery()
    count, last = (await call.session.execute(select(func.count(), func.max(some.c.sub)))).one()
    return int(count) if count <= COUNTED else round(COUNTED / _share_up_to(last))


def _share_up_to(sub: str) -> float:
    """Return which share of all possible values is no larger than one."""
    return (int(sub.replace("-", "")[:_DIGITS], 16) + 1) / _POSSIBLE
