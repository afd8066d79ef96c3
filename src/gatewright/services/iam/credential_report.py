"""The credential report: every user's credentials in one table.

Law: a report is made at once, when it is asked for and the last one is four hours old; it tells what was so then. It
has no secrets. The root user's password, MFA devices and date of birth do not exist here. Source: IAM user guide,
"Generate credential reports for your AWS account".
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.core.arn import root_arn
from gatewright.services.iam.account_settings import PASSWORD_POLICY, put_setting, setting
from gatewright.services.iam.tables import AccessKeyRow, AccountSetting, LoginProfile, MfaDeviceRow, User
from gatewright.services.iam.tags import moment
from gatewright.storage.uses import Use
from gatewright.wire.faults import Fault

REPORT = "credential report"
_LIFETIME = 4 * 3_600.0  # seconds
_DAY = 86_400.0
_NONE = "N/A"
_NEVER = "no_information"
_ROOT_ONLY = "not_supported"
_KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
_COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_{number}_{column}" for number in (1, 2) for column in _KEY_COLUMNS),
    *(f"cert_{number}_{column}" for number in (1, 2) for column in ("active", "last_rotated")),
)


async def generate_credential_report(call: Call, params: Params) -> Result:
    """Make a report, where there is none of the last four hours."""
    row = await call.session.get(AccountSetting, REPORT)
    if row is not None and call.now - row.changed_at < _LIFETIME:
        return {"State": "COMPLETE"}
    await put_setting(call, REPORT, await _report(call))
    return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}


async def get_credential_report(call: Call, params: Params) -> Result:
    """Return the last report.

    Raises:
        Fault: `ReportNotPresent`, `ReportExpired`.
    """
    row = await call.session.get(AccountSetting, REPORT)
    if row is None:
        raise Fault("ReportNotPresent", "No report exists. Make one with GenerateCredentialReport.", 410)
    if call.now - row.changed_at >= _LIFETIME:
        raise Fault("ReportExpired", "The report has expired. Make a new one with GenerateCredentialReport.", 410)
    return {
        "Content": str(row.value).encode(),
        "ReportFormat": "text/csv",
        "GeneratedTime": moment(row.changed_at),
    }


async def _report(call: Call) -> str:
    uses = await call.credentials.uses.all(call.session)
    profiles = {row.user_id: row for row in await call.session.scalars(select(LoginProfile))}
    with_mfa = set(await call.session.scalars(select(MfaDeviceRow.user_id).where(MfaDeviceRow.user_id.is_not(None))))
    keys: dict[str, list[AccessKeyRow]] = defaultdict(list)
    for key in await call.session.scalars(select(AccessKeyRow).order_by(AccessKeyRow.created_at)):
        keys[key.user_id].append(key)
    max_age = ((await setting(call, PASSWORD_POLICY)) or {}).get("MaxPasswordAge")
    lines: list[Sequence[str]] = [_COLUMNS, _root(call, uses)]
    lines += [
        (
            user.user_name,
            user.arn,
            _date(user.created_at),
            *_password(profiles.get(user.user_id), max_age),
            _truth(user.user_id in with_mfa),
            *_keys(keys[user.user_id], uses),
            *("false", _NONE) * 2,
        )
        for user in await call.session.scalars(select(User).order_by(User.name_key))
    ]
    return _table(lines)


def _table(lines: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(lines)
    return file.getvalue()


def _root(call: Call, uses: Mapping[str, Use]) -> Sequence[str]:
    use = uses.get(call.credentials.root_access_key_id)
    return (
        "<root_account>",
        root_arn(call.account),
        _NONE,
        _ROOT_ONLY,
        _NEVER,
        _ROOT_ONLY,
        _ROOT_ONLY,
        "false",
        *("true", _NONE, *_used(use)),
        *_no_key(),
        *("false", _NONE) * 2,
    )


def _password(profile: LoginProfile | None, max_age: Any) -> Sequence[str]:
    if profile is None:
        return "false", _NONE, _NONE, _NONE
    rotation = _date(profile.changed_at + max_age * _DAY) if max_age else _NONE
    return "true", _NEVER, _date(profile.changed_at), rotation


def _keys(rows: Sequence[AccessKeyRow], uses: Mapping[str, Use]) -> Sequence[str]:
    columns: list[str] = []
    for row in rows[:2]:
        columns += [_truth(row.active), _date(row.created_at), *_used(uses.get(row.access_key_id))]
    for _ in range(2 - len(rows)):
        columns += _no_key()
    return columns


def _used(use: Use | None) -> Sequence[str]:
    return (_NONE, _NONE, _NONE) if use is None else (_date(use.at), use.region, use.service)


def _no_key() -> Sequence[str]:
    return "false", _NONE, _NONE, _NONE, _NONE


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _date(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat()
