"""The members that `members.read_by_nobody` reports, each looked at: why it is right that the operation reads it not.

A member counts with everything that is in it, in every operation, unless an operation is named before it. Whoever adds
an operation, or takes a newer model, and is told of a member that is in none of these lists, enforces it, or refuses it
(and adds it to `refused_members.py`); only what AWS ignores too may be written down here as without effect.
"""

from collections.abc import Mapping

_TRIGGERS = "it is handed to Lambda triggers, which no pool can have"
_THREATS = "it is looked at by threat protection, which no pool can have"

# Members that are kept, and read when they are needed: service, member -> the file, below services/, that names it.
READ_LATER: Mapping[tuple[str, str], str] = {
    ("cognito-identity", "CognitoIdentityProviders.ServerSideTokenCheck"): "cognito_identity/pools.py",
    ("cognito-identity", "RoleMappings.RulesConfiguration.Rules.Claim"): "cognito_identity/role_mapping.py",
    ("cognito-identity", "RoleMappings.RulesConfiguration.Rules.MatchType"): "cognito_identity/role_mapping.py",
    ("cognito-identity", "RoleMappings.RulesConfiguration.Rules.Value"): "cognito_identity/role_mapping.py",
    ("cognito-idp", "DeviceConfiguration.ChallengeRequiredOnNewDevice"): "cognito_idp/factors/device_proof.py",
    ("cognito-idp", "DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt"): "cognito_idp/factors/devices.py",
    ("cognito-idp", "EmailMfaConfiguration.Subject"): "cognito_idp/messages/message_texts.py",
    ("cognito-idp", "RefreshTokenRotation.RetryGracePeriodSeconds"): "cognito_idp/tokens/get_tokens.py",
    ("cognito-idp", "TokenSession.MaxPerUser"): "cognito_idp/tokens/session_tracking.py",
    ("cognito-idp", "UsernameConfiguration.CaseSensitive"): "cognito_idp/pools/pool_settings.py",
    ("sts", "ExternalId"): "sts/assume_role.py",
}

# Members that are taken and have no effect, as at AWS under the same circumstances: service, member -> why.
WITHOUT_EFFECT: Mapping[tuple[str, str], str] = {
    ("apigateway", "GetTags limit"): "AWS does not support it yet either",
    ("apigateway", "GetTags position"): "AWS does not support it yet either",
    ("apigateway", "patchOperations.from"): "it is for `copy` and `move`, which are refused",
    ("cognito-idp", "AnalyticsMetadata"): "it is for analytics, which no client can have",
    ("cognito-idp", "ClientMetadata"): _TRIGGERS,
    ("cognito-idp", "ContextData"): _THREATS,
    (
        "cognito-idp",
        "RevokeAssociatedSessions",
    ): "no session came from a single sign-on, which comes with the hosted UI",
    ("cognito-idp", "SmsConfiguration.ExternalId"): "text messages leave by the server's own gateway (decision 0009)",
    ("cognito-idp", "SmsConfiguration.SnsRegion"): "text messages leave by the server's own gateway (decision 0009)",
    ("cognito-idp", "SmsMfaConfiguration.SmsConfiguration.ExternalId"): "as `SmsConfiguration.ExternalId`",
    ("cognito-idp", "SmsMfaConfiguration.SmsConfiguration.SnsRegion"): "as `SmsConfiguration.SnsRegion`",
    ("cognito-idp", "UserContextData"): _THREATS,
    ("cognito-idp", "ValidationData"): _TRIGGERS,
}

# Members that are checked and answered back, and bind nobody here: service, "Operation member" -> why.
KEPT: Mapping[tuple[str, str], str] = {
    ("apigateway", "CreateAuthorizer authType"): "it is for imports and exports, as at AWS",
    ("apigateway", "CreateAuthorizer authorizerResultTtlInSeconds"): (
        "what the gateway remembers of a token is never older than the truth, whatever is said"
    ),
    ("apigateway", "CreateRestApi endpointConfiguration"): "the listener's address decides where an API is reached",
    ("apigateway", "PutIntegration timeoutInMillis"): "a `MOCK` integration waits for nothing, at AWS too",
    ("apigateway", "PutIntegration uri"): "a `MOCK` integration calls nobody, at AWS too",
    ("apigateway", "PutMethod requestModels"): "they bind only with a request validator, as at AWS; those are refused",
    ("apigateway", "PutMethod requestParameters"): (
        "that one is required binds only with a request validator, as at AWS; those are refused"
    ),
    ("apigateway", "UpdateAccount patchOperations"): (
        "`/cloudwatchRoleArn` must trust API Gateway; execution logs are refused where they would be switched on"
    ),
    ("cognito-idp", "AdminLinkProviderForUser SourceUser"): "links are shown; other providers come with the hosted UI",
    ("cognito-idp", "CreateUserPool SmsConfiguration"): (
        "callers must be allowed to pass the role; text messages leave by the server's own gateway (decision 0009)"
    ),
    ("iam", "CreateInstanceProfile InstanceProfileName"): "no machine runs here; roles in profiles cannot be deleted",
    ("iam", "CreateLoginProfile PasswordResetRequired"): "it is asked at sign-ins to a console, and there is none",
    ("iam", "UpdateAccountPasswordPolicy HardExpiry"): "it limits sign-ins to a console, and there is none",
    ("iam", "UpdateAccountPasswordPolicy MaxPasswordAge"): (
        "it limits sign-ins to a console, and there is none; the credential report tells when passwords are due"
    ),
}

# Members that are refused as a whole, whatever is in them: each is among `refused_members.REFUSED`.
REFUSED_WHOLE: Mapping[str, tuple[str, ...]] = {
    "apigateway": ("canarySettings", "jwtConfiguration", "tlsConfig"),
    "cognito-idp": (
        "AcrConfiguration",
        "AnalyticsConfiguration",
        "DcrConfiguration",
        "LambdaConfig",
        "LogConfigurations",
        "SmsConfiguration.EumsSms",
        "SmsMfaConfiguration.SmsConfiguration.EumsSms",
        "UserPoolAddOns.AdvancedSecurityAdditionalFlows",
    ),
    "iam": ("OrderedOrganizationPolicyInputList",),
    "sts": ("ProvidedContexts",),
}

# Operations that are refused whatever they are given, as AWS refuses them where threat protection is off.
ALWAYS_REFUSED: Mapping[str, frozenset[str]] = {
    "cognito-idp": frozenset(
        {
            "AdminListUserAuthEvents",
            "AdminUpdateAuthEventFeedback",
            "DescribeRiskConfiguration",
            "SetRiskConfiguration",
            "UpdateAuthEventFeedback",
        }
    ),
}
