"""What condition operators compare: numbers, dates, booleans, bytes and address ranges, read from text.

In: one string, from a policy or from a request. Out: a comparable value, or None where the text is not of that kind.
Law: one reader for both sides, and a strict one: ASCII digits only, no exponents, no words such as `Infinity`, no date
that two programs could read differently.
AWS: IAM user guide, "IAM JSON policy elements: Condition operators".
"""

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import msgspec

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?", re.ASCII)
_EPOCH = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_W3C = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
    r"(?:[Tt]([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?)?"
    r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.ASCII,
)
_LONGEST_EPOCH = 2**63
_LONGEST = 64  # characters of an address or a date; longer text from a request is neither, and must not fill a cache
_NANOSECONDS = 1_000_000_000
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


def number(text: str) -> Decimal | None:
    """Read an integer or a decimal number."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def moment(text: str) -> int | None:
    """Read a date as nanoseconds since the epoch: one of the W3C forms of ISO 8601, or seconds since the epoch.

    Four digits alone are a year (W3C's shortest form). A date without a zone is taken as UTC.
    """
    return _moment(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _moment(text: str) -> int | None:
    found = _W3C.fullmatch(text)
    if found is None:
        if _EPOCH.fullmatch(text) and -_LONGEST_EPOCH <= int(text) < _LONGEST_EPOCH:
            return int(text) * _NANOSECONDS
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    offset = _offset_minutes(zone)
    if offset is None:
        return None
    seconds = (at - _EPOCH_START) // timedelta(seconds=1) - offset * 60
    return seconds * _NANOSECONDS + int((fraction or "0").ljust(9, "0"))


def _offset_minutes(zone: str | None) -> int | None:
    if zone is None or zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def boolean(text: str) -> bool | None:
    """Read `true` or `false`, in any case."""
    lowered = text.lower()
    return True if lowered == "true" else False if lowered == "false" else None


def octets(text: str) -> bytes | None:
    """Read bytes from base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


class Network(msgspec.Struct, frozen=True):
    """A range of addresses; an IPv4 range and an IPv6 range have nothing in common."""

    version: int
    first: int
    mask: int


class Address(msgspec.Struct, frozen=True):
    """One address."""

    version: int
    value: int


def network(text: str) -> Network | None:
    """Read an address or a CIDR range; bits behind the prefix are ignored, a missing prefix means one address."""
    try:
        parsed = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return Network(parsed.version, int(parsed.network_address), int(parsed.netmask))


def address(text: str) -> Address | None:
    """Read an address. An IPv4 address that a dual-stack socket reports as `::ffff:…` is that IPv4 address."""
    return _address(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return Address(parsed.version, int(parsed))
