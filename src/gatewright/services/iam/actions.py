"""Operation -> IAM action, resource and condition keys. The action of every operation here is `iam:` and its own name.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
Management".
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.service import Call, Params, Permission
from gatewright.core.identity import PrincipalType
from gatewright.services.iam.lookup import NAMES, Named

_MAKES = {
    "CreateUser": ("user", "UserName"),
    "CreateGroup": ("group", "GroupName"),
    "CreateRole": ("role", "RoleName"),
    "CreatePolicy": ("policy", "PolicyName"),
}
_LISTS = {"ListUsers": "user", "ListGroups": "group", "ListRoles": "role", "ListPolicies": "policy"}
# Operations whose name parameter decides the resource where several are given: a user is put into a *group*.
_OF_THE_GROUP = {"AddUserToGroup", "RemoveUserFromGroup"}

Keys = dict[str, tuple[str, ...]]


def permissions(call: Call, params: Params) -> tuple[Permission, ...]:
    """Return what a caller must be allowed for an operation."""
    keys = _request_keys(call.operation, params)
    if call.operation in _MAKES:
        kind, name = _MAKES[call.operation]
        resource = _arn(call, kind, f"{params.get('Path') or '/'}{params[name]}")
    elif call.operation in _LISTS:
        resource = _arn(call, _LISTS[call.operation], str(params.get("PathPrefix") or "/"))
    else:
        kind, named = _named(call, params)
        resource = named.arn
        keys |= _resource_keys(call.operation, kind, named, keys)
    return (Permission(f"iam:{call.operation}", resource, keys),)


def _arn(call: Call, kind: str, path_and_name: str) -> str:
    return f"arn:aws:iam::{call.account}:{kind}{path_and_name}"


def _named(call: Call, params: Params) -> tuple[str, Named]:
    """Return the resource that an operation names: a role before a user, a policy where nothing else is named."""
    if call.operation in _OF_THE_GROUP:
        return "group", _find(call, "group", params["GroupName"])
    for kind, member in (("role", "RoleName"), ("user", "UserName"), ("group", "GroupName")):
        if params.get(member) is not None:
            return kind, _find(call, kind, params[member])
    if params.get("PolicyArn") is not None:
        return "policy", Named(str(params["PolicyArn"]))
    if call.caller.type is PrincipalType.USER:
        return "user", _find(call, "user", str(call.caller.username))
    return "user", Named(call.caller.arn)


def _find(call: Call, kind: str, name: str) -> Named:
    """Return what is known of a name; whoever does not exist has the path `/`, as in AWS's refusals."""
    found: Named | None = call.shelf(NAMES).get(f"{kind}/{name}")
    return found or Named(_arn(call, kind, f"/{name}"))


def _request_keys(operation: str, params: Params) -> Keys:
    keys: Keys = {}
    if params.get("PermissionsBoundary"):
        keys["iam:permissionsboundary"] = (str(params["PermissionsBoundary"]),)
    if operation.startswith(("Attach", "Detach")):
        keys["iam:policyarn"] = (str(params["PolicyArn"]),)
    tags: list[Mapping[str, Any]] = params.get("Tags") or []
    for tag in tags:
        keys[f"aws:requesttag/{tag['Key'].lower()}"] = (tag["Value"],)
    names = tuple(tag["Key"] for tag in tags) + tuple(params.get("TagKeys") or ())
    if names:
        keys["aws:tagkeys"] = names
    return keys


def _resource_keys(operation: str, kind: str, named: Named, given: Keys) -> Keys:
    keys: Keys = {}
    if kind in {"role", "user"} and named.boundary_arn is not None and "iam:permissionsboundary" not in given:
        keys["iam:permissionsboundary"] = (named.boundary_arn,)
    for key, value in named.tags.items():
        keys[f"aws:resourcetag/{key.lower()}"] = (value,)
        keys[f"iam:resourcetag/{key.lower()}"] = (value,)
    return keys
