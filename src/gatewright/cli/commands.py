"""The commands of `gatewright` and their options."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gatewright import __version__
from gatewright.cli.explain import explain
from gatewright.cli.login import login, logout, token
from gatewright.cli.policy import policy
from gatewright.cli.requests import requests
from gatewright.cli.send import send
from gatewright.settings import Settings, SettingsError, load

cli = typer.Typer(
    name="gatewright",
    help="The AWS access chain for your own machines: API Gateway, IAM, STS and Cognito, enforced and explained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Host = Annotated[str | None, typer.Option(help="Address to listen on. [127.0.0.1]", show_default=False)]
Port = Annotated[int | None, typer.Option(help="Port; 0 takes any free one. [4566]", show_default=False)]
Data = Annotated[Path | None, typer.Option(help="Data directory. [.gatewright]", show_default=False)]
Database = Annotated[str | None, typer.Option(help="sqlite:///FILE or postgresql://… [in the data directory]")]
Workers = Annotated[int | None, typer.Option(help="Processes that share the port. [1]", show_default=False)]
Domain = Annotated[str | None, typer.Option(help="Domain of the stages' host names. [localhost]", show_default=False)]
PublicUrl = Annotated[str | None, typer.Option(help="Where clients reach this server.", show_default=False)]
IssuerStyle = Annotated[
    str | None, typer.Option(help="Issuer of user-pool tokens: own or aws. [own]", show_default=False)
]
Account = Annotated[str | None, typer.Option(help="AWS account id. [000000000000]", show_default=False)]
Dev = Annotated[bool | None, typer.Option("--dev", help="Root key test/test, reset; loopback only.")]
AllowOrigin = Annotated[list[str] | None, typer.Option(help="With --dev: a web origin that may call AWS endpoints.")]
LoginProvider = Annotated[
    list[str] | None, typer.Option(help="accounts.google.com=https://ISSUER: a public login provider's issuer.")
]
KeepRequests = Annotated[int | None, typer.Option(help="Refusals kept for explain. [10000]", show_default=False)]
SampleSuccesses = Annotated[
    float | None, typer.Option(help="Share of the rest that is kept too. [0.01; 1 with --dev]", show_default=False)
]
RefuseReplays = Annotated[bool | None, typer.Option("--refuse-replays", help="Admit each signature once.")]
Config = Annotated[Path | None, typer.Option(help="A TOML file with these settings.", show_default=False)]


@cli.command()
def serve(
    host: Host = None,
    port: Port = None,
    data: Data = None,
    database: Database = None,
    workers: Workers = None,
    domain: Domain = None,
    public_url: PublicUrl = None,
    issuer_style: IssuerStyle = None,
    account: Account = None,
    dev: Dev = None,
    allow_origin: AllowOrigin = None,
    login_provider: LoginProvider = None,
    refuse_replays: RefuseReplays = None,
    keep_requests: KeepRequests = None,
    sample_successes: SampleSuccesses = None,
    config: Config = None,
) -> None:
    """Start the server. Every setting can also be a GATEWRIGHT_… variable or a line of a TOML file."""
    flags: dict[str, Any] = {
        "host": host,
        "port": port,
        "data": data,
        "database": database,
        "workers": workers,
        "domain": domain,
        "public_url": public_url,
        "issuer_style": issuer_style,
        "account": account,
        "dev": dev,
        "allow_origin": allow_origin or None,
        "login_provider": login_provider or None,
        "refuse_replays": refuse_replays,
        "keep_requests": keep_requests,
        "sample_successes": sample_successes,
    }
    from gatewright.run import run

    with _one_line():
        sys.exit(run(_settings(flags, config), _announce))


@cli.command()
def env(port: Port = None, data: Data = None, domain: Domain = None, dev: Dev = None, config: Config = None) -> None:
    """Print the lines that point AWS clients here: eval "$(gatewright env)"."""
    from gatewright.app import root_credentials

    with _one_line():
        settings = _settings({"port": port, "data": data, "domain": domain, "dev": dev}, config)
        if not settings.dev and not settings.root_access_key_id and not settings.data.is_dir():
            raise SettingsError(
                f"there is no root key in {settings.data} yet: start the server first, or say where with --data"
            )
        key_id, secret = root_credentials(settings)
    lines = {
        "AWS_ENDPOINT_URL": settings.address,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    typer.echo("\n".join(f"export {name}={value}" for name, value in lines.items()))
    typer.echo("unset AWS_SESSION_TOKEN AWS_PROFILE")


@cli.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the server running and say how to go on.")] = False,
) -> None:
    """Show the main job: an unsigned request is refused, a signed one is let in, and why."""
    from gatewright.cli.demo import play

    sys.exit(play(keep=keep))


cli.command()(requests)
cli.command()(explain)
cli.command()(login)
cli.command()(logout)
cli.command()(token)
cli.command()(send)
cli.add_typer(policy, name="policy")


@cli.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"gatewright {__version__}")


def _settings(flags: dict[str, Any], config: Path | None) -> Settings:
    return load(flags, os.environ, config or _default_file())


def _default_file() -> Path | None:
    named = os.environ.get("GATEWRIGHT_CONFIG")
    if named:
        return Path(named)
    usual = Path("gatewright.toml")
    return usual if usual.exists() else None


def _announce(settings: Settings) -> None:
    shown = settings.host if ":" not in settings.host else f"[{settings.host}]"
    typer.echo(
        f"Gatewright {__version__} listens on http://{shown}:{settings.port} (data in {settings.data})", err=True
    )
    if settings.dev:
        typer.echo(
            "Development: the root key is test/test. Point AWS clients here: eval $(gatewright env --dev)", err=True
        )


class _one_line:  # noqa: N801 - reads as a word where it is used
    """Turn a setting that cannot be used into one line and exit code 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, SettingsError | ValueError) and not isinstance(error, UnicodeError):
            typer.echo(f"gatewright: {error}", err=True)
            raise SystemExit(2) from None
