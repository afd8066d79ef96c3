"""May the user of a token still act? Asked of the database, where a setting wants more than the token's own word.

In: a proven token of a user pool. Out: why not, or nothing. Law: it reads what is committed at this moment: a user who
was disabled, deleted or signed out is refused from the next call on.
Source: Cognito identity pools API reference, `CognitoIdentityProvider` (`ServerSideTokenCheck`).
"""

from sqlalchemy import Boolean, Float, String, bindparam, column, select, table

from gatewright.storage.look_up import LookUp
from gatewright.storage.user_pool_tokens import PoolToken

# The columns of `cognito-idp` that this contract is about; its tables declare them.
_USERS = table(
    "cognito_idp_users",
    column("sub", String),
    column("user_pool_id", String),
    column("enabled", Boolean),
    column("signed_out_at", Float),
)
_FAMILIES = table(
    "cognito_idp_token_families", column("origin_jti", String), column("sub", String), column("revoked_at", Float)
)
_USER = select(_USERS.c.enabled, _USERS.c.signed_out_at).where(
    _USERS.c.sub == bindparam("sub"), _USERS.c.user_pool_id == bindparam("pool")
)
_SESSION = select(_FAMILIES.c.revoked_at).where(
    _FAMILIES.c.origin_jti == bindparam("origin"), _FAMILIES.c.sub == bindparam("sub")
)


async def why_ended(look_up: LookUp, token: PoolToken) -> str:
    """Return why the user of a token may not act any more, "" where they may."""
    sub = str(token.claims.get("sub"))
    users = await look_up(_USER, sub=sub, pool=token.pool.id)
    if not users:
        return "the user was deleted"
    enabled, signed_out_at = users[0]
    if not enabled:
        return "the user is disabled"
    origin = token.claims.get("origin_jti")
    if origin is None:
        return "the user was signed out everywhere" if token.claims["iat"] < signed_out_at else ""
    sessions = await look_up(_SESSION, origin=str(origin), sub=sub)
    if not sessions or sessions[0][0] is not None:
        return "the session was ended"
    return ""
