"""`SignUp`, `ConfirmSignUp`, `ResendConfirmationCode`: users who come by themselves.

Law: nobody signs in before they are confirmed; where the client hides who exists, a name that is nobody's, one that was
confirmed long ago and one that is disabled are answered alike. Source: Cognito developer guide, "Signing up and
confirming user accounts", "Managing error responses".
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import (
    invalid_parameter,
    not_authorized,
    username_client_not_found,
    username_exists,
)
from gatewright.services.cognito_idp.messages.messages import MEDIA, Kind, deliver, pretend_to_deliver
from gatewright.services.cognito_idp.pools.client_settings import hides_users, writable
from gatewright.services.cognito_idp.pools.find import find_client
from gatewright.services.cognito_idp.pools.pool_settings import alias_attributes, auto_verified
from gatewright.services.cognito_idp.sign_in.secret_hash import check_secret_hash
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.attributes import (
    CONTACTS,
    contact_in_place_of_username,
    given_attributes,
    must_be_complete,
    must_be_writable,
)
from gatewright.services.cognito_idp.users.codes import (
    SIGN_UP,
    count_message,
    has_code,
    issue_code,
    redeem_code,
    refuse_stranger,
)
from gatewright.services.cognito_idp.users.contact_verification import mark_verified
from gatewright.services.cognito_idp.users.directory import (
    CONFIRMED,
    UNCONFIRMED,
    find_user,
    index_user,
    name_is_taken,
    new_user,
)
from gatewright.services.cognito_idp.users.passwords import set_password
from gatewright.services.cognito_idp.users.sign_up_session import (
    confirmation_session,
    must_be_of_sign_up,
    sign_up_session,
)
from gatewright.storage.user_pools import UserPool


async def sign_up(call: Call, params: Params) -> Result:
    """Make a user who is not confirmed, and send the code that confirms.

    Raises:
        Fault: `UsernameExistsException`, `InvalidPasswordException`, `InvalidParameterException` …
    """
    pool, client = find_client(call, params["ClientId"])
    username: str = params["Username"]
    check_secret_hash(call, client, username, params.get("SecretHash"))
    if pool.settings["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]:
        raise not_authorized("SignUp is not permitted for this user pool")
    contact = contact_in_place_of_username(pool, username)
    attributes = given_attributes(pool, params.get("UserAttributes"))
    must_be_writable(writable(client, pool), attributes)
    attributes = with_contact(attributes, contact, username)
    if "preferred_username" in attributes and "preferred_username" in alias_attributes(pool):
        raise invalid_parameter("User attribute preferred_username cannot be provided for unconfirmed account")
    must_be_complete(pool, attributes)
    password = _password(pool, params)
    await must_be_free(call, pool, username, attributes, "User already exists")
    flags = {f"{name}_verified": "false" for name in CONTACTS if attributes.get(name)}
    user = new_user(call, pool, None if contact else username, {**attributes, **flags}, UNCONFIRMED)
    if password is not None:
        await set_password(call, pool, user, password, checks_history=False)
    await index_user(call, pool, user)
    details = await _send_code(call, pool, user, username, Kind.SIGN_UP)
    answer: dict[str, Any] = {"UserConfirmed": False, "UserSub": user.sub}
    if details:
        answer |= {"CodeDeliveryDetails": details, **sign_up_session(call, pool, client, user, username)}
    return answer


def _password(pool: UserPool, params: Params) -> str | None:
    password: str | None = params.get("Password")
    factors = pool.settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    if not password and factors == ["PASSWORD"]:
        raise invalid_parameter("Password is required: the user pool has no other first factor to sign in with.")
    return password or None


def with_contact(attributes: dict[str, str], contact: str | None, username: str) -> dict[str, str]:
    """Return the attributes of a new user, with the contact that is given in place of a username."""
    if contact is None:
        return attributes
    if attributes.get(contact) not in (None, "", username):
        raise invalid_parameter(f"User attribute {contact} is not the same as the username.")
    return {**attributes, contact: username}


async def must_be_free(call: Call, pool: UserPool, username: str, attributes: dict[str, str], message: str) -> None:
    """Refuse a new user whose name is taken.

    Raises:
        Fault: `UsernameExistsException`.
    """
    contact = await name_is_taken(call, pool, attributes)
    if contact is not None:
        raise username_exists(f"An account with the given {contact} already exists.")
    if await find_user(call, pool, username) is not None:
        raise username_exists(message)


async def _send_code(call: Call, pool: UserPool, user: UserRow, given: str, kind: Kind) -> dict[str, Any] | None:
    """Send the code that confirms a user: to the phone where both are asked for, as AWS does it."""
    contact = _contact_to_confirm(pool, user)
    if contact is None:
        return None
    await count_message(call, pool, user, given, SIGN_UP)
    code = await issue_code(call, user, SIGN_UP, attribute=contact, value=user.attributes[contact])
    return await deliver(call, pool, user, kind, MEDIA[contact], code)


def _contact_to_confirm(pool: UserPool, user: UserRow) -> str | None:
    for name in ("phone_number", "email"):
        if name in auto_verified(pool) and user.attributes.get(name):
            return name
    return None


async def confirm_sign_up(call: Call, params: Params) -> Result:
    """Take the code that confirms a user.

    Raises:
        Fault: `CodeMismatchException`, `ExpiredCodeException`, `AliasExistsException`, `NotAuthorizedException` …
    """
    pool, client = find_client(call, params["ClientId"])
    username: str = params["Username"]
    check_secret_hash(call, client, username, params.get("SecretHash"))
    user = await find_user(call, pool, username)
    if params.get("Session") is not None:
        must_be_of_sign_up(call, client, params["Session"], user)
    waits = user is not None and user.status == UNCONFIRMED and user.enabled
    if hides_users(client) and not (user and waits and await has_code(call, user, SIGN_UP)):
        raise await refuse_stranger(call, pool, username, SIGN_UP)
    if user is None or not waits:
        raise _why_not(user)
    proved = await redeem_code(call, pool, user, SIGN_UP, params["ConfirmationCode"])
    user.status = CONFIRMED
    if proved.attribute and user.attributes.get(proved.attribute) == proved.value:
        takes = bool(params.get("ForceAliasCreation"))
        await mark_verified(call, pool, user, proved.attribute, proved.value or "", takes_aliases=takes)
    else:
        await confirm(call, pool, user)
    return confirmation_session(call, pool, client, user, username)


def _why_not(user: UserRow | None) -> Exception:
    if user is None:
        return username_client_not_found()
    if not user.enabled:
        return not_authorized("User is disabled.")
    return cannot_be_confirmed(user)


def cannot_be_confirmed(user: UserRow) -> Exception:
    """Return AWS's sentence about a user who is confirmed already."""
    return not_authorized(f"User cannot be confirmed. Current status is {user.status}")


