"""May the user of a token still act? Asked of the database, where a setting wants more than the token's own word.

In: a proven token of a user pool. Out: why not, or nothing. Law: it reads what is committed at this moment: a user who
was disabled, deleted or signed out is refused from the next call on.
Source: Cognito identity pools API reference, `CognitoIdentityProvider` (`ServerSideTokenCheck`).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Float, Select, String, bindparam, column, select, table

from gatewright.storage.look_up import LookUp
from gatewright.storage.user_pool_tokens import PoolToken

# The columns of `cognito-idp` that this contract is about; its tables declare them.
_USERS = table(
    "cognito_idp_users",
    column("sub", String),
    column("user_pool_id", String),
    column("enabled", Boolean),
)
_FAMILIES = table(
    "cognito_idp_token_families",
    column("origin_jti", String),
    column("event_id", String),
    column("sub", String),
    column("created_at", Float),
    column("revoked_at", Float),
)
_USER = select(_USERS.c.enabled).where(_USERS.c.sub == bindparam("sub"), _USERS.c.user_pool_id == bindparam("pool"))
_SEEN = select(_FAMILIES.c.origin_jti, _FAMILIES.c.revoked_at).where(_FAMILIES.c.sub == bindparam("sub"))
_BY_NAME = _SEEN.where(_FAMILIES.c.origin_jti == bindparam("origin"))
_BY_EVENT = _SEEN.where(  # the index of a user's sessions is by time
    _FAMILIES.c.created_at >= bindparam("since"),
    _FAMILIES.c.created_at < bindparam("until"),
    _FAMILIES.c.event_id == bindparam("event"),
)


def session_of(claims: Mapping[str, Any]) -> tuple[Select[Any], dict[str, Any]]:
    """Return the question for `origin_jti` and `revoked_at` of the session that a token is of, and its values.

    A token of a client without token revocation has no `origin_jti`; it tells by which sign-in it came all the same.
    """
    sub = str(claims["sub"])
    if "origin_jti" in claims:
        return _BY_NAME, {"sub": sub, "origin": str(claims["origin_jti"])}
    began = float(claims.get("auth_time", 0))  # whole seconds, cut off
    return _BY_EVENT, {"sub": sub, "since": began, "until": began + 1, "event": str(claims.get("event_id"))}


async def why_ended(look_up: LookUp, token: PoolToken) -> str:
    """Return why the user of a token may not act any more, "" where they may."""
    sub = str(token.claims.get("sub"))
    users = await look_up(_USER, sub=sub, pool=token.pool.id)
    if not users:
        return "the user was deleted"
    if not users[0][0]:
        return "the user is disabled"
    question, values = session_of(token.claims)
    sessions = await look_up(question, **values)
    if not sessions or sessions[0][1] is not None:
        return "the session was ended"
    return ""
