"""Tokens of our own identity pools: what `GetOpenIdToken` and `GetOpenIdTokenForDeveloperIdentity` hand out.

In: a token. Out: whom it is of. Law: one of our keys signed it, its time has not run out, its pool still exists, and
its identity was not deleted, merged away or unlinked since.
Source: Cognito developer guide, "Identity pools authentication flow".
"""

from typing import Any

from gatewright.control.federation.login import Login, LoginRefused, Problem
from gatewright.control.service import Call
from gatewright.core.jwt import BadToken, VerifyingKey, verify
from gatewright.policy.audience import PROVIDER

ISSUER = f"https://{PROVIDER}"
SIGNING_KEYS = "cognito-identity.signing-key"  # shelf: key id -> VerifyingKey
POOLS = "cognito-identity.pool"  # shelf: pool id -> snapshot
REVOKED = "cognito-identity.revoked"  # shelf: identity id -> the moment from which on its tokens count
_SKEW = 300  # seconds that the clocks of two nodes may differ


def prove_pool_token(call: Call, token: str) -> Login:
    """Return whom one of our identity pools vouches for.

    Raises:
        LoginRefused: the token proves nothing, or does not count any more.
    """
    shelf = call.shelf(SIGNING_KEYS)

    def find(key_id: str) -> VerifyingKey | None:
        key: VerifyingKey | None = shelf.get(key_id)
        return key

    try:
        claims = verify(token, find)
    except BadToken as refusal:
        raise LoginRefused(Problem.SIGNATURE, str(refusal)) from None
    return _login(call, claims)


def _login(call: Call, claims: dict[str, Any]) -> Login:
    expires, issued, pool, methods = (claims.get(name) for name in ("exp", "iat", "aud", "amr"))
    well_formed = (
        isinstance(expires, int | float)
        and isinstance(issued, int | float)
        and isinstance(pool, str)
        and isinstance(claims.get("sub"), str)
        and isinstance(methods, list)
    )
    if not well_formed:
        raise LoginRefused(Problem.MISSING, "one of sub, aud, amr, iat, exp")
    assert isinstance(expires, int | float)
    if expires <= call.now:
        raise LoginRefused(Problem.EXPIRED, f"{int(expires)}")
    if isinstance(issued, int | float) and issued > call.now + _SKEW:
        raise LoginRefused(Problem.TOO_EARLY, "iat is in the future")
    if call.shelf(POOLS).get(str(pool)) is None:
        raise LoginRefused(Problem.AUDIENCE, "the identity pool was deleted after it issued the token")
    revoked: float | None = call.shelf(REVOKED).get(str(claims["sub"]))
    if revoked is not None and isinstance(issued, int | float) and issued <= revoked:
        raise LoginRefused(Problem.AUDIENCE, "the identity was deleted, merged or unlinked after the token was issued")
    return Login(
        provider=PROVIDER,
        subject=str(claims["sub"]),
        audience=str(pool),
        methods=tuple(map(str, methods or ())),
        claims=claims,
        expires_at=float(expires),
    )
