"""Is this request signed by this secret, for this place, now?

In: a request, what it claims, the secret of its access key, the moment. Out: `Verified`, or a refusal that explains
itself. Law: no path leads to `Verified` but the comparison at the end; a request of an unknown key does the same work.

The order of the checks is AWS's, as far as it is known: signed headers, date, scope, then the key and the signature.
AWS pages: IAM user guide, "Elements of an AWS API request signature", "Troubleshoot signed requests for AWS APIs".

Stricter than AWS, on purpose: a session token must be signed wherever it is sent; a body must be covered by the
signature (no `UNSIGNED-PAYLOAD`, no `STREAMING-…`) except on S3, which signs its own way.
"""

from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest
from sys import intern
from typing import NoReturn

import msgspec

from gatewright.core.clock import amz_date as format_amz_date
from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import EMPTY_HASH, S3_SERVICES, canonical_request, shown, string_to_sign
from gatewright.wire.sigv4.refusal import MISMATCH_MESSAGE, Kind, SignatureRefused, unknown_key
from gatewright.wire.sigv4.scope import TERMINATOR, Authorization
from gatewright.wire.sigv4.sign import KeyedHash, signing_key

SKEW = 300.0  # seconds that the clocks may differ, either way
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

# Clients in use (aws-requests-auth) send this one unsigned, and AWS takes it. It can be let through, because its value
# must be the hash that the signature covers anyway.
_SELF_PROVING = "x-amz-content-sha256"
_CACHED_LENGTH = 192  # characters of key id and region together: clients choose both, and must not fill the memory
_NOBODY = "no secret: every request that is signed with it is refused"


class Verified(msgspec.Struct, frozen=True, gc=False):
    """A request whose signature is right. Both texts are secret as far as the headers in them are."""

    authorization: Authorization
    canonical_request: str
    string_to_sign: str


