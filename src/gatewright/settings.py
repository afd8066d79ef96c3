"""The product's settings: from the command line, `GATEWRIGHT_…` variables and a TOML file, in this order of strength.

In: three sources of names and texts. Out: one frozen `Settings`, checked as a whole. Law: a setting that is unknown,
malformed or contradicts another is refused before anything is started.
"""

import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec

from gatewright.core.channels import check_gateway, is_loopback, read_sender, read_smtp_url

_PREFIX = "GATEWRIGHT_"
_SAMPLED = 0.01
_LISTS = frozenset({"allow_origin", "login_provider", "trusted_proxies"})
NOT_ON_COMMAND_LINES = (  # secrets, which every process could read there, and what belongs to them
    "root_access_key_id",
    "root_secret_access_key",
    "master_key",
    "trusted_proxies",
    "smtp_url",
    "mail_from",
    "sms_url",
    "sms_secret",
)
_NEARLY = 0.8  # how alike a slip and a setting's name are
LOGIN_PROVIDERS = ("accounts.google.com", "appleid.apple.com", "graph.facebook.com", "www.amazon.com")


class SettingsError(Exception):
    """A setting cannot be used. The message is one line for the person who started the product."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that an operator may choose."""

    host: str = "127.0.0.1"
    port: int = 4566
    data: Path = Path(".gatewright")
    database: str = ""  # URL; empty: SQLite in the data directory
    workers: int = 1
    domain: str = "localhost"
    public_url: str = ""  # empty: http://{domain}:{port}
    account: str = "000000000000"
    dev: bool = False
    allow_origin: tuple[str, ...] = ()
    login_provider: tuple[str, ...] = ()  # accounts.google.com=https://ISSUER: whose tokens those are
    root_access_key_id: str = ""
    root_secret_access_key: str = ""
    master_key: str = ""
    keep_requests: int = 10_000  # refusals that are kept for `gatewright explain`, and as many sampled successes
    sample_successes: float | None = None  # share of the successes that are kept; None: all with --dev, else 1 in 100
    refuse_replays: bool = False  # each signature once, where AWS admits it until it expires
    trusted_proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For and X-Forwarded-Proto are believed
    max_connections: int = 10_000  # of one worker; the next one is answered 503
    max_body_memory: int = 1_024  # megabytes of request bodies that one worker reads or answers at a time
    smtp_url: str = ""  # smtp+starttls://USER:PASSWORD@HOST, …: where e-mail leaves
    mail_from: str = ""  # the sender of e-mail, and where it bounces to
    sms_url: str = ""  # where text messages are posted
    sms_secret: str = ""  # signs what is posted there
    issuer_style: str = "own"  # of user-pool tokens: own ({public_url}/{pool}), or aws (AWS's host name)

    @property
    def kept_share(self) -> float:
        """The share of the successes that are kept."""
        if self.sample_successes is not None:
            return self.sample_successes
        return 1.0 if self.dev else _SAMPLED

    def channel(self, medium: str) -> str:
        """Return how a message leaves: `SMTP`, `WEBHOOK`, not at all (`MAILBOX`), or "" where it cannot be sent.

        The local mailbox is for servers without any channel, and for development: a server that delivers e-mail never
        lets a text message wait where nobody looks.
        """
        if medium == "EMAIL" and self.smtp_url:
            return "SMTP"
        if medium == "SMS" and self.sms_url:
            return "WEBHOOK"
        return "MAILBOX" if self.dev or not (self.smtp_url or self.sms_url) else ""

    def __repr__(self) -> str:
        """Show where and how, and no key and no password: settings end up in tracebacks."""
        return f"Settings({self.host}:{self.port}, data={str(self.data)!r}, dev={self.dev})"

    @property
    def address(self) -> str:
        """Where clients reach the product: `public_url`, or what follows from the domain and the port."""
        return self.public_url.rstrip("/") or f"http://{self.domain}:{self.port}"


