"""F1: what was acknowledged survives `kill -9`, in the middle of writes, again and again.

The real command; several clients that write and note what they were answered; SIGKILL at a random moment. Afterwards
everything that was acknowledged is there, and whoever it concerns is enforced as if nothing had happened.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from gatewright.wire.sigv4.sign import Credentials
from tests.postgres import Cluster
from tests.running import Command, Running, free_port
from tests.security import scene
from tests.security.attacker import Pen

ROOT = ("AKIAIOSFODNN7EXAMPLE", "s" * 40)
ENVIRON = {"GATEWRIGHT_ROOT_ACCESS_KEY_ID": ROOT[0], "GATEWRIGHT_ROOT_SECRET_ACCESS_KEY": ROOT[1]}
ROUNDS = 3


@dataclass
class Acknowledged:
    """What clients were told, over all rounds."""

    users: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)
    apis: set[str] = field(default_factory=set)
    identities: set[str] = field(default_factory=set)
    policies: dict[str, int] = field(default_factory=dict)  # user -> the last policy version that was put

    def sizes(self) -> list[int]:
        """Return how much of each kind there is."""
        return [len(kind) for kind in (self.users, self.keys, self.apis, self.identities, self.policies)]


class Writers:
    """Clients that write until the server is gone."""

    def __init__(self, running: Running, pool_id: str, told: Acknowledged, round_: int) -> None:
        self._running = running
        self._pool_id = pool_id
        self._told = told
        self._round = round_
        self._threads: list[threading.Thread] = []
        for work in (self._users, self._users, self._apis, self._identities, self._identities, self._policy):
            self._threads.append(threading.Thread(target=self._until_gone, args=(work, len(self._threads))))

    def __enter__(self) -> "Writers":
        for service in ("iam", "apigateway", "cognito-identity"):  # making a client is slow, and not for many threads
            self._running.client(service)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join(60)

    def _until_gone(self, work: Callable[[str, int], None], number: int) -> None:
        turn = 0
        try:
            while True:
                work(f"r{self._round}t{number}", turn)
                turn += 1
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.HTTPClientError, ConnectionError):
            return  # it was killed; what this call did nobody was told

    def _users(self, name: str, turn: int) -> None:
        iam, user = self._running.client("iam"), f"{name}u{turn}"
        iam.create_user(UserName=user)
        self._told.users.add(user)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        self._told.keys[key["AccessKeyId"]] = key["SecretAccessKey"]
        if turn % 3 == 2:
            gone = f"{name}u{turn - 1}"
            (held,) = iam.list_access_keys(UserName=gone)["AccessKeyMetadata"]
            self._told.keys.pop(held["AccessKeyId"])  # from here on nothing is promised about it
            iam.delete_access_key(UserName=gone, AccessKeyId=held["AccessKeyId"])
            self._told.users.discard(gone)
            iam.delete_user(UserName=gone)
            self._told.deleted.add(gone)

    def _apis(self, name: str, turn: int) -> None:
        self._told.apis.add(self._running.client("apigateway").create_rest_api(name=f"{name}a{turn}")["id"])

    def _identities(self, _name: str, _turn: int) -> None:
        client = self._running.client("cognito-identity")
        self._told.identities.add(client.get_id(IdentityPoolId=self._pool_id)["IdentityId"])

    def _policy(self, name: str, turn: int) -> None:
        iam = self._running.client("iam")
        if turn == 0:
            iam.create_user(UserName=name)
            self._told.users.add(name)
        document = scene.policy({"Sid": f"v{turn}", "Effect": "Allow", "Action": "*", "Resource": "*"})
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        self._told.policies[name] = turn


def _check(running: Running, pool_id: str, told: Acknowledged) -> None:
    iam = running.client("iam")
    users = {user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]}
    assert told.users <= users, f"lost: {told.users - users}"
    assert not told.deleted & users, f"came back: {told.deleted & users}"
    pages = running.client("apigateway").get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 500})
    assert told.apis <= {api["id"] for page in pages for api in page["items"]}
    identity = running.client("cognito-identity")
    for identity_id in random.sample(sorted(told.identities), min(40, len(told.identities))):
        assert identity.get_credentials_for_identity(IdentityId=identity_id)["IdentityId"] == identity_id
    for key_id in random.sample(sorted(told.keys), min(20, len(told.keys))):
        pen = Pen(key=Credentials(key_id, told.keys[key_id]), at=time.time())
        assert pen.who_am_i(running.port).status == 200
    for name, turn in told.policies.items():
        (statement,) = iam.get_user_policy(UserName=name, PolicyName="p")["PolicyDocument"]["Statement"]
        assert int(statement["Sid"][1:]) >= turn, "an older policy came back"


def _identities_of(running: Running, pool_id: str) -> set[str]:
    found: set[str] = set()
    token: dict[str, Any] = {}
    while True:
        page = running.client("cognito-identity").list_identities(IdentityPoolId=pool_id, MaxResults=60, **token)
        found |= {one["IdentityId"] for one in page["Identities"]}
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def _until_each_has_written(told: Acknowledged, before: list[int]) -> None:
    """Return when every kind of writer was acknowledged something in this round, however slow the machine."""
    deadline = time.monotonic() + 60
    while any(now <= then for now, then in zip(told.sizes(), before, strict=True)):
        assert time.monotonic() < deadline, "nothing is written any more"
        time.sleep(0.01)


def _kill_again_and_again(data: Path, *options: str) -> None:
    told, port = Acknowledged(), free_port()
    running = Running(port, ROOT)
    pool_id = ""
    for round_ in range(ROUNDS):
        with Command(data, *options, environ=ENVIRON, port=port) as command:
            if round_ == 0:
                pool_id = scene.build_pool(running)
            _check(running, pool_id, told)
            before = told.sizes()
            with Writers(running, pool_id, told, round_):
                _until_each_has_written(told, before)
                time.sleep(random.uniform(0.0, 0.6))
                command.process.kill()
                command.process.wait()
    with Command(data, *options, environ=ENVIRON, port=port):
        _check(running, pool_id, told)
        assert told.identities <= _identities_of(running, pool_id)


def test_f1_kill_loses_nothing_that_was_acknowledged_on_sqlite(tmp_path: Path) -> None:
    _kill_again_and_again(tmp_path)
    with sqlite3.connect(tmp_path / "gatewright.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_f1_kill_loses_nothing_that_was_acknowledged_on_postgresql(tmp_path: Path, postgres: Cluster) -> None:
    _kill_again_and_again(tmp_path, "--database", postgres.fresh())


def test_f1_workers_do_not_outlive_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """They would hold the port and the database, and nobody could stop them."""
    told, port = Acknowledged(), free_port()
    running = Running(port, ROOT)
    pool_id = ""
    for round_ in range(2):
        with Command(tmp_path, "--workers", "2", environ=ENVIRON, port=port) as command:
            children = list(_children(command.process.pid))
            assert len(children) == 2
            if round_ == 0:
                pool_id = scene.build_pool(running)
            _check(running, pool_id, told)
            with Writers(running, pool_id, told, round_):
                time.sleep(0.7)
                _kill(command.process.pid)
            deadline = time.monotonic() + 60
            while any(_lives(pid) for pid in children) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not any(_lives(pid) for pid in children)
    with Command(tmp_path, "--workers", "2", environ=ENVIRON, port=port):
        _check(running, pool_id, told)


def test_f1_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    with Command(tmp_path, "--workers", "2", environ=ENVIRON) as command:
        running, told = Running(command.port, ROOT), Acknowledged()
        pool_id = scene.build_pool(running)
        victim = next(_children(command.process.pid))
        with Writers(running, pool_id, told, 0):
            time.sleep(0.4)
            _kill(victim)
            time.sleep(0.4)
            for pid in _children(command.process.pid):
                _kill(pid)
        deadline = time.monotonic() + 60
        while len(list(_children(command.process.pid))) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        command.wait_ready()
        _check(running, pool_id, told)


def _children(pid: int) -> Iterator[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    yield from (int(word) for word in text.split())


def _lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def _kill(pid: int) -> None:
    import os
    import signal

    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pytest.fail(f"{pid} was gone already")
