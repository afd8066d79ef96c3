"""The public keys of passkeys, as authenticators write them (COSE): which of them are taken. Pure.

In: the bytes of a key. Out: nothing, or the reason why not. Law: only a key that a signature can be verified with is
kept: ES256 with a point on P-256, or RS256 with a modulus and an exponent as RSA keys have them, in the one way that
the specification has of writing it. The library that verifies signatures is generous here: it takes a list of four
things for the point of an old security key, and looks at a point only when somebody signs in.
Source: Web Authentication Level 2, "Signature Formats", "Attested Credential Data" (only the required members, in
CTAP2's canonical form); RFC 9053, "Elliptic Curve Keys"; RFC 8230, "RSA Key Parameters" (no leading zeros).
"""

from collections.abc import Mapping
from typing import Any

from gatewright.core.jwks import is_strong_rsa

ES256, RS256 = -7, -257
_KIND, _ALGORITHM = 1, 3  # the members of a key: these two are of every key,
_CURVE, _X, _Y = -1, -2, -3  # these of a point,
_MODULUS, _EXPONENT = -1, -2  # and these of RSA
_POINT, _RSA = 2, 3  # kinds
_P256 = 1
_COORDINATE = 32  # bytes
# Below, one value has few roots and padding is easy to forge for a careless verifier; above, verifying costs too much.
# Authenticators have 65,537. Source: FIPS 186-5, "RSA Key Pair Generation", for the lower end.
_EXPONENTS = range(65_537, 1 << 32, 2)


class BadKey(Exception):
    """The key is not one that is taken."""


def must_be_sound_key(written: bytes) -> None:
    """Refuse a public key that nobody could use, or that is of no kind that is taken.

    Raises:
        BadKey: with the reason.
    """
    from webauthn.helpers import encode_cbor, parse_cbor  # slow to load, and most never need it

    try:
        members = parse_cbor(written)
    except Exception:  # whatever the library stumbles over in bytes that anybody may send
        raise BadKey("its public key is not CBOR") from None
    if not isinstance(members, dict):
        raise BadKey("its public key is not a COSE key")
    if members.get(_KIND) == _POINT:
        canonical = _sound_point(members)
    elif members.get(_KIND) == _RSA:
        canonical = _sound_rsa(members)
    else:
        raise BadKey("its public key is neither of ES256 nor of RS256")
    # Says at once that nothing is missing, nothing is left over, and that 2 is not written as 2.0.
    if encode_cbor(canonical) != written:
        raise BadKey("its public key is not written in the canonical form, with the required members only")


def _sound_point(members: Mapping[Any, Any]) -> dict[int, Any]:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers

    x, y = members.get(_X), members.get(_Y)
    if not (isinstance(x, bytes) and isinstance(y, bytes) and len(x) == len(y) == _COORDINATE):
        raise BadKey("its public key is not a point of P-256")
    try:
        EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1()).public_key()
    except ValueError:
        raise BadKey("its public key is not a point of P-256") from None
    return {_KIND: _POINT, _ALGORITHM: ES256, _CURVE: _P256, _X: x, _Y: y}


def _sound_rsa(members: Mapping[Any, Any]) -> dict[int, Any]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    modulus, exponent = members.get(_MODULUS), members.get(_EXPONENT)
    if not (isinstance(modulus, bytes) and isinstance(exponent, bytes)):
        raise BadKey("its RSA key has no modulus or no exponent")
    if modulus[:1] == b"\0" or exponent[:1] == b"\0":
        raise BadKey("a number of its RSA key begins with a zero")
    n, e = int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")
    if e not in _EXPONENTS or not n % 2:
        raise BadKey("its RSA key has a modulus or an exponent that keys do not have")
    try:
        strong = is_strong_rsa(RSAPublicNumbers(e, n).public_key())
    except ValueError:
        raise BadKey("its RSA key cannot be read") from None
    if not strong:
        raise BadKey("its RSA key is too short, too long, or of the kind named ROCA")
    return {_KIND: _RSA, _ALGORITHM: RS256, _MODULUS: modulus, _EXPONENT: exponent}
