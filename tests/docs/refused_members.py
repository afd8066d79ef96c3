"""The settings that Gatewright knows and does not have: each with a value, and a word that its refusal must say.

`tests/services/test_refused_members.py` sends every one of them; `docs/coverage.md` lists them.
"""

from collections.abc import Mapping
from typing import Any

from tests.docs.refused_apis import APIS
from tests.docs.refused_setting import Refused, each

_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
_ROLE = "arn:aws:iam::000000000000:role/R"
_KEY = "arn:aws:kms:us-east-1:000000000000:key/k"
_STREAM = {"StreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"}
_LAMBDA = {"LambdaVersion": "V1_0", "LambdaArn": _FUNCTION}


_PLAIN_TRIGGERS = (
    "PreSignUp",
    "CustomMessage",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    "PreTokenGeneration",
    "UserMigration",
)
_TRIGGERS = {
    **dict.fromkeys(_PLAIN_TRIGGERS, _FUNCTION),
    **dict.fromkeys(("PreTokenGenerationConfig", "CustomSMSSender", "CustomEmailSender", "InboundFederation"), _LAMBDA),
    "KMSKeyID": _KEY,
}
_ADD_ONS: Mapping[str, Any] = {
    mode: {"UserPoolAddOns": {"AdvancedSecurityMode": mode}} for mode in ("AUDIT", "ENFORCED")
}
_EXTRA_FLOWS = {"AdvancedSecurityMode": "OFF", "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"}}
_EUMS = {"EumsSms": {"CallerArn": _ROLE}}

