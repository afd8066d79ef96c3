"""Fetch a small public document from an identity provider, and nothing else.

In: a URL that follows from what an administrator registered. Out: at most 256 KiB of bytes, within five seconds. Law:
https with a verified certificate (plain http on loopback, with `--dev` only); no redirects, no proxies, no cookies, no
decompression; never an address that only a machine itself can be meant by: link-local (where clouds keep their
metadata), loopback without `--dev`, multicast. The address that was checked is the one that is connected to. Private
networks are allowed: that is where an operator's own provider lives.
Source: OWASP, "Server Side Request Forgery Prevention".
"""

import asyncio
import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from gatewright.control.federation.pinning import pinned_context

_MOST = 262_144  # bytes
_SECONDS = 5.0
_METADATA = frozenset({"fd00:ec2::254"})  # in the private range, and still nobody's identity provider

Resolved = tuple[str, int, int]  # address, port, family


class FetchFailed(Exception):  # whoever asked knows what it means
    """The document could not be fetched; the message says why, for the trace."""


def check_url(url: str, *, dev: bool) -> SplitResult:
    """Return a URL taken apart, if it is one that may be fetched.

    Raises:
        FetchFailed: it is not.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise FetchFailed("not a URL") from None
    plain = parts.scheme == "http" and dev and is_loopback_name(host)
    if not (parts.scheme == "https" or plain) or not host or port == 0:
        raise FetchFailed(f"{url[:200]} is not an https:// URL")
    if parts.username is not None or parts.password is not None:
        raise FetchFailed("a URL with a user in it is not fetched")
    return parts


def is_loopback_name(host: str) -> bool:
    """Say whether a host name can only be this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_forbidden(address: str, *, dev: bool) -> bool:
    """Say whether an IP address must not be connected to."""
    parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if parsed.is_loopback:
        return not dev
    nobody = parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified or parsed.is_reserved
    return nobody or str(parsed) in _METADATA


async def resolve(host: str, port: int, *, dev: bool) -> list[Resolved]:
    """Return the addresses of a host, if none of them is forbidden.

    Raises:
        FetchFailed: it has none, or a forbidden one.
    """
    try:
        # Debian's resolver does not know *.localhost; every browser does.
        name = "127.0.0.1" if host.endswith(".localhost") else host
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError:
        raise FetchFailed(f"{host} has no address") from None
    addresses = [(str(where[0]), port, int(family)) for family, _, _, _, where in found]
    if not addresses or any(is_forbidden(address, dev=dev) for address, _, _ in addresses):
        raise FetchFailed(f"{host} is at an address that is not fetched from")
    return addresses


async def fetch(url: str, *, dev: bool, thumbprints: tuple[str, ...] = ()) -> bytes:
    """Return the document at a URL.

    `thumbprints` are those that a provider was registered with: a certificate that the system does not trust is
    accepted where its chain holds one of these (see `pinning.py`).

    Raises:
        FetchFailed: it could not be fetched, or not within the rules.
    """
    parts = check_url(url, dev=dev)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(_SECONDS):
            addresses = await resolve(host, port, dev=dev)
            try:
                return await _get(url, addresses, None)
            except ssl.SSLCertVerificationError:
                context = await pinned_context(host, addresses[0][:2], thumbprints)
                if context is None:
                    raise
                return await _get(url, addresses, context)
    except TimeoutError:
        raise FetchFailed(f"{host} did not answer within {_SECONDS:.0f} seconds") from None
    except ssl.SSLError as error:
        raise FetchFailed(f"the certificate of {host} is not trusted: {error.reason}") from None
    except (OSError, ValueError) as error:
        raise FetchFailed(f"{host} cannot be reached: {type(error).__name__}") from None


async def _get(url: str, addresses: list[Resolved], context: ssl.SSLContext | None) -> bytes:
    """Get a URL from addresses that were checked."""
    import aiohttp  # a fifth of a second: only who has providers pays it

    connector = aiohttp.TCPConnector(resolver=_resolver(addresses), ssl=True if context is None else context)
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=_SECONDS),
        auto_decompress=False,
        trust_env=False,
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Gatewright"},
    )
    try:
        async with session, session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise FetchFailed(f"{url[:200]} answered {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_chunked(16_384):
                body += chunk
                if len(body) > _MOST:
                    raise FetchFailed(f"{url[:200]} is longer than {_MOST} bytes")
            return bytes(body)
    except aiohttp.ClientConnectorCertificateError as error:
        raise _certificate_error(error) from None
    except aiohttp.ClientError as error:
        raise FetchFailed(f"{url[:200]} cannot be fetched: {type(error).__name__}") from None


def _certificate_error(error: Any) -> Exception:
    cause = error.certificate_error
    return cause if isinstance(cause, ssl.SSLError) else ssl.SSLCertVerificationError(str(cause))


def _resolver(addresses: list[Resolved]) -> Any:
    """Return a resolver that knows only the addresses that were checked: no second look-up, no rebinding."""
    from aiohttp.abc import AbstractResolver

    class Checked(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> Any:
            return [
                {"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}
                for address, _, family in addresses
            ]

        async def close(self) -> None:
            return None

    return Checked()
