"""Amazon resource names, taken apart and put together.

In: `arn:partition:service:region:account:resource`. Out: an `Arn`. Source: AWS general reference, "ARN format".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arn:
    """The six parts of an ARN; `resource` keeps its own `:` and `/`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse_arn(text: str) -> Arn:
    """Take an ARN apart.

    Raises:
        ValueError: the text does not have six parts, or does not begin with `arn:`.
    """
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
        raise ValueError(f"not an ARN: {text!r}")
    return Arn(parts[1], parts[2], parts[3], parts[4], parts[5])


def role_arn(account: str, path: str, name: str) -> str:
    """Return a role's ARN; `path` begins and ends with `/`."""
    return f"arn:aws:iam::{account}:role{path}{name}"


def user_arn(account: str, path: str, name: str) -> str:
    """Return a user's ARN; `path` begins and ends with `/`."""
    return f"arn:aws:iam::{account}:user{path}{name}"


def policy_arn(account: str, path: str, name: str) -> str:
    """Return a managed policy's ARN; AWS's own policies have the account `aws`."""
    return f"arn:aws:iam::{account}:policy{path}{name}"


def root_arn(account: str) -> str:
    """Return the ARN of an account's root."""
    return f"arn:aws:iam::{account}:root"


def assumed_role_arn(account: str, role_name: str, session_name: str) -> str:
    """Return a role session's ARN. It has the role's name without its path, as STS makes it."""
    return f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}"
