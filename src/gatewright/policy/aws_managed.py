"""AWS's own managed policies, as far as this chain uses them: data, not rows.

In: `aws_managed.json`. Out: one `AwsManagedPolicy` per ARN `arn:aws:iam::aws:policy/…`. Law: only policies whose
whole content is known are here, as AWS had them in November 2026; one that stood here half would silently allow or
deny. Source: AWS Managed Policy Reference Guide.
"""

import base64
import hashlib
import json
from datetime import datetime
from functools import cache
from importlib import resources

import msgspec

from gatewright.core.arn import policy_arn

OWNER = "aws"  # stands where an account stands in the ARN


class AwsManagedPolicy(msgspec.Struct, frozen=True):
    """A managed policy that every account has and nobody can change."""

    name: str
    path: str
    arn: str
    policy_id: str
    version: int  # the default version's number, the only version that is kept
    created_at: float
    updated_at: float  # when the default version was made
    document: str


@cache
def aws_managed_policies() -> dict[str, AwsManagedPolicy]:
    """Return AWS's policies by ARN."""
    text = resources.files(__package__).joinpath("aws_managed.json").read_text()
    policies = {}
    for entry in json.loads(text):
        arn = policy_arn(OWNER, entry["path"], entry["name"])
        policies[arn] = AwsManagedPolicy(
            name=entry["name"],
            path=entry["path"],
            arn=arn,
            policy_id=_policy_id(arn),
            version=entry["version"],
            created_at=_moment(entry["created"]),
            updated_at=_moment(entry["updated"]),
            document=json.dumps(entry["document"], indent=2),
        )
    return policies


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _policy_id(arn: str) -> str:
    """Return a unique id that is the same on every installation; AWS's own ids are not published."""
    return "ANPA" + base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:17]
