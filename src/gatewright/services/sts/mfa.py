"""MFA codes that come with `AssumeRole` and `GetSessionToken`.

In: a serial number and a code. Out: a caller of whom the second factor is known, too. Law: the device must be the
caller's own; a code counts once, on all nodes (the row decides, in the call's transaction); after five wrong codes none
is looked at for five minutes. What is wrong is not told apart.
Source: STS API reference, `GetSessionToken`; IAM user guide, "Configuring MFA-protected API access".
"""

import msgspec

from gatewright.control.service import Call, Params
from gatewright.core import totp
from gatewright.core.identity import PrincipalType
from gatewright.services.sts.faults import access_denied, validation_error
from gatewright.services.sts.tables import MfaUse
from gatewright.storage.keys import SECRETS
from gatewright.storage.mfa import SHELF, MfaDevice
from gatewright.wire.faults import Fault

STEP = "mfa"
_STEP_SECONDS = 30
_SEAL_BYTES = 16  # of a sealed seed: key id and nonce, which no other has


def prove(call: Call, params: Params) -> None:
    """Check the code of a request and let the caller be one who has shown it, before anybody asks what they may.

    Raises:
        Fault: `AccessDenied`; `ValidationError` where one of the two parameters is missing.
    """
    serial, code = params.get("SerialNumber"), params.get("TokenCode")
    if serial is None and code is None:
        return
    if serial is None or code is None:
        raise validation_error("SerialNumber and TokenCode must be given together.")
    if _step(call, serial, code) is None:
        raise _wrong()
    call.caller = msgspec.structs.replace(call.caller, mfa=True)


def _step(call: Call, serial: str, code: str) -> int | None:
    """Return the step whose code it is; the reason why not goes into the trace only."""
    device: MfaDevice | None = call.shelf(SHELF).get(serial)
    own = device is not None and device.user_arn == call.caller.arn and not call.caller.issued_at
    if device is None or not own or call.caller.type not in (PrincipalType.USER, PrincipalType.ACCOUNT):
        call.trace.refused(STEP, f"{serial} is not an enabled MFA device of {call.caller.arn}.")
        raise access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is "
            "valid and associated with this user."
        )
    attempts = call.credentials.code_attempts
    guessed = serial + device.sealed_seed[:_SEAL_BYTES].hex()  # a device made anew under the name starts anew
    if not attempts.may_try(guessed, call.now):
        call.trace.refused(STEP, "There were too many wrong codes: none is looked at for five minutes.")
        return None
    seed = call.keys.open(SECRETS, device.sealed_seed, serial.encode())
    found = totp.step_of(seed, code, call.now + device.drift * _STEP_SECONDS)
    if found is None:
        attempts.failed(guessed, call.now)
        call.trace.refused(STEP, "The code is not the device's, now.")
        return None
    attempts.succeeded(guessed)
    call.trace.passed(STEP, f"the code is that of {serial}")
    return found


async def take(call: Call, params: Params) -> None:
    """Take the code of a request, so that it counts never again.

    Raises:
        Fault: `AccessDenied` where it, or a later one, was taken before.
    """
    serial, code = params.get("SerialNumber"), params.get("TokenCode")
    if serial is None or code is None:
        return
    device: MfaDevice | None = call.shelf(SHELF).get(serial)
    assert device is not None  # `prove` has found it
    seed = call.keys.open(SECRETS, device.sealed_seed, serial.encode())
    step = totp.step_of(seed, code, call.now + device.drift * _STEP_SECONDS)
    used = await call.session.get(MfaUse, serial)
    if step is None or (used is not None and used.last_step >= step):
        call.trace.refused(STEP, "The code has been used before.")
        raise _wrong()
    if used is None:
        call.session.add(MfaUse(serial_number=serial, last_step=step))
    else:
        used.last_step = step
    await call.session.flush()


def _wrong() -> Fault:
    return access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
