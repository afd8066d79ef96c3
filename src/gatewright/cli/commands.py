"""The commands of `gatewright` and their options."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from gatewright import __version__
from gatewright.cli.explain import explain
from gatewright.cli.login import login, logout, token
from gatewright.cli.outbox import outbox
from gatewright.cli.policy import policy
from gatewright.cli.requests import requests
from gatewright.cli.send import send
from gatewright.cli.serve import serve, settings_of
from gatewright.settings import SettingsError

cli = typer.Typer(
    name="gatewright",
    help="The AWS access chain for your own machines: API Gateway, IAM, STS and Cognito, enforced and explained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Port = Annotated[int | None, typer.Option(help="Port; 0 takes any free one. [4566]", show_default=False)]
Data = Annotated[Path | None, typer.Option(help="Data directory. [.gatewright]", show_default=False)]
Domain = Annotated[str | None, typer.Option(help="Domain of the stages' host names. [localhost]", show_default=False)]
Dev = Annotated[bool | None, typer.Option("--dev", help="Root key test/test, reset; loopback only.")]
Config = Annotated[Path | None, typer.Option(help="A TOML file with these settings.", show_default=False)]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"gatewright {__version__}")
        raise typer.Exit


@cli.callback()
def everywhere(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Run before each command; it has options of its own."""


@cli.command(
    name="serve",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def start(context: typer.Context) -> None:
    """Start the server. serve --help tells the settings."""
    serve(context.args)


@cli.command()
def env(port: Port = None, data: Data = None, domain: Domain = None, dev: Dev = None, config: Config = None) -> None:
    """Print what points AWS clients here. Let the shell read it: eval "$(gatewright env)"."""
    from gatewright.app import root_credentials

    with _one_line():
        settings = settings_of({"port": port, "data": data, "domain": domain, "dev": dev}, config)
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
    # Quoted, because it is meant for `eval`: a file of settings may lie in a folder that is somebody else's.
    typer.echo("\n".join(f"export {name}={shlex.quote(value)}" for name, value in lines.items()))
    typer.echo("unset AWS_SESSION_TOKEN AWS_PROFILE")


@cli.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the server running and say how to go on.")] = False,
) -> None:
    """Show who is let in, who is refused, and why. It has a server of its own."""
    from gatewright.cli.demo import play

    sys.exit(play(keep=keep))


cli.command()(requests)
cli.command()(explain)
cli.command()(login)
cli.command()(logout)
cli.command()(token)
cli.command()(send)
cli.command()(outbox)
cli.add_typer(policy, name="policy")


@cli.command()
def version() -> None:
    """Print the version."""
    _print_version(True)


class _one_line:  # noqa: N801 - reads as a word where it is used
    """Turn a setting that cannot be used into one line and exit code 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, SettingsError | ValueError) and not isinstance(error, UnicodeError):
            typer.echo(f"gatewright: {error}", err=True)
            raise SystemExit(2) from None
