"""What an authenticator answers, verified by the `webauthn` library: a new passkey, or the use of one. Pure.

In: `RegistrationResponseJSON` or `AuthenticationResponseJSON`, and what was asked for. Out: what was proved. Law: the
challenge is ours, the page belongs to the relying party, the passkey is of that party; only ES256 and RS256, the two
that AWS takes. Statements about the make of an authenticator are verified where there are any and never asked for.
Source: Web Authentication Level 2, "Registering a New Credential", "Verifying an Authentication Assertion"; Cognito
developer guide, "Passwordless sign-in with WebAuthn passkeys".
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from gatewright.services.cognito_idp.factors.web_authn_keys import ES256, RS256, must_be_sound_key
from gatewright.services.cognito_idp.factors.web_authn_origins import is_allowed_origin

_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")  # at most 1,023 bytes, by the specification
_LONGEST = 65_536  # characters of a part of an answer; certificates and all, real ones have a tenth
# A public key that everybody can sign for: verified against where there is no passkey, so that this costs the same.
NOBODYS_KEY = bytes.fromhex(
    "a5010203262001"
    "2158206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "2258204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


class Malformed(Exception):
    """What was answered is not the JSON of an authenticator's answer."""


class OtherChallenge(Exception):
    """It answers another challenge."""


class OtherOrigin(Exception):
    """It was made on a page that does not belong to the relying party."""


class OtherRelyingParty(Exception):
    """It is of a passkey of another relying party."""


class NotProved(Exception):
    """It does not show what it should, or is of a kind that is not taken."""


class Asked(NamedTuple):
    """What an answer must fit."""

    challenge: bytes
    relying_party_id: str
    must_verify_user: bool


class NewPasskey(NamedTuple):
    """A passkey that was made for a challenge."""

    credential_id: str  # base64url
    public_key: bytes  # COSE
    sign_count: int
    attachment: str | None
    transports: tuple[str, ...]
    backup_eligible: bool
    backed_up: bool


class Kept(NamedTuple):
    """What is known of a passkey that is used."""

    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool


class Used(NamedTuple):
    """What the use of a passkey showed."""

    sign_count: int
    backed_up: bool
    user_verified: bool


def read_answer(answer: Any) -> dict[str, Any]:
    """Return an answer as a document: clients send it as one, or as its text.

    Raises:
        Malformed: it is neither.
    """
    if isinstance(answer, str):
        try:
            answer = msgspec.json.decode(answer)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            raise Malformed("it is not JSON") from None
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(response, dict):
        raise Malformed("it has no response")
    if any(isinstance(part, str) and len(part) > _LONGEST for part in response.values()):
        raise Malformed("it is too long")
    if not is_credential_id(answer.get("id")):
        raise Malformed("its id is not one in base64url")
    return answer


def is_credential_id(value: object) -> bool:
    """Say whether a value is written as ids of passkeys are."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def challenge_of(answer: Mapping[str, Any]) -> bytes:
    """Return the challenge that an answer says it is to.

    Raises:
        Malformed: it says none.
    """
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json  # slow to load, and most never need it

    try:
        challenge: bytes = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"])).challenge
    except Exception:  # whatever the library stumbles over in bytes that anybody may send
        raise Malformed("its clientDataJSON cannot be read") from None
    return challenge


def prove_registration(answer: dict[str, Any], asked: Asked) -> NewPasskey:
    """Return the passkey that was made.

    Raises:
        Malformed, OtherChallenge, OtherOrigin, OtherRelyingParty, NotProved: it is not taken.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_attestation_object, parse_registration_credential_json
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    try:
        credential = parse_registration_credential_json(answer)
        said = credential.response
        signed = parse_attestation_object(said.attestation_object).auth_data
    except Exception as problem:
        raise Malformed(str(problem)) from None
    origin = _must_fit(said.client_data_json, signed.rp_id_hash, asked)
    try:
        if (made := signed.attested_credential_data) is not None:  # where there is none, the library says so
            must_be_sound_key(made.credential_public_key)  # first: it may be what a statement is verified with
        proved = verify_registration_response(
            credential=credential,
            expected_challenge=asked.challenge,
            expected_rp_id=asked.relying_party_id,
            expected_origin=origin,
            require_user_verification=asked.must_verify_user,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(ES256), COSEAlgorithmIdentifier(RS256)],
        )
        if proved.credential_id != credential.raw_id:
            raise NotProved("its id is not the one that was signed")
    except Exception as problem:
        raise NotProved(str(problem)) from None
    return NewPasskey(
        credential_id=credential.id,
        public_key=proved.credential_public_key,
        sign_count=proved.sign_count,
        attachment=None if credential.authenticator_attachment is None else credential.authenticator_attachment.value,
        transports=tuple(dict.fromkeys(one.value for one in said.transports or ())),
        backup_eligible=signed.flags.be,
        backed_up=signed.flags.bs,
    )


def prove_use(answer: dict[str, Any], asked: Asked, kept: Kept, user_handle: bytes) -> Used:
    """Return what the use of a passkey showed.

    Raises:
        Malformed, OtherChallenge, OtherOrigin, OtherRelyingParty, NotProved: it is not taken.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json, parse_authenticator_data

    try:
        credential = parse_authentication_credential_json(answer)
        said = credential.response
        signed = parse_authenticator_data(said.authenticator_data)
    except Exception as problem:
        raise Malformed(str(problem)) from None
    origin = _must_fit(said.client_data_json, signed.rp_id_hash, asked)
    try:
        proved = verify_authentication_response(
            credential=credential,
            expected_challenge=asked.challenge,
            expected_rp_id=asked.relying_party_id,
            expected_origin=origin,
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.sign_count,
            require_user_verification=asked.must_verify_user,
        )
    except Exception as problem:
        raise NotProved(str(problem)) from None
    if said.user_handle is not None and not hmac.compare_digest(said.user_handle, user_handle):
        raise NotProved("it is of another user's passkey")
    if signed.flags.be != kept.backup_eligible:
        raise NotProved("whether it can be backed up never changes, and it has changed")
    return Used(proved.new_sign_count, signed.flags.bs, proved.user_verified)


def _must_fit(client_data: bytes, relying_party_hash: bytes, asked: Asked) -> str:
    """Return the origin of an answer whose circumstances are those that were asked for."""
    from webauthn.helpers import parse_client_data_json

    try:
        said = parse_client_data_json(client_data)
    except Exception as problem:
        raise Malformed(str(problem)) from None
    if not hmac.compare_digest(said.challenge, asked.challenge):
        raise OtherChallenge("it answers another challenge")
    origin: Any = said.origin  # whatever JSON had there
    if said.cross_origin or not isinstance(origin, str) or not is_allowed_origin(origin, asked.relying_party_id):
        raise OtherOrigin(f"pages of this origin do not belong to {asked.relying_party_id}")
    if relying_party_hash != hashlib.sha256(asked.relying_party_id.encode()).digest():
        raise OtherRelyingParty(f"the passkey is not of {asked.relying_party_id}")
    return origin
