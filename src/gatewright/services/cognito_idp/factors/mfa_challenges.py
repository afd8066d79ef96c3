"""The second factor at a sign-in: asked for, chosen, and shown.

In: which factor comes next, or what the client answers. Out: the challenge, or who has shown the factor. Law: codes are
good once and for a few tries only, counted per user in the database and not per session; a code of an authenticator app
is good for one sign-in, even within its thirty seconds.
Source: Cognito developer guide, "Adding MFA to a user pool"; Cognito API reference, `RespondToAuthChallenge`.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from gatewright.control.service import Call, Result
from gatewright.core.totp import step_of
from gatewright.services.cognito_idp.factors.mfa_choice import EMAIL, SELECT, SETUP, TOTP, Asked, second_factor
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.session_tables import UsedChallengeRow
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    followed_by,
    invalid_session,
    open_session,
    seal_session,
    spend,
)
from gatewright.services.cognito_idp.sign_in.lockout import guess
from gatewright.services.cognito_idp.sign_in.one_time_codes import ANSWERS, ask_code
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.keys import SECRETS
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

STEP = "second factor"
_USED: Any = UsedChallengeRow.__table__
_KEPT_SECONDS = 300.0  # how long the codes that were used are remembered: longer than any is good
_CODES = {TOTP: "SOFTWARE_TOKEN_MFA_CODE"}


async def ask_second_factor(call: Call, pool: UserPool, user: UserRow, met: Challenge, asked: Asked) -> Result:
    """Return the challenge that asks for a second factor.

    Raises:
        Fault: `InvalidParameterException`: the user can neither show one nor set one up.
    """
    if asked.name == SETUP and not {TOTP, EMAIL}.intersection(asked.choices):  # a phone is not set up by signing in
        raise invalid_parameter("User does not have delivery config set to turn on SMS_MFA")
    if met.name:
        await spend(call, met)
    return await _challenge(call, pool, user, met, asked)


async def _challenge(call: Call, pool: UserPool, user: UserRow, met: Challenge, asked: Asked) -> Result:
    if asked.name in ANSWERS:
        return await ask_code(call, pool, user, met, asked.name)
    parameters = {"USER_ID_FOR_SRP": user.username}
    if asked.name == SETUP:
        parameters["MFAS_CAN_SETUP"] = json.dumps(asked.choices)
    elif asked.name == SELECT:
        parameters["MFAS_CAN_CHOOSE"] = json.dumps(asked.choices)
    elif asked.name == TOTP:
        parameters["FRIENDLY_DEVICE_NAME"] = str(user.mfa.get("device_name") or "")
    challenge = followed_by(met, asked.name, choices=asked.choices)
    return {
        "ChallengeName": asked.name,
        "Session": seal_session(call.keys, challenge),
        "ChallengeParameters": parameters,
    }


async def choose_factor(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> Result:
    """Answer `SELECT_MFA_TYPE`: the chosen factor is asked for.

    Raises:
        Fault: `InvalidParameterException`, `NotAuthorizedException`.
    """
    challenge = await open_session(call, client, SELECT, session)
    answer = required(answers, "ANSWER")
    answer = EMAIL if answer == "EMAIL_MFA" else answer  # the API reference has both names
    if answer not in challenge.choices:
        raise invalid_parameter(f"ANSWER is not one of the MFAS_CAN_CHOOSE: {', '.join(challenge.choices)}.")
    user = await user_of(call, challenge)
    await spend(call, challenge)
    return await _challenge(call, pool, user, challenge, Asked(answer))


async def prove_factor(
    call: Call, client: UserPoolClient, name: str, session: str | None, answers: Mapping[str, str]
) -> tuple[UserRow, Challenge]:
    """Return the user who has shown a second factor, and the challenge that was met.

    Raises:
        Fault: `CodeMismatchException`, `NotAuthorizedException`, `InvalidParameterException`.
    """
    challenge = await open_session(call, client, name, session)
    user = await user_of(call, challenge)
    await prove_totp(call, user, required(answers, _CODES[TOTP]))
    return user, challenge


async def user_of(call: Call, challenge: Challenge) -> UserRow:
    """Return the user of a sign-in that has begun.

    Raises:
        Fault: `NotAuthorizedException`: there is none any more.
    """
    user = await call.session.get(UserRow, challenge.sub)
    if user is None:
        raise invalid_session()
    return user


def must_owe_setup(pool: UserPool, user: UserRow) -> None:
    """Refuse to set up a factor where the user has got one meanwhile: a password alone replaces no second factor.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    owed = second_factor(pool, user)
    if owed is None or owed.name != SETUP:
        raise invalid_session(", session can only be used once")


async def prove_totp(call: Call, user: UserRow, code: str) -> None:
    """Take a code of the user's authenticator app, once.

    Raises:
        Fault: `CodeMismatchException`, `ExpiredCodeException`, `SoftwareTokenMFANotFoundException`.
    """
    if user.sealed_totp is None:
        raise Fault("SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the user", 400)
    seed = call.keys.open(SECRETS, user.sealed_totp, user.sub.encode())
    async with guess(call, f"totp:{user.sub}") as attempt:
        step = step_of(seed, code, call.now)
        if step is None:
            await attempt.was_wrong()
            raise wrong_code(call)
        await use_step(call, user.sub, step)
        await attempt.was_right()
    call.trace.passed(STEP, "the code is the authenticator app's")


async def use_step(call: Call, sub: str, step: int) -> None:
    """Take a step's code for the only time.

    Raises:
        Fault: `ExpiredCodeException`.
    """
    name = str(uuid.uuid5(uuid.UUID(sub), f"totp {step}"))
    try:
        await call.append(_USED, {"challenge_id": name, "expires_at": call.now + _KEPT_SECONDS})
    except IntegrityError:
        call.trace.refused(STEP, "the code was used before")
        raise Fault("ExpiredCodeException", "Your software token has already been used once.", 400) from None


def wrong_code(call: Call) -> Fault:
    """Return AWS's answer to a wrong code at a sign-in."""
    call.trace.refused(STEP, "the code is wrong")
    return Fault("CodeMismatchException", "Invalid code received for user", 400)
