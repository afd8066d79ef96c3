"""Which public keys of passkeys are taken: those that verify signatures, written in the one right way."""

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gatewright.services.cognito_idp.factors.web_authn_keys import BadKey, must_be_sound_key
from gatewright.services.cognito_idp.factors.web_authn_proof import (
    NOBODYS_KEY,
    Asked,
    Malformed,
    NotProved,
    prove_registration,
)
from tests.authenticator import EDDSA, RS256, Passkey, text

PARTY = "auth.example.com"
ASKED = Asked(b"challenge", PARTY, must_verify_user=False)
CREATION = {"challenge": text(b"challenge"), "rp": {"id": PARTY}}
POINT: dict[Any, Any] = cbor2.loads(Passkey().cose())
RSA: dict[Any, Any] = cbor2.loads(Passkey(RS256).cose())
X, Y, N, E = POINT[-2], POINT[-3], RSA[-1], RSA[-2]
OFF_THE_CURVE = bytes([*Y[:-1], Y[-1] ^ 1])
PRIME = (2**256 - 2**224 + 2**192 + 2**96 - 1).to_bytes(32, "big")  # of P-256: a coordinate is smaller
EDWARDS = cbor2.loads(Passkey(EDDSA).cose())
ROCA = pow(65_537, 129)  # what the chips' library made is, modulo every small prime, a power of this


def without(key: dict[Any, Any], member: int) -> dict[Any, Any]:
    """Return a key that lacks a member."""
    return {name: value for name, value in key.items() if name != member}


