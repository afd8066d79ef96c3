"""Who stands at the door: the client behind trusted proxies, and web pages that have no business here."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from gatewright.edge.hosts import Hosts, host_name, is_loopback
from gatewright.wire.http import Request


class DevelopmentGuard:
    """Refuses what a foreign web page could send to a server whose root key everybody knows.

    It stands before the AWS endpoints and the product's own pages, and only with `--dev`. Deployed APIs keep their
    own CORS.
    """

    def __init__(self, hosts: Hosts, allowed_origins: Sequence[str]) -> None:
        self._hosts = hosts
        self._allowed = frozenset(allowed_origins)

    def refuses(self, request: Request) -> str | None:
        """Return why a request is refused, None where it may pass."""
        if not self._hosts.is_ours(host_name(request.host)):
            return "This development server does not answer to this Host. Use localhost, or start it without --dev."
        origin = request.header("origin")
        if origin is None or self.allows(origin):
            return None
        return (
            "This development server has a well-known root key, so it does not answer pages of this origin. "
            "If the page is yours, start the server with --allow-origin and the page's origin."
        )

    def allows(self, origin: str) -> bool:
        """Say whether pages of an origin may speak to us."""
        if origin in self._allowed:
            return True
        try:
            url = urlsplit(origin)
            return url.scheme in ("http", "https") and is_loopback(url.hostname or "")
        except ValueError:
            return False


def trusted_client(request: Request, proxies: frozenset[str]) -> Request:
    """Return the request as coming from the nearest address that is no proxy of ours.

    `X-Forwarded-For` is read from the right, because whatever stands to the left of an untrusted hop, that hop made up.
    """
    if request.client not in proxies:
        return request
    client = request.client
    for hop in reversed((request.header("x-forwarded-for") or "").split(",")):
        if not hop.strip():
            break
        client = hop.strip()
        if client not in proxies:
            break
    return Request(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        client,
        request.scheme,
        request.request_id,
        request.received,
    )
