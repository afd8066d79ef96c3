"""A pool's schema: which attributes its users have, and what may be said of them. Pure, but for `AddCustomAttributes`.

In: the `Schema` of a request. Out: `SchemaAttributes` as `DescribeUserPool` shows them, the standard ones first. Law: a
standard attribute can be made required or immutable only when the pool is made; a custom one is never required, and
once added it is never changed or removed. Source: Cognito developer guide, "User pool attributes".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.find import pool_row_of
from gatewright.storage.user_pools import POOLS_SHELF

_MOST_CUSTOM = 50
_LONGEST = 2048
_STRINGS = (
    "name given_name family_name middle_name nickname preferred_username profile picture website email email_verified "
    "gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at identities"
)
_BOOLEANS = frozenset({"email_verified", "phone_number_verified"})
# Neither listed among the standard attributes of the guide nor open to the one who makes the pool.
_NOT_CONFIGURABLE = frozenset({"sub", "identities"})
STANDARD = frozenset({"sub", *_STRINGS.split()})


def _standard(name: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "Name": name,
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": name != "sub",
        "Required": name == "sub",
    }
    if name in _BOOLEANS:
        return shown | {"AttributeDataType": "Boolean"}
    if name == "updated_at":
        return shown | {"AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "0"}}
    if name == "identities":
        return shown | {"StringAttributeConstraints": {}}
    length = {"sub": ("1", "2048"), "birthdate": ("10", "10")}.get(name, ("0", "2048"))
    return shown | {"StringAttributeConstraints": {"MinLength": length[0], "MaxLength": length[1]}}


def schema_of(asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the schema of a new pool: every standard attribute, changed as asked, and the custom ones.

    Raises:
        Fault: `InvalidParameterException`.
    """
    schema = {name: _standard(name) for name in ("sub", *_STRINGS.split())}
    seen: set[str] = set()
    for attribute in asked:
        name = _name(attribute)
        if name in seen:
            raise invalid_parameter(f"{name}: The attribute is in the schema more than once.")
        seen.add(name)
        if name in STANDARD:
            schema[name] = _changed(schema[name], attribute)
    return [*schema.values(), *custom_attributes([one for one in asked if _name(one) not in STANDARD])]


def _name(attribute: Mapping[str, Any]) -> str:
    name = attribute.get("Name")
    if name is None:
        raise invalid_parameter("Each attribute of a schema needs a Name.")
    return str(name)


def _changed(standard: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    name, kind = standard["Name"], standard["AttributeDataType"]
    if name in _NOT_CONFIGURABLE and any(asked.get(member) not in (None, standard[member]) for member in standard):
        raise invalid_parameter(f"{name}: The attribute cannot be configured.")
    if asked.get("AttributeDataType") not in (None, kind):
        raise invalid_parameter(
            f"You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        )
    if asked.get("DeveloperOnlyAttribute"):
        raise invalid_parameter(
            f"You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        )
    changed = dict(standard)
    for member in ("Mutable", "Required"):
        if asked.get(member) is not None:
            changed[member] = asked[member]
    return changed | _constraints(kind, asked, standard)


def custom_attributes(asked: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return custom attributes as they are kept, `custom:` (or `dev:` for developers' only) before their names.

    Raises:
        Fault: `InvalidParameterException`.
    """
    made = [_custom(attribute) for attribute in asked]
    if len(made) > _MOST_CUSTOM:
        raise invalid_parameter(f"A user pool has at most {_MOST_CUSTOM} custom attributes.")
    return made


def _custom(asked: Mapping[str, Any]) -> dict[str, Any]:
    name = _name(asked).removeprefix("custom:")
    if asked.get("Required"):
        raise invalid_parameter("Required custom attributes are not supported currently.")
    kind = asked.get("AttributeDataType") or "String"
    developer = bool(asked.get("DeveloperOnlyAttribute"))
    shown = {
        "Name": ("dev:" if developer else "") + f"custom:{name}",
        "AttributeDataType": kind,
        "DeveloperOnlyAttribute": developer,
        "Mutable": asked.get("Mutable") is not False,
        "Required": False,
    }
    return shown | _constraints(kind, asked, {})


def _constraints(kind: str, asked: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints of an attribute; those of another type than its own are refused."""
    members = {"String": "StringAttributeConstraints", "Number": "NumberAttributeConstraints"}
    own = members.get(kind)
    for member in members.values():
        if asked.get(member) and member != own:
            raise invalid_parameter(f"{member} are not for an attribute of the type {kind}.")
    if own is None:
        return {}
    given: Mapping[str, str] | None = asked.get(own)
    if given is None:
        return {own: dict(before.get(own, {}))}
    low, high = ("MinLength", "MaxLength") if kind == "String" else ("MinValue", "MaxValue")
    bounds = {name: _number(name, given[name]) for name in (low, high) if given.get(name) is not None}
    if low in bounds and high in bounds and bounds[low] > bounds[high]:
        raise invalid_parameter(f"{low} is greater than {high}.")
    if kind == "String" and any(not 0 <= bound <= _LONGEST for bound in bounds.values()):
        raise invalid_parameter(f"The length of a string attribute is between 0 and {_LONGEST}.")
    return {own: {name: str(bound) for name, bound in bounds.items()}}


def _number(name: str, text: str) -> int:
    try:
        if len(text) > 20 or not text.isascii():
            raise ValueError
        return int(text)
    except ValueError:
        raise invalid_parameter(f"{name} is not a whole number.") from None


async def add_custom_attributes(call: Call, params: Params) -> Result:
    """Add attributes to a pool's schema."""
    row = await pool_row_of(call, params["UserPoolId"])
    known = {attribute["Name"] for attribute in row.schema}
    added = custom_attributes(params["CustomAttributes"])
    for attribute in added:
        name = attribute["Name"]
        if name in known:
            raise invalid_parameter(f"{name}: Existing attribute already has name {name}.")
        known.add(name)
    if len(known) - len(STANDARD) > _MOST_CUSTOM:
        raise invalid_parameter(f"A user pool has at most {_MOST_CUSTOM} custom attributes.")
    row.schema = [*row.schema, *added]
    row.modified_at = call.now
    await call.session.flush()
    call.publish(POOLS_SHELF, row.id)
    return {}
