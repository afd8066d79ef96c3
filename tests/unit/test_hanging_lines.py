"""What the commands tell stays readable in a narrow terminal, and greppable where there is none."""

import io

from rich.console import Console
from rich.text import Text

from gatewright.cli.telling import hanging, tell

ARN = "arn:aws:execute-api:us-east-1:000000000000:abcde12345/dev/GET/a-rather-long-path"


def printed(width: int, *, terminal: bool) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, no_color=True, soft_wrap=True)
    hanging(console, Text("  1. "), f"Allow execute-api:Invoke on {ARN} in a policy of the role visitors.")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_on_a_terminal_further_lines_begin_below_the_first() -> None:
    first, *further = printed(60, terminal=True)
    assert first == "  1. Allow execute-api:Invoke on"
    assert further[0] == f"     {ARN}", "an ARN is copied: it is never broken"
    assert all(line.startswith("     ") for line in further)


def test_elsewhere_it_stays_one_line() -> None:
    assert len(printed(60, terminal=False)) == 1


def test_a_rehearsal_that_nothing_stops_says_so() -> None:
    step = {"name": "find", "outcome": "passed", "reason": "it is deployed", "details": {}}
    open_end = {"name": "authenticate", "outcome": "notApplicable", "reason": "it must be signed", "details": {}}
    told = {"method": "GET", "path": "/x", "host": "h", "caller": "", "request_id": "r", "status": 200, "error": ""}
    for steps, ending in (([step], "would be let in"), ([step, open_end], "would be let in, if it is so")):
        console = Console(file=io.StringIO(), width=80, soft_wrap=True)
        tell({**told, "rehearsed": True, "steps": steps}, console)
        assert isinstance(console.file, io.StringIO)
        assert console.file.getvalue().rstrip().endswith(f"  {ending}")
