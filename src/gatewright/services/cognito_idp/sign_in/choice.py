"""`USER_AUTH`: the client, or its user, chooses how to sign in.

In: the first factor that is preferred, or chosen among those that are offered. Out: the challenge of that factor, or
the next step. Law: only what the pool allows and the user has is offered; whoever owes a second factor comes in by
password, or by a passkey that is as good as two; a name that is nobody's is offered what users are.
Source: Cognito developer guide, "Choice-based authentication"; Cognito API reference, `InitiateAuth`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.factors.mfa_choice import factors_of, is_required
from gatewright.services.cognito_idp.factors.web_authn_sign_in import (
    OPTIONS,
    Passkey,
    ask_for,
    ask_passkey,
    passkeys_of,
    prove_for,
    satisfies_mfa,
)
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.client_settings import hides_users
from gatewright.services.cognito_idp.pools.web_authn_configuration import FACTOR as WEB_AUTHN
from gatewright.services.cognito_idp.pools.web_authn_configuration import is_multi_factor
from gatewright.services.cognito_idp.sign_in.candidates import Candidate, same_candidate
from gatewright.services.cognito_idp.sign_in.challenges import (
    NOBODY,
    Challenge,
    followed_by,
    invalid_session,
    open_session,
    seal_session,
    spend,
)
from gatewright.services.cognito_idp.sign_in.one_time_codes import ask_code, can_receive
from gatewright.services.cognito_idp.sign_in.password_proof import ask_verifier, prove_plain
from gatewright.services.cognito_idp.sign_in.sign_in import SigningIn, go_on, must_be_able_to_sign_in, must_be_named
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.sign_up_session import confirmed_sign_up
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

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
        return await _as_signed_up(call, pool, client, candidate, params["Session"])
    parameters: Mapping[str, str] = params["AuthParameters"]
    passkeys = await passkeys_of(call, pool, candidate)
    offered = offered_factors(pool, candidate, passkeys)
    preferred = parameters.get("PREFERRED_CHALLENGE")
    if preferred in offered and (preferred not in PASSWORDS or _has_answer(preferred, parameters)):
        asked = await _continue(call, pool, client, start, candidate, preferred, parameters)
        return asked if preferred in PASSWORDS else {**asked, "AvailableChallenges": list(offered)}
    # Who chooses a passkey may answer with it at once, and so is asked for it here.
    challenge, options = ask_for(pool, passkeys) if WEB_AUTHN in offered else ("", "")
    return {
        "ChallengeName": SELECT,
        "AvailableChallenges": list(offered),
        "ChallengeParameters": {OPTIONS: options} if options else {},
        "Session": seal_session(call.keys, followed_by(start, SELECT, choices=offered, options=challenge)),
    }


async def _as_signed_up(
    call: Call, pool: UserPool, client: UserPoolClient, candidate: Candidate, session: str
) -> Result:
    """Sign in whoever has just confirmed a sign-up: the code that confirmed it is the first factor."""
    confirmed = await confirmed_sign_up(call, client, session)
    if candidate.user is None or candidate.user.sub != confirmed.sub:
        raise invalid_session()
    return await go_on(call, SigningIn(pool, client, candidate.user, confirmed))


def _has_answer(preferred: str | None, parameters: Mapping[str, str]) -> bool:
    return bool(parameters.get("PASSWORD" if preferred == "PASSWORD" else "SRP_A"))


def offered_factors(pool: UserPool, candidate: Candidate, passkeys: Sequence[Passkey]) -> tuple[str, ...]:
    """Return the first factors that a user may choose among.

    Codes are for those who owe no second factor. So are passkeys, but for those that are as good as two.
    """
    policy: Mapping[str, Any] = pool.settings["Policies"].get("SignInPolicy") or {}
    allowed = policy.get("AllowedFirstAuthFactors") or ["PASSWORD"]
    offered: tuple[str, ...] = PASSWORDS if "PASSWORD" in allowed else ()
    user = candidate.user
    owes = is_required(pool) or (user is not None and bool(factors_of(pool, user)))
    if not owes:
        offered += tuple(name for name in CODES if name in allowed and can_receive(pool, candidate, name))
    as_good_as_two = is_multi_factor(pool) if user is None else satisfies_mfa(pool, user)
    return (*offered, WEB_AUTHN) if passkeys and (as_good_as_two or not owes) else offered


async def answer_choice(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> Result:
    """Answer `SELECT_CHALLENGE`: go on with the factor that was chosen.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException` …
    """
    challenge = await open_session(call, client, SELECT, session)
    answer = required(answers, "ANSWER")
    if answer not in challenge.choices:
        raise invalid_parameter(f"ANSWER is not one of the available challenges: {', '.join(challenge.choices)}.")
    candidate = await same_candidate(call, pool, challenge.sub, challenge.given)
    must_be_named(pool, candidate.user, challenge, answers["USERNAME"])
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
    if factor == WEB_AUTHN and challenge.options and parameters.get("CREDENTIAL"):
        user, met = await prove_for(call, pool, challenge, parameters["CREDENTIAL"])
        return await go_on(call, SigningIn(pool, client, user, met).having_proved("passkey"))
    if factor == "PASSWORD_SRP":
        asked = ask_verifier(call, challenge, candidate, required(parameters, "SRP_A"))
    elif factor == WEB_AUTHN:
        passkeys = await passkeys_of(call, pool, candidate)
        if not passkeys:
            raise invalid_parameter("The user has no passkey any more. Choose another challenge.")
        asked = ask_passkey(call, pool, challenge, passkeys)
    else:
        reader, met = _who_reads_a_code(call, pool, client, candidate, challenge)
        asked = dict(await ask_code(call, pool, reader, met, factor))
    if challenge.name:
        await spend(call, challenge)
    return asked


def _who_reads_a_code(
    call: Call, pool: UserPool, client: UserPoolClient, candidate: Candidate, challenge: Challenge
) -> tuple[UserRow | None, Challenge]:
    """Return whom a code is sent to. Nothing has been shown yet: where the client hides who exists, nobody is told that
    a user is disabled, unconfirmed or must reset the password; such a user gets the look of a code, as a stranger does.
    """
    if candidate.user is None:
        return None, challenge
    try:
        must_be_able_to_sign_in(call, SigningIn(pool, client, candidate.user, challenge))
    except Fault:
        if not hides_users(client):
            raise
        return None, msgspec.structs.replace(challenge, sub=NOBODY)
    return candidate.user, challenge
