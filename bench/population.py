"""A pool of a thousand users and one of a million: the same questions to both.

In: an effort. Out: `Result`s whose reference is ourselves, small. Law: two hundred people, who sign in and are looked
for, were made through the front door, and are spread over the names of all the others; the others are copies of one of
them, written as rows, because a million AWS calls would take the better part of an hour. Every request of the load is
for another person, but for the one that finds nobody. Rounds are short and many: what a neighbour on the machine does
for a second or two must not fall to one of both.
"""

import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench import servers
from bench.cases import Effort, Result, compared
from bench.load import Comparison, in_turns
from bench.people import Pool, make_user_pool, password_login, signed_in, user_pool_call
from bench.scene import REGION, Aws, as_bytes
from bench.servers import ROOT_KEY, Server
from gatewright.wire.sigv4.sign import Credentials, sign

FEW, MANY, MANY_QUICKLY = 1_000, 1_000_000, 100_000
_PEOPLE = 200
_USERS, _SEARCHABLE = "cognito_idp_users", "cognito_idp_searchable_attributes"
Asked = Callable[[Server, Pool], Sequence[bytes]]


def population(effort: Effort) -> list[Result]:
    """Measure a small pool and a large one in turns."""
    count = MANY if effort.rounds > 2 else MANY_QUICKLY
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as directory:
        few, many = Path(directory, "few"), Path(directory, "many")
        few.mkdir()
        with servers.gatewright(few) as server:
            made = make_user_pool(Aws(server.endpoint, ROOT_KEY), server.port, _PEOPLE, "person-{:06d}-0")
        shutil.copytree(few, many)
        _populate(few, made, FEW)
        _populate(many, made, count)
        with servers.gatewright(few) as small, servers.gatewright(many) as large:
            return _compared(small, large, made, count, effort)


def _compared(small: Server, large: Server, made: Pool, count: int, effort: Effort) -> list[Result]:
    cases: dict[str, Asked] = {
        "login by password": lambda server, pool: [
            user_pool_call(server.port, "InitiateAuth", password_login(pool, name)) for name in pool.names
        ],
        "GetUser": lambda server, pool: [
            user_pool_call(server.port, "GetUser", {"AccessToken": one["AccessToken"]}) for one in signed_in(pool)
        ],
        "ListUsers, `email = …`": lambda server, pool: [
            _listing(server, pool, f'email = "{name}@example.com"') for name in pool.names
        ],
        "ListUsers, `email ^= …`": lambda server, pool: [
            _listing(server, pool, f'email ^= "{name}@"') for name in pool.names
        ],
        "ListUsers, `username ^= …`": lambda server, pool: [
            _listing(server, pool, f'username ^= "{name}"') for name in pool.names
        ],
        "ListUsers, `status = …` that nobody has": lambda server, pool: [
            _listing(server, pool, 'status = "Disabled"') for _ in pool.names
        ],
    }
    results = []
    for case, asked in cases.items():
        subjects = {
            name: (server, asked(server, Pool(server.port, made.id, made.client_id, made.names)))
            for name, server in (("large", large), ("small", small))
        }
        runs = in_turns(subjects, effort.rounds * effort.seconds, 1)
        found = Comparison(runs["large"], runs["small"])
        results.append(compared(f"{case}; {count:,} users", f"itself with {FEW:,}", found, 0.9))
    return results


def _listing(server: Server, pool: Pool, wanted: str) -> bytes:
    """Return a `ListUsers` as bytes, signed; it is good for five minutes."""
    called = user_pool_call(server.port, "ListUsers", {"UserPoolId": pool.id, "Filter": wanted})
    head, _, body = called.partition(b"\r\n\r\n")
    lines = [line.decode().partition(": ")[::2] for line in head.split(b"\r\n")[1:]]
    headers = {name: value for name, value in lines if name != "Content-Length"}
    credentials = Credentials(*ROOT_KEY)
    url = f"{server.endpoint}/"
    headers |= sign("POST", url, list(headers.items()), body, credentials, "cognito-idp", REGION, time.time())
    return as_bytes("POST", "/", headers, body)


def _populate(directory: Path, pool: Pool, count: int) -> None:
    """Fill a pool up with copies of its first user, each under names of its own, between those who were there."""
    with closing(sqlite3.connect(directory / "data" / "gatewright.sqlite3")) as database:
        database.execute("PRAGMA synchronous=OFF")  # nothing is asked of it before all is written
        users = _copies(database, _USERS, pool, count)
        searchable = _copies(database, _SEARCHABLE, pool, count)
        for table, (slots, rows) in ((_USERS, users), (_SEARCHABLE, searchable)):
            database.executemany(f"INSERT INTO {table} VALUES ({slots})", rows)
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copies(
    database: sqlite3.Connection, table: str, pool: Pool, count: int
) -> tuple[str, Iterator[tuple[object, ...]]]:
    first = pool.names[0]
    sub = database.execute(f"SELECT sub FROM {_USERS} WHERE username = ?", [first]).fetchone()[0]
    originals = database.execute(f"SELECT * FROM {table} WHERE sub = ?", [sub]).fetchall()

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(len(pool.names), count):
            changes = {first: f"person-{number % len(pool.names):06d}-{number // len(pool.names)}", sub: _sub(number)}
            for row in originals:
                yield tuple(_changed(value, changes) for value in row)

    return ",".join("?" * len(originals[0])), rows()


def _sub(number: int) -> str:
    """Return the `sub` of a copy: anywhere among the others, as a random one is, and the same in both tables."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))


def _changed(value: object, changes: dict[str, str]) -> object:
    for old, new in changes.items():
        if isinstance(value, str):
            value = value.replace(old, new)
    return value
