"""New passkeys of whoever shows an access token.

In: an access token; then what the authenticator answered. Out: what an authenticator is asked; then nothing. Law: the
question is sealed into the challenge that the authenticator signs, so that nothing is kept of questions that nobody
answers; it is good once, for three minutes, for the user and the client that asked. A passkey is one user's, and 20 are
the most.
Source: Cognito API reference, `StartWebAuthnRegistration`, `CompleteWebAuthnRegistration`; Cognito developer guide,
"Passwordless sign-in with WebAuthn passkeys".
"""

from base64 import urlsafe_b64encode

import msgspec
from sqlalchemy import func, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.cognito_idp.factors.web_authn_credentials import MOST, passkeys_of_user
from gatewright.services.cognito_idp.factors.web_authn_keys import ES256, RS256
from gatewright.services.cognito_idp.factors.web_authn_proof import (
    Asked,
    Malformed,
    NewPasskey,
    NotProved,
    OtherChallenge,
    OtherOrigin,
    OtherRelyingParty,
    challenge_of,
    prove_registration,
    read_answer,
)
from gatewright.services.cognito_idp.faults import (
    invalid_parameter,
    limit_exceeded,
    password_reset_required,
    user_not_found,
)
from gatewright.services.cognito_idp.pools.web_authn_configuration import (
    REQUIRED,
    is_enabled,
    relying_party_id,
    user_verification,
)
from gatewright.services.cognito_idp.session_tables import UsedChallengeRow, WebAuthnCredentialRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import SignedIn, read_access_token
from gatewright.storage.keys import SealBroken
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

STEP = "passkey"
_PURPOSE = "passkey registrations"
_SECONDS = 180.0
_PATIENCE = 60_000  # milliseconds that the browser waits for the authenticator
_NAMES = {"cross-platform": "Roaming passkey", "platform": "Platform passkey", None: "Passkey"}


class _Registration(msgspec.Struct, frozen=True, array_like=True):
    """A question that was put to an authenticator."""

    id: str
    sub: str
    client_id: str
    relying_party_id: str
    expires_at: float


async def start_web_authn_registration(call: Call, params: Params) -> Result:
    """Return what an authenticator is asked for a new passkey.

    Raises:
        Fault: `NotAuthorizedException`, `WebAuthnNotEnabledException`, `WebAuthnConfigurationMissingException`,
            `LimitExceededException`.
    """
    me = await _me(call, params)
    domain = _relying_party(me.pool)
    known = list(await call.session.scalars(passkeys_of_user(me.user)))
    _must_have_room(len(known))
    asked = _Registration(ids.request_id(), me.user.sub, me.client.client_id, domain, call.now + _SECONDS)
    challenge = call.keys.seal(_PURPOSE, msgspec.msgpack.encode(asked))
    return {
        "CredentialCreationOptions": {
            "rp": {"id": domain, "name": domain},
            "user": {
                "id": _base64url(me.user.sub.encode()),
                "name": me.user.username,
                "displayName": me.user.username,
            },
            "challenge": _base64url(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in (ES256, RS256)],
            "timeout": _PATIENCE,
            "excludeCredentials": [
                {"type": "public-key", "id": row.credential_id, "transports": row.transports} for row in known
            ],
            "authenticatorSelection": {
                "requireResidentKey": True,
                "residentKey": "required",
                "userVerification": user_verification(me.pool),
            },
        }
    }


async def complete_web_authn_registration(call: Call, params: Params) -> Result:
    """Keep the passkey that an authenticator has made.

    Raises:
        Fault: `WebAuthnChallengeNotFoundException`, `WebAuthnClientMismatchException`,
            `WebAuthnRelyingPartyMismatchException`, `WebAuthnOriginNotAllowedException`,
            `WebAuthnCredentialNotSupportedException`, `InvalidParameterException`, `LimitExceededException` …
    """
    me = await _me(call, params)
    domain = _relying_party(me.pool)
    try:
        answer = read_answer(params["Credential"])
        challenge = challenge_of(answer)
        asked = _asked(call, me, challenge, domain)
        made = prove_registration(answer, Asked(challenge, domain, user_verification(me.pool) == REQUIRED))
    except (Malformed, OtherChallenge, OtherOrigin, OtherRelyingParty, NotProved) as problem:
        raise _refused(call, problem) from None

    async def keep(inner: Call) -> None:
        await _keep(inner, me, asked, made)

    await call.apart(keep)
    call.trace.passed(STEP, "the passkey is the user's from now on", relying_party=domain)
    return {}


