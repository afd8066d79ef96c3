"""Users of other providers that are users of a pool: `AdminLinkProviderForUser`, `AdminDisableProviderForUser`.

Law: these are data until users come from other providers; a link belongs to one user, who has five at most, and whose
attribute `identities` shows them: in lists, and in ID tokens. Assumed: of the providers nothing is known yet, so that
only the type of the four social ones, which is their name, is told.
Source: Cognito developer guide, "Linking federated users to an existing user profile".
"""

import json
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter, limit_exceeded, user_not_found
from gatewright.services.cognito_idp.pools.find import find_pool
from gatewright.services.cognito_idp.tables import LinkedProviderRow, UserRow
from gatewright.services.cognito_idp.users.directory import user_of
from gatewright.wire.faults import Fault

_OWN = "Cognito"
_SUBJECT = "Cognito_Subject"
_SOCIAL = frozenset({"Facebook", "Google", "LoginWithAmazon", "SignInWithApple"})  # known by their subject only
_MOST = 5
_LONGEST_NAME, _LONGEST_VALUE = 64, 512  # characters of what identifies a user of another provider


def _source(params: Params, member: str) -> tuple[str, str, str]:
    user: dict[str, Any] = params[member]
    provider, name, value = (
        user.get(key) for key in ("ProviderName", "ProviderAttributeName", "ProviderAttributeValue")
    )
    if not provider or not value:
        raise invalid_parameter(f"{member} needs ProviderName, ProviderAttributeName and ProviderAttributeValue.")
    if provider == _OWN:
        raise invalid_parameter(f"{member}.ProviderName must be another provider than {_OWN}.")
    if provider in _SOCIAL and name not in (None, _SUBJECT):
        raise invalid_parameter(f"{member}.ProviderAttributeName of {provider} must be {_SUBJECT}.")
    if len(name or "") > _LONGEST_NAME or len(value) > _LONGEST_VALUE:
        raise invalid_parameter(
            f"{member}.ProviderAttributeName has at most {_LONGEST_NAME} characters, its value {_LONGEST_VALUE}."
        )
    return str(provider), str(name or _SUBJECT), str(value)


async def admin_link_provider_for_user(call: Call, params: Params) -> Result:
    """Link a user of another provider to one of the pool.

    Raises:
        Fault: `InvalidParameterException`, `AliasExistsException`, `LimitExceededException`, `UserNotFoundException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    target = params["DestinationUser"]
    if target.get("ProviderName") != _OWN or not target.get("ProviderAttributeValue"):
        raise invalid_parameter(
            f"DestinationUser needs the ProviderName {_OWN} and a username as ProviderAttributeValue."
        )
    user = await user_of(call, pool, target["ProviderAttributeValue"])
    key = (pool.id, *_source(params, "SourceUser"))
    known = await call.session.get(LinkedProviderRow, key)
    if known is not None:
        if known.sub == user.sub:
            return {}
        raise Fault("AliasExistsException", "SourceUser is already linked to another user.", 400)
    links = list(await call.session.scalars(select(LinkedProviderRow).where(LinkedProviderRow.sub == user.sub)))
    if len(links) >= _MOST:
        raise limit_exceeded(f"A user can be linked to at most {_MOST} users of other providers.")
    call.session.add(
        LinkedProviderRow(
            user_pool_id=key[0],
            provider_name=key[1],
            attribute_name=key[2],
            attribute_value=key[3],
            sub=user.sub,
            created_at=call.now,
        )
    )
    await _show_links(call, user)
    return {}


async def _show_links(call: Call, user: UserRow) -> None:
    """Write a user's links down as the attribute that AWS shows them in."""
    await call.session.flush()
    query = select(LinkedProviderRow).where(LinkedProviderRow.sub == user.sub)
    links = await call.session.scalars(query.order_by(LinkedProviderRow.created_at, LinkedProviderRow.provider_name))
    shown = [_show(link) for link in links]
    others = {name: value for name, value in user.attributes.items() if name != "identities"}
    user.attributes = others | ({"identities": json.dumps(shown, separators=(",", ":"))} if shown else {})
    user.modified_at = call.now
    await call.session.flush()


def _show(link: LinkedProviderRow) -> dict[str, Any]:
    kind = {"providerType": link.provider_name} if link.provider_name in _SOCIAL else {}
    return {
        "userId": link.attribute_value,
        "providerName": link.provider_name,
        **kind,
        "issuer": None,
        "primary": False,
        "dateCreated": int(link.created_at * 1000),
    }


async def admin_disable_provider_for_user(call: Call, params: Params) -> Result:
    """Take the link of a user of another provider away.

    Raises:
        Fault: `UserNotFoundException`.
    """
    pool = find_pool(call, params["UserPoolId"])
    link = await call.session.get(LinkedProviderRow, (pool.id, *_source(params, "User")))
    if link is None:
        raise user_not_found()
    user = await call.session.get_one(UserRow, link.sub)
    await call.session.delete(link)
    await _show_links(call, user)
    return {}
