"""Signatures of tokens: is this one a key's? The arithmetic is OpenSSL's.

In: a public key and the one algorithm that is asked for. Out: a check of bytes and their signature. Law: a key of one
kind never checks a signature of another; a signature has the one length that its key gives it, and ECDSA's is the two
numbers one after the other, not DER.
Source: RFC 7518, section 3 (`RS256` … `ES512`).
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gatewright.core.jwt import Check

_RSA: dict[str, HashAlgorithm] = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}
_EC: dict[str, tuple[HashAlgorithm, type[EllipticCurve]]] = {
    "ES256": (SHA256(), SECP256R1),
    "ES384": (SHA384(), SECP384R1),
    "ES512": (SHA512(), SECP521R1),
}
_PADDING = PKCS1v15()


def checker(public_pem: str, algorithm: str) -> Check:
    """Return the check of a key's signatures by an algorithm; one that never passes where the two do not fit."""
    key = load_pem_public_key(public_pem.encode())
    if isinstance(key, RSAPublicKey) and algorithm in _RSA:
        return _rsa(key, _RSA[algorithm])
    if isinstance(key, EllipticCurvePublicKey) and algorithm in _EC:
        digest, curve = _EC[algorithm]
        if isinstance(key.curve, curve):
            return _ec(key, digest)
    return lambda _signed, _signature: False


def _rsa(key: RSAPublicKey, digest: HashAlgorithm) -> Check:
    def check(signed: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, signed, _PADDING, digest)
        except InvalidSignature:
            return False
        return True

    return check


def _ec(key: EllipticCurvePublicKey, digest: HashAlgorithm) -> Check:
    size = (key.curve.key_size + 7) // 8
    algorithm = ECDSA(digest)

    def check(signed: bytes, signature: bytes) -> bool:
        if len(signature) != 2 * size:
            return False
        r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
        try:
            key.verify(encode_dss_signature(r, s), signed, algorithm)
        except InvalidSignature:
            return False
        return True

    return check
