"""The end of a sign-in: a session begins, and its tokens are given out.

In: a user who has shown all that was asked, and the challenge that was met last. Out: `AuthenticationResult`. Law: no
token is given out before the session that it can be revoked by is durable, and none for a challenge that somebody else
has met already. Both rows are appended before anything is signed.
Source: Cognito API reference, `AuthenticationResultType`; Cognito developer guide, "Working with devices".
"""

import asyncio
import uuid
from typing import Any

from sqlalchemy import bindparam, select, update

from gatewright.control.service import Call, Result
from gatewright.core import ids
from gatewright.services.cognito_idp.factors.device_proof import device_group_key
from gatewright.services.cognito_idp.pools.client_settings import validity_seconds
from gatewright.services.cognito_idp.pools.token_signing_keys import are_old, rotate_keys
from gatewright.services.cognito_idp.session_tables import DeviceRow, TokenFamilyRow
from gatewright.services.cognito_idp.sign_in.candidates import user_by_sub
from gatewright.services.cognito_idp.sign_in.challenges import Challenge, must_stand, spend
from gatewright.services.cognito_idp.tables import GroupMemberRow, GroupRow, UserRow
from gatewright.services.cognito_idp.tokens.refresh_tokens import seal_refresh_token
from gatewright.services.cognito_idp.tokens.revocation import end_sessions
from gatewright.services.cognito_idp.tokens.session_tracking import keep_within_limit, place_of
from gatewright.services.cognito_idp.tokens.tokens import Family, Group, Subject, access_token, by_precedence, id_token
from gatewright.storage.user_pools import POOLS_SHELF, UserPool, UserPoolClient
from gatewright.wire.faults import Fault

_FAMILIES: Any = TokenFamilyRow.__table__
_GROUPS = (
    select(GroupRow.group_name, GroupRow.role_arn, GroupRow.precedence)
    .join(
        GroupMemberRow,
        (GroupMemberRow.user_pool_id == GroupRow.user_pool_id) & (GroupMemberRow.group_name == GroupRow.group_name),
    )
    .where(GroupMemberRow.sub == bindparam("sub"))
)


async def begin_session(
    call: Call, pool: UserPool, client: UserPoolClient, user: UserRow, challenge: Challenge
) -> Result:
    """Begin a session and return its tokens.

    Raises:
        Fault: `NotAuthorizedException`: the challenge was met by somebody else.
    """
    groups = await groups_of(call, user.sub)
    await call.work.commit()  # on PostgreSQL what was only read could still fail, after the session began
    new_device = None  # of which nothing is kept until it is confirmed: its key is in the tokens, and that is enough
    if pool.settings.get("DeviceConfiguration") and challenge.device_key is None:
        key = f"{pool.region}_{uuid.uuid4()}"
        new_device = {"DeviceKey": key, "DeviceGroupKey": device_group_key(key)}
    family = Family(
        origin_jti=ids.request_id(),
        event_id=challenge.event_id,
        auth_time=int(call.now),
        device_key=challenge.device_key or (new_device or {}).get("DeviceKey"),
    )
    rows = [call.append(_FAMILIES, _family_row(call, pool, client, user, family))]
    if challenge.name:
        rows.append(spend(call, challenge))
    await asyncio.gather(*rows)
    await _must_still_stand(call, user, challenge, family)
    if challenge.device_key is not None:
        await call.apart(lambda inner: _note_device(inner, user.sub, challenge.device_key))
    await keep_within_limit(call, pool, user.sub, family.origin_jti)
    if are_old(pool, call.now):
        await rotate_keys(call, pool)
        pool = call.shelf(POOLS_SHELF).get(pool.id) or pool  # with the new keys
    result = show_tokens(call, pool, client, user, groups, family)
    result["RefreshToken"] = seal_refresh_token(call.keys, client, family.origin_jti, 0)
    if new_device is not None:
        result["NewDeviceMetadata"] = new_device
    call.trace.passed("tokens", "the user signed in", sub=user.sub, client=client.client_id)
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def show_tokens(
    call: Call, pool: UserPool, client: UserPoolClient, user: UserRow, groups: list[Group], family: Family
) -> dict[str, Any]:
    """Return fresh ID and access tokens of a session."""
    subject = Subject(user.sub, user.username, user.attributes, groups)
    return {
        "AccessToken": access_token(pool, client, subject, family, call.settings, call.keys, call.now),
        "IdToken": id_token(pool, client, subject, family, call.settings, call.keys, call.now),
        "ExpiresIn": validity_seconds(client, "AccessToken"),
        "TokenType": "Bearer",
    }


async def groups_of(call: Call, sub: str) -> list[Group]:
    """Return a user's groups in the order of tokens."""
    return by_precedence([Group(*row) for row in await call.look_up(_GROUPS, sub=sub)])


async def _must_still_stand(call: Call, user: UserRow, challenge: Challenge, family: Family) -> None:
    """Refuse a sign-in that was overtaken, after its session is there to be seen by whoever overtakes it from now on.

    So that nobody who shows an old password while it is changed, and everybody is signed out, has a session afterwards.
    """
    try:
        must_stand(call, challenge, await user_by_sub(call, user.sub))
    except Fault:
        await call.apart(lambda inner: end_sessions(inner, TokenFamilyRow.origin_jti == family.origin_jti))
        raise


async def _note_device(call: Call, sub: str, device_key: str | None) -> None:
    """Note when and from where a user last signed in with a device."""
    chosen = update(DeviceRow).where(DeviceRow.sub == sub, DeviceRow.device_key == device_key)
    await call.session.execute(chosen.values(authenticated_at=call.now, ip=call.request.client))


def _family_row(call: Call, pool: UserPool, client: UserPoolClient, user: UserRow, family: Family) -> dict[str, Any]:
    return {
        "origin_jti": family.origin_jti,
        "session_id": f"tkn{ids.lower_id(25)}",
        "user_pool_id": pool.id,
        "client_id": client.client_id,
        "sub": user.sub,
        "device_key": family.device_key,
        "event_id": family.event_id,
        "auth_time": float(family.auth_time),
        "created_at": call.now,
        "used_at": call.now,
        "expires_at": call.now + validity_seconds(client, "RefreshToken"),
        "revoked_at": None,
        "rotation": 0,
        "rotated_at": None,
        **place_of(call, pool),
    }
