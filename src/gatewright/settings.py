"""The product's settings: from the command line, `GATEWRIGHT_…` variables and a TOML file, in this order of strength."""

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
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
    root_access_key_id: str = ""
    root_secret_access_key: str = ""
    trusted_proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For is believed
