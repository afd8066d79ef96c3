"""Whatever is shown as a token of ours is one, to the last bit, or is refused: JWTs, sessions, places in lists."""

import contextlib
import json
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.control.authorization_message import BadMessage, decode
from gatewright.core import jwt
from gatewright.core.identity import Caller, PrincipalType
from gatewright.core.jwks import BadKeySet, read_key_set
from gatewright.storage.credentials import AccessKey, CredentialRefused, Credentials, root_key
from gatewright.storage.keys import SESSIONS, Keys, SealBroken
from gatewright.storage.paging import BadPosition, open_position, seal_position
from gatewright.storage.principals import Principal
from gatewright.storage.snapshots import Shelf
from tests.chance import examples

KEYS = Keys(bytes(range(32)), [bytes(32)])
PAIR = jwt.new_key("k")
KEY = jwt.VerifyingKey("k", ("RS256",), PAIR.public_pem)
TOKEN = jwt.sign({"sub": "a", "exp": 1}, key_id="k", algorithm="RS256", private_pem=PAIR.private_pem)
ROLE = "arn:aws:iam::000000000000:role/R"
WRITTEN = st.text("abcXYZ019-_+/=. \n\t\u00e9\u0130\ud800", max_size=200)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from([10**400, "k", "RS256"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def some_credentials() -> Credentials:
    """Return credentials of an account with a root user and one role."""
    access_keys: Shelf[AccessKey] = Shelf("keys")
    principals: Shelf[Principal] = Shelf("principals")
    principals.replace({ROLE: Principal(arn=ROLE, unique_id="AROA1", documents={})})
    return Credentials(KEYS, root_key("000000000000", "test", "test"), access_keys, principals)


CREDENTIALS = some_credentials()
ISSUED = CREDENTIALS.issue(
    lambda key: Caller(
        account="000000000000",
        arn="arn:aws:sts::000000000000:assumed-role/R/s",
        user_id="AROA1:s",
        type=PrincipalType.ASSUMED_ROLE,
        access_key_id=key,
        role_arn=ROLE,
        role_id="AROA1",
        expires_at=1e10,
    )
)


def changed(good: bytes, data: st.DataObject) -> bytes:
    """Return bytes that are not quite those: one is another, some are missing, or some are too many."""
    at = data.draw(st.integers(0, len(good) - 1))
    how = data.draw(st.sampled_from(["flip", "cut", "insert"]))
    if how == "flip":
        return good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    if how == "cut":
        return good[:at] + good[at + data.draw(st.integers(1, 20)) :]
    return good[:at] + data.draw(st.binary(min_size=1, max_size=9)) + good[at:]


@examples(150)
@given(st.data())
def test_a_token_that_was_changed_is_signed_by_nobody(data: st.DataObject) -> None:
    token = changed(TOKEN.encode(), data).decode("latin-1")
    if token == TOKEN:  # what was inserted is what stood there
        return
    with pytest.raises(jwt.BadToken):
        jwt.verify(token, lambda _: KEY)


@examples(150)
@given(WRITTEN | st.lists(WRITTEN, min_size=3, max_size=3).map(".".join))
def test_any_text_is_no_token(text: str) -> None:
    with pytest.raises(jwt.BadToken):
        jwt.verify(text, lambda _: KEY)


@examples(150)
@given(
    header=JSON | st.fixed_dictionaries({"alg": JSON, "kid": JSON}, optional={"crit": JSON, "jwk": JSON}), claims=JSON
)
def test_whatever_a_header_says_a_foreign_signature_is_refused(header: object, claims: object) -> None:
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    with pytest.raises(jwt.BadToken):
        jwt.verify(".".join((*parts, TOKEN.rpartition(".")[2])), lambda _: KEY)


MEMBERS = st.sampled_from(["kty", "kid", "alg", "use", "key_ops", "crv", "n", "e", "x", "y", "d", "k", "x5c"])
GOOD_JWK = dict(KEY.jwk())


@examples(150)
@given(
    st.lists(st.dictionaries(MEMBERS, JSON | st.sampled_from(["RSA", "EC", "oct", "P-256", "AQAB", "sig"])), max_size=4)
)
def test_keys_that_are_none_are_left_out_and_take_no_neighbour_along(odd: list[dict[str, object]]) -> None:
    others = [entry for entry in odd if entry.get("kid") != "k"]
    with contextlib.suppress(BadKeySet):
        read = read_key_set(json.dumps({"keys": [*others, GOOD_JWK]}).encode())
        assert read["k"].jwk()["n"] == GOOD_JWK["n"]
    for entry in odd:  # a good key with something else in it is that key, or none
        with contextlib.suppress(BadKeySet):
            for key in read_key_set(json.dumps({"keys": [{**GOOD_JWK, **entry}]}).encode()).values():
                assert key.public_pem.startswith("-----BEGIN PUBLIC KEY-----")


@examples(200)
@given(st.data())
def test_what_was_sealed_and_changed_is_not_opened(data: st.DataObject) -> None:
    plain, purpose, context = data.draw(st.tuples(st.binary(max_size=60), st.text(max_size=9), st.binary(max_size=9)))
    sealed = KEYS.seal(purpose, plain, context)
    assert KEYS.open(purpose, sealed, context) == plain
    bad = changed(sealed, data)
    for where in ((purpose, context), (purpose + "x", context), (purpose, context + b"x")):
        if (bad, *where) != (sealed, purpose, context):
            with pytest.raises(SealBroken):
                KEYS.open(where[0], bad, where[1])


@examples(200)
@given(st.binary(max_size=80), st.sampled_from([b"", bytes.fromhex(KEYS.current_id)]))
def test_any_bytes_are_not_opened(junk: bytes, head: bytes) -> None:
    with pytest.raises(SealBroken):
        KEYS.open(SESSIONS, head + junk)


@examples(200)
@given(st.data())
def test_any_other_session_token_is_refused(data: st.DataObject) -> None:
    good = ISSUED.session_token
    assert CREDENTIALS.resolve(ISSUED.access_key_id, good, 1.0).caller.role_arn == ROLE
    token = data.draw(
        WRITTEN
        | st.just(b64encode(changed(b64decode(good), data)).decode())
        | st.just(changed(good.encode(), data).decode("latin-1"))
        | st.just(b64encode(KEYS.seal(SESSIONS, data.draw(st.binary(max_size=30)))).decode())
    )
    if token == good:
        return
    for key in (ISSUED.access_key_id, "test", ""):
        with pytest.raises(CredentialRefused):
            CREDENTIALS.resolve(key, token, 1.0)


@examples(200)
@given(st.data())
def test_a_place_in_a_list_is_good_for_that_list_as_it_was_given(data: st.DataObject) -> None:
    place, listing = data.draw(st.text(max_size=30)), data.draw(st.text(max_size=20))
    token = seal_position(KEYS, listing, place)
    assert open_position(KEYS, listing, token) == place
    others = WRITTEN | st.just(urlsafe_b64encode(changed(urlsafe_b64decode(token), data)).decode())
    other = data.draw(others | st.just(changed(token.encode(), data).decode("latin-1")))
    if other != token:
        with pytest.raises(BadPosition):
            open_position(KEYS, listing, other)
    with pytest.raises(BadPosition):
        open_position(KEYS, listing + "x", token)


@examples(100)
@given(WRITTEN)
def test_any_text_is_no_authorization_message(text: str) -> None:
    with pytest.raises(BadMessage):
        decode(KEYS, "000000000000", text, 1.0)
