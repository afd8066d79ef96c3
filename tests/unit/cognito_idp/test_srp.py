"""The server's half of SRP against a client's, written here from the RFC and not from the server."""

import hashlib
import hmac
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.services.cognito_idp.sign_in import srp
from tests.chance import examples

GROUP, NAME = "AbCdEf123", "jane"
# RFC 3526: 2^3072 - 2^3008 - 1 + 2^64 * ([2^2942 pi] + 1690314), its hash taken from the RFC's text.
PRIME = srp._PRIME


def shortest(number: int) -> bytes:
    """Return what Java's BigInteger.toByteArray returns."""
    text = f"{number:x}"
    text = "0" * (len(text) % 2) + text
    return bytes.fromhex(("00" if int(text[0], 16) >= 8 else "") + text)


def digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


class Client:
    """An SRP client."""

    def __init__(self, password: str, private: int | None = None) -> None:
        self._password = password
        self._a = private or secrets.randbits(1024)
        self.public = pow(2, self._a, PRIME)

    def key(self, salt: int, server_public: int) -> bytes:
        u = digest(shortest(self.public), shortest(server_public))
        identity = hashlib.sha256(f"{GROUP}{NAME}:{self._password}".encode()).digest()
        x = digest(shortest(salt), identity)
        k = digest(b"\x00" + PRIME.to_bytes(384, "big") + b"\x02")
        shared = pow(server_public - k * pow(2, x, PRIME), self._a + u * x, PRIME)
        extracted = hmac.new(shortest(u), shortest(shared), "sha256").digest()
        return hmac.new(extracted, b"Caldera Derived Key\x01", "sha256").digest()[:16]


def test_the_group_is_the_one_of_the_rfc() -> None:
    from gmpy2 import is_prime

    assert PRIME.bit_length() == 3072
    assert is_prime(PRIME)
    assert is_prime((PRIME - 1) // 2)
    assert PRIME >> 3008 == 2**64 - 1
    assert PRIME % 2**64 == 2**64 - 1


@examples(15)
@given(st.text(min_size=1, max_size=40), st.integers(1, 2**128 - 1), st.integers(2, 2**1024))
def test_both_sides_have_the_same_key_exactly_if_the_password_is_the_same(
    password: str, salt: int, private: int
) -> None:
    kept = srp.verifier(GROUP, NAME, password, salt)
    for tried in (password, password + "x"):
        client, server = Client(tried, private), srp.exchange(kept)
        assert srp.read_public(f"{client.public:x}") == client.public
        same = srp.session_key(client.public, server, kept) == client.key(salt, server.public)
        assert same == (tried == password)


@pytest.mark.parametrize("text", ["", "0", "00", "-1", "0x1", "g", " 1", f"{PRIME:x}", f"{2 * PRIME:x}", "f" * 771])
def test_no_number_is_taken_with_which_anybody_could_sign_in(text: str) -> None:
    with pytest.raises(srp.BadPublicValue):
        srp.read_public(text)


def test_a_verifier_is_bound_to_pool_user_and_salt() -> None:
    one = srp.verifier(GROUP, NAME, "password", 1)
    others = [
        srp.verifier("Other", NAME, "password", 1),
        srp.verifier(GROUP, "joe", "password", 1),
        srp.verifier(GROUP, NAME, "password", 2),
    ]
    assert not any(srp.stands_for(one, other) for other in others)
    assert srp.stands_for(one, srp.verifier(GROUP, NAME, "password", 1))


def test_no_two_exchanges_are_the_same() -> None:
    kept = srp.verifier(GROUP, NAME, "password", 1)
    assert srp.exchange(kept) != srp.exchange(kept)


@pytest.mark.parametrize("exponent", [0, 1, 2, 63, 64, 2**255 + 1, 2**256 - 1, int("a5" * 32, 16)])
def test_powers_of_the_generator_from_the_table_are_those_that_are_reckoned(exponent):
    assert srp.power_of_generator(exponent) == pow(2, exponent, PRIME)


@pytest.mark.parametrize("exponent", [-1, 2**258])
def test_the_table_ends_where_exponents_do(exponent):
    with pytest.raises(ValueError, match="256 bits"):
        srp.power_of_generator(exponent)
