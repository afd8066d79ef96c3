"""The master key, and what is sealed with it.

The key is kept apart from the database: in `GATEWRIGHT_MASTER_KEY`, or in a file of mode 0600 in the data directory.
From it one key per purpose is derived (HKDF-SHA256), so that a sealed session token can never be opened as a sealed
secret. Sealing is AES-256-GCM with a random nonce; the purpose and the caller's `context` are authenticated with it.
A sealed value names the key that sealed it: retired keys still open, unknown ones do not.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ID_BYTES = 4
_NONCE_BYTES = 12
_KEY_BYTES = 32
_FILE = "master.key"

SECRETS = "secrets at rest"
SESSIONS = "session tokens"
PAGING = "paging tokens"


class SealBroken(Exception):  # a fact about the input; the caller knows which error it is to a client
    """A sealed value was altered, sealed for another purpose or context, or sealed by a key that is not ours."""


class Keys:
    """The current master key and the retired ones."""

    def __init__(self, current: bytes, retired: Sequence[bytes] = ()) -> None:
        self._masters = {hashlib.sha256(b"id" + key).digest()[:_ID_BYTES]: key for key in (*retired, current)}
        self._current = hashlib.sha256(b"id" + current).digest()[:_ID_BYTES]
        self._ciphers: dict[tuple[bytes, str], AESGCM] = {}

    @property
    def current_id(self) -> str:
        """The id of the key that seals, in hexadecimal; nothing about the key follows from it."""
        return self._current.hex()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the keys that open."""
        return frozenset(key_id.hex() for key_id in self._masters)

    def seal(self, purpose: str, plain: bytes, context: bytes = b"") -> bytes:
        """Seal a value for one purpose; the same `context` is needed to open it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self._current + nonce + self._cipher(self._current, purpose).encrypt(nonce, plain, context)

    def open(self, purpose: str, sealed: bytes, context: bytes = b"") -> bytes:
        """Open a sealed value.

        Raises:
            SealBroken: it is not one of ours, or not as it was.
        """
        key_id = sealed[:_ID_BYTES]
        if key_id not in self._masters or len(sealed) < _ID_BYTES + _NONCE_BYTES + 16:
            raise SealBroken
        nonce, body = sealed[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], sealed[_ID_BYTES + _NONCE_BYTES :]
        try:
            return self._cipher(key_id, purpose).decrypt(nonce, body, context)
        except InvalidTag:
            raise SealBroken from None

    def keyed_hash(self, purpose: str, plain: bytes) -> bytes:
        """Return 32 bytes that are always the same for a value and that nobody else can compute."""
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"hash " + purpose.encode())
        return hmac.digest(derived.derive(self._masters[self._current]), plain, "sha256")

    def _cipher(self, key_id: bytes, purpose: str) -> AESGCM:
        cipher = self._ciphers.get((key_id, purpose))
        if cipher is None:
            derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(self._masters[key_id])
            cipher = self._ciphers[(key_id, purpose)] = AESGCM(derived)
        return cipher


def load_keys(directory: Path, variable: str | None, *, make: bool = True) -> Keys:
    """Read the master key (64 hexadecimal digits; further ones, after blanks or on further lines, are retired).

    Where the variable is empty the file in the data directory is read; where there is none it is made, mode 0600, if it
    may be.

    Raises:
        ValueError: a key is not 64 hexadecimal digits, or there is none and none may be made.
    """
    written = variable or _read_or_make(directory / _FILE, make=make)
    try:
        current, *retired = [bytes.fromhex(word) for word in written.split()]
    except ValueError:
        raise ValueError("the master key must be 64 hexadecimal digits (make one: openssl rand -hex 32)") from None
    if any(len(key) != _KEY_BYTES for key in (current, *retired)):
        raise ValueError("the master key must be 64 hexadecimal digits (make one: openssl rand -hex 32)")
    return Keys(current, retired)


def _read_or_make(path: Path, *, make: bool) -> str:
    if not make and not path.exists():
        raise ValueError(
            f"the master key {path} is missing, and the database is sealed with it; bring it back, or set "
            "GATEWRIGHT_MASTER_KEY (nodes of one database have the same one)"
        )
    write_private(path, secrets.token_hex(_KEY_BYTES) + "\n")
    return path.read_text()


def write_private(path: Path, content: str) -> bool:
    """Write a new file that only its owner may read, whole or not at all; an existing file is left as it is.

    The link is what makes it safe where two workers start at once: exactly one of them makes the file.
    """
    if path.exists():
        return False
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
