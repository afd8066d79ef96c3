"""A user import goes on where it stopped when its server was killed, with several workers, and takes no row twice."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.running import Command, Running
from tests.services.cognito_idp.test_import_jobs import counts, ended, file_of, make_job, make_role, names

USERS = 3_000


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.02)


def test_an_import_survives_kill_9_and_no_row_is_taken_twice_by_several_workers(tmp_path: Path) -> None:
    with Command(tmp_path, "--dev") as first:
        running = Running(first.port)
        idp = running.client("cognito-idp")
        make_role(running.client("iam"))
        pool_id = idp.create_user_pool(PoolName="people", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
        rows = [*names(*(f"u{number}" for number in range(USERS))), {"cognito:username": "not one"}]
        job = make_job(idp, pool_id, file_of(idp, pool_id, *rows))
        named: dict[str, Any] = {"UserPoolId": pool_id, "JobId": job["JobId"]}
        idp.start_user_import_job(**named)
        until(lambda: idp.describe_user_import_job(**named)["UserImportJob"]["ImportedUsers"] > 100)
        first.process.kill()
        first.process.wait()
    with Command(tmp_path, "--dev", "--workers", "2") as second:
        idp = Running(second.port).client("cognito-idp")
        done = ended(idp, job)
        assert (done["Status"], counts(done)) == ("Succeeded", (USERS, 0, 1)), done
        assert idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["EstimatedNumberOfUsers"] == USERS
