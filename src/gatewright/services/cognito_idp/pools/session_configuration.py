"""Whether a pool tracks its users' sessions, and for how long a client takes sessions of the hosted UI.

Law: a call replaces the whole configuration. Single sign-on comes with the hosted UI: until then every client has the
default, and another one is refused, because nothing would enforce it.
Source: Cognito API reference, `SetUserPoolSessionConfiguration`, `SetUserPoolClientSessionConfiguration`.
"""

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter, not_yet
from gatewright.services.cognito_idp.pools.find import client_row_of, pool_row_of
from gatewright.services.cognito_idp.pools.pool_settings import is_lite, not_in_tier
from gatewright.services.cognito_idp.tables import UserPoolClientRow, UserPoolRow
from gatewright.services.cognito_idp.tokens.session_tracking import DEFAULT
from gatewright.storage.user_pools import POOLS_SHELF

_MEMBERS = ("UserSessionTracking", "TokenSession")
_VALIDITY = 60  # minutes


async def get_user_pool_session_configuration(call: Call, params: Params) -> Result:
    """Return whether a pool tracks sessions, and how many a user may have."""
    row = await pool_row_of(call, params["UserPoolId"])
    return {"UserPoolId": row.id, **(row.sessions or DEFAULT)}


async def set_user_pool_session_configuration(call: Call, params: Params) -> Result:
    """Switch the tracking of a pool's sessions on or off. Sessions beyond a new limit end at the next sign-in.

    Raises:
        Fault: `FeatureUnavailableInTierException`, `ResourceNotFoundException`.
    """
    row = await pool_row_of(call, params["UserPoolId"])
    _must_be_in_tier(row)
    row.sessions = {member: params[member] for member in _MEMBERS}
    row.modified_at = call.now
    await call.session.flush()
    call.publish(POOLS_SHELF, row.id)
    return {"UserPoolId": row.id, **row.sessions}


def _must_be_in_tier(row: UserPoolRow) -> None:
    if is_lite(row.settings):
        raise not_in_tier("Session tracking")


async def get_user_pool_client_session_configuration(call: Call, params: Params) -> Result:
    """Return for how long a client would take a session of the hosted UI."""
    return _show(await client_row_of(call, params["UserPoolId"], params["ClientId"]))


def _show(row: UserPoolClientRow) -> Result:
    return {
        "UserPoolId": row.user_pool_id,
        "ClientId": row.client_id,
        "SSOSession": {"MaxValidityMinutes": _VALIDITY},
    }


async def set_user_pool_client_session_configuration(call: Call, params: Params) -> Result:
    """Take the default.

    Raises:
        Fault: `InvalidParameterException`, it is another value, or the pool does not track sessions.
    """
    pool = await pool_row_of(call, params["UserPoolId"])
    row = await client_row_of(call, pool.id, params["ClientId"])
    _must_be_in_tier(pool)
    if pool.sessions.get("UserSessionTracking") != "ENABLED":
        raise invalid_parameter("The user pool does not track sessions. Use SetUserPoolSessionConfiguration first.")
    if params["SSOSession"]["MaxValidityMinutes"] != _VALIDITY:
        raise not_yet("SSOSession.MaxValidityMinutes", f"Sessions of the hosted UI come later; use {_VALIDITY}.")
    return _show(row)
