"""ID and access tokens: every claim that Cognito puts in, signed by the pool's own keys.

In: a user, the client, the session ("token family") that the tokens are of. Out: JWTs. Law: what a token says comes
from rows and snapshots and never from the request; one key signs ID tokens and another access tokens, so that a token
of one kind is never taken for the other; a private key is opened once and then kept, parsed, in a bounded cache.
Assumed: groups are listed by precedence, then by name; without token revocation there is no `origin_jti`.
Source: Cognito developer guide, "Understanding the identity (ID) token", "Understanding the access token", "Adding
groups to a user pool".
"""

import json
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gatewright.core import ids
from gatewright.services.cognito_idp.pools.client_settings import readable, validity_seconds
from gatewright.settings import Settings
from gatewright.storage.keys import SECRETS, Keys
from gatewright.storage.user_pools import SigningKey, UserPool, UserPoolClient, issuer_of

SCOPE = "aws.cognito.signin.user.admin"
_KEPT_KEYS = 512
_FLAGS = frozenset({"email_verified", "phone_number_verified"})
_PADDING, _HASH = PKCS1v15(), SHA256()
_private_keys: OrderedDict[tuple[str, str, bytes], RSAPrivateKey] = OrderedDict()


class Group(NamedTuple):
    """A group of the user."""

    name: str
    role_arn: str | None
    precedence: int | None


class Subject(NamedTuple):
    """Whom the tokens are about."""

    sub: str
    username: str
    attributes: Mapping[str, str]
    groups: Sequence[Group]


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """The session that one sign-in began, as its tokens show it."""

    origin_jti: str
    event_id: str
    auth_time: int  # seconds since the epoch
    device_key: str | None = None


def id_token(
    pool: UserPool, client: UserPoolClient, subject: Subject, family: Family, settings: Settings, keys: Keys, now: float
) -> str:
    """Return an ID token."""
    seen = readable(client)
    claims = {name: _claim(name, value) for name, value in subject.attributes.items() if name in seen}
    claims |= _of_session(client, family, now, "IdToken") | {
        "sub": subject.sub,
        "iss": issuer_of(settings, pool.id),
        "cognito:username": subject.username,
        "aud": client.client_id,
        "token_use": "id",
    }
    claims |= _of_groups(subject.groups)
    return _signed(pool.signing["id"], pool, claims, keys)


def access_token(
    pool: UserPool, client: UserPoolClient, subject: Subject, family: Family, settings: Settings, keys: Keys, now: float
) -> str:
    """Return an access token for the user's own operations."""
    claims = _of_session(client, family, now, "AccessToken") | {
        "sub": subject.sub,
        "iss": issuer_of(settings, pool.id),
        "client_id": client.client_id,
        "token_use": "access",
        "scope": SCOPE,
        "username": subject.username,
    }
    if family.device_key is not None:
        claims["device_key"] = family.device_key
    if subject.groups:
        claims["cognito:groups"] = [group.name for group in subject.groups]
    return _signed(pool.signing["access"], pool, claims, keys)


def _of_session(client: UserPoolClient, family: Family, now: float, token: str) -> dict[str, Any]:
    issued = int(now)
    claims = {
        "event_id": family.event_id,
        "auth_time": family.auth_time,
        "iat": issued,
        "exp": issued + validity_seconds(client, token),
        "jti": ids.request_id(),
    }
    if client.settings.get("EnableTokenRevocation"):
        claims["origin_jti"] = family.origin_jti
    return claims


def _claim(name: str, value: str) -> Any:
    """Return an attribute as its claim: text, but for the verified flags and what OpenID Connect has as an object."""
    if name in _FLAGS:
        return value == "true"
    if name == "address":
        return {"formatted": value}
    if name == "identities":  # with texts in place of numbers and truth, as in Cognito's tokens
        return [{key: _text(one) for key, one in link.items()} for link in json.loads(value)]
    return value


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _of_groups(groups: Sequence[Group]) -> dict[str, Any]:
    if not groups:
        return {}
    claims: dict[str, Any] = {"cognito:groups": [group.name for group in groups]}
    roles = list(dict.fromkeys(group.role_arn for group in groups if group.role_arn))
    if roles:
        claims["cognito:roles"] = roles
    preferred = preferred_role(groups)
    if preferred is not None:
        claims["cognito:preferred_role"] = preferred
    return claims


def preferred_role(groups: Sequence[Group]) -> str | None:
    """Return the role of the group with the lowest precedence; None where several such groups have different roles."""
    ranked = [group for group in groups if group.role_arn]
    if not ranked:
        return None
    first = min(_rank(group) for group in ranked)
    roles = {group.role_arn for group in ranked if _rank(group) == first}
    return roles.pop() if len(roles) == 1 else None


def by_precedence(groups: Sequence[Group]) -> list[Group]:
    """Return groups as tokens list them; a group without a precedence comes last."""
    return sorted(groups, key=lambda group: (_rank(group), group.name))


def _rank(group: Group) -> float:
    return float("inf") if group.precedence is None else group.precedence


def _signed(key: SigningKey, pool: UserPool, claims: Mapping[str, Any], keys: Keys) -> str:
    header = _base64(b'{"kid":%s,"alg":"RS256"}' % json.dumps(key.key_id).encode())
    body = header + b"." + _base64(msgspec.json.encode(claims))
    signature = _private_key(key, pool, keys).sign(body, _PADDING, _HASH)
    return (body + b"." + _base64(signature)).decode()


def _base64(plain: bytes) -> bytes:
    return urlsafe_b64encode(plain).rstrip(b"=")


def _private_key(key: SigningKey, pool: UserPool, keys: Keys) -> RSAPrivateKey:
    """Return the parsed key. The cache's key holds what was sealed, so that a new key can never meet an old one."""
    cached = pool.id, key.key_id, key.sealed_private
    found = _private_keys.get(cached)
    if found is None:
        parsed = load_pem_private_key(keys.open(SECRETS, key.sealed_private, key.key_id.encode()), None)
        assert isinstance(parsed, RSAPrivateKey)  # nothing else is made
        while len(_private_keys) >= _KEPT_KEYS:
            _private_keys.popitem(last=False)
        found = _private_keys[cached] = parsed
    else:
        _private_keys.move_to_end(cached)
    return found
