"""Why does the signature not match? The first line in which what the client signed differs from what we computed.

In: a request whose signature was refused, what it claims, and the secret of its key. Out: a `Difference`, or None where
none of the known mistakes explains the signature (then most likely the secret is another one). Law: this runs after the
refusal and changes nothing about it; the number of guesses is bounded, whatever the request; what comes out may be kept
(see `masking.py`).

How: a client that makes one of the known mistakes signs a text that we can compute. The one whose signature is the
client's is what the client signed. Each mistake is tried alone, then two together.
"""

from collections.abc import Iterator
from hmac import compare_digest
from itertools import combinations, islice
from typing import Any

import msgspec

from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import canonical_path, canonical_query, canonical_request, string_to_sign
from gatewright.wire.sigv4.guesses import Guess, Signed, groups
from gatewright.wire.sigv4.masking import masked, masked_header, masked_query
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused
from gatewright.wire.sigv4.scope import TERMINATOR, Authorization
from gatewright.wire.sigv4.sign import KeyedHash, signing_key

_MOST_PAIRS = 600
_BYTES = 500_000  # hashed at most for one diagnosis: a few milliseconds


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What the client did otherwise, and what to do about it. The lines are masked."""

    mistakes: tuple[str, ...]
    remedies: tuple[str, ...]
    client_line: str = ""  # the first line that differs, as the client signed it
    server_line: str = ""  # the same line, as the request came


def explain(refused: SignatureRefused, request: Request, claim: Authorization, secret: str) -> None:
    """Add to a refusal what can be known of why; a refusal for another reason than the signature explains itself."""
    if refused.kind is not Kind.MISMATCH:
        return
    payload = refused.details["canonical_request"].rpartition("\n")[2]
    found = diagnose(request, claim, secret, payload)
    refused.difference = {} if found is None else msgspec.structs.asdict(found)


def evidence(refused: SignatureRefused) -> dict[str, Any]:
    """Return what a trace keeps of a refusal: the two texts that we computed, masked, and the difference."""
    kept: dict[str, Any] = {"kind": refused.kind.value, **refused.details}
    if "canonical_request" in kept:
        kept["canonical_request"] = masked(kept["canonical_request"])
    if refused.difference is not None:
        kept |= refused.difference or {"mistakes": ()}
    return kept


def reason(refused: SignatureRefused) -> str:
    """Return why a signature was refused, in one sentence for the trace."""
    if refused.kind is not Kind.MISMATCH:
        return str(refused.details.get("problem", refused.message))
    mistakes = (refused.difference or {}).get("mistakes")
    if mistakes:
        return f"The signature does not match: the client did otherwise, {' and '.join(mistakes)}."
    return "The signature does not match the request and the secret of its access key."


def diagnose(request: Request, claim: Authorization, secret: str, payload: str) -> Difference | None:
    """Find what the client signed instead; `payload` is the body's hash as the verifier took it."""
    ours = signed_parts(request, claim, payload)
    key = KeyedHash(signing_key(secret, claim.date, claim.region, claim.service))
    budget = _BYTES

    def fits(candidate: Signed) -> bool:
        nonlocal budget
        text = candidate.text
        budget -= len(text)
        return _equal(key.hex(string_to_sign(text, claim.amz_date, claim.scope).encode()), claim)

    for made in _variants(request, claim, ours):
        if budget <= 0:
            return None
        theirs = _apply(ours, made)
        if fits(theirs):
            return _difference(ours, theirs, made)
    return _about_the_key(request, claim, secret, ours)


def signed_parts(request: Request, claim: Authorization, payload: str) -> Signed:
    """Return the canonical request that we compute, in its parts."""
    text = canonical_request(request, claim.signed_headers, payload, service=claim.service)
    lines = text.split("\n")[3:-3]
    return Signed(
        method=request.method,
        path=canonical_path(request.path, claim.service),
        query=canonical_query(request.query),
        headers=tuple((name, value) for name, _, value in (line.partition(":") for line in lines)),
        names=";".join(claim.signed_headers),
        payload=payload,
    )


def _variants(request: Request, claim: Authorization, ours: Signed) -> Iterator[tuple[Guess, ...]]:
    """Return each mistake alone, then pairs of mistakes in different parts."""
    found = groups(request, claim, ours)
    for group in found:
        for guess in group:
            yield (guess,)
    pairs = ((one, two) for left, right in combinations(found, 2) for one in left for two in right)
    yield from islice(pairs, _MOST_PAIRS)


