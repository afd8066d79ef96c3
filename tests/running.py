"""A running product for tests: real sockets, in a thread of the test process or as the real command."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import msgspec
import uvloop
from botocore.config import Config

from gatewright.app import Product, open_product
from gatewright.core.clock import SystemClock
from gatewright.edge.server import Server, bind
from gatewright.settings import Settings

REGION = "us-east-1"
ACCOUNT = "000000000000"


class Running:
    """Where a product can be reached, and AWS clients that reach it."""

    def __init__(self, port: int, key: tuple[str, str] = ("test", "test")) -> None:
        self.port = port
        self.endpoint = f"http://127.0.0.1:{port}"
        self.region = REGION
        self.account = ACCOUNT
        self.key = key
        self._clients: dict[Any, Any] = {}
        self._http = httpx.Client(verify=False)  # one for all: making one reads every certificate of the machine

    def client(
        self,
        service: str,
        *,
        region: str = REGION,
        key: tuple[str, str] | None = None,
        token: str | None = None,
        **config: Any,
    ) -> Any:
        """Return a boto3 client; the root's unless a key is given. Clients are kept, because making one is slow."""
        known = (service, region, key, token, tuple(sorted(config.items())))
        if known not in self._clients:
            key_id, secret = key or self.key
            self._clients[known] = boto3.client(
                service,
                endpoint_url=self.endpoint,
                region_name=region,
                aws_access_key_id=key_id,
                aws_secret_access_key=secret,
                aws_session_token=token,
                config=Config(retries={"max_attempts": 0}, **config),
            )
        return self._clients[known]

    def reset(self) -> None:
        """Empty the product."""
        self._http.post(f"{self.endpoint}/_gatewright/reset").raise_for_status()

    def environ(self) -> dict[str, str]:
        """Return an environment in which AWS's own tools reach the product."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GATEWRIGHT_"))}
        return inherited | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key[0],
            "AWS_SECRET_ACCESS_KEY": self.key[1],
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }


@contextlib.contextmanager
def in_process(settings: Settings) -> Iterator[Running]:
    """Run a product in a thread of this process, so that a test can also look inside (`running.product`)."""
    started = threading.Event()
    running: list[Any] = []

    async def main() -> None:
        listeners = bind(settings.host, settings.port)
        port = listeners[0].getsockname()[1]  # what the product writes into addresses that it hands out
        product: Product = await open_product(msgspec.structs.replace(settings, port=port))
        server = Server(product.answer, SystemClock(), product.begin_upload)
        await server.start(listeners)
        stop = asyncio.Event()
        found = Running(port)
        found.product = product  # type: ignore[attr-defined]
        found.loop = asyncio.get_running_loop()  # type: ignore[attr-defined]
        running.extend([found, asyncio.get_running_loop(), stop])
        started.set()
        await stop.wait()
        await server.stop()
        await product.close()

    def target() -> None:
        try:
            uvloop.run(main())
        except BaseException as error:
            running.append(error)
            started.set()
            raise

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    started.wait(120)
    if isinstance(running[0], BaseException):
        raise running[0]
    yield running[0]
    running[1].call_soon_threadsafe(running[2].set)
    thread.join(30)


class Command:
    """The real `gatewright serve`, as a process."""

    def __init__(
        self, data: Path, *options: str, environ: dict[str, str] | None = None, port: int | None = None
    ) -> None:
        self.port = port or free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GATEWRIGHT_"))}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe that nobody reads would stop the server when full
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gatewright", "serve", "--port", str(self.port), "--data", str(data), *options],
            env=inherited | (environ or {}),
            stderr=self._log,
        )

    @property
    def log(self) -> str:
        """What it has written to its error output until now."""
        return os.pread(self._log.fileno(), 1 << 30, 0).decode()  # its own place in the file stays where it is

    def wait_ready(self, seconds: float = 120.0) -> None:
        """Return when the health page answers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.port}/_gatewright/health").status_code == 200:
                    return
            if self.process.poll() is not None:
                raise RuntimeError(f"serve ended: {self.log}")
            time.sleep(0.02)
        raise TimeoutError("serve did not become ready")

    def stop(self, wish: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(wish)
        return self.process.wait(120)

    def __enter__(self) -> "Command":
        self.wait_ready()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
