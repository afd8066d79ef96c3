"""Whatever users, pools and administrators put into an e-mail, it has the headers that it is meant to have."""

import random
from email import message_from_bytes
from email.policy import SMTP, SMTPUTF8, compat32

import pytest

from gatewright.control.outbox.mail import make_mail
from gatewright.control.outbox.undelivered import Undeliverable
from gatewright.core.channels import Sender
from gatewright.storage.deliveries import Claim
from gatewright.storage.outbox import Message
from tests.chance import seeds

NASTY = '@.,;:<>()[]"\\\r\n\t\0\x0b\x85\u2028\u00a0\u202e_=?'
WORDS = ("a", "b", "ä", "🔑", "jane", "\r\n", "example.com", "=?utf-8?q?", "=0d=0a", "=2c", "=40", "?=", "=?utf-8?b?")
PIECES = (*NASTY, *WORDS, "DQpCY2M6IGU=", "Bcc:", "Bcc:e@x", "To:", "%0d%0a", "{####}", "--", "..")
MEANT = {"from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"}


def some(chance: random.Random, most: int = 8) -> str:
    return "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, most)))


@pytest.mark.parametrize("seed", seeds(1))
def test_no_value_becomes_a_header_or_a_second_recipient(seed: int) -> None:
    chance = random.Random(seed)
    made = 0
    for _ in range(600):
        sender = {"From": f"{some(chance)} <{some(chance, 3)}@example.com>"} if chance.random() < 0.3 else {}
        claimed = Claim(
            id="1",
            user_pool_id="p",
            kind="k",
            medium="EMAIL",
            destination=f"{some(chance, 4)}@{some(chance, 4)}" if chance.random() < 0.7 else "jane@example.com",
            sealed_message=b"",
            sender=sender,
            created_at=1.0,
            expires_at=2.0,
            attempts=1,
            leased_until=2.0,
        )
        try:
            mail = make_mail(claimed, Message(some(chance, 12), some(chance, 12)), Sender("G", "no@example.com"))
        except Undeliverable:
            continue
        made += 1
        for policy in (SMTP, SMTPUTF8):
            raw = mail.as_bytes(policy=policy)
            for reader in (compat32, SMTP):
                read = message_from_bytes(raw, policy=reader)
                assert {name.lower() for name in read} == MEANT, raw
                assert len(read.keys()) == len(MEANT), raw
            assert len(message_from_bytes(raw, policy=SMTP)["To"].addresses) <= 1, raw
    assert made > 100