def _asked(call: Call, me: SignedIn, challenge: bytes, domain: str) -> _Registration:
    """Return the question that a challenge is, if it was put to this user by this client."""
    try:
        asked = msgspec.msgpack.decode(call.keys.open(_PURPOSE, challenge), type=_Registration)
    except SealBroken:
        raise _no_challenge(call, "the challenge is not one of ours") from None
    if asked.sub != me.user.sub:
        raise _no_challenge(call, "the challenge is another user's")
    if asked.client_id != me.client.client_id:
        message = "The registration was started with the access token of another client. Start it again with this one."
        raise _fault(call, "WebAuthnClientMismatchException", message)
    if call.now >= asked.expires_at:
        raise _no_challenge(call, "the challenge has expired")
    if asked.relying_party_id != domain:
        raise OtherRelyingParty(f"the user pool's relying party has become {domain}")
    return asked


async def _keep(call: Call, me: SignedIn, asked: _Registration, made: NewPasskey) -> None:
    """Write a passkey down, once for its challenge; all in one transaction, so that nobody gets 21 by being quick."""
    if await call.session.get(UsedChallengeRow, asked.id) is not None:
        raise _no_challenge(call, "the challenge was used before")
    if await call.session.get(UserRow, me.user.sub) is None:
        raise user_not_found()
    count = select(func.count()).where(WebAuthnCredentialRow.sub == me.user.sub)
    _must_have_room(await call.session.scalar(count) or 0)
    if await call.session.get(WebAuthnCredentialRow, (me.pool.id, made.credential_id)) is not None:
        raise invalid_parameter("This passkey is registered already. Make a new one.")
    call.session.add(UsedChallengeRow(challenge_id=asked.id, expires_at=asked.expires_at))
    call.session.add(
        WebAuthnCredentialRow(
            user_pool_id=me.pool.id,
            credential_id=made.credential_id,
            sub=me.user.sub,
            public_key=made.public_key,
            sign_count=made.sign_count,
            relying_party_id=asked.relying_party_id,
            friendly_name=_NAMES[made.attachment],
            attachment=made.attachment,
            transports=list(made.transports),
            backup_eligible=made.backup_eligible,
            backed_up=made.backed_up,
            created_at=call.now,
        )
    )
    await call.session.flush()


async def _me(call: Call, params: Params) -> SignedIn:
    """Return who shows an access token. Whoever must set a new password gets no other way in before."""
    me = await read_access_token(call, params["AccessToken"])
    if me.user.status == "RESET_REQUIRED":
        raise password_reset_required()
    return me


def _relying_party(pool: UserPool) -> str:
    if not is_enabled(pool):
        message = "Passkeys are not enabled: WEB_AUTHN must be one of the AllowedFirstAuthFactors of the user pool."
        raise Fault("WebAuthnNotEnabledException", message, 400)
    domain = relying_party_id(pool)
    if domain is None:
        message = "The user pool has no relying party. SetUserPoolMfaConfig sets WebAuthnConfiguration.RelyingPartyId."
        raise Fault("WebAuthnConfigurationMissingException", message, 400)
    return domain


def _must_have_room(count: int) -> None:
    if count >= MOST:
        raise limit_exceeded(f"A user can have at most {MOST} passkeys. Delete one with DeleteWebAuthnCredential.")


_CODES: dict[type[Exception], str] = {
    Malformed: "InvalidParameterException",
    OtherChallenge: "WebAuthnChallengeNotFoundException",
    OtherOrigin: "WebAuthnOriginNotAllowedException",
    OtherRelyingParty: "WebAuthnRelyingPartyMismatchException",
    NotProved: "WebAuthnCredentialNotSupportedException",
}


def _refused(call: Call, problem: Exception) -> Fault:
    return _fault(call, _CODES[type(problem)], f"The passkey was not taken: {str(problem)[:200]}.")


def _no_challenge(call: Call, why: str) -> Fault:
    call.trace.refused(STEP, why)
    message = "The challenge was not found: it has expired or was used. Call StartWebAuthnRegistration again."
    return Fault("WebAuthnChallengeNotFoundException", message, 400)


def _fault(call: Call, code: str, message: str) -> Fault:
    call.trace.refused(STEP, message)
    return Fault(code, message, 400)


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
