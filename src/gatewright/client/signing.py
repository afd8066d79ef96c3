"""What a request gets before it is sent: the headers of Signature Version 4.

In: a request as the HTTP library will send it, and credentials. Out: the headers to add. Law: only what nobody on the
way changes is signed: the host, the content's type and every `x-amz-` header, besides the method, the path, the query
and the body. Credentials may be a value or a function that is asked for each request, so that they can be refreshed.

AWS page: IAM user guide, "Create a signed AWS API request".
"""

import os
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from gatewright.wire.sigv4.sign import Credentials, sign

EXECUTE_API = "execute-api"
CredentialSource = Credentials | Callable[[], Credentials]
_SIGNED = frozenset({"host", "content-type", "content-md5"})
_USUAL_PORTS = {"http": ":80", "https": ":443"}
_USUAL_REGION = "us-east-1"


def current(source: CredentialSource) -> Credentials:
    """Return the credentials to sign with now."""
    return source if isinstance(source, Credentials) else source()


def sign_headers(
    method: str,
    url: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    credentials: Credentials,
    service: str,
    region: str | None,
    at: float,
) -> dict[str, str]:
    """Return the headers to add to a request; `url` is encoded as it will be sent, `at` is seconds since the epoch."""
    kept = [
        (name, value)
        for name, value in headers
        if (name.lower() in _SIGNED or name.lower().startswith("x-amz-")) and name.lower() not in _ours(credentials)
    ]
    if not any(name.lower() == "host" for name, _ in kept):
        kept.append(("host", host_of(url)))
    return sign(method.upper(), url, kept, body, credentials, service, region or region_of(url), at)


def _ours(credentials: Credentials) -> tuple[str, ...]:
    """Return the headers that signing adds, and that an earlier attempt may have left behind."""
    return ("x-amz-date", "x-amz-security-token") if credentials.session_token is not None else ("x-amz-date",)


def host_of(url: str) -> str:
    """Return the `Host` header that HTTP libraries send for a URL: without user, and without the usual port."""
    place = urlsplit(url)
    return place.netloc.rpartition("@")[2].removesuffix(_USUAL_PORTS.get(place.scheme, ""))


def region_of(url: str) -> str:
    """Return the region of an API: as its host name says, else as the environment does, else `us-east-1`."""
    labels = (urlsplit(url).hostname or "").split(".")
    if len(labels) > 3 and labels[1] == EXECUTE_API:
        return labels[2]
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _USUAL_REGION
