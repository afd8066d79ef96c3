"""Developer-authenticated identities: a developer's own server logs its users in, and signs for them.

Law: the signature of the call is the proof, so that only who may call these operations can name a user; the user's
other logins are proven as always. `GetOpenIdTokenForDeveloperIdentity` gives the token that the app shows to
`GetCredentialsForIdentity` or to STS.
Source: Cognito developer guide, "Developer authenticated identities (identity pools)"; API reference.
"""

from collections.abc import Sequence

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_identity.faults import (
    developer_user_already_registered,
    identity_not_found,
    invalid_parameter,
    resource_conflict,
)
from gatewright.services.cognito_identity.faults import not_found as no_such_user
from gatewright.services.cognito_identity.identities import row_of
from gatewright.services.cognito_identity.identity_pools import page_position, show_page
from gatewright.services.cognito_identity.known import login_key
from gatewright.services.cognito_identity.linking import identity_for, identity_with, merge
from gatewright.services.cognito_identity.logins import ProvenLogin, developer_login, prove_logins
from gatewright.services.cognito_identity.own_tokens import AUTHENTICATED, issue_token
from gatewright.services.cognito_identity.pools import Pool, find_pool
from gatewright.services.cognito_identity.principal_tags import tags_of
from gatewright.services.cognito_identity.tables import IdentityRow, LoginRow
from gatewright.services.cognito_identity.unlink import unlink

_USUAL_SECONDS = 900
_LONGEST_USER = 1_024
_PAGE = 60


def _pool_of(call: Call, params: Params) -> tuple[Pool, str]:
    """Return the pool of a request and the name of its developer provider.

    Raises:
        Fault: `ResourceNotFoundException`; `InvalidParameterException` where the pool has no developer provider.
    """
    pool = find_pool(call, params["IdentityPoolId"])
    if pool.region != call.region:
        raise no_such_user(f"IdentityPool '{pool.identity_pool_id}' not found.")
    if pool.developer_provider is None:
        raise invalid_parameter("The identity pool has no developer provider: set DeveloperProviderName.")
    name = params.get("DeveloperProviderName")
    if name is not None and name != pool.developer_provider:
        raise invalid_parameter(f"The identity pool's developer provider is {pool.developer_provider}, not {name}.")
    return pool, pool.developer_provider


async def get_open_id_token_for_developer_identity(call: Call, params: Params) -> Result:
    """Register or find the identity of a developer's user, and give a token for it.

    Raises:
        Fault: `DeveloperUserAlreadyRegisteredException`, `InvalidParameterException`, `NotAuthorizedException` …
    """
    pool, provider = _pool_of(call, params)
    user = params["Logins"].get(provider)
    if not user or len(user) > _LONGEST_USER:
        raise invalid_parameter(f"Logins must have the developer provider {provider} with the user's identifier.")
    tags = _given_tags(params)
    others = {name: token for name, token in params["Logins"].items() if name != provider}
    proven = (developer_login(pool, provider, user), *await prove_logins(call, pool, others))
    identity_id = await _identity(call, pool, params.get("IdentityId"), proven)
    methods = (AUTHENTICATED, *dict.fromkeys(method for login in proven for method in login.methods))
    seconds = int(params.get("TokenDuration") or _USUAL_SECONDS)
    token = await issue_token(call, pool, identity_id, methods, seconds, {**tags_of(pool, proven), **tags})
    return {"IdentityId": identity_id, "Token": token}


def _given_tags(params: Params) -> dict[str, str]:
    tags: dict[str, str] = dict(params.get("PrincipalTags") or {})
    if any(key.lower().startswith("aws:") for key in tags) or len({key.lower() for key in tags}) != len(tags):
        raise invalid_parameter("PrincipalTags must have different keys, whatever their case, and none with aws:.")
    return tags


async def _identity(call: Call, pool: Pool, wanted: str | None, proven: Sequence[ProvenLogin]) -> str:
    if wanted is None:
        return await identity_for(call, pool, proven)
    row = await call.session.get(IdentityRow, wanted)
    if row is None or row.identity_pool_id != pool.identity_pool_id:
        raise identity_not_found(wanted)
    owner = await _owner(call, pool, proven[0].key)
    if owner is not None and owner.identity_id != wanted:
        raise developer_user_already_registered()
    return await identity_with(call, pool, wanted, proven, vouched=True)


