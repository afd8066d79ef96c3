"""Tokens that we issue: for the classic flow, and for users whom a developer's own server has logged in.

Law: a token says who (the identity), where (the pool) and how (`amr`), is signed with the newest key, and stops to
count when its identity is deleted, merged or unlinked. Source: Cognito developer guide, "Identity pools authentication
flow", "Developer authenticated identities".
"""

from collections.abc import Mapping
from typing import Any

from gatewright.control.federation.login import Login, LoginRefused, Problem
from gatewright.control.service import Call
from gatewright.core.jwt import BadToken, VerifyingKey, verify
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity import revocations, signing_keys
from gatewright.services.cognito_identity.pools import Pool

AUTHENTICATED = "authenticated"
_TAGS = "https://aws.amazon.com/tags"


async def issue_token(
    call: Call, pool: Pool, identity_id: str, methods: tuple[str, ...], seconds: int, tags: Mapping[str, str]
) -> str:
    """Return a token for an identity, good for so many seconds; `tags` become those of the session that it is traded
    for."""
    issued = int(call.now)
    claims: dict[str, Any] = {
        "sub": identity_id,
        "aud": pool.identity_pool_id,
        "amr": list(methods),
        "iss": f"https://{PROVIDER}",
        "iat": issued,
        "exp": issued + seconds,
    }
    if tags:
        claims[_TAGS] = {"principal_tags": {key: [value] for key, value in tags.items()}}
    return await signing_keys.signed(call, claims)


def prove_own_token(call: Call, pool: Pool, token: str) -> Login:
    """Return whose token of an authenticated identity it is, where we issued it for this pool and it still counts.

    Raises:
        LoginRefused: it proves nothing.
    """
    shelf = call.shelf(signing_keys.SHELF)

    def find(key_id: str) -> VerifyingKey | None:
        key: VerifyingKey | None = shelf.get(key_id)
        return key

    try:
        claims = verify(token, find)
    except BadToken as refusal:
        raise LoginRefused(Problem.SIGNATURE, str(refusal)) from None
    # We signed it, so that its claims are of the kinds that we write.
    if claims["exp"] <= call.now:
        raise LoginRefused(Problem.EXPIRED, f"{claims['exp']}")
    if claims["aud"] != pool.identity_pool_id or AUTHENTICATED not in claims["amr"]:
        raise LoginRefused(Problem.AUDIENCE, "it is of another pool, or of a visitor")
    revoked: float | None = call.shelf(revocations.SHELF).get(claims["sub"])
    if revoked is not None and claims["iat"] <= revoked:
        raise LoginRefused(Problem.EXPIRED, "the identity was deleted, merged or unlinked after it was issued")
    return Login(
        provider=PROVIDER,
        subject=claims["sub"],
        audience=claims["aud"],
        methods=tuple(claims["amr"]),
        claims=claims,
        expires_at=float(claims["exp"]),
    )


def tags_in(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags that a token of ours carries."""
    tags = claims.get(_TAGS, {}).get("principal_tags", {})
    return {key: values[0] for key, values in tags.items()}
