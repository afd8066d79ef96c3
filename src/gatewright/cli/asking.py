"""What the commands that ask the product have in common: one line for what goes wrong, and how times are written.

Law: most of what the product tells was sent by somebody who needed no key, and is shown as text: it moves no cursor,
rings no bell, turns no letters around, and begins no line of its own.
"""

import re
import time
from datetime import UTC, datetime
from types import TracebackType

import typer

from gatewright.cli.server import Unanswered

_LINES = frozenset("\n\t")
_AGO = re.compile(r"([0-9]+)([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class one_line:  # noqa: N801 - reads as a word where it is used
    """Turn a question without an answer into one line and exit code 1; Ctrl-C ends quietly."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Unanswered):
            typer.echo(f"gatewright: {plain(str(error))}", err=True)
            raise SystemExit(1) from None
        if isinstance(error, KeyboardInterrupt):
            raise SystemExit(130) from None


def moment(text: str) -> float:
    """Return seconds since the epoch for `10m` (ago) or an ISO 8601 time.

    Raises:
        Unanswered: it is neither.
    """
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return time.time() - int(ago.group(1)) * _UNITS[ago.group(2)]
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unanswered(f"{text!r} is no time: use 30s, 10m, 2h, 1d, or 2026-01-31T12:00:00Z") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def plain(text: str) -> str:
    """Return what somebody else said without what a terminal would obey; lines stay lines."""
    return "".join(letter if letter.isprintable() or letter in _LINES else "�" for letter in text)


def on_one_line(text: str) -> str:
    """Return what somebody else said as text on one line."""
    return plain(" ".join(text.split()))


def clock(at: float) -> str:
    """Return a time of day in this machine's time zone."""
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")


def short_caller(arn: str) -> str:
    """Return the last words of an ARN, which tell one caller from another."""
    return arn.split(":", 5)[-1] if arn else "-"
