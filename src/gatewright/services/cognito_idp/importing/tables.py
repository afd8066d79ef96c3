"""What import jobs remember: the job, the file in sealed parts, and which lines did not become users."""

from sqlalchemy import Float, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gatewright.services.cognito_idp.tables import POOL
from gatewright.storage.engine import Row

_JOB = "cognito_idp_import_jobs.job_id"


class ImportJobRow(Row):
    """A job."""

    __tablename__ = "cognito_idp_import_jobs"
    __table_args__ = (Index("ix_cognito_idp_import_jobs_listed", "user_pool_id", "number"),)

    job_id: Mapped[str] = mapped_column(String(55), primary_key=True)
    user_pool_id: Mapped[str] = mapped_column(ForeignKey(POOL, ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)  # of its pool, from 1: the order in which jobs are listed
    region: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(128))
    role_arn: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), index=True)  # Status of the API
    message: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[float] = mapped_column(Float)
    started_at: Mapped[float | None] = mapped_column(Float)
    completed_at: Mapped[float | None] = mapped_column(Float)
    imported: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[int] = mapped_column(Integer)
    failed: Mapped[int] = mapped_column(Integer)
    upload_id: Mapped[str | None] = mapped_column(String(36))  # whose parts are the file
    parts: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)  # bytes of the file that are done
    line: Mapped[int] = mapped_column(Integer)  # lines of the file that are done; the header is the first
    worker: Mapped[str | None] = mapped_column(String(36))  # who does it
    leased_until: Mapped[float] = mapped_column(Float)  # and who may take it over then


class ImportPartRow(Row):
    """A part of an uploaded file, sealed with its upload and number as context. All but the last are equally long."""

    __tablename__ = "cognito_idp_import_parts"

    upload_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey(_JOB, ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ImportLineRow(Row):
    """A line that did not become a user, and why."""

    __tablename__ = "cognito_idp_import_lines"

    job_id: Mapped[str] = mapped_column(ForeignKey(_JOB, ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(8))  # FAILED, SKIPPED
    reason: Mapped[str] = mapped_column(Text)
