"""Codes by e-mail or text message at a sign-in: as the first factor, or as the second.

In: whom to send a code to; then the code. Out: the challenge; then the user who read it. Law: a code is good for one
sign-in and for a few guesses an hour, counted per user; what it went to is verified by it, and was not changed
meanwhile; to a name that is nobody's the same is answered and nothing is sent, and its code is always wrong. A code
ends with its session (3 to 15 minutes).
Source: Cognito developer guide, "Adding MFA to a user pool", "Passwordless sign-in with one-time passwords".
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Result
from gatewright.services.cognito_idp.faults import limit_exceeded
from gatewright.services.cognito_idp.messages.messages import (
    CONTACT_OF,
    EMAIL,
    SMS,
    Kind,
    deliver,
    must_be_deliverable,
    pretend_to_deliver,
)
from gatewright.services.cognito_idp.sign_in.candidates import Candidate
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    followed_by,
    invalid_session,
    open_session,
    seal_session,
)
from gatewright.services.cognito_idp.sign_in.counters import count, scope_of
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.codes import issue_code, pretend_to_issue, redeem_code, refuse_stranger
from gatewright.services.cognito_idp.users.contact_verification import prove_contact
from gatewright.storage.user_pools import UserPool, UserPoolClient

_MEDIA = {"EMAIL_OTP": EMAIL, "SMS_OTP": SMS, "SMS_MFA": SMS}
ANSWERS = {"EMAIL_OTP": "EMAIL_OTP_CODE", "SMS_OTP": "SMS_OTP_CODE", "SMS_MFA": "SMS_MFA_CODE"}
_HOUR = 3_600.0
_MOST_MESSAGES = 30  # an hour to one user: somebody who signs in often is no attacker, and a flood is one


def _purpose(name: str) -> str:
    return f"SIGN_IN:{name}"


async def ask_code(call: Call, pool: UserPool, user: UserRow | None, met: Challenge, name: str) -> Result:
    """Send a code and return the challenge that asks for it.

    Raises:
        Fault: `LimitExceededException`, `CodeDeliveryFailureException`.
    """
    medium = _MEDIA[name]
    must_be_deliverable(call, pool, medium)

    async def send(inner: Call) -> Mapping[str, str]:
        await count_sign_in_message(inner, pool, user, met.given, name)
        if user is None:
            return await pretend_to_deliver(inner, pool, Kind.AUTHENTICATION, met.given, (CONTACT_OF[medium],))
        contact = CONTACT_OF[medium]
        code = await issue_code(inner, user, _purpose(name), attribute=contact, value=user.attributes.get(contact))
        return await deliver(inner, pool, user, Kind.AUTHENTICATION, medium, code, until=met.expires_at)

    return asked_for_code(call, met, name, await call.apart(send))


async def count_sign_in_message(call: Call, pool: UserPool, user: UserRow | None, given: str, name: str) -> None:
    """Count a message at a sign-in, to a user or to nobody.

    Raises:
        Fault: `LimitExceededException`.
    """
    if await count(call, scope_of(f"sent {_purpose(name)}", pool, user, given), _HOUR) > _MOST_MESSAGES:
        raise limit_exceeded()
    if user is None:
        await pretend_to_issue(call, pool, given, _purpose(name))


def asked_for_code(
    call: Call, met: Challenge, name: str, details: Mapping[str, str], *, options: str = ""
) -> dict[str, Any]:
    """Return the challenge that asks for a code which was sent; `options` is what more its session remembers."""
    return {
        "ChallengeName": name,
        "Session": seal_session(call.keys, followed_by(met, name, options=options)),
        "ChallengeParameters": {
            "CODE_DELIVERY_DELIVERY_MEDIUM": details["DeliveryMedium"],
            "CODE_DELIVERY_DESTINATION": details["Destination"],
            "USER_ID_FOR_SRP": met.username,
            "USERNAME": met.username,
        },
    }


async def prove_code(
    call: Call, pool: UserPool, client: UserPoolClient, name: str, session: str | None, answers: Mapping[str, str]
) -> tuple[UserRow, Challenge]:
    """Return the user who knows the code, and the challenge that was met.

    Raises:
        Fault: `CodeMismatchException`, `ExpiredCodeException`, `LimitExceededException`, `NotAuthorizedException`.
    """
    challenge = await open_session(call, client, name, session)
    code = required(answers, ANSWERS[name])
    user = await call.session.get(UserRow, challenge.sub)

    async def redeem(inner: Call) -> None:
        if user is None:
            await _refuse_stranger(inner, pool, challenge, name)
            return
        proved = await redeem_code(inner, pool, user, _purpose(name), code)
        await prove_contact(inner, pool, user.sub, CONTACT_OF[_MEDIA[name]], proved.value)

    await call.apart(redeem)
    if user is None:
        raise invalid_session()
    call.trace.passed("code", f"the code of {name} is the one that was sent")
    return user, challenge


async def _refuse_stranger(call: Call, pool: UserPool, challenge: Challenge, name: str) -> None:
    refusal = await refuse_stranger(call, pool, challenge.given, _purpose(name))
    raise refusal


def can_receive(pool: UserPool, candidate: Candidate, name: str) -> bool:
    """Say whether a code can be sent; to nobody it can, so that nobody is told apart."""
    medium = _MEDIA[name]
    if medium == SMS and not pool.settings.get("SmsConfiguration"):
        return False
    if candidate.user is None:
        return True
    attributes, contact = candidate.user.attributes, CONTACT_OF[medium]
    return bool(attributes.get(contact)) and attributes.get(f"{contact}_verified") == "true"
