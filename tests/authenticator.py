"""An authenticator in software: makes passkeys and uses them as browsers do, or wrongly wherever a test wants it."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "https://auth.example.com"
ES256, RS256, EDDSA = -7, -257, -8
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 1, 4, 8, 16, 64
GOOD = PRESENT | VERIFIED


def text(raw: bytes) -> str:
    """Write bytes in base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    """Read base64url."""
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


def client_data(kind: str, asked: str, page: str, **more: Any) -> bytes:
    """Return what a browser writes down of a ceremony."""
    said = {"type": f"webauthn.{kind}", "challenge": asked, "origin": page, "crossOrigin": False, **more}
    return json.dumps(said).encode()


class Passkey:
    """A passkey, and everything that can be said wrongly of it."""

    def __init__(self, algorithm: int = ES256, *, bits: int = 2_048, id_bytes: int = 32) -> None:
        self.id = secrets.token_bytes(id_bytes)
        self.algorithm = algorithm
        self.count = 0
        self._key: Any = self._make(bits)

    def _make(self, bits: int) -> Any:
        if self.algorithm == ES256:
            return ec.generate_private_key(ec.SECP256R1())
        if self.algorithm == RS256:
            return rsa.generate_private_key(65_537, bits)
        return ed25519.Ed25519PrivateKey.generate()

    @property
    def written_id(self) -> str:
        """The id as the API writes it."""
        return text(self.id)

    def cose(self) -> bytes:
        """The public key."""
        public = self._key.public_key()
        if self.algorithm == EDDSA:
            return cbor2.dumps({1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes_raw()})
        numbers = public.public_numbers()
        if self.algorithm == RS256:
            size = (numbers.n.bit_length() + 7) // 8
            return cbor2.dumps({1: 3, 3: RS256, -1: numbers.n.to_bytes(size, "big"), -2: b"\x01\x00\x01"})
        return cbor2.dumps(
            {1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )

    def register(
        self,
        options: Mapping[str, Any],
        *,
        origin: str = ORIGIN,
        party: str | None = None,
        flags: int = GOOD,
        attachment: str | None = "platform",
        attestation: str = "none",
        **more: Any,
    ) -> dict[str, Any]:
        """Answer `CredentialCreationOptions`."""
        said = client_data("create", options["challenge"], origin, **more)
        made = self._authenticator_data(party or options["rp"]["id"], flags | ATTESTED)
        made += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self.cose()
        statement: dict[str, Any] = {}
        if attestation == "packed":  # by the passkey's own key
            statement = {"alg": self.algorithm, "sig": self.sign(made + hashlib.sha256(said).digest())}
        attested = cbor2.dumps({"fmt": attestation, "attStmt": statement, "authData": made})
        answer = {
            "id": self.written_id,
            "rawId": self.written_id,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text(said),
                "attestationObject": text(attested),
                "transports": ["internal", "hybrid"],
            },
        }
        return answer | ({"authenticatorAttachment": attachment} if attachment else {})

    def use(
        self,
        options: Mapping[str, Any],
        *,
        origin: str = ORIGIN,
        party: str | None = None,
        flags: int = GOOD,
        handle: bytes | None = None,
        count: int | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Answer `CREDENTIAL_REQUEST_OPTIONS`."""
        said = client_data("get", options["challenge"], origin, **more)
        if count is not None:
            self.count = count
        shown = self._authenticator_data(party or options["rpId"], flags)
        response = {
            "clientDataJSON": text(said),
            "authenticatorData": text(shown),
            "signature": text(self.sign(shown + hashlib.sha256(said).digest())),
        }
        if handle is not None:
            response["userHandle"] = text(handle)
        written = self.written_id
        return {
            "id": written,
            "rawId": written,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }

    def _authenticator_data(self, party: str, flags: int) -> bytes:
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def sign(self, signed: bytes) -> bytes:
        """Sign with the private key."""
        if self.algorithm == ES256:
            return bytes(self._key.sign(signed, ec.ECDSA(SHA256())))
        if self.algorithm == RS256:
            return bytes(self._key.sign(signed, padding.PKCS1v15(), SHA256()))
        return bytes(self._key.sign(signed))
