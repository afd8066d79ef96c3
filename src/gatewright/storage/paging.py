"""Where a list goes on: sealed positions behind AWS's `Marker` and `NextToken`.

In: the last key of a page. Out: a token that only this installation can have made, for this one list. Law: a forged
token, or one of another list, account or region, is refused, so that a token can never be a way to reach rows or to
inject a key.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64

from gatewright.storage.keys import PAGING, Keys, SealBroken


class BadPosition(Exception):  # the service knows which of its errors this is
    """The token was not made here, or not for this list."""


def seal_position(keys: Keys, listing: str, position: str) -> str:
    """Return the token for a position; `listing` names the list and whatever selects its rows."""
    return urlsafe_b64encode(keys.seal(PAGING, position.encode(), listing.encode())).decode()


def open_position(keys: Keys, listing: str, token: str) -> str:
    """Return the position in a token.

    Raises:
        BadPosition: the token was not made for this list by this installation.
    """
    try:
        sealed = urlsafe_b64decode(token)
        if urlsafe_b64encode(sealed).decode() != token:
            raise BadPosition
        return keys.open(PAGING, sealed, listing.encode()).decode()
    except (BadBase64, ValueError, SealBroken):
        raise BadPosition from None
