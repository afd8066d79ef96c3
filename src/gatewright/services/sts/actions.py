"""Operation -> IAM action, resource and condition keys, and for `AssumeRole` the role's trust policy.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Security Token Service".
"""

from gatewright.control.authorize import STEP
from gatewright.control.service import Call, Params, Permission
from gatewright.core.identity import PrincipalType
from gatewright.services.sts.assume_role import condition_keys
from gatewright.services.sts.faults import access_denied
from gatewright.services.sts.roles import find_role


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed for an operation; only `AssumeRole` asks for anything.

    Raises:
        Fault: `AccessDenied` for a role that does not exist, in the words for one that does not trust the caller.
    """
    if call.operation != "AssumeRole":
        return ()
    if call.caller.type is PrincipalType.ACCOUNT:
        call.trace.refused(STEP, "The caller is the root user, which may not assume roles: use a key of a user.")
        raise access_denied("Roles may not be assumed by root accounts.")
    arn = params["RoleArn"]
    role = find_role(call, arn)
    if role is None:
        call.trace.refused(STEP, f"The role {arn} does not exist.")
        message = f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise access_denied(message)
    keys = condition_keys(params)
    actions = ["sts:AssumeRole"]
    if params.get("Tags"):
        actions.append("sts:TagSession")
    if params.get("SourceIdentity") or call.caller.source_identity:
        actions.append("sts:SetSourceIdentity")
    return tuple(Permission(action, arn, keys, resource_policy=role.trust_policy) for action in actions)