async def _owner(call: Call, pool: Pool, key: str) -> IdentityRow | None:
    """Return the identity that a login belongs to."""
    found = select(IdentityRow).join(LoginRow, LoginRow.identity_id == IdentityRow.identity_id)
    owner: IdentityRow | None = await call.session.scalar(
        found.where(LoginRow.identity_pool_id == pool.identity_pool_id, LoginRow.login_key == key)
    )
    return owner


async def _owner_of_user(call: Call, pool: Pool, provider: str, user: str) -> IdentityRow:
    owner = await _owner(call, pool, login_key(provider, user))
    if owner is None:
        raise no_such_user(f"Developer user identifier '{user[:128]}' not found.")
    return owner


async def lookup_developer_identity(call: Call, params: Params) -> Result:
    """Return the identity of a developer's user, or an identity's users.

    Raises:
        Fault: `ResourceNotFoundException`, `ResourceConflictException`, `InvalidParameterException`.
    """
    pool, provider = _pool_of(call, params)
    identity_id: str | None = params.get("IdentityId")
    user: str | None = params.get("DeveloperUserIdentifier")
    if user is not None:
        owner = await _owner_of_user(call, pool, provider, user)
        if identity_id is not None and owner.identity_id != identity_id:
            raise resource_conflict("The developer user identifier belongs to another identity.")
        if identity_id is not None:
            return {"IdentityId": identity_id, "DeveloperUserIdentifierList": [user]}
        identity_id = owner.identity_id
    if identity_id is None:
        raise invalid_parameter("Give IdentityId or DeveloperUserIdentifier.")
    row = await row_of(call, identity_id)
    if row.identity_pool_id != pool.identity_pool_id:
        raise identity_not_found(identity_id)
    return {"IdentityId": identity_id, **await _users(call, params, provider, identity_id)}


async def _users(call: Call, params: Params, provider: str, identity_id: str) -> Result:
    size = params.get("MaxResults") or _PAGE
    query = select(LoginRow).where(LoginRow.identity_id == identity_id, LoginRow.provider == provider)
    query = query.order_by(LoginRow.login_key).limit(size + 1)
    listing = f"users of {identity_id}"
    if (position := page_position(call, params, listing)) is not None:
        query = query.where(LoginRow.login_key > position)
    rows = [(row.login_key, row.subject) for row in await call.session.scalars(query)]
    page = show_page(
        call, listing, "DeveloperUserIdentifierList", rows, size, lambda row: row[0], lambda row: {"user": row[1]}
    )
    return {**page, "DeveloperUserIdentifierList": [one["user"] for one in page["DeveloperUserIdentifierList"]]}


async def merge_developer_identities(call: Call, params: Params) -> Result:
    """Make the users of two identities one: all logins go to the destination's identity, the source's is disabled.

    Raises:
        Fault: `ResourceNotFoundException`, `ResourceConflictException`.
    """
    pool, provider = _pool_of(call, params)
    source = await _owner_of_user(call, pool, provider, params["SourceUserIdentifier"])
    destination = await _owner_of_user(call, pool, provider, params["DestinationUserIdentifier"])
    if source.identity_id != destination.identity_id:
        await merge(call, pool, destination, [source])
    return {"IdentityId": destination.identity_id}


async def unlink_developer_identity(call: Call, params: Params) -> Result | None:
    """Take a developer's user away from an identity.

    Raises:
        Fault: `ResourceNotFoundException`, `ResourceConflictException`.
    """
    pool, provider = _pool_of(call, params)
    user = params["DeveloperUserIdentifier"]
    owner = await _owner_of_user(call, pool, provider, user)
    if owner.identity_id != params["IdentityId"]:
        raise resource_conflict("The developer user identifier belongs to another identity.")
    await unlink(call, owner.identity_id, LoginRow.login_key == login_key(provider, user))
    return None
