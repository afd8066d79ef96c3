"""A message as an e-mail: headers, a text for whoever reads no HTML, and the HTML. Pure.

In: what is to be said, and to whom. Out: one MIME message. Law: every address stands for exactly one person, and no
value can begin a header of its own: not by a line break, and not by an encoded word (RFC 2047), which Python's e-mail
package decodes, line breaks and all, and writes as it is. What was made is looked at once more before it leaves.
Source: RFC 5322; RFC 3834 for what no person wrote; Cognito developer guide, "Email settings for Amazon Cognito user
pools".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Any

from gatewright.control.outbox.undelivered import Undeliverable
from gatewright.core.channels import Sender, is_address, read_sender
from gatewright.core.page_text import text_of
from gatewright.storage.deliveries import Claim
from gatewright.storage.outbox import Message

_LONGEST_SUBJECT = 200  # characters


def make_mail(claimed: Claim, message: Message, usual: Sender) -> EmailMessage:
    """Return the e-mail. The pool's `From` and `ReplyToEmailAddress` are in its headers; it bounces to `usual`.

    Raises:
        Undeliverable: an address is not one.
    """
    if not is_address(claimed.destination):
        raise Undeliverable("the destination is no e-mail address")
    sender = _sender(claimed.sender, usual)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _header(sender)
    mail["To"] = claimed.destination
    if reply_to := claimed.sender.get("ReplyToEmailAddress"):
        mail["Reply-To"] = _header(_read(str(reply_to)))
    mail["Subject"] = _harmless(message.subject)[:_LONGEST_SUBJECT]
    mail["Date"] = format_datetime(datetime.fromtimestamp(int(claimed.created_at), UTC))
    # The same at every attempt: who gets a message twice can tell.
    mail["Message-ID"] = f"<{claimed.id}@{_ascii_domain(usual.address)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text_of(message.body), cte="quoted-printable")
    mail.add_alternative(message.body, subtype="html", cte="quoted-printable")
    _must_be_as_meant(mail)
    return mail


def _harmless(text: str) -> str:
    """Return a text for a header: one line, no control characters, no encoded words."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(line.replace("=?", "= ?").split())


def _must_be_as_meant(mail: EmailMessage) -> None:
    """Refuse an e-mail that would have other headers on the wire than it has here."""
    meant = sorted(name.lower().encode() for name in mail)
    for policy in (SMTP, SMTPUTF8):
        head = mail.as_bytes(policy=policy).partition(b"\r\n\r\n")[0].split(b"\r\n")
        names = sorted(line.partition(b":")[0].lower() for line in head if line[:1] not in (b" ", b"\t"))
        if names != meant:
            raise Undeliverable("a header would not be what it was meant to be")


def _sender(configuration: Mapping[str, Any], usual: Sender) -> Sender:
    asked = configuration.get("From")
    return _read(str(asked)) if asked else usual


def _read(text: str) -> Sender:
    try:
        return read_sender(text)
    except ValueError as error:
        raise Undeliverable(str(error)) from None


def _header(sender: Sender) -> str | Address:
    if not sender.address.isascii():
        return sender.address
    try:
        return Address(_harmless(sender.name), addr_spec=sender.address)
    except (ValueError, IndexError, MessageError):  # the library's own, some of which are no ValueError
        raise Undeliverable("the sender is no e-mail address") from None


def _ascii_domain(address: str) -> str:
    domain = address.rpartition("@")[2]
    return domain if domain.isascii() else domain.encode("idna").decode()
