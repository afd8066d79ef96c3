"""Where messages of the product arrive in tests: a real mail server (aiosmtpd), and a real gateway for texts."""

import contextlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.running import free_port

PATIENCE = 60.0
USER, PASSWORD = "relay", "hunter2-p@ss/word"
T = TypeVar("T")


def eventually(look: Callable[[], T], what: str = "it") -> T:
    """Return what is found as soon as something is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError(f"{what} did not come about")


class Mail(msgspec.Struct, frozen=True):
    """An e-mail that was taken."""

    sender: str  # of the envelope
    recipient: str
    message: EmailMessage
    login: str

    def part(self, kind: str) -> str:
        """Return the text, or the page, of the e-mail."""
        body: Any = self.message.get_body((kind,))
        return str(body.get_content()).strip()


class MailServer:
    """A mail server that can be down, and that does not like everybody."""

    def __init__(self, certificate: tuple[Path, Path] | None = None, **options: Any) -> None:
        self.port = free_port()
        self._options = {"enable_SMTPUTF8": True, **options}
        self.inbox: list[Mail] = []
        self.logins: list[str] = []  # who has tried
        self.answers: dict[str, list[str]] = {}  # recipient -> what RCPT is answered, one after another, then 250
        self._certificate = certificate
        self._controller: Controller | None = None

    def up(self) -> None:
        """Begin to take e-mail."""
        secure: dict[str, Any] = {}
        if self._certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._certificate)
            secure = {"tls_context": context, "require_starttls": True, "auth_required": True}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._authenticate,
            **{**secure, **self._options},
        )
        self._controller.start()

    def down(self) -> None:
        """Take no connections any more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(
        self, _server: Any, session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answers = self.answers.get(address)
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:
        message: Any = message_from_bytes(envelope.original_content or b"", policy=SMTP)
        login = (session.auth_data or b"").decode()
        self.inbox += [Mail(str(envelope.mail_from), to, message, login) for to in envelope.rcpt_tos]
        return "250 taken"

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data.login.decode())
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False, auth_data=data.login)

    def to(self, address: str) -> list[Mail]:
        """Return what came for an address."""
        return [mail for mail in self.inbox if mail.recipient == address]

    def last_to(self, address: str, count: int = 1) -> Mail:
        """Return the newest e-mail for an address, once there are so many."""
        return eventually(lambda: self.to(address)[count - 1 :], f"e-mail {count} to {address}")[-1]


@contextlib.contextmanager
def mail_server(certificate: tuple[Path, Path] | None = None, **options: Any) -> Iterator[MailServer]:
    """Run a mail server; with a certificate it demands STARTTLS and a login. `options` are aiosmtpd's."""
    server = MailServer(certificate, **options)
    server.up()
    try:
        yield server
    finally:
        server.down()


class Text(msgspec.Struct, frozen=True):
    """A text message as a gateway gets it."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, str]:
        """What was posted."""
        return dict(json.loads(self.body))


class Gateway:
    """A gateway for text messages; `answers` are its next statuses."""

    def __init__(self) -> None:
        self.posted: list[Text] = []
        self.silent = False  # it listens, and says nothing
        self.answers: list[int] = []

    def last_to(self, number: str, count: int = 1) -> str:
        """Return the newest text for a phone number, once there are so many."""
        return eventually(lambda: self.to(number)[count - 1 :], f"text {count} to {number}")[-1]

    def to(self, number: str) -> list[str]:
        """Return what was said to a phone number."""
        return [one.said["Message"] for one in self.posted if one.said["PhoneNumber"] == number]


@contextlib.contextmanager
def sms_gateway() -> Iterator[tuple[Gateway, str]]:
    """Run a gateway; yields it and its URL."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            while gateway.silent:
                time.sleep(0.05)
            status = gateway.answers.pop(0) if gateway.answers else 204
            gateway.posted.append(Text(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway, f"http://127.0.0.1:{server.server_address[1]}/sms"
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()


def certificate(directory: Path) -> tuple[Path, Path]:
    """Make a certificate of 127.0.0.1 that vouches for itself; returns it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "mail.crt", directory / "mail.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
