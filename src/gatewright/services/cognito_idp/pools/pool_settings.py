"""Settings of a pool: what AWS puts where nothing was said, and what it does not take. Pure.

In: the parameters of `CreateUserPool` or `UpdateUserPool`. Out: the settings as `DescribeUserPool` shows them. Law:
what cannot be enforced is refused by its name; values that only restate the default are taken, because CDK and
Terraform always send them. Source: Cognito API reference, `CreateUserPool`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gatewright.core.channels import read_sender
from gatewright.services.cognito_idp.faults import invalid_parameter, not_yet
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

_PASSWORD_POLICY: Mapping[str, Any] = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 7,
}
_MESSAGES = (
    "SmsVerificationMessage",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "SmsAuthenticationMessage",
)
_AT_BIRTH = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")  # never changed afterwards
_DEFAULT_TIER = "ESSENTIALS"


def settings_of(params: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the settings of a pool; `before` is what it has, and what cannot be updated is taken from there.

    As at AWS, an update replaces everything that can be updated: what is not given goes back to its default.

    Raises:
        Fault: `InvalidParameterException`.
    """
    _refuse(params)
    settings: dict[str, Any] = {
        "Policies": _policies(params.get("Policies") or {}, params.get("AdminCreateUserConfig") or {}),
        "DeletionProtection": params.get("DeletionProtection") or "INACTIVE",
        "LambdaConfig": {},
        "AutoVerifiedAttributes": _list(params, "AutoVerifiedAttributes"),
        "VerificationMessageTemplate": _verification(params),
        "MfaConfiguration": params.get("MfaConfiguration") or "OFF",
        "EmailConfiguration": _email(params.get("EmailConfiguration") or {}),
        "AdminCreateUserConfig": _admin_create_user(params.get("AdminCreateUserConfig") or {}),
        "UserPoolTier": params.get("UserPoolTier") or _DEFAULT_TIER,
    }
    for member in (*_MESSAGES, "DeviceConfiguration", "SmsConfiguration", "UserAttributeUpdateSettings"):
        if params.get(member):
            settings[member] = params[member]
    if params.get("AccountRecoverySetting"):
        settings["AccountRecoverySetting"] = _recovery(params["AccountRecoverySetting"])
    source = params if before is None else before
    settings |= {member: source[member] for member in _AT_BIRTH if source.get(member)}
    settings["AdminCreateUserConfig"]["UnusedAccountValidityDays"] = settings["Policies"]["PasswordPolicy"][
        "TemporaryPasswordValidityDays"
    ]
    _check(settings)
    return {name: value for name, value in settings.items() if value is not None}


def _refuse(params: Mapping[str, Any]) -> None:
    for trigger, target in (params.get("LambdaConfig") or {}).items():
        if target:
            raise not_yet(f"LambdaConfig.{trigger}", "Lambda triggers come later; leave it out.")
    mode = (params.get("UserPoolAddOns") or {}).get("AdvancedSecurityMode")
    if mode not in (None, "OFF"):
        raise not_yet("UserPoolAddOns.AdvancedSecurityMode", "Use OFF.")
    if (params.get("UserPoolAddOns") or {}).get("AdvancedSecurityAdditionalFlows"):
        raise not_yet("UserPoolAddOns.AdvancedSecurityAdditionalFlows")
    if params.get("UserPoolTier") == "PLUS":
        raise not_yet("UserPoolTier PLUS, which is threat protection,", "Use LITE or ESSENTIALS.")
    key: Mapping[str, Any] = params.get("KeyConfiguration") or {}
    if key.get("KeyType") == "CUSTOMER_MANAGED_KEY" or key.get("KmsKeyArn"):
        raise not_yet("KeyConfiguration with a KMS key", "Secrets are sealed with the server's master key.")
    if (params.get("IssuerConfiguration") or {}).get("Type") == "UPDATED":
        raise not_yet("IssuerConfiguration.Type UPDATED", "Use ORIGINAL.")
    for member in ("AcrConfiguration", "DcrConfiguration"):
        if params.get(member):
            raise not_yet(member)
    email = params.get("EmailConfiguration") or {}
    if email.get("EmailSendingAccount") == "DEVELOPER" or email.get("SourceArn") or email.get("ConfigurationSet"):
        raise not_yet(
            "sending e-mail through SES", "Leave it out: e-mail is sent through the server's own SMTP settings."
        )
    must_be_sns(params.get("SmsConfiguration"), "SmsConfiguration")
    template = params.get("VerificationMessageTemplate") or {}
    if template.get("DefaultEmailOption") == "CONFIRM_WITH_LINK":
        raise not_yet("VerificationMessageTemplate.DefaultEmailOption CONFIRM_WITH_LINK", "Use CONFIRM_WITH_CODE.")
    for member in ("EmailMessageByLink", "EmailSubjectByLink"):
        if template.get(member):
            raise not_yet(f"VerificationMessageTemplate.{member}")


