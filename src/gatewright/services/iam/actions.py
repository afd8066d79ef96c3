"""Operation -> IAM action, resource and condition keys. The action of every operation here is `iam:` and its own name.

Law: every operation is in one of the tables below, or names a role, a user or a group; who is not, acts on the calling
user. Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
Management".
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Params, Permission
from gatewright.core.identity import PrincipalType
from gatewright.services.iam.lookup import NAMES, SERVICE_LINKED, Named
from gatewright.services.iam.service_linked_roles import SERVICES
from gatewright.storage.credentials import ACCESS_KEYS, AccessKey

_MAKES = {
    "CreateUser": ("user", "UserName"),
    "CreateGroup": ("group", "GroupName"),
    "CreateRole": ("role", "RoleName"),
    "CreatePolicy": ("policy", "PolicyName"),
    "CreateInstanceProfile": ("instance-profile", "InstanceProfileName"),
    "CreateVirtualMFADevice": ("mfa", "VirtualMFADeviceName"),
    "CreateSAMLProvider": ("saml-provider", "Name"),
}
_LISTS = {
    "ListUsers": "user",
    "ListGroups": "group",
    "ListRoles": "role",
    "ListPolicies": "policy",
    "ListInstanceProfiles": "instance-profile",
    "ListVirtualMFADevices": "mfa",
}
_OF_THE_ACCOUNT = frozenset(
    {
        "CreateAccountAlias",
        "DeleteAccountAlias",
        "DeleteAccountPasswordPolicy",
        "GenerateCredentialReport",
        "GetAccountAuthorizationDetails",
        "GetAccountPasswordPolicy",
        "GetAccountSummary",
        "GetContextKeysForCustomPolicy",
        "GetCredentialReport",
        "ListAccountAliases",
        "ListOpenIDConnectProviders",
        "ListSAMLProviders",
        "SimulateCustomPolicy",
        "UpdateAccountPasswordPolicy",
    }
)
_RENAMES = {"UpdateUser": ("user", "NewUserName"), "UpdateGroup": ("group", "NewGroupName")}
# Operations whose name parameter decides the resource where several are given: a user is put into a *group*.
_OF_THE_GROUP = {"AddUserToGroup", "RemoveUserFromGroup"}
_BY_NAME = (
    ("instance-profile", "InstanceProfileName"),
    ("role", "RoleName"),
    ("user", "UserName"),
    ("group", "GroupName"),
)
_BY_ARN = (
    ("policy", "PolicyArn"),
    ("oidc-provider", "OpenIDConnectProviderArn"),
    ("saml-provider", "SAMLProviderArn"),
    ("principal", "PolicySourceArn"),
    ("mfa", "SerialNumber"),  # the last: operations on a user's device are operations on the user
)

Keys = dict[str, tuple[str, ...]]


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed for an operation."""
    action, keys = f"iam:{call.operation}", _request_keys(call.operation, params)
    if call.operation in _OF_THE_ACCOUNT:
        return (Permission(action, "*", keys),)
    made = _made(call, params) or _listed(call, params)
    if made is not None:
        return (Permission(action, made, keys),)
    kind, named = _named(call, params)
    keys |= _resource_keys(kind, named, keys)
    permission = Permission(action, named.arn, keys)
    if call.operation in _RENAMES:
        return (permission, Permission(action, _renamed(call, params, named), _request_keys(call.operation, params)))
    if call.operation == "AddRoleToInstanceProfile":
        return (permission, _pass_role(call, params["RoleName"], named.arn))
    return (permission,)


def _renamed(call: Call, params: Params, named: Named) -> str:
    """Return the ARN that a user or group will have: whoever renames must be allowed both."""
    kind, member = _RENAMES[call.operation]
    path, _, name = named.arn.split(":", 5)[5].removeprefix(kind).rpartition("/")
    return _arn(call, kind, f"{params.get('NewPath') or path + '/'}{params.get(member) or name}")


def _made(call: Call, params: Params) -> str | None:
    """Return the ARN of what an operation will make."""
    if call.operation in _MAKES:
        kind, name = _MAKES[call.operation]
        return _arn(call, kind, f"{params.get('Path') or '/'}{params[name]}")
    if call.operation == "CreateOpenIDConnectProvider":
        return _arn(call, "oidc-provider", "/" + str(params["Url"]).partition("://")[2])
    if call.operation == "CreateServiceLinkedRole":
        service = params["AWSServiceName"]
        name = SERVICES[service].role_name if service in SERVICES else "*"
        return _arn(call, "role", f"{SERVICE_LINKED}{service}/{name}")
    return None


