"""What is remembered of a sign-in between one answer and the next: sealed, and handed to the client.

In: how far a sign-in has come. Out: a `Session` (or the secret block of SRP) that only this installation can have made.
Law: nobody but us reads or changes what is in it; it is good for its client, for the challenge that it was made for and
for the minutes that the client's `AuthSessionValidity` says; once the challenge was met it is spent, which the database
decides. What a user has shown counts for as long as it is true: a session ends with the password that it was begun by,
and when its user is disabled, deleted, reset or signed out everywhere, or deletes a passkey, or its client allows the
flow no more. Nothing is stored for sign-ins that nobody finishes.
Source: Cognito API reference, `RespondToAuthChallenge`; Cognito developer guide, "Authentication flows".
"""

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError

from gatewright.control.service import Call
from gatewright.core import ids
from gatewright.services.cognito_idp.faults import not_authorized
from gatewright.services.cognito_idp.pools.client_settings import allows_flow
from gatewright.services.cognito_idp.session_tables import UsedChallengeRow
from gatewright.services.cognito_idp.sign_in.candidates import user_by_sub
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.keys import Keys, SealBroken
from gatewright.storage.user_pools import UserPoolClient
from gatewright.wire.faults import Fault

# As long as anybody's, so that the length of what is sealed tells nothing.
NOBODY = "00000000-0000-0000-0000-000000000000"
STEP = "session"
_PURPOSE = "sign-in challenges"
_USED: Any = UsedChallengeRow.__table__


