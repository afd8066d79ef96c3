"""What a client remembers of a sign-in, and the file that it may be kept in.

In: tokens and a device. Out: the same, later, in another process. Law: the file is its owner's alone (mode 0600) or it
is not read; it is replaced as a whole, so that nobody reads half of it; whoever refreshes holds a lock, so that a
refresh token that is good once is used once.
"""

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from gatewright.core.jwt import BadToken, unverified_claims

_BEGINNING = ("iss", "client_id", "sub", "auth_time")  # claims that a refresh does not change


class Device(msgspec.Struct, frozen=True):
    """A device that was confirmed: its key, and the password that only this client knows."""

    key: str
    group_key: str
    password: str

    def __repr__(self) -> str:
        """Show the key only."""
        return f"Device({self.key})"


class Tokens(msgspec.Struct, frozen=True):
    """The tokens of a session, and until when they are good by this machine's clock (seconds since the epoch)."""

    id_token: str
    access_token: str
    refresh_token: str
    id_expires_at: float
    access_expires_at: float

    def __repr__(self) -> str:
        """Show no token."""
        return f"Tokens(good until {self.expires_at:.0f})"

    @property
    def expires_at(self) -> float:
        """When the first of the two ends."""
        return min(self.id_expires_at, self.access_expires_at)

    @property
    def session_id(self) -> str:
        """What all tokens of one sign-in, and of no other, have in common.

        It is `origin_jti`; of a client without token revocation, who has signed in where and when.
        """
        said = claims_of(self.access_token)
        return str(said.get("origin_jti") or [said.get(claim) for claim in _BEGINNING])


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a user's sign-in; the device outlives the session."""

    username: str  # as the pool has it
    tokens: Tokens | None = None
    device: Device | None = None
    given: str = ""  # the name that was signed in with: an address, perhaps


class SessionStore(Protocol):
    """Where sessions are kept; write your own for a keyring."""

    def load(self) -> Kept | None:
        """Return what is kept."""
        ...

    def save(self, kept: Kept) -> None:
        """Keep this instead."""
        ...

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Let nobody else load or save for a while."""
        ...


class SessionFile:
    """A file that keeps a session."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def load(self) -> Kept | None:
        """Return what is kept; None where there is no file.

        Raises:
            PermissionError: others may read or write it.
            ValueError: it holds something else.
        """
        content = read_private(self.path)
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=Kept)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ValueError(f"{self.path} is not a session that was kept: delete it, and sign in again") from None

    def save(self, kept: Kept) -> None:
        """Keep this instead."""
        write_private(self.path, msgspec.json.encode(kept))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process refresh for a while."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self.path.with_name(f"{self.path.name}.lock")
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            with contextlib.suppress(ImportError):  # elsewhere than on POSIX there is no such lock
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def read_private(path: Path) -> bytes | None:
    """Return a file of secrets; None where there is none.

    Raises:
        PermissionError: others than its owner may read or write it.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise PermissionError(f"{path} can be read by others (mode {mode:o}): chmod 600 {path}")
            return file.read()
    except FileNotFoundError:
        return None


def write_private(path: Path, content: bytes) -> None:
    """Write a file of secrets, mode 0600, as a whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def claims_of(token: str) -> dict[str, object]:
    """Return what a token says of itself; it came from the server directly, so nothing is verified."""
    try:
        return unverified_claims(token)
    except BadToken:
        return {}
