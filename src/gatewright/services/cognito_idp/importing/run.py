"""The work: jobs that were started are done in the background, by one worker each, in small transactions.

Law: the users of some lines, what is told of these lines, and how far the job has come are one commit, so that no line
is taken twice or left out, whatever ends in between; whoever holds the lease does the job, and when that one is gone
another goes on. A file that cannot be read as a whole imports nobody.
Assumed: a job that imported nobody has failed (AWS: "too many" users failed or were skipped, and no number).
"""

import asyncio
import contextlib
import functools
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.control.service import Backstage
from gatewright.core.log import get_log
from gatewright.services.cognito_idp.importing.csv_lines import Line, Lines, fields_of
from gatewright.services.cognito_idp.importing.jobs import STOPPED
from gatewright.services.cognito_idp.importing.limits import PART_BYTES, START_SECONDS, USERS
from gatewright.services.cognito_idp.importing.publish import ACTIVE, SHELF
from gatewright.services.cognito_idp.importing.role import problem_of_role
from gatewright.services.cognito_idp.importing.rows import problem_of_header
from gatewright.services.cognito_idp.importing.store import store
from gatewright.services.cognito_idp.importing.tables import ImportJobRow, ImportPartRow
from gatewright.services.cognito_idp.importing.uploads import open_part
from gatewright.storage.user_pools import POOLS_SHELF, UserPool

_LOOK_SECONDS = 0.5  # between looks at what is to be done: a look at memory
_TIDY_SECONDS = 3_600.0
_REST_SECONDS = 5.0  # after a failure
_FAILURES = 5  # of one job, before it has failed
_LEASE_SECONDS = 10.0
_RENEWED_EACH = 50_000  # lines that are only looked at
_LINES = 50  # of one transaction: others wait for it
_NOBODY = "Too many users have failed or been skipped during the import."
_DONE = "Import Job Completed Successfully."
_BROKEN = "The import failed because of an internal error."
_log = get_log(__name__)

Change = Callable[[AsyncSession, ImportJobRow], Awaitable[bool]]


class _Unreadable(Exception):
    """The file cannot be imported; the message is the job's."""


class _Gone(Exception):
    """The job is no longer there, no longer active, or another's."""


async def keep_importing(backstage: Backstage) -> None:
    """Do jobs until cancelled."""
    me, tidied = str(uuid.uuid4()), 0.0
    failures: Counter[str] = Counter()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            for job_id in list(backstage.snapshots.shelf(SHELF)):
                await _do(backstage, job_id, me, failures)
            if backstage.clock.now() >= tidied + _TIDY_SECONDS:
                tidied = backstage.clock.now()
                await _tidy(backstage)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("cannot import users; trying again", error=type(error).__name__)
            await asyncio.sleep(_REST_SECONDS)
        except Exception:
            _log.error("importing users failed", exc_info=True)  # a bug of ours, which must not end the imports
            await asyncio.sleep(_REST_SECONDS)


async def _do(backstage: Backstage, job_id: str, me: str, failures: Counter[str]) -> None:
    """Do a job to its end, unless somebody else does it.

    A database that is away is waited for. One that is there and refuses again and again never takes this job, which
    must not keep others waiting for ever.
    """
    with contextlib.suppress(_Gone):
        job = await _claim(backstage, job_id, me)
        try:
            end = await _import(backstage, job, me)
        except _Gone:
            raise
        except Exception as error:
            failures[job_id] += 1
            if isinstance(error, SQLAlchemyError | OSError) and failures[job_id] < _FAILURES:
                raise
            _log.error("an import job could not be done", job=job_id, exc_info=True)
            end = ("Failed", _BROKEN)
        await _finish(backstage, job, me, *end)
        del failures[job_id]


async def _claim(backstage: Backstage, job_id: str, me: str) -> ImportJobRow:
    async def step(session: AsyncSession) -> ImportJobRow:
        job = await session.get(ImportJobRow, job_id, with_for_update=True)
        now = backstage.clock.now()
        if job is None or job.status not in ACTIVE or (job.worker != me and now < job.leased_until):
            raise _Gone
        job.worker, job.leased_until = me, now + _LEASE_SECONDS
        if job.status == "Pending":
            job.status = "InProgress"
        return job

    return await backstage.write(step)


async def _import(backstage: Backstage, job: ImportJobRow, me: str) -> tuple[str, str]:
    """Import what a job has not imported yet; returns its last status, and the message."""
    problem = problem_of_role(backstage, job)
    if problem is not None:
        return "Failed", problem
    try:
        header = await _survey(backstage, job, me, _pool(backstage, job))
    except _Unreadable as error:
        return "Failed", str(error)
    async for batch in _batches(_lines(backstage, job, job.position, job.line)):
        if await _take(backstage, job, me, header, batch):
            return "Stopped", STOPPED
    async with backstage.storage.reading() as session:
        done = await session.get(ImportJobRow, job.job_id)
    if done is None:
        raise _Gone
    return ("Succeeded", _DONE) if done.imported or not (done.failed or done.skipped) else ("Failed", _NOBODY)


