"""What a simulation asks about: its actions, resources, caller and condition keys, checked as AWS checks them.

Source: IAM API reference, `SimulateCustomPolicy`, "ContextEntry".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call
from gatewright.core.arn import parse_arn
from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy import operands
from gatewright.services.iam.faults import invalid_input, no_such_entity
from gatewright.services.iam.lookup import Owner
from gatewright.services.iam.tables import Group, Role, User

_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ACCOUNT = re.compile(r"\d{12}")
_TABLES: dict[str, type[Owner]] = {"user": User, "group": Group, "role": Role}
_READERS: Mapping[str, Callable[[str], Any]] = {
    "string": lambda text: text,
    "numeric": operands.number,
    "boolean": operands.boolean,
    "ip": operands.network,
    "binary": operands.octets,
    "date": operands.moment,
}


def check_actions(actions: Sequence[str]) -> None:
    """Refuse what is no action of a service.

    Raises:
        Fault: `InvalidInput`.
    """
    for action in actions:
        if not _ACTION.fullmatch(action):
            raise invalid_input(f"Invalid Action: {action}. Write it with its service, and without wildcards.")


def check_resources(resources: Sequence[str]) -> None:
    """Refuse what is neither an ARN nor `*`.

    Raises:
        Fault: `InvalidInput`.
    """
    for resource in resources:
        if resource != "*" and not (resource.startswith("arn:") and resource.count(":") >= 5):
            raise invalid_input(f"Invalid resource: {resource} must be an ARN, or *.")


async def policy_source(call: Call, arn: str) -> Owner:
    """Return the user, group or role whose policies are simulated.

    Raises:
        Fault: `NoSuchEntity`; `InvalidInput` for what is no ARN of one.
    """
    table = _TABLES.get(_entity_kind(arn))
    if table is None:
        raise invalid_input(f"Invalid Entity Arn: {arn} is not the ARN of a user, a group or a role.")
    owner: Owner | None = await call.session.scalar(select(table).where(table.arn == arn))
    if owner is None:
        raise no_such_entity(f"The entity with ARN {arn} cannot be found.")
    return owner


def _entity_kind(arn: str) -> str:
    try:
        parsed = parse_arn(arn)
    except ValueError:
        return ""
    if parsed.service != "iam" or parsed.region or not _ACCOUNT.fullmatch(parsed.account):
        return ""
    return parsed.resource.partition("/")[0]


def account_of(text: str) -> str:
    """Return the account in an account's id or in an ARN.

    Raises:
        Fault: `InvalidInput`.
    """
    parts = text.split(":", 5)
    account = parts[4] if len(parts) == 6 and parts[0] == "arn" else text
    if not _ACCOUNT.fullmatch(account):
        raise invalid_input(f"Invalid ResourceOwner: {text} is neither an account id nor the ARN of an account.")
    return account


async def read_caller(call: Call, arn: str | None) -> Caller:
    """Return the caller of a simulation: whoever has the ARN, with id and tags where it is one of the account's.

    Without an ARN it is somebody of this account of whom nothing is known.

    Raises:
        Fault: `InvalidInput` for what is no user, group or role: sessions and services cannot be simulated.
    """
    if arn is None:
        return Caller(account=call.account, arn="", user_id="", type=PrincipalType.USER)
    kind = _entity_kind(arn)
    if kind not in _TABLES:
        raise invalid_input(f"Invalid CallerArn: {arn} is not the ARN of a user, a group or a role.")
    table, account = _TABLES[kind], parse_arn(arn).account
    known: Owner | None = await call.session.scalar(select(table).where(table.arn == arn))
    tags = known.tags if isinstance(known, User | Role) else {}
    if kind == "role":  # a session of it, of which only the role is known
        role_id = known.role_id if isinstance(known, Role) else None
        return Caller(
            account=account,
            arn=arn,
            user_id="",
            type=PrincipalType.ASSUMED_ROLE,
            role_arn=arn,
            role_id=role_id,
            tags=tags,
        )
    user_id = known.user_id if isinstance(known, User) else ""
    return Caller(account=account, arn=arn, user_id=user_id, type=PrincipalType.USER, tags=tags)


def read_context(entries: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the values of condition keys, by their names in lower case.

    Raises:
        Fault: `InvalidInput` for a key given twice, and for values that are not of the type that they are said to be.
    """
    context: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        name, kind = entry.get("ContextKeyName"), entry.get("ContextKeyType") or "string"
        values = tuple(entry.get("ContextKeyValues") or ())
        if not name:
            raise invalid_input("Every entry of ContextEntries needs a ContextKeyName.")
        if name.lower() in context:
            raise invalid_input(f"The context key {name} is given twice.")
        if len(values) > 1 and not kind.endswith("List"):
            raise invalid_input(f"The context key {name} of type {kind} has several values. Use the type {kind}List.")
        read = _READERS[kind.removesuffix("List")]
        for value in values:
            if read(value) is None:
                raise invalid_input(f"The context key {name} has the value {value}, which is not of type {kind}.")
        context[name.lower()] = values
    return context
