"""What it costs to have Gatewright at all: the time to the first answer, and memory.

In: an effort. Out: two `Result`s. Law: the first answer is timed from the command, with a data directory that exists
already, as after a restart, and one that does not.
"""

import statistics
import tempfile
from pathlib import Path

from bench import servers
from bench.cases import Effort, Result
from bench.load import once
from bench.scene import identity_call, invocation, make_scene
from bench.servers import ROOT_KEY

_REQUESTS = 10_000


def start(effort: Effort) -> list[Result]:
    """Time the start: on an empty directory, and again."""
    fresh: list[tuple[float, float]] = []
    again: list[tuple[float, float]] = []
    for _ in range(max(3, effort.rounds)):
        with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as directory:
            with servers.gatewright(Path(directory)) as server:
                fresh.append((server.started_in, server.cpu_seconds()))
            with servers.gatewright(Path(directory)) as server:
                again.append((server.started_in, server.cpu_seconds()))
    results = []
    for case, times in (("new", fresh), ("existing", again)):
        took = statistics.median(wall for wall, _ in times)
        busy = statistics.median(processor for _, processor in times)
        unit = f"s ({busy:.2f} s processor time)"
        results.append(limit(f"start to first answer, {case} data directory", took, unit, 1.0))
    return results


def memory(effort: Effort) -> list[Result]:
    """Weigh it after it has answered ten thousand requests and more, of both planes."""
    with servers.gatewright() as server:
        scene = make_scene(server.port, ROOT_KEY)
        signed = invocation(server.port, scene.api_id, "demo", scene.visitor)
        opened = invocation(server.port, scene.api_id, "open")
        came = identity_call(server.port, "GetId", {"IdentityPoolId": scene.pool})
        answered = 0.0
        while answered < _REQUESTS:
            answered += once(server, [signed, opened, came], effort.seconds).per_second * effort.seconds
        return [limit("resident memory after 10,000 requests", server.resident_megabytes(), "MB", 150.0)]


def limit(case: str, found: float, unit: str, goal: float) -> Result:
    """Return a line whose goal is the most that it may be."""
    return Result(case, "—", f"{found:,.2f} {unit}", "—", found, None, goal, at_most=True)
