"""Devices that a pool tracks: confirmed by their users, remembered, listed, forgotten.

Law: a device is confirmed with the verifier of a password that only its client knows; where the pool remembers devices
only when the user says so, a confirmed one is not remembered yet. Sessions of a forgotten device cannot be refreshed.
Assumed: a key that was given out and not confirmed is no device yet: nothing is kept of it, nobody sees it, and it can
be confirmed for as long as the session lives that it was given out with.
Source: Cognito developer guide, "Working with user devices in your user pool"; Cognito API reference, `ConfirmDevice`.
"""

from base64 import b64decode
from typing import Any

from sqlalchemy import select, update

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.factors.device_proof import (
    STEP,
    device_configuration,
    device_context,
    device_group_key,
)
from gatewright.services.cognito_idp.faults import invalid_parameter, not_authorized, not_found
from gatewright.services.cognito_idp.pools.find import find_pool, page_position, show_page
from gatewright.services.cognito_idp.pools.user_pools import moment
from gatewright.services.cognito_idp.session_tables import FORGOTTEN, DeviceRow, TokenFamilyRow
from gatewright.services.cognito_idp.tables import UserRow
from gatewright.services.cognito_idp.tokens.access_tokens import SignedIn, read_access_token
from gatewright.services.cognito_idp.users.directory import user_of
from gatewright.services.cognito_idp.users.passwords import Verifier, seal_verifier
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

_PAGE, _TOKEN = 60, "PaginationToken"
_SALT_BITS, _VERIFIER_BITS = 128, 3_072


async def confirm_device(call: Call, params: Params) -> Result:
    """Confirm the device that a sign-in gave a key to.

    Raises:
        Fault: `InvalidParameterException`, `ResourceNotFoundException`, `DeviceKeyExistsException` …
    """
    me = await _me(call, params)
    tracking = device_configuration(me.pool)
    if not tracking:
        raise invalid_parameter("The user pool does not track devices (DeviceConfiguration).")
    key = params["DeviceKey"]
    if await call.session.get(DeviceRow, (me.user.sub, key)) is not None:
        raise Fault("DeviceKeyExistsException", "The device was confirmed before.", 400)
    if me.claims.get("device_key") != key:
        call.trace.refused(STEP, "the access token is not of the sign-in that the device key was given out by")
        raise not_found("Device does not exist.")
    session = await call.session.get(TokenFamilyRow, me.origin_jti)
    if session is None or session.device_key != key or call.now >= session.expires_at:
        call.trace.refused(STEP, "the device was forgotten, or the session is over that it was given out with")
        raise not_found("Device does not exist.")
    secret = params.get("DeviceSecretVerifierConfig") or {}
    salt = _number(secret.get("Salt"), "Salt", _SALT_BITS)
    verifier = _number(secret.get("PasswordVerifier"), "PasswordVerifier", _VERIFIER_BITS)
    context = device_context(me.user.sub, key)
    on_prompt = bool(tracking.get("DeviceOnlyRememberedOnUserPrompt"))
    device = DeviceRow(
        sub=me.user.sub,
        device_key=key,
        group_key=device_group_key(key),
        name=params.get("DeviceName"),
        ip=call.request.client,
        remembered=not on_prompt,
        sealed_password=seal_verifier(call.keys, context, Verifier(salt, verifier)),
        created_at=call.now,
        modified_at=call.now,
        authenticated_at=session.auth_time,
    )
    call.session.add(device)
    await call.session.flush()
    return {"UserConfirmationNecessary": on_prompt}


def _number(text: str | None, member: str, bits: int) -> int:
    """Return a number that a client sends in Base64."""
    try:
        number = int.from_bytes(b64decode(text or "", validate=True), "big")
    except ValueError:
        number = 0
    if not 1 < number < 2**bits:
        raise invalid_parameter(
            f"DeviceSecretVerifierConfig.{member} is not a number in Base64 of {bits} bits at most."
        )
    return number


async def update_device_status(call: Call, params: Params) -> Result:
    """Remember a device, or no longer.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`.
    """
    me = await _me(call, params)
    return await _set_status(call, me.user, params)


async def admin_update_device_status(call: Call, params: Params) -> Result:
    """Remember a user's device, or no longer.

    Raises:
        Fault: `ResourceNotFoundException`, `UserNotFoundException`.
    """
    _, user = await _theirs(call, params)
    return await _set_status(call, user, params)


