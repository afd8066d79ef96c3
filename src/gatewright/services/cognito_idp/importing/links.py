"""The address of a job: the file is sent there by PUT, and when the job is done its report is read there by GET.

In: a request whose query has an expiry and a signature. Out: answers as S3 gives them, because that is whom a client
believes to speak to. Law: the signature covers the method, the job and the expiry, and nobody makes it who has not the
server's master key; a body is read only after it was found good. Whoever may describe a job is given its address.
Assumed: like AWS's, the address wants the header `x-amz-server-side-encryption: aws:kms`.
Source: Cognito developer guide, "Creating and running the Amazon Cognito user pool import job", "Viewing the user pool
import results in the CloudWatch console".
"""

import hmac
from collections.abc import Mapping
from html import escape
from typing import cast
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from gatewright.control.service import Backstage, Link
from gatewright.core.log import get_log
from gatewright.core.trace import Trace
from gatewright.services.cognito_idp.importing.limits import FILE_BYTES, UPLOAD_SECONDS
from gatewright.services.cognito_idp.importing.tables import ImportJobRow, ImportLineRow
from gatewright.services.cognito_idp.importing.uploads import FileUpload, NotWaiting
from gatewright.settings import Settings
from gatewright.storage.engine import first_line
from gatewright.storage.keys import Keys
from gatewright.wire.http import LongRequest, Request, Response

_PREFIX = "/_aws/cognito-idp/import-jobs/"
_PURPOSE = "addresses of import jobs"
_STEP = "address"
_WHOLE = "Take the whole PreSignedUrl; in a shell put it in quotation marks, because & ends a command."
_SHOWN = 10_000  # lines of one report
_ENCRYPTION = ("x-amz-server-side-encryption", "aws:kms")
_log = get_log(__name__)


