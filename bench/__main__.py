"""`python -m bench`: run the cases, print the table, record it."""

import argparse
import os
import sys
from collections.abc import Callable

from bench import cases, footprint, growth, population, sessions, sign_in, table, tokens
from bench.cases import Effort, Result
from bench.load import LOAD_CORE, NotMeasured
from bench.servers import SERVER_CORE

CASES: dict[str, Callable[[Effort], list[Result]]] = {
    "nginx": cases.against_nginx,
    "ministack": cases.against_ministack,
    "identities": cases.identities,
    "envoy": tokens.against_envoy,
    "tokens": tokens.against_ministack,
    "logins": sign_in.logins,
    "srp": sign_in.srp,
    "population": population.population,
    "start": footprint.start,
    "memory": footprint.memory,
    "sessions": sessions.sessions,
    "growth": growth.growth,
}


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=sorted(CASES), default=list(CASES), help="these cases only")
    parser.add_argument("--quick", action="store_true", help="two short rounds: to see that it runs")
    parser.add_argument("--record", action="store_true", help="write these cases into the table; all cases always are")
    asked = parser.parse_args()
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        print("The benchmark needs two cores: one for the servers, one for the load.", file=sys.stderr)
        return 2
    effort = Effort(2, 2) if asked.quick else Effort(5, 3)
    results: list[Result] = []
    missed = False
    for name in asked.only:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            results += CASES[name](effort)
        except NotMeasured as problem:
            missed = True
            print(f"{name} could not be measured: {problem}", file=sys.stderr)
    print(f"{table.machine()}\n\n{table.markdown(results)}")
    everything = list(asked.only) == list(CASES) and not asked.quick
    if (everything or asked.record) and not missed:
        table.record(results)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
