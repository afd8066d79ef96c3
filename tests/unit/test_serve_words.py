"""What `serve` says when it starts points a shell here, as it is written."""

import sys
from pathlib import Path

import pytest

from gatewright.cli.serve import pointing_here
from gatewright.settings import Settings


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/gatewright"])
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/gatewright")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (Settings(dev=True), 'eval "$(gatewright env --dev)"'),
        (Settings(dev=True, port=4600, data=Path("/d")), 'eval "$(gatewright env --dev --port 4600)"'),
        (Settings(), 'eval "$(gatewright env)"'),
        (Settings(data=Path("/my data")), "eval \"$(gatewright env --data '/my data')\""),
        (Settings(domain="aws.test"), 'eval "$(gatewright env --domain aws.test)"'),
    ],
)
def test_only_the_options_that_are_needed_are_named(settings: Settings, line: str) -> None:
    assert pointing_here(settings) == line


def test_the_command_is_named_by_its_path_where_the_shell_does_not_find_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/gatewright"])
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert pointing_here(Settings()) == 'eval "$(.venv/bin/gatewright env)"'
    monkeypatch.setattr(sys, "argv", ["/lib/gatewright/__main__.py"])
    assert pointing_here(Settings()) == 'eval "$(gatewright env)"'
