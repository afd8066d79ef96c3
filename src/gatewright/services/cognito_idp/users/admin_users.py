"""What administrators do with users: `AdminCreateUser` … Source: Cognito API reference; Cognito developer guide,
"Creating user accounts as administrator".

Law: whoever may call these is asked by IAM; the rules of the directory (names, schema, password policy) bind
administrators too. A temporary password is good until it is replaced at the first sign-in, or too old.
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter, not_authorized, unsupported_state
from gatewright.services.cognito_idp.messages.messages import CONTACT_OF, EMAIL, SMS, Kind, deliver
from gatewright.services.cognito_idp.pools.find import find_pool
from gatewright.services.cognito_idp.pools.password_policy import temporary_password
from gatewright.services.cognito_idp.pools.pool_settings import password_policy
from gatewright.services.cognito_idp.sign_in import lockout
from gatewright.services.cognito_idp.sign_in.counters import forget
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.revocation import sign_out_everywhere
from gatewright.services.cognito_idp.users.attributes import check_flags, contact_in_place_of_username, given_attributes
from gatewright.services.cognito_idp.users.directory import (
    CONFIRMED,
    FORCE_CHANGE_PASSWORD,
    RESET_REQUIRED,
    UNCONFIRMED,
    delete_user_row,
    index_user,
    new_user,
    user_of,
)
from gatewright.services.cognito_idp.users.password_recovery import send_reset_code
from gatewright.services.cognito_idp.users.passwords import set_password
from gatewright.services.cognito_idp.users.sign_up import cannot_be_confirmed, confirm, must_be_free, with_contact
from gatewright.services.cognito_idp.users.users import attribute_list, mfa_of, remove_attributes, show_user, state_of
from gatewright.services.cognito_idp.users.users import write_attributes as write
from gatewright.storage.user_pools import UserPool


async def admin_create_user(call: Call, params: Params) -> Result:
    """Make a user with a temporary password, and invite them; or, with RESEND, invite them again.

    Raises:
        Fault: `UsernameExistsException`, `InvalidPasswordException`, `UnsupportedUserStateException` …
    """
    pool = find_pool(call, params["UserPoolId"])
    if params.get("MessageAction") == "RESEND":
        return await _invite_again(call, pool, params)
    username: str = params["Username"]
    contact = contact_in_place_of_username(pool, username)
    attributes = with_contact(given_attributes(pool, params.get("UserAttributes")), contact, username)
    check_flags(attributes)
    await must_be_free(call, pool, username, attributes, "User account already exists")
    password = params.get("TemporaryPassword") or None
    if password is None and _needs_password(pool):
        password = temporary_password(password_policy(pool))
    status = CONFIRMED if password is None else FORCE_CHANGE_PASSWORD
    user = new_user(call, pool, None if contact else username, attributes, status)
    if password is not None:
        await set_password(call, pool, user, password, checks_history=False)
    await index_user(call, pool, user, takes_aliases=bool(params.get("ForceAliasCreation")))
    if password is not None and params.get("MessageAction") != "SUPPRESS":
        await _invite(call, pool, user, params, password)
    return {"User": show_user(user)}


def _needs_password(pool: UserPool) -> bool:
    return bool(pool.settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"] == ["PASSWORD"])


async def _invite(call: Call, pool: UserPool, user: UserRow, params: Params, password: str) -> None:
    """Send the invitation by the media that are asked for; AWS's default is a text message to whoever has a phone."""
    asked: list[str] | None = params.get("DesiredDeliveryMediums")
    if asked:
        for medium in dict.fromkeys(asked):
            if not user.attributes.get(CONTACT_OF[medium]):
                raise invalid_parameter(
                    f"User has no {CONTACT_OF[medium]}, which DesiredDeliveryMediums {medium} needs."
                )
    for medium in (EMAIL, SMS):
        wanted = medium in asked if asked else medium == SMS and bool(pool.settings.get("SmsConfiguration"))
        if wanted and user.attributes.get(CONTACT_OF[medium]):
            await deliver(call, pool, user, Kind.ADMIN_CREATE_USER, medium, password)


