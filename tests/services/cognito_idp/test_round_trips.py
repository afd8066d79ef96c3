"""Whoever writes back what was described changes nothing: the way in which consoles and scripts update one setting."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from tests.services.cognito_idp.conftest import attributes
from tests.services.policies import refused

SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/Texts", "ExternalId": "x", "SnsRegion": "eu-west-1"}
POOL = {
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 10,
            "RequireUppercase": True,
            "RequireLowercase": False,
            "RequireNumbers": True,
            "RequireSymbols": False,
            "PasswordHistorySize": 3,
            "TemporaryPasswordValidityDays": 2,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]},
    },
    "DeletionProtection": "ACTIVE",
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "AliasAttributes": ["email", "preferred_username"],
    "UsernameConfiguration": {"CaseSensitive": False},
    "VerificationMessageTemplate": {
        "SmsMessage": "{####} by text",
        "EmailMessage": "{####} by mail",
        "EmailSubject": "Hello",
        "DefaultEmailOption": "CONFIRM_WITH_CODE",
    },
    "SmsAuthenticationMessage": "{####} to come in",
    "MfaConfiguration": "OPTIONAL",
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True},
    "EmailConfiguration": {"ReplyToEmailAddress": "help@example.com", "EmailSendingAccount": "COGNITO_DEFAULT"},
    "SmsConfiguration": SMS,
    "UserPoolTags": {"team": "blue"},
    "AdminCreateUserConfig": {
        "AllowAdminCreateUserOnly": True,
        "InviteMessageTemplate": {
            "SMSMessage": "{username} {####}",
            "EmailMessage": "{username} {####}",
            "EmailSubject": "Come",
        },
    },
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
    "UserPoolTier": "ESSENTIALS",
}
CLIENT = {
    "RefreshTokenValidity": 5,
    "AccessTokenValidity": 10,
    "IdTokenValidity": 20,
    "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"},
    "ReadAttributes": ["email", "name"],
    "WriteAttributes": ["name"],
    "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"],
    "SupportedIdentityProviders": ["COGNITO"],
    "PreventUserExistenceErrors": "ENABLED",
    "EnableTokenRevocation": True,
    "AuthSessionValidity": 7,
    "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 9},
}


def taken(client: Any, operation: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Return those members of a description that an operation takes."""
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in described.items() if name in members}


def without_times(described: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if name != "LastModifiedDate"}


@pytest.mark.parametrize("settings", [POOL, {}], ids=["whole", "empty"])
def test_a_pool_that_is_written_back_is_the_same(idp: Any, settings: dict[str, Any]) -> None:
    made = idp.create_user_pool(PoolName="people", **settings)["UserPool"]
    named = {"UserPoolId": made["Id"]}
    before = idp.describe_user_pool(**named)["UserPool"]
    for member, value in settings.items():
        assert before[member] == value or member in {"AdminCreateUserConfig", "UserPoolTags"}, member
    back = {**named, **deepcopy(taken(idp, "UpdateUserPool", before))}
    older = back["AdminCreateUserConfig"].pop("UnusedAccountValidityDays")  # another name of what the policy says
    assert older == back["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    idp.update_user_pool(**back)
    assert without_times(idp.describe_user_pool(**named)["UserPool"]) == without_times(before)


def test_what_is_sent_as_it_was_shown_is_taken_too(idp: Any) -> None:
    made = idp.create_user_pool(PoolName="people", **POOL)["UserPool"]
    idp.update_user_pool(UserPoolId=made["Id"], **taken(idp, "UpdateUserPool", made))
    assert without_times(idp.describe_user_pool(UserPoolId=made["Id"])["UserPool"]) == without_times(made)


def test_a_client_that_is_written_back_is_the_same(idp: Any, make_pool: Any) -> None:
    pool_id = make_pool()
    made = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app", GenerateSecret=True, **CLIENT)
    before = made["UserPoolClient"]
    for member, value in CLIENT.items():
        assert before[member] == value, member
    idp.update_user_pool_client(**taken(idp, "UpdateUserPoolClient", before))
    named = {"UserPoolId": pool_id, "ClientId": before["ClientId"]}
    assert without_times(idp.describe_user_pool_client(**named)["UserPoolClient"]) == without_times(before)


def test_a_configuration_of_factors_that_is_written_back_is_the_same(idp: Any, make_pool: Any) -> None:
    named = {"UserPoolId": make_pool()}
    configuration = {
        "MfaConfiguration": "OPTIONAL",
        "SmsMfaConfiguration": {"SmsAuthenticationMessage": "{####}", "SmsConfiguration": SMS},
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "EmailMfaConfiguration": {"Message": "{####} it is", "Subject": "Code"},
        "WebAuthnConfiguration": {"RelyingPartyId": "localhost", "UserVerification": "required"},
    }
    idp.set_user_pool_mfa_config(**named, **configuration)
    before = idp.get_user_pool_mfa_config(**named)
    before.pop("ResponseMetadata")
    assert before == configuration
    idp.set_user_pool_mfa_config(**named, **before)
    after = idp.get_user_pool_mfa_config(**named)
    after.pop("ResponseMetadata")
    assert after == before


def test_a_group_that_is_written_back_is_the_same(idp: Any, make_pool: Any) -> None:
    settings = {"Description": "all", "RoleArn": "arn:aws:iam::000000000000:role/Some-role", "Precedence": 0}
    before = idp.create_group(UserPoolId=make_pool(), GroupName="g", **settings)["Group"]
    after = idp.update_group(**taken(idp, "UpdateGroup", before))["Group"]
    assert without_times(after) == without_times(before)
    assert {name: after[name] for name in settings} == settings


def test_the_attributes_of_a_user_that_are_written_back_are_the_same(idp: Any, make_pool: Any) -> None:
    named = {"UserPoolId": make_pool(), "Username": "jane"}
    given = attributes(email="j@example.com", email_verified="true", phone_number="+14325551212", name="Jane")
    idp.admin_create_user(**named, UserAttributes=given)
    before = idp.admin_get_user(**named)["UserAttributes"]
    assert refused(idp.admin_update_user_attributes, **named, UserAttributes=before)[0] == "InvalidParameterException"
    idp.admin_update_user_attributes(**named, UserAttributes=[one for one in before if one["Name"] != "sub"])
    assert idp.admin_get_user(**named)["UserAttributes"] == before
