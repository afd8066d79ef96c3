"""People who sign in by SRP: a client's half of the exchange, and many of them at once on the core of the load.

In: a pool and its people. Out: a `Run`. Law: every sign-in is a whole one: a new exchange, whose claim the server can
only accept by reckoning. The clients' own private number is small, because it is not they who are measured.
"""

import base64
import hashlib
import hmac
import os
import threading
import time
from datetime import UTC, datetime

from gmpy2 import mpz, powmod

from bench.load import LOAD_CORE, NotMeasured, Run, busy
from bench.people import PASSWORD, Door, Pool
from bench.servers import SERVER_CORE, Server
from gatewright.services.cognito_idp.sign_in import srp

_PRIVATE = 1 << 16
_PUBLIC = int(powmod(srp._G, _PRIVATE, srp._N))


class Person:
    """Somebody who knows a password."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool = pool
        self._name = name
        self._known: dict[tuple[str, str], tuple[int, int]] = {}  # x and g^x: a client may keep them

    def sign_in(self, door: Door) -> dict[str, str]:
        """Sign in; returns the tokens."""
        asked = door(
            "InitiateAuth",
            {
                "AuthFlow": "USER_SRP_AUTH",
                "ClientId": self._pool.client_id,
                "AuthParameters": {"USERNAME": self._name, "SRP_A": f"{_PUBLIC:x}"},
            },
        )["ChallengeParameters"]
        when = f"{datetime.now(UTC):%a %b} {datetime.now(UTC).day} {datetime.now(UTC):%H:%M:%S UTC %Y}"
        block, user = base64.b64decode(asked["SECRET_BLOCK"]), asked["USER_ID_FOR_SRP"]
        key = self._session_key(int(asked["SRP_B"], 16), asked["SALT"], user)
        claim = srp.claim(key, self._pool.id.partition("_")[2], user, block, when)
        answers = {
            "USERNAME": user,
            "TIMESTAMP": when,
            "PASSWORD_CLAIM_SECRET_BLOCK": asked["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(claim).decode(),
        }
        tokens: dict[str, str] = door(
            "RespondToAuthChallenge",
            {
                "ChallengeName": "PASSWORD_VERIFIER",
                "ClientId": self._pool.client_id,
                "ChallengeResponses": answers,
            },
        )["AuthenticationResult"]
        return tokens

    def _session_key(self, server_public: int, salt: str, user: str) -> bytes:
        x, verifier = self._secret(salt, user)
        scramble = _hashed(_PUBLIC, server_public)
        base = (server_public - srp._K * verifier) % srp._N
        shared = int(powmod(base, _PRIVATE + scramble * x, srp._N))
        extracted = hmac.digest(srp._bytes_of(scramble), srp._bytes_of(shared), "sha256")
        return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]

    def _secret(self, salt: str, user: str) -> tuple[int, int]:
        if (salt, user) not in self._known:
            identity = hashlib.sha256(f"{self._pool.id.partition('_')[2]}{user}:{PASSWORD}".encode()).digest()
            x = int.from_bytes(hashlib.sha256(srp._bytes_of(int(salt, 16)) + identity).digest(), "big")
            self._known[salt, user] = x, int(powmod(srp._G, mpz(x), srp._N))
        return self._known[salt, user]


def _hashed(*numbers: int) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(map(srp._bytes_of, numbers))).digest(), "big")


def sign_in_for(server: Server, pool: Pool, seconds: float, connections: int = 8) -> Run:
    """Let everybody sign in again and again for some seconds, so many at once."""
    os.sched_setaffinity(0, {LOAD_CORE})
    people = [Person(pool, name) for name in pool.names]
    door = Door(pool.port)
    for person in people:
        person.sign_in(door)
    done: list[int] = []
    before, cores, load, began = server.cpu_seconds(), busy(), time.process_time(), time.monotonic()

    def keep_signing_in(first: int) -> None:
        mine, count = Door(pool.port), 0
        while time.monotonic() < began + seconds:
            people[(first + count) % len(people)].sign_in(mine)
            count += 1
        done.append(count)

    threads = [threading.Thread(target=keep_signing_in, args=(n * 7,)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) < connections:
        raise NotMeasured(f"{server.name}: a sign-in by SRP failed")
    wall, spent, loaded = time.monotonic() - began, server.cpu_seconds() - before, time.process_time() - load
    others = [now - then for now, then in zip(busy(), cores, strict=True)]
    disturbed = max(others[SERVER_CORE] - spent, others[LOAD_CORE] - loaded, 0.0) / wall
    return Run(sum(done) / wall, spent / sum(done) * 1e6, 0.0, disturbed)
