"""For httpx, plain and asynchronous: sign each request, or send a token with it.

    httpx.get(url, auth=SigV4Auth(identity_pool.credentials))
    httpx.get(url, auth=TokenAuth(session))

Law: credentials and tokens are asked for anew for each request, and so are refreshed; where that may wait for the
network, an asynchronous client's loop does not.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator

import httpx

from gatewright.client.session import Session
from gatewright.client.signing import EXECUTE_API, CredentialSource, current, sign_headers
from gatewright.client.token_source import token_source
from gatewright.core.clock import Clock, SystemClock
from gatewright.wire.sigv4.sign import Credentials

_Flow = Generator[httpx.Request, httpx.Response, None]
_AsyncFlow = AsyncGenerator[httpx.Request, httpx.Response]


class SigV4Auth(httpx.Auth):
    """Signs requests. Without a `region` it is the one in the API's host name, else `AWS_REGION`, else us-east-1."""

    requires_request_body = True

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

    def sync_auth_flow(self, request: httpx.Request) -> _Flow:
        """Sign for `httpx.Client`."""
        request.read()
        self._sign(request, current(self._credentials))
        yield request

    async def async_auth_flow(self, request: httpx.Request) -> _AsyncFlow:
        """Sign for `httpx.AsyncClient`."""
        await request.aread()
        source = self._credentials
        self._sign(request, source if isinstance(source, Credentials) else await asyncio.to_thread(source))
        yield request

    def _sign(self, request: httpx.Request, credentials: Credentials) -> None:
        target = request.url.raw_path.decode("ascii")  # as it goes over the wire
        url = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{target}"
        headers = [(name, value) for name, value in request.headers.multi_items() if name.lower() != "authorization"]
        at = self._clock.now()
        request.headers.update(
            sign_headers(request.method, url, headers, request.content, credentials, self._service, self._region, at)
        )


class TokenAuth(httpx.Auth):
    """Sends a session's ID token, or with `use="access"` its access token; `scheme=""` sends it bare."""

    def __init__(
        self, session: Session, use: str = "id", *, header: str = "Authorization", scheme: str = "Bearer"
    ) -> None:
        self._token = token_source(session, use)
        self._header = header
        self._scheme = scheme

    def sync_auth_flow(self, request: httpx.Request) -> _Flow:
        """Send the token, for `httpx.Client`."""
        self._put(request, self._token())
        yield request

    async def async_auth_flow(self, request: httpx.Request) -> _AsyncFlow:
        """Send the token, for `httpx.AsyncClient`."""
        self._put(request, await asyncio.to_thread(self._token))
        yield request

    def _put(self, request: httpx.Request, token: str) -> None:
        request.headers[self._header] = f"{self._scheme} {token}".lstrip()
