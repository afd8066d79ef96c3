"""Passkeys at a sign-in: what an authenticator is asked, and who has answered.

In: whom a name stands for; then what the authenticator answered. Out: the challenge; then the user whose passkey it is.
Law: only passkeys of the pool's present relying party are asked for, and only one of the user whom the sign-in is of is
taken; whoever may not sign in is told so after the passkey, not before. Where a client hides who exists, half of the
names that are nobody's have a passkey that nobody has, always the same one: that a name has one, or has none, tells
nothing. A counter that does not go on is refused, because then there are two of the passkey.
Source: Cognito developer guide, "Passwordless sign-in with WebAuthn passkeys"; Web Authentication Level 2, "Username
Enumeration", "Signature Counter Considerations".
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, select, update

from gatewright.control.service import Call
from gatewright.services.cognito_idp.factors.web_authn_proof import (
    NOBODYS_KEY,
    Asked,
    Kept,
    Malformed,
    NotProved,
    OtherChallenge,
    OtherOrigin,
    OtherRelyingParty,
    Used,
    prove_use,
    read_answer,
)
from gatewright.services.cognito_idp.faults import invalid_parameter, not_authorized
from gatewright.services.cognito_idp.pools.web_authn_configuration import (
    FACTOR,
    REQUIRED,
    is_enabled,
    is_multi_factor,
    relying_party_id,
    user_verification,
)
from gatewright.services.cognito_idp.session_tables import WebAuthnCredentialRow
from gatewright.services.cognito_idp.sign_in.candidates import Candidate, user_by_sub
from gatewright.services.cognito_idp.sign_in.challenges import Challenge, followed_by, open_session, seal_session
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.directory import name_key
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

STEP = "passkey"
OPTIONS = "CREDENTIAL_REQUEST_OPTIONS"
AS_MFA = "web_authn"  # member of a user's `mfa`: WebAuthnMfaSettings.Enabled
_PURPOSE = "passkeys of nobody"
_PATIENCE = 180_000  # milliseconds that the browser waits for the authenticator
_CHALLENGE_BYTES = 32
_LIKELY = ((16, ("hybrid", "internal")), (20, ("hybrid", "internal")), (32, ("internal",)))  # id's bytes, transports
_NOBODYS = Kept(NOBODYS_KEY, 0, backup_eligible=False, backed_up=False)
_ROW = WebAuthnCredentialRow
_TABLE: Any = _ROW.__table__
_MINE = (
    select(_TABLE.c.credential_id, _TABLE.c.transports)
    .where(_TABLE.c.sub == bindparam("sub"), _TABLE.c.relying_party_id == bindparam("domain"))
    .order_by(_TABLE.c.created_at)
)
_ONE = select(
    _TABLE.c.sub,
    _TABLE.c.relying_party_id,
    _TABLE.c.public_key,
    _TABLE.c.sign_count,
    _TABLE.c.backup_eligible,
    _TABLE.c.backed_up,
).where(_TABLE.c.user_pool_id == bindparam("pool"), _TABLE.c.credential_id == bindparam("credential"))


class Passkey(NamedTuple):
    """A passkey that can be asked for."""

    credential_id: str
    transports: Sequence[str]


async def passkeys_of(call: Call, pool: UserPool, candidate: Candidate) -> tuple[Passkey, ...]:
    """Return the passkeys that somebody can sign in with; a name that is nobody's may seem to have one."""
    domain = relying_party_id(pool)
    if domain is None or not is_enabled(pool):
        return ()
    mine = await call.look_up(_MINE, sub=candidate.user.sub if candidate.user is not None else "", domain=domain)
    made_up = _made_up(call, pool, candidate.username)  # for everybody, so that it takes the same time
    if candidate.user is None:
        return made_up
    return tuple(Passkey(credential_id, tuple(transports)) for credential_id, transports in mine)


def _made_up(call: Call, pool: UserPool, name: str) -> tuple[Passkey, ...]:
    drawn = call.keys.keyed_hash(_PURPOSE, f"{pool.id} {name_key(pool, name)}".encode())
    if drawn[0] & 1:
        return ()
    size, transports = _LIKELY[drawn[1] % len(_LIKELY)]
    more = call.keys.keyed_hash(_PURPOSE, drawn)
    return (Passkey(_base64url(more[:size]), transports),)


def satisfies_mfa(pool: UserPool, user: UserRow) -> bool:
    """Say whether a user's passkey is as good as two factors: the pool allows it, and the user has switched it on."""
    return is_multi_factor(pool) and bool(user.mfa.get(AS_MFA))


