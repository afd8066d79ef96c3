"""JSON Web Tokens: signed here, verified here, with the algorithms that a key is for.

In: claims and a key, or a token and the keys that may have signed it. Out: a token, or its claims. Law: the algorithms
belong to the key and never to the token; whatever a header says beyond `alg`, `kid` and `typ` is not followed, `crit`
is refused; a token has one spelling only. Times are not judged here: whoever asks knows which clock and which patience
apply.
Source: RFC 7515, 7519, 8725.
"""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:  # joserfc takes a tenth of a second to import, and a start may last one; see `_jws`
    from joserfc.jwk import ECKey, RSAKey

_BITS = 2048
_LONGEST = 20_000  # characters; STS's own limit for a web identity token
_LONGEST_HEADER = 512  # characters of one that is remembered: all tokens of a key have the same
_ALPHABET = bytes.maketrans(b"-_+/", b"+/**")  # Base64's own last two are none of base64url's
_decode: Callable[[bytes], Any] = msgspec.json.decode


class BadToken(Exception):  # the service knows which of its errors this is
    """The token is not one that was signed by any of the keys."""


Check = Callable[[bytes, bytes], bool]  # what was signed, the signature


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

    def verifies(self, algorithm: str, signed: bytes, signature: bytes) -> bool:
        """Say whether the key made a signature, by an algorithm that it is good for."""
        if algorithm not in self.algorithms:
            return False
        check: Check | None = self.__dict__.get(algorithm)
        if check is None:
            from gatewright.core.signatures import checker

            check = self.__dict__[algorithm] = checker(self.public_pem, algorithm)
        return check(signed, signature)

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


class Apart(msgspec.Struct, frozen=True, gc=False):
    """A signed message in its compact form, taken apart. Nothing in it is to be believed before a key verified it."""

    key_id: str
    algorithm: str
    payload: bytes
    signed: bytes
    signature: bytes

    def must_be_signed_by(self, key: VerifyingKey | None) -> None:
        """Refuse the message unless the key signed it.

        Raises:
            BadToken: it did not, or there is no such key.
        """
        if key is None:
            raise BadToken("no key with this id")
        if not key.verifies(self.algorithm, self.signed, self.signature):
            raise BadToken("the signature is not the key's")


class Unverified(Apart, frozen=True, gc=False):
    """A JWT, taken apart."""

    claims: dict[str, Any]


def take_apart(message: str) -> Apart:
    """Take a signed message apart; nothing is verified.

    Raises:
        BadToken: it is not one in the compact form, names no key, or demands an extension.
    """
    return Apart(*_parts(message))


def read(token: str) -> Unverified:
    """Take a token apart; nothing is verified.

    Raises:
        BadToken: it is not a JWT, names no key, or demands an extension.
    """
    parts = _parts(token)
    return Unverified(*parts, claims_of(parts[2]))


def _parts(message: str) -> tuple[str, str, bytes, bytes, bytes]:
    if len(message) > _LONGEST or message.count(".") != 2:
        raise BadToken("not a JWT")
    signed, _, signature = message.rpartition(".")
    header, _, payload = signed.partition(".")
    if not (header and payload and signature):
        raise BadToken("not a JWT")
    key_id, algorithm = _known_header(header) if len(header) <= _LONGEST_HEADER else _header(header)
    return key_id, algorithm, _plain(payload), signed.encode(), _plain(signature)


def unverified_claims(token: str) -> dict[str, Any]:
    """Return what a token says of itself, to word a refusal by it; never to decide anything.

    Raises:
        BadToken: it is not a JWT.
    """
    return read(token).claims


def verify(token: str, find: Callable[[str], VerifyingKey | None]) -> dict[str, Any]:
    """Return the claims of a token that one of the keys signed.

    Raises:
        BadToken: it is not a JWT, or no key that `find` knows signed it.
    """
    said = read(token)
    said.must_be_signed_by(find(said.key_id))
    return said.claims


def _header(part: str) -> tuple[str, str]:
    """Return the key's id and the algorithm that a header names."""
    header = claims_of(_plain(part))
    key_id, algorithm = header.get("kid"), header.get("alg")
    if "crit" in header or not isinstance(key_id, str) or not isinstance(algorithm, str):
        raise BadToken("the header has no kid or alg, or demands an extension")
    return key_id, algorithm


_known_header = lru_cache(maxsize=512)(_header)


def claims_of(plain: bytes) -> dict[str, Any]:
    """Return the object that a payload or a header is.

    Raises:
        BadToken: it is none.
    """
    try:
        content = _decode(plain)
    except (ValueError, RecursionError):
        raise BadToken("not a JWT") from None
    if not isinstance(content, dict):
        raise BadToken("not a JWT")
    return content


def _plain(part: str) -> bytes:
    """Decode base64url without padding, and refuse every other spelling of the same bytes."""
    try:
        written = part.encode("ascii").translate(_ALPHABET)
        plain = a2b_base64(written + b"==")  # what is too much of padding is not looked at
    except ValueError:  # binascii's own error is one
        raise BadToken("not base64url") from None
    if b2a_base64(plain, newline=False).rstrip(b"=") != written:
        raise BadToken("not the one spelling of base64url")
    return plain


def _rsa_key(pem: bytes) -> "RSAKey":
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(pem)


def _public_key(pem: bytes, algorithm: str) -> "RSAKey | ECKey":
    from joserfc.jwk import ECKey

    return ECKey.import_key(pem) if algorithm.startswith("ES") else _rsa_key(pem)
