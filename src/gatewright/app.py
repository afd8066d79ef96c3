"""The product, assembled: the one file that knows every part, and that no part knows.

In: settings. Out: a `Product` whose door answers requests.
"""

import asyncio
import contextlib
import functools
import secrets
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import msgspec

from gatewright.control.federation.key_sets import open_key_sets
from gatewright.control.invoke import invoke as answer_call
from gatewright.control.outbox.deliverer import Deliverer
from gatewright.control.pages import begin_upload
from gatewright.control.ports import Ports as ControlPorts
from gatewright.control.product.pages import product
from gatewright.control.product.ports import Outside
from gatewright.control.service import Service
from gatewright.core import ids
from gatewright.core.clock import Clock, SystemClock
from gatewright.core.trace import Traces
from gatewright.edge.connection import Answer
from gatewright.edge.door import Door, Rooms
from gatewright.edge.hosts import Hosts
from gatewright.edge.visitors import DevelopmentGuard
from gatewright.gateway.invoke import invoke as answer_stage
from gatewright.gateway.live import StageFinder
from gatewright.gateway.ports import Ports as GatewayPorts
from gatewright.outside import StageTraces, Surroundings, turned_away
from gatewright.services.apigateway.service import APIGATEWAY
from gatewright.services.cognito_identity.service import COGNITO_IDENTITY
from gatewright.services.cognito_idp.service import COGNITO_IDP
from gatewright.services.iam.service import IAM
from gatewright.services.sts.service import STS
from gatewright.settings import Settings
from gatewright.storage.append import Appender
from gatewright.storage.credentials import ACCESS_KEYS, AccessKey, Credentials, root_key
from gatewright.storage.decisions import DecisionLog
from gatewright.storage.engine import Storage, open_storage, sqlite_url
from gatewright.storage.follow import follow
from gatewright.storage.journal import Journal
from gatewright.storage.keys import Keys, write_private
from gatewright.storage.migrations import migrate
from gatewright.storage.principals import SHELF as PRINCIPALS
from gatewright.storage.replays import Replays
from gatewright.storage.sealed_by import keys_of, remember
from gatewright.storage.snapshots import EVERYTHING, Snapshots
from gatewright.storage.user_pool_tokens import PoolTokens
from gatewright.storage.user_pools import CLIENTS_SHELF, POOLS_SHELF
from gatewright.wire.http import Request, Upload
from gatewright.wire.models import Catalogue

SERVICES: tuple[Service, ...] = (APIGATEWAY, COGNITO_IDENTITY, COGNITO_IDP, IAM, STS)

DEVELOPMENT_KEY = ("test", "test")
_ROOT_FILE = "root-key.json"
_REPLAYS_FILE = "spent-signatures"


