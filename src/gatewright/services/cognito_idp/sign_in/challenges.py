"""What is remembered of a sign-in between one answer and the next: sealed, and handed to the client.

In: how far a sign-in has come. Out: a `Session` (or the secret block of SRP) that only this installation can have made.
Law: nobody but us reads or changes what is in it; it is good for its client, for the challenge that it was made for and
for the minutes that the client's `AuthSessionValidity` says; once the challenge was met it is spent, which the database
decides. Nothing is stored for sign-ins that nobody finishes.
Source: Cognito API reference, `RespondToAuthChallenge`; Cognito developer guide, "Authentication flows".
"""

from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError

from gatewright.control.service import Call
from gatewright.core import ids
from gatewright.services.cognito_idp.faults import not_authorized
from gatewright.services.cognito_idp.session_tables import UsedChallengeRow
from gatewright.storage.keys import Keys, SealBroken
from gatewright.storage.user_pools import UserPoolClient
from gatewright.wire.faults import Fault

# As long as anybody's, so that the length of what is sealed tells nothing.
NOBODY = "00000000-0000-0000-0000-000000000000"
_PURPOSE = "sign-in challenges"
_LONGEST = 4_096  # characters, by the model
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


def open_session(
    call: Call, client: UserPoolClient | None, name: str, session: str | None, *, even_expired: bool = False
) -> Challenge:
    """Return the challenge that a `Session` was given out for; some operations are not told for which client.

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


def open_secret_block(call: Call, client: UserPoolClient, name: str, block: str) -> tuple[Challenge, bytes]:
    """Return the challenge in a `SECRET_BLOCK`, and the block's bytes, which the client's claim is about.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    try:
        sealed = b64decode(block, validate=True)
    except ValueError:
        raise invalid_session() from None
    return _open(call, client, name, sealed), sealed


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
    return challenge


async def spend(call: Call, challenge: Challenge) -> None:
    """Make a challenge that was met good for nothing more.

    Raises:
        Fault: `NotAuthorizedException`: somebody else was first.
    """
    try:
        await call.append(_USED, {"challenge_id": challenge.id, "expires_at": challenge.expires_at})
    except IntegrityError:
        raise invalid_session(", session can only be used once") from None
