"""Managed policies: the account's own, and AWS's, which are data. Source: IAM API reference, `CreatePolicy` …"""

from typing import Any

from sqlalchemy import delete, func, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.core.arn import policy_arn
from gatewright.policy.aws_managed import AwsManagedPolicy, aws_managed_policies
from gatewright.services.iam.documents import MANAGED, check_document, check_size
from gatewright.services.iam.limits import must_have_room
from gatewright.services.iam.lookup import find_policy, policy_changed
from gatewright.services.iam.names import must_be_policy_arn, path_of
from gatewright.services.iam.paging import page_of_all
from gatewright.services.iam.tables import Attachment, ManagedPolicy, PolicyVersion, Role, User
from gatewright.services.iam.tags import moment, read_tags, show_tags
from gatewright.wire.faults import Fault

AnyPolicy = ManagedPolicy | AwsManagedPolicy


async def any_policy(call: Call, arn: str) -> AnyPolicy:
    """Return a managed policy, the account's or AWS's.

    Raises:
        Fault: `NoSuchEntity`; `InvalidInput` for what is no ARN of a policy.
    """
    must_be_policy_arn(arn)
    return aws_managed_policies().get(arn) or await find_policy(call, arn)


async def own_policy(call: Call, params: Params) -> ManagedPolicy:
    """Return a policy of the account, for changing it.

    Raises:
        Fault: `NoSuchEntity`; `AccessDenied` for AWS's own, which no account can change.
    """
    arn = params["PolicyArn"]
    must_be_policy_arn(arn)
    if arn in aws_managed_policies():
        raise Fault("AccessDenied", f"{arn} belongs to AWS and cannot be changed. Make a policy of your own.", 403)
    return await find_policy(call, arn)


def show_policy(policy: AnyPolicy, attachments: int, boundaries: int, *, whole: bool = True) -> dict[str, Any]:
    """Return a policy as AWS answers it; lists leave out description and tags."""
    aws = isinstance(policy, AwsManagedPolicy)
    shown: dict[str, Any] = {
        "PolicyName": policy.name if isinstance(policy, AwsManagedPolicy) else policy.policy_name,
        "PolicyId": policy.policy_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": f"v{policy.version if isinstance(policy, AwsManagedPolicy) else policy.default_version}",
        "AttachmentCount": attachments,
        "PermissionsBoundaryUsageCount": boundaries,
        "IsAttachable": True,
        "CreateDate": moment(policy.created_at),
        "UpdateDate": moment(policy.updated_at),
    }
    if whole and not aws:
        assert isinstance(policy, ManagedPolicy)
        shown["Description"] = policy.description
        shown["Tags"] = show_tags(policy.tags)
    return {name: value for name, value in shown.items() if value is not None}


async def uses_of_policies(call: Call) -> tuple[dict[str, int], dict[str, int]]:
    """Return how often each policy is attached, and how often it is a boundary."""
    counted = select(Attachment.policy_arn, func.count()).group_by(Attachment.policy_arn)
    attached = {arn: count for arn, count in await call.session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
    boundaries: dict[str, int] = {}
    for column in (User.boundary_arn, Role.boundary_arn):
        for arn, count in await call.session.execute(
            select(column, func.count()).where(column.is_not(None)).group_by(column)
        ):
            boundaries[str(arn)] = boundaries.get(str(arn), 0) + count
    return attached, boundaries


async def create_policy(call: Call, params: Params) -> Result:
    """Make a managed policy, its document the version `v1`."""
    name, path = params["PolicyName"], path_of(params)
    document = check_document(params["PolicyDocument"])
    check_size(document, "PolicySize", MANAGED)
    taken = select(ManagedPolicy.name_key).where(ManagedPolicy.name_key == name.lower())
    if await call.session.scalar(taken) is not None:
        message = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise Fault("EntityAlreadyExists", message, 409)
    await must_have_room(call, ManagedPolicy)
    policy = ManagedPolicy(
        policy_id=ids.unique_id("ANPA"),
        policy_name=name,
        name_key=name.lower(),
        path=path,
        arn=policy_arn(call.account, path, name),
        description=params.get("Description"),
        created_at=call.now,
        updated_at=call.now,
        default_version=1,
        latest_version=1,
        tags=read_tags(params.get("Tags")),
    )
    call.session.add(policy)
    await call.session.flush()
    call.session.add(PolicyVersion(policy_id=policy.policy_id, version=1, document=document, created_at=call.now))
    await call.session.flush()
    await policy_changed(call, policy.arn)
    return {"Policy": show_policy(policy, 0, 0)}


async def get_policy(call: Call, params: Params) -> Result:
    """Return a managed policy."""
    policy = await any_policy(call, params["PolicyArn"])
    attached, boundaries = await uses_of_policies(call)
    return {"Policy": show_policy(policy, attached.get(policy.arn, 0), boundaries.get(policy.arn, 0))}


async def list_policies(call: Call, params: Params) -> Result:
    """Return managed policies: of the account, of AWS, or both."""
    scope, prefix = params.get("Scope") or "All", params.get("PathPrefix") or "/"
    rows: list[AnyPolicy] = []
    if scope != "AWS":
        rows += await call.session.scalars(select(ManagedPolicy))
    if scope != "Local":
        rows += aws_managed_policies().values()
    attached, boundaries = await uses_of_policies(call)
    usage = params.get("PolicyUsageFilter")
    used = {"PermissionsPolicy": attached, "PermissionsBoundary": boundaries}.get(str(usage), attached | boundaries)
    only_used = params.get("OnlyAttached") or usage is not None
    chosen = [row for row in rows if row.path.startswith(prefix) and (row.arn in used or not only_used)]

    def show(row: AnyPolicy) -> dict[str, Any]:
        return show_policy(row, attached.get(row.arn, 0), boundaries.get(row.arn, 0), whole=False)

    return page_of_all(call, params, "Policies", chosen, lambda row: row.arn, show)


async def delete_policy(call: Call, params: Params) -> Result | None:
    """Delete a policy that nobody has and that has no version but its default.

    Raises:
        Fault: `DeleteConflict`.
    """
    policy = await own_policy(call, params)
    attached, boundaries = await uses_of_policies(call)
    if policy.arn in attached or policy.arn in boundaries:
        raise Fault("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    versions = select(func.count()).select_from(PolicyVersion).where(PolicyVersion.policy_id == policy.policy_id)
    if (await call.session.scalar(versions) or 0) > 1:
        message = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's "
            "versions. The default version is deleted with the policy."
        )
        raise Fault("DeleteConflict", message, 409)
    await call.session.execute(delete(PolicyVersion).where(PolicyVersion.policy_id == policy.policy_id))
    await call.session.execute(delete(ManagedPolicy).where(ManagedPolicy.policy_id == policy.policy_id))
    await policy_changed(call, policy.arn)
    return None
