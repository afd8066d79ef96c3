"""A million sessions: what they cost the one who gives them. `python -m bench.sessions [COUNT]`.

In: how many. Out: `Result`s: rows that were stored, and how much the database and the memory grew. Law: each is asked
for over the wire by `GetCredentialsForIdentity`, and each answer is a new session with a key of its own; rows are
counted in every table of the identity services. The journal of sampled requests is bounded and is none of them, but it
counts in the size of the database.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from bench import servers
from bench.cases import Effort, Result
from bench.footprint import limit
from bench.load import once
from bench.scene import Aws, identity_call, make_scene
from bench.servers import ROOT_KEY, Server

_MILLION = 1_000_000
_VISITORS = 1_000  # so many identities take turns
_SECONDS = 10
_SERVICES = ("cognito_", "iam_", "sts_")


def sessions(effort: Effort) -> list[Result]:
    """Give a million sessions; a few in a quick run."""
    return give(_MILLION if effort.rounds > 2 else 20_000)


def give(wanted: int) -> list[Result]:
    """Give so many sessions, and compare what there was before with what there is after."""
    with servers.gatewright() as server:
        scene = make_scene(server.port, ROOT_KEY)
        aws = Aws(server.endpoint, ROOT_KEY)
        visitors = [
            aws("cognito-identity", "get_id", unsigned=True, IdentityPoolId=scene.pool)["IdentityId"]
            for _ in range(_VISITORS)
        ]
        calls = [identity_call(server.port, "GetCredentialsForIdentity", {"IdentityId": one}) for one in visitors]
        once(server, calls, _SECONDS if wanted >= _MILLION else 1)  # warm: every cache has what it will have
        before = _stored(server)
        given, seconds = 0.0, 0.0
        while given < wanted:
            run = once(server, calls, _SECONDS)
            given, seconds = given + run.per_second * _SECONDS, seconds + _SECONDS
            print(f"  {given:,.0f} sessions", file=sys.stderr)
        after = _stored(server)
    what = f"{given:,.0f} sessions ({given / seconds:,.0f}/s)"
    return [
        limit(f"{what}: rows stored", after[0] - before[0], "rows", 0.0),
        limit(f"{what}: growth of the database", (after[1] - before[1]) / 1e6, "MB", 20.0),
        limit(f"{what}: growth of memory", after[2] - before[2], "MB", 30.0),
    ]


def _stored(server: Server) -> tuple[int, int, float]:
    """Return the rows of the identity services, the bytes of the database, and the megabytes of memory."""
    data = server.directory / "data"
    return _rows(data / "gatewright.sqlite3"), _size(data), server.resident_megabytes()


def _rows(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return sum(
            connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in tables
            if name.startswith(_SERVICES)
        )


def _size(data: Path) -> int:
    return sum(file.stat().st_size for file in data.glob("gatewright.sqlite3*"))


if __name__ == "__main__":
    for line in give(int(sys.argv[1]) if len(sys.argv) > 1 else _MILLION):
        print(f"{line.case}: {line.ours}{'' if line.reached else '  MISSED'}")