def _listed(call: Call, params: Params) -> str | None:
    """Return the ARN of the path that a list is of."""
    if call.operation not in _LISTS:
        return None
    return _arn(call, _LISTS[call.operation], str(params.get("PathPrefix") or "/"))


def _pass_role(call: Call, name: str, profile_arn: str) -> Permission:
    """Return the permission to give a role to machines, which is to give it to whoever uses them."""
    role = _find(call, "role", name)
    keys = {"iam:passedtoservice": ("ec2.amazonaws.com",), "iam:associatedresourcearn": (profile_arn,)}
    return Permission("iam:PassRole", role.arn, keys | _resource_keys("role", role, {}))


def _arn(call: Call, kind: str, path_and_name: str) -> str:
    return f"arn:aws:iam::{call.account}:{kind}{path_and_name}"


def _named(call: Call, params: Params) -> tuple[str, Named]:
    """Return the resource that an operation names: a role before a user, a policy where nothing else is named."""
    if call.operation in _OF_THE_GROUP:
        return "group", _find(call, "group", params["GroupName"])
    if call.operation == "GetAccessKeyLastUsed":
        return "user", _owner_of_key(call, params["AccessKeyId"])
    if call.operation == "GetServiceLinkedRoleDeletionStatus":
        return "role", Named(_arn(call, "role", str(params["DeletionTaskId"]).removeprefix("task").rpartition("/")[0]))
    for kind, member in _BY_NAME:
        if params.get(member) is not None:
            return kind, _find(call, kind, params[member])
    if call.operation not in _OF_THE_CALLER:
        for kind, member in _BY_ARN:
            if params.get(member) is not None:
                return kind, call.shelf(NAMES).get(params[member]) or Named(str(params[member]))
    if call.caller.type is PrincipalType.USER:
        return "user", _find(call, "user", str(call.caller.username))
    return "user", Named(call.caller.arn)


_OF_THE_CALLER = {"DeactivateMFADevice", "GetMFADevice"}  # where they name no user; the device is that user's


def _find(call: Call, kind: str, name: str) -> Named:
    """Return what is known of a name; whoever does not exist has the path `/`, as in AWS's refusals."""
    found: Named | None = call.shelf(NAMES).get(f"{kind}/{name}")
    return found or Named(_arn(call, kind, f"/{name}"))


def _owner_of_key(call: Call, access_key_id: str) -> Named:
    """Return the user whose key it is; whose it is not known is not told apart from a key of somebody else."""
    key: AccessKey | None = call.shelf(ACCESS_KEYS).get(access_key_id)
    return Named(_arn(call, "user", "/*")) if key is None else _find(call, "user", str(key.caller.username))


def _request_keys(operation: str, params: Params) -> Keys:
    keys: Keys = {}
    if params.get("PermissionsBoundary"):
        keys["iam:permissionsboundary"] = (str(params["PermissionsBoundary"]),)
    if operation.startswith(("Attach", "Detach")):
        keys["iam:policyarn"] = (str(params["PolicyArn"]),)
    if operation == "CreateServiceLinkedRole":
        keys["iam:awsservicename"] = (str(params["AWSServiceName"]),)
    tags: list[Mapping[str, Any]] = params.get("Tags") or []
    for tag in tags:
        keys[f"aws:requesttag/{tag['Key'].lower()}"] = (tag["Value"],)
    names = tuple(tag["Key"] for tag in tags) + tuple(params.get("TagKeys") or ())
    if names:
        keys["aws:tagkeys"] = names
    return keys


def _resource_keys(kind: str, named: Named, given: Keys) -> Keys:
    keys: Keys = {}
    if kind in {"role", "user"} and named.boundary_arn is not None and "iam:permissionsboundary" not in given:
        keys["iam:permissionsboundary"] = (named.boundary_arn,)
    for key, value in named.tags.items():
        keys[f"aws:resourcetag/{key.lower()}"] = (value,)
        if kind in {"role", "user"}:
            keys[f"iam:resourcetag/{key.lower()}"] = (value,)
    return keys
