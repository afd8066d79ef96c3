"""JSON Web Tokens: signed here, verified here, with the algorithms that a key is for.

In: claims and a key, or a token and the keys that may have signed it. Out: a token, or its claims. Law: the algorithms
belong to the key and never to the token; whatever a header says beyond `alg`, `kid` and `typ` is not followed, `crit`
is refused; a token has one spelling only. Times are not judged here: whoever asks knows which clock and which patience
apply.
Source: RFC 7515, 7519, 8725.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:  # joserfc takes a tenth of a second to import, and a start may last one; see `_jws`
    from joserfc.jwk import ECKey, RSAKey

_BITS = 2048
_LONGEST = 20_000  # characters; STS's own limit for a web identity token


class BadToken(Exception):  # the service knows which of its errors this is
    """The token is not one that was signed by any of the keys."""


class KeyPair(msgspec.Struct, frozen=True):
    """A new key: the private half is for sealing at once."""

    key_id: str
    private_pem: bytes
    public_pem: str


class VerifyingKey(msgspec.Struct, frozen=True, dict=True):
    """The public half of a signing key, and the only algorithms that it is good for."""

    key_id: str
    algorithms: tuple[str, ...]  # one where the issuer says which; else those of the key's kind: RS256, RS384, RS512
    public_pem: str

    @property
    def key(self) -> "RSAKey | ECKey":
        """The key, parsed once."""
        parsed: RSAKey | ECKey | None = self.__dict__.get("_parsed")
        if parsed is None:
            parsed = self.__dict__["_parsed"] = _public_key(self.public_pem.encode(), self.algorithms[0])
        return parsed

    def jwk(self) -> Mapping[str, Any]:
        """Return the key as an entry of a JWKS."""
        public = self.key.as_dict(private=False)
        return {**public, "kid": self.key_id, "alg": self.algorithms[0], "use": "sig"}


def new_key(key_id: str) -> KeyPair:
    """Make an RSA key. It takes tens of milliseconds: call it in a thread."""
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(_BITS, private=True)
    return KeyPair(key_id, key.as_pem(private=True), key.as_pem(private=False).decode())


def sign(claims: Mapping[str, Any], *, key_id: str, algorithm: str, private_pem: bytes) -> str:
    """Return the signed token for claims."""
    from joserfc import jws

    header = {"alg": algorithm, "kid": key_id, "typ": "JWT"}
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return jws.serialize_compact(header, payload, _rsa_key(private_pem), algorithms=[algorithm])


def key_id_of(token: str) -> str:
    """Return the key id that a token claims to be signed with; nothing is verified.

    Raises:
        BadToken: it is not a JWT.
    """
    header = _json_part(token, 0)
    if "crit" in header or not isinstance(header.get("kid"), str):
        raise BadToken("the header has no kid, or demands an extension")
    return str(header["kid"])


def unverified_claims(token: str) -> dict[str, Any]:
    """Return what a token says of itself, to word a refusal by it; never to decide anything.

    Raises:
        BadToken: it is not a JWT.
    """
    return _json_part(token, 1)


def verify(token: str, find: Callable[[str], VerifyingKey | None]) -> dict[str, Any]:
    """Return the claims of a token that one of the keys signed.

    Raises:
        BadToken: it is not a JWT, or no key that `find` knows signed it.
    """
    from joserfc import errors, jws

    key = find(key_id_of(token))
    if key is None:
        raise BadToken("no key with this id")
    try:
        jws.deserialize_compact(token, key.key, algorithms=list(key.algorithms))
    except (errors.JoseError, ValueError, TypeError):
        raise BadToken("the signature is not the key's") from None
    return unverified_claims(token)


def _json_part(token: str, number: int) -> dict[str, Any]:
    parts = token.split(".")
    if len(token) > _LONGEST or len(parts) != 3 or not all(parts):
        raise BadToken("not a JWT")
    try:
        part = json.loads([_decoded(part) for part in parts][number])
    except (ValueError, RecursionError):
        raise BadToken("not a JWT") from None
    if not isinstance(part, dict):
        raise BadToken("not a JWT")
    return part


def _decoded(part: str) -> bytes:
    """Decode base64url without padding, and refuse every other spelling of the same bytes.

    Raises:
        ValueError: another spelling, or no base64url.
    """
    try:
        plain = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except BadBase64:
        raise ValueError("not base64url") from None
    if urlsafe_b64encode(plain).rstrip(b"=").decode() != part:
        raise ValueError("not the one spelling")
    return plain


def _rsa_key(pem: bytes) -> "RSAKey":
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(pem)


def _public_key(pem: bytes, algorithm: str) -> "RSAKey | ECKey":
    from joserfc.jwk import ECKey

    return ECKey.import_key(pem) if algorithm.startswith("ES") else _rsa_key(pem)
