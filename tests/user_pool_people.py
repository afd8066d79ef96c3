"""A user pool with a client and people in it, and a forge that signs whatever a test wants with the pool's own key."""

import base64
import json
import time
from typing import Any

from botocore import UNSIGNED

from gatewright.core.jwt import sign
from gatewright.storage.keys import SECRETS, load_keys
from gatewright.storage.user_pools import POOLS_SHELF

PASSWORD = "Correct-horse-1"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]


class People:
    """A user pool, a client of it, and its people."""

    def __init__(self, product: Any, name: str = "people", pool: Any = None, **client: Any) -> None:
        self.product = product
        self.idp = product.client("cognito-idp")
        self.anyone = product.client("cognito-idp", signature_version=UNSIGNED)
        made = self.idp.create_user_pool(PoolName=name, **(pool or {}))["UserPool"]
        self.id, self.arn = made["Id"], made["Arn"]
        self.provider = f"cognito-idp.{product.region}.amazonaws.com/{self.id}"
        self.client_id = self.client(**client)

    def client(self, **settings: Any) -> str:
        """Make another client."""
        settings = {"ClientName": "app", "ExplicitAuthFlows": FLOWS, **settings}
        made = self.idp.create_user_pool_client(UserPoolId=self.id, **settings)["UserPoolClient"]
        return str(made["ClientId"])

    def person(self, name: str = "jane", **attributes: str) -> str:
        """Make a confirmed user; returns the `sub`."""
        listed = [{"Name": key.replace("__", ":"), "Value": value} for key, value in attributes.items()]
        made = self.idp.admin_create_user(
            UserPoolId=self.id, Username=name, UserAttributes=listed, MessageAction="SUPPRESS"
        )
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=name, Password=PASSWORD, Permanent=True)
        return str(next(one["Value"] for one in made["User"]["Attributes"] if one["Name"] == "sub"))

    def sign_in(self, name: str = "jane", client_id: str = "") -> dict[str, str]:
        """Sign in with a password; returns the tokens."""
        result: dict[str, str] = self.anyone.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=client_id or self.client_id,
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        return result

    def forged(self, token: str, use: str = "id", **changed: Any) -> str:
        """Return a token with other claims, signed by the pool's own key for a use; None takes a claim away."""
        product = self.product.product
        key = product.snapshots.shelf(POOLS_SHELF).get(self.id).signing[use]
        keys = load_keys(product.settings.data, None)
        claims = {name: value for name, value in {**said(token), **changed}.items() if value is not None}
        private = keys.open(SECRETS, key.sealed_private, key.key_id.encode())
        return sign(claims, key_id=key.key_id, algorithm="RS256", private_pem=private)


def said(token: str) -> dict[str, Any]:
    """Return what a token says, unproved."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return found


def text(content: Any) -> str:
    """Return something as a part of a token."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def now() -> int:
    """Return the time as tokens have it."""
    return int(time.time())
