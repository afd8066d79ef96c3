"""Who am I, and whose key is this: `GetCallerIdentity`, `GetAccessKeyInfo`, `GetSessionToken`.

The first cannot even be denied. Source: STS API reference.
"""

import msgspec

from gatewright.control.service import Call, Params, Result
from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.known_limits import USER_WITH_MFA, USER_WITHOUT_MFA
from gatewright.services.sts import mfa
from gatewright.services.sts.faults import access_denied, validation_error
from gatewright.services.sts.sessions import issue
from gatewright.storage.credentials import ACCESS_KEYS

_USUAL = 43_200  # seconds
_LONGEST_OF_ROOT = 3_600


async def get_caller_identity(call: Call, params: Params) -> Result:
    """Return who signed the call."""
    return {"UserId": call.caller.user_id, "Account": call.caller.account, "Arn": call.caller.arn}


async def get_access_key_info(call: Call, params: Params) -> Result:
    """Return the account of an access key. Temporary keys are known by their token only: the caller's own is answered.

    Raises:
        Fault: `ValidationError` for a key of nobody here.
    """
    key_id = params["AccessKeyId"]
    known = key_id == call.caller.access_key_id or call.shelf(ACCESS_KEYS).get(key_id) is not None
    if not known:
        raise validation_error("The access key id is not one of this account's.")
    return {"Account": call.account}


async def get_session_token(call: Call, params: Params) -> Result:
    """Give a user, or the root user, temporary credentials with its own permissions.

    A session asked for with a session is refused, as AWS does. AWS keeps such a session from STS but for `AssumeRole`
    and `GetCallerIdentity`, and without MFA from IAM; a session policy does that here.

    Raises:
        Fault: `AccessDenied`.
    """
    if call.caller.issued_at or call.caller.type not in (PrincipalType.USER, PrincipalType.ACCOUNT):
        raise access_denied("Cannot call GetSessionToken with session credentials")
    await mfa.take(call, params)
    of_root = call.caller.type is PrincipalType.ACCOUNT
    seconds = int(params.get("DurationSeconds") or (_LONGEST_OF_ROOT if of_root else _USUAL))
    if of_root:
        seconds = min(seconds, _LONGEST_OF_ROOT)
    shown = call.caller.mfa is True

    def caller(access_key_id: str) -> Caller:
        return msgspec.structs.replace(
            call.caller,
            access_key_id=access_key_id,
            issued_at=call.now,
            expires_at=call.now + seconds,
            session_policies=(USER_WITH_MFA if shown else USER_WITHOUT_MFA,),
            mfa=shown,
        )

    return issue(call, params, caller)
