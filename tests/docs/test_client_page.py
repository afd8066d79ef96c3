"""The client's page: its programs name what there is, and its commands have the options that it tells of."""

import ast
import importlib
import re
from pathlib import Path

import pytest
import typer

from gatewright.cli.commands import cli

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda text: text.splitlines()[0])
def test_a_program_of_the_page_names_what_there_is(program: str) -> None:
    tree = ast.parse(program)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module or "")
            assert all(hasattr(module, name.name) for name in node.names), ast.unparse(node)


def test_every_option_of_the_page_is_one_of_its_commands() -> None:
    commands = typer.main.get_command(cli).commands  # type: ignore[attr-defined]
    told = ("login", "logout", "token", "send")
    options = {option for name in told for parameter in commands[name].params for option in parameter.opts}
    for option in re.findall(r"--[a-z][a-z-]+", PAGE):
        assert option in options, option
