"""However many users and identities there are, a call costs the same: counted in steps of SQLite's own machine.

Such a step is what SQLite does with one value of one row. Their number is the same on every machine and at every load,
so that a test can ask for it; and whatever looks at everybody (a scan, a count, a sort, a filter that no index has)
takes more of them the more there are.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gatewright.services.cognito_idp.pools import estimated_users
from gatewright.services.cognito_idp.session_tables import CounterRow
from gatewright.settings import Settings
from tests.running import in_process
from tests.services.crowd import LISTS, QUESTIONS, Crowd, ends_of

FEW, MANY = 130, 2_600  # there is a second page of sixty among the few
COUNTED = 100  # users that DescribeUserPool looks at
_TRIES = 3  # what runs in the background meanwhile is counted too


class _Counted(sqlite3.Connection):
    """A connection that counts its steps with those of all others."""

    steps = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.set_progress_handler(_Counted.step, 1)

    @classmethod
    def step(cls) -> None:
        cls.steps += 1


def steps_of(act: Callable[[], Any]) -> int:
    """Return how many steps something takes."""
    took = []
    for _ in range(_TRIES):
        before = _Counted.steps
        act()
        took.append(_Counted.steps - before)
    return min(took)


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crowd, Crowd]]:
    """The same pools among few and among many."""
    connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **{**options, "factory": _Counted}))
        patch.setattr(estimated_users, "COUNTED", COUNTED)
        paths = [tmp_path_factory.mktemp("few"), tmp_path_factory.mktemp("many")]
        few, many = (Settings(data=path, port=0, dev=True, sample_successes=0) for path in paths)
        with in_process(few) as one, in_process(many) as other:
            yield Crowd(one, FEW), Crowd(other, MANY)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_call_takes_as_many_steps_among_many_as_among_few(crowds: tuple[Crowd, Crowd], question: str) -> None:
    few, many = (steps_of(lambda crowd=crowd: QUESTIONS[question](crowd)) for crowd in crowds)
    assert 0 < many <= few * 1.3 + 200, (few, many)


@pytest.mark.parametrize("name", LISTS)
def test_the_last_page_takes_as_many_steps_as_the_second(crowds: tuple[Crowd, Crowd], name: str) -> None:
    crowd, page = crowds[1], LISTS[name]
    second, last = (steps_of(lambda token=token: page(crowd, token)) for token in ends_of(crowd, page))
    assert 0 < last <= second * 1.3 + 200, (second, last)


def test_the_number_of_users_is_exact_in_a_small_pool_and_near_in_a_large_one(crowds: tuple[Crowd, Crowd]) -> None:
    few, many = crowds
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimated_users, "COUNTED", FEW + 50)
        told = few.idp.describe_user_pool(UserPoolId=few.pool)["UserPool"]["EstimatedNumberOfUsers"]
        assert told == len(few.usernames())
    told = many.idp.describe_user_pool(UserPoolId=many.pool)["UserPool"]["EstimatedNumberOfUsers"]
    assert MANY * 0.6 < told < MANY * 1.4  # four times the standard error of a hundred


def test_whoever_comes_after_a_busy_day_does_not_clean_up_all_of_it(crowds: tuple[Crowd, Crowd]) -> None:
    few, _ = crowds
    question = QUESTIONS["InitiateAuth, a wrong password"]
    usual = steps_of(lambda: question(few))
    long_ago = {"since": time.time() - 99, "until": time.time() - 9, "count": 1}
    few.add(CounterRow.__table__, [{"scope": f"y:{number}", **long_ago} for number in range(MANY)])
    before = _Counted.steps
    question(few)
    assert _Counted.steps - before < usual + 10_000
