"""Which pages may use a passkey of a relying party. Pure.

In: the origin that a browser wrote down, and the relying party's domain. Out: whether they belong together. Law: the
page's host is the domain or below it, and came by https; by http only from the machine itself. Origins of apps
(`android:apk-key-hash:…`) are not taken. Source: Web Authentication Level 2, "Validating the origin of a credential".
"""

from urllib.parse import urlsplit

_LOCAL = "localhost"


def is_allowed_origin(origin: str, relying_party_id: str) -> bool:
    """Say whether a page of an origin may use a passkey of a relying party."""
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if origin != f"{parts.scheme}://{host}" + (f":{port}" if port is not None else ""):
        return False  # not as browsers write origins: a path, a user, capitals …
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_within(host, _LOCAL)):
        return False
    return _is_within(host, relying_party_id)


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
