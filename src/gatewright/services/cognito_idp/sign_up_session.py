"""From a sign-up to a sign-in in one go: the `Session` of `SignUp`, then of `ConfirmSignUp`, then of `InitiateAuth`.

In: a user who signs up, by a client that may use `USER_AUTH`. Out: sessions that lead on. Law: whoever signed up, and
nobody else, is signed in by the code that confirms: once, within the time of a sign-in, and only if the user has never
signed in before. A session that has expired does not keep anybody from confirming; it only leads no further.
Assumed: where the pool demands a second factor there is none, because there codes are no first factor.
Source: Cognito API reference, `SignUp`, `ConfirmSignUp`, `InitiateAuth`, their `Session`.
"""

from sqlalchemy import bindparam, select

from gatewright.control.service import Call
from gatewright.services.cognito_idp.challenges import (
    Challenge,
    followed_by,
    invalid_session,
    is_expired,
    new_challenge,
    open_session,
    seal_session,
)
from gatewright.services.cognito_idp.client_settings import allows_flow
from gatewright.services.cognito_idp.mfa_choice import is_required
from gatewright.services.cognito_idp.session_tables import TokenFamilyRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.user_pools import UserPool, UserPoolClient

_FLOW = "USER_AUTH"
_SIGNED_UP, _CONFIRMED = "SIGN_UP", "CONFIRM_SIGN_UP"  # in place of the names of challenges: nobody can answer them
_FAMILIES = select(TokenFamilyRow.origin_jti).where(TokenFamilyRow.sub == bindparam("sub"))


def begin_sign_up_session(
    call: Call, pool: UserPool, client: UserPoolClient, user: UserRow, given: str
) -> dict[str, str]:
    """Return the `Session` of a sign-up, if there is to be one."""
    if not allows_flow(client, _FLOW) or is_required(pool):
        return {}
    begun = new_challenge(
        client, _SIGNED_UP, sub=user.sub, username=user.username, given=given, flow=_FLOW, now=call.now
    )
    return {"Session": seal_session(call.keys, begun)}


def signing_up_in(call: Call, client: UserPoolClient, session: str | None) -> Challenge | None:
    """Return the sign-up that a `Session` is of, None where there is none.

    Raises:
        Fault: `NotAuthorizedException`: it is not one that this client was given.
    """
    return None if session is None else open_session(call, client, _SIGNED_UP, session, even_expired=True)


def end_sign_up_session(call: Call, signing_up: Challenge) -> dict[str, str]:
    """Return the `Session` that signs in whoever has just confirmed, if that was quick enough."""
    if is_expired(call, signing_up):
        return {}
    return {"Session": seal_session(call.keys, followed_by(signing_up, _CONFIRMED))}


async def confirmed_sign_up(call: Call, client: UserPoolClient, session: str) -> Challenge:
    """Return the sign-up that was confirmed, for the first sign-in of its user.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    confirmed = open_session(call, client, _CONFIRMED, session)
    if await call.look_up(_FAMILIES, sub=confirmed.sub):
        raise invalid_session(", session can only be used for the first sign-in")
    return confirmed
