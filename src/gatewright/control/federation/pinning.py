"""Providers whose certificate the system does not trust: the thumbprints of `CreateOpenIDConnectProvider`.

In: a host, an address of it, and SHA-1 thumbprints. Out: a TLS context that trusts exactly the certificate with one of
these thumbprints, or None. Law: a thumbprint names an anchor and replaces no check: the chain must lead to that very
certificate, be in date and be for the host. Providers whose certificate the system trusts need no thumbprint, as at
AWS.
Source: IAM user guide, "Obtain the thumbprint for an OpenID Connect identity provider".
"""

import asyncio
import hashlib
import ssl
from typing import Any


async def pinned_context(host: str, where: tuple[str, int], thumbprints: tuple[str, ...]) -> ssl.SSLContext | None:
    """Return a context that trusts the presented certificate that has one of the thumbprints, None without one."""
    if not thumbprints:
        return None
    wanted = {thumbprint.lower() for thumbprint in thumbprints}
    for certificate in await _presented(host, where):
        if hashlib.sha1(certificate, usedforsecurity=False).hexdigest() in wanted:
            context = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(certificate))
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the anchor may be an intermediate, as AWS advises
            return context
    return None


async def _presented(host: str, where: tuple[str, int]) -> list[bytes]:
    """Return the certificates that a server shows, the server's own first; nothing is sent and nothing is trusted."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection(*where, ssl=context, server_hostname=host)
    try:
        return _chain(writer.get_extra_info("ssl_object"))
    finally:
        writer.close()


def _chain(connection: Any) -> list[bytes]:
    # Public from Python 3.13 on; before, the same call exists on the object inside.
    inner = getattr(connection, "_sslobj", connection)
    shown = inner.get_unverified_chain() if hasattr(inner, "get_unverified_chain") else None
    if not shown:
        leaf = connection.getpeercert(binary_form=True)
        return [leaf] if leaf else []
    return [one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in shown]
