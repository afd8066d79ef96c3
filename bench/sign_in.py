"""The cases of signing in: by password, by SRP, with a refresh token, beside MiniStack, moto and cognito-local.

In: an effort. Out: `Result`s. Law: everybody has the same pool, client and people, and gives real tokens; ours are on
disk when they are answered, the others' are in memory. moto answers SRP without reckoning, and cognito-local has none:
they are left out there. The cost of SRP's own arithmetic (three powers modulo the 3072-bit prime, two RS256 signatures)
is measured on the servers' core, in turns with the sign-ins, by the same libraries and without any of our short cuts.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from bench import servers
from bench.cases import Effort, Result, compared, turns
from bench.cognito_local import cognito_local
from bench.load import Comparison, Run
from bench.people import Pool, make_user_pool, password_login, refreshing, signed_in, user_pool_call
from bench.scene import Aws
from bench.servers import DEVELOPMENT_KEY, ROOT_KEY, SERVER_CORE, Server
from bench.srp_people import sign_in_for

_PEOPLE = 50
_FEW = 10  # by SRP: each of them signs in once before each round, which takes MiniStack a second
_TITLES = {"ministack": "MiniStack, AUTH=true", "moto": "moto server", "cognito-local": "cognito-local"}
_ARITHMETIC = """
import secrets, time
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from gmpy2 import mpz, powmod
from gatewright.services.cognito_idp.sign_in.srp import _N
key, padding, digest = generate_private_key(65537, 2048), PKCS1v15(), SHA256()
user = powmod(mpz(2), secrets.randbits(256), _N)
began, count = time.process_time(), 0
while time.process_time() - began < SECONDS:
    private, scramble = secrets.randbits(256), secrets.randbits(256)
    powmod(mpz(2), private, _N)
    powmod(user * powmod(user, scramble, _N), private, _N)
    key.sign(b"id" * 400, padding, digest)
    key.sign(b"access" * 100, padding, digest)
    count += 1
print((time.process_time() - began) / count * 1e6)
"""


def logins(effort: Effort) -> list[Result]:
    """Measure logins by password and refreshes beside the others."""
    with ExitStack() as stack:
        running = _running(stack)
        first: dict[str, tuple[Server, Callable[[], Sequence[bytes]]]] = {}
        then = dict(first)
        for name, (server, pool) in running.items():
            by_password = [
                user_pool_call(server.port, "InitiateAuth", password_login(pool, person)) for person in pool.names
            ]
            again = [
                user_pool_call(server.port, "InitiateAuth", refreshing(pool, one["RefreshToken"]))
                for one in signed_in(pool)
            ]
            first[name] = (server, lambda it=by_password: it)
            then[name] = (server, lambda it=again: it)
        results = []
        for case, asked in (("login by password", first), ("refresh", then)):
            runs = turns(asked, effort)
            for name, title in _TITLES.items():
                results.append(compared(case, title, Comparison(runs["gatewright"], runs[name]), 1.2))
        return results


def srp(effort: Effort) -> list[Result]:
    """Measure sign-ins by SRP beside their own arithmetic, and beside MiniStack."""
    with servers.gatewright() as ours, servers.ministack() as theirs:
        pools = {
            "gatewright": make_user_pool(Aws(ours.endpoint, ROOT_KEY), ours.port, _FEW),
            "ministack": make_user_pool(Aws(theirs.endpoint, DEVELOPMENT_KEY), theirs.port, _FEW),
        }
        runs: dict[str, list[Run]] = {"gatewright": [], "ministack": []}
        arithmetic: list[float] = []
        for _ in range(effort.rounds):
            for server in (ours, theirs):
                runs[server.name].append(sign_in_for(server, pools[server.name], effort.seconds))
            arithmetic.append(_arithmetic(effort.seconds))
        found = Comparison(tuple(runs["gatewright"]), tuple(runs["ministack"]))
        costs = [run.cpu_microseconds for run in runs["gatewright"]]
        times = statistics.median(cost / least for cost, least in zip(costs, arithmetic, strict=True))
        told = f"{times:.2f} × ({statistics.median(costs):,.0f} µs)"
        least = f"three powers, two RS256: {statistics.median(arithmetic):,.0f} µs"
        return [
            Result("sign-in by SRP, processor time", least, told, "—", times, None, 1.5, at_most=True),
            compared("sign-in by SRP", _TITLES["ministack"], found, 1.2),
        ]


def _arithmetic(seconds: int) -> float:
    """Return the microseconds that the arithmetic of one sign-in takes."""
    script = _ARITHMETIC.replace("SECONDS", str(seconds))
    command = ["taskset", "-c", str(SERVER_CORE), sys.executable, "-c", script]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _running(stack: ExitStack) -> dict[str, tuple[Server, Pool]]:
    started = {
        "gatewright": (servers.gatewright(), ROOT_KEY),
        "ministack": (servers.ministack(), DEVELOPMENT_KEY),
        "moto": (servers.moto(), DEVELOPMENT_KEY),
        "cognito-local": (cognito_local(), DEVELOPMENT_KEY),
    }
    running = {}
    for name, (entered, key) in started.items():
        server = stack.enter_context(entered)
        running[name] = (server, make_user_pool(Aws(server.endpoint, key), server.port, _PEOPLE))
    return running
