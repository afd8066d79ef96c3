"""`gatewright demo`: the main job, played on a server of its own, with every request, answer and reason shown.

The AWS calls are made by botocore, the real client; the calls of the API by plain HTTP, signed here. The reasons are
the server's own: what it keeps of each refusal and, in development, of each success. Exit code 0 means that each step
answered what it should.
"""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from gatewright.cli.serve import command
from gatewright.cli.telling import hanging, label
from gatewright.wire.sigv4.sign import Credentials, sign

_REGION = "us-east-1"
_ROOT = Credentials("test", "test")
_START_SECONDS = 30.0
_IDS = ("restApiId", "resourceId", "parentId")  # of what was made just before: not worth a reader's time
_CORS_HEADERS = "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token"

console = Console(highlight=False, soft_wrap=True)


class _Unexpected(Exception):
    """A step of the demo did not answer what it should."""


@dataclass(frozen=True)
class _Server:
    port: int
    process: "subprocess.Popen[bytes]"
    data: Path


def play(*, keep: bool = False) -> int:
    """Play the story; returns the exit code."""
    try:
        with _server(keep) as server:
            story = _Story(server.port)
            story.tell()
            if keep:
                _how_to_go_on(server, story)
            else:
                console.print("\nREADME.md does the same with the aws command line, against make serve.")
    except (_Unexpected, OSError) as error:
        console.print(f"\n[bold red]The demo stopped:[/] {escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


@contextlib.contextmanager
def _server(keep: bool) -> Iterator[_Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    data = Path(tempfile.mkdtemp(prefix="gatewright-demo-"))
    command = [sys.executable, "-m", "gatewright", "serve", "--dev", "--port", str(port), "--data", str(data)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
    log = (data / "server.log").open("wb")
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env=environ, stdout=log, stderr=log, start_new_session=keep
    )
    finished = False
    try:
        _wait(port, process, data)
        yield _Server(port, process, data)
        finished = True
    finally:
        log.close()
        if not (keep and finished):
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            shutil.rmtree(data, ignore_errors=True)


def _wait(port: int, process: "subprocess.Popen[bytes]", data: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if _call(port, "GET", "/_gatewright/health").status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise _Unexpected(f"the server did not start: {(data / 'server.log').read_text().strip()}")


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: str


def _call(port: int, method: str, path: str, headers: dict[str, str] | None = None) -> _Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return _Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()
        )
    finally:
        connection.close()


class _Story:
    """The story of the app whose API nobody else may call."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.endpoint = f"http://127.0.0.1:{port}"
        self.api_id = ""
        self.last = ""  # the id of the last request
        self.demo_resource = ""

    def tell(self) -> None:
        """Tell it from the beginning to the end."""
        console.rule("[bold]Gatewright: only my app may call my API")
        self._make_the_api()
        self._visit("anybody, unsigned", None, 200)
        self._guard_the_method()
        self._visit("anybody, unsigned: the change is not deployed yet", None, 200)
        self._aws("apigateway", "create_deployment", restApiId=self.api_id, stageName="dev")
        self._visit("anybody, unsigned", None, 403)
        pool = self._make_the_identity_pool()
        visitor = self._visitor(pool)
        self._visit("the app, signed, but its role may do nothing yet", visitor, 403)
        self._grant()
        self._visit("the app, signed", visitor, 200)
        forged = Credentials(visitor.access_key_id, visitor.secret_access_key[::-1], visitor.session_token)
        self._visit("somebody who stole the session token, but not the secret", forged, 403)
        console.rule("[bold green]The unsigned request was refused, the signed one was let in.")

    def _make_the_api(self) -> None:
        _scene("A MOCK API with CORS, deployed to the stage dev")
        api = self._aws("apigateway", "create_rest_api", name="MOCK")
        self.api_id = api["id"]
        resource = self._aws(
            "apigateway", "create_resource", restApiId=self.api_id, parentId=api["rootResourceId"], pathPart="demo"
        )
        self.demo_resource = resource["id"]
        self._mock_method("GET", {}, '{"message": "Hello from behind the guard"}')
        allow = {"Headers": _CORS_HEADERS, "Methods": "GET,OPTIONS", "Origin": "*"}
        self._mock_method("OPTIONS", {f"Access-Control-Allow-{name}": value for name, value in allow.items()}, "")
        self._aws("apigateway", "create_deployment", restApiId=self.api_id, stageName="dev")

    def _mock_method(self, verb: str, headers: dict[str, str], body: str) -> None:
        where: dict[str, Any] = {"restApiId": self.api_id, "resourceId": self.demo_resource, "httpMethod": verb}
        named = {f"method.response.header.{name}": value for name, value in headers.items()}
        self._aws("apigateway", "put_method", **where, authorizationType="NONE")
        declared = dict.fromkeys(named, False)
        self._aws("apigateway", "put_method_response", **where, statusCode="200", responseParameters=declared)
        templates = {"application/json": '{"statusCode": 200}'}
        self._aws("apigateway", "put_integration", **where, type="MOCK", requestTemplates=templates)
        self._aws(
            "apigateway",
            "put_integration_response",
            **where,
            statusCode="200",
            responseParameters={name: f"'{value}'" for name, value in named.items()},
            responseTemplates={"application/json": body},
        )

    def _guard_the_method(self) -> None:
        _scene("Its method asks for AWS_IAM")
        self._aws(
            "apigateway",
            "update_method",
            restApiId=self.api_id,
            resourceId=self.demo_resource,
            httpMethod="GET",
            patchOperations=[{"op": "replace", "path": "/authorizationType", "value": "AWS_IAM"}],
        )

    def _make_the_identity_pool(self) -> str:
        _scene("An identity pool that gives a role to visitors who do not sign in")
        pool = self._aws(
            "cognito-identity",
            "create_identity_pool",
            IdentityPoolName="app",
            AllowUnauthenticatedIdentities=True,
        )
        condition = {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": pool["IdentityPoolId"]},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
        }
        trust = _policy(
            Effect="Allow",
            Principal={"Federated": "cognito-identity.amazonaws.com"},
            Action="sts:AssumeRoleWithWebIdentity",
            Condition=condition,
        )
        role = self._aws("iam", "create_role", RoleName="Cognito_AppUnauth_Role", AssumeRolePolicyDocument=trust)
        roles = {"unauthenticated": role["Role"]["Arn"]}
        self._aws("cognito-identity", "set_identity_pool_roles", IdentityPoolId=pool["IdentityPoolId"], Roles=roles)
        return str(pool["IdentityPoolId"])

    def _visitor(self, pool: str) -> Credentials:
        identity = self._aws("cognito-identity", "get_id", unsigned=True, IdentityPoolId=pool)
        given = self._aws(
            "cognito-identity", "get_credentials_for_identity", unsigned=True, IdentityId=identity["IdentityId"]
        )["Credentials"]
        return Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])

    def _grant(self) -> None:
        _scene("The role may invoke this API's stage dev")
        arn = f"arn:aws:execute-api:{_REGION}:000000000000:{self.api_id}/dev/*/*"
        document = _policy(Effect="Allow", Action="execute-api:Invoke", Resource=arn)
        self._aws(
            "iam",
            "put_role_policy",
            RoleName="Cognito_AppUnauth_Role",
            PolicyName="invoke",
            PolicyDocument=document,
        )

    def _aws(self, service: str, operation: str, *, unsigned: bool = False, **params: Any) -> dict[str, Any]:
        client = _client(service, self.endpoint, unsigned)
        shown = ", ".join(f"{name}={_short(value)}" for name, value in params.items() if name not in _IDS)
        line = Text.assemble("  ", (service, "cyan"), f" {operation}({shown})")
        console.print(line, no_wrap=console.is_terminal, overflow="ellipsis", soft_wrap=not console.is_terminal)
        answer: dict[str, Any] = getattr(client, operation)(**params)
        return answer

    def _visit(self, who: str, credentials: Credentials | None, expected: int) -> None:
        path = f"/_aws/execute-api/{self.api_id}/dev/demo"
        headers = {"Accept": "application/json"}
        if credentials is not None:
            url = self.endpoint + path
            headers |= sign("GET", url, list(headers.items()), b"", credentials, "execute-api", _REGION, time.time())
        answer = _call(self.port, "GET", path, headers)
        verdict = "[green]let in[/]" if answer.status == 200 else "[red]refused[/]"
        console.print(f"\n  [bold]GET /dev/demo[/]  by {who}")
        hanging(console, Text.from_markup(f"  {verdict}: "), f"{answer.status} {_first_line(answer.body)}")
        self.last = answer.headers.get("x-amzn-requestid", "")
        for name, outcome, reason in self._steps(self.last):
            mark, style = {"passed": ("✓", "green"), "refused": ("✗", "red")}.get(outcome, ("·", "dim"))
            if name != "answer":
                hanging(console, Text.assemble("    ", (mark, style), f" {label(name):<20} "), _first_line(reason))
        console.print()
        if answer.status != expected:
            raise _Unexpected(f"GET /dev/demo by {who} answered {answer.status} where {expected} was due")

    def _steps(self, request_id: str) -> list[tuple[str, str, str]]:
        url = f"{self.endpoint}/_gatewright/requests/{request_id}"
        headers = sign("GET", url, [], b"", _ROOT, "gatewright", _REGION, time.time())
        answer = _call(self.port, "GET", f"/_gatewright/requests/{request_id}", headers)
        if answer.status != 200:
            return []
        return [(step["name"], step["outcome"], step["reason"]) for step in json.loads(answer.body)["steps"]]


def _client(service: str, endpoint: str, unsigned: bool, _made: dict[tuple[str, bool], Any] = {}) -> Any:  # noqa: B006
    import botocore.session
    from botocore import UNSIGNED
    from botocore.config import Config

    if (service, unsigned) not in _made:
        _made[service, unsigned] = botocore.session.get_session().create_client(
            service,
            region_name=_REGION,
            endpoint_url=endpoint,
            aws_access_key_id=_ROOT.access_key_id,
            aws_secret_access_key=_ROOT.secret_access_key,
            config=Config(signature_version=UNSIGNED) if unsigned else None,
        )
    return _made[service, unsigned]


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 90 else f"{text[:87]}…"


def _first_line(text: str) -> str:
    """Return the beginning of an answer: AWS puts the whole canonical request behind some messages."""
    line = text.partition("\\n")[0].partition("\n")[0]
    return line if line == text else f"{line} …"


def _scene(title: str) -> None:
    console.print(f"[bold]{escape(title)}[/]")


def _how_to_go_on(server: _Server, story: _Story) -> None:
    console.print(f"\nThe server goes on: port {server.port}, data in {server.data}, process {server.process.pid}.")
    pointed = f'eval "$({command()} env --dev --port {server.port})"'
    console.print(f"  Point the AWS command line here:  {pointed}")
    console.print("  Look at the API:                  aws apigateway get-rest-apis")
    console.print(f"  Why was the last one refused?     {command()} explain {story.last}")
    console.print(f"  Stop it:                          kill {server.process.pid}; rm -r {server.data}")
