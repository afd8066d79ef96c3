"""Authorizer: `create_authorizer`, `get_authorizer`, `get_authorizers`, `update_authorizer`, `delete_authorizer`.

Law: of the types COGNITO_USER_POOLS is enforced, so only it is taken; TOKEN and REQUEST ask a Lambda function, and are
refused until there is Lambda. User pools are named by the ARNs of pools that exist. As with every setting of an API,
callers meet a change after the next deployment.
Source: API Gateway API reference, "CreateAuthorizer"; messages as users of the service have reported them.

Assumed: `authorizerResultTtlInSeconds` is kept and answered; what the gateway remembers of a token is never older than
the truth, whatever it says. `authType` is kept for imports and exports only, as at AWS.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.core.arn import parse_arn
from gatewright.core.ids import lower_id
from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.patterns import java_pattern
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import (
    bad_request,
    conflict,
    limit_exceeded,
    unknown_authorizer,
    unsupported,
)
from gatewright.services.apigateway.paging import one_page
from gatewright.services.apigateway.patches import (
    Patchable,
    Target,
    apply_patches,
    list_entries,
    plain,
    text,
    whole_number,
)
from gatewright.services.apigateway.resource_tree import Tree
from gatewright.services.apigateway.rest_apis import find_rest_api
from gatewright.services.apigateway.tables import AuthorizerRow, MethodRow, ResourceRow
from gatewright.services.apigateway.texts import check_texts
from gatewright.storage.user_pools import POOLS_SHELF

COGNITO = "COGNITO_USER_POOLS"
_OF_LAMBDA = ("TOKEN", "REQUEST")
_SOURCE = re.compile(r"method\.request\.header\.[a-zA-Z0-9._$-]+")
_TTL = "authorizerResultTtlInSeconds"
_MEMBERS = (
    "name",
    "type",
    "providerARNs",
    "authType",
    "authorizerUri",
    "authorizerCredentials",
    "identitySource",
    "identityValidationExpression",
    _TTL,
)
_TRIES, _PAUSE_SECONDS = 6, 0.05  # other workers follow within a tenth of a second

AUTHORIZER = Patchable(
    targets=(
        *(Target(f"/{member}", {"replace": text(member)}) for member in _MEMBERS if member != "providerARNs"),
        list_entries("providerARNs"),
    ),
    refuse=plain,
)


async def create_authorizer(call: Call, params: Params) -> Result:
    """Add an authorizer to an API."""
    api = await find_rest_api(call, params["restApiId"])
    if params.get("jwtConfiguration"):
        raise unsupported("jwtConfiguration", f"Use an authorizer of the type {COGNITO}.")
    rows = await authorizers_of(call, api.id)
    if len(rows) >= limits.AUTHORIZERS:
        raise limit_exceeded(f"An API can have at most {limits.AUTHORIZERS} authorizers")
    settings = {member: params[member] for member in _MEMBERS if params.get(member) is not None}
    row = AuthorizerRow(api_id=api.id, id=lower_id(6), settings=await _checked(call, settings, rows))
    call.session.add(row)
    await call.session.flush()
    return describe_authorizer(row)


async def get_authorizer(call: Call, params: Params) -> Result:
    """Return one authorizer."""
    return describe_authorizer(await _find(call, params))


async def get_authorizers(call: Call, params: Params) -> Result:
    """List an API's authorizers, by id."""
    api = await find_rest_api(call, params["restApiId"])
    page, rest = one_page(call, params, await authorizers_of(call, api.id), lambda row: row.id)
    return {"items": [describe_authorizer(row) for row in page], **rest}


async def update_authorizer(call: Call, params: Params) -> Result:
    """Apply patch operations to an authorizer. Its callers see them after the next deployment."""
    row = await _find(call, params)
    others = [one for one in await authorizers_of(call, row.api_id) if one.id != row.id]
    draft = apply_patches(AUTHORIZER, row.settings, params.get("patchOperations") or ())
    row.settings = await _checked(call, draft, others)
    await call.session.flush()
    return describe_authorizer(row)


async def delete_authorizer(call: Call, params: Params) -> None:
    """Delete an authorizer that no method uses.

    Raises:
        Fault: a method does.
    """
    row = await _find(call, params)
    for method in await call.session.scalars(select(MethodRow).where(MethodRow.api_id == row.api_id)):
        if method.settings.get("authorizerId") == row.id:
            tree = Tree(list(await call.session.scalars(select(ResourceRow).where(ResourceRow.api_id == row.api_id))))
            where = f"{method.http_method}/{tree.path(method.resource_id)}"
            raise conflict(f"Cannot delete authorizer '{row.settings['name']}', is referenced in method: {where}")
    await call.session.delete(row)
    await call.session.flush()


