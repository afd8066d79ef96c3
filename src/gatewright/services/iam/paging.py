"""`Marker` and `MaxItems`, as every list of `iam` has them.

Law: rows are listed in the order of one unique key; a page begins after the key in the marker.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gatewright.control.service import Call, Params
from gatewright.services.iam.faults import validation_error
from gatewright.storage.paging import BadPosition, open_position, seal_position

T = TypeVar("T")
_PAGE = 100  # AWS's default number of items


def _listing(call: Call) -> str:
    return f"iam:{call.account}:{call.operation}"


def page_start(call: Call, params: Params) -> str | None:
    """Return the key after which the page begins, None for the first page.

    Raises:
        Fault: `ValidationError` for a marker that no list of this operation has given out.
    """
    marker = params.get("Marker")
    if marker is None:
        return None
    try:
        return open_position(call.keys, _listing(call), str(marker))
    except BadPosition:
        raise validation_error("Invalid Marker. Use the Marker of the last answer as it was given.") from None


def page_size(params: Params) -> int:
    """Return how many items a page has."""
    return int(params.get("MaxItems") or _PAGE)


def page(
    call: Call, params: Params, member: str, rows: Sequence[T], key: Callable[[T], str], show: Callable[[T], Any]
) -> dict[str, Any]:
    """Return the answer of a list.

    `rows` are sorted by `key`, begin after the marker, and hold at least one more than a page where there are more.
    """
    size = page_size(params)
    answer: dict[str, Any] = {member: [show(row) for row in rows[:size]], "IsTruncated": len(rows) > size}
    if len(rows) > size:
        answer["Marker"] = seal_position(call.keys, _listing(call), key(rows[size - 1]))
    return answer


def next_page(call: Call, position: str | None) -> dict[str, Any]:
    """Return the members that say whether a list goes on, and where: behind `position`, None for its end."""
    if position is None:
        return {"IsTruncated": False}
    return {"IsTruncated": True, "Marker": seal_position(call.keys, _listing(call), position)}


def page_of_all(
    call: Call, params: Params, member: str, rows: Sequence[T], key: Callable[[T], str], show: Callable[[T], Any]
) -> dict[str, Any]:
    """Return one page of a list that is bounded by a quota and so was read whole."""
    start = page_start(call, params)
    ordered = sorted(rows, key=key)
    return page(call, params, member, [row for row in ordered if start is None or key(row) > start], key, show)
