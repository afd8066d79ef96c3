"""A PostgreSQL of the tests' own: Debian's package, a fresh cluster in a temporary directory, a free port."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests.running import free_port


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: make test installs Debian's package `postgresql`")
    return found[-1].parent


def _as_postgres(*command: str) -> None:
    # The server refuses to run as root; elsewhere it runs as whoever runs the tests.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/tmp")


class Cluster:
    """A running cluster; `fresh()` makes an empty database and returns its URL."""

    def __init__(self, binaries: Path, port: int) -> None:
        self._binaries = binaries
        self.port = port

    def fresh(self) -> str:
        """Make an empty database."""
        name = f"t{uuid.uuid4().hex}"
        _as_postgres(str(self._binaries / "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a cluster and stop it afterwards."""
    binaries, port = _binaries(), free_port()
    directory = Path(tempfile.mkdtemp(prefix="gatewright-pg-"))
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres")
    data = str(directory / "data")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={directory} -c max_connections=200"
    try:
        _as_postgres(str(binaries / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
        _as_postgres(str(binaries / "pg_ctl"), "-D", data, "-o", options, "-w", "-l", str(directory / "log"), "start")
        yield Cluster(binaries, port)
        _as_postgres(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
