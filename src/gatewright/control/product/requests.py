"""`GET /_gatewright/requests` and `GET /_gatewright/requests/{id}`: what was refused, and what of the rest was kept.

In: filters in the query. Out: kept requests, the newest first, and where the list goes on. Law: what another worker or
node keeps is here within `FLUSH_SECONDS`; what this one keeps is here at once.
"""

import asyncio
import re
from urllib.parse import parse_qsl

from gatewright.control.ports import Ports
from gatewright.control.product.access import PageError, admit, invalid, number, shown
from gatewright.control.product.advice import advise
from gatewright.control.product.ports import Outside
from gatewright.core.trace import Kept
from gatewright.storage.journal import FLUSH_SECONDS
from gatewright.storage.paging import BadPosition, open_position, seal_position
from gatewright.storage.traces import Wanted, find_request, list_requests
from gatewright.wire.http import Request, Response

_LISTING = "gatewright:requests"
_MOST = 500
_USUAL = 100
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|xx)")
_FILTERS = frozenset({"status", "api", "caller", "since", "refused", "method", "path", "service", "limit", "next"})


async def list_kept_requests(request: Request, ports: Ports) -> Response:
    """Answer a page of requests.

    Raises:
        PageError: the caller may not see it, or a filter cannot be used.
    """
    admit(request, ports, "ListRequests")
    given = dict(parse_qsl(request.query, keep_blank_values=True))
    wanted, limit = _wanted(given, ports)
    await gather(ports, at_once=bool(wanted.since) or wanted.before is not None)
    async with ports.storage.reading() as session:
        found, before = await list_requests(session, wanted, limit)
    page: dict[str, object] = {"requests": found}
    if before is not None:
        page["next"] = seal_position(ports.keys, _LISTING, str(before))
    return shown(request, 200, page)


def _wanted(given: dict[str, str], ports: Ports) -> tuple[Wanted, int]:
    unknown = [name for name in given if name not in _FILTERS and not name.startswith("X-Amz-")]
    if unknown:
        raise invalid(f"There is no filter {unknown[0]!r}. There are: {', '.join(sorted(_FILTERS))}.")
    wanted = Wanted(
        refused=_truth(given.get("refused")),
        statuses=_statuses(given.get("status")),
        method=given.get("method", "").upper(),
        path=given.get("path", ""),
        plane=given.get("service", ""),
        api_id=given.get("api", ""),
        caller=given.get("caller", ""),
        since=number("since", given.get("since") or "0"),
        before=_before(given.get("next"), ports),
    )
    limit = int(number("limit", given.get("limit") or str(_USUAL)))
    if not 1 <= limit <= _MOST:
        raise invalid(f"limit must be from 1 to {_MOST}.")
    return wanted, limit


def _truth(text: str | None) -> bool | None:
    if text is None:
        return None
    if text not in ("true", "false"):
        raise invalid("refused must be true or false.")
    return text == "true"


def _statuses(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    if _STATUS.fullmatch(text) is None:
        raise invalid("status must be a status code, such as 403, or a class of them, such as 4xx.")
    return (int(text), int(text)) if text.isdigit() else (int(text[0]) * 100, int(text[0]) * 100 + 99)


def _before(token: str | None, ports: Ports) -> int | None:
    if token is None:
        return None
    try:
        return int(open_position(ports.keys, _LISTING, token))
    except BadPosition:
        raise invalid("next is not a token of this list.") from None


async def get_request(request: Request, request_id: str, ports: Ports, outside: Outside) -> Response:
    """Answer what is kept of one request, and what to change.

    Raises:
        PageError: the caller may not see it, or nothing is kept of it.
    """
    admit(request, ports, "GetRequest")
    kept = await find_kept(request_id, ports) if _ID.fullmatch(request_id) else None
    if kept is None:
        message = "Nothing is kept of this request: it succeeded and was not sampled, or it is too long ago."
        raise PageError(404, "ResourceNotFoundException", message)
    return shown(request, 200, with_advice(kept, outside))


def with_advice(kept: Kept, outside: Outside) -> dict[str, object]:
    """Return a request as a page shows it: with what to change."""
    shown_members: dict[str, object] = {name: getattr(kept, name) for name in Kept.__struct_fields__}
    return {**shown_members, "refused": kept.refused, "advice": advise(kept, outside)}


async def find_kept(request_id: str, ports: Ports) -> Kept | None:
    """Return what any worker keeps of a request; another one's may not have been written down yet."""
    kept = ports.traces.find(request_id)
    for pause in (0.0, FLUSH_SECONDS + 0.3, 1.0) if is_shared(ports) else (0.0,):  # a busy machine needs longer
        if kept is None:
            await asyncio.sleep(pause)
            async with ports.storage.reading() as session:
                kept = await find_request(session, request_id)
    return kept


async def gather(ports: Ports, *, at_once: bool = False) -> None:
    """Let everything be in the database that was answered before now, by whichever worker or node.

    `at_once` is for who asks again and again, and would rather see the last half second a little later.
    """
    if is_shared(ports) and not at_once:
        await asyncio.sleep(FLUSH_SECONDS)
    await ports.journal.flush()


def is_shared(ports: Ports) -> bool:
    """Say whether other workers or nodes may keep requests too."""
    return ports.settings.workers > 1 or ports.storage.dialect == "postgresql"
