"""A kept request, told legibly: the chain with its ticks, the cross where it stopped, and what to change.

In: what the product's page answers. Out: text on the terminal. Law: nothing is looked up or judged here.
"""

from textwrap import indent, wrap
from typing import Any

from rich.console import Console
from rich.text import Text

from gatewright.cli.asking import clock, on_one_line, plain
from gatewright.cli.requests import what

_MARKS = {"passed": ("✓", "green"), "refused": ("✗", "bold red"), "notApplicable": ("·", "dim")}
_PLAIN = {"✓": "+", "✗": "x", "·": "."}
_STEPS = {
    "visitor": "may they come in",
    "identify": "which operation",
    "find": "which stage",
    "limits": "within the limits",
    "match": "which method",
    "authenticate": "who is it",
    "trust": "may take the role",
    "mfa": "is it the second factor",
    "authorize": "may they",
    "parse": "are the parameters right",
    "perform": "perform it",
    "map_request": "map the request",
    "integrate": "ask the integration",
    "map_response": "map the answer",
}
_WIDTH = 25
_NARROWEST = 20  # columns that are worth wrapping into


def tell(told: dict[str, Any], console: Console | None = None) -> None:
    """Print one request."""
    console = console or Console(highlight=False, soft_wrap=True)
    _head(told, console)
    for step in told["steps"]:
        if step["name"] != "answer":
            _step(step, console)
    error = f" {told['error']}" if told["error"] else ""
    verb = "would be answered" if told.get("rehearsed") else "answered"
    if not told.get("rehearsed") or told["error"]:
        console.print(Text.assemble("\n  ", verb, " ", (f"{told['status']}{error}", "bold")))
    else:
        open_ends = any(step["outcome"] == "notApplicable" for step in told["steps"])
        console.print(Text.assemble("\n  ", ("would be let in", "bold"), ", if it is so" * open_ends))
    _advice(told.get("advice") or [], console)


def label(step: str) -> str:
    """Return what a step asks, in words."""
    return _STEPS.get(step, step)


def hanging(console: Console, head: Text, text: str) -> None:
    """Print a text behind its head; on a terminal its further lines begin below its first."""
    width = console.width - head.cell_len
    if console.is_terminal and width >= _NARROWEST:  # words, never their insides: ids and ARNs are copied
        lines = wrap(text, width, break_long_words=False, break_on_hyphens=False)
        text = ("\n" + " " * head.cell_len).join(lines)
    console.print(Text.assemble(head, text))


def _head(told: dict[str, Any], console: Console) -> None:
    kind = " (a rehearsal: it was not made)" if told.get("rehearsed") else f" at {clock(told['at'])}"
    console.print(Text.assemble((on_one_line(what(told)), "bold"), kind))
    facts = [told["host"], told["caller"] or "caller unknown", told["request_id"]]
    console.print(Text("  " + "   ".join(on_one_line(fact) for fact in facts if fact), style="dim"))
    console.print()


def _step(step: dict[str, Any], console: Console) -> None:
    mark, style = _MARKS[step["outcome"]]
    if console.encoding.lower() not in ("utf-8", "utf8"):
        mark = _PLAIN[mark]
    name = label(step["name"])
    head = Text.assemble(("  " + mark + " ", style), f"{name:<{_WIDTH}} ")
    hanging(console, head, on_one_line(step["reason"]))
    if step["outcome"] == "refused":
        for line in _seen(step["details"]):
            console.print(Text("      " + plain(line).replace("\n", " "), style="dim"))


def _seen(details: dict[str, Any]) -> list[str]:
    """Return what a step saw, line by line."""
    facts = ("action", "resource", "caller", "problem")
    lines = [f"{name:<10} {on_one_line(str(details[name]))}" for name in facts if details.get(name)]
    lines += [_miss(miss) for miss in details.get("near_misses", ())]
    if details.get("client_line") or details.get("server_line"):
        lines += [f"the client signed   {details['client_line']}", f"the request has     {details['server_line']}"]
    for name in ("canonical_request", "string_to_sign"):
        if details.get(name):
            lines += [
                f"the {name.replace('_', ' ')} we computed:",
                *(f"  {line}" for line in details[name].split("\n")),
            ]
    return lines


def _miss(miss: dict[str, Any]) -> str:
    element = f"{miss['operator']} {miss['key']}" if miss["element"] == "Condition" else miss["element"]
    seen = ", ".join(miss["seen"]) or "nothing"
    return (
        f"near miss  {miss['effect']} {miss['statement']} of {miss['policy'] or miss['policy_kind']}: {element} "
        f"needs {', '.join(miss['needed'])}; seen {seen}"
    )


def _advice(advice: list[dict[str, Any]], console: Console) -> None:
    if not advice:
        return
    console.print(Text("\nWhat to change", style="bold"))
    for number, one in enumerate(advice, 1):
        hanging(console, Text(f"  {number}. "), on_one_line(one["text"]))
        if one["snippet"]:
            console.print(Text(indent(plain(one["snippet"]), "     "), style="cyan"))
