"""Virtual MFA devices: time-based one-time passwords of users. Source: IAM API reference, `CreateVirtualMFADevice` …

Law: the seed is shown once, when the device is made, and is stored sealed. A device is enabled by two codes that follow
each other, which also tell how far its clock is from ours. Hardware tokens and passkeys do not exist here: their serial
numbers are nobody's.
"""

import base64
import hmac
import io
import os
from typing import Any
from urllib.parse import quote

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core.identity import PrincipalType
from gatewright.core.totp import code_at, step_at
from gatewright.services.iam.account_settings import ALIAS, setting
from gatewright.services.iam.faults import already_exists, invalid_input, limit_exceeded, no_such_entity
from gatewright.services.iam.limits import MFA_DEVICES_PER_USER, count
from gatewright.services.iam.lookup import NAMES, user_of, user_or_self
from gatewright.services.iam.names import path_of
from gatewright.services.iam.paging import page, page_of_all, page_size, page_start
from gatewright.services.iam.tables import MfaDeviceRow, User
from gatewright.services.iam.tags import moment, read_tags, show_tags
from gatewright.services.iam.users import show_user
from gatewright.storage.keys import SECRETS
from gatewright.storage.mfa import SHELF
from gatewright.wire.faults import Fault

_SEED_BYTES = 40  # 64 characters of base32, as AWS's are
_LONGEST_SERIAL = 256
_ENABLE_REACH = 10  # steps of 30 seconds around now in which two codes are looked for
_RESYNC_REACH = 120  # an hour: two codes of six digits are hard to guess there, too


def device_changed(call: Call, serial_number: str) -> None:
    """Say that a device was made, enabled, changed or deleted."""
    call.publish(SHELF, serial_number)
    call.publish(NAMES, serial_number)


async def device_of(call: Call, params: Params) -> MfaDeviceRow:
    """Return the device named in a request.

    Raises:
        Fault: `NoSuchEntity`.
    """
    row = await call.session.get(MfaDeviceRow, params["SerialNumber"])
    if row is None:
        raise no_such_entity(f"VirtualMFADevice with serial number {params['SerialNumber']} doesn't exist.")
    return row


async def _device_of_user(call: Call, params: Params) -> tuple[MfaDeviceRow, User]:
    user, device = await user_or_self(call, params), await call.session.get(MfaDeviceRow, params["SerialNumber"])
    if device is None or device.user_id != user.user_id:
        raise no_such_entity("MFA Device invalid for user.")
    return device, user


async def create_virtual_mfa_device(call: Call, params: Params) -> Result:
    """Make a device and show its seed, for the only time, as text and as a picture for a phone."""
    name, path = params["VirtualMFADeviceName"], path_of(params)
    serial = f"arn:aws:iam::{call.account}:mfa{path}{name}"
    if len(serial) > _LONGEST_SERIAL:
        raise invalid_input(f"Path and name are too long: a serial number has at most {_LONGEST_SERIAL} characters.")
    if await call.session.get(MfaDeviceRow, serial) is not None:
        raise already_exists("MFADevice entity at the same path and name already exists.")
    seed, tags = os.urandom(_SEED_BYTES), read_tags(params.get("Tags"))
    device = MfaDeviceRow(
        serial_number=serial,
        user_id=None,
        sealed_seed=call.keys.seal(SECRETS, seed, serial.encode()),
        drift=0,
        created_at=call.now,
        enabled_at=None,
        tags=tags,
    )
    call.session.add(device)
    await call.session.flush()
    device_changed(call, serial)
    text = base64.b32encode(seed)
    account = await setting(call, ALIAS) or call.account
    shown = {
        "SerialNumber": serial,
        "Base32StringSeed": text,
        "QRCodePNG": _picture(f"otpauth://totp/{quote(f'{name}@{account}')}?secret={text.decode()}&issuer=Gatewright"),
    }
    return {"VirtualMFADevice": shown | ({"Tags": show_tags(tags)} if tags else {})}


def _picture(text: str) -> bytes:
    file = io.BytesIO()
    import segno  # only who makes a device pays for it

    segno.make(text, error="m", micro=False).save(file, kind="png", scale=4)
    return file.getvalue()


