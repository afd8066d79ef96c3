"""Versions of managed policies; the default one is what counts. Source: IAM user guide, "Versioning IAM policies"."""

import re
from typing import Any

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.policy.aws_managed import AwsManagedPolicy
from gatewright.services.iam.documents import MANAGED, check_document, check_size, encoded
from gatewright.services.iam.faults import no_such_entity
from gatewright.services.iam.limits import VERSIONS_PER_POLICY
from gatewright.services.iam.lookup import policy_changed
from gatewright.services.iam.paging import page_of_all
from gatewright.services.iam.policies import AnyPolicy, any_policy, own_policy
from gatewright.services.iam.tables import ManagedPolicy, PolicyVersion
from gatewright.services.iam.tags import moment
from gatewright.wire.faults import Fault


def _show(policy: ManagedPolicy, row: PolicyVersion, *, document: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "VersionId": f"v{row.version}",
        "IsDefaultVersion": row.version == policy.default_version,
        "CreateDate": moment(row.created_at),
    }
    return shown | {"Document": encoded(row.document)} if document else shown


def _show_aws(policy: AwsManagedPolicy, *, document: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "VersionId": f"v{policy.version}",
        "IsDefaultVersion": True,
        "CreateDate": moment(policy.updated_at),
    }
    return shown | {"Document": encoded(policy.document)} if document else shown


def _no_such_version(arn: str, version: str) -> Fault:
    return no_such_entity(f"Policy {arn} version {version} does not exist or is not attachable.")


async def _version_of(call: Call, policy: ManagedPolicy, version: str) -> PolicyVersion:
    number = re.fullmatch(r"v([1-9]\d{0,8})(\..*)?", version)
    row = await call.session.get(PolicyVersion, (policy.policy_id, int(number[1]))) if number else None
    if row is None:
        raise _no_such_version(policy.arn, version)
    return row


async def _versions_of(call: Call, policy: ManagedPolicy) -> list[PolicyVersion]:
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy.policy_id)
    return list(await call.session.scalars(query.order_by(PolicyVersion.version.desc())))


async def show_versions(call: Call, policy: AnyPolicy) -> list[dict[str, Any]]:
    """Return every version of a policy with its document, the newest first."""
    if isinstance(policy, AwsManagedPolicy):
        return [_show_aws(policy, document=True)]
    return [_show(policy, row, document=True) for row in await _versions_of(call, policy)]


async def create_policy_version(call: Call, params: Params) -> Result:
    """Add a version, and make it the default one where that is asked for.

    Raises:
        Fault: `LimitExceeded` for a sixth version.
    """
    policy = await own_policy(call, params)
    document = check_document(params["PolicyDocument"])
    check_size(document, "PolicySize", MANAGED)
    if len(await _versions_of(call, policy)) >= VERSIONS_PER_POLICY:
        message = (
            f"A managed policy can have up to {VERSIONS_PER_POLICY} versions. Before you create a new version, you "
            "must delete an existing version."
        )
        raise Fault("LimitExceeded", message, 409)
    policy.latest_version += 1
    policy.updated_at = call.now
    if params.get("SetAsDefault"):
        policy.default_version = policy.latest_version
    row = PolicyVersion(
        policy_id=policy.policy_id, version=policy.latest_version, document=document, created_at=call.now
    )
    call.session.add(row)
    await call.session.flush()
    await policy_changed(call, policy.arn)
    return {"PolicyVersion": _show(policy, row)}


async def get_policy_version(call: Call, params: Params) -> Result:
    """Return a version with its document."""
    policy, version = await any_policy(call, params["PolicyArn"]), params["VersionId"]
    if isinstance(policy, AwsManagedPolicy):
        if version != f"v{policy.version}":
            raise _no_such_version(policy.arn, version)
        return {"PolicyVersion": _show_aws(policy, document=True)}
    return {"PolicyVersion": _show(policy, await _version_of(call, policy, version), document=True)}


async def list_policy_versions(call: Call, params: Params) -> Result:
    """Return a policy's versions, the newest first; a policy has at most five, so that there is one page."""
    policy = await any_policy(call, params["PolicyArn"])
    if isinstance(policy, AwsManagedPolicy):
        return {"Versions": [_show_aws(policy)], "IsTruncated": False}
    versions = await _versions_of(call, policy)
    newest = policy.latest_version
    return page_of_all(
        call, params, "Versions", versions, lambda row: f"{newest - row.version:09}", lambda row: _show(policy, row)
    )


async def set_default_policy_version(call: Call, params: Params) -> Result | None:
    """Let another version count, for everybody who has the policy, from the next request on."""
    policy = await own_policy(call, params)
    policy.default_version = (await _version_of(call, policy, params["VersionId"])).version
    policy.updated_at = call.now
    await call.session.flush()
    await policy_changed(call, policy.arn)
    return None


async def delete_policy_version(call: Call, params: Params) -> Result | None:
    """Delete a version that is not the default one.

    Raises:
        Fault: `DeleteConflict`.
    """
    policy = await own_policy(call, params)
    row = await _version_of(call, policy, params["VersionId"])
    if row.version == policy.default_version:
        raise Fault("DeleteConflict", "Cannot delete the default version of a policy.", 409)
    gone = delete(PolicyVersion).where(
        PolicyVersion.policy_id == policy.policy_id, PolicyVersion.version == row.version
    )
    await call.session.execute(gone)
    policy.updated_at = call.now
    return None
