"""What the documents say is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gatewright.settings import NOT_ON_COMMAND_LINES, Settings
from tests.docs.coverage_page import PAGE, page
from tests.running import Command

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")]


def test_the_coverage_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run: make coverage-page"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    files = [
        f"/{path.relative_to(ROOT)}"
        for folder in ("src", "tests", "bench", "examples")
        for path in (ROOT / folder).rglob("*.py")
    ]
    for name in re.findall(r"`([a-z_.]+/[a-z_./]+\.py)`", document.read_text()):
        assert any(path.endswith(f"/{name}") for path in files), name


def test_the_list_of_decisions_has_every_decision_by_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    for decision in sorted(folder.glob("0*.md")):
        number, title = decision.read_text().partition("\n")[0].removeprefix("# ").split(". ", 1)
        assert f"{number}. [{title}]({decision.name})" in listed
        assert int(number) == int(decision.name[:4])


def test_the_map_names_every_folder_of_the_code() -> None:
    text = (ROOT / "docs" / "map.md").read_text()
    source = ROOT / "src" / "gatewright"
    for folder in sorted(path.parent.relative_to(source) for path in source.glob("*/**/__init__.py")):
        assert f"`{folder}/" in text, folder


def test_the_readme_tells_every_command_line_setting() -> None:
    text = (ROOT / "README.md").read_text()
    for name in Settings.__struct_fields__:
        if name in NOT_ON_COMMAND_LINES:
            assert f"GATEWRIGHT_{name.upper()}" in text, name
        else:
            assert f"--{name.replace('_', '-')}" in text, name


def _blocks(story: str) -> list[str]:
    return re.findall(rf"<!-- run: {story} -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_the_five_minutes_of_the_readme_work_as_written(tmp_path: Path) -> None:
    blocks = [*_blocks("story"), *_blocks("users"), *_blocks("members")]
    assert len(blocks) == 8
    with Command(tmp_path, "--dev") as server:
        script = "\n".join(blocks).replace("env --dev", f"env --dev --port {server.port}")
        script = script.replace("curl ", 'curl -s -w "\\n%{http_code}\\n" ')
        script = script.replace("# Correct-horse-7", "<<< Correct-horse-7")  # what `login` asks for
        binaries = Path(sys.executable).parent
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GATEWRIGHT_"))}
        environ |= {"PATH": f"{binaries}:{os.environ['PATH']}", "AWS_PAGER": "", "HOME": str(tmp_path)}
        environ.pop("XDG_CONFIG_HOME", None)
        played = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
            cwd=tmp_path,
        )
    assert played.returncode == 0, played.stderr
    answers = re.findall(r"(\{.*?\})\n(\d{3})", played.stdout)
    assert [status for _, status in answers] == ["200", "403", "200", "401"], played.stdout
    assert ('{"message": "Hello"}', "200") in answers
    assert ('{"message":"Missing Authentication Token"}', "403") in answers
    assert answers[-2] == ('{"message": "Hello"}', "200"), played.stdout
    assert answers[-1] == ('{"message":"Unauthorized"}', "401"), played.stdout
    signed_in = played.stdout.split('{"message":"Unauthorized"}', 1)[1]
    assert signed_in.count("200 OK") == 2, "ann's calls: with her token, and signed with her credentials"
    assert played.stdout.rstrip().endswith('{"message": "Hello"}')
