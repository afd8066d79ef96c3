"""Messages to users leave the real command: by a real mail server, and by a real gateway for text messages.

The servers are two workers that share a mail server with STARTTLS and a login, and a gateway.
"""

import contextlib
import hmac
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from gatewright.cli.server import Server
from gatewright.wire.sigv4.sign import Credentials
from tests.post_office import (
    PASSWORD,
    USER,
    Gateway,
    MailServer,
    certificate,
    eventually,
    mail_server,
    sms_gateway,
)
from tests.postgres import Cluster
from tests.running import Command, Running

pytestmark = pytest.mark.xdist_group("messages")

SECRET = "a secret of the gateway"
USER_PASSWORD = "Correct-horse-1"
SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}


class Place:
    """A pool whose users are written to, and where their messages arrive."""

    def __init__(self, running: Running, mail: MailServer, gateway: Gateway, data: Path) -> None:
        self.running = running
        self.mail = mail
        self.gateway = gateway
        self.data = data
        self.idp = running.client("cognito-idp")
        self.anyone = running.client("cognito-idp", signature_version=UNSIGNED)
        self.pool_id = self.idp.create_user_pool(
            PoolName="people",
            AutoVerifiedAttributes=["email"],
            SmsConfiguration=SMS,
            EmailConfiguration={"From": "The App <app@example.org>", "ReplyToEmailAddress": "help@example.org"},
            EmailVerificationSubject="Welcome",
            EmailVerificationMessage="<p>Your code is <b>{####}</b></p>",
        )["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        self.client_id = self.idp.create_user_pool_client(
            UserPoolId=self.pool_id, ClientName="app", ExplicitAuthFlows=flows
        )["UserPoolClient"]["ClientId"]

    def sign_up(self, name: str) -> dict[str, Any]:
        """Sign up; a worker may hear of a new client a little later than the one that made it."""
        return eventually(lambda: self._sign_up(name), "the client")

    def _sign_up(self, name: str) -> dict[str, Any]:
        with contextlib.suppress(self.anyone.exceptions.ResourceNotFoundException):
            answer: dict[str, Any] = self.anyone.sign_up(
                ClientId=self.client_id,
                Username=name,
                Password=USER_PASSWORD,
                UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}],
            )
            return answer
        return {}

    def confirm(self, name: str, code: str) -> None:
        self.anyone.confirm_sign_up(ClientId=self.client_id, Username=name, ConfirmationCode=code)

    def gatewright(self, *arguments: str, code: int = 0) -> str:
        played = subprocess.run(
            [sys.executable, "-m", "gatewright", *arguments],
            env={**self.running.environ(), "PYTHONIOENCODING": "utf-8"},
            cwd=self.data,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert played.returncode == code, played.stdout + played.stderr
        return played.stdout + played.stderr

    def outbox(self, to: str, **filters: str) -> list[dict[str, Any]]:
        pages = Server(self.running.endpoint, "us-east-1", Credentials("test", "test"))
        return list(pages.every("outbox", "messages", to=to, **filters))

    def settled(self, to: str) -> dict[str, Any]:
        """Return a message once it waits no more."""
        return eventually(lambda: [one for one in self.outbox(to) if one["settled_at"]], "an end")[0]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("messages")
    paths = certificate(directory)
    with mail_server(paths) as mail, sms_gateway() as (gateway, url):
        environ = {
            "GATEWRIGHT_SMTP_URL": f"smtp+starttls://{USER}:{PASSWORD.replace('@', '%40').replace('/', '%2F')}"
            f"@127.0.0.1:{mail.port}",
            "GATEWRIGHT_MAIL_FROM": "Gatewright <no-reply@example.com>",
            "GATEWRIGHT_SMS_URL": url,
            "GATEWRIGHT_SMS_SECRET": SECRET,
            "SSL_CERT_FILE": str(paths[0]),
        }
        with Command(directory / "data", "--dev", "--workers", "2", environ=environ) as server:
            yield Place(Running(server.port), mail, gateway, directory)
            assert "hunter2" not in server.log  # the password of the mail server
            assert SECRET not in server.log


def code_in(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None, text
    return found.group()


def test_who_signs_up_confirms_with_the_code_that_came_by_mail(place: Place) -> None:
    details = place.sign_up("jane")["CodeDeliveryDetails"]
    assert (details["Destination"], details["DeliveryMedium"]) == ("j***@e***", "EMAIL")
    mail = place.mail.last_to("jane@example.com")
    assert (mail.sender, mail.login) == ("no-reply@example.com", USER)
    assert str(mail.message["From"]) == "The App <app@example.org>"
    assert str(mail.message["Reply-To"]) == "help@example.org"
    assert str(mail.message["To"]) == "jane@example.com"
    assert str(mail.message["Subject"]) == "Welcome"
    code = code_in(mail.part("plain"))
    assert mail.part("html") == f"<p>Your code is <b>{code}</b></p>"
    place.confirm("jane", code)
    signed_in = place.anyone.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=place.client_id,
        AuthParameters={"USERNAME": "jane", "PASSWORD": USER_PASSWORD},
    )
    assert signed_in["AuthenticationResult"]["IdToken"]


def test_what_a_delivered_message_said_is_nowhere_any_more(place: Place) -> None:
    place.sign_up("nora")
    code = code_in(place.mail.last_to("nora@example.com").part("plain"))
    told = place.settled("nora@")
    assert (told["status"], told["attempts"], told["kind"]) == ("DELIVERED", 1, "CustomMessage_SignUp")
    assert "body" not in told
    with sqlite3.connect(place.data / "data" / "gatewright.sqlite3") as database:
        row = database.execute("SELECT * FROM gatewright_outbox WHERE id = ?", (told["id"],)).fetchone()
    assert not [value for value in row if isinstance(value, bytes) or code in str(value)]
    said = place.gatewright("outbox", "--to", "nora@", "--last", code=1)
    assert "is DELIVERED; it is not kept here" in said


def test_two_workers_deliver_each_message_once(place: Place) -> None:
    names = [f"many{number}" for number in range(24)]
    for name in names:
        place.sign_up(name)
    for name in names:
        place.mail.last_to(f"{name}@example.com")
        place.settled(f"{name}@")
    assert [len(place.mail.to(f"{name}@example.com")) for name in names] == [1] * len(names)


def test_a_text_message_is_posted_with_a_signature_that_the_gateway_can_check(place: Place) -> None:
    place.idp.admin_create_user(
        UserPoolId=place.pool_id,
        Username="theo",
        UserAttributes=[{"Name": "phone_number", "Value": "+15550100"}],
        DesiredDeliveryMediums=["SMS"],
        TemporaryPassword=USER_PASSWORD,
    )
    text = place.gateway.last_to("+15550100")
    assert text == f"Your username is theo and temporary password is {USER_PASSWORD}."
    posted = place.gateway.posted[-1]
    signed = posted.headers["x-gatewright-timestamp"].encode() + b"." + posted.body
    expected = "sha256=" + hmac.digest(SECRET.encode(), signed, "sha256").hex()
    assert posted.headers["x-gatewright-signature"] == expected
    assert posted.headers["idempotency-key"] == posted.said["MessageId"]
    assert posted.said["UserPoolId"] == place.pool_id
    assert posted.said["TriggerSource"] == "CustomMessage_AdminCreateUser"
    assert place.settled("+15550100")["status"] == "DELIVERED"


def test_a_gateway_that_stumbles_is_asked_again(place: Place) -> None:
    place.gateway.answers = [503]
    invite(place, "rosa", "+15550101")
    place.gateway.last_to("+15550101", 2)
    told = place.settled("+15550101")
    assert (told["status"], told["attempts"]) == ("DELIVERED", 2)


def test_a_gateway_that_refuses_a_message_is_not_asked_again(place: Place) -> None:
    place.gateway.answers = [422]
    invite(place, "omar", "+15550102")
    told = place.settled("+15550102")
    assert (told["status"], told["attempts"]) == ("FAILED", 1)
    assert told["failure"] == "the SMS gateway refused the message with 422"


def invite(place: Place, name: str, number: str) -> None:
    place.idp.admin_create_user(
        UserPoolId=place.pool_id,
        Username=name,
        UserAttributes=[{"Name": "phone_number", "Value": number}],
        DesiredDeliveryMediums=["SMS"],
    )


def test_a_recipient_whom_the_server_refuses_is_given_up_and_shown(place: Place) -> None:
    place.mail.answers["nobody@example.com"] = ["550 no such mailbox"] * 9
    place.sign_up("nobody")
    told = place.settled("nobody@")
    assert (told["status"], told["failure"]) == ("FAILED", "the mail server refused the recipient with 550")
    listed = place.gatewright("outbox", "--status", "failed", "--to", "nobody@")
    assert re.search(r"FAILED EMAIL nobody@example.com SignUp the mail server refused .* 550, attempt 1", listed)


def test_a_server_that_asks_for_patience_gets_the_message_later(place: Place) -> None:
    place.mail.answers["grey@example.com"] = ["451 come back later"]
    place.sign_up("grey")
    place.confirm("grey", code_in(place.mail.last_to("grey@example.com").part("plain")))
    assert place.settled("grey@")["attempts"] == 2


def test_a_newer_code_takes_the_place_of_one_that_could_not_be_sent(place: Place) -> None:
    place.mail.answers["twice@example.com"] = ["451 come back later"]
    place.sign_up("twice")
    eventually(lambda: [one for one in place.outbox("twice@") if one["failure"]], "a failure")
    place.anyone.resend_confirmation_code(ClientId=place.client_id, Username="twice")
    place.confirm("twice", code_in(place.mail.last_to("twice@example.com").part("plain")))
    assert {one["status"] for one in place.outbox("twice@")} == {"EXPIRED", "DELIVERED"}
    assert len(place.mail.to("twice@example.com")) == 1


def test_what_was_acknowledged_is_delivered_after_kill_9_and_a_mail_server_that_was_away(tmp_path: Path) -> None:
    mail = MailServer()
    environ = {
        "GATEWRIGHT_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
        "GATEWRIGHT_MAIL_FROM": "no-reply@example.com",
    }
    nowhere = Gateway()
    with Command(tmp_path / "data", "--dev", environ=environ) as server:
        place = Place(Running(server.port), mail, nowhere, tmp_path)
        names = [f"user{number}" for number in range(5)]
        for name in names:
            place.sign_up(name)
        waiting = place.outbox("user")
        assert {one["status"] for one in waiting} == {"WAITING"}
        assert not [one for one in waiting if "body" in one]  # it is for its addressee alone
        server.stop(signal.SIGKILL)
    mail.up()
    try:
        with Command(tmp_path / "data", "--dev", environ=environ, port=server.port):
            for name in names:
                place.confirm(name, code_in(mail.last_to(f"{name}@example.com").part("plain")))
            assert [len(mail.to(f"{name}@example.com")) for name in names] == [1] * 5
    finally:
        mail.down()


def test_two_nodes_on_postgresql_deliver_each_message_once(postgres: Cluster, tmp_path: Path) -> None:
    with mail_server() as mail, contextlib.ExitStack() as nodes:
        environ = {
            "GATEWRIGHT_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "GATEWRIGHT_MAIL_FROM": "no-reply@example.com",
            "GATEWRIGHT_MASTER_KEY": "5a" * 32,
        }
        database = ("--database", postgres.fresh())
        first = nodes.enter_context(Command(tmp_path / "1", "--dev", *database, environ=environ))
        second = nodes.enter_context(Command(tmp_path / "2", "--dev", *database, environ=environ))
        place = Place(Running(first.port), mail, Gateway(), tmp_path)
        other = Running(second.port).client("cognito-idp", signature_version=UNSIGNED)
        names = [f"user{number}" for number in range(12)]
        for name in names:
            place.anyone, other = other, place.anyone
            place.sign_up(name)
        for name in names:
            place.confirm(name, code_in(mail.last_to(f"{name}@example.com").part("plain")))
            assert place.settled(f"{name}@")["status"] == "DELIVERED"
        assert [len(mail.to(f"{name}@example.com")) for name in names] == [1] * len(names)


def test_a_server_without_a_way_for_text_messages_says_so(tmp_path: Path) -> None:
    environ = {
        "GATEWRIGHT_SMTP_URL": "smtp://127.0.0.1:9",
        "GATEWRIGHT_MAIL_FROM": "no-reply@example.com",
        "GATEWRIGHT_ROOT_ACCESS_KEY_ID": "root",
        "GATEWRIGHT_ROOT_SECRET_ACCESS_KEY": "secret",
    }
    with Command(tmp_path / "data", environ=environ) as server:
        idp = Running(server.port, ("root", "secret")).client("cognito-idp")
        with pytest.raises(ClientError, match=r"cannot send text messages.*GATEWRIGHT_SMS_URL"):
            idp.create_user_pool(PoolName="people", SmsConfiguration=SMS)
