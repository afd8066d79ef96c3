"""For requests: sign each request, or send a token with it. Only this module needs the library `requests`.

    requests.get(url, auth=SigV4Auth(identity_pool.credentials))
    requests.get(url, auth=TokenAuth(session))

Law: credentials and tokens are asked for anew for each request, and so are refreshed. A body that is a stream cannot be
signed, and is refused. requests follows redirects by itself: what lets somebody in goes to no other place on the way.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from requests import PreparedRequest, Response
from requests.auth import AuthBase
from requests.sessions import SessionRedirectMixin

from gatewright.client.session import Session
from gatewright.client.signing import EXECUTE_API, CredentialSource, current, sign_headers
from gatewright.client.token_source import token_source
from gatewright.core.clock import Clock, SystemClock


class SigV4Auth(AuthBase):
    """Signs requests. Without a `region` it is the one in the API's host name, else `AWS_REGION`, else us-east-1."""

    def __init__(
        self,
        credentials: CredentialSource,
        region: str | None = None,
        service: str = EXECUTE_API,
        *,
        clock: Clock | None = None,
    ) -> None:
        self._credentials = credentials
        self._region = region
        self._service = service
        self._clock: Clock = clock or SystemClock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request that is ready to be sent."""
        body = request.body or b""
        if not isinstance(body, str | bytes):
            raise TypeError("a stream cannot be signed: read it first, and send the bytes")
        content = body.encode() if isinstance(body, str) else body
        headers = [(name, _text(value)) for name, value in request.headers.items() if name.lower() != "authorization"]
        method, url, at = request.method or "GET", request.url or "", self._clock.now()
        added = sign_headers(method, url, headers, content, current(self._credentials), self._service, self._region, at)
        request.headers.update(added)
        _keep_from_others(request, added)
        return request


class TokenAuth(AuthBase):
    """Sends a session's ID token, or with `use="access"` its access token; `scheme=""` sends it bare."""

    def __init__(
        self, session: Session, use: str = "id", *, header: str = "Authorization", scheme: str = "Bearer"
    ) -> None:
        self._token = token_source(session, use)
        self._header = header
        self._scheme = scheme

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Send the token along."""
        request.headers[self._header] = f"{self._scheme} {self._token()}".lstrip()
        _keep_from_others(request, (self._header,))
        return request


def _keep_from_others(request: Any, names: Iterable[str]) -> None:
    """Take headers away before a redirect to another place, as requests does with `Authorization` only."""
    redirects: Any = SessionRedirectMixin()

    def look(response: Response, **_: object) -> None:
        target = redirects.get_redirect_target(response)
        if target is not None and redirects.should_strip_auth(response.url, urljoin(response.url, target)):
            for name in names:
                response.request.headers.pop(name, None)

    request.register_hook("response", look)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