class _Refused(Exception):
    """S3's errors: status, code, message; and what whoever asks why is told to do."""

    def __init__(self, status: int, code: str, message: str, **advice: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.advice = status, code, message, advice


def address_of(settings: Settings, keys: Keys, method: str, job_id: str, now: float) -> str:
    """Return the address of a job, good for a quarter of an hour after `now`."""
    expires = int(now) + UPLOAD_SECONDS
    return f"{settings.address}{_PREFIX}{job_id}?Expires={expires}&Signature={_sign(keys, method, job_id, expires)}"


def _sign(keys: Keys, method: str, job_id: str, expires: int) -> str:
    return keys.keyed_hash(_PURPOSE, f"{method}\n{job_id}\n{expires}".encode()).hex()


def _prove(request: Request, backstage: Backstage) -> tuple[str, Mapping[str, str]]:
    """Return the job that a request has the address of, and its query."""
    job_id, query = request.path.removeprefix(_PREFIX), dict(parse_qsl(request.query))
    expires, signature = query.get("Expires", ""), query.get("Signature", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
        raise _Refused(403, "AccessDenied", "Access Denied", remedy=f"Its query is missing. {_WHOLE}")
    good = _sign(backstage.keys, request.method, job_id, int(expires))
    if not hmac.compare_digest(good.encode(), signature.encode()):
        message = "The request signature we calculated does not match the signature you provided."
        message = f"{message} Use the address and its method as they were given."
        remedy = f"It is of another job, method, time or server. A file is sent by PUT, a report read by GET. {_WHOLE}"
        raise _Refused(403, "SignatureDoesNotMatch", message, remedy=remedy)
    if backstage.clock.now() >= int(expires):
        command = f"aws cognito-idp describe-user-import-job --user-pool-id POOL --job-id {job_id}"
        remedy = "An address is good for a quarter of an hour, and every description of the job has a fresh one:"
        raise _Refused(403, "AccessDenied", "Request has expired", remedy=remedy, command=command)
    return job_id, query


def begin_upload(request: Request, backstage: Backstage) -> FileUpload | None:
    """Return what takes the file that a request is about to bring; None where it brings none that is wanted."""
    try:
        job_id, _ = _prove(request, backstage)
    except _Refused:
        return None
    wanted = request.method == "PUT" and request.header(_ENCRYPTION[0]) == _ENCRYPTION[1]
    return FileUpload(backstage, job_id) if wanted and _announced(request) <= FILE_BYTES else None


def _announced(request: Request) -> int:
    """Return how long a body is said to be; 0 where nothing is said."""
    announced = request.header("content-length") or ""
    return int(announced) if announced.isascii() and announced.isdigit() else 0


async def answer(request: Request, backstage: Backstage, trace: Trace) -> Response:
    """Take a job's file, or show its report."""
    try:
        job_id, query = _prove(request, backstage)
        trace.passed(_STEP, "the address was given out for this job, method and time", job=job_id)
        if request.method == "PUT":
            return await _take(request, backstage, job_id)
        return await _report(backstage, job_id, query)
    except _Refused as refused:
        trace.refused(_STEP, refused.message, error_type=refused.code, **refused.advice)
        return _error(request, refused)


async def _take(request: Request, backstage: Backstage, job_id: str) -> Response:
    if request.header(_ENCRYPTION[0]) != _ENCRYPTION[1]:
        raise _Refused(403, "AccessDenied", f"Send the header {_ENCRYPTION[0]}: {_ENCRYPTION[1]}")
    if _announced(request) > FILE_BYTES:
        raise _Refused(400, "EntityTooLarge", f"A file has {FILE_BYTES} bytes at most. Split it over several jobs.")
    if not _announced(request):
        raise _Refused(411, "MissingContentLength", "You must provide the file, with the Content-Length HTTP header.")
    upload = _upload(request, backstage, job_id)
    try:
        tag = await upload.finish()
    except NotWaiting:
        message = "The job is not one that waits for its file. Create another one."
        raise _Refused(409, "OperationAborted", message) from None
    except (SQLAlchemyError, OSError) as error:
        _log.error("the database refused", request_id=request.request_id, error=first_line(error))
        raise _Refused(503, "ServiceUnavailable", "Please try again: the file could not be kept.") from None
    finally:
        upload.abandon()  # what was not accepted
    return Response(200, [*_headers(request), _ENCRYPTION, ("ETag", f'"{tag}"')])


def _upload(request: Request, backstage: Backstage, job_id: str) -> FileUpload:
    """Return the file that a request has brought: a long one was taken while it came."""
    if isinstance(request, LongRequest):
        return cast(FileUpload, request.upload)
    if _announced(request) > len(request.body):
        raise _Refused(503, "SlowDown", "Please reduce your request rate: other files are being received.")
    upload = FileUpload(backstage, job_id)
    upload.take(request.body)
    return upload


async def _report(backstage: Backstage, job_id: str, query: Mapping[str, str]) -> Response:
    """Return the lines that did not become users, in the form that AWS logs them; `after` shows the next ones."""
    after = query.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise _Refused(400, "InvalidArgument", "after is not the number of a line.")
    async with backstage.storage.reading() as session:
        job = await session.get(ImportJobRow, job_id)
        chosen = select(ImportLineRow).where(ImportLineRow.job_id == job_id, ImportLineRow.line > int(after))
        rows = list(await session.scalars(chosen.order_by(ImportLineRow.line).limit(_SHOWN + 1)))
    if job is None:
        raise _Refused(404, "NoSuchKey", "The specified key does not exist.")
    lines = [f"{job.status}: {job.imported} imported, {job.skipped} skipped, {job.failed} failed. {job.message or ''}"]
    lines += [f"[{row.outcome}] Line Number {row.line} - {row.reason}" for row in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        lines.append(f"More follow: add &after={rows[_SHOWN - 1].line} to this address.")
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(200, headers, ("\n".join(lines) + "\n").encode())


def _headers(request: Request) -> list[tuple[str, str]]:
    return [("x-amz-request-id", request.request_id)]


def _error(request: Request, refused: _Refused) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
        f"<RequestId>{request.request_id}</RequestId></Error>"
    )
    return Response(refused.status, [*_headers(request), ("Content-Type", "application/xml")], body.encode())


LINK = Link(_PREFIX, answer, begin_upload)
