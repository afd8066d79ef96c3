"""Authenticator apps: set up by whoever is signed in, or during a sign-in that demands it.

In: an access token or the session of `MFA_SETUP`. Out: the seed, once; then whether a code of it was right. Law: a seed
is kept sealed; it takes the place of another only when a code has shown that the user's app has it. By an access token
the factor is set up and not yet asked for (`SetUserMFAPreference`); by a session it is asked for from then on.
Source: Cognito API reference, `AssociateSoftwareToken`, `VerifySoftwareToken`; Cognito developer guide, "TOTP software
token MFA".
"""

import secrets
from base64 import b32encode, b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.core.totp import step_of
from gatewright.services.cognito_idp.factors.mfa_challenges import must_owe_setup, use_step, user_of
from gatewright.services.cognito_idp.factors.mfa_choice import SETUP, TOTP, offered
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.find import find_client
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    followed_by,
    invalid_session,
    must_stand,
    open_session,
    read_session,
    seal_session,
)
from gatewright.services.cognito_idp.sign_in.lockout import guess
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.storage.keys import SECRETS
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

_SEED_BYTES = 32
PENDING = "pending"  # member of a user's `mfa`: a seed that no code has been shown of


async def associate_software_token(call: Call, params: Params) -> Result:
    """Give out a new seed.

    Raises:
        Fault: `NotAuthorizedException`, `SoftwareTokenMFANotFoundException`, `InvalidParameterException`.
    """
    _must_be_one(params)
    seed = secrets.token_bytes(_SEED_BYTES)
    shown = b32encode(seed).rstrip(b"=").decode()
    if params.get("Session"):
        challenge, pool = await _setting_up(call, params["Session"])
        _must_be_offered(pool)
        asked = followed_by(challenge, SETUP, seed=seed, seed_verified=False)
        return {"SecretCode": shown, "Session": seal_session(call.keys, asked)}
    me = await read_access_token(call, params["AccessToken"])
    _must_be_offered(me.pool)
    sealed = call.keys.seal(SECRETS, seed, _pending_context(me.user.sub))

    async def keep(inner: Call) -> None:
        user = await _again(inner, me.user.sub)
        user.mfa = {**user.mfa, PENDING: b64encode(sealed).decode()}
        await inner.session.flush()

    await call.apart(keep)
    return {"SecretCode": shown}


async def verify_software_token(call: Call, params: Params) -> Result:
    """Take a code of the new seed: from then on it is the user's.

    Raises:
        Fault: `EnableSoftwareTokenMFAException`, `NotAuthorizedException`, `InvalidParameterException`.
    """
    _must_be_one(params)
    name = params.get("FriendlyDeviceName") or ""
    if params.get("Session"):
        challenge, _ = await _setting_up(call, params["Session"])
        if not challenge.seed:
            raise _no_seed()
        await _must_be_code(call, challenge.sub, challenge.seed, params["UserCode"])
        verified = followed_by(challenge, SETUP, seed_verified=True, options=name)
        return {"Status": "SUCCESS", "Session": seal_session(call.keys, verified)}
    me = await read_access_token(call, params["AccessToken"])
    pending = me.user.mfa.get(PENDING)
    if pending is None:
        raise _no_seed()
    seed = call.keys.open(SECRETS, b64decode(pending), _pending_context(me.user.sub))
    await _must_be_code(call, me.user.sub, seed, params["UserCode"])

    async def keep(inner: Call) -> None:
        user = await _again(inner, me.user.sub)
        _take_seed(inner, user, seed, name)
        await inner.session.flush()

    await call.apart(keep)
    return {"Status": "SUCCESS"}


async def finish_setup(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> tuple[UserRow, Challenge]:
    """Answer `MFA_SETUP`: the seed whose code was shown is the user's, and is asked for from now on.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    challenge = await open_session(call, client, SETUP, session)
    if not challenge.seed_verified:
        raise invalid_session()

    async def keep(inner: Call) -> UserRow:
        user = await _again(inner, challenge.sub)
        must_stand(inner, challenge, user)
        must_owe_setup(pool, user)
        _take_seed(inner, user, challenge.seed, challenge.options)
        user.mfa = {**user.mfa, "enabled": [*(user.mfa.get("enabled") or []), TOTP], "preferred": TOTP}
        await inner.session.flush()
        return user

    await user_of(call, challenge)
    return await call.apart(keep), challenge


def _take_seed(call: Call, user: UserRow, seed: bytes, name: str) -> None:
    kept: dict[str, Any] = {key: value for key, value in user.mfa.items() if key not in (PENDING, "device_name")}
    user.mfa = kept | ({"device_name": name} if name else {})
    user.sealed_totp = call.keys.seal(SECRETS, seed, user.sub.encode())
    user.modified_at = call.now


async def _must_be_code(call: Call, sub: str, seed: bytes, code: str) -> None:
    async with guess(call, f"totp setup:{sub}") as attempt:
        step = step_of(seed, code, call.now)
        if step is None:
            await attempt.was_wrong()
            raise Fault("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA", 400)
        await use_step(call, sub, step)
        await attempt.was_right()


async def _setting_up(call: Call, session: str) -> tuple[Challenge, UserPool]:
    """Return the sign-in that sets a factor up; of which client it is only its session tells."""
    pool, client = find_client(call, read_session(call, None, SETUP, session).client_id)
    return await open_session(call, client, SETUP, session), pool


async def _again(call: Call, sub: str) -> UserRow:
    user = await call.session.get(UserRow, sub)
    if user is None:
        raise invalid_session()
    return user


def _must_be_one(params: Params) -> None:
    if bool(params.get("Session")) == bool(params.get("AccessToken")):
        raise invalid_parameter("Give either the AccessToken of a user or the Session of MFA_SETUP.")


def _must_be_offered(pool: UserPool) -> None:
    if TOTP not in offered(pool):
        raise Fault("SoftwareTokenMFANotFoundException", "Software Token MFA is not enabled for the userPool.", 400)


def _no_seed() -> Fault:
    return Fault("EnableSoftwareTokenMFAException", "No seed was given out. Call AssociateSoftwareToken first.", 400)


def _pending_context(sub: str) -> bytes:
    return f"{sub} pending".encode()