def _apply(ours: Signed, made: tuple[Guess, ...]) -> Signed:
    changed = ours
    for guess in made:
        parts = dict(guess.parts)
        if "headers" in parts and changed.headers != ours.headers:  # two mistakes in the headers: each in its own line
            parts["headers"] = tuple(
                after if after != before else known
                for before, after, known in zip(ours.headers, _aligned(guess, ours), changed.headers, strict=False)
            )
        changed = msgspec.structs.replace(changed, **parts)
    return changed


def _aligned(guess: Guess, ours: Signed) -> tuple[tuple[str, str], ...]:
    headers = guess.parts["headers"]
    assert isinstance(headers, tuple)
    return headers if len(headers) == len(ours.headers) else ours.headers


def _difference(ours: Signed, theirs: Signed, made: tuple[Guess, ...]) -> Difference:
    client_line, server_line = _first_difference(ours, theirs)
    return Difference(
        mistakes=tuple(dict.fromkeys(guess.mistake for guess in made)),
        remedies=tuple(dict.fromkeys(guess.remedy for guess in made)),
        client_line=client_line,
        server_line=server_line,
    )


def _first_difference(ours: Signed, theirs: Signed) -> tuple[str, str]:
    for part, mask in (("method", str), ("path", str), ("query", masked_query)):
        one, other = getattr(theirs, part), getattr(ours, part)
        if one != other:
            return mask(one)[:512], mask(other)[:512]
    left, right = theirs.text.split("\n")[3:], ours.text.split("\n")[3:]
    left += [""] * (len(right) - len(left))
    right += [""] * (len(left) - len(right))
    for one, other in zip(left, right, strict=True):
        if one != other:
            return masked_header(one), masked_header(other)
    return "", ""


def _about_the_key(request: Request, claim: Authorization, secret: str, ours: Signed) -> Difference | None:
    """Try what a client gets wrong outside of the canonical request: the scope, the date, the secret itself."""
    text = ours.text
    services = ("execute-api", "apigateway", "lambda", "sts", "iam", "cognito-identity", "cognito-idp", "s3")
    regions = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1")
    for service in dict.fromkeys((claim.service, *services)):
        for region in dict.fromkeys((claim.region, *regions)):
            scope = f"{claim.date}/{region}/{service}/{TERMINATOR}"
            if scope == claim.scope:
                continue
            key = KeyedHash(signing_key(secret, claim.date, region, service))
            for said in (scope, claim.scope):
                if _equal(key.hex(string_to_sign(text, claim.amz_date, said).encode()), claim):
                    return _scope(f"{region}/{service}", f"{claim.region}/{claim.service}")
    for other, mistake in _other_secrets(secret):
        key = KeyedHash(signing_key(other, claim.date, claim.region, claim.service))
        if _equal(key.hex(string_to_sign(text, claim.amz_date, claim.scope).encode()), claim):
            return Difference(mistakes=(mistake,), remedies=("Use the secret access key exactly as it was given.",))
    day = KeyedHash(signing_key(secret, claim.amz_date, claim.region, claim.service))
    if _equal(day.hex(string_to_sign(text, claim.amz_date, claim.scope).encode()), claim):
        remedy = "Derive the signing key from the date alone (YYYYMMDD)."
        return Difference(mistakes=("it derived its signing key from the whole time stamp",), remedies=(remedy,))
    return None


def _scope(signed: str, claimed: str) -> Difference:
    return Difference(
        mistakes=("it signed for another region or service than it says in Credential",),
        remedies=("Use one region and one service for the signing key, the string to sign and Credential.",),
        client_line=signed,
        server_line=claimed,
    )


def _other_secrets(secret: str) -> Iterator[tuple[str, str]]:
    yield f"{secret}\n", "its secret access key ends with a line break"
    yield f"{secret} ", "its secret access key ends with a blank"
    yield f"{secret}\r", "its secret access key ends with a carriage return"
    yield f'"{secret}"', "its secret access key is in quotation marks"
    if "%" in secret or "+" in secret or "/" in secret:
        yield secret.replace("+", "%2B").replace("/", "%2F"), "its secret access key is percent-encoded"
        yield secret.replace("+", " "), "its secret access key was read from a form, so that + became a blank"
        yield secret.replace("/", "\\/"), "its secret access key has backslashes from JSON"


def _equal(signature: str, claim: Authorization) -> bool:
    return compare_digest(signature, claim.signature)
