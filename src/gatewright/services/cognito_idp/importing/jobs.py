"""Import jobs: `CreateUserImportJob` …, and `GetCSVHeader`. Source: Cognito API reference.

Law: one job of an account is active in a region at a time; a job that was not started within a day is expired, and its
file is gone; the role is what AWS would log with: one that does not exist, does not trust Cognito or is not allowed to
log makes the job fail.
Assumed: a job without a file, or of a pool that verifies nothing, cannot be started; what is over cannot be stopped.
"""

from typing import Any

from sqlalchemy import func, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.core.arn import parse_arn
from gatewright.services.cognito_idp.faults import invalid_parameter, limit_exceeded, not_found, not_yet
from gatewright.services.cognito_idp.importing.limits import JOBS, START_SECONDS
from gatewright.services.cognito_idp.importing.links import address_of
from gatewright.services.cognito_idp.importing.publish import ACTIVE, SHELF
from gatewright.services.cognito_idp.importing.rows import columns_of
from gatewright.services.cognito_idp.importing.tables import ImportJobRow
from gatewright.services.cognito_idp.pools.find import find_pool, page_position, show_page
from gatewright.services.cognito_idp.pools.pool_settings import auto_verified
from gatewright.services.cognito_idp.pools.user_pools import moment
from gatewright.wire.faults import Fault

STOPPED = "The Import Job was stopped by the developer."
_TOKEN = "PaginationToken"  # noqa: S105 - the name of a member


async def get_csv_header(call: Call, params: Params) -> Result:
    """Return the columns that an import file for a pool has."""
    pool = find_pool(call, params["UserPoolId"])
    return {"UserPoolId": pool.id, "CSVHeader": columns_of(pool)}


async def create_user_import_job(call: Call, params: Params) -> Result:
    """Make a job, and the address that its file is sent to.

    Raises:
        Fault: `InvalidParameterException`, `LimitExceededException`, `ResourceNotFoundException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    if params.get("PasswordHashingAlgorithm"):
        raise not_yet("PasswordHashingAlgorithm", "Leave it out: users who are imported choose a new password.")
    role = _role(call, params["CloudWatchLogsRoleArn"])
    last = select(func.max(ImportJobRow.number), func.count()).where(ImportJobRow.user_pool_id == pool.id)
    number, count = (await call.session.execute(last)).one()
    if count >= JOBS:
        raise limit_exceeded(f"A user pool can have at most {JOBS} import jobs.")
    job = ImportJobRow(
        job_id=f"import-{ids.mixed_id(10)}",
        user_pool_id=pool.id,
        number=(number or 0) + 1,
        region=call.region,
        name=params["JobName"],
        role_arn=role,
        status="Created",
        message=None,
        created_at=call.now,
        started_at=None,
        completed_at=None,
        imported=0,
        skipped=0,
        failed=0,
        upload_id=None,
        parts=0,
        position=0,
        line=0,
        worker=None,
        leased_until=0.0,
    )
    call.session.add(job)
    await call.session.flush()
    return {"UserImportJob": _show(call, job)}


def _role(call: Call, text: str) -> str:
    try:
        arn = parse_arn(text)
    except ValueError:
        arn = None
    if arn is None or arn.service != "iam" or arn.account != call.account or not arn.resource.startswith("role/"):
        raise invalid_parameter("CloudWatchLogsRoleArn is not the ARN of a role of this account.")
    return text


def status_of(job: ImportJobRow, now: float) -> str:
    """Return a job's status; one that was not started in time is expired, whether that was written down or not."""
    is_late = job.status == "Created" and now >= job.created_at + START_SECONDS
    return "Expired" if is_late else job.status


