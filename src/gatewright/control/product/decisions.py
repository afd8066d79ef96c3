"""`GET /_gatewright/decisions?principal=`: what was decided about a role or user.

For `gatewright policy generate` and `gatewright policy replay`.
"""

from urllib.parse import parse_qsl

from gatewright.control.ports import Ports
from gatewright.control.product.access import PageError, admit, invalid, shown
from gatewright.control.product.requests import gather
from gatewright.storage.decisions import list_decisions
from gatewright.storage.paging import BadPosition, open_position, seal_position
from gatewright.storage.principals import SHELF, Principal
from gatewright.wire.http import Request, Response

_LIMIT = 500


async def list_recorded_decisions(request: Request, ports: Ports) -> Response:
    """Answer a page of recorded decisions of one role or user.

    Raises:
        PageError: the caller may not see it, or there is no such role or user.
    """
    admit(request, ports, "ListDecisions")
    given = dict(parse_qsl(request.query))
    principal = find_principal(given.get("principal", ""), ports)
    listing = f"gatewright:decisions {principal.unique_id}"
    try:
        after = open_position(ports.keys, listing, given["next"]) if "next" in given else ""
    except BadPosition:
        raise invalid("next is not a token of this list.") from None
    await gather(ports, at_once=bool(after))
    async with ports.storage.reading() as session:
        found, last = await list_decisions(session, principal.arn, principal.unique_id, after, _LIMIT)
    page: dict[str, object] = {"principal": principal.arn, "decisions": found}
    if last is not None:
        page["next"] = seal_position(ports.keys, listing, last)
    return shown(request, 200, page)


def find_principal(named: str, ports: Ports) -> Principal:
    """Return a role or user by ARN, or `role/NAME` and `user/NAME` whatever their path.

    Raises:
        PageError: there is none.
    """
    shelf = ports.snapshots.shelf(SHELF)
    found: Principal | None = shelf.get(named)
    kind, _, name = named.partition("/")
    if found is None and kind in ("role", "user") and name:
        prefix = f"arn:aws:iam::{ports.settings.account}:{kind}/"
        found = shelf.get(prefix + name) or next(
            (one for one in shelf if one.arn.startswith(prefix) and one.arn.endswith(f"/{name}")), None
        )
    if found is None:
        raise PageError(404, "ResourceNotFoundException", f"There is no role or user {named or '(none was named)'}.")
    return found
