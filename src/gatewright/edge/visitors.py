"""Who stands at the door: the client behind trusted proxies, and web pages that have no business here."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from gatewright.edge.hosts import Hosts, host_name, is_loopback
from gatewright.wire.http import LongRequest, Request

# A page's GET for an image, a script or a frame has no Origin, and a presigned URL needs nothing but a GET; browsers
# then say only this. Clients that are no browsers do not send it.
_FOREIGN = frozenset({"cross-site"})
_SCHEMES = frozenset({"http", "https"})


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
        if self.allows(origin) if origin is not None else request.header("sec-fetch-site") not in _FOREIGN:
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
    """Return the request as coming from the nearest address that is no proxy of ours, and as it was sent to the proxy.

    `X-Forwarded-For` is read from the right, because whatever stands to the left of an untrusted hop, that hop made up.
    Of `X-Forwarded-Proto` the last word counts, the nearest proxy's: it must set the header, or a client could.
    """
    if request.client not in proxies:
        return request
    client = request.client
    for hop in reversed((request.header("x-forwarded-for") or "").split(",")):
        address = _address(hop.strip())
        if address is None:  # then the proxy that wrote it is all that is known
            break
        client = address
        if client not in proxies:
            break
    seen = Request(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        client,
        _scheme(request),
        request.request_id,
        request.received,
        request.spelling,
    )
    return LongRequest.of(seen, request.upload) if isinstance(request, LongRequest) else seen


def _scheme(request: Request) -> str:
    said = (request.header("x-forwarded-proto") or "").rpartition(",")[2].strip().lower()
    return said if said in _SCHEMES else request.scheme


def _address(hop: str) -> str | None:
    """Return the address in one entry of `X-Forwarded-For`, which may have a port; None where there is none."""
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        address = ip_address(hop)
        return str(getattr(address, "ipv4_mapped", None) or address)
    except ValueError:
        return None