POOLS = each(
    "cognito-idp",
    ("CreateUserPool", "UpdateUserPool"),
    {
        **{
            f"LambdaConfig.{name}": ({"LambdaConfig": {name: value}}, f"LambdaConfig.{name} yet")
            for name, value in _TRIGGERS.items()
        },
        **{
            f"UserPoolAddOns.AdvancedSecurityMode {mode}": (value, "AdvancedSecurityMode")
            for mode, value in _ADD_ONS.items()
        },
        "UserPoolAddOns.AdvancedSecurityAdditionalFlows": (
            {"UserPoolAddOns": _EXTRA_FLOWS},
            "AdvancedSecurityAdditionalFlows",
        ),
        "UserPoolTier PLUS": ({"UserPoolTier": "PLUS"}, "UserPoolTier PLUS"),
        "KeyConfiguration.KeyType CUSTOMER_MANAGED_KEY": (
            {"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": _KEY}},
            "KeyConfiguration",
        ),
        "KeyConfiguration.KmsKeyArn": ({"KeyConfiguration": {"KmsKeyArn": _KEY}}, "KeyConfiguration"),
        "IssuerConfiguration.Type UPDATED": ({"IssuerConfiguration": {"Type": "UPDATED"}}, "IssuerConfiguration"),
        "AcrConfiguration": (
            {"AcrConfiguration": {"Level1": {"AcrValue": "a"}}},
            "AcrConfiguration",
        ),
        "DcrConfiguration": ({"DcrConfiguration": {"EnableStatus": "Enabled"}}, "DcrConfiguration"),
        "EmailConfiguration.EmailSendingAccount DEVELOPER": (
            {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}},
            "SES",
        ),
        "EmailConfiguration.SourceArn": (
            {"EmailConfiguration": {"SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"}},
            "SES",
        ),
        "EmailConfiguration.ConfigurationSet": ({"EmailConfiguration": {"ConfigurationSet": "c"}}, "SES"),
        "SmsConfiguration.EumsSms": ({"SmsConfiguration": _EUMS}, "SmsConfiguration.EumsSms"),
        "VerificationMessageTemplate.DefaultEmailOption CONFIRM_WITH_LINK": (
            {"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"}},
            "CONFIRM_WITH_LINK",
        ),
        "VerificationMessageTemplate.EmailMessageByLink": (
            {"VerificationMessageTemplate": {"EmailMessageByLink": "{##Click here##}"}},
            "EmailMessageByLink",
        ),
        "VerificationMessageTemplate.EmailSubjectByLink": (
            {"VerificationMessageTemplate": {"EmailSubjectByLink": "Click"}},
            "EmailSubjectByLink",
        ),
        "Policies.SignInPolicy.AllowedFirstAuthFactors SOFTWARE_TOKEN": (
            {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"]}}},
            "SOFTWARE_TOKEN",
        ),
    },
)
_EXCHANGES = ("ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION")
CLIENTS = each(
    "cognito-idp",
    ("CreateUserPoolClient", "UpdateUserPoolClient"),
    {
        "AllowedOAuthFlows": ({"AllowedOAuthFlows": ["code"]}, "AllowedOAuthFlows"),
        "AllowedOAuthScopes": ({"AllowedOAuthScopes": ["openid"]}, "AllowedOAuthScopes"),
        "AllowedOAuthFlowsUserPoolClient": (
            {"AllowedOAuthFlowsUserPoolClient": True},
            "AllowedOAuthFlowsUserPoolClient",
        ),
        "CallbackURLs": ({"CallbackURLs": ["https://app.example.com"]}, "CallbackURLs"),
        "LogoutURLs": ({"LogoutURLs": ["https://app.example.com"]}, "LogoutURLs"),
        "DefaultRedirectURI": ({"DefaultRedirectURI": "https://app.example.com"}, "DefaultRedirectURI"),
        "SupportedIdentityProviders but COGNITO": ({"SupportedIdentityProviders": ["Google"]}, "Google"),
        "AnalyticsConfiguration": ({"AnalyticsConfiguration": {"ApplicationId": "a"}}, "AnalyticsConfiguration"),
        "EnablePropagateAdditionalUserContextData": (
            {"EnablePropagateAdditionalUserContextData": True},
            "EnablePropagateAdditionalUserContextData",
        ),
        **{f"ExplicitAuthFlows {flow}": ({"ExplicitAuthFlows": [flow]}, flow) for flow in _EXCHANGES},
    },
)
SIGN_IN = (
    *each(
        "cognito-idp",
        ("InitiateAuth", "AdminInitiateAuth"),
        {
            "AuthFlow CUSTOM_AUTH": (
                {"AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": "jane"}},
                "CUSTOM_AUTH",
            ),
            "AuthParameters TARGET_ACR_VALUES": (
                {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": "jane", "TARGET_ACR_VALUES": "a"}},
                "TARGET_ACR_VALUES",
            ),
            "Session of another AuthFlow than USER_AUTH": (
                {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": "jane"}, "Session": "x" * 20},
                "USER_AUTH",
            ),
        },
    ),
    *each(
        "cognito-idp",
        ("RespondToAuthChallenge", "AdminRespondToAuthChallenge"),
        {
            "ChallengeName CUSTOM_CHALLENGE": (
                {"ChallengeName": "CUSTOM_CHALLENGE", "ChallengeResponses": {"USERNAME": "jane", "ANSWER": "a"}},
                "CUSTOM_CHALLENGE",
            ),
        },
    ),
)
_OWN_USER = {"ProviderName": "Cognito", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "jane"}
_OTHER_USER = {**_OWN_USER, "ProviderName": "Google"}
OTHERS_OF_POOLS = (
    Refused(
        "cognito-idp",
        ("AdminDisableProviderForUser",),
        "User.ProviderName Cognito",
        {"User": _OWN_USER},
        "another provider",
    ),
    Refused(
        "cognito-idp",
        ("AdminLinkProviderForUser",),
        "DestinationUser.ProviderName but Cognito",
        {"DestinationUser": _OTHER_USER, "SourceUser": _OTHER_USER},
        "DestinationUser",
    ),
    Refused(
        "cognito-idp",
        ("SetUserPoolMfaConfig",),
        "SmsMfaConfiguration.SmsConfiguration.EumsSms",
        {"MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": {"SmsConfiguration": _EUMS}},
        "EumsSms",
    ),
    Refused(
        "cognito-idp",
        ("SetUserPoolClientSessionConfiguration",),
        "SSOSession.MaxValidityMinutes but 60",
        {"SSOSession": {"MaxValidityMinutes": 61}},
        "MaxValidityMinutes",
    ),
    Refused(
        "cognito-idp",
        ("SetLogDeliveryConfiguration",),
        "LogConfigurations that are not empty",
        {
            "LogConfigurations": [
                {"LogLevel": "INFO", "EventSource": "userAuthEvents", "FirehoseConfiguration": _STREAM}
            ]
        },
        "userAuthEvents",
    ),
    Refused(
        "cognito-idp",
        ("CreateUserImportJob",),
        "PasswordHashingAlgorithm",
        {"JobName": "j", "CloudWatchLogsRoleArn": _ROLE, "PasswordHashingAlgorithm": "BCRYPT"},
        "PasswordHashingAlgorithm",
    ),
)

IDENTITIES = (
    *each(
        "iam",
        ("CreateSAMLProvider", "UpdateSAMLProvider"),
        {
            "AssertionEncryptionMode": ({"AssertionEncryptionMode": "Required"}, "AssertionEncryptionMode"),
            "AddPrivateKey": ({"AddPrivateKey": "k"}, "AddPrivateKey"),
        },
    ),
    *each(
        "iam",
        ("SimulateCustomPolicy",),
        {
            "OrderedOrganizationPolicyInputList": (
                {"OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": ["{}"]}]},
                "OrderedOrganizationPolicyInputList",
            ),
            "ResourceHandlingOption": ({"ResourceHandlingOption": "EC2-VPC-InstanceStore"}, "ResourceHandlingOption"),
        },
    ),
    Refused("iam", ("UpdateSAMLProvider",), "RemovePrivateKey", {"RemovePrivateKey": "A" * 22}, "RemovePrivateKey"),
    Refused(
        "iam",
        ("SimulatePrincipalPolicy",),
        "ResourceHandlingOption",
        {"ResourceHandlingOption": "EC2-VPC-InstanceStore"},
        "ResourceHandlingOption",
    ),
    Refused("iam", ("UpdateAccessKey",), "Status Expired", {"Status": "Expired"}, "Inactive"),
    Refused(
        "sts",
        ("AssumeRole",),
        "ProvidedContexts",
        {"ProvidedContexts": [{"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter"}]},
        "ProvidedContexts",
    ),
)

REFUSED: tuple[Refused, ...] = (*POOLS, *CLIENTS, *SIGN_IN, *OTHERS_OF_POOLS, *APIS, *IDENTITIES)
