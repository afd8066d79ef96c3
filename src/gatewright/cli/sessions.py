"""Sessions that `gatewright login` keeps, each by its name, in the user's own configuration.

In: a name. Out: the pool and the session that were signed in with. Law: the folder is its owner's alone; of what went
wrong one line is said, with what to do.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gatewright.cli.asking import plain
from gatewright.cli.server import Unanswered

if TYPE_CHECKING:
    from gatewright.client import IdentityPool, Session, SessionFile, UserPool

USUAL = "default"
AWS = "aws"  # in place of an endpoint: AWS's own
_USUAL_ENDPOINT = "http://localhost:4566"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_HINTS = {
    "SECRET_HASH was not received": "set GATEWRIGHT_CLIENT_SECRET, or --ask-secret",
    "but SECRET_HASH was received": "leave the secret out (GATEWRIGHT_CLIENT_SECRET)",
    "is not enabled for the client": "choose another --flow, or allow it (ExplicitAuthFlows)",
    "flow not enabled for this client": "choose another --flow, or allow it (ExplicitAuthFlows)",
}


class Place(msgspec.Struct, frozen=True):
    """Where somebody signed in."""

    username: str
    user_pool_id: str
    client_id: str
    client_secret: str | None = None
    identity_pool_id: str | None = None
    endpoint: str = _USUAL_ENDPOINT

    def __repr__(self) -> str:
        """Show no secret."""
        return f"Place({self.user_pool_id}, {self.client_id})"

    def user_pool(self) -> "UserPool":
        """Return the user pool.

        Raises:
            ValueError: its id is none.
        """
        from gatewright.client import UserPool

        return UserPool(self.user_pool_id, self.client_id, self.client_secret, endpoint=address(self.endpoint))

    def identity_pool(self, session: "Session") -> "IdentityPool":
        """Return the identity pool, as whoever signed in has it.

        Raises:
            Unanswered: none was named at sign-in.
        """
        from gatewright.client import IdentityPool

        if self.identity_pool_id is None:
            raise Unanswered("the session has no identity pool: gatewright login … --identity-pool ID")
        return IdentityPool(self.identity_pool_id, session, endpoint=address(self.endpoint))


def usual_endpoint(given: str | None) -> str:
    """Return where the server is: as given, else as the environment says, else on this machine."""
    return given or os.environ.get("AWS_ENDPOINT_URL") or _USUAL_ENDPOINT


def address(endpoint: str) -> str | None:
    """Return an endpoint as the client takes it; None is AWS's own."""
    return None if endpoint == AWS else endpoint


class NamedSession:
    """A session that is kept by its name."""

    def __init__(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise Unanswered(f"{name!r} is no name of a session: use letters, digits, dots, dashes and underscores")
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        self.name = name
        self.folder = Path(home) / "gatewright" / "sessions" / name

    @property
    def is_there(self) -> bool:
        """Whether anybody has signed in by this name."""
        return (self.folder / "place.json").exists()

    @property
    def file(self) -> "SessionFile":
        """Where the session itself is kept."""
        from gatewright.client import SessionFile

        return SessionFile(self.folder / "session.json")

    def keep(self, place: Place) -> None:
        """Keep where somebody signs in."""
        from gatewright.client.kept import write_private

        write_private(self.folder / "place.json", msgspec.json.encode(place))

    def place(self) -> Place:
        """Return where somebody signed in.

        Raises:
            Unanswered: nobody has.
        """
        from gatewright.client.kept import read_private

        content = read_private(self.folder / "place.json")
        if content is None:
            raise Unanswered(f"nobody has signed in as {self.name!r}: gatewright login USER POOL CLIENT")
        try:
            return msgspec.json.decode(content, type=Place)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Unanswered(f"{self.folder} is not a session that was kept: delete it, and sign in again") from None

    def session(self) -> "Session":
        """Return the session.

        Raises:
            Unanswered: there is none.
            SignedOut: it is over.
        """
        return self.place().user_pool().resume(self.file)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what goes wrong at the client into one line."""
    from gatewright.client import CallRefused, DishonestServer, SignedOut, Unreachable

    try:
        yield
    except CallRefused as refusal:
        raise Unanswered(plain(f"{refusal.code}: {refusal.message}{_what_to_do(refusal)}")) from None
    except SignedOut as over:
        raise Unanswered(plain(f"{over} (gatewright login)")) from None
    except (Unreachable, DishonestServer, OSError, ValueError) as error:
        raise Unanswered(plain(str(error))) from None


def _what_to_do(refusal: "Exception") -> str:
    message, request_id = getattr(refusal, "message", ""), getattr(refusal, "request_id", "")
    hint = next((f"\n{hint}" for words, hint in _HINTS.items() if words in message), "")
    return f"{hint}\nWhy? gatewright explain {request_id}" if request_id else hint