def load(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Put the three sources together; `flags` holds only what was given on the command line.

    Raises:
        SettingsError: a setting cannot be used.
    """
    merged: dict[str, Any] = _from_file(file) if file is not None else {}
    merged |= _from_environ(environ)
    merged |= {name: value for name, value in flags.items() if value is not None}
    try:
        settings = msgspec.convert(merged, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"bad setting: {_of_setting(error)}") from None
    _check(settings)
    return settings


def _path(kind: type, value: Any) -> Any:
    """Read what msgspec has no reading of: a path, from its text."""
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise ValueError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")


def _from_file(file: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(file.read_text())
    except OSError as error:
        raise SettingsError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # not all of them are the library's own
        raise SettingsError(f"{file} is not TOML: {error}") from None
    for name in found:
        if name not in Settings.__struct_fields__:
            near = _near(name)
            raise SettingsError(f"{file}: there is no setting {name!r}" + (f": is {near!r} meant?" if near else ""))
    return found


def _of_setting(error: msgspec.ValidationError) -> str:
    """Return msgspec's words with the setting's name first: ``port: Expected `int`, got `str` ``."""
    said, _, place = str(error).partition(" - at `$.")
    return f"{place.rstrip('`')}: {said}" if place else said


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    _refuse_slips(environ)
    for name in Settings.__struct_fields__:
        value = environ.get(_PREFIX + name.upper())
        if value:
            found[name] = [item.strip() for item in value.split(",")] if name in _LISTS else value
    return found


def _refuse_slips(environ: Mapping[str, str]) -> None:
    """Refuse a variable that is nearly a setting: what it was meant to set would silently not be so."""
    for variable in environ:
        name = variable.removeprefix(_PREFIX).lower()
        if variable.startswith(_PREFIX) and name not in Settings.__struct_fields__:
            near = _near(name)
            if near:
                raise SettingsError(f"there is no setting {variable}: is {_PREFIX}{near.upper()} meant?")


def _near(name: str) -> str:
    """Return the setting whose name is nearly this one, or ""."""
    from difflib import get_close_matches  # only after a slip: a hundredth of a second at each start

    return next(iter(get_close_matches(name, Settings.__struct_fields__, 1, _NEARLY)), "")


def _check(settings: Settings) -> None:
    if not 0 <= settings.port <= 65_535:
        raise SettingsError(f"bad port {settings.port}: use 1 to 65535, or 0 for any free one")
    if not 1 <= settings.workers <= 256:
        raise SettingsError(f"bad number of workers {settings.workers}: use 1 to 256")
    if len(settings.account) != 12 or not (settings.account.isascii() and settings.account.isdigit()):
        raise SettingsError(f"bad account {settings.account!r}: an AWS account id has 12 digits")
    if not 100 <= settings.keep_requests <= 10_000_000:
        raise SettingsError(f"bad number of kept requests {settings.keep_requests}: use 100 to 10000000")
    if not 1 <= settings.max_connections <= 1_000_000:
        raise SettingsError(f"bad number of connections {settings.max_connections}: use 1 to 1000000")
    if not 16 <= settings.max_body_memory <= 1_048_576:
        raise SettingsError(f"bad memory for bodies {settings.max_body_memory}: use 16 to 1048576 megabytes")
    if not 0 <= settings.kept_share <= 1:
        raise SettingsError(f"bad share of successes {settings.sample_successes}: use 0 (none) to 1 (all)")
    if settings.database and not settings.database.startswith(("sqlite:", "postgresql:", "postgres:")):
        raise SettingsError("bad database URL: use sqlite:///FILE or postgresql://USER@HOST/NAME")
    if bool(settings.root_access_key_id) != bool(settings.root_secret_access_key):
        raise SettingsError(
            "GATEWRIGHT_ROOT_ACCESS_KEY_ID and GATEWRIGHT_ROOT_SECRET_ACCESS_KEY are a pair: set both, or neither"
        )
    if settings.issuer_style not in {"own", "aws"}:
        raise SettingsError(f"bad issuer style {settings.issuer_style!r}: use own or aws")
    for entry in settings.login_provider:
        name, _, issuer = entry.partition("=")
        if name not in LOGIN_PROVIDERS or not issuer.startswith(
            ("https://", "http://") if settings.dev else "https://"
        ):
            known = ", ".join(LOGIN_PROVIDERS)
            raise SettingsError(f"bad login provider {entry!r}: use NAME=https://ISSUER, NAME being one of {known}")
    _check_channels(settings)
    for proxy in settings.trusted_proxies:
        if not _is_address(proxy):
            raise SettingsError(
                f"bad trusted proxy {proxy!r}: use addresses, one for each proxy; ranges are not supported"
            )
    if settings.refuse_replays and settings.database.startswith("postgres"):
        raise SettingsError(
            "--refuse-replays remembers signatures in the data directory, so that with PostgreSQL each node would "
            "admit a signature once: use SQLite, with as many --workers as you like, or leave it out"
        )
    if settings.dev and not is_loopback(settings.host):
        raise SettingsError(
            f"--dev has a root key that everybody knows, so it listens on loopback only, not on {settings.host}"
        )


def _check_channels(settings: Settings) -> None:
    if bool(settings.smtp_url) != bool(settings.mail_from):
        raise SettingsError("GATEWRIGHT_SMTP_URL and GATEWRIGHT_MAIL_FROM are a pair: set both, or neither")
    if bool(settings.sms_url) != bool(settings.sms_secret):
        raise SettingsError("GATEWRIGHT_SMS_URL and GATEWRIGHT_SMS_SECRET are a pair: set both, or neither")
    try:
        if settings.smtp_url:
            read_smtp_url(settings.smtp_url)
            read_sender(settings.mail_from)
        if settings.sms_url:
            check_gateway(settings.sms_url, settings.sms_secret)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _is_address(text: str) -> bool:
    try:
        return str(ip_address(text)) == text  # one spelling, which is the one that connections are known by
    except ValueError:
        return False
