"""`ForgotPassword`, `ConfirmForgotPassword`, `ChangePassword`: users and their own passwords.

Law: a forgotten password is replaced by whoever reads a verified contact of the user, and a known one by whoever knows
it; guesses of both are counted. Where the client hides who exists, everybody is told that a code was sent.
Assumed: replacing a password ends no session, as AWS documents of none. Source: Cognito developer guide, "Recovering
user accounts", "Managing error responses".
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.factors.mfa_choice import ATTRIBUTES, factors_of
from gatewright.services.cognito_idp.faults import (
    invalid_parameter,
    not_authorized,
    user_not_found,
    username_client_not_found,
)
from gatewright.services.cognito_idp.messages.messages import MEDIA, Kind, can_deliver, deliver, pretend_to_deliver
from gatewright.services.cognito_idp.pools.client_settings import hides_users
from gatewright.services.cognito_idp.pools.find import find_client
from gatewright.services.cognito_idp.pools.password_policy import check_password
from gatewright.services.cognito_idp.pools.pool_settings import (
    has_recovery_setting,
    password_policy,
    recovery_mechanisms,
)
from gatewright.services.cognito_idp.sign_in import lockout
from gatewright.services.cognito_idp.sign_in.counters import forget
from gatewright.services.cognito_idp.sign_in.secret_hash import check_secret_hash
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.services.cognito_idp.users.attributes import is_verified
from gatewright.services.cognito_idp.users.codes import (
    FORGOT_PASSWORD,
    count_message,
    has_code,
    issue_code,
    redeem_code,
    refuse_stranger,
)
from gatewright.services.cognito_idp.users.directory import (
    CONFIRMED,
    FORCE_CHANGE_PASSWORD,
    RESET_REQUIRED,
    UNCONFIRMED,
    find_user,
)
from gatewright.services.cognito_idp.users.passwords import is_password, set_password
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

_ADMIN_ONLY = "admin_only"
_NO_CONTACT = "Cannot reset password for the user as there is no registered/verified email or phone_number"


def _contacts(pool: UserPool) -> list[str]:
    """Return by which contacts users of a pool recover their accounts, in the order of preference.

    A phone is none of them where the pool sends no text messages.

    Raises:
        Fault: `NotAuthorizedException`, only an administrator recovers them.
    """
    mechanisms = recovery_mechanisms(pool)
    if _ADMIN_ONLY in mechanisms:
        raise not_authorized("Contact administrator to reset password.")
    contacts = [name.removeprefix("verified_") for name in mechanisms]
    return [name for name in contacts if can_deliver(pool, MEDIA[name])]


def contact_to_recover(pool: UserPool, user: UserRow) -> str | None:
    """Return the contact that a user's reset code goes to.

    A pool with an `AccountRecoverySetting` sends none to where the user's second factor comes from: whoever reads it
    would need nothing else. Older pools do, as at AWS.
    """
    taken = {ATTRIBUTES.get(factor) for factor in factors_of(pool, user)} if has_recovery_setting(pool) else set()
    return next((name for name in _contacts(pool) if is_verified(user.attributes, name) and name not in taken), None)


async def forgot_password(call: Call, params: Params) -> Result:
    """Send a code that replaces a forgotten password.

    Raises:
        Fault: `InvalidParameterException`, `LimitExceededException`, `UserNotFoundException`, `NotAuthorizedException`.
    """
    pool, client = find_client(call, params["ClientId"])
    username: str = params["Username"]
    check_secret_hash(call, client, username, params.get("SecretHash"))
    contacts = _contacts(pool)
    user = await find_user(call, pool, username)
    why_not = _why_no_code(pool, user)
    if user is None or why_not is not None:
        if not hides_users(client):
            raise why_not or username_client_not_found()
        await count_message(call, pool, None, username, FORGOT_PASSWORD)
        details = await pretend_to_deliver(call, pool, Kind.FORGOT_PASSWORD, username, contacts)
        return {"CodeDeliveryDetails": details}
    return {"CodeDeliveryDetails": await send_reset_code(call, pool, user, username)}


def _why_no_code(pool: UserPool, user: UserRow | None) -> Fault | None:
    if user is None:
        return username_client_not_found()
    if not user.enabled:
        return not_authorized("User is disabled.")
    if user.status == FORCE_CHANGE_PASSWORD:
        return not_authorized("User password cannot be reset in the current state.")
    return invalid_parameter(_NO_CONTACT) if contact_to_recover(pool, user) is None else None


async def send_reset_code(call: Call, pool: UserPool, user: UserRow, given: str) -> dict[str, Any]:
    """Send a user the code that replaces the password; returns where it went.

    Raises:
        Fault: `InvalidParameterException`, `LimitExceededException`.
    """
    contact = contact_to_recover(pool, user)
    if contact is None:
        raise invalid_parameter(_NO_CONTACT)
    await count_message(call, pool, user, given, FORGOT_PASSWORD)
    code = await issue_code(call, user, FORGOT_PASSWORD, attribute=contact, value=user.attributes[contact])
    return await deliver(call, pool, user, Kind.FORGOT_PASSWORD, MEDIA[contact], code)


async def confirm_forgot_password(call: Call, params: Params) -> Result:
    """Take the code, and the new password.

    Raises:
        Fault: `CodeMismatchException`, `ExpiredCodeException`, `InvalidPasswordException` …
    """
    pool, client = find_client(call, params["ClientId"])
    username: str = params["Username"]
    check_secret_hash(call, client, username, params.get("SecretHash"))
    check_password(password_policy(pool), params["Password"])
    user = await find_user(call, pool, username)
    if hides_users(client) and not (user and user.enabled and await has_code(call, user, FORGOT_PASSWORD)):
        raise await refuse_stranger(call, pool, username, FORGOT_PASSWORD)
    if user is None or not user.enabled:
        raise username_client_not_found() if user is None else not_authorized("User is disabled.")
    await redeem_code(call, pool, user, FORGOT_PASSWORD, params["ConfirmationCode"])
    if user.status == UNCONFIRMED:
        raise Fault("UserNotConfirmedException", "User is not confirmed.", 400)
    await set_password(call, pool, user, params["Password"])
    if user.status == RESET_REQUIRED:
        user.status = CONFIRMED
    await forget(call, lockout.scope_of_user(user.sub))
    await call.session.flush()
    return {}


async def change_password(call: Call, params: Params) -> Result:
    """Replace the password of the user who shows the token and knows the old one.

    It reads, so that nobody else's writing waits while guesses are reckoned; what it writes it writes apart.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidPasswordException`, `PasswordHistoryPolicyViolationException`.
    """
    me = await read_access_token(call, params["AccessToken"])
    check_password(password_policy(me.pool), params["ProposedPassword"])
    await _must_know_the_password(call, me.user, params.get("PreviousPassword"))

    async def replace(inner: Call) -> None:
        user = await inner.session.get(UserRow, me.user.sub)
        if user is None:
            raise user_not_found()
        await set_password(inner, me.pool, user, params["ProposedPassword"])
        if user.status == RESET_REQUIRED:
            user.status = CONFIRMED
        await inner.session.flush()

    await call.apart(replace)
    return {}


async def _must_know_the_password(call: Call, user: UserRow, password: str | None) -> None:
    if user.sealed_password is None:  # who signs in by other means sets a first password
        return
    async with lockout.guess(call, lockout.scope_of_user(user.sub)) as attempt:
        if not is_password(call.keys, user, user.sealed_password, password or ""):
            await attempt.was_wrong()
            raise not_authorized()
        await attempt.was_right()
