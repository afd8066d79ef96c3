"""What messages to users say. Pure.

In: what a message is about, the pool's templates, and the code. Out: subject and body. Law: an e-mail is HTML, in which
a name is text and nothing else; what was put in for a placeholder is not looked into again.
Source: Cognito developer guide, "Configuring verification and invitation messages", "Message templates".
"""

import html
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from gatewright.storage.outbox import Message

EMAIL, SMS = "EMAIL", "SMS"


class Kind(StrEnum):
    """What a message is about, by the names of AWS's custom-message triggers."""

    SIGN_UP = "CustomMessage_SignUp"
    ADMIN_CREATE_USER = "CustomMessage_AdminCreateUser"
    RESEND_CODE = "CustomMessage_ResendCode"
    FORGOT_PASSWORD = "CustomMessage_ForgotPassword"  # noqa: S105  # a name
    UPDATE_USER_ATTRIBUTE = "CustomMessage_UpdateUserAttribute"
    VERIFY_USER_ATTRIBUTE = "CustomMessage_VerifyUserAttribute"
    AUTHENTICATION = "CustomMessage_Authentication"


_PLACEHOLDER = re.compile(r"\{username\}|\{####\}")
_INVITATION = "Your username is {username} and temporary password is {####}."
_TEXTS: Mapping[Kind, tuple[str, str]] = {  # subject of an e-mail, text where the pool says none
    Kind.SIGN_UP: ("Your verification code", "Your confirmation code is {####}"),
    Kind.RESEND_CODE: ("Your verification code", "Your confirmation code is {####}"),
    Kind.FORGOT_PASSWORD: ("Your verification code", "Your password reset code is {####}"),
    Kind.UPDATE_USER_ATTRIBUTE: ("Your verification code", "Your verification code is {####}"),
    Kind.VERIFY_USER_ATTRIBUTE: ("Your verification code", "Your verification code is {####}"),
    Kind.AUTHENTICATION: ("Your authentication code", "Your authentication code is {####}"),
    Kind.ADMIN_CREATE_USER: ("Your temporary password", _INVITATION),
}


def compose(
    settings: Mapping[str, Any], mfa: Mapping[str, Any], username: str, kind: Kind, medium: str, code: str
) -> Message:
    """Return a message by the pool's template, or by our own where it has none."""
    subject, text = _TEXTS[kind]
    own_subject, own_text = _template(settings, mfa, kind, medium)
    put_in = {"{username}": username, "{####}": code}
    shown = {name: html.escape(value) if medium == EMAIL else value for name, value in put_in.items()}
    body = _PLACEHOLDER.sub(lambda match: shown[match.group()], own_text or text)
    return Message(own_subject or subject, body)


def _template(
    settings: Mapping[str, Any], mfa: Mapping[str, Any], kind: Kind, medium: str
) -> tuple[str | None, str | None]:
    """Return the subject and the text that a pool has for a kind of message."""
    if kind is Kind.ADMIN_CREATE_USER:
        invitation = settings["AdminCreateUserConfig"].get("InviteMessageTemplate") or {}
        return invitation.get("EmailSubject"), invitation.get("EmailMessage" if medium == EMAIL else "SMSMessage")
    if kind is Kind.AUTHENTICATION:
        if medium == SMS:
            sms = (mfa.get("SmsMfaConfiguration") or {}).get("SmsAuthenticationMessage")
            return None, sms or settings.get("SmsAuthenticationMessage")
        email = mfa.get("EmailMfaConfiguration") or {}
        return email.get("Subject"), email.get("Message")
    verification = settings["VerificationMessageTemplate"]
    return verification.get("EmailSubject"), verification.get("EmailMessage" if medium == EMAIL else "SmsMessage")
