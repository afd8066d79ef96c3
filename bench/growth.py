"""Growth: the same requests where there are ten APIs and roles, and where there are ten thousand.

In: an effort. Out: `Result`s whose reference is ourselves, small. Law: the same requests are asked of both, which shows
what their number costs; and of the large one also a request for each API by each role in turn, the worst order there
is for memories and caches. The many are copied, as rows, from ones that were made through the front door, because half
a million AWS calls would take the better part of an hour.
"""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

from bench import servers
from bench.cases import Effort, Result, compared
from bench.footprint import limit
from bench.load import Comparison, in_turns
from bench.scene import REGION, Aws, identity_call, invocation, make_scene, policy
from bench.servers import ROOT_KEY, Server
from gatewright.wire.sigv4.sign import Credentials, sign

FEW, MANY = 10, 10_000
_STS = "{https://sts.amazonaws.com/doc/2011-06-15/}"
_TABLES = {  # table -> the columns that name the API or the role
    "apigateway_rest_apis": ("id",),
    "apigateway_resources": ("api_id",),
    "apigateway_methods": ("api_id",),
    "apigateway_deployments": ("api_id", "snapshot"),
    "apigateway_stages": ("api_id",),
    "iam_roles": ("role_id", "role_name", "name_key", "arn"),
    "iam_inline_policies": ("owner_id", "document"),
}


def growth(effort: Effort) -> list[Result]:
    """Measure a small product and a large one in turns."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as directory:
        few, many = Path(directory, "few"), Path(directory, "many")
        few.mkdir()
        pool, key = _first(few)
        shutil.copytree(few, many)
        _multiply(few, FEW)
        _multiply(many, MANY)
        with servers.gatewright(few) as small, servers.gatewright(many) as large:
            started, held = large.started_in, large.resident_megabytes()
            results = [
                limit("start with 10,000 APIs and roles", started, "s", 5.0),
                limit("memory with 10,000 APIs and roles, before use", held, "MB", 400.0),
            ]
            results += _compared(small, large, pool, key, effort)
        return results


def _compared(small: Server, large: Server, pool: str, key: Credentials, effort: Effort) -> list[Result]:
    results = []
    cases: dict[str, Callable[[Server, int], Sequence[bytes]]] = {
        "GET: NONE, MOCK": _opened,
        "signed GET: AWS_IAM, role policy, MOCK": lambda server, count: _signed(server, count, key),
        "GetId": lambda server, _: [identity_call(server.port, "GetId", {"IdentityPoolId": pool})],
    }
    for case, asked in cases.items():
        orders = {"the same ten called": FEW, "each called in turn": MANY} if case != "GetId" else {"": 1}
        for order, count in orders.items():
            subjects = {"large": (large, asked(large, count)), "small": (small, asked(small, FEW))}
            runs = in_turns(subjects, effort.rounds, effort.seconds)
            found = Comparison(runs["large"], runs["small"])
            named = f"{case}; 10,000 APIs and roles" + (f", {order}" if order else "")
            results.append(compared(named, "itself with 10", found, 0.9))
    return results


def _opened(server: Server, count: int) -> Sequence[bytes]:
    return [invocation(server.port, _api(n), "open") for n in range(1, count + 1)]


def _signed(server: Server, count: int, key: Credentials) -> Sequence[bytes]:
    """Return so many signed requests, each of another role for another API."""
    connection = HTTPConnection("127.0.0.1", server.port)
    credentials = [_assume(connection, f"arn:aws:iam::000000000000:role/{_role(n)}", key) for n in range(1, count + 1)]
    return [invocation(server.port, _api(n), "demo", one) for n, one in enumerate(credentials, 1)]


def _assume(connection: HTTPConnection, role: str, key: Credentials) -> Credentials:
    host = f"127.0.0.1:{connection.port}"
    terms = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role, "RoleSessionName": "bench"}
    body = urlencode(terms).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": host}
    headers |= sign("POST", f"http://{host}/", list(headers.items()), body, key, "sts", REGION, time.time())
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse().read()
    found = ElementTree.fromstring(answer).find(f".//{_STS}Credentials")
    if found is None:
        raise RuntimeError(f"AssumeRole answered {answer.decode()}")
    read = {item.tag.removeprefix(_STS): item.text or "" for item in found}
    return Credentials(read["AccessKeyId"], read["SecretAccessKey"], read["SessionToken"])


def _first(directory: Path) -> tuple[str, Credentials]:
    """Make the scene through the front door, and a user who may take a role. Returns the pool and the user's key."""
    with servers.gatewright(directory) as server:
        scene = make_scene(server.port, ROOT_KEY)
        aws = Aws(server.endpoint, ROOT_KEY)
        aws("iam", "create_user", UserName="bench")
        may = policy(Effect="Allow", Action="sts:AssumeRole", Resource="*")
        aws("iam", "put_user_policy", UserName="bench", PolicyName="assume", PolicyDocument=may)
        key = aws("iam", "create_access_key", UserName="bench")["AccessKey"]
        trusted = policy(Effect="Allow", Principal={"AWS": "arn:aws:iam::000000000000:root"}, Action="sts:AssumeRole")
        aws("iam", "create_role", RoleName="bench-00000", AssumeRolePolicyDocument=trusted)
        arn = f"arn:aws:execute-api:{REGION}:000000000000:{scene.api_id}/dev/*/*"
        document = policy(Effect="Allow", Action="execute-api:Invoke", Resource=arn)
        aws("iam", "put_role_policy", RoleName="bench-00000", PolicyName="invoke", PolicyDocument=document)
        return scene.pool, Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def _api(number: int) -> str:
    return f"bench{number:05d}"


def _role(number: int) -> str:
    return f"bench-{number:05d}"


def _multiply(directory: Path, count: int) -> None:
    """Copy the rows of the first API and role, each copy under names of its own."""
    with closing(sqlite3.connect(directory / "data" / "gatewright.sqlite3")) as database:
        api = database.execute("SELECT id FROM apigateway_rest_apis").fetchone()[0]
        role = database.execute("SELECT role_id FROM iam_roles WHERE role_name = 'bench-00000'").fetchone()[0]
        for table, columns in _TABLES.items():
            cursor = database.execute(
                f"SELECT * FROM {table} WHERE {columns[0]} = ?", [role if "iam" in table else api]
            )
            names = [column[0] for column in cursor.description]
            originals = cursor.fetchall()
            copies = [
                tuple(_renamed(value, api, role, number) if name in columns else value
                      for name, value in zip(names, row, strict=True))
                for number in range(1, count + 1) for row in originals
            ]  # fmt: skip
            slots = ",".join("?" * len(names))
            database.executemany(f"INSERT OR IGNORE INTO {table} ({','.join(names)}) VALUES ({slots})", copies)
        database.commit()


def _renamed(value: object, api: str, role: str, number: int) -> object:
    changes = {api: _api(number), role: f"AROABENCHMARK{number:08d}", "bench-00000": _role(number)}
    for old, new in changes.items():
        if isinstance(value, bytes):
            value = value.replace(old.encode(), new.encode())
        elif isinstance(value, str):
            value = value.replace(old, new)
    return value