class Secret:
    """A secret access key that is kept, beside the signing key that it was last used with.

    Whoever signs again and again does so for one service and one region, and at most one day ends meanwhile; so the key
    is found where the caller is, and not in a table of all callers.
    """

    __slots__ = ("_date", "_key", "_region", "_service", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._date = self._region = self._service = ""
        self._key: KeyedHash | None = None

    def signing_key(self, claim: Authorization) -> KeyedHash:
        """Return the key for what a claim says that it signs for."""
        key = self._key
        if key is None or claim.date != self._date or claim.region != self._region or claim.service != self._service:
            key = self._key = KeyedHash(signing_key(self.text, claim.date, claim.region, claim.service))
            self._date, self._region, self._service = intern(claim.date), intern(claim.region), intern(claim.service)
        return key


def verify(
    request: Request,
    authorization: Authorization,
    secret: str | Secret,
    now: float,
    *,
    services: tuple[str, ...],
    region: str | None = None,
    skew: float = SKEW,
) -> Verified:
    """Prove that whoever holds `secret` signed this request, for one of `services`, in `region` if one is given.

    Raises:
        SignatureRefused: the first thing that is wrong.
    """
    verified = _examine(request, authorization, now, services, region, skew)
    if not _matches(verified, authorization, secret):
        raise SignatureRefused(
            Kind.MISMATCH,
            MISMATCH_MESSAGE,
            {
                "canonical_request": shown(verified.canonical_request),
                "string_to_sign": verified.string_to_sign,
            },
        )
    return verified


def verify_unknown(
    request: Request,
    authorization: Authorization,
    now: float,
    *,
    services: tuple[str, ...],
    region: str | None = None,
    skew: float = SKEW,
) -> NoReturn:
    """Refuse a request whose access key does not exist, after the work that a known one would have cost.

    Raises:
        SignatureRefused: always. What is wrong with the request itself comes before the unknown key, as on AWS.
    """
    _matches(_examine(request, authorization, now, services, region, skew), authorization, _NOBODY)
    raise unknown_key()


def _examine(
    request: Request, claim: Authorization, now: float, services: tuple[str, ...], region: str | None, skew: float
) -> Verified:
    """Do everything that does not need the secret."""
    signed = claim.signed_headers
    if "host" not in signed:
        raise SignatureRefused(
            Kind.UNSIGNED_HEADER, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )
    for name, _ in request.headers:
        if name[:6] == "x-amz-" and name not in signed and name != _SELF_PROVING:
            raise SignatureRefused(Kind.UNSIGNED_HEADER, f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    age = now - claim.signed_at
    if not -skew <= age <= (skew if claim.expires is None else claim.expires):
        raise _out_of_time(claim, now, skew)
    if (
        claim.service not in services
        or (claim.region != region if region is not None else not claim.region)
        or claim.date != claim.amz_date[:8]
        or claim.terminator != TERMINATOR
    ):
        raise _out_of_scope(claim, services, region)
    canonical = canonical_request(request, signed, _payload_hash(request, claim), service=claim.service)
    return Verified(claim, canonical, string_to_sign(canonical, claim.amz_date, claim.scope))


def _matches(verified: Verified, claim: Authorization, secret: str | Secret) -> bool:
    if isinstance(secret, Secret):
        key = secret.signing_key(claim)
    elif len(claim.access_key_id) + len(claim.region) > _CACHED_LENGTH:
        key = KeyedHash(signing_key(secret, claim.date, claim.region, claim.service))
    else:
        key = _signing_key(claim.access_key_id, secret, claim.date, claim.region, claim.service)
    return compare_digest(key.hex(verified.string_to_sign.encode()), claim.signature)


@lru_cache(maxsize=16_384)
def _signing_key(_owner: str, secret: str, date: str, region: str, service: str) -> KeyedHash:
    """Derive a signing key once a day; the secret is part of the cache's key, so a changed one never meets the old."""
    return KeyedHash(signing_key(secret, date, region, service))


def _payload_hash(request: Request, claim: Authorization) -> str:
    """Return the body's hash, which must be the one that the request says was signed.

    Raises:
        SignatureRefused: `X-Amz-Content-Sha256` is anything else.
    """
    said = request.header("x-amz-content-sha256")
    if claim.service in S3_SERVICES and (said == UNSIGNED_PAYLOAD or (said is None and claim.presigned)):
        return UNSIGNED_PAYLOAD
    actual = sha256(request.body).hexdigest() if request.body else EMPTY_HASH
    if said is None or said == actual:
        return actual
    if len(said) == 64:
        reason = "The X-Amz-Content-Sha256 header is not the SHA-256 of the body that was received."
    else:
        reason = f"The body must be signed: {claim.service} does not accept this X-Amz-Content-Sha256 value."
    raise SignatureRefused(Kind.PAYLOAD, reason, {"body_sha256": actual})


def _out_of_time(claim: Authorization, now: float, skew: float) -> SignatureRefused:
    """Word the refusal of a request that is too old or too new, with the numbers that explain it."""
    server = format_amz_date(now)
    if claim.signed_at > now:
        latest = format_amz_date(now + skew)
        return SignatureRefused(
            Kind.NOT_YET_CURRENT,
            f"Signature not yet current: {claim.amz_date} is still later than {latest} ({server} + {_minutes(skew)}.)",
        )
    allowed = skew if claim.expires is None else claim.expires
    earliest = format_amz_date(now - allowed)
    return SignatureRefused(
        Kind.EXPIRED,
        f"Signature expired: {claim.amz_date} is now earlier than {earliest} ({server} - {_minutes(allowed)}.)",
    )


def _minutes(seconds: float) -> str:
    return f"{seconds:g} sec" if seconds % 60 else f"{seconds / 60:g} min"


def _out_of_scope(claim: Authorization, services: tuple[str, ...], region: str | None) -> SignatureRefused:
    """Say everything that is wrong with a credential scope, each in its own sentence, as AWS does."""
    wrong = ""
    if (region is not None and claim.region != region) or not claim.region:
        wrong += f"Credential should be scoped to a valid region, not '{claim.region}'. "
    if claim.service not in services:
        wrong += f"Credential should be scoped to correct service: '{services[0] if services else ''}'. "
    if claim.terminator != TERMINATOR:
        wrong += f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{claim.terminator}'. "
    if claim.date != claim.amz_date[:8]:
        wrong += (
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{claim.date}' != '{claim.amz_date[:8]}', from '{claim.amz_date}'. "
        )
    return SignatureRefused(Kind.SCOPE, wrong)
