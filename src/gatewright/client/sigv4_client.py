"""`SigV4Client`: sign one request by hand, in the shape of the JavaScript client that many articles use.

In: `method`, `path`, `headers`, `query_params`, `body`. Out: `url` and `headers` to send, and the `body` as it was
signed. Law: what is returned is exactly what was signed; whoever sends it as it is, is let in.

AWS page: IAM user guide, "Create a signed AWS API request".
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from gatewright.client.signing import EXECUTE_API, sign_headers
from gatewright.core.clock import Clock, SystemClock
from gatewright.wire.sigv4.sign import Credentials

_PATH_SAFE = "/%:@!$&'()*+,;=-._~"  # RFC 3986; what is percent-encoded already stays so
_JSON = "application/json"

QueryParams = Mapping[str, str | int | Sequence[str | int]]


class SignedRequest(msgspec.Struct, frozen=True):
    """A request to send as it is: `httpx.request(s.method, s.url, headers=s.headers, content=s.body)`."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        """Show where it goes, and no signature."""
        return f"SignedRequest({self.method} {self.url})"


class SigV4Client:
    """Signs requests to one API with one set of credentials; `endpoint` is the URL of its stage."""

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        session_token: str | None = None,
        region: str | None = None,
        endpoint: str = "",
        *,
        service_name: str = EXECUTE_API,
        default_content_type: str = _JSON,
        default_accept_type: str = _JSON,
        clock: Clock | None = None,
    ) -> None:
        if urlsplit(endpoint).scheme not in ("http", "https"):
            raise ValueError("endpoint is the URL of the API's stage: https://….amazonaws.com/dev")
        self.endpoint = endpoint.rstrip("/")
        self.region = region
        self._credentials = Credentials(access_key, secret_key, session_token or None)
        self._service = service_name
        self._defaults = {"Accept": default_accept_type, "Content-Type": default_content_type}
        self._clock: Clock = clock or SystemClock()

    def sign_request(
        self,
        method: str = "GET",
        path: str = "",
        headers: Mapping[str, str] | None = None,
        query_params: QueryParams | None = None,
        body: Any = None,
    ) -> SignedRequest:
        """Sign a request. A `body` that is no text and no bytes is sent as JSON; a GET has none.

        Raises:
            ValueError: the path has a query: give it as `query_params`.
            TypeError: the body cannot be written as JSON.
        """
        if "?" in path or "#" in path:
            raise ValueError("the path has no query: give it as query_params")
        method = method.upper()
        content = b"" if body is None or method == "GET" else _content(body)
        url = self.endpoint + quote(path if path.startswith("/") or not path else f"/{path}", safe=_PATH_SAFE)
        query = _query(query_params or {})
        url += f"?{query}" if query else ""
        given = self._with_defaults(headers or {}, content)
        at = self._clock.now()
        added = sign_headers(method, url, given.items(), content, self._credentials, self._service, self.region, at)
        return SignedRequest(method, url, given | added, content)

    def _with_defaults(self, headers: Mapping[str, str], content: bytes) -> dict[str, str]:
        named = {name.lower() for name in headers}
        missing = {name: value for name, value in self._defaults.items() if name.lower() not in named}
        if not content:
            missing.pop("Content-Type", None)
        return {**headers, **missing}


def _content(body: Any) -> bytes:
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _query(parameters: QueryParams) -> str:
    """Encode as AWS does: a space is %20."""
    pairs: list[tuple[str, str | int]] = []
    for name, value in parameters.items():
        several = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        pairs += [(name, one) for one in several]
    return "&".join(f"{quote(name, safe='-._~')}={quote(str(value), safe='-._~')}" for name, value in pairs)
