"""A pool whose users have passkeys, for tests of signing in with them."""

import json
from typing import Any

from tests.authenticator import Passkey
from tests.services.cognito_idp.signing_in import by_password, make_user

PARTY = "auth.example.com"
FLOWS = [f"ALLOW_{name}" for name in ("USER_PASSWORD_AUTH", "USER_AUTH", "REFRESH_TOKEN_AUTH")]


class Place:
    """A pool with passkeys and a client of it."""

    def __init__(self, idp: Any, anyone: Any, pool_id: str, client_id: str) -> None:
        self.idp = idp
        self.anyone = anyone
        self.pool_id = pool_id
        self.client_id = client_id

    def configure(self, mode: str = "OFF", **configuration: Any) -> Any:
        """Set the pool's relying party; with an authenticator app as the second factor where there is to be one."""
        more = {} if mode == "OFF" else {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
        said = {"RelyingPartyId": PARTY, **configuration}
        return self.idp.set_user_pool_mfa_config(
            UserPoolId=self.pool_id, MfaConfiguration=mode, WebAuthnConfiguration=said, **more
        )

    def person(self, name: str = "jane", **attributes: str) -> str:
        """Make a user; returns the access token."""
        make_user(self.idp, self.pool_id, name, **attributes)
        return self.token(name)

    def token(self, name: str = "jane", client_id: str = "") -> str:
        """Sign in by password; returns the access token."""
        done = by_password(self.anyone, client_id or self.client_id, name)
        return str(done["AuthenticationResult"]["AccessToken"])

    def start(self, token: str) -> Any:
        """Ask what an authenticator is asked for a new passkey."""
        return self.anyone.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]

    def complete(self, token: str, credential: Any) -> Any:
        """Hand in a new passkey."""
        return self.anyone.complete_web_authn_registration(AccessToken=token, Credential=credential)

    def register(self, token: str, passkey: Passkey | None = None, **how: Any) -> Passkey:
        """Make a passkey for a user."""
        passkey = passkey or Passkey()
        self.complete(token, passkey.register(self.start(token), **how))
        return passkey

    def begin(self, name: str = "jane", preferred: str | None = "WEB_AUTHN", **more: Any) -> Any:
        """Begin to sign in."""
        parameters = {"USERNAME": name} | ({"PREFERRED_CHALLENGE": preferred} if preferred else {})
        return self.anyone.initiate_auth(
            AuthFlow="USER_AUTH", ClientId=self.client_id, AuthParameters=parameters, **more
        )

    def answer(self, asked: Any, name: str = "jane", **answers: str) -> Any:
        """Answer a challenge."""
        return self.anyone.respond_to_auth_challenge(
            ClientId=self.client_id,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, **answers},
        )

    def show(self, passkey: Passkey, asked: Any = None, name: str = "jane", **how: Any) -> Any:
        """Answer with a passkey; returns what the answer was."""
        asked = asked or self.begin(name)
        assert asked["ChallengeName"] == "WEB_AUTHN", asked
        return self.answer(asked, name, CREDENTIAL=json.dumps(passkey.use(options_of(asked), **how)))


def options_of(asked: Any) -> Any:
    """Return what an authenticator is asked at a sign-in."""
    return json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
