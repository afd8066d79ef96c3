"""Sessions of users, where a pool tracks them: how many a user may have, and when and where each was used last.

In: a pool's configuration, and a sign-in or a refresh. Out: rows. Law: with tracking, a user has no more live sessions
than the pool allows once a sign-in is answered, however many came at once; the least recently used ones end. Without
tracking nothing is written but what revocation needs.
Source: Cognito API reference, `SetUserPoolSessionConfiguration`.
"""

from typing import Any

from sqlalchemy import select, update

from gatewright.control.service import Call
from gatewright.services.cognito_idp.session_tables import TokenFamilyRow
from gatewright.services.cognito_idp.tokens.revocation import end_sessions
from gatewright.services.cognito_idp.tokens.user_agents import device_type
from gatewright.storage.user_pools import UserPool

DEFAULT = {"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 20}}
MOST = 125  # sessions of one answer
_ADDRESS = 64  # characters
_AT_ONCE = 1_000  # sessions that are ended by one statement: databases take so many keys and no more


def tracks(pool: UserPool) -> bool:
    """Say whether a pool tracks sessions. The plan LITE has no such thing, even for a pool that had it before."""
    return pool.sessions.get("UserSessionTracking") == "ENABLED" and pool.settings.get("UserPoolTier") != "LITE"


def place_of(call: Call, pool: UserPool) -> dict[str, Any]:
    """Return the columns that say where a session is used; nobody is watched where the pool does not track."""
    if not tracks(pool):
        return {"ip": None, "device_type": None}
    return {"ip": call.request.client[:_ADDRESS], "device_type": device_type(call.request.header("user-agent"))}


async def note_use(call: Call, pool: UserPool, origin_jti: str) -> None:
    """Note that a session was used to get tokens, where the pool tracks sessions."""
    if not tracks(pool):
        return

    async def note(inner: Call) -> None:
        chosen = update(TokenFamilyRow).where(TokenFamilyRow.origin_jti == origin_jti)
        await inner.session.execute(chosen.values(used_at=inner.now, **place_of(inner, pool)))

    await call.apart(note)


async def keep_within_limit(call: Call, pool: UserPool, sub: str, newest: str) -> None:
    """End a user's least recently used sessions beyond what the pool allows; the one that has just begun stays."""
    if not tracks(pool):
        return
    most = int(pool.sessions["TokenSession"]["MaxPerUser"])

    async def end(inner: Call) -> None:
        all_of_them = select(TokenFamilyRow.origin_jti).where(*live(inner, sub))
        begun = (TokenFamilyRow.origin_jti == newest).desc()  # unless another sign-in has ended it meanwhile
        too_many = all_of_them.order_by(begun, TokenFamilyRow.used_at.desc(), TokenFamilyRow.origin_jti).offset(most)
        while ended := list(await inner.session.scalars(too_many.limit(_AT_ONCE))):
            await end_sessions(inner, TokenFamilyRow.origin_jti.in_(ended))

    await call.apart(end)


def live(call: Call, sub: str) -> tuple[Any, ...]:
    """Return what chooses a user's sessions that are neither ended nor over."""
    return TokenFamilyRow.sub == sub, TokenFamilyRow.revoked_at.is_(None), TokenFamilyRow.expires_at > call.now
