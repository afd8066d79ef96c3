"""A file on its way into the database: sealed and written part by part while it comes.

In: its bytes, in pieces. Out: rows, and how many. Law: no more than a few parts are in memory, however long the file is
and however slow the database; a file that nobody finishes leaves nothing behind, or only until its job is done where a
worker was killed. Of several files for a job the last one to be whole counts, as at S3.
"""

import asyncio
import uuid
from collections.abc import Callable

from sqlalchemy import delete, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.control.service import Backstage
from gatewright.core.log import get_log
from gatewright.services.cognito_idp.importing.limits import PART_BYTES
from gatewright.services.cognito_idp.importing.tables import ImportJobRow, ImportPartRow
from gatewright.storage.keys import SECRETS, Keys

_STEP = 4 * PART_BYTES  # that are written in one transaction: others write in between
_log = get_log(__name__)


class NotWaiting(Exception):  # whoever takes the file says it in S3's words
    """The job does not wait for a file, or does so no more."""


class FileUpload:
    """The file of one job; `gatewright.wire.http.Upload`."""

    def __init__(self, backstage: Backstage, job_id: str) -> None:
        self._backstage = backstage
        self._job_id = job_id
        self._upload_id = str(uuid.uuid4())
        self._waiting = bytearray()  # what is not written yet
        self._parts = 0
        self._writing: asyncio.Task[None] | None = None
        self._failure: Exception | None = None
        self._resume: Callable[[], None] | None = None
        self._is_over = False  # accepted, or abandoned

    def take(self, piece: bytes) -> None:
        """Take the next bytes; after a failure there is nothing to keep them for."""
        if self._failure is None:
            self._waiting += piece
        if self._writing is None and len(self._waiting) >= _STEP:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    @property
    def is_behind(self) -> bool:
        """Whether so much waits to be written that no more should be read."""
        return len(self._waiting) >= 2 * _STEP

    def when_ready(self, resume: Callable[[], None]) -> None:
        """Have something called, once, as soon as more may be read."""
        self._resume = resume

    async def _write(self) -> None:
        try:
            while len(self._waiting) >= _STEP and not self._is_over:
                await self._write_next()
                self._let_in()
        except Exception as failure:
            self._failure = failure  # told by `finish`
            self._waiting.clear()
        finally:
            self._writing = None
            self._let_in()

    def _let_in(self) -> None:
        if self._resume is not None and not self.is_behind:
            resume, self._resume = self._resume, None
            resume()

    async def _write_next(self) -> None:
        """Write what waits, a step at most. All parts but the last are equally long."""
        data = bytes(self._waiting[:_STEP])
        del self._waiting[:_STEP]
        starts = range(0, len(data), PART_BYTES)
        rows = [
            {
                "upload_id": self._upload_id,
                "number": self._parts + index,
                "job_id": self._job_id,
                "sealed": self._seal(self._parts + index, data[start : start + PART_BYTES]),
            }
            for index, start in enumerate(starts)
        ]

        async def add(session: AsyncSession) -> None:
            await self._job(session)
            await session.execute(insert(ImportPartRow), rows)

        await self._backstage.write(add)
        self._parts += len(rows)

    def _seal(self, number: int, part: bytes) -> bytes:
        """Seal a part: these are people's data, and they are here for as long as the job is not done."""
        return self._backstage.keys.seal(SECRETS, part, f"{self._upload_id}:{number}".encode())

    async def _job(self, session: AsyncSession) -> ImportJobRow:
        job = await session.get(ImportJobRow, self._job_id, with_for_update=True)
        if job is None or job.status != "Created":
            raise NotWaiting
        return job

    async def finish(self) -> str:
        """Write the rest, and make it the file of the job; returns a name for what was taken.

        Raises:
            NotWaiting: the job has none of it.
            Exception: what the database said.
        """
        if self._writing is not None:
            await self._writing
        if self._failure is not None:
            raise self._failure
        while self._waiting:
            await self._write_next()
        await self._backstage.write(self._accept)
        self._is_over = True
        return uuid.UUID(self._upload_id).hex

    async def _accept(self, session: AsyncSession) -> None:
        job = await self._job(session)
        before = delete(ImportPartRow).where(ImportPartRow.upload_id == job.upload_id)  # and not what still comes
        job.upload_id, job.parts = self._upload_id, self._parts
        await session.execute(before)

    def abandon(self) -> None:
        """Leave nothing behind, unless it is accepted."""
        if not self._is_over:
            self._is_over = True
            self._writing = asyncio.get_running_loop().create_task(self._delete(self._writing))

    async def _delete(self, writing: asyncio.Task[None] | None) -> None:
        if writing is not None:
            await writing

        async def forget(session: AsyncSession) -> None:
            await session.execute(delete(ImportPartRow).where(ImportPartRow.upload_id == self._upload_id))

        try:
            await self._backstage.write(forget)
        except (SQLAlchemyError, OSError) as error:  # they go with the job's next file, or with the job
            _log.warning("parts of an import file could not be deleted", job=self._job_id, error=type(error).__name__)


def open_part(keys: Keys, row: ImportPartRow) -> bytes:
    """Open a part of a file."""
    return keys.open(SECRETS, row.sealed, f"{row.upload_id}:{row.number}".encode())
