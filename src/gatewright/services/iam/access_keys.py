"""Users' long-term access keys. Source: IAM API reference, `CreateAccessKey` …

Law: a secret is shown once, when it is made, and is stored sealed. The root user's key is the operator's setting,
not a row.
"""

from typing import Any

from sqlalchemy import delete, func, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.iam.faults import invalid_input, limit_exceeded, no_such_entity
from gatewright.services.iam.limits import ACCESS_KEYS_PER_USER
from gatewright.services.iam.lookup import access_key_changed, user_or_self
from gatewright.services.iam.paging import page_of_all
from gatewright.services.iam.tables import AccessKeyRow, User
from gatewright.services.iam.tags import moment
from gatewright.storage.keys import SECRETS
from gatewright.storage.uses import KeyUse


def _show(user: User, key: AccessKeyRow) -> dict[str, Any]:
    return {
        "UserName": user.user_name,
        "AccessKeyId": key.access_key_id,
        "Status": "Active" if key.active else "Inactive",
        "CreateDate": moment(key.created_at),
    }


async def create_access_key(call: Call, params: Params) -> Result:
    """Make a key for a user and show its secret, for the only time.

    Raises:
        Fault: `LimitExceeded` for a third key.
    """
    user = await user_or_self(call, params)
    count = select(func.count()).select_from(AccessKeyRow).where(AccessKeyRow.user_id == user.user_id)
    if (await call.session.scalar(count) or 0) >= ACCESS_KEYS_PER_USER:
        raise limit_exceeded("AccessKeysPerUser", ACCESS_KEYS_PER_USER)
    key_id, secret = ids.access_key_id("AKIA"), ids.secret_access_key()
    key = AccessKeyRow(
        access_key_id=key_id,
        user_id=user.user_id,
        sealed_secret=call.keys.seal(SECRETS, secret.encode(), key_id.encode()),
        active=True,
        created_at=call.now,
    )
    call.session.add(key)
    await call.session.flush()
    access_key_changed(call, key_id)
    return {"AccessKey": {**_show(user, key), "SecretAccessKey": secret}}


async def list_access_keys(call: Call, params: Params) -> Result:
    """Return a user's keys, without secrets."""
    user = await user_or_self(call, params)
    rows = list(await call.session.scalars(select(AccessKeyRow).where(AccessKeyRow.user_id == user.user_id)))
    answer = page_of_all(
        call, params, "AccessKeyMetadata", rows, lambda key: key.access_key_id, lambda key: _show(user, key)
    )
    return answer


async def _key_of(call: Call, params: Params) -> AccessKeyRow:
    user = await user_or_self(call, params)
    key = await call.session.get(AccessKeyRow, params["AccessKeyId"])
    if key is None or key.user_id != user.user_id:
        raise no_such_entity(f"The Access Key with id {params['AccessKeyId']} cannot be found.")
    return key


async def get_access_key_last_used(call: Call, params: Params) -> Result:
    """Return when, for what and where a key was last used.

    Raises:
        Fault: `NoSuchEntity`.
    """
    key_id = params["AccessKeyId"]
    key = await call.session.get(AccessKeyRow, key_id)
    if key is None:
        raise no_such_entity(f"The Access Key with id {key_id} cannot be found.")
    user = await call.session.get_one(User, key.user_id)
    use = await call.credentials.uses.last(call.session, key_id)
    if use is None:
        return {"UserName": user.user_name, "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    shown = {"LastUsedDate": moment(use.at), "ServiceName": use.service, "Region": use.region}
    return {"UserName": user.user_name, "AccessKeyLastUsed": shown}


async def update_access_key(call: Call, params: Params) -> Result | None:
    """Switch a key on or off, from the next request on.

    Raises:
        Fault: `InvalidInput` for `Expired`, which the model has and no key of a user can be.
    """
    if params["Status"] == "Expired":
        raise invalid_input("An access key of a user does not expire. Use Inactive.")
    key = await _key_of(call, params)
    key.active = params["Status"] == "Active"
    await call.session.flush()
    access_key_changed(call, key.access_key_id)
    return None


async def delete_access_key(call: Call, params: Params) -> Result | None:
    """Delete a key for good."""
    key = await _key_of(call, params)
    await call.session.execute(delete(AccessKeyRow).where(AccessKeyRow.access_key_id == key.access_key_id))
    await call.session.execute(delete(KeyUse).where(KeyUse.access_key_id == key.access_key_id))
    access_key_changed(call, key.access_key_id)
    return None
