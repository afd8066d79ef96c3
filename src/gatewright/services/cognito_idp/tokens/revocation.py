"""The end of sessions: `RevokeToken`, `GlobalSignOut`, `AdminUserGlobalSignOut`.

Law: what is revoked is dead when the call returns, for refreshing and for the user's own operations; ID and access
tokens that others verify by their signature alone live until they expire, as at AWS. The database decides.
Assumed: revoking a token that is none of the client's, or none at all, is refused as an unsupported token; one that was
revoked or has expired is revoked again without a word.
Source: Cognito developer guide, "Ending user sessions with token revocation"; RFC 7009.
"""

from sqlalchemy import update

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.pools.find import find_client, find_pool
from gatewright.services.cognito_idp.session_tables import TokenFamilyRow
from gatewright.services.cognito_idp.sign_in.secret_hash import check_secret
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.services.cognito_idp.tokens.refresh_tokens import BadRefreshToken, open_refresh_token
from gatewright.services.cognito_idp.users.directory import user_of
from gatewright.wire.faults import Fault


async def revoke_token(call: Call, params: Params) -> Result:
    """End the session of a refresh token.

    Raises:
        Fault: `UnsupportedTokenTypeException`, `UnsupportedOperationException`, `UnauthorizedException`.
    """
    _, client = find_client(call, params["ClientId"])
    try:
        check_secret(call, client, params.get("ClientSecret"))
    except Fault as refusal:
        raise Fault("UnauthorizedException", refusal.message, 400) from None
    if not client.settings.get("EnableTokenRevocation"):
        raise Fault(
            "UnsupportedOperationException",
            "Token revocation is not enabled for this client.",
            400,
        )
    try:
        origin_jti, _ = open_refresh_token(call.keys, client, params["Token"])
    except BadRefreshToken:
        raise Fault("UnsupportedTokenTypeException", "The token is not a refresh token of this client.", 400) from None
    await end_sessions(call, TokenFamilyRow.origin_jti == origin_jti)
    return {}


async def global_sign_out(call: Call, params: Params) -> Result:
    """End every session of the user who shows an access token.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    await sign_out_everywhere(call, me.user)
    return {}


async def admin_user_global_sign_out(call: Call, params: Params) -> Result:
    """End every session of a user.

    Raises:
        Fault: `UserNotFoundException`.
    """
    user = await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"])
    await sign_out_everywhere(call, user)
    return {}


async def sign_out_everywhere(call: Call, user: UserRow) -> None:
    """End every session of a user; in a call that writes."""
    user.signed_out_at = call.now
    await end_sessions(call, TokenFamilyRow.sub == user.sub)


async def end_sessions(call: Call, *which: object) -> None:
    """Revoke sessions that match; in a call that writes. What was revoked before keeps its time."""
    await call.session.execute(
        update(TokenFamilyRow).where(*which, TokenFamilyRow.revoked_at.is_(None)).values(revoked_at=call.now)  # type: ignore[arg-type]
    )
    await call.session.flush()
