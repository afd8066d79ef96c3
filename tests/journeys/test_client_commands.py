"""`gatewright login`, `token`, `send` and `logout`, as real processes; passwords are typed into a real terminal."""

import base64
import json
import os
import pty
import re
import select
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gatewright.core.totp import code_at, step_at
from tests.chains.test_cognito_authorizer import Guarded
from tests.journeys import story
from tests.running import Running
from tests.services.policies import document
from tests.user_pool_people import PASSWORD, People

PREFIX = "cognito-identity.amazonaws.com"
NEW = "Another-horse-2"
PATIENCE = 60.0


# A terminal whose first process ends forgets what nobody has read yet. So a shell is the first, and waits for a line.
_SHELL = ("setsid", "-c", "sh", "-c", '"$@"; printf "[ended %d]" $?; read _', "sh")


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, environ: dict[str, str], *words: str) -> None:
        self.screen, keyboard = "", 0
        self._master, keyboard = pty.openpty()
        command = [*_SHELL, sys.executable, "-m", "gatewright", *words]
        self.process = subprocess.Popen(command, stdin=keyboard, stdout=keyboard, stderr=keyboard, env=environ)
        os.close(keyboard)

    def type(self, after: str, text: str) -> None:
        """Wait until something is on the screen, then type a line."""
        self.wait(after)
        self.screen = ""
        os.write(self._master, f"{text}\n".encode())

    def wait(self, words: str) -> None:
        """Wait until something is on the screen."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.screen:
            assert self._read(deadline), f"{words!r} did not come: {self.screen}"

    def ends(self) -> int:
        """Return the exit code."""
        self.wait("[ended ")
        self.screen, _, code = self.screen.rpartition("[ended ")  # one write: it comes whole
        os.write(self._master, b"\n")
        self.process.wait(PATIENCE)
        os.close(self._master)
        return int(code.partition("]")[0])

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return False
        try:
            found = os.read(self._master, 65_536)
        except OSError:  # the other side is gone
            return False
        self.screen += found.decode(errors="replace")
        return bool(found)


class Shell:
    """Where somebody works: a home of their own, and a server."""

    def __init__(self, product: Running, home: Path) -> None:
        self.product = product
        self.home = home
        self.environ = product.environ() | {"XDG_CONFIG_HOME": str(home), "COLUMNS": "120"}

    def run(self, *words: str, typed: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run a command without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "gatewright", *words],
            env=self.environ | environ,
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
        )

    def terminal(self, *words: str) -> Terminal:
        """Run a command in a terminal."""
        return Terminal(self.environ, *words)


@pytest.fixture
def shell(product: Running, tmp_path: Path) -> Shell:
    return Shell(product, tmp_path)


def _member_api(product: Running, people: People) -> tuple[str, str]:
    """Make an API that members may call, signed; returns the stage's URL and the identity pool."""
    api = story.guarded_mock(product.client("apigateway"), ("GET", "POST"))
    pools, iam = product.client("cognito-identity"), product.client("iam")
    provider = {"ProviderName": people.provider, "ClientId": people.client_id, "ServerSideTokenCheck": True}
    pool = pools.create_identity_pool(
        IdentityPoolName="club", AllowUnauthenticatedIdentities=True, CognitoIdentityProviders=[provider]
    )["IdentityPoolId"]
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": PREFIX},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{PREFIX}:aud": pool}},
    }
    role = iam.create_role(RoleName="member", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    policy = story.invoke_policy(product.region, product.account, api)
    iam.put_role_policy(RoleName="member", PolicyName="invoke", PolicyDocument=policy)
    pools.set_identity_pool_roles(IdentityPoolId=pool, Roles={"authenticated": role, "unauthenticated": role})
    return f"http://{api}.execute-api.{product.region}.localhost:{product.port}/{story.STAGE}", str(pool)


def test_seed_001_somebody_logs_in_at_a_terminal_and_calls_the_api_signed(product: Running, shell: Shell) -> None:
    people = People(product)
    people.person("jane")
    stage, identities = _member_api(product, people)
    login = shell.terminal("login", "jane", people.id, people.client_id, "--identity-pool", identities)
    login.type("Password of jane: ", PASSWORD)
    login.wait("Signed in as jane")
    assert login.ends() == 0
    assert PASSWORD not in login.screen, "it is not shown"
    kept = [path for path in shell.home.rglob("*") if path.is_file()]
    assert {path.name for path in kept} == {"place.json", "session.json", "session.json.lock"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert not any(PASSWORD in path.read_text() for path in kept)

    signed = shell.run("send", f"{stage}/demo", "--sign")
    assert signed.returncode == 0, signed.stderr
    assert signed.stdout.startswith("200 OK\n")
    assert json.loads(signed.stdout.rpartition("\n\n")[2]) == story.GREETING
    assert "jane of" in signed.stderr
    body = shell.home / "body.json"
    body.write_text('{"name": "x"}')
    posted = shell.run("send", f"{stage}/demo", "--sign", "-d", f"@{body}", "-H", "X-Amz-Meta: y")
    assert posted.returncode == 0, posted.stderr
    visitor = shell.run("send", f"{stage}/demo", "--visitor", identities)
    assert visitor.returncode == 0, visitor.stderr

    unsigned = shell.run("send", f"{stage}/demo")
    assert unsigned.returncode == 1
    assert unsigned.stdout.startswith("403 Forbidden\n")
    assert "Missing Authentication Token" in unsigned.stdout
    why = re.search(r"Why\? gatewright (explain \S+)", unsigned.stderr)
    assert why is not None
    explained = shell.run(*why[1].split())
    assert explained.returncode == 0, explained.stderr
    assert "GET /dev/demo" in explained.stdout

    assert shell.run("logout").returncode == 0
    over = shell.run("send", f"{stage}/demo", "--sign")
    assert over.returncode == 1
    assert "gatewright login" in over.stderr


def test_seed_003_a_token_of_a_client_with_a_secret_opens_the_api(product: Running, shell: Shell) -> None:
    people = People(product, GenerateSecret=True)
    people.person("jane", email="jane@example.com")
    described = people.idp.describe_user_pool_client(UserPoolId=people.id, ClientId=people.client_id)
    secret = described["UserPoolClient"]["ClientSecret"]
    guarded = Guarded(product, [people])
    guarded.method()
    guarded.api.deploy()
    url = str(guarded.call().request.url)

    nobody = shell.run("send", url)
    assert nobody.returncode == 1
    assert nobody.stdout.startswith("401 Unauthorized\n")
    assert nobody.stdout.endswith('{"message":"Unauthorized"}\n')

    asked = ("token", "jane", people.id, people.client_id)
    printed = shell.run(*asked, secret, typed=f"{PASSWORD}\n")
    assert printed.returncode == 0, printed.stderr
    assert "can be read by others" in printed.stderr
    found = re.search(r"^ID token: (\S+)$", printed.stdout, re.MULTILINE)
    assert found is not None
    let_in = shell.run("send", url, "--token", found[1])
    assert let_in.returncode == 0, let_in.stdout
    assert '"name":"jane"' in let_in.stdout
    assert shell.run("send", url, "--token", "-", typed=found[1][:-4]).returncode == 1

    quiet = shell.run(*asked, "--only", "access", GATEWRIGHT_CLIENT_SECRET=secret, GATEWRIGHT_PASSWORD=PASSWORD)
    assert quiet.returncode == 0, quiet.stderr
    assert quiet.stderr == ""
    assert shell.run("send", url, "--token", quiet.stdout.strip()).returncode == 1, "an access token is no ID token"
    assert not any(path.is_file() for path in shell.home.rglob("*")), "nothing is kept"

    lacking = shell.run(*asked, GATEWRIGHT_PASSWORD=PASSWORD)
    assert lacking.returncode == 1
    assert "GATEWRIGHT_CLIENT_SECRET" in lacking.stderr
    wrong = shell.run(*asked, typed="Wrong-horse-1\n", GATEWRIGHT_CLIENT_SECRET=secret)
    assert wrong.returncode == 1
    assert "Incorrect username or password." in wrong.stderr
    assert "gatewright explain" in wrong.stderr
    assert "Wrong-horse-1" not in wrong.stderr


def test_a_new_password_and_an_authenticator_app_are_asked_for_at_the_terminal(product: Running, shell: Shell) -> None:
    people = People(product)
    people.idp.admin_create_user(
        UserPoolId=people.id, Username="jane", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    people.idp.set_user_pool_mfa_config(
        UserPoolId=people.id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    login = shell.terminal("login", "jane", people.id, people.client_id, "--session", "work")
    login.type("Password of jane: ", PASSWORD)
    login.type("New password: ", "weak")
    login.type("The same again: ", "weak")
    login.wait("Password did not conform")
    login.type("New password: ", NEW)
    login.type("The same again: ", NEW)
    login.wait("Its code: ")
    seed = re.search(r"^  ([A-Z2-7]{32,})\r?$", login.screen, re.MULTILINE)
    assert seed is not None
    assert "█" in login.screen or "▀" in login.screen, "a QR code"
    code = _code(seed[1], 0)
    login.type("Its code: ", code)
    login.wait("Signed in as jane")
    login.wait("--session work")
    assert login.ends() == 0

    again = shell.terminal("login", "--session", "work")
    again.type("Password of jane: ", NEW)
    again.type("Code of your authenticator app: ", "000000")
    again.wait("Invalid code")
    again.type("Code of your authenticator app: ", _code(seed[1], 1))
    again.wait("Signed in as jane")
    assert again.ends() == 0
    told = shell.run("token", "--session", "work", "--json")
    assert set(json.loads(told.stdout)) == {"id", "access", "refresh"}


def _code(secret_code: str, later: int) -> str:
    seed = base64.b32decode(secret_code + "=" * (-len(secret_code) % 8))
    return code_at(seed, step_at(time.time()) + later)


def test_an_administrator_s_flow_is_signed_as_the_article_s_script_was(product: Running, shell: Shell) -> None:
    people = People(product, GenerateSecret=True, ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"])
    people.person("jane")
    described = people.idp.describe_user_pool_client(UserPoolId=people.id, ClientId=people.client_id)
    environ: dict[str, Any] = {
        "GATEWRIGHT_CLIENT_SECRET": described["UserPoolClient"]["ClientSecret"],
        "GATEWRIGHT_PASSWORD": PASSWORD,
    }
    asked = ("token", "jane", people.id, people.client_id)
    refused = shell.run(*asked, **environ)
    assert "--flow" in refused.stderr
    done = shell.run(*asked, "--flow", "ADMIN_USER_PASSWORD_AUTH", "--only", "id", **environ)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(".") == 2
