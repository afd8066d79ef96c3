"""The door of `iam`: operations, permissions, snapshots. Only lists."""

from collections.abc import Mapping

from gatewright.control.service import Operation, Service
from gatewright.services.iam import (
    access_keys,
    attachments,
    boundaries,
    groups,
    inline_policies,
    policies,
    policy_versions,
    roles,
    users,
)
from gatewright.services.iam.actions import permissions
from gatewright.services.iam.publish import PUBLICATIONS
from gatewright.services.iam.tagging import OPERATIONS as TAGGING

OPERATIONS: Mapping[str, Operation] = {
    "CreateUser": users.create_user,
    "GetUser": users.get_user,
    "ListUsers": users.list_users,
    "UpdateUser": users.update_user,
    "DeleteUser": users.delete_user,
    "CreateAccessKey": access_keys.create_access_key,
    "ListAccessKeys": access_keys.list_access_keys,
    "UpdateAccessKey": access_keys.update_access_key,
    "DeleteAccessKey": access_keys.delete_access_key,
    "CreateGroup": groups.create_group,
    "GetGroup": groups.get_group,
    "ListGroups": groups.list_groups,
    "ListGroupsForUser": groups.list_groups_for_user,
    "UpdateGroup": groups.update_group,
    "DeleteGroup": groups.delete_group,
    "AddUserToGroup": groups.add_user_to_group,
    "RemoveUserFromGroup": groups.remove_user_from_group,
    "CreateRole": roles.create_role,
    "GetRole": roles.get_role,
    "ListRoles": roles.list_roles,
    "UpdateRole": roles.update_role,
    "UpdateRoleDescription": roles.update_role_description,
    "UpdateAssumeRolePolicy": roles.update_assume_role_policy,
    "DeleteRole": roles.delete_role,
    "CreatePolicy": policies.create_policy,
    "GetPolicy": policies.get_policy,
    "ListPolicies": policies.list_policies,
    "DeletePolicy": policies.delete_policy,
    "CreatePolicyVersion": policy_versions.create_policy_version,
    "GetPolicyVersion": policy_versions.get_policy_version,
    "ListPolicyVersions": policy_versions.list_policy_versions,
    "SetDefaultPolicyVersion": policy_versions.set_default_policy_version,
    "DeletePolicyVersion": policy_versions.delete_policy_version,
    "PutUserPermissionsBoundary": boundaries.put_user_permissions_boundary,
    "DeleteUserPermissionsBoundary": boundaries.delete_user_permissions_boundary,
    "PutRolePermissionsBoundary": boundaries.put_role_permissions_boundary,
    "DeleteRolePermissionsBoundary": boundaries.delete_role_permissions_boundary,
    **inline_policies.OPERATIONS,
    **attachments.OPERATIONS,
    **TAGGING,
}

IAM = Service(name="iam", operations=OPERATIONS, permissions=permissions, publications=PUBLICATIONS)
