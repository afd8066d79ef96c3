"""What a sign-in asks of the person: a code, a new password, a choice.

In: a challenge as Cognito put it. Out: the answer as Cognito reads it. Law: a plain text answers the one thing that is
asked; a mapping answers in Cognito's own names, so that nothing that Cognito may ask cannot be answered.
Source: Cognito API reference, `RespondToAuthChallenge`.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from gatewright.client.session import Session
    from gatewright.client.sign_in import SignIn

Answer = str | Mapping[str, str]
Asker = Callable[["Challenge"], Answer]
MFA_SETUP = "MFA_SETUP"
_CHOICES = {"SELECT_MFA_TYPE": "MFAS_CAN_CHOOSE", MFA_SETUP: "MFAS_CAN_SETUP"}
_PREFIX = "userAttributes."
_MEMBERS = {  # of the answer, for a plain text
    "CUSTOM_CHALLENGE": "ANSWER",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
    "PASSWORD": "PASSWORD",
    "SELECT_CHALLENGE": "ANSWER",
    "SELECT_MFA_TYPE": "ANSWER",
    "SMS_MFA": "SMS_MFA_CODE",
    "SMS_OTP": "SMS_OTP_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "WEB_AUTHN": "CREDENTIAL",
}


class ChallengeRequired(Exception):
    """A sign-in goes on when its `challenge` is answered: `challenge.respond(…)`."""

    def __init__(self, challenge: "Challenge") -> None:
        super().__init__(f"{challenge.name} must be answered: challenge.respond(…)")
        self.challenge = challenge


class Authenticator(NamedTuple):
    """The seed of an authenticator app, to be typed in or shown as a QR code."""

    secret_code: str
    uri: str  # otpauth://…

    def __repr__(self) -> str:
        """Show no seed."""
        return "Authenticator(…)"


class Challenge:
    """A question of a sign-in that is under way."""

    def __init__(self, sign_in: "SignIn", answered: Mapping[str, Any]) -> None:
        self.name = str(answered["ChallengeName"])
        self.parameters: dict[str, str] = dict(answered.get("ChallengeParameters") or {})
        self.session: str | None = answered.get("Session")
        self.available = tuple(answered.get("AvailableChallenges") or ())
        self.mistake = ""  # why the answer before this one was refused
        self._sign_in = sign_in

    def __repr__(self) -> str:
        """Show what is asked."""
        return f"Challenge({self.name})"

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be chosen, where the question is which: SELECT_CHALLENGE, SELECT_MFA_TYPE, MFA_SETUP."""
        return self.available or tuple(self._listed(_CHOICES.get(self.name, "")))

    @property
    def required_attributes(self) -> tuple[str, ...]:
        """The attributes that NEW_PASSWORD_REQUIRED wants besides: answer with `userAttributes.NAME` too."""
        return tuple(name.removeprefix(_PREFIX) for name in self._listed("requiredAttributes"))

    @property
    def destination(self) -> str:
        """Where a code was sent, as much as is told of it."""
        return self.parameters.get("CODE_DELIVERY_DESTINATION", "")

    def authenticator(self) -> Authenticator:
        """Begin to set up an authenticator app (MFA_SETUP). Show what is returned; answer with a code of the app.

        Raises:
            CallRefused: the pool has no such factor.
        """
        answer = self._sign_in.api.call("AssociateSoftwareToken", {"Session": self.session})
        self.session = answer.get("Session") or self.session
        secret, pool = str(answer["SecretCode"]), self._sign_in.pool_id
        label = quote(f"{pool}:{self._sign_in.username}")
        return Authenticator(secret, f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': pool})}")

    def respond(self, answer: Answer) -> "Session":
        """Answer, and return the session.

        Raises:
            ChallengeRequired: there is another question.
            CallRefused: the answer is wrong; most questions may be answered again.
        """
        return self._sign_in.go_on(self.send(answer))

    def send(self, answer: Answer) -> dict[str, Any]:
        """Send the answer, and return what comes next."""
        if self.name == MFA_SETUP and isinstance(answer, str):
            verified = self._sign_in.api.call("VerifySoftwareToken", {"Session": self.session, "UserCode": answer})
            self.session = verified.get("Session") or self.session
            answer = {}
        if isinstance(answer, str):
            answer = {self._member(): answer}
        return self._sign_in.answer(self, answer)

    def _member(self) -> str:
        member = _MEMBERS.get(self.name)
        if member is None:
            raise ValueError(f"{self.name} is answered with a mapping, in the names of RespondToAuthChallenge")
        return member

    def _listed(self, parameter: str) -> list[str]:
        try:
            listed = json.loads(self.parameters.get(parameter) or "[]")
        except (ValueError, RecursionError):
            return []
        return [str(one) for one in listed] if isinstance(listed, list) else []
