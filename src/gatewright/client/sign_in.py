"""A sign-in, from the name and the password to the session, read top to bottom.

In: who signs in, and how. Out: a session. Law: what the client can answer by itself (the two halves of SRP, a
remembered device) it answers; everything else is asked of the caller's function, or raised. A device that the server
does not know any more is forgotten, and the sign-in begun again without it.
Source: Cognito developer guide, "Authentication flows", "Working with user devices in your user pool".
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from gatewright.client.api import Api
from gatewright.client.challenge import Answer, Asker, Challenge, ChallengeRequired
from gatewright.client.faults import CallRefused
from gatewright.client.kept import Device, Kept, SessionStore, claims_of
from gatewright.client.session import Client, Session, read_tokens
from gatewright.client.srp import DishonestServer, Exchange, new_device_verifier
from gatewright.wire.sigv4.sign import Credentials

ADMIN_FLOWS = frozenset({"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"})
_SRP_CHOICE = "PASSWORD_SRP"
_TRIES = 3  # answers to one question of the caller's function
_TRY_AGAIN = frozenset(
    {"CodeMismatchException", "EnableSoftwareTokenMFAException", "ExpiredCodeException", "InvalidPasswordException"}
)


class Wishes(msgspec.Struct, frozen=True):
    """How somebody signs in."""

    username: str
    password: str | None
    flow: str
    preferred: str | None
    device_name: str | None
    remember_device: bool
    asker: Asker | None
    store: SessionStore | None
    credentials: Credentials | None  # of an administrator


class SignIn:
    """One sign-in that is under way."""

    def __init__(self, client: Client, pool_id: str, wishes: Wishes, device: Device | None) -> None:
        self.api: Api = client.api
        self.pool_id = pool_id
        self.username = wishes.username  # what the pool calls the user, as soon as it has said so
        self._client = client
        self._wishes = wishes
        self._device = device
        self._exchange = Exchange()
        self._has_asked = False

    def begin(self) -> Session:
        """Sign in.

        Raises:
            ChallengeRequired: a question must be answered, and there is no function to ask.
            CallRefused: the sign-in was refused.
        """
        try:
            return self.go_on(self._initiate())
        except CallRefused as refusal:
            if refusal.code != "ResourceNotFoundException" or self._device is None or self._has_asked:
                raise
            self._device, self._exchange = None, Exchange()  # the server has forgotten the device
            return self.go_on(self._initiate())

    def go_on(self, answered: Mapping[str, Any]) -> Session:
        """Answer what is asked until there are tokens."""
        while "ChallengeName" in answered:
            challenge = Challenge(self, answered)
            self.username = _name_in(challenge.parameters) or self.username
            self._must_be_fair(challenge)
            by_itself = _BY_ITSELF.get(challenge.name)
            if by_itself is not None and self._may_answer(challenge):
                answered = self.answer(challenge, by_itself(self, challenge))
            elif self._wishes.asker is None:
                raise ChallengeRequired(challenge)
            else:
                answered = self._ask(challenge, self._wishes.asker)
        return self._finish(answered["AuthenticationResult"])

    def _must_be_fair(self, challenge: Challenge) -> None:
        """Refuse a server that asks for the password itself although it was to be proved only.

        Raises:
            DishonestServer: it does.
        """
        if challenge.name in _CHOSEN and self._wishes.flow != "USER_AUTH":
            raise DishonestServer(f"{self._wishes.flow} was answered with {challenge.name}: the password is not sent")

    def _may_answer(self, challenge: Challenge) -> bool:
        if challenge.name in _OF_DEVICES:
            return True
        if challenge.name == "PASSWORD" and self._wishes.preferred != "PASSWORD":
            return False  # the person may send it; nobody else
        return self._wishes.password is not None

    def _ask(self, challenge: Challenge, asker: Asker) -> dict[str, Any]:
        """Ask the caller's function; a wrong code or a weak password may be mended."""
        self._has_asked = True
        for _ in range(_TRIES - 1):
            try:
                return challenge.send(asker(challenge))
            except CallRefused as refusal:
                if refusal.code not in _TRY_AGAIN:
                    raise
                challenge.mistake = refusal.message
        return challenge.send(asker(challenge))

    def _initiate(self) -> dict[str, Any]:
        wishes = self._wishes
        parameters = {"USERNAME": wishes.username} | self._secret_hash(wishes.username)
        if self._device is not None:
            parameters["DEVICE_KEY"] = self._device.key
        if wishes.flow == "USER_AUTH":
            parameters |= self._preferred()
        elif wishes.flow == "USER_SRP_AUTH":
            parameters["SRP_A"] = self._exchange.public
        elif wishes.password is not None:
            parameters["PASSWORD"] = wishes.password
        return self._call("InitiateAuth", {"AuthFlow": wishes.flow, "AuthParameters": parameters})

    def _preferred(self) -> dict[str, str]:
        preferred = self._wishes.preferred or (_SRP_CHOICE if self._wishes.password is not None else None)
        if preferred is None:
            return {}
        return {"PREFERRED_CHALLENGE": preferred} | self._with_password(preferred)

    def _with_password(self, factor: str) -> dict[str, str]:
        """Return what a first factor that is a password wants along with its name."""
        if factor not in (_SRP_CHOICE, "PASSWORD"):
            return {}
        if self._wishes.password is None:
            raise ValueError(f"{factor} needs the password: give it to sign_in")
        return {"SRP_A": self._exchange.public} if factor == _SRP_CHOICE else {"PASSWORD": self._wishes.password}

    def answer(self, challenge: Challenge, answer: Answer) -> dict[str, Any]:
        """Answer a challenge, in Cognito's own names, and return what comes next."""
        assert not isinstance(answer, str)
        responses = {"USERNAME": self.username} | self._secret_hash(self.username) | dict(answer)
        if challenge.name == "SELECT_CHALLENGE" and not {"PASSWORD", "SRP_A"}.intersection(answer):
            responses |= self._with_password(responses.get("ANSWER", ""))
        if self._device is not None:
            responses.setdefault("DEVICE_KEY", self._device.key)
        asked = {"ChallengeName": challenge.name, "Session": challenge.session, "ChallengeResponses": responses}
        return self._call("RespondToAuthChallenge", asked)

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        named = {"ClientId": self._client.client_id, **parameters}
        if self._wishes.flow not in ADMIN_FLOWS:
            return self.api.call(operation, named)
        return self.api.call(f"Admin{operation}", {"UserPoolId": self.pool_id, **named}, self._wishes.credentials)

    def _secret_hash(self, username: str) -> dict[str, str]:
        secret = self._client.client_secret
        if secret is None:
            return {}
        made = hmac.digest(secret.encode(), f"{username}{self._client.client_id}".encode(), "sha256")
        return {"SECRET_HASH": b64encode(made).decode()}

    def _srp_begin(self, challenge: Challenge) -> dict[str, str]:
        return {"SRP_A": self._exchange.public}

    def _plain(self, challenge: Challenge) -> dict[str, str]:
        return {"PASSWORD": self._wishes.password or ""}

    def _prove_password(self, challenge: Challenge) -> dict[str, str]:
        asked, now = challenge.parameters, self._client.clock.now()
        user = asked.get("USER_ID_FOR_SRP") or self.username
        group = self.pool_id.partition("_")[2]
        return self._exchange.claim(group, user, self._wishes.password or "", asked, now)

    def _device_begin(self, challenge: Challenge) -> dict[str, str]:
        self._exchange = Exchange()
        return {"SRP_A": self._exchange.public, "DEVICE_KEY": self._known_device().key}

    def _prove_device(self, challenge: Challenge) -> dict[str, str]:
        device, now = self._known_device(), self._client.clock.now()
        claim = self._exchange.claim(device.group_key, device.key, device.password, challenge.parameters, now)
        return claim | {"DEVICE_KEY": device.key}

    def _known_device(self) -> Device:
        if self._device is None:
            raise ValueError("the server asks for a device, and none was named: give sign_in the device")
        return self._device

    def _finish(self, result: Mapping[str, Any]) -> Session:
        tokens = read_tokens(result, self._client.clock.now())
        wishes, new = self._wishes, result.get("NewDeviceMetadata")
        if new:
            self._device = self._confirm_device(tokens.access_token, new["DeviceKey"], new["DeviceGroupKey"])
        username = str(claims_of(tokens.access_token).get("username") or self.username)
        session = Session(self._client, Kept(username, tokens, self._device, wishes.username), wishes.store)
        session.save()
        return session

    def _confirm_device(self, access_token: str, key: str, group_key: str) -> Device:
        """Make a password for a device that the server gave a key to; until then its session cannot be refreshed."""
        device = Device(key, group_key, b64encode(secrets.token_bytes(40)).decode())
        verifier, salt = new_device_verifier(group_key, key, device.password)
        named = {"AccessToken": access_token, "DeviceKey": key}
        config = {"PasswordVerifier": verifier, "Salt": salt}
        confirm = {**named, "DeviceName": self._wishes.device_name, "DeviceSecretVerifierConfig": config}
        answer = self.api.call("ConfirmDevice", confirm)
        if answer.get("UserConfirmationNecessary") and self._wishes.remember_device:
            self.api.call("UpdateDeviceStatus", {**named, "DeviceRememberedStatus": "remembered"})
        return device


def _name_in(parameters: Mapping[str, str]) -> str | None:
    """Return what the pool calls the user: later steps are about that name, not about an alias."""
    return parameters.get("USERNAME") or parameters.get("USER_ID_FOR_SRP")


_CHOSEN = frozenset({"SELECT_CHALLENGE", "PASSWORD", "PASSWORD_SRP"})  # of USER_AUTH only
_OF_DEVICES = frozenset({"DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"})
_BY_ITSELF: dict[str, Callable[[SignIn, Challenge], dict[str, str]]] = {
    "DEVICE_PASSWORD_VERIFIER": SignIn._prove_device,
    "DEVICE_SRP_AUTH": SignIn._device_begin,
    "PASSWORD": SignIn._plain,
    "PASSWORD_SRP": SignIn._srp_begin,
    "PASSWORD_VERIFIER": SignIn._prove_password,
}