async def confirm(call: Call, pool: UserPool, user: UserRow) -> None:
    """Make a user one who may sign in."""
    user.status = CONFIRMED
    user.modified_at = call.now
    await index_user(call, pool, user)


async def resend_confirmation_code(call: Call, params: Params) -> Result:
    """Send the code that confirms a user anew.

    Raises:
        Fault: `InvalidParameterException`, `LimitExceededException`, `UserNotFoundException`.
    """
    pool, client = find_client(call, params["ClientId"])
    username: str = params["Username"]
    check_secret_hash(call, client, username, params.get("SecretHash"))
    if not auto_verified(pool):
        raise invalid_parameter("Cannot resend codes. Auto verification not turned on.")
    user = await find_user(call, pool, username)
    if user is None or user.status != UNCONFIRMED or not user.enabled or _contact_to_confirm(pool, user) is None:
        if not hides_users(client):
            raise _why_not_again(user)
        await count_message(call, pool, None, username, SIGN_UP)
        contacts = [name for name in ("phone_number", "email") if name in auto_verified(pool)]
        details = await pretend_to_deliver(call, pool, Kind.RESEND_CODE, username, contacts)
        return {"CodeDeliveryDetails": details}
    return {"CodeDeliveryDetails": await _send_code(call, pool, user, username, Kind.RESEND_CODE)}


def _why_not_again(user: UserRow | None) -> Exception:
    if user is None:
        return username_client_not_found()
    if not user.enabled:
        return not_authorized("User is disabled.")
    if user.status != UNCONFIRMED:
        return invalid_parameter("User is already confirmed.")
    return invalid_parameter("Cannot resend codes. The user has no contact that the pool verifies.")
