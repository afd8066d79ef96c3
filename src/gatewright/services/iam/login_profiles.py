"""Login profiles: users' passwords. Source: IAM API reference, `CreateLoginProfile`, `ChangePassword` …

Law: what is kept is in `passwords.py`. The slow computation is done before the database is asked wherever the salt is
known without it, so that nobody who changes a password makes other writers wait. AWS does not document the error of a
wrong old password; `AccessDenied` was assumed.
"""

from typing import Any

import msgspec
from sqlalchemy import delete

from gatewright.control.service import Call, Params, Result
from gatewright.core.identity import PrincipalType
from gatewright.services.iam.account_settings import ALIAS, PASSWORD_POLICY, setting
from gatewright.services.iam.faults import already_exists, no_such_entity, validation_error
from gatewright.services.iam.limits import PASSWORDS_REMEMBERED
from gatewright.services.iam.lookup import user_of, user_or_self
from gatewright.services.iam.passwords import SCHEME, Hashes, check_password, hash_password, is_among, violation
from gatewright.services.iam.tables import LoginProfile, User
from gatewright.services.iam.tags import moment
from gatewright.storage.keys import SECRETS
from gatewright.wire.faults import Fault

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Hashes).decode


def _show(user: User, profile: LoginProfile) -> dict[str, Any]:
    return {
        "UserName": user.user_name,
        "CreateDate": moment(profile.created_at),
        "PasswordResetRequired": profile.reset_required,
    }


def _seal(call: Call, user_id: str, hashes: tuple[bytes, ...]) -> bytes:
    kept = Hashes(SCHEME, hashes[: PASSWORDS_REMEMBERED + 1])
    return call.keys.seal(SECRETS, _encode(kept), user_id.encode())


def _hashes(call: Call, profile: LoginProfile) -> tuple[bytes, ...]:
    opened = call.keys.open(SECRETS, profile.sealed_hashes, profile.user_id.encode())
    return _decode(opened).hashes


async def _check_new(call: Call, password: str) -> dict[str, Any] | None:
    """Return the account's password policy, which a new password fulfils."""
    policy: dict[str, Any] | None = await setting(call, PASSWORD_POLICY)
    names = frozenset({call.account, await setting(call, ALIAS) or call.account})
    check_password(password, policy, names)
    return policy


async def _profile_of(call: Call, user_id: str, user_name: str) -> LoginProfile:
    profile = await call.session.get(LoginProfile, user_id)
    if profile is None:
        raise no_such_entity(f"Login Profile for User {user_name} cannot be found.")
    return profile


async def _replace(call: Call, profile: LoginProfile, password: str, digest: bytes) -> None:
    """Set a new password that is none of the last ones.

    Raises:
        Fault: `PasswordPolicyViolation`.
    """
    policy = await _check_new(call, password)
    old = _hashes(call, profile)
    forbidden = old[: (policy or {}).get("PasswordReusePrevention") or 0]
    if is_among(digest, forbidden):
        raise violation(f"Password was used before; the policy forbids the last {len(forbidden)}.")
    profile.sealed_hashes = _seal(call, profile.user_id, (digest, *old))
    profile.changed_at = call.now
    await call.session.flush()


async def create_login_profile(call: Call, params: Params) -> Result:
    """Give a user a password."""
    if params.get("Password") is None:
        raise validation_error(
            "Password is required; only sessions of AssumeRoot, which do not exist here, leave it out."
        )
    user = await user_or_self(call, params)
    if await call.session.get(LoginProfile, user.user_id) is not None:
        raise already_exists(f"Login Profile for user {user.user_name} already exists.")
    await _check_new(call, params["Password"])
    profile = LoginProfile(
        user_id=user.user_id,
        sealed_hashes=_seal(call, user.user_id, (await hash_password(user.user_id, params["Password"]),)),
        reset_required=bool(params.get("PasswordResetRequired")),
        created_at=call.now,
        changed_at=call.now,
    )
    call.session.add(profile)
    await call.session.flush()
    return {"LoginProfile": _show(user, profile)}


async def get_login_profile(call: Call, params: Params) -> Result:
    """Return whether a user has a password, and since when."""
    user = await user_or_self(call, params)
    return {"LoginProfile": _show(user, await _profile_of(call, user.user_id, user.user_name))}


async def update_login_profile(call: Call, params: Params) -> Result | None:
    """Set a user's password anew, or whether it must be changed; what is not given is left as it is."""
    user = await user_of(call, params)
    profile = await _profile_of(call, user.user_id, user.user_name)
    if params.get("Password") is not None:
        await _replace(call, profile, params["Password"], await hash_password(user.user_id, params["Password"]))
    if params.get("PasswordResetRequired") is not None:
        profile.reset_required = params["PasswordResetRequired"]
    await call.session.flush()
    return None


async def delete_login_profile(call: Call, params: Params) -> Result | None:
    """Take a user's password away; its access keys go on."""
    user = await user_or_self(call, params)
    profile = await _profile_of(call, user.user_id, user.user_name)
    await call.session.execute(delete(LoginProfile).where(LoginProfile.user_id == profile.user_id))
    return None


async def change_password(call: Call, params: Params) -> Result | None:
    """Let a user who knows the old password set a new one.

    Raises:
        Fault: `InvalidUserType` for who is no user; `AccessDenied` for a wrong old password.
    """
    caller = call.caller
    if caller.type is not PrincipalType.USER:
        raise Fault("InvalidUserType", "Only IAM Users can change their own password", 400)
    old, new = [await hash_password(caller.user_id, params[member]) for member in ("OldPassword", "NewPassword")]
    profile = await _profile_of(call, caller.user_id, caller.username or "")
    if not is_among(old, _hashes(call, profile)[:1]):
        raise Fault("AccessDenied", "The old password was incorrect.", 403)
    await _replace(call, profile, params["NewPassword"], new)
    profile.reset_required = False
    await call.session.flush()
    return None
