"""Messages to users: their text, and the outbox that they wait in.

In: what a message is about and the code in it. Out: a row of the outbox, in the transaction that made the code, so that
a message is sent if and only if what it is about has happened; and what the caller may know of where it goes. Law: the
code is only in the sealed message. Delivery reads the outbox. Source: Cognito developer guide, "Message templates".
"""

import html
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from gatewright.control.service import Call
from gatewright.core import ids
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.session_tables import OutboxRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.storage.keys import SECRETS, Keys
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

EMAIL, SMS = "EMAIL", "SMS"
MEDIA = {"email": EMAIL, "phone_number": SMS}
CONTACT_OF = {medium: contact for contact, medium in MEDIA.items()}


class Kind(StrEnum):
    """What a message is about, by the names of AWS's custom-message triggers."""

    SIGN_UP = "CustomMessage_SignUp"
    ADMIN_CREATE_USER = "CustomMessage_AdminCreateUser"
    RESEND_CODE = "CustomMessage_ResendCode"
    FORGOT_PASSWORD = "CustomMessage_ForgotPassword"  # noqa: S105  # a name
    UPDATE_USER_ATTRIBUTE = "CustomMessage_UpdateUserAttribute"
    VERIFY_USER_ATTRIBUTE = "CustomMessage_VerifyUserAttribute"
    AUTHENTICATION = "CustomMessage_Authentication"


class Message(msgspec.Struct, frozen=True):
    """A message as it is sealed in the outbox."""

    subject: str
    body: str


_PLACEHOLDER = re.compile(r"\{username\}|\{####\}")
_INVITATION = "Your username is {username} and temporary password is {####}."
_TEXTS: Mapping[Kind, tuple[str, str]] = {  # subject of an e-mail, text where the pool says none
    Kind.SIGN_UP: ("Your verification code", "Your confirmation code is {####}"),
    Kind.RESEND_CODE: ("Your verification code", "Your confirmation code is {####}"),
    Kind.FORGOT_PASSWORD: ("Your verification code", "Your password reset code is {####}"),
    Kind.UPDATE_USER_ATTRIBUTE: ("Your verification code", "Your verification code is {####}"),
    Kind.VERIFY_USER_ATTRIBUTE: ("Your verification code", "Your verification code is {####}"),
    Kind.AUTHENTICATION: ("Your authentication code", "Your authentication code is {####}"),
    Kind.ADMIN_CREATE_USER: ("Your temporary password", _INVITATION),
}


async def deliver(
    call: Call, pool: UserPool, user: UserRow, kind: Kind, medium: str, code: str, *, to: str | None = None
) -> dict[str, Any]:
    """Put a message into the outbox and return its `CodeDeliveryDetails`.

    `to` is where it goes if not to the user's own contact: a new one that is to be verified first.

    Raises:
        Fault: `InvalidParameterException`, the user cannot be reached so.
    """
    contact = CONTACT_OF[medium]
    destination = to or user.attributes.get(contact)
    if not destination:
        raise invalid_parameter(f"User has no {contact} that a message could be sent to.")
    must_be_deliverable(pool, medium)
    call.session.add(_row(call, pool, user, kind, medium, code, destination))
    await call.session.flush()
    return delivery_details(contact, destination)


async def pretend_to_deliver(
    call: Call, pool: UserPool, kind: Kind, name: str, contacts: Sequence[str]
) -> dict[str, Any]:
    """Do for a name that is nobody's what is done for a user, and leave nothing of it.

    Time then tells no more than the answer does: a message is composed, sealed, written, and taken away again.
    """
    details = simulated_details(call, pool, name, contacts)
    row = _row(call, pool, UserRow(sub=None, username=name), kind, details["DeliveryMedium"], "000000", name)
    call.session.add(row)
    await call.session.flush()
    await call.session.delete(row)
    await call.session.flush()
    return details