def ask_for(pool: UserPool, passkeys: Sequence[Passkey]) -> tuple[str, str]:
    """Return a new challenge, and what the authenticator is asked, as text."""
    challenge = _base64url(secrets.token_bytes(_CHALLENGE_BYTES))
    options = {
        "challenge": challenge,
        "timeout": _PATIENCE,
        "rpId": relying_party_id(pool),
        "allowCredentials": [
            {"type": "public-key", "id": one.credential_id, "transports": one.transports} for one in passkeys
        ],
        "userVerification": user_verification(pool),
    }
    return challenge, msgspec.json.encode(options).decode()


def ask_passkey(call: Call, pool: UserPool, met: Challenge, passkeys: Sequence[Passkey]) -> dict[str, Any]:
    """Return the challenge that asks for a passkey."""
    challenge, options = ask_for(pool, passkeys)
    asked = followed_by(met, FACTOR, options=challenge)
    return {
        "ChallengeName": FACTOR,
        "ChallengeParameters": {OPTIONS: options},
        "Session": seal_session(call.keys, asked),
    }


async def prove_passkey(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> tuple[UserRow, Challenge]:
    """Return the user who has answered with a passkey, and the challenge that was met.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`.
    """
    challenge = await open_session(call, client, FACTOR, session)
    return await prove_for(call, pool, challenge, required(answers, "CREDENTIAL"))


async def prove_for(call: Call, pool: UserPool, challenge: Challenge, credential: str) -> tuple[UserRow, Challenge]:
    """Return the user who has answered a challenge with a passkey, and the challenge.

    Raises:
        Fault: as `prove_passkey`.
    """
    try:
        answer = read_answer(credential)
    except Malformed as problem:
        raise _malformed(problem) from None
    user = await user_by_sub(call, challenge.sub)
    kept = await _kept(call, pool, challenge, str(answer.get("id")))
    domain = relying_party_id(pool)
    if domain is None or not is_enabled(pool):
        raise _refused(call, "passkeys were switched off")
    asked = Asked(_bytes(challenge.options), domain, user_verification(pool) == REQUIRED)
    try:
        used = prove_use(answer, asked, kept or _NOBODYS, challenge.sub.encode())
    except Malformed as problem:
        raise _malformed(problem) from None
    except (OtherChallenge, OtherOrigin, OtherRelyingParty, NotProved) as problem:
        raise _refused(call, str(problem)) from None
    if user is None or kept is None or user.user_pool_id != pool.id:
        raise _refused(call, "it is no passkey of the user")
    await _count(call, pool, str(answer["id"]), kept, used)
    call.trace.passed(STEP, "the passkey is the user's", verified=used.user_verified)
    if used.user_verified and satisfies_mfa(pool, user):
        challenge = msgspec.structs.replace(challenge, proved=(*challenge.proved, "mfa"))
    return user, challenge


async def _kept(call: Call, pool: UserPool, challenge: Challenge, credential_id: str) -> Kept | None:
    """Return what is known of a passkey, if it is of the user whom the sign-in is of."""
    rows = await call.look_up(_ONE, pool=pool.id, credential=credential_id)
    for sub, domain, *kept in rows:
        if sub == challenge.sub and domain == relying_party_id(pool):
            return Kept(*kept)
    return None


async def _count(call: Call, pool: UserPool, credential_id: str, kept: Kept, used: Used) -> None:
    """Remember how often a passkey was used, if it says so; of two uses with the same count one is of a copy.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if (used.sign_count, used.backed_up) == (kept.sign_count, kept.backed_up):
        return
    one = (_ROW.user_pool_id == pool.id) & (_ROW.credential_id == credential_id) & (_ROW.sign_count == kept.sign_count)
    change = update(_ROW).where(one).values(sign_count=used.sign_count, backed_up=used.backed_up)

    async def keep(inner: Call) -> int:
        changed: Any = await inner.session.execute(change)
        return int(changed.rowcount)

    if await call.apart(keep) != 1:
        raise _refused(call, "the passkey was used, or deleted, in the meantime")


def _malformed(problem: Malformed) -> Fault:
    return invalid_parameter(f"CREDENTIAL must be the JSON of an authenticator's answer: {str(problem)[:200]}.")


def _refused(call: Call, why: str) -> Fault:
    call.trace.refused(STEP, why[:200])  # it may repeat what the client sent
    return not_authorized("Invalid passkey for the user.")


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(text)
