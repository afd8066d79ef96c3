"""The role that a request names, from what `iam` publishes."""

from gatewright.control.service import Call
from gatewright.storage.principals import SHELF as PRINCIPALS
from gatewright.storage.principals import Principal


def find_role(call: Call, arn: str) -> Principal | None:
    """Return a role by ARN, None where there is none: to the outside an unknown role is one that does not trust."""
    found: Principal | None = call.shelf(PRINCIPALS).get(arn)
    return found if found is not None and found.trust_policy is not None else None