async def _batches(lines: AsyncIterator[Line]) -> AsyncIterator[list[Line]]:
    batch: list[Line] = []
    async for line in lines:
        batch.append(line)
        if len(batch) == _LINES:
            yield batch
            batch = []
    yield batch  # also where there is none: then too it is looked whether the job is to stop


def _pool(backstage: Backstage, job: ImportJobRow) -> UserPool:
    pool: UserPool | None = backstage.snapshots.shelf(POOLS_SHELF).get(job.user_pool_id)
    if pool is None:
        raise _Gone
    return pool


async def _take(backstage: Backstage, job: ImportJobRow, me: str, header: list[str], batch: list[Line]) -> bool:
    """Import the users of some lines; says whether the job is to stop, and then nobody was imported."""

    async def step(session: AsyncSession, row: ImportJobRow) -> bool:
        if row.status == "Stopping":
            return True
        await store(session, _pool(backstage, job), row, header, batch, backstage.clock.now())
        return False

    return await _held(backstage, job, me, step)


async def _held(backstage: Backstage, job: ImportJobRow, me: str, change: Change) -> bool:
    """Change a job that is held by this worker."""

    async def step(session: AsyncSession) -> bool:
        row = await session.get(ImportJobRow, job.job_id, with_for_update=True)
        if row is None or row.worker != me or row.status not in ACTIVE:
            raise _Gone
        row.leased_until = backstage.clock.now() + _LEASE_SECONDS
        answer = await change(session, row)
        if row.status not in ACTIVE:
            await backstage.snapshots.announce(session, [(SHELF, job.job_id)])
        return answer

    return await backstage.write(step)


async def _finish(backstage: Backstage, job: ImportJobRow, me: str, status: str, message: str) -> None:
    """End a job, and forget its file."""

    async def step(session: AsyncSession, row: ImportJobRow) -> bool:
        row.status, row.message, row.completed_at = status, message, backstage.clock.now()
        row.upload_id, row.parts = None, 0
        await session.execute(delete(ImportPartRow).where(ImportPartRow.job_id == job.job_id))
        return True

    await _held(backstage, job, me, step)
    await backstage.snapshots.catch_up()


async def _lines(backstage: Backstage, job: ImportJobRow, position: int = 0, number: int = 0) -> AsyncIterator[Line]:
    """Yield the lines of a job's file behind a position, which is the end of the line of that number."""
    lines, skipped = Lines(position, number), position % PART_BYTES
    for number in range(position // PART_BYTES, job.parts):
        async with backstage.storage.reading() as session:
            part = await session.get(ImportPartRow, (job.upload_id, number))
        if part is None:
            raise _Gone
        for line in lines.feed(open_part(backstage.keys, part)[skipped:]):
            yield line
        skipped = 0
    for line in lines.finish():
        yield line


async def _survey(backstage: Backstage, job: ImportJobRow, me: str, pool: UserPool) -> list[str]:
    """Return the header of a file that can be imported.

    Raises:
        _Unreadable: it cannot, and nobody is.
    """
    header: list[str] = []
    users = 0
    async for line in _lines(backstage, job):
        if line.broken:
            raise _Unreadable("The CSV file is not in UTF-8.")
        if not header:
            if line.text is None:
                raise _Unreadable("The header of the CSV file is too long.")
            header = fields_of(line.text)
            problem = problem_of_header(pool, header)
            if problem is not None:
                raise _Unreadable(problem)
        users += line.number > 1 and line.text != ""
        if line.number % _RENEWED_EACH == 0:
            await _held(backstage, job, me, _nothing)
        if line.number > USERS + 1:
            raise _Unreadable(f"The CSV file has more than {USERS} rows. Split it over several jobs.")
    if not users:
        raise _Unreadable("The CSV file has no users.")
    return header


async def _nothing(_session: AsyncSession, _job: ImportJobRow) -> bool:
    return True


async def _tidy(backstage: Backstage) -> None:
    """Forget the files of jobs that were not started in time."""
    now = backstage.clock.now()
    late = (ImportJobRow.status == "Created", ImportJobRow.created_at < now - START_SECONDS)
    async with backstage.storage.reading() as session:
        found = list(await session.scalars(select(ImportJobRow.job_id).where(*late)))
    for job_id in found:
        await backstage.write(functools.partial(_expire, job_id=job_id))


async def _expire(session: AsyncSession, job_id: str) -> None:
    job = await session.get(ImportJobRow, job_id, with_for_update=True)
    if job is not None and job.status == "Created":
        job.status, job.upload_id, job.parts = "Expired", None, 0
        await session.execute(delete(ImportPartRow).where(ImportPartRow.job_id == job_id))
