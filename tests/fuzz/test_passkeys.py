"""Whatever claims to be an authenticator's answer is refused in one of five ways, and nothing breaks."""

import contextlib
import json
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography

from gatewright.services.cognito_idp.factors.web_authn_keys import BadKey, must_be_sound_key
from gatewright.services.cognito_idp.factors.web_authn_proof import (
    Asked,
    Kept,
    Malformed,
    NotProved,
    OtherChallenge,
    OtherOrigin,
    OtherRelyingParty,
    challenge_of,
    prove_registration,
    prove_use,
    read_answer,
)
from tests.authenticator import Passkey, raw, text
from tests.chance import examples

REFUSALS = (Malformed, OtherChallenge, OtherOrigin, OtherRelyingParty, NotProved)
ASKED = Asked(b"challenge", "auth.example.com", must_verify_user=False)
CREATION = {"challenge": text(b"challenge"), "rp": {"id": ASKED.relying_party_id}}
REQUEST = {"challenge": text(b"challenge"), "rpId": ASKED.relying_party_id}
PASSKEY = Passkey()
MADE, USED = PASSKEY.register(CREATION), PASSKEY.use(REQUEST)
KEPT = Kept(PASSKEY.cose(), 0, backup_eligible=False, backed_up=False)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20))
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner)
)
CBOR = st.recursive(
    SCALARS | st.binary(max_size=40) | st.integers(-10, 10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-5, 5) | st.text(max_size=8), inner),
    max_leaves=12,
)


def try_all(answer: Any) -> None:
    """Look at an answer in every way."""
    for look in (
        lambda: challenge_of(read_answer(answer)),
        lambda: prove_registration(read_answer(answer), ASKED),
        lambda: prove_use(read_answer(answer), ASKED, KEPT, b"jane"),
    ):
        try:
            look()
        except REFUSALS:
            pass


@examples(150)
@given(ANYTHING | st.text(max_size=60))
def test_any_json_is_refused_and_nothing_breaks(answer: Any) -> None:
    try_all(answer)
    try_all({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": answer})


@examples(300)
@given(st.sampled_from(["clientDataJSON", "attestationObject", "authenticatorData", "signature"]), st.data())
def test_an_answer_with_one_byte_changed_is_refused(part: str, data: st.DataObject) -> None:
    answer = MADE if part == "attestationObject" else USED
    good = raw(answer["response"][part])
    at, change = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(1, 255))
    bad = good[:at] + bytes([good[at] ^ change]) + good[at + 1 :]
    changed = json.loads(json.dumps(answer))
    changed["response"][part] = text(bad)
    if part == "attestationObject":
        # Nobody signs it, and so the browser's word is taken; what comes of it is what the bytes say.
        try_all(changed)
    else:
        with pytest.raises(REFUSALS):
            prove_use(changed, ASKED, KEPT, b"jane")


@examples(200)
@given(CBOR, CBOR, st.binary(max_size=80))
def test_any_attestation_is_refused_and_nothing_breaks(statement: Any, key: Any, rest: bytes) -> None:
    head = raw(USED["response"]["authenticatorData"])[:32] + bytes([0x45]) + bytes(4) + bytes(16)
    made = head + len(PASSKEY.id).to_bytes(2, "big") + PASSKEY.id + cbor2.dumps(key) + rest
    for kind in ("none", "packed", "fido-u2f", "tpm", "apple", "android-key", "android-safetynet", statement):
        attested = cbor2.dumps({"fmt": kind, "attStmt": statement, "authData": made})
        answer = json.loads(json.dumps(MADE))
        answer["response"]["attestationObject"] = text(attested)
        with pytest.raises(REFUSALS):
            prove_registration(answer, ASKED)


COSE: dict[int, Any] = cbor2.loads(PASSKEY.cose())
COORDINATE = st.binary(min_size=31, max_size=33) | st.sampled_from([COSE[-2], COSE[-3]])
MEMBERS = {
    1: st.sampled_from([1, 2, 3, 2.0, True]),
    3: st.sampled_from([-7, -257, -8, -35, -65_535]),
    -1: st.sampled_from([1, 2, True]) | st.binary(min_size=255, max_size=257),
    -2: COORDINATE | st.sampled_from([b"\x01\x00\x01", b"\x03"]),
    -3: COORDINATE | st.booleans(),
}


@examples(200)
@given(st.fixed_dictionaries({}, optional=MEMBERS), CBOR, st.booleans(), st.binary(max_size=3))
def test_a_key_that_is_taken_is_one_that_verifies_signatures(
    members: dict[int, Any], more: Any, good: bool, rest: bytes
) -> None:
    key = {**COSE, **members} if good else members
    for written in (cbor2.dumps(key) + rest, cbor2.dumps(more) + rest, PASSKEY.cose() + rest):
        with contextlib.suppress(BadKey):
            must_be_sound_key(written)
            loaded: Any = decoded_public_key_to_cryptography(decode_credential_public_key(written))
            assert loaded.key_size in (256, *range(2_048, 8_193))
            assert cbor2.dumps(cbor2.loads(written)) == written
