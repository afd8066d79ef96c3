"""`GET /_gatewright/outbox`: messages to users, and what became of them.

In: filters in the query. Out: messages, the newest first, and where the list goes on. Law: who may see this may read
the codes and temporary passwords of everybody whose messages stay in the local mailbox, and so become them: it is an
IAM action of its own, `gatewright:ListMessages`. What goes out by a mail server or a gateway is for its addressee
alone: nobody reads it here, not even while it waits.
"""

import re
from urllib.parse import parse_qsl

from gatewright.control.ports import Ports
from gatewright.control.product.access import admit, invalid, number, shown
from gatewright.storage.keys import SealBroken
from gatewright.storage.outbox import OutboxRow, Status, Wanted, list_messages, open_message
from gatewright.storage.paging import BadPosition, open_position, seal_position
from gatewright.wire.http import Request, Response

_LISTING = "gatewright:outbox"
_MOST = 500
_USUAL = 100
_FILTERS = frozenset({"to", "medium", "pool", "status", "since", "limit", "next"})
_POOL = re.compile(r"[\w-]+_[0-9a-zA-Z]+")


async def list_outbox(request: Request, ports: Ports) -> Response:
    """Answer a page of messages.

    Raises:
        PageError: the caller may not see it, or a filter cannot be used.
    """
    admit(request, ports, "ListMessages")
    wanted, limit = _wanted(dict(parse_qsl(request.query, keep_blank_values=True)), ports)
    async with ports.storage.reading() as session:
        rows, more = await list_messages(session, wanted, limit)
    page: dict[str, object] = {"messages": [_show(row, ports) for row in rows]}
    if more:
        page["next"] = seal_position(ports.keys, _LISTING, f"{rows[-1].created_at!r} {rows[-1].id}")
    return shown(request, 200, page)


def _wanted(given: dict[str, str], ports: Ports) -> tuple[Wanted, int]:
    unknown = [name for name in given if name not in _FILTERS and not name.startswith("X-Amz-")]
    if unknown:
        raise invalid(f"There is no filter {unknown[0]!r}. There are: {', '.join(sorted(_FILTERS))}.")
    limit = int(number("limit", given.get("limit") or str(_USUAL)))
    if not 1 <= limit <= _MOST:
        raise invalid(f"limit must be from 1 to {_MOST}.")
    if given.get("pool") and not _POOL.fullmatch(given["pool"]):
        raise invalid("pool must be the id of a user pool.")
    wanted = Wanted(
        to=given.get("to", "").replace("\0", ""),
        medium=_one_of("medium", given.get("medium", ""), ("EMAIL", "SMS")),
        user_pool_id=given.get("pool", ""),
        status=_one_of("status", given.get("status", ""), tuple(Status)),
        since=number("since", given.get("since") or "0"),
        before=_before(given.get("next"), ports),
    )
    return wanted, limit


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text and text.upper() not in known:
        raise invalid(f"{name} must be one of {', '.join(known)}.")
    return text.upper()


def _before(token: str | None, ports: Ports) -> tuple[float, str] | None:
    if token is None:
        return None
    try:
        at, _, message_id = open_position(ports.keys, _LISTING, token).partition(" ")
    except BadPosition:
        raise invalid("next is not a token of this list.") from None
    return float(at), message_id


def _show(row: OutboxRow, ports: Ports) -> dict[str, object]:
    shown_members: dict[str, object] = {
        "id": row.id,
        "at": row.created_at,
        "pool": row.user_pool_id,
        "sub": row.sub,
        "kind": row.kind,
        "medium": row.medium,
        "to": row.destination,
        "status": row.status,
        "attempts": row.attempts,
        "settled_at": row.settled_at,
        "next_attempt_at": row.next_attempt_at,
        "expires_at": row.expires_at,
        "failure": row.failure,
    }
    return shown_members | _text(row, ports)


def _text(row: OutboxRow, ports: Ports) -> dict[str, object]:
    if row.status != Status.MAILBOX or row.sealed_message is None:
        return {}
    try:
        message = open_message(ports.keys, row.id, row.sealed_message)
    except SealBroken:
        return {"subject": "", "body": "(sealed with a master key that is not there any more)"}
    return {"subject": message.subject, "body": message.body}
