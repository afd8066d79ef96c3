"""The settings that Gatewright knows and does not have: each with a value, and a word that its refusal must say.

`tests/services/test_refused_members.py` sends every one of them; `docs/coverage.md` lists them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
_ROLE = "arn:aws:iam::000000000000:role/R"
_KEY = "arn:aws:kms:us-east-1:000000000000:key/k"
_STREAM = {"StreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"}
_LAMBDA = {"LambdaVersion": "V1_0", "LambdaArn": _FUNCTION}


class Refused(NamedTuple):
    """A setting that is refused."""

    service: str
    operations: tuple[str, ...]
    setting: str  # as the page names it: the member, and its value where others are taken
    params: Mapping[str, Any]
    says: str  # in the message


def _each(
    service: str, operations: tuple[str, ...], settings: Mapping[str, tuple[Mapping[str, Any], str]]
) -> tuple[Refused, ...]:
    return tuple(Refused(service, operations, name, *rest) for name, rest in settings.items())


def _patches(operation: str, member: str, *patches: tuple[str, str, str]) -> tuple[Refused, ...]:
    """Return refusals of patch operations: operation, path and value of each."""
    return tuple(
        Refused(
            "apigateway",
            (operation,),
            f"{path} {value}" if value.isupper() else path,
            {"patchOperations": [{"op": op, "path": path, "value": value}]},
            member,
        )
        for op, path, value in patches
    )


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

POOLS = _each(
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
CLIENTS = _each(
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
    *_each(
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
        },
    ),
    *_each(
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
OTHERS_OF_POOLS = (
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

_CANARY = {"deploymentId": "d", "percentTraffic": 1.0}
APIS = (
    *_each(
        "apigateway",
        ("CreateRestApi",),
        {
            "minimumCompressionSize": ({"minimumCompressionSize": 0}, "minimumCompressionSize"),
            "binaryMediaTypes": ({"binaryMediaTypes": ["image/png"]}, "binaryMediaTypes"),
            "apiKeySource AUTHORIZER": ({"apiKeySource": "AUTHORIZER"}, "apiKeySource"),
            "cloneFrom": ({"cloneFrom": "abcdefghij"}, "cloneFrom"),
            "securityPolicy but TLS_1_0": ({"securityPolicy": "TLS_1_2"}, "securityPolicy"),
            "endpointAccessMode STRICT": ({"endpointAccessMode": "STRICT"}, "endpointAccessMode"),
            "endpointConfiguration.types PRIVATE": ({"endpointConfiguration": {"types": ["PRIVATE"]}}, "PRIVATE"),
            "endpointConfiguration.vpcEndpointIds": (
                {"endpointConfiguration": {"types": ["REGIONAL"], "vpcEndpointIds": ["vpce-1"]}},
                "vpcEndpointIds",
            ),
        },
    ),
    *_patches("UpdateRestApi", "minimumCompressionSize", ("replace", "/minimumCompressionSize", "0")),
    *_patches("UpdateRestApi", "binaryMediaTypes", ("add", "/binaryMediaTypes/image~1png", "")),
    *_patches("UpdateRestApi", "apiKeySource", ("replace", "/apiKeySource", "AUTHORIZER")),
    *_patches("UpdateRestApi", "PRIVATE", ("replace", "/endpointConfiguration/types/EDGE", "PRIVATE")),
    *_patches("UpdateRestApi", "vpcEndpointIds", ("add", "/endpointConfiguration/vpcEndpointIds", "vpce-1")),
    *_patches("UpdateRestApi", "securityPolicy", ("replace", "/securityPolicy", "TLS_1_2")),
    *_patches("UpdateRestApi", "endpointAccessMode", ("replace", "/endpointAccessMode", "STRICT")),
    *_each(
        "apigateway",
        ("CreateStage", "CreateDeployment"),
        {
            "cacheClusterEnabled": ({"cacheClusterEnabled": True}, "cacheClusterEnabled"),
            "cacheClusterSize": ({"cacheClusterSize": "0.5"}, "cacheClusterSize"),
            "canarySettings": ({"canarySettings": {"percentTraffic": 1.0}}, "canarySettings"),
            "tracingEnabled": ({"tracingEnabled": True}, "tracingEnabled"),
        },
    ),
    Refused(
        "apigateway",
        ("CreateStage",),
        "documentationVersion",
        {"documentationVersion": "1"},
        "documentationVersion",
    ),
    *(
        one
        for name, path, value in (
            ("cacheClusterEnabled", "/cacheClusterEnabled", "true"),
            ("cacheClusterSize", "/cacheClusterSize", "0.5"),
            ("tracingEnabled", "/tracingEnabled", "true"),
            ("clientCertificateId", "/clientCertificateId", "abcdef"),
            ("documentationVersion", "/documentationVersion", "1"),
            (
                "accessLogSettings",
                "/accessLogSettings/destinationArn",
                "arn:aws:logs:us-east-1:000000000000:log-group:g",
            ),
            ("canarySettings", "/canarySettings/percentTraffic", "1"),
            ("metrics/enabled", "/*/*/metrics/enabled", "true"),
            ("logging/dataTrace", "/*/*/logging/dataTrace", "true"),
            ("logging/loglevel", "/*/*/logging/loglevel", "INFO"),
            ("throttling/burstLimit", "/*/*/throttling/burstLimit", "1"),
            ("throttling/rateLimit", "/*/*/throttling/rateLimit", "1"),
            ("caching/enabled", "/*/*/caching/enabled", "true"),
            ("caching/ttlInSeconds", "/*/*/caching/ttlInSeconds", "1"),
            ("caching/dataEncrypted", "/*/*/caching/dataEncrypted", "true"),
        )
        for one in _patches("UpdateStage", name, ("replace", path, value))
    ),
    *_each(
        "apigateway",
        ("CreateAuthorizer",),
        {
            "type TOKEN": ({"type": "TOKEN"}, "TOKEN"),
            "type REQUEST": ({"type": "REQUEST"}, "REQUEST"),
            "type JWT": ({"type": "JWT"}, "Invalid authorizer type"),
            "jwtConfiguration": (
                {
                    "type": "COGNITO_USER_POOLS",
                    "jwtConfiguration": {
                        "issuers": [{"issuer": "https://id.example.com", "audiences": ["a"]}],
                        "defaultAlgorithms": ["RS256"],
                    },
                },
                "jwtConfiguration",
            ),
        },
    ),
    *_each(
        "apigateway",
        ("PutMethod",),
        {
            "apiKeyRequired": ({"apiKeyRequired": True}, "apiKeyRequired"),
            "requestValidatorId": ({"requestValidatorId": "abcdef"}, "Request Validator"),
            "authorizationType CUSTOM": ({"authorizationType": "CUSTOM", "authorizerId": "abcdef"}, "CUSTOM"),
        },
    ),
    *_each(
        "apigateway",
        ("PutIntegration",),
        {
            "type HTTP": ({"type": "HTTP", "uri": "http://a", "integrationHttpMethod": "GET"}, "HTTP"),
            "type HTTP_PROXY": (
                {"type": "HTTP_PROXY", "uri": "http://a", "integrationHttpMethod": "GET"},
                "HTTP_PROXY",
            ),
            "type AWS": (
                {
                    "type": "AWS",
                    "uri": "arn:aws:apigateway:us-east-1:sns:action/Publish",
                    "integrationHttpMethod": "POST",
                },
                "AWS",
            ),
            "type AWS_PROXY": (
                {
                    "type": "AWS_PROXY",
                    "uri": f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{_FUNCTION}/invocations",
                    "integrationHttpMethod": "POST",
                },
                "AWS_PROXY",
            ),
            "credentials": ({"credentials": _ROLE}, "credentials"),
            "connectionType VPC_LINK": ({"connectionType": "VPC_LINK"}, "connectionType"),
            "connectionId": ({"connectionId": "abcdef"}, "connectionId"),
            "contentHandling": ({"contentHandling": "CONVERT_TO_TEXT"}, "contentHandling"),
            "tlsConfig": ({"tlsConfig": {"insecureSkipVerification": True}}, "tlsConfig"),
            "integrationTarget": ({"integrationTarget": "arn:aws:elasticloadbalancing:x"}, "integrationTarget"),
            "responseTransferMode STREAM": ({"responseTransferMode": "STREAM"}, "responseTransferMode"),
            "cacheKeyParameters": ({"cacheKeyParameters": ["method.request.path.a"]}, "Caching"),
            "cacheNamespace": ({"cacheNamespace": "another"}, "Caching"),
        },
    ),
    Refused(
        "apigateway",
        ("PutIntegrationResponse",),
        "contentHandling",
        {"contentHandling": "CONVERT_TO_TEXT"},
        "contentHandling",
    ),
    Refused(
        "apigateway",
        ("GetSdk",),
        "sdkType but javascript",
        {"sdkType": "android", "parameters": {"groupId": "g"}},
        "android",
    ),
)
IDENTITIES = (
    *_each(
        "iam",
        ("CreateSAMLProvider",),
        {
            "AssertionEncryptionMode": ({"AssertionEncryptionMode": "Required"}, "AssertionEncryptionMode"),
            "AddPrivateKey": ({"AddPrivateKey": "k"}, "AddPrivateKey"),
        },
    ),
    *_each(
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
