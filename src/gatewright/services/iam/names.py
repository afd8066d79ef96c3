"""Names, paths and ARNs of `iam`: what AWS refuses beyond the patterns of its model.

Source: IAM user guide, "IAM identifiers" and "IAM and STS quotas".
"""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from gatewright.control.service import Call, Params
from gatewright.core.arn import parse_arn
from gatewright.services.iam.faults import entity_already_exists, invalid_input


def path_of(params: Params, member: str = "Path", default: str = "/") -> str:
    """Return the path of an entity; the model has already checked its form."""
    path = str(params.get(member) or default)
    if "//" in path:
        raise invalid_input("The specified value for path is invalid. It must not contain // between two parts.")
    return path


def under_prefix(column: InstrumentedAttribute[str], params: Params) -> ColumnElement[bool]:
    """Return the condition that `PathPrefix` puts on a list: literal, and with regard to case, which LIKE is not."""
    prefix = str(params.get("PathPrefix") or "/")
    return func.substr(column, 1, len(prefix)) == prefix


async def must_be_free(call: Call, key: InstrumentedAttribute[str], noun: str, name: str) -> None:
    """Refuse a name that is taken, in whatever case.

    Raises:
        Fault: `EntityAlreadyExists`.
    """
    if await call.session.scalar(select(key).where(key == name.lower())) is not None:
        raise entity_already_exists(noun, name)


def must_be_policy_arn(arn: Any) -> None:
    """Refuse what is no ARN of a managed policy.

    Raises:
        Fault: `InvalidInput`.
    """
    try:
        parsed = parse_arn(str(arn))
    except ValueError:
        parsed = None
    if parsed is None or parsed.service != "iam" or parsed.region or not parsed.resource.startswith("policy/"):
        raise invalid_input(f"ARN {arn} is not valid.")
