"""The programs of `examples/python`, run as they are, against a server of their own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Command, Running

EXAMPLES = Path(__file__).parents[2] / "examples" / "python"
STORIES = {
    "guard_an_api_with_iam.py": ["200", "200", "403", "200"],
    "sign_in_and_call.py": ["403", "200", "200"],
    "cognito_authorizer.py": ["401", "200", "401"],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Command(tmp_path_factory.mktemp("data"), "--dev") as command:
        yield Running(command.port)


@pytest.mark.parametrize("program", STORIES)
def test_an_example_tells_its_story_and_leaves_nothing_behind(program: str, server: Running) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / program], env=server.environ(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()] == STORIES[program]
    assert "Horse" not in done.stdout
    assert server.client("apigateway").get_rest_apis()["items"] == []
    assert server.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"] == []
    assert server.client("cognito-identity").list_identity_pools(MaxResults=10)["IdentityPools"] == []
    assert server.client("iam").list_roles()["Roles"] == []


def test_every_program_is_run_and_told_of() -> None:
    programs = {path.name for path in EXAMPLES.glob("*.py") if "__main__" in path.read_text()}
    assert programs == set(STORIES)
    told = (EXAMPLES.parent / "README.md").read_text()
    assert all(f"python/{name}" in told for name in programs)
