"""CONTRACT: user pools and their clients, as every plane sees them.

`cognito-idp` publishes pools by id on the shelf `cognito-idp.user-pool` and clients by id on
`cognito-idp.user-pool-client`. The gateway's authorizer and identity pools verify tokens against them; signing in reads
its settings from them. Law: nothing here is secret; what is sealed stays sealed in memory too. A client or a key that
is not here is good for nothing from that moment on.
Source: Cognito developer guide, "Verifying JSON web tokens".
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from gatewright.core.jwt import VerifyingKey
from gatewright.settings import Settings

POOLS_SHELF = "cognito-idp.user-pool"
CLIENTS_SHELF = "cognito-idp.user-pool-client"


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """The private half of a pool's newest key for one kind of token, still sealed (context: the key's id)."""

    key_id: str
    token_use: str  # id, access
    algorithm: str
    sealed_private: bytes
    created_at: float = float("inf")  # a pool's newest keys are replaced a year after; see token_signing_keys.py


class UserPool(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A user pool. `settings`, `schema` and `mfa` are documents in the shapes of the API."""

    id: str
    name: str
    account: str
    region: str
    settings: Mapping[str, Any]
    schema: Mapping[str, Mapping[str, Any]]  # attribute name -> SchemaAttributeType, in their order
    mfa: Mapping[str, Any]
    keys: Mapping[str, VerifyingKey]  # by key id; those that were rotated out too, until they retire
    signing: Mapping[str, SigningKey]  # by token use
    client_ids: frozenset[str]
    sessions: Mapping[str, Any] = {}  # SetUserPoolSessionConfiguration; empty where nobody has called it
    tags: Mapping[str, str] = {}

    @property
    def arn(self) -> str:
        """The pool's ARN."""
        return f"arn:aws:cognito-idp:{self.region}:{self.account}:userpool/{self.id}"

    @property
    def provider(self) -> str:
        """The name of the pool as a provider of logins: `cognito-idp.{region}.amazonaws.com/{id}`."""
        return f"cognito-idp.{self.region}.amazonaws.com/{self.id}"


class ClientSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed client secret (context: its id)."""

    client_secret_id: str
    sealed_secret: bytes


class UserPoolClient(msgspec.Struct, frozen=True, kw_only=True):
    """An app client. `settings` is a document in the shape of `DescribeUserPoolClient`, defaults filled in."""

    client_id: str
    user_pool_id: str
    name: str
    settings: Mapping[str, Any]
    secrets: tuple[ClientSecret, ...]


def issuer_of(settings: Settings, user_pool_id: str) -> str:
    """Return `iss` of a pool's tokens: its own address, where OIDC discovery finds it, or AWS's as configured."""
    if settings.issuer_style == "aws":
        region = user_pool_id.partition("_")[0]
        return f"https://cognito-idp.{region}.amazonaws.com/{user_pool_id}"
    return f"{settings.address}/{user_pool_id}"
