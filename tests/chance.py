"""How much is left to chance: nothing in `make test`, and everything in `make fuzz`.

In: `FUZZ`, how many times the usual number of examples (without it, the usual ones, the same at every run), and
`FUZZ_SEED`, which repeats a run. Out: Hypothesis's settings, and seeds for tests that make up their own examples.
"""

import os
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

FACTOR = int(os.environ.get("FUZZ", "0"))
SEED = os.environ.get("FUZZ_SEED", "0")
USUAL = 100  # examples of a test that does not say how many


def choose_profile() -> None:
    """Let Hypothesis make the same examples at every run and on every machine, or others each time where it is asked.

    How slow the machine is decides no test: there is no deadline, and a slow example is no failure.
    """
    patient = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("repeatable", patient, derandomize=True, database=None)
    settings.register_profile("fuzz", patient, derandomize=False, max_examples=USUAL * max(FACTOR, 1))
    settings.load_profile("fuzz" if FACTOR else "repeatable")
    if not FACTOR:
        # Hypothesis tries constants of the modules that are loaded: which those are depends on the tests before.
        nothing = providers.Constants()
        providers._get_local_constants = lambda: nothing


def examples(count: int, **more: Any) -> settings:
    """Return settings for so many examples, or so many times more of them."""
    return settings(max_examples=count * max(FACTOR, 1), **more)


def seeds(count: int) -> Iterable[Any]:
    """Return so many seeds as parameters of a test, or so many times more of them."""
    if not FACTOR:
        found: Iterable[int] = range(count)
    else:
        chance = Random(SEED)
        found = [chance.randrange(1 << 32) for _ in range(count * FACTOR)]
    return [pytest.param(seed, marks=pytest.mark.hypothesis) for seed in found]
