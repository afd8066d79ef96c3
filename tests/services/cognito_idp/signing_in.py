"""What tests of signing in share: users, an SRP client of somebody else's (pycognito), and a look at tokens."""

import base64
import json
from collections.abc import Callable
from typing import Any

from pycognito.aws_srp import AWSSRP

from tests.services.cognito_idp.conftest import PASSWORD


def make_user(idp: Any, pool_id: str, name: str = "jane", password: str = PASSWORD, **values: str) -> str:
    """Make a confirmed user; returns the `sub`."""
    listed = [{"Name": key.replace("__", ":"), "Value": value} for key, value in values.items()]
    made = idp.admin_create_user(UserPoolId=pool_id, Username=name, UserAttributes=listed, MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool_id, Username=name, Password=password, Permanent=True)
    return next(one["Value"] for one in made["User"]["Attributes"] if one["Name"] == "sub")


def srp(anyone: Any, pool_id: str, client_id: str, name: str = "jane", password: str = PASSWORD, **more: Any) -> AWSSRP:
    """Return a client that signs a user in by SRP."""
    return AWSSRP(name, password, pool_id, client_id, client=anyone, **more)


def claims(token: str) -> dict[str, Any]:
    """Return what a token says, unproved."""
    part = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def by_password(anyone: Any, client_id: str, name: str = "jane", password: str = PASSWORD, **more: str) -> Any:
    """Sign in with a password in plain."""
    return anyone.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client_id,
        AuthParameters={"USERNAME": name, "PASSWORD": password, **more},
    )


def refused(error: type[Exception], act: Callable[[], Any]) -> tuple[str, str]:
    """Return code and message of the error that something is refused with."""
    try:
        act()
    except error as refusal:
        said = refusal.response["Error"]  # type: ignore[attr-defined]
        return said["Code"], said["Message"]
    raise AssertionError("it was not refused")
