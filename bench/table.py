"""The table: on the screen, and in `docs/performance.md` between two marks.

In: results. Out: text. Law: what was not reached is shown as plainly as what was.
"""

import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench.cases import Result

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
_BEGIN, _END = "<!-- bench: begin -->", "<!-- bench: end -->"


def markdown(results: Sequence[Result]) -> str:
    """Return the table."""
    lines = [
        "| case | reference, same run | Gatewright | reference | ratio | by processor time | goal | | others |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        sign = "≤" if one.at_most else "≥"
        times = "" if one.at_most else " ×"
        ratio = "" if one.at_most else f"**{one.ratio:.2f} ×**"
        processor = f"{one.by_processor:.2f} ×" if one.by_processor is not None else ""
        reached = ("reached" if one.reached else "**not reached**") + (" (processor time)" if one.was_disturbed else "")
        others = "" if one.at_most else f"{one.disturbed:.0%}"
        lines.append(
            f"| {one.case} | {one.reference} | {one.ours} | {one.theirs} | {ratio} | {processor} "
            f"| {sign} {one.goal:g}{times} | {reached} | {others} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """Return what it was measured on, and with which versions."""
    info = Path("/proc/cpuinfo").read_text().splitlines()
    cores = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    nginx = (
        subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr.strip().rpartition("/")[2]
    )
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("uvloop", "httptools", "SQLAlchemy", "ministack", "moto")
    )
    return (
        f"Machine: {len(cores)} cores, {cores[0]}, Linux {platform.release()}. Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}, nginx {nginx}."
    )


def record(results: Sequence[Result]) -> None:
    """Write what was measured into the table of its page; lines of cases that were not stay as they are."""
    page = PAGE.read_text()
    before, _, rest = page.partition(_BEGIN)
    kept, _, after = rest.partition(_END)
    new = {_case_of(line): line for line in markdown(results).splitlines()}
    old = [line for line in kept.splitlines() if line.startswith("|")]
    lines = [new.pop(_case_of(line), line) for line in old] + list(new.values())
    PAGE.write_text(f"{before}{_BEGIN}\n{machine()}\n\n" + "\n".join(lines) + f"\n{_END}{after}")


def _case_of(line: str) -> tuple[str, ...]:
    """Return what a line is about: the case and its reference; what was measured of a reference is not its name."""
    case, reference = line.split("|")[1:3]
    return case, reference.partition(":")[0]
