"""A remembered device proves itself by its own password, which its client made and keeps: in place of a second factor.

In: the device key that a client names, and its answers. Out: the challenges `DEVICE_SRP_AUTH` and
`DEVICE_PASSWORD_VERIFIER`, or who was proved. Law: a device that is not confirmed and remembered proves nothing; a key
that is no device of this user is refused, so that the client forgets it.
Source: Cognito developer guide, "Working with user devices in your user pool".
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Result
from gatewright.services.cognito_idp.faults import not_authorized, not_found
from gatewright.services.cognito_idp.session_tables import DeviceRow
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    followed_by,
    invalid_session,
    open_session,
    seal_session,
    spend,
)
from gatewright.services.cognito_idp.sign_in.lockout import guess
from gatewright.services.cognito_idp.sign_in.srp_exchange import ask, read_claim, required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.passwords import Verifier, open_verifier
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

SRP_AUTH = "DEVICE_SRP_AUTH"
VERIFIER = "DEVICE_PASSWORD_VERIFIER"
STEP = "device"


def device_configuration(pool: UserPool) -> Mapping[str, Any]:
    """Return how a pool tracks devices; empty where it does not."""
    return pool.settings.get("DeviceConfiguration") or {}


def device_context(sub: str, device_key: str) -> str:
    """Return what a device's verifier is sealed with."""
    return f"{sub} {device_key}"


def device_group_key(device_key: str) -> str:
    """Return the second half of a device's name in SRP. It is no secret, and follows from the first."""
    return f"-{hashlib.sha256(device_key.encode()).hexdigest()[:8]}"


async def device_of(call: Call, pool: UserPool, user: UserRow, device_key: str | None) -> DeviceRow | None:
    """Return the device that a client names; None where it names none, or the pool does not track them.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    if device_key is None or not device_configuration(pool):
        return None
    device = await call.session.get(DeviceRow, (user.sub, device_key))
    if device is None:
        call.trace.refused(STEP, "the device key is none of this user's")
        raise not_found("Device does not exist.")
    return device


def stands_in(pool: UserPool) -> bool:
    """Say whether a proved device takes the place of a second factor."""
    return bool(device_configuration(pool).get("ChallengeRequiredOnNewDevice"))


async def ask_device(call: Call, user: UserRow, met: Challenge) -> Result:
    """Ask a remembered device to prove itself."""
    if met.name:
        await spend(call, met)
    asked = followed_by(met, SRP_AUTH)
    return {
        "ChallengeName": SRP_AUTH,
        "Session": seal_session(call.keys, asked),
        "ChallengeParameters": {"DEVICE_KEY": str(met.device_key), "USERNAME": user.username},
    }


async def begin_device_proof(
    call: Call, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> Result:
    """Answer `DEVICE_SRP_AUTH`: the second half is asked for.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`.
    """
    challenge = await open_session(call, client, SRP_AUTH, session)
    device = await _device_of_challenge(call, challenge, answers)
    asked = followed_by(challenge, SRP_AUTH)
    parameters = ask(call, asked, VERIFIER, _kept(call, device), required(answers, "SRP_A"))
    await spend(call, challenge)
    shown = {"DEVICE_KEY": device.device_key, "USERNAME": challenge.username}
    return {"ChallengeName": VERIFIER, "ChallengeParameters": parameters | shown}


async def prove_device(call: Call, client: UserPoolClient, answers: Mapping[str, str]) -> tuple[UserRow, Challenge]:
    """Return whose device was proved, and the challenge that was met.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`.
    """
    claimed = await read_claim(call, client, VERIFIER, answers)
    device = await _device_of_challenge(call, claimed.challenge, answers)
    async with guess(call, f"device:{device_context(device.sub, device.device_key)}") as attempt:
        if not claimed.is_by(_kept(call, device), device.group_key, device.device_key):
            await attempt.was_wrong()
            call.trace.refused(STEP, "the device's password is wrong")
            raise not_authorized("Incorrect username or password.")
        await attempt.was_right()
    user = await call.session.get(UserRow, device.sub)
    if user is None:
        raise _gone()
    call.trace.passed(STEP, "the device proved itself")
    return user, claimed.challenge


async def _device_of_challenge(call: Call, challenge: Challenge, answers: Mapping[str, str]) -> DeviceRow:
    if required(answers, "DEVICE_KEY") != challenge.device_key:
        raise _gone()
    device = await call.session.get(DeviceRow, (challenge.sub, challenge.device_key))
    if device is None:
        raise _gone()
    if not device.remembered:
        call.trace.refused(STEP, "the device is remembered no more")
        raise invalid_session()
    return device


def _gone() -> Fault:
    return not_found("Device does not exist.")


def _kept(call: Call, device: DeviceRow) -> Verifier:
    return open_verifier(call.keys, device_context(device.sub, device.device_key), device.sealed_password)