async def _invite_again(call: Call, pool: UserPool, params: Params) -> Result:
    user = await user_of(call, pool, params["Username"])
    if user.status != FORCE_CHANGE_PASSWORD:
        raise unsupported_state(f"Resend not possible. Current status is {user.status}")
    password = params.get("TemporaryPassword") or temporary_password(password_policy(pool))
    await set_password(call, pool, user, password, checks_history=False)
    await call.session.flush()
    await _invite(call, pool, user, params, password)
    return {"User": show_user(user)}


async def admin_get_user(call: Call, params: Params) -> Result:
    """Return a user."""
    user = await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"])
    shown: dict[str, Any] = {"Username": user.username, "UserAttributes": attribute_list(user), **state_of(user)}
    return shown | mfa_of(user)


async def admin_delete_user(call: Call, params: Params) -> Result | None:
    """Delete a user."""
    await delete_user_row(call, await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"]))
    return None


async def admin_update_user_attributes(call: Call, params: Params) -> Result:
    """Change a user's attributes; a contact can be said to be verified."""
    pool = find_pool(call, params["UserPoolId"])
    given = given_attributes(pool, params["UserAttributes"])
    await write(call, pool, await user_of(call, pool, params["Username"]), given)
    return {}


async def admin_delete_user_attributes(call: Call, params: Params) -> Result:
    """Delete attributes of a user."""
    pool = find_pool(call, params["UserPoolId"])
    await remove_attributes(call, pool, await user_of(call, pool, params["Username"]), params["UserAttributeNames"])
    return {}


async def admin_confirm_sign_up(call: Call, params: Params) -> Result:
    """Confirm a user without a code.

    Raises:
        Fault: `NotAuthorizedException`, the user is not UNCONFIRMED.
    """
    pool = find_pool(call, params["UserPoolId"])
    user = await user_of(call, pool, params["Username"])
    if user.status != UNCONFIRMED:
        raise cannot_be_confirmed(user)
    await confirm(call, pool, user)
    return {}


async def admin_enable_user(call: Call, params: Params) -> Result:
    """Let a user sign in again."""
    await _set_enabled(call, params, enabled=True)
    return {}


async def admin_disable_user(call: Call, params: Params) -> Result:
    """Let a user in no more: neither by password nor by a token that was given out before.

    Whoever is enabled again signs in anew: as at AWS, tokens that were revoked by this stay so.
    """
    user = await _set_enabled(call, params, enabled=False)
    await sign_out_everywhere(call, user)
    return {}


async def _set_enabled(call: Call, params: Params, *, enabled: bool) -> UserRow:
    user = await user_of(call, find_pool(call, params["UserPoolId"]), params["Username"])
    user.enabled = enabled
    user.modified_at = call.now
    await call.session.flush()
    return user


async def admin_set_user_password(call: Call, params: Params) -> Result:
    """Give a user a password: a permanent one, or one that must be replaced at the next sign-in.

    Raises:
        Fault: `InvalidPasswordException`, `PasswordHistoryPolicyViolationException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    user = await user_of(call, pool, params["Username"])
    permanent = bool(params.get("Permanent"))
    await set_password(call, pool, user, params["Password"], checks_history=permanent)
    user.status = CONFIRMED if permanent else FORCE_CHANGE_PASSWORD
    await forget(call, lockout.scope_of_user(user.sub))
    await index_user(call, pool, user)  # who was not confirmed is so now, and has aliases
    return {}


async def admin_reset_user_password(call: Call, params: Params) -> Result:
    """Make a user's password good for nothing and send the code that replaces it.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`, the user has no verified contact.
    """
    pool = find_pool(call, params["UserPoolId"])
    user = await user_of(call, pool, params["Username"])
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status not in (CONFIRMED, RESET_REQUIRED):
        raise not_authorized("User password cannot be reset in the current state.")
    await send_reset_code(call, pool, user, params["Username"])
    user.status = RESET_REQUIRED
    user.modified_at = call.now
    await call.session.flush()
    return {}
