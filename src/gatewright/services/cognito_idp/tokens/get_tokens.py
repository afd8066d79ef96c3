"""New tokens for an old session: `REFRESH_TOKEN_AUTH` and `GetTokensFromRefreshToken`.

In: a refresh token and its client. Out: new tokens. Law: the database is asked each time: a session that was revoked,
and a user who was disabled or deleted, get nothing more. With rotation a token is good once: which number is good now
is decided in the database. For the grace period the one before brings the new one again; after it, whoever still uses
it shows that the token is in two hands, and the session ends.
Assumed: Cognito too ends the session when a rotated token is used again; a new refresh token ends when the old one had.
Source: Cognito developer guide, "Refresh tokens", "Refresh token rotation".
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter, not_authorized, password_reset_required
from gatewright.services.cognito_idp.pools.client_settings import allows_flow
from gatewright.services.cognito_idp.pools.find import find_client
from gatewright.services.cognito_idp.session_tables import FORGOTTEN, DeviceRow, TokenFamilyRow
from gatewright.services.cognito_idp.sign_in.candidates import user_by_sub
from gatewright.services.cognito_idp.sign_in.secret_hash import check_secret, check_secret_hash
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.issue import groups_of, show_tokens
from gatewright.services.cognito_idp.tokens.refresh_tokens import (
    BadRefreshToken,
    open_refresh_token,
    seal_refresh_token,
)
from gatewright.services.cognito_idp.tokens.session_tracking import note_use
from gatewright.services.cognito_idp.tokens.tokens import Family
from gatewright.services.cognito_idp.users.directory import must_reset
from gatewright.storage.look_up import read_only
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

STEP = "refresh token"
_TABLE: Any = TokenFamilyRow.__table__
_COLUMNS = tuple(_TABLE.columns.keys())
_FAMILY = select(_TABLE).where(_TABLE.c.origin_jti == bindparam("origin_jti"))


class _Shown(NamedTuple):
    """A refresh token that was shown, and whose it is."""

    family: TokenFamilyRow
    user: UserRow
    number: int


async def get_tokens_from_refresh_token(call: Call, params: Params) -> Result:
    """Give new tokens, and with rotation a new refresh token.

    Raises:
        Fault: `NotAuthorizedException`, `RefreshTokenReuseException` …
    """
    pool, client = find_client(call, params["ClientId"])
    check_secret(call, client, params.get("ClientSecret"))
    shown = await _shown(call, pool, client, params["RefreshToken"], params.get("DeviceKey"))
    if not _rotates(client):
        _must_be_the_last(call, shown)
        return await _tokens(call, pool, client, shown)
    grace = float(client.settings["RefreshTokenRotation"].get("RetryGracePeriodSeconds") or 0)
    number = await call.apart(lambda inner: _rotate(inner, shown, grace))
    if number is None:
        call.trace.refused(STEP, "it was rotated out before: the session was ended")
        raise Fault("RefreshTokenReuseException", "Refresh token has already been used. Sign in again.", 400)
    answer = await _tokens(call, pool, client, shown)
    result: dict[str, Any] = dict(answer["AuthenticationResult"])
    result["RefreshToken"] = seal_refresh_token(call.keys, client, shown.family.origin_jti, number)
    return {"AuthenticationResult": result}


async def refresh(call: Call, pool: UserPool, client: UserPoolClient, parameters: Mapping[str, str]) -> Result:
    """Return new tokens for `REFRESH_TOKEN` among `AuthParameters`.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`.
    """
    if not allows_flow(client, "REFRESH_TOKEN_AUTH") or _rotates(client):
        raise invalid_parameter("REFRESH_TOKEN_AUTH is not enabled for the client. Use GetTokensFromRefreshToken.")
    token = parameters.get("REFRESH_TOKEN")
    if not token:
        raise invalid_parameter("Missing required parameter REFRESH_TOKEN")
    shown = await _shown(call, pool, client, token, parameters.get("DEVICE_KEY"))
    _check_hash(call, client, shown.user, parameters.get("SECRET_HASH"))
    _must_be_the_last(call, shown)
    answer = await _tokens(call, pool, client, shown)
    return {"ChallengeParameters": {}, **answer}


def _check_hash(call: Call, client: UserPoolClient, user: UserRow, given: str | None) -> None:
    """Cognito takes the hash of the username; who knows the user by an ID token's `sub` only sends that one's."""
    try:
        check_secret_hash(call, client, user.sub, given)
    except Fault:
        check_secret_hash(call, client, user.username, given)


def _rotates(client: UserPoolClient) -> bool:
    rotation: Mapping[str, Any] = client.settings.get("RefreshTokenRotation") or {}
    return rotation.get("Feature") == "ENABLED"


async def _shown(call: Call, pool: UserPool, client: UserPoolClient, token: str, device_key: str | None) -> _Shown:
    """Return whose a refresh token is, if its session lives."""
    try:
        origin_jti, number = open_refresh_token(call.keys, client, token)
    except BadRefreshToken:
        raise _refused(call, "Invalid Refresh Token", "it was not given out to this client") from None
    family = await _family(call, origin_jti)
    if family is None or family.client_id != client.client_id or family.user_pool_id != pool.id:
        raise _refused(call, "Invalid Refresh Token", "its session is gone")
    if family.revoked_at is not None:
        raise _refused(call, "Refresh Token has been revoked", "its session was ended")
    if call.now >= family.expires_at:
        raise _refused(call, "Refresh Token has expired", "its time is over")
    user = await user_by_sub(call, family.sub)
    if user is None:  # its sessions are deleted with a user; this is for whoever comes in between
        raise _refused(call, "Invalid Refresh Token", "its user was deleted")
    if not user.enabled:
        raise _refused(call, "User is disabled.", "its user was disabled")
    if must_reset(user):
        raise password_reset_required()
    await _must_be_the_device(call, pool, family, device_key)
    return _Shown(family, user, number)


async def _family(call: Call, origin_jti: str) -> TokenFamilyRow | None:
    """Return a session to look at."""
    rows = await call.look_up(_FAMILY, origin_jti=origin_jti)
    return read_only(TokenFamilyRow, _COLUMNS, rows[0]) if rows else None


async def _must_be_the_device(call: Call, pool: UserPool, family: TokenFamilyRow, device_key: str | None) -> None:
    """Refuse a session of a confirmed device to whoever does not name the device."""
    if family.device_key == FORGOTTEN:
        raise _refused(call, "Invalid Refresh Token", "its device was forgotten")
    if family.device_key in (None, device_key) or not pool.settings.get("DeviceConfiguration"):
        return
    if await call.session.get(DeviceRow, (family.sub, family.device_key)) is not None:
        raise _refused(call, "Invalid Refresh Token", "its session is of another device than DEVICE_KEY")


def _must_be_the_last(call: Call, shown: _Shown) -> None:
    """Refuse a token that was rotated out, although its client rotates no more: whoever stole it has it still."""
    if shown.number != shown.family.rotation:
        raise _refused(call, "Refresh Token has been revoked", "it was rotated out")


async def _rotate(call: Call, shown: _Shown, grace: float) -> int | None:
    """Return the number of the refresh token that is good now; None where this one was used before."""
    row = await call.session.get(TokenFamilyRow, shown.family.origin_jti, with_for_update=True)
    if row is None or row.revoked_at is not None:
        return None
    if row.rotation == shown.number:
        row.rotation += 1
        row.rotated_at = row.used_at = call.now
    elif not _is_retry(row, shown.number, call.now, grace):
        row.revoked_at = call.now
        await call.session.flush()
        return None
    await call.session.flush()
    return row.rotation


def _is_retry(row: TokenFamilyRow, number: int, now: float, grace: float) -> bool:
    """Say whether the token before the good one is shown while that is still allowed.

    A call that began before the rotation is none where there is no grace: its clock is behind, and its token is used.
    """
    return grace > 0 and row.rotation == number + 1 and row.rotated_at is not None and now < row.rotated_at + grace


async def _tokens(call: Call, pool: UserPool, client: UserPoolClient, shown: _Shown) -> dict[str, Any]:
    row = shown.family
    await note_use(call, pool, row.origin_jti)
    family = Family(
        origin_jti=row.origin_jti, event_id=row.event_id, auth_time=int(row.auth_time), device_key=row.device_key
    )
    groups = await groups_of(call, shown.user.sub)
    return {"AuthenticationResult": show_tokens(call, pool, client, shown.user, groups, family)}


def _refused(call: Call, message: str, why: str) -> Fault:
    call.trace.refused(STEP, why)
    return not_authorized(message)
