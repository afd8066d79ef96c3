"""Tokens of identities that were deleted, merged or unlinked: `sts` takes none that was issued before.

Law: written with the change itself, read from memory by every worker; kept for as long as the longest token lives.
"""

from sqlalchemy import delete, select

from gatewright.control.service import Call
from gatewright.services.cognito_identity.tables import RevocationRow

SHELF = "cognito-identity.revoked"  # identity id -> the moment from which on its tokens count
LONGEST_TOKEN = 86_400  # seconds: TokenDuration of GetOpenIdTokenForDeveloperIdentity
_SLACK = 600
_FORGOTTEN_AT_ONCE = 100  # whoever pays for a thousand is kept waiting, and a database takes so many keys and no more


async def revoke_tokens(call: Call, *identity_ids: str) -> None:
    """Let no token count that was issued to these identities until now."""
    old = select(RevocationRow.identity_id).where(RevocationRow.at < call.now - LONGEST_TOKEN - _SLACK)
    forgotten = [*await call.session.scalars(old.limit(_FORGOTTEN_AT_ONCE))]
    touched = [*forgotten, *identity_ids]
    await call.session.execute(delete(RevocationRow).where(RevocationRow.identity_id.in_(touched)))
    call.session.add_all([RevocationRow(identity_id=identity_id, at=call.now) for identity_id in set(identity_ids)])
    await call.session.flush()
    for identity_id in touched:
        call.publish(SHELF, identity_id)
