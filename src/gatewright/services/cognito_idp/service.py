"""The door of `cognito-idp`: operations, permissions, snapshots. Only lists."""

from gatewright.control.service import Operation, Service
from gatewright.services.cognito_idp import session_tables as session_tables  # its tables are in the migration
from gatewright.services.cognito_idp import user_pool_clients, user_pool_schema, user_pools
from gatewright.services.cognito_idp.actions import permissions
from gatewright.services.cognito_idp.publish import PUBLICATIONS

_POOLS: dict[str, Operation] = {
    "CreateUserPool": user_pools.create_user_pool,
    "DescribeUserPool": user_pools.describe_user_pool,
    "UpdateUserPool": user_pools.update_user_pool,
    "DeleteUserPool": user_pools.delete_user_pool,
    "ListUserPools": user_pools.list_user_pools,
    "TagResource": user_pools.tag_resource,
    "UntagResource": user_pools.untag_resource,
    "ListTagsForResource": user_pools.list_tags_for_resource,
    "AddCustomAttributes": user_pool_schema.add_custom_attributes,
}
_CLIENTS: dict[str, Operation] = {
    "CreateUserPoolClient": user_pool_clients.create_user_pool_client,
    "DescribeUserPoolClient": user_pool_clients.describe_user_pool_client,
    "UpdateUserPoolClient": user_pool_clients.update_user_pool_client,
    "DeleteUserPoolClient": user_pool_clients.delete_user_pool_client,
    "ListUserPoolClients": user_pool_clients.list_user_pool_clients,
    "AddUserPoolClientSecret": user_pool_clients.add_user_pool_client_secret,
    "ListUserPoolClientSecrets": user_pool_clients.list_user_pool_client_secrets,
    "DeleteUserPoolClientSecret": user_pool_clients.delete_user_pool_client_secret,
}

COGNITO_IDP = Service(
    name="cognito-idp",
    operations={**_POOLS, **_CLIENTS},
    permissions=permissions,
    publications=PUBLICATIONS,
)
