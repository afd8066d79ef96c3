"""The suite tries the same examples at every run, whichever tests ran before."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import FACTOR, examples, seeds


@pytest.mark.skipif(FACTOR > 0, reason="`make fuzz` is for other examples each time")
def test_examples_do_not_depend_on_which_modules_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []

    @examples(300)
    @given(st.text(), st.integers())
    def collect(word: str, number: int) -> None:
        seen.append((word, number))

    collect()
    first = tuple(seen)
    seen.clear()
    module = ModuleType("a_module_of_ours_that_was_not_loaded_before")
    module.__file__ = str(tmp_path / "ours.py")
    Path(module.__file__).write_text(f"WORDS = {[f'a word of ours {number}' for number in range(99)]}\n")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    collect()
    assert tuple(seen) == first
    assert len(first) == 300


def test_seeds_are_parameters_that_a_longer_run_finds() -> None:
    assert [each.marks[0].name for each in seeds(2)] == ["hypothesis"] * 2 * max(FACTOR, 1)
