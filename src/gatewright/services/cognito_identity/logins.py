"""Logins: what a visitor brings from an identity provider, proven one by one.

In: the `Logins` map of a request: provider -> token. Out: `ProvenLogin`s. Law: every one must be proven, or the whole
call fails; a provider that the pool does not have proves nothing. Nothing is written here, and no transaction is open
while a provider is asked for its keys.
Source: Cognito developer guide, "Identity pools authentication flow", "Open ID Connect providers", "SAML identity
providers".

The third entry of `amr` is written by AWS as `provider:…:subject`; for user pools the middle is known to be
`CognitoSignIn`, for developer providers the pool's id. For OpenID Connect it is assumed to be `OIDC`, for public
providers the app's id.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from gatewright.control.federation.login import Login, LoginRefused, Problem
from gatewright.control.federation.oidc import prove_token
from gatewright.control.federation.public_providers import public_provider
from gatewright.control.federation.saml import prove_assertion
from gatewright.control.service import Call
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity.faults import (
    external_service,
    invalid_login,
    not_authorized,
    provider_not_supported,
)
from gatewright.services.cognito_identity.known import login_key
from gatewright.services.cognito_identity.own_tokens import prove_own_token
from gatewright.services.cognito_identity.pools import Pool, issuer_name
from gatewright.services.cognito_identity.user_pool_logins import find_user_pool, prove_user_pool_token
from gatewright.storage.providers import OIDC_SHELF, SAML_SHELF, OidcProvider, SamlProvider
from gatewright.wire.faults import Fault

STEP = "login"
_LONGEST_SUBJECT = 1_024  # characters that `LoginRow` keeps


class ProvenLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A login that its provider vouches for."""

    provider: str  # as the request calls it
    subject: str
    key: str  # by which it is found among the linked ones
    methods: tuple[str, ...]  # its part of amr
    client: str = ""  # the audience: role mappings of user pools name it
    claims: Mapping[str, Any] = {}
    roles: tuple[str, ...] = ()  # that a SAML assertion offers


async def prove_logins(call: Call, pool: Pool, logins: Mapping[str, str]) -> tuple[ProvenLogin, ...]:
    """Return the logins of a request, all of them proven.

    Raises:
        Fault: `NotAuthorizedException`; `ExternalServiceException` where a provider is away.
    """
    proven = tuple([await _prove(call, pool, name, token) for name, token in logins.items()])
    if len({login.provider for login in proven}) < len(proven):  # a user pool has two names, and one user at a time
        raise invalid_login("Two logins are of the same provider.")
    return proven


async def _prove(call: Call, pool: Pool, name: str, token: str) -> ProvenLogin:
    try:
        login = await _prove_with(call, pool, name, token)
    except LoginRefused as refusal:
        call.trace.refused(STEP, f"{name[:200]}: {refusal}", **_seen(pool, name))
        raise _worded(refusal, call.now) from None
    if len(login.subject) > _LONGEST_SUBJECT or "\0" in login.subject:  # no database keeps it
        call.trace.refused(STEP, f"{name}: the user's name is too long, or no text")
        raise invalid_login("The user's name cannot be kept.")
    call.trace.passed(STEP, f"{name} vouches for {login.subject}")
    return login


def _seen(pool: Pool, name: str) -> dict[str, object]:
    """Return what the advice about a refused login names."""
    return {
        "provider": name[:200],
        "identity_pool": pool.identity_pool_id,
        "visitors": pool.allow_unauthenticated,
    }


async def _prove_with(call: Call, pool: Pool, name: str, token: str) -> ProvenLogin:
    """Ask the provider that a login names.

    Raises:
        LoginRefused: the token proves nothing.
        Fault: the pool has no such provider.
    """
    if name in pool.login_providers:
        provider = public_provider(call.settings, name)
        if provider is not None:
            app = pool.login_providers[name]
            mine = msgspec.structs.replace(provider, client_ids=(app,))
            return _login(await prove_token(call.key_sets, mine, name, token, call.now), app)
    for arn in pool.oidc_providers:
        registered: OidcProvider | None = call.shelf(OIDC_SHELF).get(arn)
        if registered is not None and issuer_name(arn) == name:
            return _login(await prove_token(call.key_sets, registered, name, token, call.now), "OIDC")
    if name in pool.saml_providers:
        saml: SamlProvider | None = call.shelf(SAML_SHELF).get(name)
        if saml is not None:
            return _saml_login(await prove_assertion(saml, token, call.now), name)
    user_pool = find_user_pool(call, pool, name)
    if user_pool is not None:
        return _login(await prove_user_pool_token(call, pool, user_pool, token), "CognitoSignIn")
    if name == PROVIDER:
        return _own_login(prove_own_token(call, pool, token))
    why = f"The pool has no provider {name[:200]}."
    call.trace.refused(STEP, why, **_seen(pool, name))
    if name == pool.developer_provider:
        raise not_authorized("The developer provider's logins are for GetOpenIdTokenForDeveloperIdentity only.")
    raise provider_not_supported()


def _login(login: Login, middle: str) -> ProvenLogin:
    return ProvenLogin(
        provider=login.provider,
        subject=login.subject,
        key=login_key(login.provider, login.subject),
        methods=(login.provider, f"{login.provider}:{middle}:{login.subject}"),
        client=login.audience,
        claims=login.claims,
    )


def _saml_login(assertion: Any, arn: str) -> ProvenLogin:
    return ProvenLogin(
        provider=arn,
        subject=assertion.subject,
        key=login_key(arn, assertion.subject),
        methods=(arn, f"{arn}:{assertion.subject}"),
        claims=assertion.attributes,
        roles=tuple(role for role, provider in assertion.roles if provider == arn),
    )


def _own_login(login: Login) -> ProvenLogin:
    return ProvenLogin(
        provider=PROVIDER,
        subject=login.subject,
        key="",  # it is linked to nothing: it *is* the identity
        methods=tuple(method for method in login.methods if method != "authenticated"),
        client=login.audience,
        claims=login.claims,
    )


def developer_login(pool: Pool, provider: str, user: str) -> ProvenLogin:
    """Return the login of a developer's user, whom the developer's own signature vouches for."""
    return ProvenLogin(
        provider=provider,
        subject=user,
        key=login_key(provider, user),
        methods=(provider, f"{provider}:{pool.identity_pool_id}:{user}"),
    )


def _worded(refusal: LoginRefused, now: float) -> Fault:
    if refusal.problem is Problem.UNREACHABLE:
        return external_service("The identity provider's keys could not be fetched. Try again in ten seconds.")
    if refusal.problem is Problem.AUDIENCE:
        return provider_not_supported()
    return invalid_login(
        {
            Problem.MALFORMED: "Not a valid OpenId Connect identity token.",
            Problem.MISSING: f"Missing a required claim: {refusal.detail}",
            Problem.ISSUER: "Issuer doesn't match providerName",
            Problem.EXPIRED: f"Token expired: {int(now)} >= {refusal.detail}",
            Problem.TOO_EARLY: "Token is not valid yet: check the clock of its issuer.",
        }.get(refusal.problem, "Couldn't verify signed token.")
    )