class Challenge(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A question that was put to a client, and how far the sign-in had come."""

    id: str
    name: str  # ChallengeName that the answer must have
    client_id: str
    sub: str  # `NOBODY`: the name is nobody's, and the question is put for the look of it
    username: str  # USER_ID_FOR_SRP
    given: str  # the name that the client began with
    event_id: str
    expires_at: float
    flow: str  # AuthFlow that the sign-in began with
    proved: tuple[str, ...] = ()  # what the user has shown already: password, code, passkey, mfa, device
    founded_on: bytes = b""  # `foundation_of` the user when that was shown
    device_key: str | None = None
    srp_private: bytes = b""
    srp_server: bytes = b""
    srp_client: bytes = b""
    choices: tuple[str, ...] = ()  # of SELECT_CHALLENGE, SELECT_MFA_TYPE, MFA_SETUP
    seed: bytes = b""  # of an authenticator app that is being set up
    seed_verified: bool = False
    options: str = ""  # further state of one challenge, such as a passkey's


def new_challenge(
    client: UserPoolClient, name: str, *, sub: str, username: str, given: str, flow: str, now: float, **more: Any
) -> Challenge:
    """Return the first state of a sign-in."""
    return Challenge(
        id=ids.request_id(),
        name=name,
        client_id=client.client_id,
        sub=sub,
        username=username,
        given=given,
        event_id=more.pop("event_id", None) or ids.request_id(),
        expires_at=now + session_seconds(client),
        flow=flow,
        **more,
    )


def followed_by(challenge: Challenge, name: str, **changes: Any) -> Challenge:
    """Return the state of the next challenge of the same sign-in, which has an id and so a use of its own."""
    return msgspec.structs.replace(challenge, id=ids.request_id(), name=name, **changes)


def foundation_of(user: UserRow) -> bytes:
    """Return what changes with a user's password, status and sign-outs; nothing can be learned from it.

    A password is sealed anew whenever it is set, so that setting the same one again is a change too. No times are
    compared, because nodes' clocks differ.
    """
    kept = (user.status, user.sealed_password, user.signed_out_at)
    return hashlib.sha256(msgspec.msgpack.encode(kept)).digest()


def session_seconds(client: UserPoolClient) -> float:
    """Return how long a sign-in may take: 3 to 15 minutes, as the client says."""
    return float(client.settings.get("AuthSessionValidity") or 3) * 60


def seal_session(keys: Keys, challenge: Challenge) -> str:
    """Return the challenge as a `Session`."""
    return urlsafe_b64encode(_seal(keys, challenge)).decode()


def seal_secret_block(keys: Keys, challenge: Challenge) -> str:
    """Return the challenge as SRP's `SECRET_BLOCK`."""
    return b64encode(_seal(keys, challenge)).decode()


def _seal(keys: Keys, challenge: Challenge) -> bytes:
    return keys.seal(_PURPOSE, msgspec.msgpack.encode(challenge))


def invalid_session(why: str = "") -> Fault:
    """Return AWS's answer to a session that is not good."""
    return not_authorized(f"Invalid session for the user{why}.")


async def open_session(call: Call, client: UserPoolClient, name: str, session: str | None) -> Challenge:
    """Return the challenge that a `Session` was given out for, if what it is founded on is as it was.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    challenge = read_session(call, client, name, session)
    await _must_be_founded(call, challenge)
    return challenge


def read_session(
    call: Call, client: UserPoolClient | None, name: str, session: str | None, *, even_expired: bool = False
) -> Challenge:
    """Return the challenge that a `Session` was given out for; whoever reads it looks at its user (`must_stand`).

    Some operations are not told for which client.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if session is None:
        raise invalid_session()
    try:
        sealed = urlsafe_b64decode(session)
        if urlsafe_b64encode(sealed).decode() != session:
            raise invalid_session()
    except ValueError:
        raise invalid_session() from None
    return _open(call, client, name, sealed, even_expired=even_expired)


async def open_secret_block(call: Call, client: UserPoolClient, name: str, block: str) -> tuple[Challenge, bytes]:
    """Return the challenge in a `SECRET_BLOCK`, and the block's bytes, which the client's claim is about.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    try:
        sealed = b64decode(block, validate=True)
    except ValueError:
        raise invalid_session() from None
    challenge = _open(call, client, name, sealed)
    await _must_be_founded(call, challenge)
    return challenge, sealed


def _open(
    call: Call, client: UserPoolClient | None, name: str, sealed: bytes, *, even_expired: bool = False
) -> Challenge:
    try:
        plain = call.keys.open(_PURPOSE, sealed)
    except SealBroken:
        raise invalid_session() from None
    challenge = msgspec.msgpack.decode(plain, type=Challenge)
    if challenge.name != name or (client is not None and challenge.client_id != client.client_id):
        raise invalid_session()
    if call.now >= challenge.expires_at and not even_expired:
        raise invalid_session(", session is expired")
    # Of a session that may be expired only its user counts.
    if client is not None and not even_expired and not allows_flow(client, challenge.flow):
        call.trace.refused(STEP, f"the client allows {challenge.flow} no more")
        raise invalid_session()
    return challenge


async def _must_be_founded(call: Call, challenge: Challenge) -> None:
    """Refuse a sign-in whose user is not any more as they were when they showed something.

    Where nothing was shown yet there is nothing to be founded on, and nobody is told who exists.
    """
    if challenge.proved:
        must_stand(call, challenge, await user_by_sub(call, challenge.sub))


def must_stand(call: Call, challenge: Challenge, user: UserRow | None) -> None:
    """Refuse a sign-in that its user's password, status or sign-out has ended.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if not challenge.proved:
        return
    if user is not None and not user.enabled:
        call.trace.refused(STEP, "the user was disabled")
        raise not_authorized("User is disabled.")
    if user is None or not hmac.compare_digest(challenge.founded_on, foundation_of(user)):
        call.trace.refused(STEP, "its user was deleted, signed out or reset, or has another password now")
        raise invalid_session()


async def spend(call: Call, challenge: Challenge) -> None:
    """Make a challenge that was met good for nothing more.

    Raises:
        Fault: `NotAuthorizedException`: somebody else was first.
    """
    try:
        await call.append(_USED, {"challenge_id": challenge.id, "expires_at": challenge.expires_at})
    except IntegrityError:
        raise invalid_session(", session can only be used once") from None
