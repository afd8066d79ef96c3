"""Time-based one-time passwords: six digits every thirty seconds.

In: a seed, a code and the time. Out: the step whose code it is. Law: pure and constant in time; that a step is taken
once only is for whoever keeps the last one.
Source: RFC 6238; IAM user guide, "Assign a virtual MFA device" (six digits, SHA-1, thirty seconds).
"""

import hashlib
import hmac

_SECONDS = 30
_DIGITS = 6
_EITHER_SIDE = 1  # steps that a device's clock may be ahead or behind


def step_at(now: float) -> int:
    """Return the number of the step that a moment (seconds since the epoch) lies in."""
    return int(now) // _SECONDS


def code_at(seed: bytes, step: int) -> str:
    """Return the code of one step."""
    digest = hmac.new(seed, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def step_of(seed: bytes, code: str, now: float, either_side: int = _EITHER_SIDE) -> int | None:
    """Return the step near `now` whose code this is, None where it is none's; every step is compared, always."""
    given = code.encode()
    found = None
    for step in range(step_at(now) - either_side, step_at(now) + either_side + 1):
        if hmac.compare_digest(code_at(seed, step).encode(), given):
            found = step
    return found