async def authorizers_of(call: Call, api_id: str) -> Sequence[AuthorizerRow]:
    """Return an API's authorizers, by id."""
    of_api = select(AuthorizerRow).where(AuthorizerRow.api_id == api_id).order_by(AuthorizerRow.id)
    return list(await call.session.scalars(of_api))


def describe_authorizer(row: AuthorizerRow) -> dict[str, Any]:
    """Return an authorizer in the shape of the API reference."""
    return {"id": row.id, "authType": "cognito_user_pools", **row.settings}


async def _find(call: Call, params: Params) -> AuthorizerRow:
    api = await find_rest_api(call, params["restApiId"])
    row = await call.session.get(AuthorizerRow, (api.id, params["authorizerId"]))
    if row is None:
        raise unknown_authorizer()
    return row


async def _checked(call: Call, settings: Mapping[str, Any], others: Sequence[AuthorizerRow]) -> dict[str, Any]:
    """Return settings as they are stored, or refuse them."""
    name, kind = settings.get("name") or "", settings.get("type")
    if not name.strip():
        raise bad_request("Authorizer name cannot be an empty string")
    check_texts(settings, "name", "authType")
    if any(row.settings["name"] == name for row in others):
        raise bad_request("Authorizer name must be unique")
    if kind in _OF_LAMBDA:
        raise unsupported(f"An authorizer of the type {kind}", f"It needs Lambda: use {COGNITO}, or AWS_IAM.")
    if kind != COGNITO:
        raise bad_request(f"Invalid authorizer type specified. Valid options are {', '.join((*_OF_LAMBDA, COGNITO))}")
    for member in ("authorizerUri", "authorizerCredentials"):
        if settings.get(member):
            raise bad_request(f"{member} is for the types TOKEN and REQUEST, not for {COGNITO}")
    _check_source(settings.get("identitySource") or "")
    _check_expression(settings.get("identityValidationExpression"))
    arns = list(dict.fromkeys(settings.get("providerARNs") or ()))
    await _check_pools(call, arns)
    checked = {member: settings[member] for member in _MEMBERS if settings.get(member) not in (None, "")}
    return {**checked, "providerARNs": arns, _TTL: _ttl(settings.get(_TTL))}


def _check_source(source: str) -> None:
    if not _SOURCE.fullmatch(source):
        raise bad_request(
            f"Invalid identity source specified: {COGNITO} needs one header, as method.request.header.Authorization"
        )


def _check_expression(expression: str | None) -> None:
    try:
        java_pattern(expression or "")
    except JavaException as error:
        raise bad_request(f"Invalid identity validation expression specified: {error}") from error


def _ttl(value: Any) -> int:
    if value in (None, ""):
        return limits.AUTHORIZER_TTL_SECONDS
    seconds = whole_number(str(value))
    if seconds is not None and seconds <= limits.LONGEST_AUTHORIZER_TTL_SECONDS:
        return seconds
    raise bad_request(f"{_TTL} must be between 0 and {limits.LONGEST_AUTHORIZER_TTL_SECONDS}")


async def _check_pools(call: Call, arns: Sequence[str]) -> None:
    if not arns:
        raise bad_request(f"ProviderARNs need to be specified for the type {COGNITO}")
    if len(arns) > limits.AUTHORIZER_USER_POOLS:
        raise bad_request(f"ProviderARNs can have at most {limits.AUTHORIZER_USER_POOLS} entries")
    wrong = [arn for arn in arns if not await _is_pool(call, arn)]
    if wrong:
        raise bad_request(f"ProviderARNs need to be valid Cognito Userpools. Invalid ARNs- \n {', '.join(wrong)}")


async def _is_pool(call: Call, text: str) -> bool:
    """Say whether an ARN is a user pool's; one that another worker made a moment ago is waited for."""
    try:
        arn = parse_arn(text)
    except ValueError:
        return False
    pool_id = arn.resource.removeprefix("userpool/")
    for attempt in range(_TRIES):
        pool = call.shelf(POOLS_SHELF).get(pool_id)
        if pool is not None:
            return bool(pool.arn == text)
        if attempt + 1 < _TRIES:
            await asyncio.sleep(_PAUSE_SECONDS)
    return False
