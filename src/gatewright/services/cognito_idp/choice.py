"""`USER_AUTH`: the client, or its user, chooses how to sign in.

In: the first factor that is preferred, or chosen among those that are offered. Out: the challenge of that factor, or
the next step. Law: only what the pool allows and the user has is offered; whoever owes a second factor comes in by
password; a name that is nobody's is offered what most users are.
Source: Cognito developer guide, "Choice-based authentication"; Cognito API reference, `InitiateAuth`.
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.candidates import Candidate, same_candidate
from gatewright.services.cognito_idp.challenges import (
    Challenge,
    followed_by,
    open_session,
    seal_session,
    spend,
)
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.mfa_choice import factors_of, is_required
from gatewright.services.cognito_idp.one_time_codes import ask_code, can_receive
from gatewright.services.cognito_idp.password_proof import ask_verifier, prove_plain
from gatewright.services.cognito_idp.sign_in import SigningIn, go_on, must_be_able_to_sign_in
from gatewright.services.cognito_idp.srp_exchange import required
from gatewright.storage.user_pools import UserPool, UserPoolClient

SELECT = "SELECT_CHALLENGE"
PASSWORDS = ("PASSWORD", "PASSWORD_SRP")
CODES = ("EMAIL_OTP", "SMS_OTP")


async def begin_choice(
    call: Call, pool: UserPool, client: UserPoolClient, start: Challenge, candidate: Candidate, params: Params
) -> Result:
    """Begin with the preferred factor, or ask which.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException` …
    """
    if params.get("Session"):
        raise invalid_parameter("Session of ConfirmSignUp is not supported yet: sign in with a factor.")
    parameters: Mapping[str, str] = params["AuthParameters"]
    offered = offered_factors(pool, candidate)
    preferred = parameters.get("PREFERRED_CHALLENGE")
    if preferred in offered and (preferred not in PASSWORDS or _has_answer(preferred, parameters)):
        return await _continue(call, pool, client, start, candidate, preferred, parameters)
    asked = followed_by(start, SELECT, choices=offered)
    return {
        "ChallengeName": SELECT,
        "AvailableChallenges": list(offered),
        "ChallengeParameters": {},
        "Session": seal_session(call.keys, asked),
    }


def _has_answer(preferred: str | None, parameters: Mapping[str, str]) -> bool:
    return bool(parameters.get("PASSWORD" if preferred == "PASSWORD" else "SRP_A"))


def offered_factors(pool: UserPool, candidate: Candidate) -> tuple[str, ...]:
    """Return the first factors that a user may choose among. Codes are for those who owe no second factor."""
    policy: Mapping[str, Any] = pool.settings["Policies"].get("SignInPolicy") or {}
    allowed = policy.get("AllowedFirstAuthFactors") or ["PASSWORD"]
    offered = PASSWORDS if "PASSWORD" in allowed else ()
    if is_required(pool) or (candidate.user is not None and factors_of(pool, candidate.user)):
        return offered
    return offered + tuple(name for name in CODES if name in allowed and can_receive(pool, candidate, name))


async def answer_choice(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> Result:
    """Answer `SELECT_CHALLENGE`: go on with the factor that was chosen.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException` …
    """
    challenge = open_session(call, client, SELECT, session)
    answer = required(answers, "ANSWER")
    if answer not in challenge.choices:
        raise invalid_parameter(f"ANSWER is not one of the available challenges: {', '.join(challenge.choices)}.")
    candidate = await same_candidate(call, pool, challenge.sub, challenge.given)
    return await _continue(call, pool, client, challenge, candidate, answer, answers)


async def _continue(
    call: Call,
    pool: UserPool,
    client: UserPoolClient,
    challenge: Challenge,
    candidate: Candidate,
    factor: str,
    parameters: Mapping[str, str],
) -> Result:
    if factor == "PASSWORD":
        user = await prove_plain(call, pool, client, candidate, required(parameters, "PASSWORD"))
        return await go_on(call, SigningIn(pool, client, user, challenge).having_proved("password"))
    if factor == "PASSWORD_SRP":
        asked = ask_verifier(call, challenge, candidate, required(parameters, "SRP_A"))
    else:
        if candidate.user is not None:
            must_be_able_to_sign_in(call, SigningIn(pool, client, candidate.user, challenge))
        asked = dict(await ask_code(call, pool, candidate.user, challenge, factor))
    if challenge.name:
        await spend(call, challenge)
    return asked
