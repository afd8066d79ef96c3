import json

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from gatewright.core.jwks import BadKeySet, read_key_set

RSA = RSAKey.generate_key(2048)
EC = ECKey.generate_key("P-256")


def jwk(key, kid="a", **more):
    return {**key.as_dict(private=False), "kid": kid, **more}


def read(*entries):
    return read_key_set(json.dumps({"keys": list(entries)}).encode())


def test_keys_are_found_by_id_with_the_algorithms_of_their_kind():
    keys = read(jwk(RSA, "r"), jwk(RSA, "r384", alg="RS384"), jwk(EC, "e"))
    assert {kid: key.algorithms for kid, key in keys.items()} == {
        "r": ("RS256", "RS384", "RS512"),
        "r384": ("RS384",),
        "e": ("ES256",),
    }


@pytest.mark.parametrize(
    "entry",
    [
        jwk(RSA, use="enc"),
        jwk(RSA, key_ops=["encrypt"]),
        jwk(RSA, key_ops="verify"),
        jwk(RSA, alg="none"),
        jwk(RSA, alg="HS256"),
        jwk(RSA, alg="PS256"),
        jwk(RSA, alg="RSA-OAEP"),
        jwk(EC, alg="ES512"),
        jwk(EC, crv="secp256k1"),
        jwk(EC, crv=["P-256"]),
        {**RSA.as_dict(private=True), "kid": "a"},
        {**OctKey.generate_key(256).as_dict(private=True), "kid": "a"},
        jwk(RSAKey.import_key(RSA.as_dict(private=False)), kid=None),
        {"kty": "RSA", "kid": "a"},
        {"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "kid": "a", "crv": "P-256", "x": "AA", "y": "AA"},
        "text",
        None,
    ],
)
def test_a_key_that_is_not_for_verifying_counts_for_nothing_and_leaves_its_neighbours(entry):
    assert list(read(entry, jwk(EC, "good"))) == ["good"]


def test_two_keys_of_one_id_count_for_nothing():
    assert list(read(jwk(RSA), jwk(EC), jwk(EC, "b"))) == ["b"]


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_short_rsa_key_counts_for_nothing():
    assert read(jwk(RSAKey.generate_key(1024))) == {}


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": 1}', b"[" * 100_000, b"\xff", b"null"]
)
def test_what_is_no_key_set_is_refused(document):
    with pytest.raises(BadKeySet):
        read_key_set(document)


def test_a_key_set_of_thousands_is_refused():
    with pytest.raises(BadKeySet):
        read(*[jwk(EC, str(number)) for number in range(201)])
