"""The door of `cognito-identity`: operations, permissions, snapshots. Only lists."""

from gatewright.control.service import Service
from gatewright.services.cognito_identity import (
    credentials,
    developer_identities,
    identities,
    identity_pools,
    pages,
    pool_roles,
    principal_tags,
    tags,
    unlink,
)
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
        "GetOpenIdTokenForDeveloperIdentity": developer_identities.get_open_id_token_for_developer_identity,
        "LookupDeveloperIdentity": developer_identities.lookup_developer_identity,
        "MergeDeveloperIdentities": developer_identities.merge_developer_identities,
        "UnlinkDeveloperIdentity": developer_identities.unlink_developer_identity,
        "UnlinkIdentity": unlink.unlink_identity,
        "SetPrincipalTagAttributeMap": principal_tags.set_principal_tag_attribute_map,
        "GetPrincipalTagAttributeMap": principal_tags.get_principal_tag_attribute_map,
        "TagResource": tags.tag_resource,
        "UntagResource": tags.untag_resource,
        "ListTagsForResource": tags.list_tags_for_resource,
    },
    permissions=permissions,
    publications=PUBLICATIONS,
    reads=frozenset({"LookupDeveloperIdentity"}),
    writes=frozenset({"GetId", "GetOpenIdTokenForDeveloperIdentity"}),
    page=pages.page,
)
