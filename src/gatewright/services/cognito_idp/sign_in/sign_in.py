"""What a sign-in asks next, once a factor was shown: the order of challenges, read top to bottom.

In: a user who has shown something, and the challenge that was met. Out: the next challenge, or tokens. Law: a challenge
that was met is spent before the next one is given out; nobody gets tokens who is disabled, unconfirmed, must change the
password, or owes a second factor.
Assumed: a new password is asked for with those attributes that the client may read, as everywhere else; that a user is
disabled is told after the password, not before, so that it is told to nobody else.
Source: Cognito developer guide, "Authentication flows", "Adding MFA to a user pool", "Working with devices".
"""

import json
from typing import NamedTuple

import msgspec

from gatewright.control.service import Call, Result
from gatewright.services.cognito_idp.factors.device_proof import ask_device, device_of, stands_in
from gatewright.services.cognito_idp.factors.mfa_challenges import ask_second_factor
from gatewright.services.cognito_idp.factors.mfa_choice import second_factor
from gatewright.services.cognito_idp.faults import not_authorized, password_reset_required
from gatewright.services.cognito_idp.pools.client_settings import readable
from gatewright.services.cognito_idp.pools.pool_settings import alias_attributes, username_attributes
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    followed_by,
    foundation_of,
    invalid_session,
    seal_session,
    spend,
)
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.issue import begin_session
from gatewright.services.cognito_idp.users.directory import must_reset, name_key
from gatewright.services.cognito_idp.users.passwords import temporary_password_expired
from gatewright.storage.user_pools import UserPool, UserPoolClient
from gatewright.wire.faults import Fault

NEW_PASSWORD_REQUIRED = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - the name of a challenge
STEP = "sign-in"


class SigningIn(NamedTuple):
    """A user on the way in."""

    pool: UserPool
    client: UserPoolClient
    user: UserRow
    challenge: Challenge  # what was met last; its name is empty where nothing was asked yet

    def having_proved(self, what: str) -> "SigningIn":
        """Return the same with one thing more that the user has shown: the first, or a password, is its foundation."""
        met = self.challenge
        founded = foundation_of(self.user) if what == "password" or not met.founded_on else met.founded_on
        shown = msgspec.structs.replace(met, proved=(*met.proved, what), founded_on=founded)
        return self._replace(challenge=shown)


async def go_on(call: Call, coming: SigningIn) -> Result:
    """Return what the client is answered after a factor was shown.

    Raises:
        Fault: the user may not sign in.
    """
    pool, client, user, challenge = coming
    must_be_able_to_sign_in(call, coming)
    if user.status == "FORCE_CHANGE_PASSWORD":
        return await _ask_new_password(call, coming)
    device = await device_of(call, pool, user, challenge.device_key)
    if not {"device", "mfa"}.intersection(challenge.proved) and device is not None and device.remembered:
        return await ask_device(call, user, challenge)
    if not _has_second_factor(coming):
        asked = second_factor(pool, user)
        if asked is not None:
            return await ask_second_factor(call, pool, user, challenge, asked)
    known = msgspec.structs.replace(challenge, device_key=device.device_key if device is not None else None)
    return await begin_session(call, pool, client, user, known)


def _has_second_factor(coming: SigningIn) -> bool:
    proved = coming.challenge.proved
    return "mfa" in proved or ("device" in proved and stands_in(coming.pool))


def must_be_able_to_sign_in(call: Call, coming: SigningIn) -> None:
    """Refuse a user whose account is not in order.

    Raises:
        Fault: `NotAuthorizedException`, `UserNotConfirmedException`, `PasswordResetRequiredException`.
    """
    user = coming.user
    if not user.enabled:
        call.trace.refused(STEP, "the user is disabled")
        raise not_authorized("User is disabled.")
    if user.status == "UNCONFIRMED":
        raise Fault("UserNotConfirmedException", "User is not confirmed.", 400)
    if must_reset(user):
        raise password_reset_required()
    if temporary_password_expired(coming.pool, user, call.now):
        raise not_authorized("Temporary password has expired and must be reset by an administrator.")


def must_be_named(pool: UserPool, user: UserRow | None, challenge: Challenge, name: str) -> None:
    """Refuse an answer in another name than the sign-in's: a server may trust the name, and look at no token.

    Raises:
        Fault: `NotAuthorizedException`.
    """
    names = [challenge.given, challenge.username]
    if user is not None:
        aliases = alias_attributes(pool) or username_attributes(pool)
        names += [user.sub, *(user.attributes.get(alias, "") for alias in aliases)]
    if name_key(pool, name) not in {name_key(pool, one) for one in names}:
        raise invalid_session()


async def _ask_new_password(call: Call, coming: SigningIn) -> Result:
    pool, client, user, met = coming
    if met.name:
        await spend(call, met)
    missing = [
        f"userAttributes.{name}"
        for name, attribute in pool.schema.items()
        if attribute["Required"] and name != "sub" and name not in user.attributes
    ]
    seen = readable(client) - {"identities"}  # clients send back what they are shown, and may not write this
    asked = followed_by(met, NEW_PASSWORD_REQUIRED)
    return {
        "ChallengeName": NEW_PASSWORD_REQUIRED,
        "Session": seal_session(call.keys, asked),
        "ChallengeParameters": {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": json.dumps(missing),
            "userAttributes": json.dumps({name: value for name, value in user.attributes.items() if name in seen}),
        },
    }
