"""What signing in leaves behind and is good for nothing any more is deleted in the background.

In: the time. Out: sessions that ended, challenges that were met, and users of deleted pools are gone. Law: it does not
take a sign-in that ends well, which somebody who only fills the database never has, and nobody waits for it: rows go in
small portions. A worker whose clock is ahead deletes nothing that another one still asks for.
"""

import asyncio
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.control.service import Backstage
from gatewright.core.log import get_log
from gatewright.services.cognito_idp.session_tables import TokenFamilyRow, UsedChallengeRow
from gatewright.services.cognito_idp.tables import UserPoolRow, UserRow

_EACH_SECONDS = 60.0
_PORTION = 500  # rows of one transaction
_USERS = 100  # the same of users, with whom rows of ten other tables go
_SLACK = 600.0  # seconds that two workers' clocks may differ
_AFTER = 86_400.0  # seconds: the longest that an access token outlives the refresh token of its session
_log = get_log(__name__)


async def keep_sweeping(backstage: Backstage) -> None:
    """Sweep until cancelled."""
    while True:
        await asyncio.sleep(_EACH_SECONDS)
        try:
            await sweep(backstage)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("cannot delete what sign-ins left behind; trying again", error=type(error).__name__)


async def sweep(backstage: Backstage) -> None:
    """Delete what is good for nothing any more."""
    now = backstage.clock.now()
    await _empty_pools(backstage)
    await _delete(backstage, UsedChallengeRow.challenge_id, UsedChallengeRow.expires_at < now - _SLACK)
    await _delete(backstage, TokenFamilyRow.origin_jti, TokenFamilyRow.expires_at < now - _AFTER - _SLACK)


async def _empty_pools(backstage: Backstage) -> None:
    """Delete the users of pools that were deleted, and in the end the pools."""
    gone = select(UserPoolRow.id).where(UserPoolRow.deleted.is_(True))
    async with backstage.storage.reading() as session:
        pools = list(await session.scalars(gone))
    for pool in pools:
        await _delete(backstage, UserRow.sub, UserRow.user_pool_id == pool, _USERS)
        await _delete(backstage, UserPoolRow.id, UserPoolRow.id == pool)


async def _delete(backstage: Backstage, key: Any, over: Any, most: int = _PORTION) -> None:
    portion = select(key).where(over).limit(most)

    async def step(session: AsyncSession) -> int:
        found = list(await session.scalars(portion))
        if found:
            await session.execute(delete(key.class_).where(key.in_(found)))
        return len(found)

    while await backstage.write(step) == most:
        pass
