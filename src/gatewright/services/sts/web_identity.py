"""`AssumeRoleWithWebIdentity`: whoever an identity provider vouches for becomes a role for a while.

Law: the token is proven before the role is looked at, and an unknown role is answered like one that does not trust.
Providers of one's own (OIDC) are refused until they can be made; tokens of our identity pools are what is accepted.
Source: STS API reference, `AssumeRoleWithWebIdentity`; IAM user guide, "OIDC federation".
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.control.web_identity import STEP, SessionWanted, WebIdentity, may_assume, session_of
from gatewright.core.arn import assumed_role_arn
from gatewright.core.jwt import BadToken, VerifyingKey, unverified_claims, verify
from gatewright.policy.audience import PROVIDER
from gatewright.services.sts.faults import (
    expired_token,
    invalid_identity_token,
    not_authorized_with_web_identity,
    not_yet,
)
from gatewright.services.sts.roles import find_role
from gatewright.services.sts.session_policies import packed_percent, session_policies
from gatewright.services.sts.sessions import issue, seconds_of, show_credentials

_ISSUER = f"https://{PROVIDER}"
SIGNING_KEYS = "cognito-identity.signing-key"  # shelf: key id -> VerifyingKey
_SKEW = 300  # seconds that the clocks of two nodes may differ
POOLS = "cognito-identity.pool"
_NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"


async def assume_role_with_web_identity(call: Call, params: Params) -> Result:
    """Give the bearer of an identity token temporary credentials of a role.

    Raises:
        Fault: `InvalidIdentityToken`, `ExpiredTokenException`, `AccessDenied`, `ValidationError` …
    """
    if params.get("ProviderId"):
        raise not_yet("ProviderId (OAuth 2.0 access tokens)", "Pass an OpenID Connect token of an identity pool.")
    identity = _proven(call, params["WebIdentityToken"])
    role = find_role(call, params["RoleArn"])
    if role is None:
        call.trace.refused(STEP, f"The role {params['RoleArn']} does not exist.")
        raise not_authorized_with_web_identity()
    seconds = int(params.get("DurationSeconds") or 3_600)
    wanted = SessionWanted(name=params["RoleSessionName"], seconds=seconds, policies=session_policies(call, params))
    if not may_assume(call, role, identity, wanted):
        raise not_authorized_with_web_identity()
    seconds_of(params, role)
    credentials = issue(call, session_of(call, role, identity, wanted))
    account, name = role.arn.split(":", 5)[4], role.arn.rsplit("/", 1)[-1]
    answer: dict[str, Any] = {
        "Credentials": show_credentials(credentials),
        "SubjectFromWebIdentityToken": identity.subject,
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role.unique_id}:{wanted.name}",
            "Arn": assumed_role_arn(account, name, wanted.name),
        },
        "Provider": identity.provider,
        "Audience": identity.audience,
    }
    if wanted.policies:
        answer["PackedPolicySize"] = packed_percent(*wanted.policies)
    return answer


def _proven(call: Call, token: str) -> WebIdentity:
    """Return who a token was issued to, where one of our identity pools issued it and it still counts.

    Raises:
        Fault: `InvalidIdentityToken` or `ExpiredTokenException`.
    """
    try:
        issuer = unverified_claims(token).get("iss")
    except BadToken:
        raise invalid_identity_token(_NOT_A_JWT) from None
    if issuer != _ISSUER:
        raise invalid_identity_token(f"No OpenIDConnect provider found in your account for {_legible(issuer)}")
    try:
        claims = verify(token, _key_finder(call))
    except BadToken:
        raise invalid_identity_token("The signature of the token is not that of its issuer.") from None
    return _identity(call, claims)


def _identity(call: Call, claims: dict[str, Any]) -> WebIdentity:
    expires, issued, pool, methods = (claims.get(name) for name in ("exp", "iat", "aud", "amr"))
    well_formed = (
        isinstance(expires, int | float)
        and isinstance(issued, int | float)
        and isinstance(pool, str)
        and isinstance(claims.get("sub"), str)
        and isinstance(methods, list)
    )
    if not well_formed:
        raise invalid_identity_token("Missing a required claim: one of sub, aud, amr, iat, exp")
    assert isinstance(expires, int | float)
    if expires <= call.now:
        message = (
            f"Token expired: current date/time {int(call.now)} must be before the expiration date/time {int(expires)}"
        )
        raise expired_token(message)
    if isinstance(issued, int | float) and issued > call.now + _SKEW:
        raise invalid_identity_token("Token was issued in the future: check the clock of its issuer.")
    if call.shelf(POOLS).get(str(pool)) is None:  # the pool was deleted after it issued the token
        raise invalid_identity_token("Incorrect token audience")
    return WebIdentity(
        provider=PROVIDER, subject=str(claims["sub"]), audience=str(pool), methods=tuple(map(str, methods or ()))
    )


def _key_finder(call: Call) -> Any:
    shelf = call.shelf(SIGNING_KEYS)

    def find(key_id: str) -> VerifyingKey | None:
        key: VerifyingKey | None = shelf.get(key_id)
        return key

    return find


def _legible(issuer: object) -> str:
    """Return an issuer for a message: what an attacker writes there is shortened."""
    return str(issuer)[:255]
