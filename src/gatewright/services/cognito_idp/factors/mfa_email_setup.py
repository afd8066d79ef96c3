"""An e-mail address as the second factor, set up during a sign-in that demands one.

In: the session of `MFA_SETUP` and the address. Out: the challenge `EMAIL_OTP`; then whoever reads the mailbox, whose
verified address and second factor it is from then on. Law: neither an address that the user has nor a factor that was
set up meanwhile is replaced in this way, or a password alone would be enough to take an account over; a client that may
not write the address may not set it up; the code that proves it is good for nothing else.
Assumed, because AWS's pages do not tell and its own client (Amplify) does it so: the answer to `MFA_SETUP` has the
address as `EMAIL`. A phone number cannot be set up during a sign-in: it is added to the user first.
Source: Cognito API reference, `RespondToAuthChallenge`; Cognito developer guide, "SMS and email message MFA".
"""

from collections.abc import Mapping

from gatewright.control.service import Call, Result
from gatewright.services.cognito_idp.factors.mfa_challenges import must_owe_setup, user_of
from gatewright.services.cognito_idp.factors.mfa_choice import EMAIL, SETUP, offered
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.messages.message_texts import EMAIL as MEDIUM
from gatewright.services.cognito_idp.messages.messages import Kind, deliver, must_be_deliverable
from gatewright.services.cognito_idp.pools.client_settings import writable
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    invalid_session,
    must_stand,
    open_session,
    spend,
)
from gatewright.services.cognito_idp.sign_in.one_time_codes import ANSWERS, asked_for_code, count_sign_in_message
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.attributes import is_email, must_be_writable
from gatewright.services.cognito_idp.users.codes import issue_code, redeem_code
from gatewright.services.cognito_idp.users.contact_verification import mark_verified
from gatewright.storage.user_pools import UserPool, UserPoolClient

_PURPOSE = f"SIGN_IN:{EMAIL}:SETUP"
_MARK = "setup "  # before the address, in the challenge's `options`


async def begin_email_setup(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> Result:
    """Send a code to an address that is to be a second factor.

    Raises:
        Fault: `InvalidParameterException`, `NotAuthorizedException`, `LimitExceededException` …
    """
    challenge = await open_session(call, client, SETUP, session)
    address = required(answers, "EMAIL")
    user = await user_of(call, challenge)
    _must_be_allowed(pool, client, user, address)
    must_owe_setup(pool, user)
    must_be_deliverable(call, pool, MEDIUM)
    await spend(call, challenge)

    async def send(inner: Call) -> Mapping[str, str]:
        await count_sign_in_message(inner, pool, user, user.username, EMAIL)
        code = await issue_code(inner, user, _PURPOSE, attribute="email", value=address)
        return await deliver(
            inner, pool, user, Kind.AUTHENTICATION, MEDIUM, code, to=address, until=challenge.expires_at
        )

    details = await call.apart(send)
    return asked_for_code(call, challenge, EMAIL, details, options=_MARK + address)


def _must_be_allowed(pool: UserPool, client: UserPoolClient, user: UserRow, address: str) -> None:
    if EMAIL not in offered(pool):
        raise invalid_parameter(f"The user pool does not offer {EMAIL}. Set up another factor.")
    if not is_email(address):
        raise invalid_parameter("Invalid email address format.")
    if user.attributes.get("email") not in (None, "", address):
        raise invalid_parameter("The user has another email. Sign in elsewhere, or ask an administrator, to change it.")
    must_be_writable(writable(client, pool), ["email"])
    if not pool.schema["email"]["Mutable"] and not user.attributes.get("email"):
        raise invalid_parameter("user.email: Attribute cannot be updated.")


async def is_email_setup(call: Call, client: UserPoolClient, session: str | None) -> bool:
    """Say whether the session of `EMAIL_OTP` is about an address that is being set up."""
    return (await open_session(call, client, EMAIL, session)).options.startswith(_MARK)


async def finish_email_setup(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> tuple[UserRow, Challenge]:
    """Take the code: the address is the user's, verified, and asked for from now on.

    Raises:
        Fault: `CodeMismatchException`, `ExpiredCodeException`, `AliasExistsException`, `NotAuthorizedException` …
    """
    challenge = await open_session(call, client, EMAIL, session)
    address = challenge.options.removeprefix(_MARK)
    code = required(answers, ANSWERS[EMAIL])

    async def redeem(inner: Call) -> UserRow:
        user = await inner.session.get(UserRow, challenge.sub)
        if user is None:
            raise invalid_session()
        must_stand(inner, challenge, user)
        must_owe_setup(pool, user)
        proved = await redeem_code(inner, pool, user, _PURPOSE, code)
        if proved.value != address:  # the code of another sign-in, which had another address
            raise invalid_session()
        await mark_verified(inner, pool, user, "email", address)
        user.mfa = {**user.mfa, "enabled": [*(user.mfa.get("enabled") or []), EMAIL], "preferred": EMAIL}
        await inner.session.flush()
        return user

    user = await call.apart(redeem)
    call.trace.passed("code", "the code shows that the new address is the user's")
    return user, challenge
