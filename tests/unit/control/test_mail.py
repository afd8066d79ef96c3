"""An e-mail is for one person, and no value of it can become a header."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from gatewright.control.outbox.mail import make_mail
from gatewright.control.outbox.undelivered import Undeliverable
from gatewright.core.channels import Sender
from gatewright.storage.deliveries import Claim
from gatewright.storage.outbox import Message

USUAL = Sender("Gatewright", "no-reply@example.com")
BODY = "<p>Hello &lt;b&gt;,</p><p>your code is <b>123456</b></p>"


def claimed(to: str = "jane@example.com", **sender: str) -> Claim:
    return Claim(
        id="11111111-2222-4333-8444-555555555555",
        user_pool_id="us-east-1_abc",
        kind="CustomMessage_SignUp",
        medium="EMAIL",
        destination=to,
        sealed_message=b"",
        sender=sender,
        created_at=1_700_000_000.5,
        expires_at=1_700_086_400.5,
        attempts=1,
        leased_until=2.0,
    )


def sent(to: str = "jane@example.com", subject: str = "Your code", body: str = BODY, **sender: str) -> EmailMessage:
    """Return the e-mail as whoever gets it reads it."""
    made = make_mail(claimed(to, **sender), Message(subject, body), USUAL)
    read: Any = message_from_bytes(made.as_bytes(), policy=SMTP)
    return read


def part(mail: EmailMessage, kind: str) -> str:
    body: Any = mail.get_body((kind,))
    return str(body.get_content())


def test_a_mail_has_a_text_and_html_that_say_the_same() -> None:
    mail = sent()
    assert part(mail, "plain").splitlines() == ["Hello <b>,", "your code is 123456"]
    assert part(mail, "html").strip() == BODY
    assert mail["Message-ID"] == "<11111111-2222-4333-8444-555555555555@example.com>"
    assert mail["Date"].startswith("Tue, 14 Nov 2023 22:13:20")
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_sender_is_the_operators_unless_the_pool_names_one() -> None:
    assert str(sent()["From"]) == "Gatewright <no-reply@example.com>"
    mail = sent(From='"Müller, Jane" <jm@example.org>', ReplyToEmailAddress="help@example.org")
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Müller, Jane", "jm@example.org")
    assert str(mail["Reply-To"]) == "help@example.org"


@pytest.mark.parametrize(
    "to",
    [
        "jane@example.com, eve@example.net",
        "jane@example.com\r\nBcc: eve@example.net",
        "jane@example.com\nSubject: free",
        "jane@example.com eve@example.net",
        "Jane <jane@example.com>",
        "jane@example.com>",
        "jane",
        "@example.com",
        "jane@exa\x00mple.com",
        "jane;eve@example.com",
        "",
    ],
)
def test_a_destination_that_is_not_one_address_gets_nothing(to: str) -> None:
    with pytest.raises(Undeliverable):
        make_mail(claimed(to), Message("s", "b"), USUAL)


@pytest.mark.parametrize("member", ["From", "ReplyToEmailAddress"])
@pytest.mark.parametrize(
    "text", ["a@example.com\r\nBcc: eve@example.net", "A\r\nBcc: <a@example.com>", "a@example.com, b@example.com"]
)
def test_a_sender_that_is_more_than_one_address_sends_nothing(member: str, text: str) -> None:
    with pytest.raises(Undeliverable):
        make_mail(claimed(**{member: text}), Message("s", "b"), USUAL)


def test_a_subject_cannot_begin_another_header() -> None:
    mail = sent(subject="Your code\r\nBcc: eve@example.net\r\n\r\nbody")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Your code Bcc: eve@example.net body"
    assert mail.keys() == sent().keys()


@pytest.mark.parametrize(
    "word", ["=?utf-8?q?x=0d=0aBcc:_eve=40example.net?=", "=?utf-8?b?eA0KQmNjOiBldmVAZXhhbXBsZS5uZXQ=?="]
)
def test_an_encoded_word_cannot_begin_another_header(word: str) -> None:
    for mail in (sent(subject=word), sent(subject=f"a {word} b"), sent(From=f'"{word}" <a@example.com>')):
        assert mail.keys() == sent().keys()
        assert "eve@example.net" not in str(mail["To"])
    for address in (f"{word}@example.com", f"a@{word}"):
        with pytest.raises(Undeliverable):
            make_mail(claimed(address), Message("s", "b"), USUAL)
        with pytest.raises(Undeliverable):
            make_mail(claimed(From=address), Message("s", "b"), USUAL)


def test_every_script_survives_subject_and_body() -> None:
    mail = sent(subject="Ваш код 🔑", body="<p>Ваш код: 123456</p>")
    assert mail["Subject"] == "Ваш код 🔑"
    assert part(mail, "plain").strip() == "Ваш код: 123456"


def test_addresses_in_other_scripts_are_written_as_they_are() -> None:
    made = make_mail(claimed("jörg@exämple.de"), Message("s", "b"), USUAL)
    assert made["To"] == "jörg@exämple.de"