def _row(call: Call, pool: UserPool, user: UserRow, kind: Kind, medium: str, code: str, destination: str) -> OutboxRow:
    message = compose(pool.settings, pool.mfa, user, kind, medium, code)
    message_id = ids.request_id()
    return OutboxRow(
        id=message_id,
        user_pool_id=pool.id,
        sub=user.sub,
        kind=kind.value,
        medium=medium,
        destination=destination,
        sealed_message=call.keys.seal(SECRETS, msgspec.msgpack.encode(message), message_id.encode()),
        settings=pool.settings.get("EmailConfiguration" if medium == EMAIL else "SmsConfiguration") or {},
        created_at=call.now,
        delivered_at=None,
        attempts=0,
        next_attempt_at=call.now,
    )


def can_deliver(pool: UserPool, medium: str) -> bool:
    """Say whether a pool has what a message by a medium needs."""
    return medium == EMAIL or bool(pool.settings.get("SmsConfiguration"))


def must_be_deliverable(pool: UserPool, medium: str) -> None:
    """Refuse a text message of a pool that has no settings for them.

    Raises:
        Fault: `CodeDeliveryFailureException`.
    """
    if not can_deliver(pool, medium):
        raise Fault(
            "CodeDeliveryFailureException",
            "The user pool has no SmsConfiguration, so that no text message can be sent. Set it with UpdateUserPool.",
            400,
        )


def opened_message(keys: Keys, row: OutboxRow) -> Message:
    """Return what a row of the outbox says: for whoever delivers it."""
    plain = keys.open(SECRETS, row.sealed_message, row.id.encode())
    return msgspec.msgpack.decode(plain, type=Message)


def compose(
    settings: Mapping[str, Any], mfa: Mapping[str, Any], user: UserRow, kind: Kind, medium: str, code: str
) -> Message:
    """Return a message by the pool's template, or by our own where it has none. Pure."""
    subject, text = _TEXTS[kind]
    own_subject, own_text = _template(settings, mfa, kind, medium)
    # An e-mail is HTML, in which a name is text and nothing else; and what is put in is not looked into again.
    put_in = {"{username}": user.username, "{####}": code}
    shown = {name: html.escape(value) if medium == EMAIL else value for name, value in put_in.items()}
    body = _PLACEHOLDER.sub(lambda match: shown[match.group()], own_text or text)
    return Message(own_subject or subject, body)


def _template(
    settings: Mapping[str, Any], mfa: Mapping[str, Any], kind: Kind, medium: str
) -> tuple[str | None, str | None]:
    """Return the subject and the text that a pool has for a kind of message."""
    if kind is Kind.ADMIN_CREATE_USER:
        invitation = settings["AdminCreateUserConfig"].get("InviteMessageTemplate") or {}
        return invitation.get("EmailSubject"), invitation.get("EmailMessage" if medium == EMAIL else "SMSMessage")
    if kind is Kind.AUTHENTICATION:
        if medium == SMS:
            sms = (mfa.get("SmsMfaConfiguration") or {}).get("SmsAuthenticationMessage")
            return None, sms or settings.get("SmsAuthenticationMessage")
        email = mfa.get("EmailMfaConfiguration") or {}
        return email.get("Subject"), email.get("Message")
    verification = settings["VerificationMessageTemplate"]
    return verification.get("EmailSubject"), verification.get("EmailMessage" if medium == EMAIL else "SmsMessage")


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
    """Return what is said of a message to nobody: always the same for a name, and like that to a user."""
    contact = contacts[0] if contacts else "email"
    if "@" in name and "email" in contacts:
        return delivery_details("email", name)
    drawn = call.keys.keyed_hash("simulated delivery", f"{pool.id}:{name}".encode())
    if contact == "phone_number":
        return delivery_details(contact, f"+1000000{int.from_bytes(drawn[:4], 'big') % 10_000:04}")
    letters = [chr(ord("a") + byte % 26) for byte in drawn]
    first = name[0] if name[:1].isalpha() else letters[0]
    return delivery_details("email", f"{first.lower()}@{letters[1]}")
