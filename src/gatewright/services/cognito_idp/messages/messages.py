"""Messages to users, put into the outbox, and what is told of where they go.

In: what a message is about and the code in it. Out: a row of the outbox, in the transaction that made the code, so that
a message is sent if and only if what it is about has happened; and what the caller may know of where it goes. Law: the
code is only in the sealed message; a message that can reach nobody is refused before anything is promised; a newer code
takes the place of an older one that still waits. Delivery reads the outbox (`control/outbox`).
Source: Cognito API reference, `CodeDeliveryDetailsType`; Cognito developer guide, "Message templates".
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from gatewright.control.service import Call
from gatewright.core import ids
from gatewright.services.cognito_idp.faults import invalid_parameter, limit_exceeded
from gatewright.services.cognito_idp.messages.message_texts import EMAIL, SMS, Kind, compose
from gatewright.services.cognito_idp.pools.pool_settings import password_policy
from gatewright.services.cognito_idp.sign_in.counters import count
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.codes import FORGOT_PASSWORD, LIFETIMES, SIGN_UP
from gatewright.services.cognito_idp.users.directory import name_key
from gatewright.storage.outbox import Envelope, OutboxRow, replace_waiting, seal_message
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

__all__ = ["CONTACT_OF", "EMAIL", "MEDIA", "SMS", "Kind", "can_deliver", "deliver", "pretend_to_deliver"]

MEDIA = {"email": EMAIL, "phone_number": SMS}
CONTACT_OF = {medium: contact for contact, medium in MEDIA.items()}
_DAY, _HOUR = 86_400.0, 3_600.0
_MOST_TO_ONE = 30  # messages an hour to one number or address, whoever signs up with it
_TO_ANYBODY = frozenset({Kind.SIGN_UP, Kind.UPDATE_USER_ATTRIBUTE})
_SETTING = {EMAIL: "GATEWRIGHT_SMTP_URL", SMS: "GATEWRIGHT_SMS_URL"}
_GOOD_FOR = {  # seconds
    Kind.SIGN_UP: LIFETIMES[SIGN_UP],
    Kind.RESEND_CODE: LIFETIMES[SIGN_UP],
    Kind.FORGOT_PASSWORD: LIFETIMES[FORGOT_PASSWORD],
    Kind.UPDATE_USER_ATTRIBUTE: LIFETIMES["VERIFY"],
    Kind.VERIFY_USER_ATTRIBUTE: LIFETIMES["VERIFY"],
    Kind.AUTHENTICATION: LIFETIMES["SIGN_IN"],
}
_SAME_CODE = (  # messages of these kinds hold the code for one purpose, of which the newest is good
    frozenset({Kind.SIGN_UP, Kind.RESEND_CODE}),
    frozenset({Kind.UPDATE_USER_ATTRIBUTE, Kind.VERIFY_USER_ATTRIBUTE}),
)


async def deliver(
    call: Call,
    pool: UserPool,
    user: UserRow,
    kind: Kind,
    medium: str,
    code: str,
    *,
    to: str | None = None,
    until: float | None = None,
) -> dict[str, Any]:
    """Put a message into the outbox and return its `CodeDeliveryDetails`.

    `to` is where it goes if not to the user's own contact: a new one that is to be verified first. `until` is when the
    code ends, if that is not after its usual time.

    Raises:
        Fault: `InvalidParameterException`, the user cannot be reached so; `CodeDeliveryFailureException`.
    """
    contact = CONTACT_OF[medium]
    destination = to or user.attributes.get(contact)
    if not destination:
        raise invalid_parameter(f"User has no {contact} that a message could be sent to.")
    must_be_deliverable(call, pool, medium)
    leaves = call.settings.channel(medium) != "MAILBOX"
    if (leaves or medium == SMS) and (to is not None or kind in _TO_ANYBODY):
        await _count_message_to(call, pool, destination)
    if leaves:
        await replace_waiting(call.session, user.sub, medium, _saying_the_same(kind), call.now)
    call.send(_row(call, pool, user, kind, medium, code, destination, until))
    await call.session.flush()
    return delivery_details(contact, destination)


async def _count_message_to(call: Call, pool: UserPool, destination: str) -> None:
    """Count a message to a number or an address that whoever calls has chosen: nobody is to be flooded by a pool.

    Raises:
        Fault: `LimitExceededException`.
    """
    scope = f"sent to:{pool.id}:{hashlib.sha256(destination.lower().encode()).hexdigest()}"
    if await count(call, scope, _HOUR) > _MOST_TO_ONE:
        raise limit_exceeded()


def _saying_the_same(kind: Kind) -> Sequence[str]:
    kinds = next((kinds for kinds in _SAME_CODE if kind in kinds), frozenset({kind}))
    return [one.value for one in kinds]


async def pretend_to_deliver(
    call: Call, pool: UserPool, kind: Kind, name: str, contacts: Sequence[str]
) -> dict[str, Any]:
    """Do for a name that is nobody's what is done for a user, and leave nothing of it.

    Time then tells no more than the answer does: a message is composed, sealed, written, and taken away again.

    Raises:
        Fault: `CodeDeliveryFailureException`, as for a user.
    """
    details = simulated_details(call, pool, name, contacts)
    medium = details["DeliveryMedium"]
    must_be_deliverable(call, pool, medium)
    nobody = UserRow(sub=None, username=name)
    if call.settings.channel(medium) != "MAILBOX":
        await replace_waiting(call.session, f"nobody {name}", medium, _saying_the_same(kind), call.now)
    row = _row(call, pool, nobody, kind, medium, "000000", name, None)
    call.session.add(row)
    await call.session.flush()
    await call.session.delete(row)
    await call.session.flush()
    return details


def _row(
    call: Call,
    pool: UserPool,
    user: UserRow,
    kind: Kind,
    medium: str,
    code: str,
    destination: str,
    until: float | None,
) -> OutboxRow:
    message = compose(pool.settings, pool.mfa, user.username, kind, medium, code)
    envelope = Envelope(
        id=ids.request_id(),
        user_pool_id=pool.id,
        sub=user.sub,
        kind=kind.value,
        medium=medium,
        destination=destination,
        sender=pool.settings.get("EmailConfiguration" if medium == EMAIL else "SmsConfiguration") or {},
        created_at=call.now,
        expires_at=until or call.now + _seconds_good(pool, kind),
    )
    return seal_message(call.keys, envelope, message, stays=call.settings.channel(medium) == "MAILBOX")


def _seconds_good(pool: UserPool, kind: Kind) -> float:
    if kind is Kind.ADMIN_CREATE_USER:
        return float(password_policy(pool)["TemporaryPasswordValidityDays"]) * _DAY
    return _GOOD_FOR[kind]


def can_deliver(pool: UserPool, medium: str) -> bool:
    """Say whether a pool has what a message by a medium needs."""
    return medium == EMAIL or bool(pool.settings.get("SmsConfiguration"))


def must_be_deliverable(call: Call, pool: UserPool, medium: str) -> None:
    """Refuse a message that the pool has no settings for, or the server no channel.

    Raises:
        Fault: `CodeDeliveryFailureException`.
    """
    if not can_deliver(pool, medium):
        raise _undeliverable(
            "The user pool has no SmsConfiguration, so that no text message can be sent. Set it with UpdateUserPool."
        )
    if not call.settings.channel(medium):
        raise _undeliverable(f"This server cannot send {medium}: {_SETTING[medium]} is not set.")


def must_have_channel(call: Call, settings: Mapping[str, Any]) -> None:
    """Refuse settings for text messages on a server that cannot send any.

    Raises:
        Fault: `InvalidParameterException`.
    """
    if settings.get("SmsConfiguration") and not call.settings.channel(SMS):
        raise invalid_parameter(
            "This server cannot send text messages, so that SmsConfiguration cannot be stored. "
            f"Its operator sets {_SETTING[SMS]}."
        )


def _undeliverable(message: str) -> Fault:
    return Fault("CodeDeliveryFailureException", message, 400)


def delivery_details(contact: str, destination: str) -> dict[str, Any]:
    """Return `CodeDeliveryDetails` about a contact: nobody learns from it what they do not know."""
    return {"Destination": masked(destination), "DeliveryMedium": MEDIA[contact], "AttributeName": contact}


def masked(destination: str) -> str:
    """Return a contact as AWS shows it: `a***@e***`, or a phone number's last four digits."""
    name, at, domain = destination.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain[:1]}***"
    return "+" + "*" * max(len(destination) - 5, 1) + destination[-4:]


def simulated_details(call: Call, pool: UserPool, name: str, contacts: Sequence[str]) -> dict[str, Any]:
    """Return what is said of a message to nobody: always the same for a name, however it is spelt, as for a user."""
    name = name_key(pool, name)
    contact = contacts[0] if contacts else "email"
    if "@" in name and "email" in contacts:
        return delivery_details("email", name)
    drawn = call.keys.keyed_hash("simulated delivery", f"{pool.id}:{name}".encode())
    if contact == "phone_number":
        return delivery_details(contact, f"+1000000{int.from_bytes(drawn[:4], 'big') % 10_000:04}")
    letters = [chr(ord("a") + byte % 26) for byte in drawn]
    first = name[0] if name[:1].isalpha() else letters[0]
    return delivery_details("email", f"{first.lower()}@{letters[1]}")
