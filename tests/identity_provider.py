"""A small OpenID Connect issuer whose keys and failures a test decides: discovery and key set over real sockets."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

_RSA = RSAKey.generate_key(2048)  # one for all tests: making one takes a tenth of a second
_OTHER = RSAKey.generate_key(2048)
_EC = ECKey.generate_key("P-256")


class Issuer:
    """A running issuer."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.name = self.url.partition("://")[2]
        self.asked: list[str] = []  # paths that were fetched
        self.keys: dict[str, Any] = {"rsa": _RSA, "ec": _EC}
        self.answer: dict[str, tuple[int, bytes]] = {}  # path -> status and body, instead of the usual

    def register(self, iam: Any, *client_ids: str) -> str:
        """Register the issuer as a provider of the account; returns its ARN."""
        made = iam.create_open_id_connect_provider(Url=self.url, ClientIDList=list(client_ids or ("app",)))
        return str(made["OpenIDConnectProviderArn"])

    def token(self, key_id: str = "rsa", algorithm: str = "", key: Any = None, **claims: Any) -> str:
        """Return a token; a claim that is None is left out."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": "app", "sub": "ann", "iat": now, "exp": now + 300}
        content = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        signing = key or self.keys.get(key_id) or _OTHER
        algorithm = algorithm or ("ES256" if isinstance(signing, ECKey) else "RS256")
        header = {"alg": algorithm, "kid": key_id, "typ": "JWT"}
        return jws.serialize_compact(header, json.dumps(content).encode(), signing, algorithms=[algorithm])

    def document(self, path: str) -> tuple[int, bytes]:
        """Return what a path answers."""
        self.asked.append(path)
        if path in self.answer:
            return self.answer[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps({"issuer": self.url, "jwks_uri": f"{self.url}/keys"}).encode()
        if path == "/keys":
            entries = [{**key.as_dict(private=False), "kid": kid, "use": "sig"} for kid, key in self.keys.items()]
            return 200, json.dumps({"keys": entries}).encode()
        return 404, b""


def stranger() -> RSAKey:
    """Return a key that no issuer publishes."""
    return _OTHER


@contextlib.contextmanager
def issuer() -> Iterator[Issuer]:
    """Run an issuer."""
    found: list[Issuer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = found[0].document(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.append(Issuer(server))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield found[0]
    finally:
        server.shutdown()
        server.server_close()
