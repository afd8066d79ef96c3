"""Load: wrk on its own core, sending given bytes; and the fair comparison of servers under it.

In: requests as bytes, servers. Out: `Run`s. Law: a run with one answer other than 2xx is no measurement; it stops.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.servers import SERVER_CORE, TICKS, Server

LOAD_CORE = 1
_TRIES = 3
_WARM_SECONDS = 3  # on a busy machine wrk needs more than one to read ten thousand requests
_REPLAY = Path(__file__).with_name("replay.lua")


class NotMeasured(Exception):
    """The answers were not what is to be measured."""


@dataclass(frozen=True)
class Run:
    """One run of one server."""

    per_second: float
    cpu_microseconds: float  # processor time of the server for one request, whatever else the machine was doing
    slow_milliseconds: float  # 99 of 100 answers came sooner
    disturbed: float  # the share of either core that went to neither the server nor the load


@dataclass(frozen=True)
class Comparison:
    """Our runs beside the other's, round by round."""

    ours: tuple[Run, ...]
    theirs: tuple[Run, ...]

    @property
    def ratio(self) -> float:
        """How many times the other's throughput is ours: the median of the rounds."""
        return statistics.median(a.per_second / b.per_second for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def cpu_ratio(self) -> float:
        """The same by processor time, which neighbours on the machine disturb less."""
        return statistics.median(
            b.cpu_microseconds / a.cpu_microseconds for a, b in zip(self.ours, self.theirs, strict=True)
        )

    @property
    def disturbed(self) -> float:
        """The share of a core that others took, in the middle of all runs."""
        return statistics.median(run.disturbed for run in (*self.ours, *self.theirs))


def middle(runs: Sequence[Run]) -> Run:
    """Return the medians of some runs."""
    return Run(
        statistics.median(run.per_second for run in runs),
        statistics.median(run.cpu_microseconds for run in runs),
        statistics.median(run.slow_milliseconds for run in runs),
        statistics.median(run.disturbed for run in runs),
    )


def in_turns(
    subjects: Mapping[str, tuple[Server, Sequence[bytes]]], rounds: int, seconds: int
) -> dict[str, tuple[Run, ...]]:
    """Load each server in turn, again and again, once each of its requests has been answered."""
    for server, requests in subjects.values():
        answered = 0.0
        while answered < len(requests):
            answered += _steady(server, requests[int(answered) :], _WARM_SECONDS).per_second * _WARM_SECONDS
    runs: dict[str, list[Run]] = {name: [] for name in subjects}
    at = dict.fromkeys(subjects, 0)  # each round goes on where the last one ended: what was long ago comes first
    for _ in range(rounds):
        for name, (server, requests) in subjects.items():
            run = _steady(server, [*requests[at[name] :], *requests[: at[name]]], seconds)
            at[name] = (at[name] + round(run.per_second * seconds)) % len(requests)
            runs[name].append(run)
    return {name: tuple(some) for name, some in runs.items()}


def _steady(server: Server, requests: Sequence[bytes], seconds: int) -> Run:
    """Load one server; a run in which an answer failed is thrown away and done again, three times at most."""
    for _ in range(_TRIES - 1):
        try:
            return once(server, requests, seconds)
        except NotMeasured as problem:
            print(f"  once more: {problem}", file=sys.stderr)
    return once(server, requests, seconds)


def once(server: Server, requests: Sequence[bytes], seconds: int, connections: int = 32) -> Run:
    """Load one server for some seconds.

    Of a server that we compare with, answers that failed do not count; of ours, none may fail.

    Raises:
        NotMeasured: an answer was not 2xx, or did not come.
    """
    with tempfile.NamedTemporaryFile(prefix="gatewright-bench-") as file:
        for request in requests:
            file.write(b"%d\n%s" % (len(request), request))
        file.flush()
        before, cores, load, began = server.cpu_seconds(), busy(), _children(), time.monotonic()
        command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
        address = f"http://127.0.0.1:{server.port}/"
        done = subprocess.run(
            [*command, "--latency", "-s", str(_REPLAY), address, "--", file.name],
            capture_output=True, text=True, check=False, timeout=seconds + 60,
        )  # fmt: skip
        wall, spent, loaded = time.monotonic() - began, server.cpu_seconds() - before, _children() - load
        others = [now - then for now, then in zip(busy(), cores, strict=True)]
    found = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not found:
        raise NotMeasured(f"wrk failed: {done.stderr or done.stdout}")
    answered, took, refused, broken, slow = (int(word) for word in found[0])
    good = answered - refused
    if refused or broken or not good:
        problem = f"{server.name}: of {answered} answers {refused} were not 2xx, and {broken} did not come"
        if server.name == "gatewright" or not good:
            raise NotMeasured(problem)
        print(f"  {problem}", file=sys.stderr)
    disturbed = max(others[SERVER_CORE] - spent, others[LOAD_CORE] - loaded, 0.0) / wall
    return Run(good / (took / 1e6), spent / good * 1e6, slow / 1e3, disturbed)


def busy() -> list[float]:
    """Return the seconds for which each core has not been idle."""
    lines = [
        line.split() for line in Path("/proc/stat").read_text().splitlines() if line[:3] == "cpu" and line[3] != " "
    ]
    return [sum(int(line[column]) for column in (1, 2, 3, 6, 7, 8)) / TICKS for line in lines]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
