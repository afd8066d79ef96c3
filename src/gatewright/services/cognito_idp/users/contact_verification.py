"""Verifying a contact of a user who is signed in: `GetUserAttributeVerificationCode`, `VerifyUserAttribute`.

Law: a code proves one value. Where that is the user's, it becomes verified; where the pool lets a contact change only
after it was proved, it becomes the user's then. Source: Cognito developer guide, "Verifying updates to email addresses
and phone numbers".
"""

from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import code_expired, invalid_parameter, not_authorized
from gatewright.services.cognito_idp.messages.messages import MEDIA, Kind, deliver
from gatewright.services.cognito_idp.pools.pool_settings import verified_before_update
from gatewright.services.cognito_idp.session_tables import CodeRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import read_access_token
from gatewright.services.cognito_idp.users.attributes import CONTACTS
from gatewright.services.cognito_idp.users.codes import count_message, issue_code, purpose_of_attribute, redeem_code
from gatewright.services.cognito_idp.users.directory import index_user, is_free
from gatewright.storage.user_pools import UserPool


async def send_verification(
    call: Call, pool: UserPool, user: UserRow, name: str, value: str, kind: Kind
) -> dict[str, Any]:
    """Send a code that proves that a value of a contact is the user's; returns where it went."""
    purpose = purpose_of_attribute(name)
    await count_message(call, pool, user, user.username, purpose)
    code = await issue_code(call, user, purpose, attribute=name, value=value)
    return await deliver(call, pool, user, kind, MEDIA[name], code, to=value)


def _contact(params: Params) -> str:
    name = str(params["AttributeName"])
    if name not in CONTACTS:
        raise invalid_parameter(f"Attribute {name} cannot be verified; only {' and '.join(CONTACTS)} can.")
    return name


async def get_user_attribute_verification_code(call: Call, params: Params) -> Result:
    """Send a (new) code for a contact: for the value that waits to be proved, or for the user's own."""
    me = await read_access_token(call, params["AccessToken"])
    name = _contact(params)
    waiting = await call.session.get(CodeRow, (me.user.sub, purpose_of_attribute(name)))
    value = waiting.value if waiting is not None else me.user.attributes.get(name)
    if not value:
        raise invalid_parameter(f"User has no {name} to verify.")
    return {
        "CodeDeliveryDetails": await send_verification(call, me.pool, me.user, name, value, Kind.VERIFY_USER_ATTRIBUTE)
    }


async def verify_user_attribute(call: Call, params: Params) -> Result:
    """Take a code for a contact.

    Raises:
        Fault: `CodeMismatchException`, `ExpiredCodeException`, `AliasExistsException` …
    """
    me = await read_access_token(call, params["AccessToken"])
    name = _contact(params)
    proved = await redeem_code(call, me.pool, me.user, purpose_of_attribute(name), params["Code"])
    if proved.value != me.user.attributes.get(name) and name not in verified_before_update(me.pool):
        raise code_expired()
    await mark_verified(call, me.pool, me.user, name, proved.value or "")
    return {}


async def prove_contact(call: Call, pool: UserPool, sub: str, name: str, value: str | None) -> None:
    """Verify a contact that a code at a sign-in went to; as an alias it stays its owner's, if it is another user's.

    Raises:
        Fault: `NotAuthorizedException`, the user has another contact by now.
    """
    user = await call.session.get(UserRow, sub)
    if user is None or user.attributes.get(name) != value:
        raise not_authorized("Invalid session for the user.")
    if user.attributes.get(f"{name}_verified") != "true" and await is_free(call, pool, user, name, value or ""):
        await mark_verified(call, pool, user, name, value or "")


async def mark_verified(
    call: Call, pool: UserPool, user: UserRow, name: str, value: str, *, takes_aliases: bool = False
) -> None:
    """Give a user a contact that was proved.

    Raises:
        Fault: `AliasExistsException`.
    """
    user.attributes = {**user.attributes, name: value, f"{name}_verified": "true"}
    user.modified_at = call.now
    await index_user(call, pool, user, takes_aliases=takes_aliases)
