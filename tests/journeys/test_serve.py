"""The command `gatewright serve` as an operator uses it."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from tests.running import Command, free_port


def _run(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GATEWRIGHT_"))}
    command = [sys.executable, "-m", "gatewright", *arguments]
    return subprocess.run(command, env=inherited | (environ or {}), capture_output=True, text=True, timeout=30)


def _sts(port: int, key: tuple[str, str]):
    return boto3.client(
        "sts",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
    )


def test_the_root_key_is_made_at_first_start_kept_private_and_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Command(data):
        pass
    first = json.loads((data / "root-key.json").read_text())
    with Command(data) as server:
        answer = _sts(server.port, (first["AccessKeyId"], first["SecretAccessKey"])).get_caller_identity()
        assert answer["Arn"] == "arn:aws:iam::000000000000:root"
        with pytest.raises(ClientError) as refused:
            _sts(server.port, ("test", "test")).get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "InvalidClientTokenId"
    for name in ("root-key.json", "master.key"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_nobody_else_reads_the_database_in_a_directory_that_was_there_before(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with Command(tmp_path):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes["gatewright.sqlite3"] == 0o600
    assert not [name for name, mode in modes.items() if mode & 0o077]


def test_the_root_key_and_the_account_can_be_set(tmp_path: Path) -> None:
    environ = {
        "GATEWRIGHT_ROOT_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "GATEWRIGHT_ROOT_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "GATEWRIGHT_ACCOUNT": "123456789012",
    }
    with Command(tmp_path, environ=environ) as server:
        key = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        assert _sts(server.port, key).get_caller_identity()["Account"] == "123456789012"
    assert not (tmp_path / "root-key.json").exists()


def test_env_prints_what_the_aws_command_line_needs(tmp_path: Path) -> None:
    with Command(tmp_path) as server:
        printed = _run("env", "--port", str(server.port), "--data", str(tmp_path))
        assert printed.returncode == 0
        aws = f"{sys.executable.rpartition('/')[0]}/aws"
        script = f"{printed.stdout}\n{aws} sts get-caller-identity --query Arn --output text"
        answer = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, timeout=60)
    assert answer.stdout.strip() == "arn:aws:iam::000000000000:root", answer.stderr


def test_env_before_the_first_start_says_what_to_do(tmp_path: Path) -> None:
    printed = _run("env", "--data", str(tmp_path / "none"))
    assert printed.returncode == 2
    assert "start the server first" in printed.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "99999"], "bad port"),
        (["--workers", "0"], "bad number of workers"),
        (["--account", "12"], "12 digits"),
        (["--database", "mysql://x"], "sqlite:///FILE or postgresql://"),
        (["--database", "postgresql://postgres@127.0.0.1:1/none"], "cannot use the database"),
        (["--data", "/proc/nothing"], "cannot write to the data directory"),
        (["--config", "/nonexistent.toml"], "cannot read /nonexistent.toml"),
        (["--host", "203.0.113.7"], "cannot be used"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line_and_exit_code_2(
    tmp_path: Path, options: list[str], said: str
) -> None:
    given = [] if "--data" in options else ["--data", str(tmp_path)]
    port = [] if "--port" in options else ["--port", str(free_port())]
    ended = _run("serve", *given, *port, *options)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "Traceback" not in ended.stderr


def test_a_busy_port_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = _run("serve", "--data", str(tmp_path), "--port", str(other.getsockname()[1]))
    assert ended.returncode == 2
    assert "is taken" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_bad_line_of_the_settings_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "gatewright.toml"
    file.write_text("prot = 4566\n")
    ended = _run("serve", "--data", str(tmp_path), "--config", str(file))
    assert ended.returncode == 2
    assert "prot" in ended.stderr


def test_the_settings_file_is_weaker_than_the_environment_and_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "gatewright.toml"
    file.write_text('account = "111111111111"\ndomain = "api.example"\n')
    environ = {"GATEWRIGHT_ACCOUNT": "222222222222", "GATEWRIGHT_CONFIG": str(file)}
    with Command(tmp_path / "data", "--dev", environ=environ) as server:
        assert _sts(server.port, ("test", "test")).get_caller_identity()["Account"] == "222222222222"
    with Command(tmp_path / "other", "--dev", "--account", "333333333333", environ=environ) as server:
        assert _sts(server.port, ("test", "test")).get_caller_identity()["Account"] == "333333333333"


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_finishes_what_is_under_way(tmp_path: Path, wish: signal.Signals, workers: str) -> None:
    with Command(tmp_path, "--dev", "--workers", workers) as server:
        answers: list[object] = []

        def create(number: int) -> None:
            iam = boto3.client(
                "iam",
                endpoint_url=f"http://127.0.0.1:{server.port}",
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            for turn in range(200):
                try:
                    iam.create_user(UserName=f"u{number}-{turn}")
                except Exception as error:
                    answers.append(error)
                    return

        threads = [threading.Thread(target=create, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        while httpx.get(f"http://127.0.0.1:{server.port}/_gatewright/health").status_code != 200:
            pass
        assert server.stop(wish) == 0
        for thread in threads:
            thread.join(30)
    # Every request was answered, or never got a connection: none was cut off in the middle.
    assert answers
    assert all(type(error).__name__ in ("EndpointConnectionError", "ConnectionClosedError") for error in answers), (
        answers
    )


def test_a_stop_that_comes_while_a_worker_is_waited_for_is_heard(tmp_path: Path) -> None:
    with Command(tmp_path, "--dev", "--workers", "2") as server:
        workers = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        first = workers.read_text().split()
        os.kill(int(first[0]), signal.SIGKILL)
        while not (made := set(workers.read_text().split()).difference(first)):
            time.sleep(0.005)
        os.kill(int(made.pop()), signal.SIGKILL)  # it died young, so that the next is made after a pause only
        time.sleep(0.2)  # into that pause, which lasts a second
        assert server.stop() == 0


def test_v3_dev_refuses_to_listen_on_anything_but_loopback(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1"):
        ended = _run("serve", "--dev", "--host", host, "--data", str(tmp_path / "d"), "--port", str(free_port()))
        assert ended.returncode == 2
        assert "loopback only" in ended.stderr
        assert not (tmp_path / "d").exists()


def test_it_listens_on_ipv6_too(tmp_path: Path) -> None:
    with Command(tmp_path, "--dev", "--host", "localhost") as server:
        assert httpx.get(f"http://[::1]:{server.port}/_gatewright/health").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{server.port}/_gatewright/health").status_code == 200


def test_version_is_printed() -> None:
    assert _run("version").stdout == _run("--version").stdout == "gatewright 0.1.0\n"


@pytest.mark.parametrize("of", [(), ("policy",)])
def test_what_a_command_does_is_told_in_one_line_that_ends(of: tuple[str, ...]) -> None:
    commands = _run(*of, "--help", environ={"COLUMNS": "80"}).stdout.partition("Commands:")[2].strip().splitlines()
    assert len(commands) >= 3
    assert [line for line in commands if not line.endswith(".")] == []
    assert [line for line in commands if line.endswith("...")] == []


def test_the_demo_ends_well_and_leaves_nothing(tmp_path: Path) -> None:
    played = _run("demo", environ={"TMPDIR": str(tmp_path)})
    assert played.returncode == 0, played.stdout + played.stderr
    assert "Missing Authentication Token" in played.stdout
    assert "Hello from behind the guard" in played.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_sends_no_mail_says_so(tmp_path: Path) -> None:
    with Command(tmp_path) as server:
        assert "Messages to users stay here until GATEWRIGHT_SMTP_URL is set" in server.log
