"""Perform one operation: find it, ask whether the caller may, run it in one transaction, tell every worker.

Law: an operation's rows and the announcement of what they changed are committed together; the answer is given after
the commit and after the own worker shows the change. An operation that lost a race is run again from the start, which
is why operations have no effects but rows and announcements.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from gatewright.control.authorize import authorize
from gatewright.control.ports import Ports
from gatewright.control.service import Call, Operation, Params, Result, Service
from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.storage.engine import Storage, Work, must_retry
from gatewright.storage.races import until_not_lost
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request
from gatewright.wire.target import Target

T = TypeVar("T")

_SIDE_BY_SIDE = 2  # tries before a call waits for its turn instead of running beside the others
_READING = ("Get", "List", "Describe", "BatchGet", "Simulate")


async def perform(
    request: Request, target: Target, caller: Caller, params: Params, ports: Ports, trace: Trace
) -> Result:
    """Run one operation for a caller.

    Raises:
        Fault: the operation does not exist here, is not allowed, or refuses.
    """
    service, operation = find(ports, target.service, target.operation)
    region = region_of(request, target)
    steps = len(trace.steps)
    reads = is_read(service, target.operation)

    async def attempt(work: Work) -> tuple[Call, Result | None]:
        del trace.steps[steps:]  # what an attempt that lost a race had seen
        call = _call(service, target.operation, caller, region, request, work, ports, trace)
        _must_be_allowed(call, service, params, unsigned=target.unsigned)
        result = await operation(call, params)
        await _commit(call, ports)
        return call, result

    call, result = await _transaction(attempt, ports.storage, reads=reads)
    if call.changes:
        await ports.snapshots.catch_up()
    trace.passed("perform", f"{target.operation} was performed")
    return result or {}


async def _transaction(attempt: Callable[[Work], Awaitable[T]], storage: Storage, *, reads: bool) -> T:
    """Run a transaction beside the others, and when it has lost a few times, in its own turn."""

    async def once(number: int) -> T:
        async with storage.work(reads=reads) as work:
            if number > _SIDE_BY_SIDE and not reads:
                await storage.take_turn(work.session)
            return await attempt(work)

    return await until_not_lost(once, _lost_a_race)


def _lost_a_race(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) or must_retry(error)


async def _commit(call: Call, ports: Ports) -> None:
    if call.changes:
        await ports.snapshots.announce(call.session, call.changes)
    await call.work.commit()
    if call.sent:
        ports.deliverer.wake()


def find(ports: Ports, service_name: str, operation_name: str) -> tuple[Service, Operation]:
    """Return a service and one of its operations.

    Raises:
        Fault: AWS has it and Gatewright does not.
    """
    service = ports.services.get(service_name)
    operation = service.operations.get(operation_name) if service else None
    if service is None or operation is None:
        raise Fault(
            "NotImplemented",
            f"Gatewright does not have {service_name}:{operation_name}. docs/coverage.md lists what it has.",
            501,
        )
    return service, operation


def is_read(service: Service, operation: str) -> bool:
    """Say whether an operation writes nothing."""
    if operation in service.writes:
        return False
    return operation.startswith(_READING) or operation in service.reads


def region_of(request: Request, target: Target) -> str:
    """Return the region that a call is for: of its signature, of its host name, or AWS's first."""
    return target.signing_region or _region_of(request) or "us-east-1"


def _region_of(request: Request) -> str | None:
    """Return the region in the host name of an unsigned call, as in `cognito-identity.eu-west-1.amazonaws.com`."""
    labels = request.host.partition(":")[0].split(".")
    return labels[1] if len(labels) > 2 and labels[1].count("-") >= 2 else None


def _must_be_allowed(call: Call, service: Service, params: Params, *, unsigned: bool) -> None:
    if unsigned:
        return
    for permission in service.permissions(call, params):
        authorize(call, permission)


def _call(
    service: Service,
    operation: str,
    caller: Caller,
    region: str,
    request: Request,
    work: Work,
    ports: Ports,
    trace: Trace,
) -> Call:
    async def aside(call: Call, step: Callable[[Call], Awaitable[Any]]) -> Any:
        return await _apart(call, step, ports)

    return Call(
        service=service.name,
        operation=operation,
        caller=caller,
        account=ports.settings.account,
        region=region,
        request=request,
        now=ports.clock.now(),
        work=work,
        append=ports.append,
        look_up=ports.storage.look_up,
        settings=ports.settings,
        keys=ports.keys,
        credentials=ports.credentials,
        key_sets=ports.key_sets,
        clock=ports.clock,
        trace=trace,
        shelf=ports.snapshots.shelf,
        aside=aside,
        decided=ports.decisions.record,
    )


async def _apart(call: Call, step: Callable[[Call], Awaitable[Any]], ports: Ports) -> Any:
    """Run a step of a call that reads in a writing transaction of its own."""
    await call.work.commit()  # from here on the call cannot lose a race, and so never takes the step twice

    async def attempt(work: Work) -> tuple[Call, Any]:
        inner = replace(call, work=work, changes=[], sent=[])
        result = await step(inner)
        await _commit(inner, ports)
        return inner, result

    inner, result = await _transaction(attempt, ports.storage, reads=False)
    if inner.changes:
        await ports.snapshots.catch_up()
    return result
