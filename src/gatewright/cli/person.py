"""The person at the keyboard: passwords and codes, asked for without an echo; or read from a pipe, line by line.

In: what a sign-in asks. Out: what the person answers. Law: a secret is never an argument, where every process of the
machine can read it: it comes from the terminal, from the standard input, or from a variable.
"""

import getpass
import os
import sys
from typing import TYPE_CHECKING

import typer

from gatewright.cli.asking import plain
from gatewright.cli.server import Unanswered

if TYPE_CHECKING:
    from gatewright.client import Challenge

PASSWORD = "GATEWRIGHT_PASSWORD"  # noqa: S105 - the variable's name
CLIENT_SECRET = "GATEWRIGHT_CLIENT_SECRET"  # noqa: S105 - the variable's name
_CODES = frozenset({"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "SMS_OTP"})


def secret(question: str) -> str:
    """Ask for something that is not shown.

    Raises:
        Unanswered: there was nothing to read.
    """
    if not sys.stdin.isatty():
        return _line(question)
    try:
        return getpass.getpass(f"{question}: ", stream=sys.stderr)
    except EOFError:
        raise Unanswered(f"{question}: nothing was typed") from None


def shown(question: str) -> str:
    """Ask for something that everybody may see.

    Raises:
        Unanswered: there was nothing to read.
    """
    if sys.stdin.isatty():
        typer.echo(f"{question}: ", nl=False, err=True)
    return _line(question)


def password(username: str) -> str:
    """Return a user's password: the variable's, else the person's.

    Raises:
        Unanswered: there is none.
    """
    return os.environ.get(PASSWORD) or secret(f"Password of {username}")


def client_secret(given: str | None, *, ask: bool) -> str | None:
    """Return the secret of the app client, where it has one."""
    if given:
        typer.echo(
            f"gatewright: an argument can be read by others on this machine; {CLIENT_SECRET} or --ask-secret cannot",
            err=True,
        )
        return given
    return secret("Secret of the app client") if ask else os.environ.get(CLIENT_SECRET) or None


def answer(challenge: "Challenge") -> str | dict[str, str]:
    """Ask the person what a challenge asks.

    Raises:
        Unanswered: nothing was typed, or it cannot be answered here.
    """
    if challenge.mistake:
        typer.echo(f"gatewright: {plain(challenge.mistake)}", err=True)
    if challenge.name in _CODES:
        sent = f" sent to {plain(challenge.destination)}" if challenge.destination else " of your authenticator app"
        return shown(f"Code{sent}")
    if challenge.name == "NEW_PASSWORD_REQUIRED":
        return {"NEW_PASSWORD": _new_password()} | _attributes(challenge)
    if challenge.name == "MFA_SETUP":
        return _set_up(challenge)
    if challenge.name in ("SELECT_CHALLENGE", "SELECT_MFA_TYPE"):
        return _choice(challenge)
    if challenge.name == "PASSWORD":
        return secret("Password")
    if challenge.name == "CUSTOM_CHALLENGE":
        return shown("Answer")
    raise Unanswered(f"{challenge.name} cannot be answered in a terminal: choose another way to sign in")


def _new_password() -> str:
    """Ask for a new password, twice where a person types it."""
    typed = secret("New password")
    if sys.stdin.isatty() and secret("The same again") != typed:
        raise Unanswered("the two were not the same: nothing was changed")
    return typed


def _attributes(challenge: "Challenge") -> dict[str, str]:
    return {f"userAttributes.{name}": shown(f"Your {plain(name)}") for name in challenge.required_attributes}


def _choice(challenge: "Challenge") -> str | dict[str, str]:
    chosen = shown(f"Sign in with ({plain(', '.join(challenge.choices))})").upper()
    if chosen not in challenge.choices:
        raise Unanswered(f"{chosen} is none of them")
    if chosen in ("PASSWORD", "PASSWORD_SRP"):
        return {"ANSWER": "PASSWORD", "PASSWORD": os.environ.get(PASSWORD) or secret("Password")}
    return chosen


def _set_up(challenge: "Challenge") -> str:
    """Show the seed of an authenticator app, as a QR code too, and ask for its first code."""
    if not challenge.mistake:
        made = challenge.authenticator()
        typer.echo("Set up an authenticator app with this key:\n", err=True)
        if sys.stderr.isatty():
            import segno

            segno.make(made.uri).terminal(out=sys.stderr, compact=True)
        typer.echo(f"  {plain(made.secret_code)}\n", err=True)
    return shown("Its code")


def _line(question: str) -> str:
    line = sys.stdin.readline()
    if not line:
        raise Unanswered(f"{question}: there is nothing to read on the standard input")
    return line.rstrip("\r\n")
