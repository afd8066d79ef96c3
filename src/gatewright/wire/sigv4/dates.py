"""When a request says that it was signed.

In: `X-Amz-Date`, or a `Date` header. Out: the ISO text that is part of what was signed, and its moment. Law: a date has
one reading; what Python's lenient parser would have to guess is refused.

AWS page: IAM user guide, "Elements of an AWS API request signature", date.
"""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from gatewright.core.clock import amz_date as format_amz_date
from gatewright.wire.http import Request
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused


def is_dated(request: Request) -> bool:
    """Say whether a request has a date at all, right or wrong."""
    return request.header("x-amz-date") is not None or request.header("date") is not None


def header_date(request: Request) -> tuple[str, float]:
    """Read `X-Amz-Date`, or else `Date` in its ISO or its RFC 1123 form; return ISO text, seconds since the epoch.

    Raises:
        SignatureRefused: there is no date, or it has to be guessed.
    """
    text = request.header("x-amz-date")
    if text is not None:
        return iso_date(text)
    text = request.header("date") or ""
    at = _http_date(text)
    return iso_date(text) if at is None else (format_amz_date(at), at)


def iso_date(text: str) -> tuple[str, float]:
    """Return the text and its moment, in seconds since the epoch.

    Raises:
        SignatureRefused: the text is no date in ISO 8601's basic form.
    """
    at = _moment(text) if len(text) == 16 else None
    if at is None:
        raise SignatureRefused(
            Kind.INCOMPLETE,
            "Date must be in ISO-8601 'basic format', such as 20260131T120000Z. "
            "See http://en.wikipedia.org/wiki/ISO_8601",
        )
    return text, at


def _http_date(text: str) -> float | None:
    """Read an RFC 1123 date, None for anything else. Python's parser guesses, so the result must give the same text."""
    try:
        date = parsedate_to_datetime(text[:40])
        if date.tzinfo is None or text not in (
            format_datetime(date),
            format_datetime(date.astimezone(UTC), usegmt=True),
        ):
            return None
        return date.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@lru_cache(maxsize=1024)
def _moment(text: str) -> float | None:
    """Return seconds since the epoch for `20260131T120000Z`, None for anything else."""
    digits = text[:8] + text[9:15]
    if text[8] != "T" or text[15] != "Z" or not digits.isascii() or not digits.isdigit():
        return None
    try:
        moment = datetime(
            int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[9:11]), int(text[11:13]), int(text[13:15])
        )
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC).timestamp()
