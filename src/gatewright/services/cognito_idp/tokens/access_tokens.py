"""Whoever shows an access token: the user's own operations, which nobody signs, are allowed by it.

In: `AccessToken` of a request. Out: the pool, the client and the user's row. Law: the token is proved in full -
signature by the pool's own key, issuer, kind, scope, expiry - and then the database is asked, every time, whether the
session was revoked and the user is still there, enabled, and need not choose another password first: a token that was
revoked is dead at once.
Source: Cognito developer guide, "Verifying JSON web tokens", "Ending user sessions with token revocation".
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gatewright.control.service import Call
from gatewright.core.jwt import BadToken, read
from gatewright.services.cognito_idp.faults import not_authorized, password_reset_required, user_not_found
from gatewright.services.cognito_idp.pools.find import find_client
from gatewright.services.cognito_idp.sign_in.candidates import user_by_sub
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.tokens import SCOPE
from gatewright.services.cognito_idp.users.directory import must_reset
from gatewright.storage.user_pool_sessions import session_of
from gatewright.storage.user_pools import POOLS_SHELF, UserPool, UserPoolClient, issuer_of
from gatewright.wire.faults import Fault

STEP = "access token"


class SignedIn(NamedTuple):
    """A user who has shown an access token."""

    pool: UserPool
    client: UserPoolClient
    user: UserRow
    claims: Mapping[str, Any]
    origin_jti: str  # the session that the token is of; where the client has no token revocation it is not in the token


async def read_access_token(call: Call, token: str) -> SignedIn:
    """Return who an access token stands for; the user can be changed in the call's transaction.

    Raises:
        Fault: `NotAuthorizedException`; `UserNotFoundException` where the user was deleted;
            `PasswordResetRequiredException`.
    """
    pool, client, claims = _prove(call, token)
    user = await call.session.get(UserRow, claims["sub"])
    question, values = session_of(claims)
    sessions = (await call.session.execute(question, values)).all()
    return _alive(call, SignedIn(pool, client, _must_be_there(call, pool, user), claims, ""), sessions)


async def see_access_token(call: Call, token: str) -> SignedIn:
    """Return who an access token stands for, to be looked at: it costs two look-ups and no transaction.

    Raises:
        Fault: as `read_access_token`.
    """
    pool, client, claims = _prove(call, token)
    user = await user_by_sub(call, claims["sub"])
    question, values = session_of(claims)
    sessions = await call.look_up(question, **values)
    return _alive(call, SignedIn(pool, client, _must_be_there(call, pool, user), claims, ""), sessions)


def _prove(call: Call, token: str) -> tuple[UserPool, UserPoolClient, Mapping[str, Any]]:
    """Return the pool that signed an access token, the client that it is for, and its claims."""
    pool, claims = _signed(call, token)
    try:
        _, client = find_client(call, claims["client_id"])
    except Fault:
        raise _refused(call, "Invalid Access Token", "its client is gone") from None
    if client.user_pool_id != pool.id:
        raise _refused(call, "Invalid Access Token", "its client is of another pool")
    if claims["exp"] <= call.now:
        raise _refused(call, "Access Token has expired", "its time is over")
    if SCOPE not in str(claims.get("scope", "")).split():
        raise _refused(call, "Access Token does not have required scopes", f"it lacks the scope {SCOPE}")
    return pool, client, claims


def _signed(call: Call, token: str) -> tuple[UserPool, Mapping[str, Any]]:
    """Return the pool that signed an access token, and its claims."""
    try:
        said = read(token)
        # Which pool it says it is of only says whose keys are tried.
        pool: UserPool | None = call.shelf(POOLS_SHELF).get(str(said.claims.get("iss", "")).rpartition("/")[2])
        if pool is None:
            raise BadToken("no such pool")
        said.must_be_signed_by(pool.keys.get(said.key_id))
    except BadToken as bad:
        raise _refused(call, "Invalid Access Token", str(bad)) from None
    claims = said.claims
    if claims.get("token_use") != "access" or claims.get("iss") != issuer_of(call.settings, pool.id):
        raise _refused(call, "Invalid Access Token", "it is not an access token of this pool")
    return pool, claims


def _must_be_there(call: Call, pool: UserPool, user: UserRow | None) -> UserRow:
    """Return the user of a token unless they were deleted."""
    if user is None or user.user_pool_id != pool.id:
        call.trace.refused(STEP, "the user of the token was deleted")
        raise user_not_found()
    return user


def _alive(call: Call, me: SignedIn, sessions: Sequence[Sequence[Any]]) -> SignedIn:
    """Return who is signed in unless they, or the session that the token is of, have ended."""
    if not me.user.enabled:
        raise _refused(call, "User is disabled.", "the user was disabled")
    if must_reset(me.user):  # or whoever has the old password and a token would choose the new one
        call.trace.refused(STEP, "the user must reset the password first")
        raise password_reset_required()
    if not sessions or sessions[0][1] is not None:
        raise _refused(call, "Access Token has been revoked", "its session was ended")
    return me._replace(origin_jti=sessions[0][0])


def _refused(call: Call, message: str, why: str) -> Fault:
    call.trace.refused(STEP, why)
    return not_authorized(message)
