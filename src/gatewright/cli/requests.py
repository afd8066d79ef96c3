"""`gatewright requests`: what was refused, and what of the rest was kept, as a table that may follow."""

import json
import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from gatewright.cli.asking import clock, moment, one_line, short_caller
from gatewright.cli.server import Server, server_from_environment

_POLL_SECONDS = 0.5
_OVERLAP_SECONDS = 5.0  # what another node kept may be written down a little later
_REMEMBERED = 5_000  # ids, so that nothing is shown twice
_ROWS = 200  # of a table that follows

Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on showing requests as they come.")]
Refused = Annotated[bool, typer.Option("--refused", help="Only what was refused.")]
Status = Annotated[str, typer.Option(help="A status, such as 403, or a class, such as 4xx.", show_default=False)]
Api = Annotated[str, typer.Option(help="Only requests to this API (its id).", show_default=False)]
Service = Annotated[str, typer.Option(help="Only calls of this AWS service, or execute-api.", show_default=False)]
Who = Annotated[str, typer.Option("--caller", help="Only callers whose ARN contains this.", show_default=False)]
Since = Annotated[str, typer.Option(help="Not older than 30s, 10m, 2h, 1d, or an ISO time.", show_default=False)]
Limit = Annotated[int, typer.Option(help="How many.", min=1, max=500)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, with every step.")]


def requests(
    follow: Follow = False,
    refused: Refused = False,
    status: Status = "",
    api: Api = "",
    service: Service = "",
    caller: Who = "",
    since: Since = "",
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Show requests that the server kept: every refusal, and a sample of the rest."""
    with one_line():
        filters = {
            "refused": "true" if refused else "",
            "status": status,
            "api": api,
            "service": service,
            "caller": caller,
            "since": str(moment(since)) if since else "",
        }
        server = server_from_environment()
        if follow:
            _follow(server, filters, limit, as_json)
            return
        found = server.get("requests", limit=str(limit), **filters)["requests"][::-1]
        if as_json:
            _print_lines(found)
        else:
            _print_table(found)


def _follow(server: Server, filters: dict[str, str], limit: int, as_json: bool) -> None:
    from rich.console import Console
    from rich.live import Live

    console = Console()
    if as_json or not console.is_terminal:
        for batch in _batches(server, filters, limit):
            if as_json:
                _print_lines(batch)
            else:
                for kept in batch:
                    console.print(_line(kept), highlight=False, soft_wrap=True, markup=False)
        return
    shown: list[dict[str, Any]] = []
    with Live(_table([]), console=console, auto_refresh=False, vertical_overflow="crop") as live:
        for batch in _batches(server, filters, limit):
            shown = [*shown, *batch][-_ROWS:]
            live.update(_table(shown[-max(console.height - 4, 1) :]), refresh=True)


def _batches(server: Server, filters: dict[str, str], limit: int) -> Iterator[list[dict[str, Any]]]:
    """Return what is new, again and again; the oldest of a batch first."""
    seen: dict[str, None] = {}
    answer = server.get("requests", limit=str(limit), **filters)
    while True:
        fresh = [kept for kept in answer["requests"][::-1] if kept["request_id"] not in seen]
        seen.update(dict.fromkeys(kept["request_id"] for kept in fresh))
        for old in list(seen)[:-_REMEMBERED]:
            del seen[old]
        if fresh:
            yield fresh
        time.sleep(_POLL_SECONDS)
        latest = max((kept["at"] for kept in answer["requests"]), default=0.0)
        since = max(latest - _OVERLAP_SECONDS, float(filters["since"] or 0))
        answer = server.get("requests", limit="500", **{**filters, "since": f"{since:.3f}" if since > 0 else ""})


def _print_lines(found: list[dict[str, Any]]) -> None:
    for kept in found:
        typer.echo(json.dumps(kept))


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.console import Console

    console = Console()
    if not found:
        console.print("Nothing is kept that fits. Every refusal is kept; of the rest a sample (all with --dev).")
        return
    if not console.is_terminal:  # for grep: one line each, nothing cut off
        for kept in found:
            console.print(_line(kept), highlight=False, soft_wrap=True, markup=False)
        return
    console.print(_table(found))
    console.print("Why? gatewright explain REQUEST-ID", style="dim")


def _table(found: list[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, expand=True)
    for name, ratio in (("time", None), ("", None), ("request", 3), ("caller", 2), ("why", 4), ("request id", None)):
        table.add_column(name, ratio=ratio, no_wrap=True, overflow="ellipsis")
    for kept in found:
        stopped = _stopped(kept)
        colour = "red" if stopped else "green"
        cells = [
            Text(clock(kept["at"])),
            Text(str(kept["status"]), style=colour),
            Text(what(kept)),
            Text(short_caller(kept["caller"])),
            Text(stopped["reason"] if stopped else "answered", style="" if stopped else "dim"),
            Text(kept["request_id"], style="dim"),
        ]
        table.add_row(*cells)
    return table


def what(kept: dict[str, Any]) -> str:
    """Return what a request was for, in a few words."""
    if kept.get("operation"):
        return f"{kept['plane']}:{kept['operation']}"
    return f"{kept['method']} {kept['path']}"


def _line(kept: dict[str, Any]) -> str:
    stopped = _stopped(kept)
    why = stopped["reason"] if stopped else "answered"
    return (
        f"{clock(kept['at'])} {kept['status']} {what(kept)} {short_caller(kept['caller'])} {kept['request_id']} "
        f"{' '.join(why.split())}"
    )


def _stopped(kept: dict[str, Any]) -> dict[str, Any] | None:
    return next((step for step in kept["steps"] if step["outcome"] == "refused"), None)
