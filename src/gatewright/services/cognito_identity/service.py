"""The door of `cognito-identity`: operations, permissions, snapshots. Only lists."""

from gatewright.control.service import Service
from gatewright.services.cognito_identity import credentials, identities, identity_pools, pool_roles, tags
from gatewright.services.cognito_identity.actions import permissions
from gatewright.services.cognito_identity.publish import PUBLICATIONS

COGNITO_IDENTITY = Service(
    name="cognito-identity",
    operations={
        "CreateIdentityPool": identity_pools.create_identity_pool,
        "DescribeIdentityPool": identity_pools.describe_identity_pool,
        "ListIdentityPools": identity_pools.list_identity_pools,
        "UpdateIdentityPool": identity_pools.update_identity_pool,
        "DeleteIdentityPool": identity_pools.delete_identity_pool,
        "SetIdentityPoolRoles": pool_roles.set_identity_pool_roles,
        "GetIdentityPoolRoles": pool_roles.get_identity_pool_roles,
        "GetId": identities.get_id,
        "DescribeIdentity": identities.describe_identity,
        "ListIdentities": identities.list_identities,
        "DeleteIdentities": identities.delete_identities,
        "GetCredentialsForIdentity": credentials.get_credentials_for_identity,
        "GetOpenIdToken": credentials.get_open_id_token,
        "TagResource": tags.tag_resource,
        "UntagResource": tags.untag_resource,
        "ListTagsForResource": tags.list_tags_for_resource,
    },
    permissions=permissions,
    publications=PUBLICATIONS,
    writes=frozenset({"GetId"}),
)
