"""Compare the engine with the specification on as many random cases as one has time for.

    PYTHONPATH=src:. python tests/fuzz/run_policy_differential.py [CASES] [SEED]

Prints a line for every difference, and how the decisions were spread; ends with 1 where there was a difference.
"""

import dataclasses
import json
import sys
import time
from collections import Counter
from random import Random

from gatewright.policy.evaluate import decide
from tests.fuzz import specification
from tests.fuzz.policy_cases import for_engine, for_specification, random_case


def main(cases: int, seed: int) -> int:
    """Run the comparison."""
    spread: Counter[str] = Counter()
    differences = 0
    began = time.monotonic()
    for number in range(cases):
        case = random_case(Random(f"{seed}/{number}"))
        request, policies = for_engine(case)
        engine = decide(request, policies).outcome.value
        expected = specification.decide(for_specification(case))
        spread[f"{case.mode}: {engine}"] += 1
        if engine != expected:
            differences += 1
            print(f"case {seed}/{number}: engine {engine}, specification {expected}")
            if differences <= 3:
                print(json.dumps(dataclasses.asdict(case), indent=1))
    print(f"{cases} cases from seed {seed} in {time.monotonic() - began:.0f} s, {differences} differences")
    for decision, count in sorted(spread.items()):
        print(f"  {decision}: {count}")
    return 1 if differences else 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(arguments[0] if arguments else 100_000, arguments[1] if len(arguments) > 1 else 1))
