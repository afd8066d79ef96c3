"""Where messages leave the product: the mail server and the gateway for text messages, read from their settings. Pure.

In: the texts of the settings. Out: where to connect to, checked. Law: a password travels over TLS with a verified
certificate, or not beyond this machine; an error never repeats a password. Source: RFC 3207 (STARTTLS), RFC 8314.
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_SHORTEST_SECRET = 16  # characters
_LONGEST_NAME = 200  # characters of a sender's: AWS takes 130,000, which would hold us up for seconds in each e-mail
# One address and no second one: nothing in it could begin another address, a comment, a line or an encoded word.
_LETTER = r"[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f\ud800-\udfff]"
_ADDRESS = re.compile(rf"(?!.*=\?){_LETTER}{{1,64}}@{_LETTER}{{1,255}}")
# The blanks after a name belong to it: looked for behind every letter of 130,000, they would take minutes.
_NAMED = re.compile(r'(?:"(?P<quoted>[^"\\]*)"\s*|(?P<name>[^"<>@,;:\\]*))<(?P<address>[^<>]*)>')


class SmtpServer(msgspec.Struct, frozen=True):
    """A mail server that takes our mail."""

    scheme: str  # smtp: plain; smtp+starttls: TLS is demanded before anything is said; smtps: TLS from the first byte
    host: str
    port: int
    username: str
    password: str

    def __repr__(self) -> str:
        """Show where, and no password."""
        return f"SmtpServer({self.scheme}://{self.host}:{self.port})"


def read_smtp_url(url: str) -> SmtpServer:
    """Return the mail server at `smtp+starttls://USER:PASSWORD@HOST:PORT`, or another of the three schemes.

    Raises:
        ValueError: it is none, or a password would be sent in clear.
    """
    parts, port = _split(url, "SMTP")
    host, username, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme not in _PORTS or not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("bad SMTP URL: use smtp://HOST, smtp+starttls://USER:PASSWORD@HOST or smtps://…")
    if bool(username) != bool(password):
        raise ValueError("bad SMTP URL: USER and PASSWORD are a pair, give both or neither")
    if password and parts.scheme == "smtp" and not is_loopback(host):
        raise ValueError("the SMTP password would be sent in clear: use smtp+starttls:// or smtps://")
    return SmtpServer(parts.scheme, host, port or _PORTS[parts.scheme], username, password)


class Sender(msgspec.Struct, frozen=True):
    """Who a message is from."""

    name: str
    address: str


def read_sender(text: str) -> Sender:
    """Return the one sender that `someone@example.com` or `Some One <someone@example.com>` names.

    Raises:
        ValueError: it names none, or more than that.
    """
    named = _NAMED.fullmatch(text.strip())
    address = named["address"] if named else text.strip()
    name = ((named["quoted"] or named["name"] or "") if named else "").strip()
    atoms = address.replace("@", ".").split(".")
    if not is_address(address) or not all(atoms) or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise ValueError("bad sender of e-mail: use someone@example.com or Some One <someone@example.com>")
    return Sender(name, address)


def is_address(text: str) -> bool:
    """Say whether a text is one e-mail address, and can be nothing else in a header."""
    return _ADDRESS.fullmatch(text) is not None


def check_gateway(url: str, secret: str) -> None:
    """Refuse an address of a gateway for text messages that codes must not be sent to.

    Raises:
        ValueError: why not.
    """
    parts, _ = _split(url, "SMS")
    plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not (parts.scheme == "https" or plain) or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("bad SMS URL: use https://HOST/PATH without a user (http:// on this machine only)")
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"the SMS secret signs what is posted: give {_SHORTEST_SECRET} characters or more")


def _split(url: str, what: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise ValueError(f"bad {what} URL: it cannot be read") from None


def is_loopback(host: str) -> bool:
    """Say whether a host name can only be this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
