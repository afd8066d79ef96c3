"""Users and administrators see sessions, and end single ones: `ListUserSessions`, `AdminRevokeUserSession` …

Law: an ended session is dead when the call returns, as by `RevokeToken`; nobody ends by this the session that they
call from, nor one of somebody else. Sessions of the hosted UI (`sso…`) are not there yet: no session is linked to one.
Assumed: where the pool does not track sessions these are not enabled; where a client has no token revocation, its
access tokens end with their session all the same. Geography is not known, and not said.
Source: Cognito API reference, the pages of these operations.
"""

from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter, not_found
from gatewright.services.cognito_idp.pools.find import find_pool
from gatewright.services.cognito_idp.pools.user_pools import moment
from gatewright.services.cognito_idp.session_tables import TokenFamilyRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.services.cognito_idp.tokens.revocation import end_sessions
from gatewright.services.cognito_idp.tokens.session_tracking import MOST, live, tracks
from gatewright.services.cognito_idp.tokens.user_agents import UNKNOWN
from gatewright.services.cognito_idp.users.directory import user_of
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault


async def list_user_sessions(call: Call, params: Params) -> Result:
    """Return the sessions of the user who shows an access token.

    Raises:
        Fault: `NotAuthorizedException`, `OperationNotEnabledException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    return await _list(call, me.pool, me.user, params, current=me.origin_jti)


async def admin_list_user_sessions(call: Call, params: Params) -> Result:
    """Return a user's sessions.

    Raises:
        Fault: `UserNotFoundException`, `OperationNotEnabledException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    return await _list(call, pool, await user_of(call, pool, params["Username"]), params, current=None)


async def _list(call: Call, pool: UserPool, user: UserRow, params: Params, *, current: str | None) -> Result:
    _must_track(pool)
    if params.get("NextToken") is not None:
        raise invalid_parameter("Invalid NextToken. A user's sessions are one page.")
    found = select(TokenFamilyRow).where(*live(call, user.sub)).order_by(TokenFamilyRow.used_at.desc()).limit(MOST)
    return {"Sessions": [_show(row, current) for row in await call.session.scalars(found)]}


def _show(row: TokenFamilyRow, current: str | None) -> dict[str, Any]:
    shown = {
        "SessionId": row.session_id,
        "SessionType": "TOKEN",
        "ClientId": row.client_id,
        "CreateDate": moment(row.created_at),
        "LastActiveDate": moment(row.used_at),
        "DeviceType": row.device_type or UNKNOWN,
        "IsCurrentSession": row.origin_jti == current,
    }
    return shown | ({"LastIPAddress": row.ip} if row.ip else {})


async def revoke_user_session(call: Call, params: Params) -> Result:
    """End another session of the user who shows an access token.

    Raises:
        Fault: `InvalidParameterException`, `ResourceNotFoundException`, `OperationNotEnabledException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    row = await _session(call, me.pool, me.user, params["SessionId"])
    if row.origin_jti == me.origin_jti:
        raise invalid_parameter("The session that the access token belongs to cannot be revoked by itself. Sign out.")
    await end_sessions(call, TokenFamilyRow.origin_jti == row.origin_jti)
    return {}


async def admin_revoke_user_session(call: Call, params: Params) -> Result:
    """End a session of a user.

    Raises:
        Fault: `UserNotFoundException`, `ResourceNotFoundException`, `OperationNotEnabledException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    row = await _session(call, pool, await user_of(call, pool, params["Username"]), params["SessionId"])
    await end_sessions(call, TokenFamilyRow.origin_jti == row.origin_jti)
    return {}


async def _session(call: Call, pool: UserPool, user: UserRow, session_id: str) -> TokenFamilyRow:
    _must_track(pool)
    found = select(TokenFamilyRow).where(*live(call, user.sub), TokenFamilyRow.session_id == session_id)
    row: TokenFamilyRow | None = await call.session.scalar(found)
    if row is None:
        raise not_found("Session does not exist.")
    return row


def _must_track(pool: UserPool) -> None:
    if not tracks(pool):
        raise Fault(
            "OperationNotEnabledException",
            "The user pool does not track sessions. SetUserPoolSessionConfiguration switches it on.",
            400,
        )
