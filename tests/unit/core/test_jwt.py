import base64
import hmac
import json

import pytest

from gatewright.core import jwt

PAIR = jwt.new_key("one")
KEY = jwt.VerifyingKey("one", ("RS512",), PAIR.public_pem)


def find(key_id):
    return KEY if key_id == "one" else None


def signed(claims=None, **more):
    arguments = {"key_id": "one", "algorithm": "RS512", "private_pem": PAIR.private_pem, **more}
    return jwt.sign(claims or {"sub": "a"}, **arguments)


def text(content) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_what_was_signed_is_verified():
    assert jwt.verify(signed({"sub": "é", "n": [1]}), find) == {"sub": "é", "n": [1]}


def test_a_key_has_one_algorithm():
    with pytest.raises(jwt.BadToken):
        jwt.verify(signed(algorithm="RS256"), find)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "HS512", "PS512"])
def test_an_algorithm_in_the_header_decides_nothing(algorithm):
    _, claims, signature = signed().split(".")
    header = text({"alg": algorithm, "kid": "one"})
    for end in (signature, "A"):
        with pytest.raises(jwt.BadToken):
            jwt.verify(f"{header}.{claims}.{end}", find)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused():
    signing_input = f"{text({'alg': 'HS256', 'kid': 'one'})}.{text({'sub': 'a'})}"
    mac = hmac.digest(KEY.public_pem.encode(), signing_input.encode(), "sha256")
    token = f"{signing_input}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    with pytest.raises(jwt.BadToken):
        jwt.verify(token, find)


def test_a_key_in_the_header_is_not_used():
    from joserfc import jws
    from joserfc.jwk import RSAKey

    theirs = RSAKey.generate_key(2048)
    header = {"alg": "RS512", "kid": "one", "jwk": theirs.as_dict(private=False)}
    token = jws.serialize_compact(header, b'{"sub":"a"}', theirs, algorithms=["RS512"])
    with pytest.raises(jwt.BadToken):
        jwt.verify(token, find)


def test_an_extension_that_must_be_understood_is_refused():
    _, claims, signature = signed().split(".")
    with pytest.raises(jwt.BadToken):
        jwt.read(f"{text({'alg': 'RS512', 'kid': 'one', 'crit': ['b64']})}.{claims}.{signature}")


def test_a_token_has_one_spelling():
    token = signed()
    last = token[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same_bytes = token[:-1] + alphabet[alphabet.index(last) ^ 1]  # 256 bytes: the last character has four idle bits
    for other in (token + "=", token + "\n", " " + token, same_bytes):
        with pytest.raises(jwt.BadToken):
            jwt.verify(other, find)


def test_the_other_alphabet_of_base64_is_no_spelling_of_a_token():
    token = next(token for token in (signed({"sub": str(n)}) for n in range(100)) if "-" in token and "_" in token)
    for other in (token.replace("-", "+"), token.replace("_", "/"), token.replace("-", "+").replace("_", "/")):
        with pytest.raises(jwt.BadToken):
            jwt.verify(other, find)


def test_an_unknown_key_verifies_nothing():
    with pytest.raises(jwt.BadToken):
        jwt.verify(signed(key_id="two"), find)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c.d.e", "[].{}.a", "e30.e30.e30", "a" * 30_000, "é.é.é"])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(jwt.BadToken):
        jwt.verify(token, find)


def test_ten_thousand_dots_and_deep_json_cost_little():
    deep = base64.urlsafe_b64encode(b"[" * 14_000).rstrip(b"=").decode()
    for token in ("." * 19_000, f"{deep}.e30.e30"):
        with pytest.raises(jwt.BadToken):
            jwt.verify(token, find)


def test_a_key_set_has_public_halves_only():
    entry = dict(KEY.jwk())
    assert {entry[name] for name in ("kid", "alg", "use", "kty")} == {"one", "RS512", "sig", "RSA"}
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(entry)
