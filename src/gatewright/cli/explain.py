"""`gatewright explain REQUEST-ID` and `gatewright explain METHOD URL`: why it was refused, and what to change."""

import json
from typing import Annotated, Any

import typer

from gatewright.cli.asking import one_line
from gatewright.cli.server import Unanswered, server_from_environment
from gatewright.cli.telling import tell

What = Annotated[list[str], typer.Argument(help="A request id (x-amzn-RequestId), or a method and a URL.")]
As = Annotated[
    str, typer.Option("--as", help="Rehearse it as this caller: role/NAME, user/NAME or an ARN.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="The same as one JSON document.")]


def explain(what: What, caller: As = "", as_json: AsJson = False) -> None:
    """Tell why a request was refused, and what to change."""
    with one_line():
        told = _ask(what, caller)
        if as_json:
            typer.echo(json.dumps(told, indent=2))
        else:
            tell(told)


def _ask(what: list[str], caller: str) -> dict[str, Any]:
    if len(what) == 1:
        if caller:
            raise Unanswered("--as rehearses a request that was not made: give a method and a URL")
        return server_from_environment().get(f"requests/{what[0]}")
    if len(what) != 2:
        raise Unanswered("give a request id, or a method and a URL")
    question = {"method": what[0].upper(), "url": what[1]}
    return server_from_environment().post("explain", {**question, "caller": caller} if caller else question)
