"""Tags: `tag_resource`, `untag_resource`, `get_tags`, on REST APIs and stages.

Source: API Gateway API reference, "TagResource"; developer guide, "Tag restrictions".
"""

import re
from collections.abc import Mapping

from gatewright.control.service import Call, Params, Result
from gatewright.core.arn import parse_arn
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request, not_found, unknown_api, unknown_stage
from gatewright.services.apigateway.tables import RestApiRow, StageRow

_TAGGED = re.compile(r"/restapis/(?P<api>[^/]+)(?:/stages/(?P<stage>[^/]+))?")


def check_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags as they are stored.

    Raises:
        Fault: there are too many, a key or a value is too long, or a key is AWS's own.
    """
    if len(tags) > limits.TAGS:
        raise bad_request(f"A resource can have at most {limits.TAGS} tags")
    for key, value in tags.items():
        if not 1 <= len(key) <= limits.TAG_KEY_CHARACTERS or len(value or "") > limits.TAG_VALUE_CHARACTERS:
            raise bad_request(
                f"Invalid tag {key[: limits.TAG_KEY_CHARACTERS]}: keys have 1 to {limits.TAG_KEY_CHARACTERS} "
                f"characters, values at most {limits.TAG_VALUE_CHARACTERS}"
            )
        if key.lower().startswith("aws:"):
            raise bad_request(f"Invalid tag key {key}: the prefix aws: is reserved")
    return {key: value or "" for key, value in tags.items()}


async def tag_resource(call: Call, params: Params) -> None:
    """Add tags to an API or a stage, or replace their values."""
    row = await _find(call, params["resourceArn"])
    row.tags = check_tags({**row.tags, **params["tags"]})
    await call.session.flush()


async def untag_resource(call: Call, params: Params) -> None:
    """Take tags away; those that are not there are no error."""
    row = await _find(call, params["resourceArn"])
    gone = set(params["tagKeys"])
    row.tags = {key: value for key, value in row.tags.items() if key not in gone}
    await call.session.flush()


async def get_tags(call: Call, params: Params) -> Result:
    """Return the tags of an API or a stage; as in AWS, `position` and `limit` are not used."""
    return {"tags": (await _find(call, params["resourceArn"])).tags}


async def _find(call: Call, arn: str) -> RestApiRow | StageRow:
    try:
        parsed = parse_arn(arn)
    except ValueError:
        raise bad_request("Invalid ARN specified in the request") from None
    found = _TAGGED.fullmatch(parsed.resource)
    # One spelling only: it is what the caller was allowed for.
    if not arn.startswith(f"arn:aws:apigateway:{call.region}::/") or found is None:
        raise not_found(f"Invalid resource ARN specified: {arn}. Only REST APIs and stages can be tagged.")
    api = await call.session.get(RestApiRow, found["api"])
    if api is None or api.region != call.region:
        raise unknown_api(call.account, found["api"])
    if found["stage"] is None:
        return api
    stage = await call.session.get(StageRow, (api.id, found["stage"]))
    if stage is None:
        raise unknown_stage()
    return stage
