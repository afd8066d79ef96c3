"""Import jobs that are to be done -> memory, so that every worker knows of them without asking the database."""

from collections.abc import AsyncIterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.services.cognito_idp.importing.tables import ImportJobRow
from gatewright.storage.snapshots import Publication

SHELF = "cognito-idp.import-job"
ACTIVE = ("Pending", "InProgress", "Stopping")


async def _load(session: AsyncSession, job_id: str) -> str | None:
    job = await session.get(ImportJobRow, job_id)
    return job_id if job is not None and job.status in ACTIVE else None


async def _load_all(session: AsyncSession) -> AsyncIterator[tuple[str, str]]:
    for job_id in await session.scalars(select(ImportJobRow.job_id).where(ImportJobRow.status.in_(ACTIVE))):
        yield job_id, job_id


PUBLICATION = Publication(SHELF, _load, _load_all)
