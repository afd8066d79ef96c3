"""Where messages leave: settings that would send codes or passwords in clear are refused, and never repeated."""

import pytest

from gatewright.core.channels import Sender, SmtpServer, check_gateway, read_sender, read_smtp_url
from gatewright.settings import Settings, SettingsError, load

SECRET = "0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://relay", SmtpServer("smtp", "relay", 25, "", "")),
        ("smtp://127.0.0.1:1025/", SmtpServer("smtp", "127.0.0.1", 1025, "", "")),
        ("smtp://u:p@localhost", SmtpServer("smtp", "localhost", 25, "u", "p")),
        (
            "smtp+starttls://u%40x:p%2Fw@example.com",
            SmtpServer("smtp+starttls", "example.com", 587, "u@x", "p/w"),
        ),
        ("smtps://u:p@mail.example.com:2465", SmtpServer("smtps", "mail.example.com", 2465, "u", "p")),
        ("smtps://[::1]", SmtpServer("smtps", "::1", 465, "", "")),
    ],
)
def test_a_mail_server_is_read_from_its_url(url: str, server: SmtpServer) -> None:
    assert read_smtp_url(url) == server
    assert "p/w" not in repr(read_smtp_url(url))


@pytest.mark.parametrize(
    "url",
    [
        "smtp://u:hunter2@mail.example.com",  # in clear
        "smtp+starttls://hunter2@mail.example.com",
        "smtps://:hunter2@mail.example.com",
        "http://u:hunter2@mail.example.com",
        "smtp://",
        "mail.example.com",
        "smtps://mail.example.com/path",
        "smtps://mail.example.com?hunter2",
        "smtps://mail.example.com:99999",
        "smtps://[::1",
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP") as refused:
        read_smtp_url(url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("Test  User<a@example.com>", Sender("Test  User", "a@example.com")),
        ('"User"   <a@example.com>', Sender("User", "a@example.com")),
        ("a@example.com", Sender("", "a@example.com")),
        (" Test User <a@example.com> ", Sender("Test User", "a@example.com")),
        ('"User, Test" <a@example.com>', Sender("User, Test", "a@example.com")),
        ("<a@example.com>", Sender("", "a@example.com")),
    ],
)
def test_a_sender_is_an_address_with_or_without_a_name(text: str, sender: Sender) -> None:
    assert read_sender(text) == sender


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "a@b, c@d",
        "a@b c@d",
        "X <a@b> y",
        "X\r\nBcc: <a@b>",
        '"X\r\nBcc: y" <a@b>',
        "<a@b\n>",
        "a@b <c@d>",
        ".a@b",
        "a..b@c",
        "a@b.",
        "=?utf-8?q?a?=@b",
    ],
)
def test_a_sender_is_one_address(text: str) -> None:
    with pytest.raises(ValueError, match="bad sender"):
        read_sender(text)


@pytest.mark.parametrize("url", ["https://sms.example.com/send", "http://127.0.0.1:9/x", "http://localhost/"])
def test_a_gateway_is_reached_over_tls_or_on_this_machine(url: str) -> None:
    check_gateway(url, SECRET)


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://sms.example.com/", SECRET),
        ("https://u:p@sms.example.com/", SECRET),
        ("https://", SECRET),
        ("ftp://sms.example.com", SECRET),
        ("https://sms.example.com/", SECRET[1:]),
    ],
)
def test_a_gateway_that_cannot_be_trusted_with_codes_is_refused(url: str, secret: str) -> None:
    with pytest.raises(ValueError, match="SMS") as refused:
        check_gateway(url, secret)
    assert secret not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {"smtp_url": "smtp://relay"},
        {"mail_from": "a@example.com"},
        {"sms_url": "https://sms.example.com"},
        {"sms_secret": SECRET},
        {"smtp_url": "smtp://relay", "mail_from": "nobody"},
        {"smtp_url": "nonsense", "mail_from": "a@example.com"},
    ],
)
def test_half_a_channel_is_refused_at_the_start(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        load({}, {f"GATEWRIGHT_{name.upper()}": value for name, value in given.items()})


def test_messages_stay_here_only_where_nothing_leaves_or_for_development() -> None:
    mail = {"smtp_url": "smtp://relay", "mail_from": "a@example.com"}
    sms = {"sms_url": "https://sms.example.com", "sms_secret": SECRET}
    for settings, email, text in (
        ({}, "MAILBOX", "MAILBOX"),
        (mail, "SMTP", ""),
        (sms, "", "WEBHOOK"),
        (mail | sms, "SMTP", "WEBHOOK"),
        (mail | {"dev": True}, "SMTP", "MAILBOX"),
    ):
        made = Settings(**settings)  # type: ignore[arg-type]
        assert (made.channel("EMAIL"), made.channel("SMS")) == (email, text)


def test_the_name_of_a_sender_is_as_long_as_names_are() -> None:
    assert len(read_sender("é" * 200 + " <a@example.com>").name) == 200
    with pytest.raises(ValueError, match="bad sender"):
        read_sender("é" * 201 + " <a@example.com>")


@pytest.mark.parametrize("text", ["a" + " " * 130_000 + "b", "a" + " " * 130_000 + "<", '"' * 130_000, "<" * 130_000])
def test_a_sender_of_any_length_is_judged_at_once(text: str) -> None:
    """As long as the API lets it be. Found by hand: blanks took a minute."""
    with pytest.raises(ValueError, match="bad sender"):
        read_sender(text)