def _drift(call: Call, device: MfaDeviceRow, params: Params, reach: int) -> int:
    """Return by how many steps the device's clock is ahead, as two codes that follow each other tell.

    Raises:
        Fault: `InvalidAuthenticationCode`.
    """
    seed = call.keys.open(SECRETS, device.sealed_seed, device.serial_number.encode())
    one, two = params["AuthenticationCode1"].encode(), params["AuthenticationCode2"].encode()
    now, found = step_at(call.now), None
    for step in range(now - reach, now + reach + 1):
        first = hmac.compare_digest(code_at(seed, step).encode(), one)
        if hmac.compare_digest(code_at(seed, step + 1).encode(), two) and first:
            found = step
    if found is None:
        raise Fault("InvalidAuthenticationCode", "Authentication code for device is not valid.", 403)
    # Whoever waits for the second code sends both in its step; who computes it sends both in the first's.
    return found - now if found > now else min(found + 1 - now, 0)


async def enable_mfa_device(call: Call, params: Params) -> Result | None:
    """Give a device to a user who has shown two of its codes.

    Raises:
        Fault: `EntityAlreadyExists`, `LimitExceeded`, `InvalidAuthenticationCode`.
    """
    user, device = await user_of(call, params), await device_of(call, params)
    if device.user_id is not None:
        raise already_exists("MFA Device is already in use.")
    if await count(call, MfaDeviceRow, MfaDeviceRow.user_id == user.user_id) >= MFA_DEVICES_PER_USER:
        raise limit_exceeded("MfaDevicesPerUser", MFA_DEVICES_PER_USER)
    device.drift = _drift(call, device, params, _ENABLE_REACH)
    device.user_id, device.enabled_at = user.user_id, call.now
    await call.session.flush()
    device_changed(call, device.serial_number)
    return None


async def resync_mfa_device(call: Call, params: Params) -> Result | None:
    """Learn anew how far a device's clock is from ours."""
    device, _ = await _device_of_user(call, params)
    device.drift = _drift(call, device, params, _RESYNC_REACH)
    await call.session.flush()
    device_changed(call, device.serial_number)
    return None


async def deactivate_mfa_device(call: Call, params: Params) -> Result | None:
    """Take a device from its user; its codes are worth nothing from the next request on."""
    device, _ = await _device_of_user(call, params)
    device.user_id, device.enabled_at, device.drift = None, None, 0
    await call.session.flush()
    device_changed(call, device.serial_number)
    return None


async def delete_virtual_mfa_device(call: Call, params: Params) -> Result | None:
    """Delete a device that is nobody's.

    Raises:
        Fault: `DeleteConflict`.
    """
    device = await device_of(call, params)
    if device.user_id is not None:
        raise Fault("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.", 409)
    await call.session.execute(delete(MfaDeviceRow).where(MfaDeviceRow.serial_number == device.serial_number))
    device_changed(call, device.serial_number)
    return None


def _show(user: User, device: MfaDeviceRow) -> dict[str, Any]:
    return {
        "UserName": user.user_name,
        "SerialNumber": device.serial_number,
        "EnableDate": moment(device.enabled_at or 0.0),
    }


async def get_mfa_device(call: Call, params: Params) -> Result:
    """Return a user's device."""
    device, user = await _device_of_user(call, params)
    return _show(user, device)


async def list_mfa_devices(call: Call, params: Params) -> Result:
    """Return a user's devices; the root user has none here."""
    if params.get("UserName") is None and call.caller.type is PrincipalType.ACCOUNT:
        return {"MFADevices": [], "IsTruncated": False}
    user = await user_or_self(call, params)
    rows = list(await call.session.scalars(select(MfaDeviceRow).where(MfaDeviceRow.user_id == user.user_id)))
    return page_of_all(call, params, "MFADevices", rows, lambda row: row.serial_number, lambda row: _show(user, row))


async def list_virtual_mfa_devices(call: Call, params: Params) -> Result:
    """Return the devices that are assigned, or are not, or all, by serial number."""
    query = select(MfaDeviceRow, User).outerjoin(User, User.user_id == MfaDeviceRow.user_id)
    status = params.get("AssignmentStatus") or "Any"
    if status != "Any":
        is_assigned = MfaDeviceRow.user_id.is_not(None)
        query = query.where(is_assigned if status == "Assigned" else ~is_assigned)
    if (start := page_start(call, params)) is not None:
        query = query.where(MfaDeviceRow.serial_number > start)
    rows = await call.session.execute(query.order_by(MfaDeviceRow.serial_number).limit(page_size(params) + 1))
    found = [(device, user) for device, user in rows]

    def show(pair: tuple[MfaDeviceRow, User | None]) -> dict[str, Any]:
        device, user = pair
        shown: dict[str, Any] = {"SerialNumber": device.serial_number}
        if user is not None:
            shown |= {"User": show_user(user, whole=False), "EnableDate": moment(device.enabled_at or 0.0)}
        return shown

    return page(call, params, "VirtualMFADevices", found, lambda pair: pair[0].serial_number, show)
