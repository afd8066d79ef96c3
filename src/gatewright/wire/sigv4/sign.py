"""The client's side: sign a request in its headers, or presign a URL.

In: what will be sent, credentials, the moment. Out: the headers to add, or the URL. Law: it uses the same canonical
request as the verifier, so that the two cannot drift apart; tests compare both with AWS's own clients.

AWS page: IAM user guide, "Create a signed AWS API request".
"""

from collections.abc import Iterable
from hashlib import sha256
from hmac import digest
from urllib.parse import quote, urlsplit

import msgspec

from gatewright.core.clock import amz_date as format_amz_date
from gatewright.wire.http import Headers, Request
from gatewright.wire.sigv4.canonical import canonical_request, string_to_sign

_HeaderPairs = Iterable[tuple[str, str]]

# What clients and proxies change on the way.
_NOT_SIGNED = frozenset(
    {"authorization", "connection", "expect", "te", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"}
)


_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))  # RFC 2104's ipad and opad


class Credentials(msgspec.Struct, frozen=True):
    """What a client signs with."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        """Show the key's name only."""
        return f"Credentials({self.access_key_id})"


def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """Derive the key that signs on one date (`YYYYMMDD`), in one region, for one service."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = digest(key, part.encode("utf-8", "surrogatepass"), "sha256")
    return key


class KeyedHash:
    """HMAC-SHA-256 (RFC 2104) under one key of at most 64 bytes, whose blocks are hashed once and for all."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        assert len(key) <= 64  # longer ones would have to be hashed first; signing keys have 32
        block = key.ljust(64, b"\0")
        self._inner = sha256(block.translate(_INNER))
        self._outer = sha256(block.translate(_OUTER))

    def hex(self, message: bytes) -> str:
        """Return the message's code in hexadecimal."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.hexdigest()


def sign(
    method: str,
    url: str,
    headers: _HeaderPairs,
    body: bytes,
    credentials: Credentials,
    service: str,
    region: str,
    at: float,
) -> dict[str, str]:
    """Return the headers to add. `url` is encoded as it will be sent; `at` is in seconds since the epoch."""
    amz_date = format_amz_date(at)
    added = {"X-Amz-Date": amz_date}
    if credentials.session_token is not None:
        added["X-Amz-Security-Token"] = credentials.session_token
    request = _request(method, url, [*headers, *added.items()], body)
    signed = tuple(sorted({name for name, _ in request.headers}))
    payload = request.header("x-amz-content-sha256") or sha256(body).hexdigest()
    canonical = canonical_request(request, signed, payload, service=service)
    scope = f"{amz_date[:8]}/{region}/{service}/aws4_request"
    signature = _signature(credentials, canonical, amz_date, scope)
    added["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(signed)}, Signature={signature}"
    )
    return added


def presign(
    method: str,
    url: str,
    headers: _HeaderPairs,
    credentials: Credentials,
    service: str,
    region: str,
    at: float,
    expires: int = 900,
) -> str:
    """Return the URL with its signature in the query, good for `expires` seconds; `headers` must be sent with it."""
    amz_date = format_amz_date(at)
    scope = f"{amz_date[:8]}/{region}/{service}/aws4_request"
    base = _request(method, url, headers, b"")
    signed = tuple(sorted({name for name, _ in base.headers}))
    terms = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{credentials.access_key_id}/{scope}",
        "X-Amz-Date": amz_date,
        "X-Amz-Expires": str(expires),
        "X-Amz-SignedHeaders": ";".join(signed),
    }
    if credentials.session_token is not None:
        terms["X-Amz-Security-Token"] = credentials.session_token
    added = "&".join([f"{name}={quote(value, safe='')}" for name, value in terms.items()])
    query = f"{base.query}&{added}" if base.query else added
    request = Request(base.method, base.path, query, base.headers)
    canonical = canonical_request(request, signed, sha256(b"").hexdigest(), service=service)
    place = urlsplit(url)
    signature = _signature(credentials, canonical, amz_date, scope)
    return f"{place.scheme}://{place.netloc}{base.path}?{query}&X-Amz-Signature={signature}"


def _request(method: str, url: str, headers: _HeaderPairs, body: bytes) -> Request:
    """Return the request as the server will see it, with the headers that are signed only."""
    place = urlsplit(url)
    kept: Headers = tuple(
        (name.lower(), value.strip(" \t")) for name, value in headers if name.lower() not in _NOT_SIGNED
    )
    if not any(name == "host" for name, _ in kept):
        kept = (("host", place.netloc.rpartition("@")[2]), *kept)
    return Request(method, place.path or "/", place.query, kept, body)


def _signature(credentials: Credentials, canonical: str, amz_date: str, scope: str) -> str:
    date, region, service, _ = scope.split("/")
    key = signing_key(credentials.secret_access_key, date, region, service)
    return digest(key, string_to_sign(canonical, amz_date, scope).encode(), "sha256").hex()