def _show(call: Call, job: ImportJobRow) -> dict[str, Any]:
    status = status_of(job, call.now)
    # Until it is started a job has the one address that its file is sent to; afterwards one where its report is read.
    method, since = ("PUT", job.created_at) if status in ("Created", "Expired") else ("GET", call.now)
    shown: dict[str, Any] = {
        "JobName": job.name,
        "JobId": job.job_id,
        "UserPoolId": job.user_pool_id,
        "PreSignedUrl": address_of(call.settings, call.keys, method, job.job_id, since),
        "CreationDate": moment(job.created_at),
        "Status": status,
        "CloudWatchLogsRoleArn": job.role_arn,
        "ImportedUsers": job.imported,
        "SkippedUsers": job.skipped,
        "FailedUsers": job.failed,
    }
    for member, at in (("StartDate", job.started_at), ("CompletionDate", job.completed_at)):
        if at is not None:
            shown[member] = moment(at)
    return shown | ({"CompletionMessage": job.message} if job.message else {})


async def describe_user_import_job(call: Call, params: Params) -> Result:
    """Return a job."""
    return {"UserImportJob": _show(call, await _job(call, params))}


async def list_user_import_jobs(call: Call, params: Params) -> Result:
    """Return the jobs of a pool, the newest first."""
    pool = find_pool(call, params["UserPoolId"])
    size, listing = min(params["MaxResults"], 50), f"import jobs of {pool.id}"  # 50: as many as the answer's list has
    query = select(ImportJobRow).where(ImportJobRow.user_pool_id == pool.id).order_by(ImportJobRow.number.desc())
    if (position := page_position(call, params, listing, _TOKEN)) is not None:
        query = query.where(ImportJobRow.number < int(position))
    rows = list(await call.session.scalars(query.limit(size + 1)))
    return show_page(
        call,
        listing,
        rows,
        size,
        lambda row: str(row.number),
        lambda row: _show(call, row),
        member="UserImportJobs",
        token=_TOKEN,
    )


async def start_user_import_job(call: Call, params: Params) -> Result:
    """Begin to import the users of the file that was sent.

    Raises:
        Fault: `PreconditionNotMetException`, `ResourceNotFoundException`.
    """
    job = await _job(call, params)
    status = status_of(job, call.now)
    if status != "Created":
        raise _not_met(f"The job is {status}: only one that is Created can be started. Create another one.")
    if job.upload_id is None:
        raise _not_met("The job has no CSV file. Send it to the PreSignedUrl of the job first.")
    if not auto_verified(find_pool(call, params["UserPoolId"])):
        raise _not_met("The user pool has no AutoVerifiedAttributes, so that no user could be imported.")
    active = select(func.count()).where(ImportJobRow.region == call.region, ImportJobRow.status.in_(ACTIVE))
    if await call.session.scalar(active):
        raise _not_met("Another import job is active. Wait until it is done, or stop it.")
    job.status, job.started_at = "Pending", call.now
    await call.session.flush()
    call.publish(SHELF, job.job_id)
    return {"UserImportJob": _show(call, job)}


async def stop_user_import_job(call: Call, params: Params) -> Result:
    """Stop a job; the users that were imported stay.

    Raises:
        Fault: `PreconditionNotMetException`, `ResourceNotFoundException`.
    """
    job = await _job(call, params)
    if job.status not in ("Pending", "InProgress"):
        raise _not_met(f"The job is {status_of(job, call.now)}: only one that is Pending or InProgress can be stopped.")
    job.status = "Stopping"  # whoever does it sees this before the next rows
    await call.session.flush()
    call.publish(SHELF, job.job_id)
    return {"UserImportJob": _show(call, job)}


async def _job(call: Call, params: Params) -> ImportJobRow:
    pool = find_pool(call, params["UserPoolId"])
    job = await call.session.get(ImportJobRow, params["JobId"])
    if job is None or job.user_pool_id != pool.id:
        raise not_found(f"User import job {params['JobId']} does not exist.")
    return job


def _not_met(message: str) -> Fault:
    return Fault("PreconditionNotMetException", message, 400)
