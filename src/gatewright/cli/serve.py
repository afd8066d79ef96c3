"""`gatewright serve`: its options, and the start.

In: the words after `serve`. Out: a server that runs until it is asked to stop, and the exit code. Law: the options are
read by the standard library and not by what the other commands are made of, which takes a tenth of a second to load;
what a setting may be is said in `settings.py`, once, whichever way it comes.
"""

import argparse
import gc
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from gatewright import __version__
from gatewright.settings import NOT_ON_COMMAND_LINES, Settings, SettingsError, load

_VALUES = {
    "host": "Address to listen on. [127.0.0.1]",
    "port": "Port; 0 takes any free one. [4566]",
    "data": "Data directory. [.gatewright]",
    "database": "sqlite:///FILE or postgresql://… [in the data directory]",
    "workers": "Processes that share the port. [1]",
    "domain": "Domain of the stages' host names. [localhost]",
    "public_url": "Where clients reach this server.",
    "issuer_style": "Issuer of user-pool tokens: own or aws. [own]",
    "account": "AWS account id. [000000000000]",
    "keep_requests": "Refusals kept for explain. [10000]",
    "sample_successes": "Share of the rest that is kept too. [0.01; 1 with --dev]",
    "max_connections": "Connections of one worker. [10000]",
    "max_body_memory": "Megabytes of request bodies that one worker holds. [1024]",
    "config": "A TOML file with these settings.",
}
_LISTS = {
    "allow_origin": "With --dev: a web origin that may call AWS endpoints.",
    "login_provider": "accounts.google.com=https://ISSUER: a public login provider's issuer.",
}
_SWITCHES = {
    "dev": "Root key test/test, reset; loopback only.",
    "refuse_replays": "Admit each signature once.",
}


def serve(words: Sequence[str]) -> NoReturn:
    """Start the server; what cannot be used is one line and exit code 2."""
    gc.disable()  # what is loaded now stays; `run` lets the collector begin when the product serves
    from gatewright.run import run

    flags = {name: value for name, value in vars(_options().parse_args(words)).items() if value is not None}
    config = flags.pop("config", None)
    try:
        code = run(settings_of(flags, Path(config) if config else None), _announce)
    except UnicodeError:  # a ValueError too, and a bug
        raise
    except (SettingsError, ValueError) as error:
        sys.stderr.write(f"gatewright: {error}\n")
        code = 2
    sys.exit(code)


def settings_of(flags: dict[str, Any], config: Path | None) -> Settings:
    """Put command line, environment and file together.

    Raises:
        SettingsError: a setting cannot be used.
    """
    return load(flags, os.environ, config or _default_file())


def _default_file() -> Path | None:
    named = os.environ.get("GATEWRIGHT_CONFIG")
    if named:
        return Path(named)
    usual = Path("gatewright.toml")
    return usual if usual.exists() else None


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "gatewright serve",
        description="Start the server. Every setting can also be a GATEWRIGHT_… variable or a line of gatewright.toml.",
        epilog="By variable or file only: " + ", ".join(f"GATEWRIGHT_{name.upper()}" for name in NOT_ON_COMMAND_LINES),
        allow_abbrev=False,
        argument_default=None,
    )
    for name, told in _VALUES.items():
        parser.add_argument(_flag(name), help=told, metavar="VALUE")
    for name, told in _LISTS.items():
        parser.add_argument(_flag(name), help=told, metavar="VALUE", action="append")
    for name, told in _SWITCHES.items():
        parser.add_argument(_flag(name), help=told, action="store_const", const=True)
    return parser


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def pointing_here(settings: Settings) -> str:
    """Return the line that points a shell's AWS clients here, with the options that it needs."""
    usual = Settings()
    words = [command(), "env", *(["--dev"] if settings.dev else [])]
    for name in ("port", "data", "domain"):
        value = getattr(settings, name)
        if value != getattr(usual, name) and not (name == "data" and settings.dev):
            words += [_flag(name), shlex.quote(str(value))]
    return f'eval "$({" ".join(words)})"'


def command() -> str:
    """Return `gatewright` as this shell finds it, else the path by which it was started."""
    started = sys.argv[0]
    if Path(started).name != "gatewright" or shutil.which("gatewright") == started:
        return "gatewright"
    return shlex.quote(started)


def _announce(settings: Settings) -> None:
    shown = settings.host if ":" not in settings.host else f"[{settings.host}]"
    lines = [f"Gatewright {__version__} listens on http://{shown}:{settings.port} (data in {settings.data})"]
    if settings.dev:
        lines.append("Development: the root key is test/test, and only this machine can reach it.")
    lines.append(f"Point AWS clients here:  {pointing_here(settings)}")
    if not settings.dev and settings.channel("EMAIL") == "MAILBOX":
        lines.append("Messages to users stay here until GATEWRIGHT_SMTP_URL is set: gatewright outbox shows them")
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