async def _set_status(call: Call, user: UserRow, params: Params) -> Result:
    device = await _device(call, user, params["DeviceKey"])
    device.remembered = params.get("DeviceRememberedStatus") == "remembered"
    device.modified_at = call.now
    await call.session.flush()
    return {}


async def forget_device(call: Call, params: Params) -> Result:
    """Forget a device of the user who shows an access token.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`.
    """
    me = await _me(call, params)
    return await _forget(call, me.user, params)


async def admin_forget_device(call: Call, params: Params) -> Result:
    """Forget a user's device.

    Raises:
        Fault: `ResourceNotFoundException`, `UserNotFoundException`.
    """
    _, user = await _theirs(call, params)
    return await _forget(call, user, params)


async def _forget(call: Call, user: UserRow, params: Params) -> Result:
    # As at AWS, its sessions are refreshed no more (`tokens/get_tokens.py`); an access token lives until it expires, so
    # that an app can forget its own device and then sign out.
    device = await _device(call, user, params["DeviceKey"])
    its = (TokenFamilyRow.sub == user.sub, TokenFamilyRow.device_key == device.device_key)
    await call.session.execute(update(TokenFamilyRow).where(*its).values(device_key=FORGOTTEN))
    await call.session.delete(device)
    await call.session.flush()
    return {}


async def get_device(call: Call, params: Params) -> Result:
    """Return a device of the user who shows an access token.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`.
    """
    me = await _me(call, params)
    return {"Device": _show(await _device(call, me.user, params["DeviceKey"]))}


async def admin_get_device(call: Call, params: Params) -> Result:
    """Return a user's device.

    Raises:
        Fault: `ResourceNotFoundException`, `UserNotFoundException`.
    """
    _, user = await _theirs(call, params)
    return {"Device": _show(await _device(call, user, params["DeviceKey"]))}


async def list_devices(call: Call, params: Params) -> Result:
    """Return the devices of the user who shows an access token.

    Raises:
        Fault: `NotAuthorizedException`, `InvalidParameterException`.
    """
    me = await _me(call, params)
    return await _list(call, me.user, params)


async def admin_list_devices(call: Call, params: Params) -> Result:
    """Return a user's devices.

    Raises:
        Fault: `UserNotFoundException`, `InvalidParameterException`.
    """
    _, user = await _theirs(call, params)
    return await _list(call, user, params)


async def _list(call: Call, user: UserRow, params: Params) -> Result:
    size, listing = params.get("Limit") or _PAGE, f"devices:{user.sub}"
    after = page_position(call, params, listing, _TOKEN)
    query = select(DeviceRow).where(DeviceRow.sub == user.sub, DeviceRow.device_key > (after or ""))
    rows = list(await call.session.scalars(query.order_by(DeviceRow.device_key).limit(size + 1)))
    return show_page(call, listing, rows, size, lambda row: row.device_key, _show, member="Devices", token=_TOKEN)


async def _me(call: Call, params: Params) -> SignedIn:
    token = params.get("AccessToken")
    if not token:
        raise not_authorized("Give the AccessToken of the user whose device it is.")
    return await read_access_token(call, token)


async def _theirs(call: Call, params: Params) -> tuple[UserPool, UserRow]:
    pool = find_pool(call, params["UserPoolId"])
    return pool, await user_of(call, pool, params["Username"])


async def _device(call: Call, user: UserRow, device_key: str) -> DeviceRow:
    device = await call.session.get(DeviceRow, (user.sub, device_key))
    if device is None:
        raise not_found("Device does not exist.")
    return device


def _show(device: DeviceRow) -> dict[str, Any]:
    status = "remembered" if device.remembered else "not_remembered"
    attributes = {"device_status": "valid", "device_name": device.name, "last_ip_used": device.ip}
    attributes["dev:device_remembered_status"] = status
    return {
        "DeviceKey": device.device_key,
        "DeviceAttributes": [{"Name": name, "Value": value} for name, value in attributes.items() if value],
        "DeviceCreateDate": moment(device.created_at),
        "DeviceLastModifiedDate": moment(device.modified_at),
        "DeviceLastAuthenticatedDate": moment(device.authenticated_at),
    }