BAD: dict[str, bytes] = {
    "nothing": b"",
    "an old security key's point": b"\x04" + X + Y,
    "an old security key's point, cut": b"\x04" + X,
    "a list of four": cbor2.dumps([1, 2, 3, 4]),
    "the number four": b"\x04",
    "null": b"\xf6",
    "an empty map": b"\xa0",
    "half a map": cbor2.dumps(POINT)[:-1],
    "a byte too many": cbor2.dumps(POINT) + b"\0",
    "two keys": cbor2.dumps(POINT) * 2,
    "a point off the curve": cbor2.dumps({**POINT, -3: OFF_THE_CURVE}),
    "the point 0, 0": cbor2.dumps({**POINT, -2: bytes(32), -3: bytes(32)}),
    "no bytes of a point": cbor2.dumps({**POINT, -2: b"", -3: b""}),
    "x of 31 bytes": cbor2.dumps({**POINT, -2: X[1:]}),
    "x of 33 bytes": cbor2.dumps({**POINT, -2: b"\0" + X}),
    "y of 31 bytes": cbor2.dumps({**POINT, -3: Y[1:]}),
    "x beyond the field": cbor2.dumps({**POINT, -2: PRIME}),
    "x as text": cbor2.dumps({**POINT, -2: "x" * 32}),
    "x as a number": cbor2.dumps({**POINT, -2: int.from_bytes(X, "big")}),
    "y as a sign only": cbor2.dumps({**POINT, -3: True}),
    "a point of another curve": cbor2.dumps({**POINT, -1: 2}),
    "a point without a curve": cbor2.dumps(without(POINT, -1)),
    "a point without x": cbor2.dumps(without(POINT, -2)),
    "a point without y": cbor2.dumps(without(POINT, -3)),
    "a point without its algorithm": cbor2.dumps(without(POINT, 3)),
    "a point without its kind": cbor2.dumps(without(POINT, 1)),
    "a point for RS256": cbor2.dumps({**POINT, 3: -257}),
    "a point for ES384": cbor2.dumps({**POINT, 3: -35}),
    "a point of the kind RSA": cbor2.dumps({**POINT, 1: 3}),
    "a kind as a fraction": cbor2.dumps({**POINT, 1: 2.0}),
    "a curve that is true": cbor2.dumps({**POINT, -1: True}),
    "a key's name that is true": cbor2.dumps({True: 2, 3: -7, -1: 1, -2: X, -3: Y}),
    "a member more": cbor2.dumps({**POINT, 2: b"id"}),
    "its private half": cbor2.dumps({**POINT, -4: bytes(32)}),
    "a member twice": b"\xa6" + cbor2.dumps(POINT)[1:] + b"\x01\x02",
    "members in another order": cbor2.dumps(dict(reversed(POINT.items()))),
    "a map without a length": b"\xbf" + cbor2.dumps(POINT)[1:] + b"\xff",
    "a number in two bytes": b"\xa5\x18\x01" + cbor2.dumps(POINT)[2:],
    "an Edwards curve": cbor2.dumps(EDWARDS),
    "RSA for ES256": cbor2.dumps({**RSA, 3: -7}),
    "RSA for PS256": cbor2.dumps({**RSA, 3: -37}),
    "RSA for SHA-1": cbor2.dumps({**RSA, 3: -65_535}),
    "RSA of the kind of points": cbor2.dumps({**RSA, 1: 2}),
    "RSA without a modulus": cbor2.dumps(without(RSA, -1)),
    "RSA without an exponent": cbor2.dumps(without(RSA, -2)),
    "RSA with a modulus that begins with zero": cbor2.dumps({**RSA, -1: b"\0" + N}),
    "RSA with an exponent that begins with zero": cbor2.dumps({**RSA, -2: b"\0" + E}),
    "RSA with an even modulus": cbor2.dumps({**RSA, -1: bytes([*N[:-1], N[-1] ^ 1])}),
    "RSA with the modulus 0": cbor2.dumps({**RSA, -1: b""}),
    "RSA of 2,047 bits": cbor2.dumps({**RSA, -1: bytes([0x7F, *N[1:]])}),
    "RSA of 1,024 bits": Passkey(RS256, bits=1_024).cose(),
    "RSA of 8,194 bits": cbor2.dumps({**RSA, -1: b"\x03" + N * 4}),
    "RSA of 300,000 bits": cbor2.dumps({**RSA, -1: b"\x01" + N * 146}),
    "RSA with the exponent 0": cbor2.dumps({**RSA, -2: b""}),
    "RSA with the exponent 1": cbor2.dumps({**RSA, -2: b"\x01"}),
    "RSA with the exponent 3": cbor2.dumps({**RSA, -2: b"\x03"}),
    "RSA with an even exponent": cbor2.dumps({**RSA, -2: b"\x01\x00\x02"}),
    "RSA with an exponent of 40 bits": cbor2.dumps({**RSA, -2: b"\x01\x00\x00\x00\x01"}),
    "RSA with an exponent as long as the modulus": cbor2.dumps({**RSA, -2: bytes([N[0] - 1, *N[1:-1], 1])}),
    "RSA with an exponent as a number": cbor2.dumps({**RSA, -2: 65_537}),
    "RSA as the chips of ROCA made it": cbor2.dumps({**RSA, -1: ROCA.to_bytes((ROCA.bit_length() + 7) // 8, "big")}),
    "maps in maps": b"\xa1\x01" * 30_000 + b"\x01",
}


@pytest.mark.parametrize("key", BAD.values(), ids=BAD)
def test_a_key_that_nobody_could_use_is_refused(key: bytes) -> None:
    with pytest.raises(BadKey):
        must_be_sound_key(key)


@pytest.mark.parametrize("key", BAD.values(), ids=BAD)
def test_a_passkey_with_such_a_key_is_not_registered(key: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    passkey = Passkey()
    monkeypatch.setattr(passkey, "cose", lambda: key)
    for statement in ("none", "packed"):
        with pytest.raises((Malformed, NotProved)):
            prove_registration(passkey.register(CREATION, attestation=statement), ASKED)


@pytest.mark.parametrize("bits", [2_048, 3_072, 4_096])
def test_keys_of_rsa_of_the_usual_lengths_are_taken(bits: int) -> None:
    numbers = rsa.generate_private_key(65_537, bits).public_key().public_numbers()
    must_be_sound_key(cbor2.dumps({**RSA, -1: numbers.n.to_bytes(bits // 8, "big")}))


def test_points_are_taken_also_where_a_coordinate_begins_with_zeros() -> None:
    must_be_sound_key(NOBODYS_KEY)
    # private keys whose points have such an x, and such a y: found by counting up from one
    for scalar, at in ((379, -2), (43, -3)):
        numbers = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
        key = {**POINT, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        assert key[at][0] == 0
        must_be_sound_key(cbor2.dumps(key))
