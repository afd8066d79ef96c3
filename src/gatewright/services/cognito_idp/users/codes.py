"""Codes that prove that somebody reads a mailbox or a phone: made, kept sealed, redeemed once.

Law: one code is good for one purpose of one user, for a time and for few guesses; a newer one replaces it, and a code
that was right is spent by the transaction that does what it was for. Guesses and messages are counted by the hour and
by purpose, however many codes there were, whoever guesses. A call that gave a wrong code writes nothing but the count.
Assumed: AWS's limit on both, "5 to 20 an hour", is 5. Source: Cognito developer guide, "Quotas", code validity.
"""

import hmac
import secrets

from sqlalchemy import delete

from gatewright.control.service import Call
from gatewright.services.cognito_idp.faults import code_expired, code_mismatch, limit_exceeded
from gatewright.services.cognito_idp.session_tables import CodeRow
from gatewright.services.cognito_idp.sign_in.counters import count, forget, remember, scope_of, times
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.keys import SECRETS
from gatewright.storage.user_pools import UserPool

SIGN_UP, FORGOT_PASSWORD = "SIGN_UP", "FORGOT_PASSWORD"  # names of purposes
LIFETIMES = {SIGN_UP: 86_400.0, FORGOT_PASSWORD: 3_600.0, "VERIFY": 86_400.0, "SIGN_IN": 900.0}
_HOUR = 3_600.0
_MOST_GUESSES = 5
_MOST_MESSAGES = 5
_DIGITS = 6


def purpose_of_attribute(name: str) -> str:
    """Return the purpose of a code that verifies a contact of a user who has signed in."""
    return f"VERIFY:{name}"


def _context(sub: str, purpose: str) -> bytes:
    return f"{sub}:{purpose}".encode()


async def count_message(call: Call, pool: UserPool, user: UserRow | None, name: str, purpose: str) -> None:
    """Count a message with a code, to a user or to nobody.

    Raises:
        Fault: `LimitExceededException`.
    """
    if await count(call, scope_of(f"sent {purpose}", pool, user, name), _HOUR) > _MOST_MESSAGES:
        raise limit_exceeded()
    if user is None:
        await pretend_to_issue(call, pool, name, purpose)


async def pretend_to_issue(call: Call, pool: UserPool, name: str, purpose: str) -> None:
    """Remember for as long as a code is good that one was asked for under a name that is nobody's."""
    await remember(call, _asked(pool, name, purpose), _lifetime(purpose))


def _asked(pool: UserPool, name: str, purpose: str) -> str:
    return scope_of(f"asked {purpose}", pool, None, name)


def _lifetime(purpose: str) -> float:
    return LIFETIMES[purpose.partition(":")[0]]


async def issue_code(
    call: Call, user: UserRow, purpose: str, *, attribute: str | None = None, value: str | None = None
) -> str:
    """Make the code for a purpose; `attribute` and `value` are what knowing it proves."""
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    await call.session.execute(delete(CodeRow).where(CodeRow.sub == user.sub, CodeRow.purpose == purpose))
    call.session.add(
        CodeRow(
            sub=user.sub,
            purpose=purpose,
            sealed_code=call.keys.seal(SECRETS, code.encode(), _context(user.sub, purpose)),
            attribute=attribute,
            value=value,
            attempts=0,
            created_at=call.now,
            expires_at=call.now + _lifetime(purpose),
        )
    )
    await call.session.flush()
    return code


async def has_code(call: Call, user: UserRow, purpose: str) -> bool:
    """Say whether a user was given a code for a purpose that is still good."""
    row = await call.session.get(CodeRow, (user.sub, purpose))
    return row is not None and call.now < row.expires_at


async def redeem_code(call: Call, pool: UserPool, user: UserRow, purpose: str, code: str) -> CodeRow:
    """Spend a code and return what it was for.

    Raises:
        Fault: `CodeMismatchException`, `ExpiredCodeException`, `LimitExceededException`.
    """
    scope = scope_of(f"guessed {purpose}", pool, user, "")
    if await times(call, scope) >= _MOST_GUESSES:
        raise limit_exceeded()
    row = await call.session.get(CodeRow, (user.sub, purpose))
    if row is None or call.now >= row.expires_at:
        raise code_expired()
    known = call.keys.open(SECRETS, row.sealed_code, _context(user.sub, purpose))
    if not hmac.compare_digest(known, code.encode()):
        await count(call, scope, _HOUR)
        await call.work.commit()  # the guess counts although the call fails; nothing else was written before
        raise code_mismatch()
    await call.session.delete(row)
    await forget(call, scope)
    await call.session.flush()
    return row


async def refuse_stranger(call: Call, pool: UserPool, name: str, purpose: str) -> Exception:
    """Return the answer to a code for a name that is nobody's: what a user would get under the same circumstances.

    A user who was sent none is answered so too, where the client hides who exists.
    """
    scope = scope_of(f"guessed {purpose}", pool, None, name)
    if await times(call, scope) >= _MOST_GUESSES:
        return limit_exceeded()
    if not await times(call, _asked(pool, name, purpose)):
        return code_expired()
    await count(call, scope, _HOUR)
    await call.work.commit()
    return code_mismatch()


async def discard_code(call: Call, user: UserRow, purpose: str) -> None:
    """Make a code good for nothing, such as when what it proves has changed."""
    await call.session.execute(delete(CodeRow).where(CodeRow.sub == user.sub, CodeRow.purpose == purpose))
