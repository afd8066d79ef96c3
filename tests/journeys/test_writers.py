"""Many writers at the same time on PostgreSQL, through two nodes: each is answered, and none is refused."""

import collections
import threading
from collections.abc import Iterator
from pathlib import Path

import botocore.exceptions
import pytest

from tests.postgres import Cluster
from tests.running import Command, Running

WRITERS = 12
TURNS = 12


@pytest.fixture
def nodes(postgres: Cluster, tmp_path: Path) -> Iterator[list[Running]]:
    url, environ = postgres.fresh(), {"GATEWRIGHT_MASTER_KEY": "5e" * 32}
    with (
        Command(tmp_path / "one", "--dev", "--database", url, environ=environ) as one,
        Command(tmp_path / "two", "--dev", "--database", url, environ=environ) as two,
    ):
        yield [Running(one.port), Running(two.port)]


def test_no_writer_is_refused_because_others_write_too(nodes: list[Running]) -> None:
    refused: collections.Counter[str] = collections.Counter()
    nodes[0].client("iam").create_group(GroupName="everybody")
    idp = nodes[0].client("cognito-idp")
    pool_id = idp.create_user_pool(PoolName="people")["UserPool"]["Id"]
    client_id = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]["ClientId"]

    def write(number: int) -> None:
        node = nodes[number % len(nodes)]
        iam, people = node.client("iam"), node.client("cognito-idp")
        for name in (f"w{number}t{turn}" for turn in range(TURNS)):
            try:
                iam.create_user(UserName=name)
                iam.create_access_key(UserName=name)
                iam.add_user_to_group(GroupName="everybody", UserName=name)
                people.sign_up(ClientId=client_id, Username=name, Password="Correct-horse-7")
            except botocore.exceptions.ClientError as error:
                refused[str(error)] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused
    everybody = {f"w{number}t{turn}" for number in range(WRITERS) for turn in range(TURNS)}
    for node in nodes:
        pages = node.client("iam").get_paginator("get_group").paginate(GroupName="everybody")
        assert {user["UserName"] for page in pages for user in page["Users"]} == everybody
        pages = node.client("cognito-idp").get_paginator("list_users").paginate(UserPoolId=pool_id)
        assert {user["Username"] for page in pages for user in page["Users"]} == everybody
