"""`RespondToAuthChallenge`: a step of a sign-in, after the first.

In: the answer to a challenge. Out: the next challenge, or tokens. Law: what a client may answer is in the sealed
session and nowhere else; the client shows its secret at every step. One function for each challenge.
Source: Cognito API reference, `RespondToAuthChallenge`.
"""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.factors.device_proof import SRP_AUTH, begin_device_proof, prove_device
from gatewright.services.cognito_idp.factors.device_proof import VERIFIER as DEVICE_VERIFIER
from gatewright.services.cognito_idp.factors.mfa_challenges import choose_factor, prove_factor
from gatewright.services.cognito_idp.factors.mfa_choice import EMAIL, SETUP, TOTP, factors_of
from gatewright.services.cognito_idp.factors.mfa_choice import SELECT as SELECT_FACTOR
from gatewright.services.cognito_idp.factors.mfa_email_setup import (
    begin_email_setup,
    finish_email_setup,
    is_email_setup,
)
from gatewright.services.cognito_idp.factors.mfa_setup import finish_setup
from gatewright.services.cognito_idp.factors.web_authn_sign_in import prove_passkey
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.find import find_client
from gatewright.services.cognito_idp.pools.web_authn_configuration import FACTOR as WEB_AUTHN
from gatewright.services.cognito_idp.sign_in.challenges import Challenge, invalid_session
from gatewright.services.cognito_idp.sign_in.choice import SELECT, answer_choice
from gatewright.services.cognito_idp.sign_in.new_password import set_new_password
from gatewright.services.cognito_idp.sign_in.one_time_codes import prove_code
from gatewright.services.cognito_idp.sign_in.password_proof import VERIFIER, prove_by_srp
from gatewright.services.cognito_idp.sign_in.secret_hash import check_secret_hash
from gatewright.services.cognito_idp.sign_in.sign_in import NEW_PASSWORD_REQUIRED, SigningIn, go_on, must_be_named
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.user_pools import UserPool, UserPoolClient

Answers = Mapping[str, str]
_Met = tuple[UserRow, Challenge]


async def respond_to_auth_challenge(call: Call, params: Params) -> Result:
    """Answer a challenge.

    Raises:
        Fault: `NotAuthorizedException`, `CodeMismatchException`, `InvalidParameterException` …
    """
    pool, client = find_client(call, params["ClientId"])
    return await respond(call, pool, client, params)


async def respond(call: Call, pool: UserPool, client: UserPoolClient, params: Params) -> Result:
    """Answer a challenge, for a user or for an administrator.

    Raises:
        Fault: as `respond_to_auth_challenge`.
    """
    name, session = params["ChallengeName"], params.get("Session")
    answers: Answers = params.get("ChallengeResponses") or {}
    check_secret_hash(call, client, required(answers, "USERNAME"), answers.get("SECRET_HASH"))
    asks = begin_email_setup if name == SETUP and answers.get("EMAIL") else _ASKING.get(name)
    if asks is not None:
        return await asks(call, pool, client, session, answers)
    proves = _PROVING.get(name)
    if proves is None:
        raise invalid_parameter(f"{name} cannot be answered here.")
    what, prove = proves
    user, challenge = await prove(call, pool, client, session, answers)
    must_be_named(pool, user, challenge, answers["USERNAME"])
    if what == "code" and "password" in challenge.proved:
        what = "mfa"
    if what == "mfa" and name != SETUP:
        _must_count(call, pool, user, name)
    return await go_on(call, SigningIn(pool, client, user, challenge).having_proved(what))


def _must_count(call: Call, pool: UserPool, user: UserRow, factor: str) -> None:
    """Refuse a second factor that the user, or the pool, has given up since it was asked for."""
    if factor not in factors_of(pool, user):
        call.trace.refused("second factor", f"{factor} is no second factor of the user any more")
        raise invalid_session()


async def _srp(call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Answers) -> _Met:
    user, challenge = await prove_by_srp(call, pool, client, answers)
    device_key = answers.get("DEVICE_KEY") or challenge.device_key
    return user, msgspec.structs.replace(challenge, device_key=device_key)


async def _totp(call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Answers) -> _Met:
    return await prove_factor(call, client, TOTP, session, answers)


async def _device(call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Answers) -> _Met:
    return await prove_device(call, client, answers)


async def _device_srp(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Answers
) -> Result:
    return await begin_device_proof(call, client, session, answers)


async def _email(call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Answers) -> _Met:
    prove = finish_email_setup if await is_email_setup(call, client, session) else _code(EMAIL)
    return await prove(call, pool, client, session, answers)


def _code(name: str) -> "_Prove":
    async def prove(call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Answers) -> _Met:
        return await prove_code(call, pool, client, name, session, answers)

    return prove


_Ask = Callable[[Call, UserPool, UserPoolClient, str | None, Answers], Awaitable[Result]]
_Prove = Callable[[Call, UserPool, UserPoolClient, str | None, Answers], Awaitable[_Met]]
_ASKING: dict[str, _Ask] = {  # the answer leads to another question
    SELECT: answer_choice,
    SELECT_FACTOR: choose_factor,
    SRP_AUTH: _device_srp,
}
_PROVING: dict[str, tuple[str, _Prove]] = {  # the answer shows something
    VERIFIER: ("password", _srp),
    NEW_PASSWORD_REQUIRED: ("password", set_new_password),
    TOTP: ("mfa", _totp),
    SETUP: ("mfa", finish_setup),
    DEVICE_VERIFIER: ("device", _device),
    WEB_AUTHN: ("passkey", prove_passkey),
    EMAIL: ("code", _email),
    "SMS_OTP": ("code", _code("SMS_OTP")),
    "SMS_MFA": ("code", _code("SMS_MFA")),
}
