"""`GetCredentialsForIdentity`, the enhanced flow, and `GetOpenIdToken`, the classic one.

Law: this is the hot path: pool, identity, role and trust policy are read from memory, the session is sealed, nothing
is written - unless a login is seen with an identity for the first time. What an unauthenticated identity gets by the
enhanced flow is scoped down (`policy/scope_down.py`). Source: Cognito developer guide, "Identity pools authentication
flow".

The classic flow is open only where `AllowClassicFlow` is true. AWS also lets it pass where the flag was never set; as
the flow escapes the scope-down, what was not switched on is off here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from gatewright.control.federation.session import SessionWanted, may_assume, session_of, web_identity
from gatewright.control.service import Call, Params, Result
from gatewright.policy import scope_down
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity import known, own_tokens
from gatewright.services.cognito_identity.faults import (
    identity_is_forbidden,
    invalid_configuration,
    invalid_parameter,
    logins_do_not_match,
    not_authorized,
)
from gatewright.services.cognito_identity.identities import STEP, must_be_open_to_visitors
from gatewright.services.cognito_identity.known import Identity, State
from gatewright.services.cognito_identity.linking import belongs, identity_with
from gatewright.services.cognito_identity.logins import ProvenLogin, prove_logins
from gatewright.services.cognito_identity.own_tokens import AUTHENTICATED
from gatewright.services.cognito_identity.pool_roles import UNAUTHENTICATED
from gatewright.services.cognito_identity.pools import Pool
from gatewright.services.cognito_identity.principal_tags import tags_of
from gatewright.services.cognito_identity.role_mapping import NoRole, Offer, choose_role
from gatewright.storage.credentials import SessionTooLarge
from gatewright.storage.principals import SHELF as PRINCIPALS
from gatewright.storage.principals import Principal

_SESSION_NAME = "CognitoIdentityCredentials"
_SECONDS = 3_600
_TOKEN_SECONDS = 600


class Standing(msgspec.Struct, frozen=True):
    """Who asks: an identity, how it was proven, and the tags that come with it."""

    identity_id: str
    pool: Pool
    methods: tuple[str, ...]  # amr
    proven: tuple[ProvenLogin, ...] = ()
    tags: Mapping[str, str] = {}


async def _stand(call: Call, params: Params) -> Standing:
    """Return who asks: a visitor, or an identity with logins that are all proven.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`, `ResourceConflictException` …
    """
    identity_id: str = params["IdentityId"]
    identity, pool = await known.find(call, identity_id)
    logins = params.get("Logins")
    if not logins:
        must_be_open_to_visitors(call, pool)
        if identity.state is not State.VISITOR:
            call.trace.refused(STEP, f"The identity is {identity.state.name.lower()}, and no login was given.")
            raise identity_is_forbidden(identity_id)
        return Standing(identity_id, pool, (UNAUTHENTICATED,))
    await call.work.commit()  # what was read; no transaction stays open while providers are asked
    proven = await prove_logins(call, pool, logins)
    own = [login for login in proven if login.provider == PROVIDER]
    if own:
        _must_be_of(call, pool, identity_id, identity, own[0])
    others = tuple(login for login in proven if login.provider != PROVIDER)
    if others and not belongs(identity, others):
        identity_id = await call.apart(lambda apart: identity_with(apart, pool, identity_id, others))
    methods = tuple(dict.fromkeys(method for login in proven for method in login.methods))
    tags = {**tags_of(pool, others), **(own_tokens.tags_in(own[0].claims) if own else {})}
    return Standing(identity_id, pool, (AUTHENTICATED, *methods), proven, tags)


def _must_be_of(call: Call, pool: Pool, identity_id: str, identity: Identity, own: ProvenLogin) -> None:
    """Refuse a token of ours that is another identity's, or whose developer login was taken away."""
    linked = identity.state is State.AUTHENTICATED and identity.has_provider(pool.developer_provider)
    if own.subject != identity_id or not linked:
        call.trace.refused(STEP, "The token is of another identity, or its developer login was unlinked.")
        raise logins_do_not_match()


async def get_credentials_for_identity(call: Call, params: Params) -> Result:
    """Give an identity temporary credentials of its pool's role; a visitor's are scoped down.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`, `InvalidIdentityPoolConfigurationException` …
    """
    standing = await _stand(call, params)
    asked = params.get("CustomRoleArn")
    if not standing.proven and asked is not None:
        raise invalid_parameter("CustomRoleArn chooses among the roles of a login; this identity has no login.")
    role = _role(call, standing, asked) if standing.proven else _role_of_visitors(call, standing.pool)
    identity = web_identity(PROVIDER, standing.identity_id, standing.pool.identity_pool_id, standing.methods)
    limits = () if standing.proven else (scope_down.NAME,)
    wanted = SessionWanted(name=_SESSION_NAME, seconds=_SECONDS, policies=limits, tags=standing.tags)
    if not may_assume(call, role, identity, wanted):
        raise invalid_configuration()
    try:
        credentials = call.credentials.issue(session_of(call, role, wanted, identity))
    except SessionTooLarge:
        raise invalid_configuration() from None
    return {
        "IdentityId": standing.identity_id,
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": datetime.fromtimestamp(int(credentials.expiration), UTC),
        },
    }


def _role(call: Call, standing: Standing, asked: str | None) -> Principal:
    """Return the role that the logins lead to.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidIdentityPoolConfigurationException`.
    """
    pool = standing.pool
    offers = [
        Offer(provider=login.provider, client=login.client, claims=login.claims, roles=login.roles)
        for login in standing.proven
    ]
    try:
        arn = choose_role(pool.roles, pool.role_mappings, offers, asked)
    except NoRole as refusal:
        call.trace.refused(STEP, str(refusal), identity_pool=pool.identity_pool_id)
        raise (not_authorized(str(refusal)) if refusal.configured else invalid_configuration()) from None
    return _existing(call, arn)


def _role_of_visitors(call: Call, pool: Pool) -> Principal:
    arn = pool.roles.get(UNAUTHENTICATED)
    if arn is None:
        why = "The pool has no role for unauthenticated identities: set it with SetIdentityPoolRoles."
        call.trace.refused(STEP, why, identity_pool=pool.identity_pool_id)
        raise invalid_configuration()
    return _existing(call, arn)


def _existing(call: Call, arn: str) -> Principal:
    role: Principal | None = call.shelf(PRINCIPALS).get(arn)
    if role is None or role.trust_policy is None:
        call.trace.refused(STEP, f"The role {arn[:2048]} does not exist.")
        raise invalid_configuration()
    return role


async def get_open_id_token(call: Call, params: Params) -> Result:
    """Give an identity a token for `sts:AssumeRoleWithWebIdentity`, good for ten minutes.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`, `InvalidParameterException`.
    """
    if PROVIDER in (params.get("Logins") or {}):
        raise invalid_parameter(f"A token of {PROVIDER} is already what this operation gives.")
    standing = await _stand(call, params)
    if not standing.pool.allow_classic_flow:
        call.trace.refused(STEP, "AllowClassicFlow of the pool is not true.")
        raise invalid_parameter("Basic (classic) flow is not enabled, please use enhanced flow.")
    if any(login.roles or ":saml-provider/" in login.provider for login in standing.proven):
        raise invalid_parameter("Logins of SAML providers have the enhanced flow only.")
    token = await own_tokens.issue_token(
        call, standing.pool, standing.identity_id, standing.methods, _TOKEN_SECONDS, standing.tags
    )
    return {"IdentityId": standing.identity_id, "Token": token}
