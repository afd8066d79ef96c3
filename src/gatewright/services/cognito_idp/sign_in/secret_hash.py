"""`SECRET_HASH`: how a client that has a secret shows that it knows it. Source: Cognito developer guide, "Computing
secret hash values".

Law: a client with secrets is asked for a hash wherever AWS asks, and either of two secrets is good while one replaces
the other; a client without a secret must not send one. Hashes are compared in constant time.
"""

import hmac
from base64 import b64encode

from gatewright.control.service import Call
from gatewright.services.cognito_idp.faults import not_authorized
from gatewright.storage.keys import SECRETS, Keys
from gatewright.storage.user_pools import UserPoolClient


def secret_hash(secret: str, username: str, client_id: str) -> str:
    """Return the hash that a client computes."""
    return b64encode(hmac.digest(secret.encode(), f"{username}{client_id}".encode(), "sha256")).decode()


def check_secret_hash(call: Call, client: UserPoolClient, username: str, given: str | None) -> None:
    """Refuse a call of whoever does not know the client's secret; `username` is as the call gives it.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if not client.secrets:
        if given is not None:
            raise not_authorized(f"Client {client.client_id} is configured without secret but SECRET_HASH was received")
        return
    if given is None:
        raise not_authorized(f"Client {client.client_id} is configured with secret but SECRET_HASH was not received")
    matches = False
    for secret in client_secrets(call.keys, client):
        matches |= hmac.compare_digest(secret_hash(secret, username, client.client_id).encode(), given.encode())
    if not matches:
        raise not_authorized(f"Unable to verify secret hash for client {client.client_id}")


def check_secret(call: Call, client: UserPoolClient, given: str | None) -> None:
    """Refuse a call of whoever does not send the client's secret itself, as `RevokeToken` has it.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    if not client.secrets:
        if given is not None:
            raise not_authorized(f"Client {client.client_id} is configured without secret but a secret was received")
        return
    matches = False
    for secret in client_secrets(call.keys, client):
        matches |= hmac.compare_digest(secret.encode(), (given or "").encode())
    if not matches:
        raise not_authorized(f"Unable to verify secret for client {client.client_id}")


def client_secrets(keys: Keys, client: UserPoolClient) -> list[str]:
    """Return a client's secrets, opened for the moment of a check."""
    return [keys.open(SECRETS, one.sealed_secret, one.client_secret_id.encode()).decode() for one in client.secrets]
