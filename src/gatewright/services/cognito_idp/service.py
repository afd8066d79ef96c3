"""The door of `cognito-idp`: operations, permissions, snapshots. Only lists."""

from gatewright.control.service import Operation, Service
from gatewright.services.cognito_idp.actions import permissions
from gatewright.services.cognito_idp.factors import (
    devices,
    mfa_preferences,
    mfa_setup,
    web_authn_credentials,
    web_authn_registration,
)
from gatewright.services.cognito_idp.importing import jobs
from gatewright.services.cognito_idp.importing.links import LINK
from gatewright.services.cognito_idp.importing.publish import PUBLICATION
from gatewright.services.cognito_idp.importing.run import keep_importing
from gatewright.services.cognito_idp.pools import (
    mfa_config,
    pages,
    session_configuration,
    threat_protection,
    user_pool_clients,
    user_pool_schema,
    user_pools,
)
from gatewright.services.cognito_idp.publish import PUBLICATIONS
from gatewright.services.cognito_idp.sign_in import admin_auth, auth_factors, initiate_auth, respond_to_auth_challenge
from gatewright.services.cognito_idp.tokens import get_tokens, revocation, user_sessions
from gatewright.services.cognito_idp.tokens.sweeping import keep_sweeping
from gatewright.services.cognito_idp.users import (
    admin_users,
    contact_verification,
    groups,
    linked_providers,
    list_users,
    own_user,
    password_recovery,
    sign_up,
    users,
)

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
_ADD_ONS: dict[str, Operation] = {
    "SetRiskConfiguration": threat_protection.about_risks,
    "DescribeRiskConfiguration": threat_protection.about_risks,
    "AdminListUserAuthEvents": threat_protection.about_events,
    "AdminUpdateAuthEventFeedback": threat_protection.about_events,
    "UpdateAuthEventFeedback": threat_protection.update_auth_event_feedback,
    "GetLogDeliveryConfiguration": threat_protection.get_log_delivery_configuration,
    "SetLogDeliveryConfiguration": threat_protection.set_log_delivery_configuration,
}
_USERS: dict[str, Operation] = {
    "SignUp": sign_up.sign_up,
    "ConfirmSignUp": sign_up.confirm_sign_up,
    "ResendConfirmationCode": sign_up.resend_confirmation_code,
    "ForgotPassword": password_recovery.forgot_password,
    "ConfirmForgotPassword": password_recovery.confirm_forgot_password,
    "ChangePassword": password_recovery.change_password,
    "UpdateUserAttributes": users.update_user_attributes,
    "DeleteUserAttributes": users.delete_user_attributes,
    "DeleteUser": users.delete_user,
    "GetUserAttributeVerificationCode": contact_verification.get_user_attribute_verification_code,
    "VerifyUserAttribute": contact_verification.verify_user_attribute,
}
_ADMINISTRATION: dict[str, Operation] = {
    "AdminCreateUser": admin_users.admin_create_user,
    "AdminGetUser": admin_users.admin_get_user,
    "AdminDeleteUser": admin_users.admin_delete_user,
    "AdminUpdateUserAttributes": admin_users.admin_update_user_attributes,
    "AdminDeleteUserAttributes": admin_users.admin_delete_user_attributes,
    "AdminConfirmSignUp": admin_users.admin_confirm_sign_up,
    "AdminEnableUser": admin_users.admin_enable_user,
    "AdminDisableUser": admin_users.admin_disable_user,
    "AdminSetUserPassword": admin_users.admin_set_user_password,
    "AdminResetUserPassword": admin_users.admin_reset_user_password,
    "AdminLinkProviderForUser": linked_providers.admin_link_provider_for_user,
    "AdminDisableProviderForUser": linked_providers.admin_disable_provider_for_user,
    "ListUsers": list_users.list_users,
}
_IMPORTS: dict[str, Operation] = {
    "GetCSVHeader": jobs.get_csv_header,
    "CreateUserImportJob": jobs.create_user_import_job,
    "DescribeUserImportJob": jobs.describe_user_import_job,
    "ListUserImportJobs": jobs.list_user_import_jobs,
    "StartUserImportJob": jobs.start_user_import_job,
    "StopUserImportJob": jobs.stop_user_import_job,
}
_GROUPS: dict[str, Operation] = {
    "CreateGroup": groups.create_group,
    "GetGroup": groups.get_group,
    "UpdateGroup": groups.update_group,
    "DeleteGroup": groups.delete_group,
    "ListGroups": groups.list_groups,
    "ListUsersInGroup": groups.list_users_in_group,
    "AdminAddUserToGroup": groups.admin_add_user_to_group,
    "AdminRemoveUserFromGroup": groups.admin_remove_user_from_group,
    "AdminListGroupsForUser": groups.admin_list_groups_for_user,
}
_SIGN_IN: dict[str, Operation] = {  # they read, and write apart: guesses that are refused are counted all the same
    "InitiateAuth": initiate_auth.initiate_auth,
    "RespondToAuthChallenge": respond_to_auth_challenge.respond_to_auth_challenge,
    "AdminInitiateAuth": admin_auth.admin_initiate_auth,
    "AdminRespondToAuthChallenge": admin_auth.admin_respond_to_auth_challenge,
    "GetTokensFromRefreshToken": get_tokens.get_tokens_from_refresh_token,
    "AssociateSoftwareToken": mfa_setup.associate_software_token,
    "VerifySoftwareToken": mfa_setup.verify_software_token,
}
_FACTORS: dict[str, Operation] = {
    "SetUserPoolMfaConfig": mfa_config.set_user_pool_mfa_config,
    "GetUserPoolMfaConfig": mfa_config.get_user_pool_mfa_config,
    "SetUserMFAPreference": mfa_preferences.set_user_mfa_preference,
    "AdminSetUserMFAPreference": mfa_preferences.admin_set_user_mfa_preference,
    "AdminDeleteSoftwareToken": mfa_preferences.admin_delete_software_token,
    "SetUserSettings": mfa_preferences.set_user_settings,
    "AdminSetUserSettings": mfa_preferences.admin_set_user_settings,
}
_DEVICES: dict[str, Operation] = {
    "ConfirmDevice": devices.confirm_device,
    "UpdateDeviceStatus": devices.update_device_status,
    "AdminUpdateDeviceStatus": devices.admin_update_device_status,
    "ForgetDevice": devices.forget_device,
    "AdminForgetDevice": devices.admin_forget_device,
    "GetDevice": devices.get_device,
    "AdminGetDevice": devices.admin_get_device,
    "ListDevices": devices.list_devices,
    "AdminListDevices": devices.admin_list_devices,
}
_PASSKEYS: dict[str, Operation] = {
    "StartWebAuthnRegistration": web_authn_registration.start_web_authn_registration,
    "CompleteWebAuthnRegistration": web_authn_registration.complete_web_authn_registration,
    "ListWebAuthnCredentials": web_authn_credentials.list_web_authn_credentials,
    "DeleteWebAuthnCredential": web_authn_credentials.delete_web_authn_credential,
}
_SESSIONS: dict[str, Operation] = {
    "GetUser": own_user.get_user,
    "GetUserAuthFactors": auth_factors.get_user_auth_factors,
    "AdminGetUserAuthFactors": auth_factors.admin_get_user_auth_factors,
    "RevokeToken": revocation.revoke_token,
    "ListUserSessions": user_sessions.list_user_sessions,
    "AdminListUserSessions": user_sessions.admin_list_user_sessions,
    "RevokeUserSession": user_sessions.revoke_user_session,
    "AdminRevokeUserSession": user_sessions.admin_revoke_user_session,
    "GetUserPoolSessionConfiguration": session_configuration.get_user_pool_session_configuration,
    "SetUserPoolSessionConfiguration": session_configuration.set_user_pool_session_configuration,
    "GetUserPoolClientSessionConfiguration": session_configuration.get_user_pool_client_session_configuration,
    "SetUserPoolClientSessionConfiguration": session_configuration.set_user_pool_client_session_configuration,
    "GlobalSignOut": revocation.global_sign_out,
    "AdminUserGlobalSignOut": revocation.admin_user_global_sign_out,
}

COGNITO_IDP = Service(
    name="cognito-idp",
    operations={
        **_POOLS,
        **_CLIENTS,
        **_ADD_ONS,
        **_USERS,
        **_ADMINISTRATION,
        **_IMPORTS,
        **_GROUPS,
        **_SIGN_IN,
        **_SESSIONS,
        **_FACTORS,
        **_DEVICES,
        **_PASSKEYS,
    },
    permissions=permissions,
    publications=(*PUBLICATIONS, PUBLICATION),
    page=pages.page,
    links=(LINK,),
    chores=(keep_importing, keep_sweeping),
    # Two write apart: ChangePassword after it has reckoned, CompleteWebAuthnRegistration after it has verified.
    # GetUserAttributeVerificationCode sends a code.
    reads=frozenset(
        {
            "AdminGetUser",
            "AdminGetUserAuthFactors",
            "AdminListGroupsForUser",
            "AdminGetDevice",
            "AdminListDevices",
            "ChangePassword",
            "StartWebAuthnRegistration",
            "CompleteWebAuthnRegistration",
            "AdminListUserSessions",
            *_SIGN_IN,
        }
    ),
    writes=frozenset({"GetUserAttributeVerificationCode"}),
)
