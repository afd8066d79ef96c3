"""`NEW_PASSWORD_REQUIRED`: whoever came in with a temporary password sets one of their own.

In: the new password and what the pool requires to be known of its users. Out: the user, confirmed. Law: the password
policy and the schema are checked as at any other time; the challenge is spent in any case that changed something.
Source: Cognito API reference, `RespondToAuthChallenge`, `NEW_PASSWORD_REQUIRED`.
"""

from collections.abc import Mapping

from gatewright.control.service import Call
from gatewright.services.cognito_idp.pools.client_settings import writable
from gatewright.services.cognito_idp.sign_in.challenges import Challenge, invalid_session, must_stand, read_session
from gatewright.services.cognito_idp.sign_in.sign_in import NEW_PASSWORD_REQUIRED
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.users.attributes import given_attributes, must_be_complete, must_be_writable
from gatewright.services.cognito_idp.users.directory import CONFIRMED, FORCE_CHANGE_PASSWORD
from gatewright.services.cognito_idp.users.passwords import set_password
from gatewright.services.cognito_idp.users.users import write_attributes
from gatewright.storage.user_pools import UserPool, UserPoolClient

_PREFIX = "userAttributes."


async def set_new_password(
    call: Call, pool: UserPool, client: UserPoolClient, session: str | None, answers: Mapping[str, str]
) -> tuple[UserRow, Challenge]:
    """Set the password, and return the user and the challenge that was met.

    Raises:
        Fault: `InvalidPasswordException`, `InvalidParameterException`, `NotAuthorizedException` …
    """
    challenge = read_session(call, client, NEW_PASSWORD_REQUIRED, session)
    password = required(answers, "NEW_PASSWORD")
    given = [
        {"Name": name.removeprefix(_PREFIX), "Value": value}
        for name, value in answers.items()
        if name.startswith(_PREFIX)
    ]
    attributes = given_attributes(pool, given)

    async def change(inner: Call) -> UserRow:
        user = await inner.session.get(UserRow, challenge.sub)
        if user is None or user.status != FORCE_CHANGE_PASSWORD:
            raise invalid_session(", session can only be used once")
        must_stand(inner, challenge, user)
        # Clients send back what they were shown; only what is new must be theirs to write.
        changed = {name: value for name, value in attributes.items() if user.attributes.get(name) != value}
        must_be_writable(writable(client, pool), changed)
        must_be_complete(pool, {**user.attributes, **changed})
        await set_password(inner, pool, user, password)
        user.status = CONFIRMED
        await write_attributes(inner, pool, user, changed)
        await inner.session.flush()
        return user

    return await call.apart(change), challenge
