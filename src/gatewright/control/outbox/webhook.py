"""Text messages leave by a signed POST to the operator's gateway.

In: a phone number and a text. Out: the gateway has taken them, or the reason why not. Law: the gateway can tell that a
request is ours and new: `X-Gatewright-Signature` is `sha256=` and the HMAC-SHA256, in hexadecimal digits, of the
timestamp in `X-Gatewright-Timestamp`, a dot, and the body. No redirects are followed, no proxies asked, and nothing of
the answer but its status is read. The contract is written down in `docs/user-pools.md`.
"""

import hmac
from datetime import UTC, datetime

import msgspec

from gatewright.control.outbox.undelivered import Undeliverable, Undelivered
from gatewright.storage.deliveries import Claim
from gatewright.storage.outbox import Message

_SECONDS = 15.0
_FOR_GOOD = frozenset({400, 410, 413, 422})  # it is the message that the gateway does not take


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what a gateway must find in `X-Gatewright-Signature`."""
    return "sha256=" + hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()


def body_of(claimed: Claim, message: Message) -> bytes:
    """Return what is posted."""
    return msgspec.json.encode(
        {
            "MessageId": claimed.id,
            "PhoneNumber": claimed.destination,
            "Message": message.body,
            "TriggerSource": claimed.kind,
            "UserPoolId": claimed.user_pool_id,
            "CreatedAt": datetime.fromtimestamp(int(claimed.created_at), UTC).isoformat(),
        }
    )


async def post_text(claimed: Claim, message: Message, url: str, secret: str, now: float) -> None:
    """Hand a text message over.

    Raises:
        Undeliverable, Undelivered: the gateway did not take it.
    """
    import aiohttp  # heavy, and only for servers that send text messages

    body, timestamp = body_of(claimed, message), str(int(now))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "gatewright",
        "Idempotency-Key": claimed.id,  # the same at every attempt
        "X-Gatewright-Timestamp": timestamp,
        "X-Gatewright-Signature": signature(secret, timestamp, body),
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS), trust_env=False) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Undelivered(f"the SMS gateway could not be used: {type(error).__name__}") from None
    if status in _FOR_GOOD:
        raise Undeliverable(f"the SMS gateway refused the message with {status}")
    if not 200 <= status < 300:
        raise Undelivered(f"the SMS gateway answered {status}")
