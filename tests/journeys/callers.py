"""Callers of the guarded API: the keys that they hold, and a connection that sends what they signed byte for byte."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

BODY = '{"name": "caf\u00e9"}'.encode()


@dataclass(frozen=True)
class Key:
    """A key as a caller holds it; a visitor's has a token."""

    access_key_id: str
    secret: str
    token: str | None = None


@dataclass(frozen=True)
class Sent:
    """A signed request, ready to be sent as it stands."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Guarded:
    """A guarded API and those who may call it."""

    url: str  # of the resource, by the stage's host name
    port: int
    region: str
    user: Key
    visitor: Key

    def send(self, sent: Sent) -> tuple[int, dict[str, Any]]:
        """Send it byte for byte; the stage's name need not resolve."""
        parts = urlsplit(sent.url)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(sent.method, target, skip_host=True, skip_accept_encoding=True)
        headers = {name.lower(): value for name, value in sent.headers.items()}
        headers["host"] = parts.netloc
        if sent.body:
            headers["content-length"] = str(len(sent.body))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(sent.body or None)
        answer = connection.getresponse()
        status, text = answer.status, answer.read()
        connection.close()
        return status, json.loads(text)
