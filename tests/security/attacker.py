"""What an attacker holds: a socket, and a pen that signs whatever it likes, in ways that no client would."""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import digest

from gatewright.core.clock import amz_date
from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import canonical_request, string_to_sign
from gatewright.wire.sigv4.sign import Credentials, signing_key
from tests.running import Running

Pairs = Iterable[tuple[str, str]]
ROOT = Credentials("test", "test")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
WHO_AM_I = b"Action=GetCallerIdentity&Version=2011-06-15"


@dataclass(frozen=True)
class Answer:
    """One response, as it came."""

    status: int
    headers: dict[str, str]  # lower-case names; the last of several
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def error(self) -> str:
        """What the answer calls its error, without the service's prefix; empty where it names none."""
        return self.headers.get("x-amzn-errortype", "").partition(":")[0]


def say(port: int, data: bytes, *, pieces: int = 1, timeout: float = 10.0) -> bytes:
    """Send bytes, end the sending side, and return everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        step = max(1, -(-len(data) // pieces))
        try:
            for start in range(0, len(data), step):
                connection.sendall(data[start : start + step])
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass  # it was refused before it was all said
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


def answers(data: bytes) -> list[Answer]:
    """Read responses one after the other; an interim one (100) is skipped."""
    found = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        length = int(headers.get("content-length", "0"))
        status = int(line.split(" ")[1])
        if status != 100:
            found.append(Answer(status, headers, rest[:length]))
        data = rest[length:] if status != 100 else rest
    return found


def text_of(method: str, target: str, headers: Pairs, body: bytes = b"") -> bytes:
    """Write a request as bytes; the connection is closed after it."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    names = {name.lower() for name, _ in headers}
    if body and not names & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def ask(port: int, method: str, target: str, headers: Pairs = (), body: bytes = b"", host: str = "localhost") -> Answer:
    """Send one request and return its answer."""
    headers = list(headers)
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", host))
    (answer,) = answers(say(port, text_of(method, target, headers, body)))
    return answer


@dataclass
class Pen:
    """Signs as told, right or wrong."""

    key: Credentials = ROOT
    service: str = "sts"
    region: str = "us-east-1"
    host: str = "localhost"
    at: float = field(default_factory=time.time)
    day: str = ""  # of the scope; else the date's
    terminator: str = "aws4_request"
    names: tuple[str, ...] | None = None  # SignedHeaders; else every header
    payload: str = ""  # the hash that is signed; else the body's

    def headers(self, method: str, target: str, extra: Pairs = (), body: bytes = b"") -> list[tuple[str, str]]:
        """Return the headers of a signed request, all of them."""
        date = amz_date(self.at)
        sent = [("Host", self.host), ("X-Amz-Date", date), *extra]
        if self.key.session_token is not None:
            sent.append(("X-Amz-Security-Token", self.key.session_token))
        path, _, query = target.partition("?")
        bare = Request(method, path, query, tuple((name.lower(), value) for name, value in sent), body)
        names = self.names or tuple(sorted({name.lower() for name, _ in sent}))
        scope = f"{self.day or date[:8]}/{self.region}/{self.service}/{self.terminator}"
        canonical = canonical_request(bare, names, self.payload or sha256(body).hexdigest(), service=self.service)
        secret = signing_key(self.key.secret_access_key, scope.partition("/")[0], self.region, self.service)
        signature = digest(secret, string_to_sign(canonical, date, scope).encode(), "sha256").hex()
        said = (
            f"AWS4-HMAC-SHA256 Credential={self.key.access_key_id}/{scope}, SignedHeaders={';'.join(names)}, "
            f"Signature={signature}"
        )
        return [*sent, ("Authorization", said)]

    def ask(self, port: int, method: str, target: str, extra: Pairs = (), body: bytes = b"") -> Answer:
        """Sign a request, send it, and return its answer."""
        return ask(port, method, target, self.headers(method, target, extra, body), body)

    def who_am_i(self, port: int, extra: Pairs = ()) -> Answer:
        """Ask STS, which answers everybody who has a signature."""
        return self.ask(port, "POST", "/", [FORM, *extra], WHO_AM_I)


def user(running: Running, name: str = "alice", *statements: dict[str, object]) -> Credentials:
    """Make a user with a key, who may do what the statements allow."""
    import json

    iam = running.client("iam")
    iam.create_user(UserName=name)
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"])
