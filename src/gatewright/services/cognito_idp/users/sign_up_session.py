"""From a sign-up to a sign-in in one go: the `Session` of `SignUp`, then of `ConfirmSignUp`, then of `InitiateAuth`.

In: a user who signs up, by a client that may use `USER_AUTH`. Out: sessions that lead on. Law: whoever confirms by the
code is signed in by it: once, within the time of a sign-in, and only if the user has never signed in before. The
session of `SignUp` may be left out (Amplify does); one that is handed in is of the user who is confirmed, and its age
keeps nobody from confirming.
Assumed: where the pool demands a second factor there are none, because there codes are no first factor.
Source: Cognito API reference, `SignUp`, `ConfirmSignUp`, `InitiateAuth`, their `Session`.
"""

from typing import Any

from sqlalchemy import bindparam, select

from gatewright.control.service import Call
from gatewright.services.cognito_idp.factors.mfa_choice import is_required
from gatewright.services.cognito_idp.pools.client_settings import allows_flow
from gatewright.services.cognito_idp.session_tables import TokenFamilyRow
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    foundation_of,
    invalid_session,
    new_challenge,
    open_session,
    read_session,
    seal_session,
)
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.user_pools import UserPool, UserPoolClient

_FLOW = "USER_AUTH"
_SIGNED_UP, _CONFIRMED = "SIGN_UP", "CONFIRM_SIGN_UP"  # in place of the names of challenges: nobody can answer them
_FAMILIES = select(TokenFamilyRow.origin_jti).where(TokenFamilyRow.sub == bindparam("sub"))


def sign_up_session(call: Call, pool: UserPool, client: UserPoolClient, user: UserRow, given: str) -> dict[str, str]:
    """Return the `Session` that `SignUp` answers, if there is to be one."""
    return _session(call, pool, client, user, given, _SIGNED_UP)


def confirmation_session(
    call: Call, pool: UserPool, client: UserPoolClient, user: UserRow, given: str
) -> dict[str, str]:
    """Return the `Session` that `ConfirmSignUp` answers, if there is to be one."""
    return _session(call, pool, client, user, given, _CONFIRMED, proved=("code",), founded_on=foundation_of(user))


def _session(
    call: Call, pool: UserPool, client: UserPoolClient, user: UserRow, given: str, step: str, **shown: Any
) -> dict[str, str]:
    if not allows_flow(client, _FLOW) or is_required(pool):
        return {}
    name = user.username
    begun = new_challenge(client, step, sub=user.sub, username=name, given=given, flow=_FLOW, now=call.now, **shown)
    return {"Session": seal_session(call.keys, begun)}


def must_be_of_sign_up(call: Call, client: UserPoolClient, session: str, user: UserRow | None) -> None:
    """Refuse a `Session` that is not of the sign-up of a user.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    signed_up = read_session(call, client, _SIGNED_UP, session, even_expired=True)
    if user is None or user.sub != signed_up.sub:
        raise invalid_session()


async def confirmed_sign_up(call: Call, client: UserPoolClient, session: str) -> Challenge:
    """Return the sign-up that was confirmed, for the first sign-in of its user.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    confirmed = await open_session(call, client, _CONFIRMED, session)
    if await call.look_up(_FAMILIES, sub=confirmed.sub):
        raise invalid_session(", session can only be used for the first sign-in")
    return confirmed
