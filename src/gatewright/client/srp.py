"""Secure Remote Password, the client's half as Cognito speaks it: a password is proved and never sent. Pure.

In: a password, the salt and the public value B that the server answered. Out: the claim that only somebody can make
who knows the password; and the verifier of a device's password, which a server may keep. Law: a server that sends a
number with which it would learn something about the password is refused before anything is reckoned with it.

It is SRP-6a (RFC 5054) over the 3072-bit group with g = 2, and with Cognito's own last steps: the session key is cut to
16 bytes by HKDF, and the claim is an HMAC over group, user, secret block and timestamp. Numbers are hashed as the
shortest two's complement. This is written apart from the server's half, so that each is a proof of the other.
Source: RFC 5054 (appendix A), RFC 5869; Cognito developer guide, "Authentication flows".
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

_N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
_G = 2
_INFO = b"Caldera Derived Key"
_KEY_BYTES = 16
_SALT_BYTES = 16
_PRIVATE_BYTES = 32  # an exponent of 256 bits is as strong as the group
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class DishonestServer(Exception):  # it is not the fault of whoever signs in
    """The server's numbers are none that an honest server sends."""


def _bytes_of(number: int) -> bytes:
    """Return the shortest two's complement of a number that is not negative."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


_K = _hash(_bytes_of(_N), _bytes_of(_G))


def _exponent(group: str, username: str, password: str, salt: int) -> int:
    identity = hashlib.sha256(f"{group}{username}:{password}".encode()).digest()
    return _hash(_bytes_of(salt), identity)


def new_device_verifier(group_key: str, device_key: str, password: str) -> tuple[str, str]:
    """Return `PasswordVerifier` and `Salt`, in Base64, of a password that a device has made for itself."""
    salt = int.from_bytes(secrets.token_bytes(_SALT_BYTES), "big") >> 1 | 1  # never 0, and positive to every reader
    verifier = pow(_G, _exponent(group_key, device_key, password, salt), _N)
    return b64encode(_bytes_of(verifier)).decode(), b64encode(_bytes_of(salt)).decode()


def timestamp(at: float) -> str:
    """Return a moment (seconds since the epoch) as the claim has it: `Tue Nov 3 09:05:00 UTC 2026`, in any locale."""
    when = datetime.fromtimestamp(at, UTC)
    day = f"{_DAYS[when.weekday()]} {_MONTHS[when.month - 1]} {when.day}"
    return f"{day} {when:%H:%M:%S} UTC {when.year}"


class Exchange:
    """One exchange: it is good for one sign-in, and its private number never leaves it."""

    __slots__ = ("_private", "_public")

    def __init__(self, private: int | None = None) -> None:
        self._private = private or int.from_bytes(secrets.token_bytes(_PRIVATE_BYTES), "big")
        self._public = pow(_G, self._private, _N)

    @property
    def public(self) -> str:
        """The public value A, as `SRP_A` has it."""
        return f"{self._public:x}"

    def session_key(self, group: str, username: str, password: str, salt: str, server_public: str) -> bytes:
        """Return the key that both sides know where the password is right.

        `group` is the part of the pool's id after the `_`, or a device's group key; `salt` and `server_public` are
        hexadecimal, as they were answered.

        Raises:
            DishonestServer: the numbers are none that an honest server sends.
        """
        try:
            public, salted = int(server_public, 16), int(salt, 16)
        except ValueError:
            raise DishonestServer("SRP_B or SALT is not a number") from None
        scramble = _hash(_bytes_of(self._public), _bytes_of(public)) if 0 < public < _N else 0
        if scramble == 0 or salted < 0:
            raise DishonestServer("SRP_B is not a number of the group: this is not the server that it says it is")
        exponent = _exponent(group, username, password, salted)
        shared = pow(public - _K * pow(_G, exponent, _N), self._private + scramble * exponent, _N)
        extracted = hmac.digest(_bytes_of(scramble), _bytes_of(shared), "sha256")
        return hmac.digest(extracted, _INFO + b"\x01", "sha256")[:_KEY_BYTES]

    def claim(self, group: str, username: str, password: str, asked: Mapping[str, str], at: float) -> dict[str, str]:
        """Return the members of the answer to `PASSWORD_VERIFIER` or `DEVICE_PASSWORD_VERIFIER`.

        `asked` are the challenge's parameters; `at` is in seconds since the epoch.

        Raises:
            DishonestServer: the challenge is none that an honest server puts.
        """
        try:
            block = asked["SECRET_BLOCK"]
            secret_block = b64decode(block, validate=True)
            key = self.session_key(group, username, password, asked["SALT"], asked["SRP_B"])
        except (KeyError, ValueError):
            raise DishonestServer("the challenge lacks a good SALT, SRP_B or SECRET_BLOCK") from None
        moment = timestamp(at)
        claim = hmac.digest(key, f"{group}{username}".encode() + secret_block + moment.encode(), "sha256")
        return {
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": b64encode(claim).decode(),
            "TIMESTAMP": moment,
        }
