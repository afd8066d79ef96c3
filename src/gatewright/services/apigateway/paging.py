"""`position` and `limit`: lists that are read page by page.

In: items in the order of their keys. Out: one page, and a sealed position that holds the last key. Law: a position
works only in the list, region and API that it came from; nobody can make one up.
Source: API Gateway API reference, "GetResources" and its siblings.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gatewright.control.service import Call, Params
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request
from gatewright.storage.keys import PAGING, SealBroken

T = TypeVar("T")


def page_size(params: Params) -> int:
    """Return how many items to answer; AWS's default is 25, and never are there more than 500.

    Raises:
        Fault: the limit is not positive.
    """
    limit = params.get("limit")
    if limit is None:
        return limits.PAGE
    if limit < 1:
        raise bad_request("Invalid limit specified. Must be between 1 and 500")
    return min(int(limit), limits.LARGEST_PAGE)


def last_key(call: Call, params: Params) -> str:
    """Return the key after which the page begins, "" for the first page.

    Raises:
        Fault: the position is not one of ours.
    """
    position = params.get("position")
    if not position:
        return ""
    try:
        return call.keys.open(PAGING, urlsafe_b64decode(position.encode()), _context(call, params)).decode()
    except (ValueError, SealBroken):
        raise bad_request("Invalid position parameter specified") from None


def position_after(call: Call, params: Params, key: str) -> str:
    """Return the position of the page that begins after a key."""
    return urlsafe_b64encode(call.keys.seal(PAGING, key.encode(), _context(call, params))).decode()


def one_page(
    call: Call, params: Params, items: Sequence[T], key: Callable[[T], str]
) -> tuple[Sequence[T], dict[str, Any]]:
    """Return the items of one page, and the result's `position` where there is more.

    `items` are in the order of `key`, which no two of them share.
    """
    after, size = last_key(call, params), page_size(params)
    left = [item for item in items if key(item) > after] if after else items
    page = left[:size]
    return page, {"position": position_after(call, params, key(page[-1]))} if len(left) > size else {}


def _context(call: Call, params: Params) -> bytes:
    parts = (call.operation, call.account, call.region, params.get("restApiId") or params.get("resourceArn") or "")
    return "\n".join(parts).encode()
