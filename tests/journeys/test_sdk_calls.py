"""What the generated JavaScript SDK puts on the wire, run in Node, recorded, and checked by botocore."""

import io
import json
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from gatewright.gateway.deployment import ApiSnapshot, Method, Resource, StageSnapshot
from gatewright.services.apigateway.sdk.javascript import javascript_sdk

JS = Path(__file__).parents[1] / "js"
CREDENTIALS = {"accessKey": "ASIAEXAMPLE", "secretKey": "s3cr3t/+", "sessionToken": "tok/en+=="}


class Recorder(BaseHTTPRequestHandler):
    """Answers 200, or the status that the path's last segment asks for, and keeps what came in."""

    protocol_version = "HTTP/1.1"

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append({"method": self.command, "path": self.path, "headers": headers, "body": body})  # type: ignore[attr-defined]
        answer = json.dumps({"message": "seen"}).encode()
        self.send_response(int(self.path.rsplit("/", 1)[-1]) if self.path.startswith("/dev/status/") else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_one

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Sdk:
    """A generated SDK on disk, and the server that its calls go to."""

    def __init__(self, folder: Path, server: ThreadingHTTPServer) -> None:
        self.folder = folder
        self.server = server
        self.host = f"127.0.0.1:{server.server_address[1]}"

    def call(self, *calls: dict[str, Any], **config: Any) -> list[dict[str, Any]]:
        task = {"folder": str(self.folder), "config": config, "calls": calls}
        done = subprocess.run(
            ["node", JS / "call_sdk.cjs"],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        results: list[dict[str, Any]] = json.loads(done.stdout)
        return results

    @property
    def seen(self) -> list[dict[str, Any]]:
        return self.server.seen  # type: ignore[attr-defined, no-any-return]


def api() -> ApiSnapshot:
    def resource(path: str, *verbs: str, **parameters: bool) -> Resource:
        declared = {f"method.request.{name.replace('__', '.')}": value for name, value in parameters.items()}
        return Resource(
            id=path, path=path, methods={v: Method(http_method=v, request_parameters=declared) for v in verbs}
        )

    return ApiSnapshot(
        api_id="abc1234567",
        name="MOCK",
        resources=(
            resource("/", "GET"),
            resource("/demo", "GET", "POST", "DELETE", querystring__q=False, header__tenant=False),
            resource("/needs", "GET", querystring__must=True),
            resource("/pets/{petId}", "GET"),
            resource("/files/{proxy+}", "GET"),
            resource("/status/{code}", "GET"),
        ),
    )


@pytest.fixture
def sdk(tmp_path: Path) -> Iterator[Sdk]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.daemon_threads = True
    server.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage = StageSnapshot(account="0" * 12, region="eu-west-1", stage_name="dev", deployment_id="d", api=api())
    archive = javascript_sdk(stage, f"http://127.0.0.1:{server.server_address[1]}/dev")
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path)
    yield Sdk(tmp_path / "apiGateway-js-sdk", server)
    server.shutdown()
    server.server_close()


def signature_of(request: dict[str, Any], host: str, secret: str, region: str) -> str:
    """Compute with botocore the signature that a recorded request should have."""
    authorization = request["headers"]["authorization"]
    names = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
    path, _, query = request["path"].partition("?")
    recorded = AWSRequest(method=request["method"], url=f"http://{host}{path}", data=request["body"])
    recorded.params = None
    if query:
        recorded.url += f"?{query}"
    for name in names:
        recorded.headers[name] = request["headers"][name]
    recorded.context["timestamp"] = request["headers"]["x-amz-date"]
    signer = SigV4Auth(Credentials("ASIAEXAMPLE", secret), "execute-api", region)
    canonical = signer.canonical_request(recorded)
    assert canonical.split("\n")[-2] == ";".join(names)
    signature: str = signer.signature(signer.string_to_sign(recorded, canonical), recorded)
    return signature


def check_signature(request: dict[str, Any], host: str, region: str = "eu-west-1") -> None:
    authorization = request["headers"]["authorization"]
    date = request["headers"]["x-amz-date"][:8]
    assert authorization.startswith(
        f"AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/{date}/{region}/execute-api/aws4_request, "
    )
    assert authorization.endswith(f"Signature={signature_of(request, host, CREDENTIALS['secretKey'], region)}")
    signed = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
    sent = {name for name in request["headers"] if name.startswith("x-") or name in ("host", "content-type")}
    assert sent - {"x-real-ip"} <= set(signed), "a header that carries meaning is not signed"


def test_without_credentials_a_request_is_not_signed(sdk: Sdk) -> None:
    (result,) = sdk.call({"method": "demoGet"})
    assert result == {"status": 200, "data": {"message": "seen"}}
    (request,) = sdk.seen
    assert (request["method"], request["path"], request["body"]) == ("GET", "/dev/demo", b"")
    assert (
        not {"authorization", "x-amz-date", "x-amz-security-token", "x-api-key", "content-type"}
        & request["headers"].keys()
    )
    assert request["headers"]["accept"] == "application/json"


def test_an_api_key_is_sent_in_its_header(sdk: Sdk) -> None:
    sdk.call({"method": "demoGet"}, apiKey="k" * 20)
    assert sdk.seen[0]["headers"]["x-api-key"] == "k" * 20
    assert "authorization" not in sdk.seen[0]["headers"]


def test_every_kind_of_signed_request_verifies(sdk: Sdk) -> None:
    wild = "a b+c/é=&'!()*~😀"
    results = sdk.call(
        {"method": "rootGet"},
        {"method": "demoGet", "params": {"q": wild, "tenant": "  t  1 "}},
        {"method": "demoGet", "additionalParams": {"queryParams": {"z": "", "a-b": 1, "a": [2, 1], "é": wild}}},
        {"method": "demoPost", "params": {}, "body": {"name": wild, "n": [1, {"x": None}]}},
        {"method": "demoPost", "body": ' {"spaces": "are kept"} \n', "additionalParams": {"headers": {"X-Own": "1"}}},
        {
            "method": "demoPost",
            "body": wild,
            "additionalParams": {"headers": {"Content-Type": "text/plain;charset=latin1"}},
        },
        {"method": "demoPost", "bytes": [0, 255, 128, 10, 13]},
        {"method": "demoPost", "params": {}, "body": {}},
        {"method": "demoDelete", "body": [1]},
        {"method": "petsPetIdGet", "params": {"petId": wild}},
        {"method": "filesProxyGet", "params": {"proxy": "/a b/c?d#e/%2e%2e/;x/"}},
        apiKey="k" * 20,
        **CREDENTIALS,
    )
    assert [result.get("error") for result in results] == [None] * 11
    for request in sdk.seen:
        check_signature(request, sdk.host)
        assert request["headers"]["x-amz-security-token"] == CREDENTIALS["sessionToken"]
        assert "x-amz-content-sha256" not in request["headers"]  # not among the headers that the console's CORS allows

    by_index = dict(enumerate(sdk.seen))
    assert by_index[0]["path"] == "/dev/"
    assert parse_qsl(by_index[1]["path"].split("?")[1]) == [("q", wild)]
    assert by_index[2]["path"].startswith("/dev/demo?%C3%A9=a%20b%2Bc%2F%C3%A9%3D%26%27%21%28%29%2A~")
    assert by_index[2]["path"].endswith("&a=1&a=2&a-b=1&z=")
    assert json.loads(by_index[3]["body"]) == {"name": wild, "n": [1, {"x": None}]}
    assert by_index[4]["body"] == b' {"spaces": "are kept"} \n'
    assert by_index[5]["headers"]["content-type"] == "text/plain;charset=latin1"
    assert by_index[6]["body"] == bytes([0, 255, 128, 10, 13])
    assert by_index[7]["body"] == b""
    assert by_index[8]["body"] == b"[1]"
    assert by_index[10]["path"] == "/dev/files/a%20b/c%3Fd%23e/%252e%252e/%3Bx/"


def test_a_different_secret_gives_a_different_signature(sdk: Sdk) -> None:
    sdk.call({"method": "demoGet"}, **{**CREDENTIALS, "secretKey": "another"})
    (request,) = sdk.seen
    with pytest.raises(AssertionError):
        check_signature(request, sdk.host)


def test_the_region_of_the_configuration_wins_over_the_stages(sdk: Sdk) -> None:
    sdk.call({"method": "demoGet"}, region="us-west-2", **CREDENTIALS)
    check_signature(sdk.seen[0], sdk.host, "us-west-2")


def test_what_the_api_does_not_declare_is_not_sent(sdk: Sdk) -> None:
    (result,) = sdk.call({"method": "demoGet", "params": {"foo": "foo", "constructor": "x"}})
    assert result["status"] == 200
    assert sdk.seen[0]["path"] == "/dev/demo"


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_refusal_rejects_with_its_status_and_body(sdk: Sdk, status: int) -> None:
    (result,) = sdk.call({"method": "statusCodeGet", "params": {"code": status}}, **CREDENTIALS)
    assert result["error"]
    assert (result["status"], result["data"]) == (status, {"message": "seen"})


def test_nothing_is_sent_where_a_required_parameter_is_missing(sdk: Sdk) -> None:
    results = sdk.call(
        {"method": "needsGet"},
        {"method": "needsGet", "params": {"must": ""}},
        {"method": "petsPetIdGet", "params": {"other": 1}},
    )
    assert results[0]["error"] == results[1]["error"] == "needsGet needs the parameter 'must'"
    assert results[2]["error"] == "petsPetIdGet needs the parameter 'petId'"
    assert sdk.seen == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("petsPetIdGet", {"petId": ".."}),
        ("petsPetIdGet", {"petId": "."}),
        ("filesProxyGet", {"proxy": "a/../../prod/admin"}),
        ("filesProxyGet", {"proxy": "a//b"}),
    ],
)
def test_a_path_parameter_cannot_climb_to_another_resource(sdk: Sdk, method: str, params: dict[str, str]) -> None:
    (result,) = sdk.call({"method": method, "params": params}, **CREDENTIALS)
    assert "must not have an empty, '.' or '..' segment" in result["error"]
    assert sdk.seen == []


def test_the_secret_key_is_never_sent(sdk: Sdk) -> None:
    sdk.call({"method": "demoPost", "body": {"a": 1}}, **CREDENTIALS)
    (request,) = sdk.seen
    assert CREDENTIALS["secretKey"] not in json.dumps({**request, "body": request["body"].decode()})


def test_half_a_pair_of_credentials_is_refused_rather_than_sent_unsigned(sdk: Sdk) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        sdk.call({"method": "demoGet"}, accessKey="ASIAEXAMPLE")
    assert "accessKey and secretKey must be given together" in refused.value.stderr
    assert sdk.seen == []


def test_the_invoke_url_of_the_configuration_replaces_the_address(sdk: Sdk) -> None:
    sdk.call({"method": "demoGet"}, invokeUrl=f"http://{sdk.host}/_aws/execute-api/abc1234567/dev/", **CREDENTIALS)
    assert sdk.seen[0]["path"] == "/_aws/execute-api/abc1234567/dev/demo"
    check_signature(sdk.seen[0], sdk.host)
