"""The outbox on the command line: what stays in the local mailbox, for those who may read it."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED

from gatewright.cli.asking import on_one_line, plain
from gatewright.cli.outbox import text_of
from gatewright.cli.server import Server, Unanswered
from tests.running import Running

PASSWORD = "Correct-horse-1"
SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}


class Writer:
    """A pool that writes to its users."""

    def __init__(self, product: Running) -> None:
        self.idp = product.client("cognito-idp")
        self.anyone = product.client("cognito-idp", signature_version=UNSIGNED)
        self.pool_id = self.idp.create_user_pool(
            PoolName="people",
            SmsConfiguration=SMS,
            AutoVerifiedAttributes=["email"],
            EmailVerificationSubject="Welcome",
            EmailVerificationMessage="<p>Hello {username}</p><p>Your code is <b>{####}</b></p>",
        )["UserPool"]["Id"]
        made = self.idp.create_user_pool_client(UserPoolId=self.pool_id, ClientName="app")
        self.client_id = made["UserPoolClient"]["ClientId"]

    def sign_up(self, name: str) -> None:
        self.anyone.sign_up(
            ClientId=self.client_id,
            Username=name,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}],
        )

    def invite(self, name: str, number: str) -> None:
        self.idp.admin_create_user(
            UserPoolId=self.pool_id,
            Username=name,
            TemporaryPassword=PASSWORD,
            UserAttributes=[{"Name": "phone_number", "Value": number}],
        )


@pytest.fixture
def writer(product: Running) -> Writer:
    return Writer(product)


@pytest.fixture
def gatewright(product: Running, tmp_path: Path) -> Callable[..., str]:
    """Run the real command."""

    def run(*arguments: str, code: int = 0) -> str:
        played = subprocess.run(
            [sys.executable, "-m", "gatewright", *arguments],
            env={**product.environ(), "PYTHONIOENCODING": "utf-8"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert played.returncode == code, played.stdout + played.stderr
        return played.stdout + played.stderr

    return run


def test_a_developer_reads_the_code_on_the_command_line(writer: Writer, gatewright: Callable[..., str]) -> None:
    writer.sign_up("jane")
    writer.sign_up("joe")
    said = gatewright("outbox", "--to", "jane@", "--last")
    head, code = said.rsplit(maxsplit=1)
    assert head == "To: jane@example.com\nSubject: Welcome\n\nHello jane\nYour code is"
    writer.anyone.confirm_sign_up(ClientId=writer.client_id, Username="jane", ConfirmationCode=code)
    (line,) = gatewright("outbox", "--to", "jane@").splitlines()
    assert line.endswith(f"MAILBOX EMAIL jane@example.com SignUp Hello jane Your code is {code}")


def test_messages_are_listed_the_oldest_first_and_narrowed(writer: Writer, gatewright: Callable[..., str]) -> None:
    writer.sign_up("jane")
    writer.invite("theo", "+15550100")
    told = [json.loads(line) for line in gatewright("outbox", "--json").splitlines()]
    assert [(one["medium"], one["kind"]) for one in told] == [
        ("EMAIL", "CustomMessage_SignUp"),
        ("SMS", "CustomMessage_AdminCreateUser"),
    ]
    assert told[1]["body"] == f"Your username is theo and temporary password is {PASSWORD}."
    assert [one["status"] for one in told] == ["MAILBOX", "MAILBOX"]
    assert "jane" not in gatewright("outbox", "--medium", "sms")
    assert gatewright("outbox", "--status", "failed") == "There is no such message.\n"
    assert gatewright("outbox", "--to", "nobody", "--last", code=1) == "gatewright: there is no such message\n"


def test_where_nothing_was_sent_it_is_told_what_sends(product: Running, gatewright: Callable[..., str]) -> None:
    del product  # nobody has written anything yet
    assert gatewright("outbox").startswith("There is no message yet. Codes go to contacts that the pool verifies")
    assert "DesiredDeliveryMediums says EMAIL" in gatewright("outbox", "--last", code=1)


def test_messages_are_shown_as_they_come(writer: Writer, product: Running, tmp_path: Path) -> None:
    writer.sign_up("jane")
    command = [sys.executable, "-m", "gatewright", "outbox", "--follow"]
    with subprocess.Popen(
        command, env=product.environ(), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as follows:
        assert follows.stdout is not None
        assert "jane@example.com" in follows.stdout.readline()
        writer.sign_up("joe")
        assert "joe@example.com" in follows.stdout.readline()
        follows.send_signal(signal.SIGINT)
        assert follows.wait(60) == 130


def test_a_list_goes_on_page_after_page(writer: Writer, pages: Server) -> None:
    for number in range(3):
        writer.sign_up(f"user{number}")
    found = list(pages.every("outbox", "messages", limit="1", pool=writer.pool_id))
    assert [one["to"] for one in found] == [f"user{number}@example.com" for number in (2, 1, 0)]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "gone"},
        {"medium": "pigeon"},
        {"since": "yesterday"},
        {"limit": "0"},
        {"pool": "'"},
        {"next": "forged"},
        {"nonsense": "1"},
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_by_name(pages: Server, query: dict[str, str]) -> None:
    with pytest.raises(Unanswered, match=next(iter(query))):
        pages.get("outbox", **query)


def test_a_reader_of_requests_reads_no_messages(
    writer: Writer, pages_as: Callable[..., Server], gatewright: Callable[..., str]
) -> None:
    writer.sign_up("jane")
    reader = pages_as("gatewright:List*Requests", "gatewright:ListDecisions", "cognito-idp:*")
    with pytest.raises(Unanswered, match="gatewright:ListMessages"):
        reader.get("outbox")


def test_who_is_deleted_has_no_messages_any_more(writer: Writer, pages: Server) -> None:
    writer.sign_up("jane")
    writer.sign_up("joe")
    writer.idp.admin_delete_user(UserPoolId=writer.pool_id, Username="jane")
    assert [one["to"] for one in pages.get("outbox")["messages"]] == ["joe@example.com"]
    writer.idp.delete_user_pool(UserPoolId=writer.pool_id)
    assert pages.get("outbox")["messages"] == []


def test_a_message_cannot_command_the_terminal() -> None:
    message: dict[str, Any] = {"medium": "SMS", "body": "code\x1b[2J 123456\x07\u202e"}
    assert text_of(message) == "code�[2J 123456��"
    assert plain("a\r\nb\x9b") == "a�\nb�"
    assert on_one_line("a\r\nb\x9b") == "a b�"


def test_the_text_of_a_mail_is_what_one_reads() -> None:
    message: dict[str, Any] = {"medium": "EMAIL", "body": "<p>a &lt; b</p>c<br>d<script>e"}
    assert text_of(message) == "a < b\nc\nde"
