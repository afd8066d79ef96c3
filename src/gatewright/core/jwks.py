"""JSON Web Key Sets: the public keys that an issuer publishes.

In: the document as fetched from the issuer. Out: `VerifyingKey`s by key id. Law: a key is used for what its issuer
says, or not at all: one that is for encryption, symmetric, too short or known to be weak, has its private half in the
open, or shares its id with another, counts for nothing, and does not take its neighbours with it.
Source: RFC 7517, 7518, 8725; IAM user guide, "Create an OpenID Connect (OIDC) identity provider in IAM" (RSA and EC
keys, at most a hundred of each).
"""

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from gatewright.core.jwt import VerifyingKey

_RSA = ("RS256", "RS384", "RS512")
_EC = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_RSA_BITS = range(2_048, 8_193)  # longer ones cost whoever verifies
_MOST = 200


class BadKeySet(Exception):  # the service knows which of its errors this is
    """The document is not a key set."""


def read_key_set(document: bytes) -> dict[str, VerifyingKey]:
    """Return the keys that signatures can be verified with, by key id.

    Raises:
        BadKeySet: it is not a key set, or it holds more keys than any issuer has.
    """
    try:
        entries = json.loads(document)["keys"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadKeySet("the document is not a JSON Web Key Set") from None
    if not isinstance(entries, list) or len(entries) > _MOST:
        raise BadKeySet(f"a key set has a list of at most {_MOST} keys")
    jwks = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("kid"), str)]
    times = Counter(entry["kid"] for entry in jwks)
    keys = [_key(entry) for entry in jwks if times[entry["kid"]] == 1]
    return {key.key_id: key for key in keys if key is not None}


def _key(jwk: Mapping[str, Any]) -> VerifyingKey | None:
    """Return one key, None where it is not for verifying signatures."""
    if not isinstance(jwk.get("key_ops", []), list) or not isinstance(jwk.get("crv", ""), str):
        return None
    if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ("verify",)) or "d" in jwk:
        return None
    algorithms = _algorithms(jwk)
    if not algorithms:
        return None
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey

    try:
        key = (RSAKey if jwk["kty"] == "RSA" else ECKey).import_key(dict(jwk))
        pem = key.as_pem(private=False).decode()
        strong = jwk["kty"] == "EC" or is_strong_rsa(key.public_key)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return VerifyingKey(jwk["kid"], algorithms, pem) if strong else None


def is_strong_rsa(key: Any) -> bool:
    """Say whether an RSA key is of a length that is neither too weak nor too dear, and not of the kind named ROCA.

    ROCA (CVE-2017-15361): a chip's library made primes whose product is a power of 65537 modulo every small prime. Of
    other keys one in a hundred million is. Source: Nemec et al., "The Return of Coppersmith's Attack", 2017.
    """
    modulus = key.public_numbers().n
    return key.key_size in _RSA_BITS and not all(modulus % prime in powers for prime, powers in _powers().items())


@cache
def _powers() -> Mapping[int, frozenset[int]]:
    """Return what the powers of 65537 are modulo each small prime."""
    primes = [n for n in range(3, 168, 2) if all(n % divisor for divisor in range(3, n, 2))]
    return {prime: frozenset(pow(65_537, exponent, prime) for exponent in range(prime)) for prime in primes}


def _algorithms(jwk: Mapping[str, Any]) -> tuple[str, ...]:
    kind, named = jwk.get("kty"), jwk.get("alg")
    if kind == "RSA":
        fitting: tuple[str, ...] = _RSA
    elif kind == "EC" and jwk.get("crv") in _EC:
        fitting = (_EC[jwk["crv"]],)
    else:
        return ()
    return tuple(algorithm for algorithm in fitting if named in (None, algorithm))
