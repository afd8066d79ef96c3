"""`gatewright outbox`: messages to users, as a table that may follow; the last one, whole.

In: what the product's page answers. Out: text on the terminal. Law: what a message says is shown as text: nothing in it
can move the cursor or colour the terminal.
"""

import json
import re
from typing import Annotated, Any

import typer

from gatewright.cli.asking import clock, moment, on_one_line, one_line, plain
from gatewright.cli.live import Page
from gatewright.cli.live import follow as keep_showing
from gatewright.cli.server import Unanswered, server_from_environment
from gatewright.core.page_text import unescaped

_PAGE = Page("outbox", "messages", "id")
_NONE_YET = (
    "there is no message yet. Codes go to contacts that the pool verifies (AutoVerifiedAttributes); AdminCreateUser "
    "writes to the phone number unless DesiredDeliveryMediums says EMAIL"
)
_TAGS = re.compile(r"<[^<>]*>")
_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]*>", re.IGNORECASE)

To = Annotated[str, typer.Option(help="Only messages to addresses that contain this.", show_default=False)]
Medium = Annotated[str, typer.Option(help="Only email, or only sms.", show_default=False)]
Pool = Annotated[str, typer.Option(help="Only messages of this user pool (its id).", show_default=False)]
State = Annotated[
    str, typer.Option("--status", help="waiting, delivered, mailbox, failed or expired.", show_default=False)
]
Since = Annotated[str, typer.Option(help="Not older than 30s, 10m, 2h, 1d, or an ISO time.", show_default=False)]
Limit = Annotated[int, typer.Option(help="How many.", min=1, max=500)]
Last = Annotated[bool, typer.Option("--last", help="The newest one only, with its whole text.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on showing messages as they come.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def outbox(
    to: To = "",
    medium: Medium = "",
    pool: Pool = "",
    status: State = "",
    since: Since = "",
    limit: Limit = 50,
    last: Last = False,
    follow: Follow = False,
    as_json: AsJson = False,
) -> None:
    """Show messages to users. Those in the local mailbox have their text; of the others it says what became of them."""
    with one_line():
        filters = {
            "to": to,
            "medium": medium,
            "pool": pool,
            "status": status,
            "since": str(moment(since)) if since else "",
        }
        server = server_from_environment()
        if follow:
            keep_showing(
                server,
                _PAGE,
                filters,
                limit,
                table=None if as_json else _table,
                show=lambda batch: _print(batch, as_json=as_json),
            )
            return
        found = server.get("outbox", limit="1" if last else str(limit), **filters)["messages"][::-1]
        none = "there is no such message" if any(filters.values()) else _NONE_YET
        if last and not found:
            raise Unanswered(none)
        if last and not as_json:
            _print_whole(found[0])
        else:
            _print(found, as_json=as_json, none=none)


def _print(found: list[dict[str, Any]], *, as_json: bool, none: str = "") -> None:
    from rich.console import Console

    if as_json:
        for message in found:
            typer.echo(json.dumps(message))
        return
    console = Console()
    if not found:
        console.print(f"T{none[1:]}.", soft_wrap=True, markup=False)
    elif not console.is_terminal:  # for grep: one line each, nothing cut off
        for message in found:
            console.print(_line(message), highlight=False, soft_wrap=True, markup=False)
    else:
        console.print(_table(found))


def _table(found: list[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    colours = {"DELIVERED": "green", "MAILBOX": "green", "FAILED": "red", "EXPIRED": "red"}
    table = Table(box=None, pad_edge=False, expand=True)
    for name, ratio in (("time", None), ("", None), ("to", 2), ("about", 2), ("says", 4)):
        table.add_column(name, ratio=ratio, no_wrap=True, overflow="ellipsis")
    for message in found:
        table.add_row(
            Text(clock(message["at"])),
            Text(message["status"], style=colours.get(message["status"], "yellow")),
            Text(on_one_line(message["to"])),
            Text(_about(message)),
            Text(_says(message), style="" if message.get("body") else "dim"),
        )
    return table


def _line(message: dict[str, Any]) -> str:
    words = (clock(message["at"]), message["status"], message["medium"], on_one_line(message["to"]), _about(message))
    return " ".join((*words, _says(message))).rstrip()


def _about(message: dict[str, Any]) -> str:
    return str(message["kind"]).removeprefix("CustomMessage_")


def _says(message: dict[str, Any]) -> str:
    if message.get("body") is not None:
        return on_one_line(text_of(message))
    tries = f", attempt {message['attempts']}" if message["attempts"] else ""
    return f"{on_one_line(message['failure'])}{tries}" if message["failure"] else ""


def _print_whole(message: dict[str, Any]) -> None:
    if message.get("body") is None:
        why = f": {on_one_line(message['failure'])}" if message["failure"] else ""
        raise Unanswered(
            f"the last message to {on_one_line(message['to'])} is {message['status']}{why}; it is not kept here"
        )
    typer.echo(f"To: {on_one_line(message['to'])}")
    if message["medium"] == "EMAIL":
        typer.echo(f"Subject: {on_one_line(message['subject'])}")
    typer.echo(f"\n{text_of(message)}")


def text_of(message: dict[str, Any]) -> str:
    """Return what a message says: of an e-mail, which is HTML, the text."""
    body = str(message["body"])
    if message["medium"] == "EMAIL":
        body = unescaped(_TAGS.sub("", _BREAKS.sub("\n", body)))
    return plain("\n".join(body.splitlines()))
