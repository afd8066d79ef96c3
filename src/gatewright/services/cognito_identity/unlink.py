"""`UnlinkIdentity`: a user takes a login away from an identity.

Law: who unlinks must prove one of the identity's logins; everything in `Logins` must be proven. With the last login
gone nobody gets the identity any more. Tokens that were issued before stop to count.
Source: Cognito federated identities API reference, `UnlinkIdentity`.
"""

from sqlalchemy import delete

from gatewright.control.service import Call, Params, Result
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity import known
from gatewright.services.cognito_identity.faults import (
    identity_is_forbidden,
    identity_not_found,
    invalid_parameter,
    logins_do_not_match,
    provider_not_supported,
)
from gatewright.services.cognito_identity.known import SHELF, State
from gatewright.services.cognito_identity.logins import prove_logins
from gatewright.services.cognito_identity.revocations import revoke_tokens
from gatewright.services.cognito_identity.tables import IdentityRow, LoginRow
from gatewright.services.cognito_identity.user_pool_logins import find_user_pool


async def unlink_identity(call: Call, params: Params) -> Result | None:
    """Take logins away from an identity.

    Raises:
        Fault: `NotAuthorizedException`, `ResourceNotFoundException`, `InvalidParameterException`.
    """
    identity_id: str = params["IdentityId"]
    identity, pool = await known.find(call, identity_id)
    removed = [find_user_pool(call, pool, name) or name for name in params["LoginsToRemove"]]
    if PROVIDER in params["Logins"]:
        raise provider_not_supported()
    await call.work.commit()  # what was read; no transaction stays open while providers are asked
    proven = await prove_logins(call, pool, params["Logins"])
    if identity.state is not State.AUTHENTICATED:
        raise identity_is_forbidden(identity_id)
    if not proven or not all(identity.has(login.key) for login in proven):
        raise logins_do_not_match()
    missing = [name for name in removed if name == pool.developer_provider or not identity.has_provider(name)]
    if not removed or missing:
        raise invalid_parameter(f"The identity has no such login to remove: {', '.join(missing) or 'none was named'}.")
    await unlink(call, identity_id, LoginRow.provider.in_(removed))
    return None


async def unlink(call: Call, identity_id: str, which: object) -> None:
    """Delete some logins of an identity, and let no token count that was issued before.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    row = await call.session.get(IdentityRow, identity_id)
    if row is None:  # deleted since its logins were seen
        raise identity_not_found(identity_id)
    row.modified_at = call.now
    await call.session.execute(delete(LoginRow).where(LoginRow.identity_id == identity_id, which))  # type: ignore[arg-type]
    await revoke_tokens(call, identity_id)
    call.publish(SHELF, identity_id)