class Product:
    """A running Gatewright, without its sockets."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        snapshots: Snapshots,
        door: Door,
        traces: Traces,
        journal: Journal,
        credentials: Credentials,
        begin_upload: Callable[[Request], Upload | None],
        chores: Sequence[Coroutine[Any, Any, None]],
    ) -> None:
        self.settings = settings
        self.storage = storage
        self.snapshots = snapshots
        self.traces = traces
        self._journal = journal
        self._door = door
        self._credentials = credentials
        self.begin_upload = begin_upload
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(chore) for chore in (credentials.uses.keep_writing(storage), *chores)]

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        return self._door.answer(request)

    def follow_others(self) -> None:
        """Begin to apply what other workers and nodes write."""
        self._tasks.append(asyncio.get_running_loop().create_task(follow(self.storage, self.snapshots)))

    async def close(self) -> None:
        """Stop what runs in the background, write what was noted, and close the database."""
        for task in reversed(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._credentials.uses.write(self.storage)
        self._credentials.close()
        await self._journal.close()
        await self.storage.close()


async def open_product(settings: Settings, clock: Clock | None = None) -> Product:
    """Open the database, bring it up to date, load what is read from memory, and join the parts."""
    root = root_credentials(settings)
    storage = open_storage(settings.database or sqlite_url(settings.data))
    await migrate(storage)
    keys = await keys_of(storage, settings.data, settings.master_key or None)
    publications = [publication for service in SERVICES for publication in service.publications]
    snapshots = Snapshots(storage, publications)
    await snapshots.load()
    return _join(settings, storage, snapshots, keys, root_key(settings.account, *root), clock or SystemClock())


def _join(
    settings: Settings, storage: Storage, snapshots: Snapshots, keys: Keys, root: AccessKey, clock: Clock
) -> Product:
    traces, decisions = Traces(share=settings.kept_share), DecisionLog()
    journal = Journal(storage, traces, decisions, settings.keep_requests)
    replays = Replays(settings.data / _REPLAYS_FILE) if settings.refuse_replays else None
    credentials = Credentials(keys, root, snapshots.shelf(ACCESS_KEYS), snapshots.shelf(PRINCIPALS), replays)
    deliverer = Deliverer(storage, keys, clock, settings)
    catalogue = Catalogue(service.name for service in SERVICES)
    control = ControlPorts(
        services={service.name: service for service in SERVICES},
        catalogue=catalogue,
        storage=storage,
        append=Appender(storage).append,
        snapshots=snapshots,
        credentials=credentials,
        key_sets=open_key_sets(dev=settings.dev),
        keys=keys,
        clock=clock,
        traces=traces,
        decisions=decisions,
        journal=journal,
        settings=settings,
        deliverer=deliverer,
    )
    gateway = GatewayPorts(
        stages=StageFinder(snapshots.shelf("apigateway.stage")),
        credentials=credentials,
        clock=clock,
        pool_tokens=PoolTokens(snapshots.shelf(POOLS_SHELF), snapshots.shelf(CLIENTS_SHELF), settings),
        traces=StageTraces(traces),
        decided=decisions.record,
    )
    hosts = Hosts(settings.domain)
    guard = DevelopmentGuard(hosts, settings.allow_origin) if settings.dev else None

    async def reset() -> None:
        await journal.clear()
        await storage.empty()
        async with storage.writing() as session:
            await remember(session, keys)
            await snapshots.announce(session, [EVERYTHING])
            await session.commit()
        await snapshots.load()
        await journal.clear()
        credentials.uses.clear()

    around = Surroundings(hosts, gateway, control, snapshots.shelf("apigateway.stage"))
    outside = Outside(reset, around.rehearse, around.stages, around.methods)
    rooms = Rooms(
        stage=functools.partial(answer_stage, ports=gateway),
        endpoint=functools.partial(answer_call, ports=control),
        product=functools.partial(product, ports=control, outside=outside),
        turned_away=functools.partial(turned_away, traces=traces),
    )
    door = Door(hosts, rooms, guard, frozenset(settings.trusted_proxies))
    chores = [chore(control.backstage) for service in SERVICES for chore in service.chores]
    chores.append(deliverer.keep_delivering())
    uploads = functools.partial(begin_upload, ports=control)
    return Product(settings, storage, snapshots, door, traces, journal, credentials, uploads, chores)


def root_credentials(settings: Settings) -> tuple[str, str]:
    """Return the root key: as set, `test`/`test` with `--dev`, or the data directory's, made at first start."""
    if settings.root_access_key_id:
        return settings.root_access_key_id, settings.root_secret_access_key
    if settings.dev:
        return DEVELOPMENT_KEY
    path = settings.data / _ROOT_FILE
    fresh = {"AccessKeyId": ids.access_key_id("AKIA"), "SecretAccessKey": secrets.token_urlsafe(30)}
    write_private(path, msgspec.json.encode(fresh).decode() + "\n")
    return read_root_key(path)


def read_root_key(path: Path) -> tuple[str, str]:
    """Read the root key that was made at first start.

    Raises:
        ValueError: the file is not what was written.
    """
    try:
        written: dict[str, Any] = msgspec.json.decode(path.read_bytes())
        return str(written["AccessKeyId"]), str(written["SecretAccessKey"])
    except (msgspec.DecodeError, KeyError, TypeError):
        raise ValueError(f"{path} does not hold a root key; move it away, and a new one is made") from None
