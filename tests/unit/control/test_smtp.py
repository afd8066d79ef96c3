"""E-mail leaves as the operator asked for it, or not at all: against a real mail server."""

import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from gatewright.control.outbox.smtp import send_mail
from gatewright.control.outbox.undelivered import Undeliverable, Undelivered
from gatewright.core.channels import SmtpServer
from tests.post_office import PASSWORD, USER, certificate, mail_server


def mail(to: str = "jane@example.com") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "no-reply@example.com", to, "code"
    made.set_content("123456")
    return made


async def send(scheme: str, port: int, *, to: str = "jane@example.com", password: str = PASSWORD) -> None:
    username = USER if scheme != "smtp" else ""
    server = SmtpServer(scheme, "127.0.0.1", port, username, password if username else "")
    await send_mail(mail(to), "no-reply@example.com", to, server)


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


@pytest.fixture
def trusted(paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The certificate of the mail server, which the system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    return paths


async def test_a_mail_leaves_after_starttls_and_a_login(trusted: tuple[Path, Path]) -> None:
    with mail_server(trusted) as server:
        await send("smtp+starttls", server.port)
        (taken,) = server.inbox
    assert (taken.sender, taken.recipient, taken.login) == ("no-reply@example.com", "jane@example.com", USER)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_mail_leaves_by_tls_from_the_first_byte(trusted: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*trusted)
    with mail_server(ssl_context=context, auth_required=True, auth_require_tls=False) as server:
        await send("smtps", server.port)
        assert server.inbox[0].login == USER


async def test_nothing_is_said_to_a_server_that_offers_no_tls() -> None:
    with mail_server(auth_require_tls=False) as server:
        with pytest.raises(Undelivered):
            await send("smtp+starttls", server.port)
        with pytest.raises(Undelivered):
            await send("smtps", server.port)
        assert (server.inbox, server.logins) == ([], [])


async def test_nothing_is_said_to_a_server_whose_certificate_is_not_trusted(paths: tuple[Path, Path]) -> None:
    with mail_server(paths) as server:
        with pytest.raises(Undelivered):
            await send("smtp+starttls", server.port)
        assert (server.inbox, server.logins) == ([], [])


async def test_a_wrong_password_is_tried_again_later_and_not_repeated(trusted: tuple[Path, Path]) -> None:
    with mail_server(trusted) as server:
        with pytest.raises(Undelivered, match="535") as failed:
            await send("smtp+starttls", server.port, password="wrong-hunter2")
        assert server.inbox == []
    assert "hunter2" not in str(failed.value)


@pytest.mark.parametrize(("answer", "error"), [("550 nobody", Undeliverable), ("451 later", Undelivered)])
async def test_a_refusal_is_for_good_or_for_now_as_the_server_says(answer: str, error: type[Exception]) -> None:
    with mail_server() as server:
        server.answers["jane@example.com"] = [answer]
        with pytest.raises(error, match=answer[:3]):
            await send("smtp", server.port)
        await send("smtp", server.port)
        assert len(server.inbox) == 1


async def test_a_server_that_is_away_is_asked_again_later() -> None:
    with mail_server() as server:
        pass
    with pytest.raises(Undelivered):
        await send("smtp", server.port)


async def test_an_address_in_another_script_needs_a_server_that_takes_it() -> None:
    with mail_server() as server:
        await send("smtp", server.port, to="jörg@example.com")
        assert str(server.inbox[0].message["To"]) == "jörg@example.com"
    with mail_server(enable_SMTPUTF8=False) as server:
        with pytest.raises(Undeliverable, match="not ASCII"):
            await send("smtp", server.port, to="jörg@example.com")
        assert server.inbox == []
