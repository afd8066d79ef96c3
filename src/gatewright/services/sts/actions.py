"""Operation -> IAM action, resource and condition keys, and for `AssumeRole` the role's trust policy.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Security Token Service".
`GetCallerIdentity` and `GetSessionToken` need no permission, as AWS documents it.
"""

from gatewright.control.authorize import STEP
from gatewright.control.federation.session import tag_keys
from gatewright.control.service import Call, Params, Permission
from gatewright.core.identity import PrincipalType
from gatewright.services.sts import mfa
from gatewright.services.sts.assume_role import asked, condition_keys
from gatewright.services.sts.faults import access_denied
from gatewright.services.sts.federation_token import federated_user_arn
from gatewright.services.sts.roles import find_role
from gatewright.services.sts.tags import session_tags

_FREE = frozenset({"GetCallerIdentity", "GetSessionToken"})


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed for an operation.

    Raises:
        Fault: `AccessDenied` for a role that does not exist, in the words for one that does not trust the caller; or
            for an MFA code that is wrong.
    """
    if call.operation == "AssumeRole":
        return _assume_role(call, params)
    if call.operation == "GetFederationToken":
        return _get_federation_token(call, params)
    if call.operation == "GetSessionToken":
        mfa.prove(call, params)
    return () if call.operation in _FREE else (Permission(f"sts:{call.operation}"),)


def _assume_role(call: Call, params: Params) -> tuple[Permission, ...]:
    if call.caller.type is PrincipalType.ACCOUNT:
        call.trace.refused(STEP, "The caller is the root user, which may not assume roles: use a key of a user.")
        raise access_denied("Roles may not be assumed by root accounts.")
    # All that can be wrong with the request is told before the role is looked at: it does not tell which exist.
    mfa.prove(call, params)
    wanted = asked(call, params)
    arn = params["RoleArn"]
    role = find_role(call, arn)
    federated = call.caller.type is PrincipalType.FEDERATED_USER
    if role is None or federated:
        why = "A federated user cannot assume roles." if federated else f"The role {arn} does not exist."
        call.trace.refused(STEP, why)
        message = f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise access_denied(message)
    keys = condition_keys(params, role, wanted)
    return tuple(
        Permission(action, arn, keys, resource_policy=role.trust_policy) for action in wanted.actions("sts:AssumeRole")
    )


def _get_federation_token(call: Call, params: Params) -> tuple[Permission, ...]:
    arn = federated_user_arn(call, params)
    keys = tag_keys(session_tags(params).tags, ())
    actions = ["sts:GetFederationToken"]
    if params.get("Tags"):
        actions.append("sts:TagSession")
    return tuple(Permission(action, arn, keys) for action in actions)
