"""`AssumeRoleWithWebIdentity`: whoever an identity provider vouches for becomes a role for a while.

Law: the token is proven before the role is looked at, and an unknown role is answered like one that does not trust.
Accepted are tokens of our identity pools, of the OpenID Connect providers that `iam` has, and of public providers whose
issuer the operator has named.
Source: STS API reference, `AssumeRoleWithWebIdentity`; IAM user guide, "OIDC federation".
"""

from gatewright.control.federation.login import Login, LoginRefused, Problem
from gatewright.control.federation.oidc import issuer_of, prove_token
from gatewright.control.federation.public_providers import (
    NAMES,
    how_to_configure,
    public_provider,
    public_provider_of,
)
from gatewright.control.federation.session import (
    STEP,
    FederatedIdentity,
    SessionWanted,
    may_assume,
    session_of,
    web_identity,
)
from gatewright.control.service import Call, Params, Result
from gatewright.services.sts.faults import (
    expired_token,
    invalid_identity_token,
    not_authorized,
    validation_error,
)
from gatewright.services.sts.pool_tokens import ISSUER, prove_pool_token
from gatewright.services.sts.roles import find_role
from gatewright.services.sts.session_policies import session_policies
from gatewright.services.sts.sessions import issue, seconds_of, show_role_session
from gatewright.services.sts.token_tags import source_identity_in, tags_of
from gatewright.storage.providers import OIDC_SHELF, OidcProvider
from gatewright.wire.faults import Fault

_OPERATION = "AssumeRoleWithWebIdentity"
_NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
_NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)


async def assume_role_with_web_identity(call: Call, params: Params) -> Result:
    """Give the bearer of an identity token temporary credentials of a role.

    Raises:
        Fault: `InvalidIdentityToken`, `ExpiredTokenException`, `AccessDenied`, `ValidationError` …
    """
    try:
        login, principal = await _prove(call, params)
    except LoginRefused as refusal:
        call.trace.refused("login", str(refusal))
        raise _worded(refusal, call.now) from None
    identity = web_identity(login.provider, login.subject, login.audience, login.methods, principal=principal)
    role = find_role(call, params["RoleArn"])
    if role is None:
        call.trace.refused(STEP, f"The role {params['RoleArn']} does not exist.")
        raise not_authorized(_OPERATION)
    wanted = _wanted(call, params, login)
    if not may_assume(call, role, identity, wanted):
        raise not_authorized(_OPERATION)
    seconds_of(params, role)
    return {
        **issue(call, params, session_of(call, role, wanted, identity)),
        **show_role_session(role, wanted),
        **_show_identity(identity),
    }


def _show_identity(identity: FederatedIdentity) -> dict[str, str]:
    return {
        "SubjectFromWebIdentityToken": identity.subject,
        "Provider": identity.principal,
        "Audience": identity.audience,
    }


def _wanted(call: Call, params: Params, login: Login) -> SessionWanted:
    tags = tags_of(login.claims)
    return SessionWanted(
        name=params["RoleSessionName"],
        seconds=int(params.get("DurationSeconds") or 3_600),
        policies=session_policies(call, params),
        tags=tags.tags,
        transitive_tags=tags.transitive,
        source_identity=source_identity_in(login.claims),
    )


async def _prove(call: Call, params: Params) -> tuple[Login, str]:
    """Return the login that a token proves, and what a trust policy calls its provider.

    Raises:
        LoginRefused: the token proves nothing.
        Fault: there is no such provider.
    """
    token: str = params["WebIdentityToken"]
    if params.get("ProviderId"):
        provider = _by_name(call, params["ProviderId"])
        return await _of_public(call, provider, token)
    issuer = issuer_of(token)
    if issuer == ISSUER:
        login = prove_pool_token(call, token)
        return login, login.provider
    own = _own_provider(call, issuer)
    if own is not None:
        return await prove_token(call.key_sets, own, own.issuer, token, call.now), own.arn
    public = public_provider_of(call.settings, issuer)
    if public is None:
        raise invalid_identity_token(f"No OpenIDConnect provider found in your account for {issuer[:255]}")
    return await _of_public(call, public, token)


async def _of_public(call: Call, provider: OidcProvider, token: str) -> tuple[Login, str]:
    # Whose app it is for is not registered anywhere: the trust policy must say it, or it lets in nobody.
    login = await prove_token(call.key_sets, provider, provider.arn, token, call.now, for_anybody=True)
    return login, provider.arn


def _own_provider(call: Call, issuer: str) -> OidcProvider | None:
    arn = f"arn:aws:iam::{call.account}:oidc-provider/{issuer.partition('://')[2]}"
    found: OidcProvider | None = call.shelf(OIDC_SHELF).get(arn)
    return found if found is not None and found.url == issuer else None


def _by_name(call: Call, name: str) -> OidcProvider:
    if name not in NAMES:
        raise validation_error(f"ProviderId must be one of {', '.join(NAMES)}, and only for their tokens.")
    provider = public_provider(call.settings, name)
    if provider is None:
        raise invalid_identity_token(f"Tokens of {name} are not accepted here. {how_to_configure(name)}")
    return provider


def _worded(refusal: LoginRefused, now: float) -> Fault:
    if refusal.problem is Problem.EXPIRED:
        return expired_token(
            f"Token expired: current date/time {int(now)} must be before the expiration date/time {refusal.detail}"
        )
    return invalid_identity_token(
        {
            Problem.MALFORMED: _NOT_A_JWT,
            Problem.MISSING: f"Missing a required claim: {refusal.detail}",
            Problem.ISSUER: f"Incorrect token issuer: {refusal.detail}",
            Problem.AUDIENCE: "Incorrect token audience",
            Problem.TOO_EARLY: "Token was issued in the future: check the clock of its issuer.",
            Problem.UNREACHABLE: _NO_KEY,
        }.get(refusal.problem, "The signature of the token is not that of its issuer.")
    )
