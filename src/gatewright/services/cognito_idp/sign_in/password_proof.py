"""The first factor, a password: proved by SRP, or sent in plain.

In: what the client answers. Out: who has shown that they know the password. Law: a wrong one is counted before it is
answered, an unknown user answers like a wrong password, and while locked not even the right one is looked at. That a
user is disabled, unconfirmed or must reset is told to nobody who does not know the password. Only whoever was imported
has none to know: they are told to reset it, unless the client hides who exists.
Source: Cognito developer guide, "Authentication flows"; Cognito API reference, `InitiateAuth`.
"""

from collections.abc import Mapping

from gatewright.control.service import Call
from gatewright.services.cognito_idp.faults import not_authorized, password_reset_required
from gatewright.services.cognito_idp.pools.client_settings import hides_users
from gatewright.services.cognito_idp.sign_in import srp
from gatewright.services.cognito_idp.sign_in.candidates import Candidate, same_candidate
from gatewright.services.cognito_idp.sign_in.challenges import Challenge
from gatewright.services.cognito_idp.sign_in.lockout import guess
from gatewright.services.cognito_idp.sign_in.srp_exchange import ask, read_claim
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.directory import RESET_REQUIRED
from gatewright.services.cognito_idp.users.passwords import pool_name
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

STEP = "password"
VERIFIER = "PASSWORD_VERIFIER"


async def prove_plain(
    call: Call, pool: UserPool, client: UserPoolClient, candidate: Candidate, password: str
) -> UserRow:
    """Return the user whose password this is.

    Raises:
        Fault: `NotAuthorizedException`, `PasswordResetRequiredException`.
    """
    async with guess(call, candidate.scope) as attempt:
        made = srp.verifier(pool_name(pool.id), candidate.username, password, candidate.kept.salt)
        if not srp.stands_for(made, candidate.kept.verifier) or candidate.user is None:
            await attempt.was_wrong()
            raise _wrong(call, client, candidate)
        await attempt.was_right()
    call.trace.passed(STEP, "the password is the user's")
    return candidate.user


def ask_verifier(call: Call, challenge: Challenge, candidate: Candidate, srp_a: str) -> dict[str, object]:
    """Return the challenge in which the client proves a password by SRP.

    Raises:
        Fault: `InvalidParameterException`: `SRP_A` is no number of the group.
    """
    return {
        "ChallengeName": VERIFIER,
        "ChallengeParameters": ask(call, challenge, VERIFIER, candidate.kept, srp_a)
        | {"USERNAME": candidate.username, "USER_ID_FOR_SRP": candidate.username},
    }


async def prove_by_srp(
    call: Call, pool: UserPool, client: UserPoolClient, answers: Mapping[str, str]
) -> tuple[UserRow, Challenge]:
    """Return the user who has proved the password, and the challenge that was met.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`.
    """
    claimed = await read_claim(call, client, VERIFIER, answers)
    challenge = claimed.challenge
    candidate = await same_candidate(call, pool, challenge.sub, challenge.given)
    async with guess(call, candidate.scope) as attempt:
        proved = claimed.is_by(candidate.kept, pool_name(pool.id), challenge.username)
        if not proved or candidate.user is None:
            await attempt.was_wrong()
            raise _wrong(call, client, candidate)
        await attempt.was_right()
    call.trace.passed(STEP, "the password was proved by SRP")
    return candidate.user, challenge


def _wrong(call: Call, client: UserPoolClient, candidate: Candidate) -> Fault:
    user = candidate.user
    if user is not None and user.sealed_password is None and user.status == RESET_REQUIRED and not hides_users(client):
        call.trace.refused(STEP, "the user was imported, and has not chosen a password yet")
        return password_reset_required()
    why = "the password is not the user's" if candidate.user is not None else "there is no such user"
    call.trace.refused(STEP, why)
    return not_authorized("Incorrect username or password.")
