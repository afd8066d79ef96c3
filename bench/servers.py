"""The servers that are measured: each a process on one core, in its own directory, gone at the end.

In: nothing. Out: a `Server` that answers. Law: each runs as its makers say that one runs it alone on one core; none
of them logs requests.
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE = 0
ROOT_KEY = ("AKIABENCHMARKROOTKEY", "the-secret-of-the-benchmark-and-no-other")
DEVELOPMENT_KEY = ("test", "test")  # that of the others
_START_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    port: int
    pid: int
    directory: Path
    started_in: float  # seconds from its command to its first answer

    @property
    def endpoint(self) -> str:
        """Where AWS clients reach it."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the processor time that its processes have used."""
        return sum(_cpu_seconds(pid) for pid in _family(self.pid))

    def resident_megabytes(self) -> float:
        """Return the memory that its processes hold."""
        return sum(_resident(pid) for pid in _family(self.pid)) / 1e6


def _family(pid: int) -> list[int]:
    family = [pid]
    for parent in family:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                family += [int(child) for child in (task / "children").read_text().split()]
    return family


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


@contextlib.contextmanager
def gatewright(directory: Path | None = None) -> Iterator[Server]:
    """Run Gatewright as in production: durable SQLite in its data directory, no --dev."""
    environ = {
        "GATEWRIGHT_ROOT_ACCESS_KEY_ID": ROOT_KEY[0],
        "GATEWRIGHT_ROOT_SECRET_ACCESS_KEY": ROOT_KEY[1],
    }
    with data_directory(directory) as data:
        port = free_port()
        command = [sys.executable, "-m", "gatewright", "serve", "--port", str(port), "--data", str(data / "data")]
        with process("gatewright", command, port, "/_gatewright/health", data, environ) as server:
            yield server


@contextlib.contextmanager
def nginx(body: bytes) -> Iterator[Server]:
    """Run nginx that answers every request with the same bytes: what a server can do that decides nothing."""
    with data_directory(None) as data:
        port = free_port()
        (data / "nginx.conf").write_text(_NGINX.format(data=data, port=port, body=body.decode()))
        command = [_nginx(), "-p", str(data), "-e", str(data / "error.log"), "-c", str(data / "nginx.conf")]
        with process("nginx", command, port, "/", data, {}) as server:
            yield server


_NGINX = """
worker_processes 1;
daemon off;
pid {data}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {data}/body; proxy_temp_path {data}/proxy; fastcgi_temp_path {data}/fastcgi;
    uwsgi_temp_path {data}/uwsgi; scgi_temp_path {data}/scgi;
    server {{
        listen 127.0.0.1:{port};
        default_type application/json;
        location / {{ return 200 '{body}'; }}
    }}
}}
"""


def _nginx() -> str:
    return shutil.which("nginx") or "/usr/sbin/nginx"


@contextlib.contextmanager
def ministack() -> Iterator[Server]:
    """Run MiniStack with its own access checks on."""
    with data_directory(None) as data:
        port = free_port()
        environ = {
            "AUTH": "true",
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "LOG_LEVEL": "ERROR",
            "S3_DATA_DIR": str(data / "s3"),
            "TMPDIR": str(data),
        }
        with process("ministack", [installed("ministack")], port, "/_ministack/health", data, environ) as server:
            yield server


@contextlib.contextmanager
def moto() -> Iterator[Server]:
    """Run moto's server."""
    with data_directory(None) as data:
        port = free_port()
        command = [installed("moto_server"), "-H", "127.0.0.1", "-p", str(port)]
        with process("moto", command, port, "/moto-api/", data, {}) as server:
            yield server


def installed(name: str) -> str:
    """Return the command of a tool of the benchmark's own environment."""
    return str(Path(sys.executable).with_name(name))


@contextlib.contextmanager
def data_directory(given: Path | None) -> Iterator[Path]:
    """Keep a server's data somewhere: where it is told to, or in a place that is gone afterwards."""
    if given is not None:
        yield given
        return
    # Beside the repository and not in /tmp, which may be memory: what is durable must pay for it.
    made = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def process(
    name: str, command: Sequence[str], port: int, path: str, data: Path, environ: Mapping[str, str]
) -> Iterator[Server]:
    """Run a server on its core until the end, once it has answered."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GATEWRIGHT_", "AWS_"))}
    log = data / f"{name}.log"
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *command],
            env={**kept, **environ}, stdout=output, stderr=output, cwd=data,
        )  # fmt: skip
        try:
            _wait(process, port, path, log)
            yield Server(name, port, process.pid, data, time.perf_counter() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.002)
        finally:
            connection.close()
    raise RuntimeError(f"{process.args!r} did not start: {log.read_text(errors='replace')[-2000:]}")