def must_be_sns(configuration: Mapping[str, Any] | None, named: str) -> None:
    """Refuse settings for text messages that name no role, or another service than SNS.

    The role is AWS's way to a gateway; here the server has its own, and the role is only kept (see decision 0009).

    Raises:
        Fault: `InvalidParameterException`.
    """
    if not configuration:
        return
    if configuration.get("EumsSms"):
        raise not_yet(f"{named}.EumsSms")
    if not configuration.get("SnsCallerArn"):
        raise invalid_parameter(f"{named}.SnsCallerArn is required.")


def _list(params: Mapping[str, Any], member: str) -> list[str] | None:
    values: list[str] | None = params.get(member)
    return list(dict.fromkeys(values)) if values else None


def _policies(asked: Mapping[str, Any], invitations: Mapping[str, Any]) -> dict[str, Any]:
    given = asked.get("PasswordPolicy")
    days = _temporary_password_days(given or {}, invitations)
    policy = dict(_PASSWORD_POLICY)
    if given is not None:  # who gives a policy gives all of it: what is not said is not required
        policy |= {member: False for member in policy if member.startswith("Require")}
        policy |= {member: value for member, value in given.items() if value is not None}
        if not given.get("PasswordHistorySize"):
            policy.pop("PasswordHistorySize", None)
    policy["TemporaryPasswordValidityDays"] = days
    factors = (asked.get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or ["PASSWORD"]
    if "PASSWORD" not in factors:
        raise invalid_parameter("PASSWORD must be one of the AllowedFirstAuthFactors.")
    if "SOFTWARE_TOKEN" in factors:
        raise not_yet("SOFTWARE_TOKEN among AllowedFirstAuthFactors", "Use it as a second factor.")
    return {"PasswordPolicy": policy, "SignInPolicy": {"AllowedFirstAuthFactors": list(dict.fromkeys(factors))}}


def _temporary_password_days(policy: Mapping[str, Any], invitations: Mapping[str, Any]) -> int:
    """Return for how many days a temporary password is good; `UnusedAccountValidityDays` is the older name of it."""
    days, older = policy.get("TemporaryPasswordValidityDays"), invitations.get("UnusedAccountValidityDays")
    if days and older and days != older:
        raise invalid_parameter(
            "UnusedAccountValidityDays and TemporaryPasswordValidityDays say different things. "
            "Use TemporaryPasswordValidityDays of the password policy."
        )
    return int(days or older or _PASSWORD_POLICY["TemporaryPasswordValidityDays"])


def _verification(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template; the three older members say the same, and both are kept as AWS keeps both."""
    template = dict(params.get("VerificationMessageTemplate") or {})
    for old, new in (
        ("SmsVerificationMessage", "SmsMessage"),
        ("EmailVerificationMessage", "EmailMessage"),
        ("EmailVerificationSubject", "EmailSubject"),
    ):
        if params.get(old):
            if template.get(new) not in (None, params[old]):
                raise invalid_parameter(f"{old} and VerificationMessageTemplate.{new} say different things.")
            template[new] = params[old]
    template["DefaultEmailOption"] = "CONFIRM_WITH_CODE"
    return template


def _email(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the e-mail configuration; its addresses end up in headers, where one must not become two."""
    for member in ("From", "ReplyToEmailAddress"):
        try:
            if asked.get(member):
                read_sender(asked[member])
        except ValueError:
            raise invalid_parameter(
                f"EmailConfiguration.{member} must be one address: someone@example.com, or Name <someone@example.com>."
            ) from None
    return {"EmailSendingAccount": "COGNITO_DEFAULT"} | {name: value for name, value in asked.items() if value}


def _admin_create_user(asked: Mapping[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {"AllowAdminCreateUserOnly": bool(asked.get("AllowAdminCreateUserOnly"))}
    template = asked.get("InviteMessageTemplate") or {}
    for member in ("SMSMessage", "EmailMessage"):
        text = template.get(member)
        if text and ("{####}" not in text or "{username}" not in text):
            raise invalid_parameter(f"InviteMessageTemplate.{member} needs the placeholders {{username}} and {{####}}.")
    return config | ({"InviteMessageTemplate": template} if template else {})


def _recovery(asked: Mapping[str, Any]) -> dict[str, Any]:
    mechanisms: Sequence[Mapping[str, Any]] = asked.get("RecoveryMechanisms") or ()
    names = [one["Name"] for one in mechanisms]
    if "admin_only" in names and len(names) > 1:
        raise invalid_parameter(
            "Invalid account recovery setting parameter. admin_only cannot be used with any other recovery mechanism."
        )
    if len(set(names)) < len(names) or len({one["Priority"] for one in mechanisms}) < len(mechanisms):
        raise invalid_parameter("Invalid account recovery setting parameter. Names and priorities must differ.")
    return {"RecoveryMechanisms": [dict(one) for one in mechanisms]}


def _check(settings: Mapping[str, Any]) -> None:
    policies = settings["Policies"]
    if settings["UserPoolTier"] == "LITE" and policies["SignInPolicy"]["AllowedFirstAuthFactors"] != ["PASSWORD"]:
        raise not_in_tier("AllowedFirstAuthFactors other than PASSWORD")
    if settings["UserPoolTier"] == "LITE" and policies["PasswordPolicy"].get("PasswordHistorySize"):
        raise not_in_tier("PasswordHistorySize")
    if settings.get("AliasAttributes") and settings.get("UsernameAttributes"):
        raise invalid_parameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")
    verified = settings.get("AutoVerifiedAttributes") or ()
    if "phone_number" in verified and not settings.get("SmsConfiguration"):
        raise invalid_parameter("SmsConfiguration is required to verify phone_number automatically.")
    update: Mapping[str, Any] = settings.get("UserAttributeUpdateSettings") or {}
    for name in update.get("AttributesRequireVerificationBeforeUpdate") or ():
        if name not in verified:
            raise invalid_parameter(
                f"Invalid user attribute update settings: {name} must be one of the AutoVerifiedAttributes."
            )


def not_in_tier(setting: str) -> Fault:
    """Return the answer to what only a larger feature plan has."""
    message = f"{setting} is not available in the feature plan LITE. Use the UserPoolTier ESSENTIALS."
    return Fault("FeatureUnavailableInTierException", message, 400)


def is_lite(settings: Mapping[str, Any]) -> bool:
    """Say whether a pool has the smallest feature plan, by its settings."""
    return settings.get("UserPoolTier") == "LITE"


def is_case_sensitive(pool: UserPool) -> bool:
    """Say whether usernames and aliases have a case; pools that never said so are case sensitive, as at AWS."""
    configuration: Mapping[str, Any] = pool.settings.get("UsernameConfiguration") or {}
    return configuration.get("CaseSensitive") is not False


def username_attributes(pool: UserPool) -> tuple[str, ...]:
    """Return which attributes users sign up with in place of a username."""
    return tuple(pool.settings.get("UsernameAttributes") or ())


def alias_attributes(pool: UserPool) -> tuple[str, ...]:
    """Return which attributes sign a user in beside the username."""
    return tuple(pool.settings.get("AliasAttributes") or ())


def auto_verified(pool: UserPool) -> tuple[str, ...]:
    """Return which attributes are verified by a code when a user signs up or changes them."""
    return tuple(pool.settings.get("AutoVerifiedAttributes") or ())


def verified_before_update(pool: UserPool) -> tuple[str, ...]:
    """Return which attributes keep their old value until the new one is verified."""
    update: Mapping[str, Any] = pool.settings.get("UserAttributeUpdateSettings") or {}
    return tuple(update.get("AttributesRequireVerificationBeforeUpdate") or ())


def password_policy(pool: UserPool) -> Mapping[str, Any]:
    """Return the pool's password policy, defaults filled in."""
    policy: Mapping[str, Any] = pool.settings["Policies"]["PasswordPolicy"]
    return policy


def has_recovery_setting(pool: UserPool) -> bool:
    """Say whether a pool says how its users recover their accounts."""
    setting: Mapping[str, Any] = pool.settings.get("AccountRecoverySetting") or {}
    return bool(setting.get("RecoveryMechanisms"))


def recovery_mechanisms(pool: UserPool) -> tuple[str, ...]:
    """Return how users recover their accounts, in the order of preference.

    A pool that does not say prefers the phone and then takes e-mail: AWS's rule for older pools.
    """
    setting: Mapping[str, Any] = pool.settings.get("AccountRecoverySetting") or {}
    mechanisms: Sequence[Mapping[str, Any]] = setting.get("RecoveryMechanisms") or ()
    if not mechanisms:
        return ("verified_phone_number", "verified_email")
    return tuple(one["Name"] for one in sorted(mechanisms, key=lambda one: int(one["Priority"])))
