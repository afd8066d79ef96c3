"""`gatewright requests`: what was refused, and what of the rest was kept, as a table that may follow."""

import json
from typing import Annotated, Any

import typer

from gatewright.cli.asking import clock, moment, on_one_line, one_line, short_caller
from gatewright.cli.live import Page
from gatewright.cli.live import follow as keep_showing
from gatewright.cli.server import server_from_environment

_PAGE = Page("requests", "requests", "request_id")
_WIDE = 140  # columns from which everything of a request fits into one line
_BY_PATH = "/_aws/execute-api/"

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
    """Show the requests that were kept. Every refusal is, and a sample of the rest."""
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
            keep_showing(
                server,
                _PAGE,
                filters,
                limit,
                table=None if as_json else _table,
                show=_print_lines if as_json else _print_plainly,
                lines_each=2,
            )
            return
        found = server.get("requests", limit=str(limit), **filters)["requests"][::-1]
        if as_json:
            _print_lines(found)
        else:
            _print_table(found)


def _print_lines(found: list[dict[str, Any]]) -> None:
    for kept in found:
        typer.echo(json.dumps(kept))


def _print_plainly(found: list[dict[str, Any]]) -> None:
    from rich.console import Console

    console = Console()
    for kept in found:
        console.print(_line(kept), highlight=False, soft_wrap=True, markup=False)


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.console import Console

    console = Console()
    if not found:
        console.print("Nothing is kept that fits. Every refusal is kept; of the rest a sample (all with --dev).")
        return
    if not console.is_terminal:  # for grep: one line each, nothing cut off
        _print_plainly(found)
        return
    console.print(_table(found))
    console.print("Why? gatewright explain REQUEST-ID", style="dim")


def _table(found: list[dict[str, Any]]) -> Any:
    from rich.console import Console

    return _one_line_each(found) if Console().width >= _WIDE else _two_lines_each(found)


def _two_lines_each(found: list[dict[str, Any]]) -> Any:
    """Return what fits into 80 columns: what was asked, and below a refusal why and of whom."""
    from rich.console import Group
    from rich.text import Text

    head = f"{'time':<8}  {'':<3}  {'request id':<36}  request"
    lines = [Text(head, style="bold", no_wrap=True, overflow="ellipsis")]
    for kept in found:
        stopped = _stopped(kept)
        status = (str(kept["status"]), "red" if stopped else "green")
        parts = (clock(kept["at"]), "  ", status, "  ", (kept["request_id"], "dim"), "  ", _shortly(kept))
        lines.append(Text.assemble(*parts, no_wrap=True, overflow="ellipsis"))
        if stopped:
            whose = f"   ({_whose(kept)})" if kept["caller"] else ""
            lines.append(Text(f"{'':<15}{_why(stopped)}{whose}", no_wrap=True, overflow="ellipsis"))
    return Group(*lines)


def _one_line_each(found: list[dict[str, Any]]) -> Any:
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
            Text(_shortly(kept)),
            Text(_whose(kept)),
            Text(_why(stopped) if stopped else "answered", style="" if stopped else "dim"),
            Text(kept["request_id"], style="dim"),
        ]
        table.add_row(*cells)
    return table


def what(kept: dict[str, Any]) -> str:
    """Return what a request was for, in a few words."""
    if kept.get("operation"):
        return f"{kept['plane']}:{kept['operation']}"
    return f"{kept['method']} {kept['path']}"


def _shortly(kept: dict[str, Any]) -> str:
    """Return what a request was for, a deployed API's id in the place of all that stands before its stage."""
    api, path = kept.get("api_id"), kept["path"]
    if not api:
        return on_one_line(what(kept))
    return on_one_line(f"{kept['method']} {path.removeprefix(_BY_PATH) if path.startswith(_BY_PATH) else api + path}")


def _whose(kept: dict[str, Any]) -> str:
    return on_one_line(short_caller(kept["caller"]))


def _why(stopped: dict[str, Any]) -> str:
    return on_one_line(stopped["reason"])


def _line(kept: dict[str, Any]) -> str:
    stopped = _stopped(kept)
    why = _why(stopped) if stopped else "answered"
    return on_one_line(
        f"{clock(kept['at'])} {kept['status']} {what(kept)} {short_caller(kept['caller'])} {kept['request_id']} {why}"
    )


def _stopped(kept: dict[str, Any]) -> dict[str, Any] | None:
    return next((step for step in kept["steps"] if step["outcome"] == "refused"), None)
