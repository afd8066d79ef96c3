"""A table that follows: what is new on a page of the product, again and again.

In: a page, its filters, and how a table or a batch is shown. Out: text on the terminal, until it is interrupted. Law:
nothing is shown twice, and nothing that was written down a little later is left out.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from gatewright.cli.server import Server

Batch = list[dict[str, Any]]

_POLL_SECONDS = 0.5
_OVERLAP_SECONDS = 5.0  # what another node wrote may be committed a little after its time
_REMEMBERED = 5_000  # ids, so that nothing is shown twice
_ROWS = 200  # of a table that follows


class Page(NamedTuple):
    """A page that lists things with a time (`at`), the newest first."""

    path: str
    member: str  # of the answer: the list
    key: str  # of each: its id


def follow(
    server: Server,
    page: Page,
    filters: dict[str, str],
    limit: int,
    *,
    table: Callable[[Batch], Any] | None,
    show: Callable[[Batch], None],
    lines_each: int = 1,
) -> None:
    """Show what comes: in one table where there is one and a terminal, else batch by batch.

    `lines_each` is how many lines of the table one of them may take: the newest must be on the screen.
    """
    from rich.console import Console
    from rich.live import Live

    console = Console()
    if table is None or not console.is_terminal:
        for batch in _batches(server, page, filters, limit):
            show(batch)
        return
    shown: Batch = []
    with Live(table([]), console=console, auto_refresh=False, vertical_overflow="crop") as live:
        for batch in _batches(server, page, filters, limit):
            shown = [*shown, *batch][-_ROWS:]
            live.update(table(shown[-max((console.height - 4) // lines_each, 1) :]), refresh=True)


def _batches(server: Server, page: Page, filters: dict[str, str], limit: int) -> Iterator[Batch]:
    """Return what is new, again and again; the oldest of a batch first."""
    seen: dict[str, None] = {}
    answer = server.get(page.path, limit=str(limit), **filters)
    while True:
        fresh = [one for one in answer[page.member][::-1] if one[page.key] not in seen]
        seen.update(dict.fromkeys(one[page.key] for one in fresh))
        for old in list(seen)[:-_REMEMBERED]:
            del seen[old]
        if fresh:
            yield fresh
        time.sleep(_POLL_SECONDS)
        latest = max((one["at"] for one in answer[page.member]), default=0.0)
        since = max(latest - _OVERLAP_SECONDS, float(filters["since"] or 0))
        answer = server.get(page.path, limit="500", **{**filters, "since": f"{since:.3f}" if since > 0 else ""})
