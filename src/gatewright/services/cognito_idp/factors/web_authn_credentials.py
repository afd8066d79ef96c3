"""Passkeys of whoever shows an access token: listed, deleted. How they are made is in `web_authn_registration.py`.

Law: a passkey is one user's, and nobody else sees or deletes it. Those of a relying party that the pool had before are
listed too, so that they can be deleted; they sign nobody in.
Source: Cognito API reference, `ListWebAuthnCredentials`, `DeleteWebAuthnCredential`.
"""

from typing import Any

from sqlalchemy import and_, or_, select

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.factors.web_authn_proof import is_credential_id
from gatewright.services.cognito_idp.faults import not_found
from gatewright.services.cognito_idp.pools.find import page_position, show_page
from gatewright.services.cognito_idp.pools.user_pools import moment
from gatewright.services.cognito_idp.session_tables import WebAuthnCredentialRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token

MOST = 20  # of a user


def passkeys_of_user(user: UserRow) -> Any:
    """Return the statement that finds a user's passkeys."""
    return select(WebAuthnCredentialRow).where(WebAuthnCredentialRow.sub == user.sub)


async def list_web_authn_credentials(call: Call, params: Params) -> Result:
    """Return the passkeys of the user who shows an access token, the oldest first.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    size, listing = params.get("MaxResults") or MOST, f"passkeys:{me.user.sub}"
    query = passkeys_of_user(me.user).order_by(WebAuthnCredentialRow.created_at, WebAuthnCredentialRow.credential_id)
    after = page_position(call, params, listing)
    if after is not None:
        created_at, _, credential_id = after.partition(" ")
        moment_, row = float(created_at), WebAuthnCredentialRow
        later = and_(row.created_at == moment_, row.credential_id > credential_id)
        query = query.where(or_(row.created_at > moment_, later))
    rows = list(await call.session.scalars(query.limit(size + 1)))
    return show_page(call, listing, rows, size, _position, _show, member="Credentials")


def _position(row: WebAuthnCredentialRow) -> str:
    return f"{row.created_at!r} {row.credential_id}"


async def delete_web_authn_credential(call: Call, params: Params) -> Result:
    """Delete a passkey of the user who shows an access token; it signs nobody in from then on.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    key = params["CredentialId"]
    row = await call.session.get(WebAuthnCredentialRow, (me.pool.id, key)) if is_credential_id(key) else None
    if row is None or row.sub != me.user.sub:
        raise not_found("The user has no such passkey. ListWebAuthnCredentials shows which there are.")
    me.user.signed_out_at = call.now  # for whoever is on the way in by it: sessions that are there stay
    await call.session.delete(row)
    await call.session.flush()
    return {}


def _show(row: WebAuthnCredentialRow) -> dict[str, Any]:
    shown = {
        "CredentialId": row.credential_id,
        "FriendlyCredentialName": row.friendly_name,
        "RelyingPartyId": row.relying_party_id,
        "AuthenticatorTransports": row.transports,
        "CreatedAt": moment(row.created_at),
    }
    return shown | ({"AuthenticatorAttachment": row.attachment} if row.attachment else {})
