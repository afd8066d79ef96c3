"""Tags of identity pools: `TagResource`, `UntagResource`, `ListTagsForResource`.

Law: an ARN is taken in its one spelling only, because that is what the caller was allowed for.
"""

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_identity.faults import invalid_parameter
from gatewright.services.cognito_identity.identity_pools import pool_row_of
from gatewright.services.cognito_identity.pools import SHELF
from gatewright.services.cognito_identity.tables import IdentityPoolRow

_MOST = 50


async def _pool_of(call: Call, params: Params) -> IdentityPoolRow:
    arn, prefix = params["ResourceArn"], f"arn:aws:cognito-identity:{call.region}:{call.account}:identitypool/"
    if not arn.startswith(prefix):
        raise invalid_parameter(f"{arn} is not the ARN of an identity pool of this account and region.")
    return await pool_row_of(call, arn.removeprefix(prefix))


async def tag_resource(call: Call, params: Params) -> Result:
    """Set tags of a pool."""
    row = await _pool_of(call, params)
    tags = {**row.tags, **params["Tags"]}
    if len(tags) > _MOST:
        raise invalid_parameter(f"A resource can have at most {_MOST} tags.")
    row.tags = tags
    return await _changed(call, row)


async def _changed(call: Call, row: IdentityPoolRow) -> Result:
    """Tell of the tags: policies ask for them (`aws:ResourceTag`)."""
    await call.session.flush()
    call.publish(SHELF, row.identity_pool_id)
    return {}


async def untag_resource(call: Call, params: Params) -> Result:
    """Take tags of a pool away; one that is not there is no error."""
    row = await _pool_of(call, params)
    row.tags = {key: value for key, value in row.tags.items() if key not in params["TagKeys"]}
    return await _changed(call, row)


async def list_tags_for_resource(call: Call, params: Params) -> Result:
    """Return a pool's tags."""
    return {"Tags": (await _pool_of(call, params)).tags}
