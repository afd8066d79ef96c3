"""CONTRACT: what an AWS service is to the control plane.

A service's `service.py` makes one `Service` value: lists only. An operation is an async function of a `Call` and the
parsed parameters (boto3's names) that returns the result's members, or raises `Fault`.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.control.federation.key_sets import KeySets
from gatewright.core.clock import Clock
from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.evaluate import Decision, PolicySet
from gatewright.settings import Settings
from gatewright.storage.append import Append
from gatewright.storage.credentials import Credentials
from gatewright.storage.engine import Storage, Work, must_retry
from gatewright.storage.keys import Keys
from gatewright.storage.look_up import LookUp
from gatewright.storage.outbox import OutboxRow
from gatewright.storage.races import until_not_lost
from gatewright.storage.snapshots import Publication, Shelf, Snapshots
from gatewright.wire.http import Request, Response, Upload

T = TypeVar("T")

Params = Mapping[str, Any]
Result = Mapping[str, Any]


@dataclass(slots=True)
class Call:
    """One call of one operation, as the operation sees it."""

    service: str
    operation: str
    caller: Caller
    account: str
    region: str
    request: Request
    now: float  # seconds since the epoch; the same for the whole call
    work: Work
    append: Append  # adds one row by itself, outside of the call's transaction; it is durable when this returns
    look_up: LookUp  # rows by their keys, as they are committed: without the call's transaction, and much cheaper
    settings: Settings
    keys: Keys
    credentials: Credentials
    key_sets: KeySets  # of OpenID Connect providers
    clock: Clock
    trace: Trace
    shelf: Callable[[str], Shelf[Any]]
    aside: "Aside"
    decided: "Decided"  # told of every decision about the caller
    changes: list[tuple[str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # ids of messages in the outbox

    @property
    def session(self) -> AsyncSession:
        """The call's one transaction; whoever performs the call commits it."""
        return self.work.session

    def publish(self, kind: str, key: str) -> None:
        """Say that the snapshot `key` of `kind` has changed (or is gone), so that every worker loads it anew."""
        self.changes.append((kind, key))

    def send(self, message: OutboxRow) -> None:
        """Put a message into the outbox, in the call's transaction. It leaves after the commit, if there is one."""
        self.session.add(message)
        self.sent.append(message.id)

    async def apart(self, step: "Callable[[Call], Awaitable[T]]") -> T:
        """Run a step in a writing transaction of its own, committed when this returns, whatever the call then answers.

        For operations that read, and must remember that they refused: a wrong password is counted although the call
        fails. An operation that writes must not: on SQLite its own transaction is the one that can write. The step may
        be run again from the start, as an operation may.

        Raises:
            Fault: the step did, and nothing that it wrote is kept.
        """
        result: T = await self.aside(self, step)
        return result


@dataclass(frozen=True, slots=True)
class Permission:
    """What a caller must be allowed in order to perform an operation."""

    action: str  # iam:CreateRole
    resource: str = "*"  # an ARN, or "*" for actions that have no resource
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # condition keys of this action
    resource_policy: str | None = None  # JSON text of the resource's own policy, such as a role's trust policy


Decided = Callable[[AuthorizationRequest, PolicySet, Decision], object]
Aside = Callable[[Call, Callable[[Call], Awaitable[Any]]], Awaitable[Any]]  # call, step
Operation = Callable[[Call, Params], Awaitable[Result | None]]
# Looks at `call.operation`. Empty only for operations that are open to every caller with a signature.
Permissions = Callable[[Call, Params], tuple[Permission, ...]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for what is no operation: a public document, which everybody may read."""

    request: Request
    settings: Settings
    shelf: Callable[[str], Shelf[Any]]

    def document(self, content: Mapping[str, object], seconds: int) -> Response:
        """Return a public JSON document that others may keep for so many seconds."""
        headers = [
            ("Content-Type", "application/json"),
            ("Cache-Control", f"public, max-age={seconds}"),
            ("x-amzn-RequestId", self.request.request_id),
        ]
        return Response(200, headers, msgspec.json.encode(content))


Page = Callable[[Visit], Response | None]  # None: it is not this service's, ask the next


@dataclass(frozen=True, slots=True)
class Backstage:
    """What a service may use where no operation is performed: in its chores, and behind links that it gave out."""

    storage: Storage
    snapshots: Snapshots
    keys: Keys
    clock: Clock
    settings: Settings

    async def write(self, step: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run a step in one transaction, again where another one came between; the step has no effects but rows."""

        async def once(_: int) -> T:
            async with self.storage.writing() as session:
                result = await step(session)
                await session.commit()
                return result

        return await until_not_lost(once, lambda error: isinstance(error, IntegrityError) or must_retry(error))


Chore = Callable[[Backstage], Coroutine[Any, Any, None]]  # runs in every worker until it is cancelled


@dataclass(frozen=True, slots=True)
class Link:
    """Addresses that an operation gave out and that prove themselves, as AWS's pre-signed URLs do."""

    prefix: str  # of the path: /_aws/…/
    answer: Callable[[Request, Backstage, Trace], Awaitable[Response]]  # a refusal is put into the trace
    # What takes a body that is longer than usual, piece by piece; asked with the head of the request only.
    begin_upload: Callable[[Request, Backstage], Upload | None]


@dataclass(frozen=True, slots=True)
class Service:
    """An AWS service: its botocore name and its lists."""

    name: str
    operations: Mapping[str, Operation]  # CamelCase name in the model -> function
    permissions: Permissions
    publications: tuple[Publication[Any], ...] = ()
    # Operations that write nothing although their names do not begin with Get, List …, and the other way round (GetId).
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    page: Page | None = None  # key sets and discovery documents, by GET
    links: tuple[Link, ...] = ()
    chores: tuple[Chore, ...] = ()  # what is done in the background
