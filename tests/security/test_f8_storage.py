"""F8: a full disk and a locked database are answered with an error that may be tried again; nothing is half done."""

import contextlib
import resource
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.running import Command, Running
from tests.security import scene
from tests.security.attacker import ROOT, Pen, ask

DATABASE = "gatewright.sqlite3"


@contextlib.contextmanager
def _serving(data: Path) -> Iterator[tuple[Command, Running]]:
    with Command(data, "--dev") as command:
        yield command, Running(command.port)


def _refusal(call: Any, **params: Any) -> tuple[int, str]:
    try:
        call(**params)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    return 200, ""


@contextlib.contextmanager
def _full_disk(command: Command, data: Path) -> Iterator[None]:
    """Let the process write no file beyond what its files hold now: as if the disk were full."""
    pid, limit = command.process.pid, resource.RLIMIT_FSIZE
    now = max(file.stat().st_size for file in data.iterdir())
    before = resource.prlimit(pid, limit, (min(4096, now), resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, limit, before)


def test_f8_a_full_disk_is_a_temporary_failure_and_leaves_no_partial_state(tmp_path: Path) -> None:
    with _serving(tmp_path) as (command, running):
        api_id, pool_id = scene.build_api(running), scene.build_pool(running)
        apigateway, iam, identity = (running.client(name) for name in ("apigateway", "iam", "cognito-identity"))
        iam.create_user(UserName="before")
        with _full_disk(command, tmp_path):
            for call, params in (
                (apigateway.create_rest_api, {"name": "x"}),
                (apigateway.create_deployment, {"restApiId": api_id, "stageName": "prod"}),
                (iam.create_user, {"UserName": "lost"}),
                (iam.create_access_key, {"UserName": "before"}),
                (iam.delete_user, {"UserName": "before"}),
                (identity.get_id, {"IdentityPoolId": pool_id}),
            ):
                status, code = _refusal(call, **params)
                assert status in (500, 503), (status, code)
                assert code in ("ServiceUnavailable", "InternalFailure")
            # What needs no writing goes on: the data plane, and reading.
            path = f"/_aws/execute-api/{api_id}/dev/demo"
            assert Pen(ROOT, "execute-api").ask(command.port, "GET", path).status == 200
            assert Pen(ROOT, "execute-api").ask(command.port, "GET", path.replace("dev", "prod")).status == 403
            assert [user["UserName"] for user in iam.list_users()["Users"]] == ["before"]
        iam.create_user(UserName="after")
        assert [api["id"] for api in apigateway.get_rest_apis()["items"]] == [api_id]
        assert [stage["stageName"] for stage in apigateway.get_stages(restApiId=api_id)["item"]] == ["dev"]
        assert [user["UserName"] for user in iam.list_users()["Users"]] == ["after", "before"]
        assert iam.list_access_keys(UserName="before")["AccessKeyMetadata"] == []
        assert identity.list_identities(IdentityPoolId=pool_id, MaxResults=10)["Identities"] == []
        assert command.stop() == 0
    with _serving(tmp_path) as (_, running):
        assert [user["UserName"] for user in running.client("iam").list_users()["Users"]] == ["after", "before"]


def test_f8_a_database_that_somebody_else_holds_is_a_temporary_failure(tmp_path: Path) -> None:
    with _serving(tmp_path) as (command, running):
        api_id = scene.build_api(running)
        iam, identity = running.client("iam"), running.client("cognito-identity")
        pool_id = scene.build_pool(running)
        iam.create_user(UserName="before")
        with contextlib.closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            began = time.monotonic()
            with ThreadPoolExecutor(4) as pool:
                waiting = [
                    pool.submit(_refusal, iam.delete_user, UserName="before"),
                    pool.submit(_refusal, identity.get_id, IdentityPoolId=pool_id),
                ]
                # Whoever only reads, and the data plane, are not held up by those who wait.
                assert [user["UserName"] for user in iam.list_users()["Users"]] == ["before"]
                path = f"/_aws/execute-api/{api_id}/dev/demo"
                assert Pen(ROOT, "execute-api").ask(command.port, "GET", path).status == 200
                assert time.monotonic() - began < 5
                for each in waiting:
                    assert each.result(60) == (503, "ServiceUnavailable")
            holder.execute("ROLLBACK")
        iam.create_user(UserName="after")
        assert [user["UserName"] for user in iam.list_users()["Users"]] == ["after", "before"]
        assert identity.list_identities(IdentityPoolId=pool_id, MaxResults=10)["Identities"] == []


def test_f8_who_waits_for_a_database_that_is_held_for_a_moment_is_served(tmp_path: Path) -> None:
    with _serving(tmp_path) as (_, running):
        iam = running.client("iam")
        with contextlib.closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(_refusal, iam.create_user, UserName="patient")
                time.sleep(0.5)
                holder.execute("COMMIT")
                assert waiting.result(20) == (200, "")


def test_f8_the_log_of_a_failure_holds_nothing_of_the_request(tmp_path: Path) -> None:
    with _serving(tmp_path) as (command, running):
        with _full_disk(command, tmp_path):
            assert _refusal(running.client("iam").create_user, UserName="confidential-name")[0] in (500, 503)
        answer = ask(command.port, "GET", "/_gatewright/health")
        assert answer.status == 200
        command.stop()
        log = command.log
    assert "request_id" in log, "the failure is told once, under its id"
    assert "confidential-name" not in log


@pytest.mark.parametrize("damage", [b"", b"not a database, but some other file that lies about\n" * 100])
def test_f8_a_database_that_is_none_is_one_line_at_the_start(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / DATABASE).write_bytes(damage)
    command = Command(tmp_path, "--dev")
    try:
        if not damage:  # an empty file is a new database
            command.wait_ready()
            return
        assert command.process.wait(60) == 2
        (line,) = command.log.strip().splitlines()
        assert "database" in line
    finally:
        command.__exit__()
